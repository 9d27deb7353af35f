package main

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// The machine-readable form of product.md 4: one line per folder.
type (
	jsonReport struct {
		Application string        `json:"application"`
		Diagnostics []jsonProblem `json:"diagnostics"`
	}
	jsonProblem struct {
		Code     string `json:"code"`
		Level    string `json:"level"`
		Category string `json:"category"`
		jsonPlace
		Message string        `json:"message"`
		Details []jsonDetail  `json:"details"`
		Related []jsonRelated `json:"related"`
		Fixes   []jsonFix     `json:"fixes"`
	}
	// jsonPlace is left out when there is no place; lines and columns are counted from 1.
	jsonPlace struct {
		File      string `json:"file,omitempty"`
		Line      int    `json:"line,omitempty"`
		Column    int    `json:"column,omitempty"`
		EndLine   int    `json:"endLine,omitempty"`
		EndColumn int    `json:"endColumn,omitempty"`
	}
	jsonDetail struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	}
	jsonRelated struct {
		jsonPlace
		Message string `json:"message"`
	}
	jsonFix struct {
		Title string     `json:"title"`
		Edits []jsonEdit `json:"edits"`
		Files []jsonFile `json:"files,omitempty"`
		Moves []jsonMove `json:"moves,omitempty"`
	}
	// jsonFile is to be made, jsonMove to be done after the edits.
	jsonFile struct {
		Name       string `json:"file"`
		Text       string `json:"text"`
		Executable bool   `json:"executable,omitempty"`
	}
	jsonMove struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	jsonEdit struct {
		jsonPlace
		With string `json:"with"`
	}
)

func reportJSON(s streams, _ checkOptions, all []checked) error {
	for _, c := range all {
		report := jsonReport{Application: c.dir, Diagnostics: []jsonProblem{}}
		for _, p := range c.shown {
			report.Diagnostics = append(report.Diagnostics, c.jsonProblem(p, language(s)))
		}
		if err := writeJSON(s.out, report, ""); err != nil {
			return err
		}
	}
	return nil
}

func (c checked) jsonProblem(p diag.Problem, lang diag.Language) jsonProblem {
	out := jsonProblem{
		Code: string(p.Code), Level: p.Level().String(), Category: p.Category().String(), Message: p.Message(lang),
		jsonPlace: placed(p.Place, p.Range),
		Details:   []jsonDetail{}, Related: []jsonRelated{}, Fixes: []jsonFix{},
	}
	for _, d := range p.Details {
		out.Details = append(out.Details, jsonDetail{string(d.Kind), d.Text})
	}
	for _, r := range p.Related {
		out.Related = append(out.Related, jsonRelated{placed(r.Place, r.Range), r.Message.In(lang)})
	}
	for _, f := range c.cures(p) {
		fix := jsonFix{Title: f.Title.In(lang), Edits: []jsonEdit{}}
		for _, e := range f.Edits {
			fix.Edits = append(fix.Edits, jsonEdit{c.jsonPlace(e.Place), e.With})
		}
		for _, made := range f.Files {
			fix.Files = append(fix.Files, jsonFile(made))
		}
		for _, m := range f.Moves {
			fix.Moves = append(fix.Moves, jsonMove(m))
		}
		out.Fixes = append(out.Fixes, fix)
	}
	return out
}

func placed(p source.Place, r source.Range) jsonPlace {
	if p.IsZero() {
		return jsonPlace{}
	}
	return jsonPlace{p.File, r.Start.Line, r.Start.Column, r.End.Line, r.End.Column}
}

// jsonPlace places an edit; one in a file that is still to be made stands at its beginning.
func (c checked) jsonPlace(p source.Place) jsonPlace {
	_, lines := c.file(p.File)
	if lines == nil {
		return jsonPlace{p.File, 1, 1, 1, 1}
	}
	return placed(p, lines.Range(p.Span))
}

// writeJSON writes one value as people and programs like it: no escapes for HTML, one line unless indented.
func writeJSON(w io.Writer, v any, indent string) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
