package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

const (
	home = "https://github.com/roboconf/workbench"
	// pages is where people read about a code; its anchor is the code in small letters.
	pages = home + "/blob/main/docs/diagnostics.md#"
	// sourceRoot is the name of the folder that URIs are relative to.
	sourceRoot = "%SRCROOT%"
	// fingerprint is the name of ours; another way to make them gets another number.
	fingerprint = "roboconf/v1"
)

var sarifLevels = map[diag.Level]string{diag.Severe: "error", diag.Warning: "warning", diag.Hint: "note"}

// sarifLanguages are the languages as SARIF names them.
var sarifLanguages = map[diag.Language]string{diag.English: "en", diag.French: "fr"}

// reportSARIF prints one log with one run over all folders.
func reportSARIF(s streams, o checkOptions, all []checked) error {
	lang := language(s)
	w := &sarifWriter{root: rootFolder(), lang: lang, index: map[diag.Code]int{}, seen: map[string]int{}}
	rules := w.rules(all)
	results := []sarifResult{}
	for _, c := range all {
		for _, p := range c.shown {
			results = append(results, w.result(c, p))
		}
	}
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "roboconf", FullName: "Roboconf Workbench", Version: version, InformationURI: home,
			Language: sarifLanguages[lang], Rules: rules,
		}},
		Invocations: []sarifInvocation{{Successful: true, ExitCode: exitFine}},
		Bases:       map[string]sarifArtifact{},
		ColumnKind:  "unicodeCodePoints",
		Language:    sarifLanguages[lang],
		Results:     results,
	}
	if o.verdict(all) != nil {
		run.Invocations[0].ExitCode = exitProblems
	}
	if w.root != "" {
		run.Bases[sourceRoot] = sarifArtifact{URI: w.root.uri()}
	}
	return writeJSON(s.out, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	}, "  ")
}

type sarifWriter struct {
	root  root
	lang  diag.Language
	index map[diag.Code]int
	seen  map[string]int // how often a fingerprint was given
}

// rules are the codes that were found, in the order of codes.
func (w *sarifWriter) rules(all []checked) []sarifRule {
	var codes []diag.Code
	for _, c := range all {
		for _, p := range c.shown {
			codes = append(codes, p.Code)
		}
	}
	slices.SortFunc(codes, diag.CompareCodes)
	rules := []sarifRule{}
	for _, code := range slices.Compact(codes) {
		w.index[code] = len(rules)
		rules = append(rules, w.rule(code))
	}
	return rules
}

func (w *sarifWriter) rule(code diag.Code) sarifRule {
	p, ok := page.Of(code)
	if !ok {
		p = page.Page{Code: code}
	}
	return sarifRule{
		ID:         string(code),
		Short:      sarifText{Text: diag.FirstSentence(code, w.lang)},
		Full:       sarifText{Text: diag.Pattern(code, w.lang)},
		HelpURI:    pages + strings.ToLower(string(code)),
		Help:       sarifText{Text: diag.Pattern(code, w.lang) + "\n\n" + p.In(w.lang), Markdown: p.Markdown(w.lang, 1)},
		Config:     sarifSetting{sarifLevels[diag.Lookup(code).Level]},
		Properties: sarifProperties{Tags: []string{code.Category().String()}},
	}
}

func (w *sarifWriter) result(c checked, p diag.Problem) sarifResult {
	out := sarifResult{
		RuleID:       string(p.Code),
		RuleIndex:    w.index[p.Code],
		Level:        sarifLevels[p.Level()],
		Message:      w.message(p.Message(w.lang)),
		Fingerprints: map[string]string{fingerprint: w.fingerprint(c, p)},
	}
	switch {
	case !p.Place.IsZero():
		out.Locations = []sarifLocation{w.location(c, p.Place, p.Range, 0, sarifText{})}
	default: // what does not exist is missing in the folder (DIA-14)
		out.Locations = []sarifLocation{{Physical: sarifPhysical{Artifact: w.artifact(c.dir, "")}}}
	}
	for _, r := range p.Related {
		if !r.Place.IsZero() {
			out.Related = append(out.Related, w.location(c, r.Place, r.Range, len(out.Related)+1, w.message(r.Message.In(w.lang))))
		}
	}
	for _, f := range c.cures(p) {
		if fix, ok := w.fix(c, f); ok {
			out.Fixes = append(out.Fixes, fix)
		}
	}
	return out
}

// fingerprint says which finding it is, however the lines around it move: the words of the line count, not its number. Those that
// are equal are counted.
func (w *sarifWriter) fingerprint(c checked, p diag.Problem) string {
	line := ""
	if text, lines := c.file(p.Place.File); lines != nil && p.Range.Start.Line >= 1 && p.Range.Start.Line <= lines.Count() {
		line = strings.TrimSpace(lines.Span(p.Range.Start.Line).Of(text))
	}
	sum := sha256.Sum256([]byte(w.artifact(c.dir, "").URI + "\x00" + identity(p) + "\x00" + line))
	key := hex.EncodeToString(sum[:12])
	w.seen[key]++
	return fmt.Sprintf("%s:%d", key, w.seen[key])
}

func (w *sarifWriter) location(c checked, p source.Place, r source.Range, id int, message sarifText) sarifLocation {
	return sarifLocation{
		ID:       id,
		Physical: sarifPhysical{Artifact: w.artifact(c.dir, p.File), Region: region(r)},
		Message:  message,
	}
}

// braces stand for arguments in the messages of SARIF, unless they are doubled.
var braces = strings.NewReplacer("{", "{{", "}", "}}")

func (w *sarifWriter) message(text string) sarifText { return sarifText{Text: braces.Replace(text)} }

func (w *sarifWriter) artifact(dir, file string) sarifArtifact {
	path := filepath.Join(dir, filepath.FromSlash(file))
	if rel, inside := w.root.relative(path); inside {
		switch {
		case rel == ".":
			rel = ""
		case file == "":
			rel += "/"
		}
		return sarifArtifact{URI: (&url.URL{Path: rel}).String(), Base: sourceRoot}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	return sarifArtifact{URI: fileURI(abs)}
}

// fix says how to cure a finding. SARIF knows changes of texts only: what makes or moves files cannot be said.
func (w *sarifWriter) fix(c checked, f diag.Fix) (sarifFix, bool) {
	if len(f.Edits) == 0 || len(f.Files)+len(f.Moves) > 0 {
		return sarifFix{}, false
	}
	out := sarifFix{Description: w.message(f.Title.In(w.lang))}
	at := map[string]int{}
	for _, e := range f.Edits {
		_, lines := c.file(e.Place.File)
		if lines == nil {
			return sarifFix{}, false
		}
		i, known := at[e.Place.File]
		if !known {
			i = len(out.Changes)
			at[e.Place.File] = i
			out.Changes = append(out.Changes, sarifChange{Artifact: w.artifact(c.dir, e.Place.File)})
		}
		replacement := sarifReplacement{Deleted: *region(lines.Range(e.Place.Span))}
		if e.With != "" {
			replacement.Inserted = &sarifContent{e.With}
		}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, replacement)
	}
	return out, true
}

func region(r source.Range) *sarifRegion {
	return &sarifRegion{r.Start.Line, r.Start.Column, r.End.Line, r.End.Column}
}
