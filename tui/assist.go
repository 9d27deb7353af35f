package tui

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
)

// languageActions are what can be asked of the text at the cursor, and what can be changed there.
func (m *Model) languageActions() []pane.Action {
	none := ""
	if m.editor.Place().File == "" {
		none = "no file is open: ^O opens one"
	}
	foreign := none
	if none == "" && assist.Of(m.editor.Place().File) == nil {
		foreign = "this file is in no language of the model"
	}
	code, unknown := m.codeHere(), ""
	if code == "" {
		unknown = "no problem stands here"
	}
	return []pane.Action{
		act("text.hover", "f9", "What is this?", foreign, m.hover),
		act("text.definition", "f12", "Definition", none, m.definition),
		act("text.references", "shift+f12", "Where it is used", none, m.references),
		act("text.rename", "f2", "Rename", none, m.rename),
		act("text.actions", "shift+f7", "Change something here", none, m.changes),
		act("text.format", "", "Lay the file out", foreign, m.format),
		act("text.explain", "shift+f9", "What does this problem mean?", unknown, func() { m.explainCode(code) }),
		act("text.back", "", "Back to where you came from", m.backOff(), m.comeBack),
		act("text.take-back", "", "Take the last change back, everywhere", m.takeBackOff(), m.takeBack),
	}
}

// ground is what questions are asked on.
func (m *Model) ground() ask.Ground { return m.snap.Ground(m.cfg.Language) }

// hover tells what there is to know about the word under the cursor.
func (m *Model) hover() {
	at := m.editor.Place()
	answer, ok := assist.Of(at.File).Hover(m.ground(), at.File, at.Span.End)
	if !ok {
		m.told = pane.Tell{Text: "nothing is known about this place"}
		return
	}
	m.push(overlay.NewPage("What is this?", readable(answer.Markdown)))
}

// readable turns Markdown into the lines of a page.
func readable(markdown string) []overlay.Line {
	var lines []overlay.Line
	code := false
	for l := range strings.SplitSeq(strings.TrimSpace(markdown), "\n") {
		if strings.HasPrefix(l, "```") {
			code = !code
			continue
		}
		heading := !code && (strings.HasPrefix(l, "#") || strings.HasPrefix(l, "**") && strings.HasSuffix(l, "**"))
		if !code {
			l = strings.NewReplacer("**", "", "`", "").Replace(strings.TrimLeft(l, "# "))
		} else {
			l = "    " + strings.ReplaceAll(l, "\t", "    ")
		}
		lines = append(lines, overlay.Line{Text: l, Heading: heading})
	}
	return lines
}

// definition goes to where the name under the cursor is declared; when there are several places, it asks which.
func (m *Model) definition() {
	at := m.editor.Place()
	m.goTo("Where it is declared", assist.Definition(m.ground(), at.File, at.Span.End), "the name under the cursor is declared nowhere")
}

// references shows where the name under the cursor is used.
func (m *Model) references() {
	at := m.editor.Place()
	m.goTo("Where it is used", assist.References(m.ground(), at.File, at.Span.End, true), "the cursor is on no name")
}

// goTo goes to the only place, or asks to which.
func (m *Model) goTo(title string, spots []assist.Spot, none string) {
	switch len(spots) {
	case 0:
		m.told = pane.Tell{Text: none, Problem: true}
	case 1:
		m.jump(spots[0])
	default:
		items := make([]overlay.Item, len(spots))
		for i, s := range spots {
			items[i] = m.spotItem(s)
		}
		m.push(overlay.NewChoiceOf(title, items))
	}
}

func (m *Model) spotItem(s assist.Spot) overlay.Item {
	item := overlay.Item{Title: s.File, Do: func() []pane.Intent { m.jump(s); return nil }}
	text, ok := m.ground().Text(s.File)
	if s.Dir != "" || !ok {
		item.Detail = s.Dir
		return item
	}
	lines := source.NewLines(text)
	line := lines.Line(s.Span.Start)
	item.Title = fmt.Sprintf("%s:%d", s.File, line)
	item.Detail = strings.TrimSpace(lines.Span(line).Of(text))
	return item
}

// jump goes to a place and remembers where it came from.
func (m *Model) jump(s assist.Spot) {
	if s.Dir != "" {
		m.told = pane.Tell{Text: "it is in another application: " + s.Dir + "/" + s.File}
		return
	}
	if at := m.editor.Place(); at.File != "" {
		m.trail = append(m.trail, at)
	}
	m.openFile(pane.Open{File: s.File, Span: source.Span{Start: s.Span.Start, End: s.Span.Start}})
}

func (m *Model) backOff() string {
	if len(m.trail) == 0 {
		return "you have not gone anywhere yet"
	}
	return ""
}

// comeBack goes where the last jump began.
func (m *Model) comeBack() {
	last := m.trail[len(m.trail)-1]
	m.trail = m.trail[:len(m.trail)-1]
	m.openFile(pane.Open{File: last.File, Span: last.Span})
}

