package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// The part of SARIF 2.1.0 that we say.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string       `json:"id"`
		DefaultConfig sarifSetting `json:"defaultConfiguration"`
	}
	sarifSetting struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

var sarifLevels = map[diag.Level]string{diag.Severe: "error", diag.Warning: "warning", diag.Hint: "note"}

func reportSARIF(s streams, all []checked) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "roboconf", Version: version, Rules: sarifRules(all)}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for _, c := range all {
		for _, p := range c.problems {
			run.Results = append(run.Results, c.sarifResult(p, run.Tool.Driver.Rules))
		}
	}
	return writeJSON(s.out, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	}, "  ")
}

// sarifRules are the codes that were found, in the order of codes.
func sarifRules(all []checked) []sarifRule {
	var codes []diag.Code
	for _, c := range all {
		for _, p := range c.problems {
			codes = append(codes, p.Code)
		}
	}
	slices.SortFunc(codes, diag.CompareCodes)
	rules := []sarifRule{}
	for _, code := range slices.Compact(codes) {
		rules = append(rules, sarifRule{string(code), sarifSetting{sarifLevels[diag.Lookup(code).Level]}})
	}
	return rules
}

func (c checked) sarifResult(p diag.Problem, rules []sarifRule) sarifResult {
	out := sarifResult{
		RuleID:    string(p.Code),
		RuleIndex: slices.IndexFunc(rules, func(r sarifRule) bool { return r.ID == string(p.Code) }),
		Level:     sarifLevels[p.Level()],
		Message:   sarifText{p.Message(diag.English)},
	}
	if !p.Place.IsZero() {
		out.Locations = []sarifLocation{c.sarifLocation(p.Place, p.Range, nil)}
	}
	for _, r := range p.Related {
		if !r.Place.IsZero() {
			out.Related = append(out.Related, c.sarifLocation(r.Place, r.Range, &sarifText{r.Message}))
		}
	}
	return out
}

func (c checked) sarifLocation(p source.Place, r source.Range, message *sarifText) sarifLocation {
	uri := url.URL{Path: filepath.ToSlash(filepath.Join(c.dir, p.File))}
	return sarifLocation{
		Physical: sarifPhysical{
			Artifact: sarifArtifact{uri.String()},
			Region:   sarifRegion{r.Start.Line, r.Start.Column, r.End.Line, r.End.Column},
		},
		Message: message,
	}
}

// reportGitHub prints workflow commands: GitHub shows them beside the lines of a change.
func reportGitHub(s streams, all []checked) error {
	commands := map[diag.Level]string{diag.Severe: "error", diag.Warning: "warning", diag.Hint: "notice"}
	for _, c := range all {
		for _, p := range c.problems {
			where := ""
			if !p.Place.IsZero() {
				file := filepath.ToSlash(filepath.Join(c.dir, p.Place.File))
				where = fmt.Sprintf("file=%s,line=%d,col=%d,endLine=%d,endColumn=%d,",
					githubProperty.Replace(file), p.Range.Start.Line, p.Range.Start.Column, p.Range.End.Line, p.Range.End.Column)
			}
			_, err := fmt.Fprintf(s.out, "::%s %stitle=%s::%s\n",
				commands[p.Level()], where, p.Code, githubText.Replace(p.Message(diag.English)))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// What workflow commands cannot hold as it is.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