// rename asks for another name of what is under the cursor, then changes it everywhere.
func (m *Model) rename() {
	at := m.editor.Place()
	span, word, err := refactor.Renamable(m.ground(), at.File, at.Span.End)
	if err != nil {
		m.told = pane.Tell{Text: err.Error(), Problem: true}
		return
	}
	if word == "" {
		m.told = pane.Tell{Text: "no name stands under the cursor that can be changed"}
		return
	}
	m.do(pane.Ask{Title: "Rename " + word, Hint: "the new name, everywhere in the application", Text: word, Then: func(to string) []pane.Intent {
		if to = strings.TrimSpace(to); to != "" && to != word {
			m.renameTo(source.Place{File: at.File, Span: span}, word, to)
		}
		return nil
	}})
}

func (m *Model) renameTo(at source.Place, word, to string) {
	r, err := refactor.Rename(m.ground(), at.File, at.Span.Start, to)
	if err != nil {
		m.told = pane.Tell{Text: err.Error(), Problem: true}
		return
	}
	title := fmt.Sprintf("%s is called %s now", word, to)
	if len(r.Recipes) == 0 {
		m.change(title, r.Change)
		return
	}
	all := r.Change
	all.Edits = append(all.Edits[:len(all.Edits):len(all.Edits)], r.Recipes...)
	m.do(pane.Choose{
		Title: "Recipes mention it too", Lines: m.mentions(r.Recipes), Options: []pane.Action{
			act("rename.all", "a", "Rename in the recipes as well", "", func() { m.change(title, all) }),
			act("rename.model", "m", "Rename in the model only", "", func() { m.change(title, r.Change) }),
		},
	})
}

// mentions are the lines of a few edits, to be looked at by a person.
func (m *Model) mentions(edits []source.Edit) []string {
	const most = 8
	var out []string
	for _, e := range edits {
		text, ok := m.ground().Text(e.Place.File)
		if !ok {
			continue
		}
		lines := source.NewLines(text)
		n := lines.Line(e.Place.Span.Start)
		line := fmt.Sprintf("%s:%d  %s", e.Place.File, n, strings.TrimSpace(lines.Span(n).Of(text)))
		if len(out) == 0 || out[len(out)-1] != line { // a line with several is shown once
			out = append(out, line)
		}
	}
	if more := len(out) - most; more > 1 {
		out = append(out[:most], fmt.Sprintf("and %d lines more", more))
	}
	return out
}

// changes offers what can be changed at the cursor: fixes first, then refactorings.
func (m *Model) changes() {
	at := m.editor.Place()
	var items []overlay.Item
	for _, a := range refactor.Actions(m.ground(), at.File, at.Span) {
		title := a.Title.In(m.cfg.Language)
		items = append(items, overlay.Item{Title: title, Detail: kinds[a.Kind], Do: func() []pane.Intent { m.change(title, a.Change); return nil }})
	}
	if items == nil {
		m.told = pane.Tell{Text: "there is nothing to change here by itself"}
		return
	}
	m.push(overlay.NewChoiceOf("Change something here", items))
}

// kinds are the words for the kinds of changes.
var kinds = map[refactor.Kind]string{
	refactor.QuickFix: "fix", refactor.FixFile: "fix", refactor.FixAll: "fix", refactor.Extract: "extract", refactor.MoveTo: "move",
	refactor.Insert: "add", refactor.Rewrite: "rewrite",
}

// format lays the file of the editor out.
func (m *Model) format() {
	file := m.editor.Place().File
	text, ok := m.ground().Text(file)
	if !ok {
		return
	}
	laid := assist.Of(file).Format(text)
	if laid == text {
		m.told = pane.Tell{Text: file + " is laid out already"}
		return
	}
	m.replace(file, text, laid)
	m.told = pane.Tell{Text: "laid out; ^Z takes it back"}
}

// codeHere is the code of the problem at hand; "" when there is none.
func (m *Model) codeHere() diag.Code {
	if p := m.currentProblem(); p != nil {
		return p.Code
	}
	return ""
}

// explainCode opens the page of a code: why, a wrong and a right example.
func (m *Model) explainCode(code diag.Code) {
	p, ok := page.Of(code)
	if !ok {
		m.told = pane.Tell{Text: "no page explains " + string(code)}
		return
	}
	lines := readable(p.In(m.cfg.Language))
	wrong, right := page.Headings(m.cfg.Language)
	lines = append(lines, example(wrong, p.ShownWrong, p.Wrong)...)
	lines = append(lines, example(right, p.ShownRight, p.Right)...)
	m.push(overlay.NewPage(string(code), lines))
}

func example(title string, shown []string, files map[string]string) []overlay.Line {
	if len(shown) == 0 {
		return nil
	}
	lines := []overlay.Line{{}, {Text: title, Heading: true}}
	for _, name := range shown {
		lines = append(lines, overlay.Line{Text: name, Off: true})
		for l := range strings.SplitSeq(strings.TrimRight(page.Visible(files[name]), "\n"), "\n") {
			lines = append(lines, overlay.Line{Text: "    " + strings.ReplaceAll(l, "\t", "    ")})
		}
	}
	return lines
}
