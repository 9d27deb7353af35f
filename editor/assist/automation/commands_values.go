package automation

import (
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
)

// variables offers what can stand between $( and ), from an offset of what was typed.
func (w *scriptWriter) variables(open int) {
	span := source.Span{Start: w.places[open], End: w.at}
	for span.End < len(w.text) && isNameByte(w.text[span.End]) {
		span.End++
	}
	if span.End < len(w.text) && w.text[span.End] == ')' {
		span.End++
	}
	w.Over(w.text, span, w.at)
	w.variableItems()
	_, defines := behind(w.before, "define")
	value := strings.IndexByte(w.before, '=')
	w.generators(defines && value >= 0, value >= 0 && strings.TrimSpace(w.before[value+1:open]) == "")
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// variableItems offers the variables that are defined above.
func (w *scriptWriter) variableItems() {
	for _, v := range w.state.Variables {
		detail := v.Value
		if v.Disabled {
			detail = noValue.In(w.Language)
		}
		w.Word(0, ask.KindVariable, "$("+v.Name+")", detail, "")
	}
}

// generators offers what only the execution knows. define tells of a definition, empty that nothing stands in its value yet.
func (w *scriptWriter) generators(define, empty bool) {
	for rank, g := range generators {
		if g.define && !define || g.whole && (!empty || w.after != "" && w.after != ")") {
			continue
		}
		w.Snippet(rank+1, ask.KindVariable, g.text, g.does.In(w.Language), g.snippet)
	}
}

// define writes a name, the equals sign, a value, maybe the path below which it counts.
func (w *scriptWriter) define(rest string, at int) {
	equals := strings.IndexByte(rest, '=')
	if equals < 0 {
		if rest != "" && strings.TrimRight(rest, " \t") != rest {
			w.Word(0, ask.KindKeyword, "=", "", connectives["="].In(w.Language))
		}
		return
	}
	value := rest[equals+1:]
	if _, right, ok := divide(value, "under", true); ok {
		w.paths(at+equals+1+right, nil)
		return
	}
	w.over(max(at+equals+1, w.word()))
	w.variableItems()
	w.generators(true, strings.TrimSpace(value) == "")
	if path := w.first(nil); path != "" && strings.Contains(value, "_INDEX") && w.word() > at+equals+1+strings.LastIndex(value, "_INDEX") {
		w.over(w.word())
		w.joint("under", "${1:"+esc(path)+"}")
	}
}

// create writes a component, as, a name, maybe under a parent.
func (w *scriptWriter) create(rest string, at int) {
	name, right, ok := divide(rest, "as", false)
	if !ok {
		if !strings.ContainsAny(rest, " \t") {
			w.components(at)
		} else if c := w.graph.Component(strings.TrimSpace(w.resolve(rest[:strings.IndexAny(rest, " \t")]))); c != nil {
			w.over(w.word())
			w.joint("as", w.home(c))
		}
		return
	}
	c := w.graph.Component(w.resolve(name))
	if c == nil {
		return
	}
	w.place(c, rest[right:], at+right)
}

// place writes the name of a new instance and, where it needs one, its parent.
func (w *scriptWriter) place(c *model.Component, rest string, at int) {
	if _, right, ok := divide(rest, "under", true); ok {
		w.paths(at+right, func(path string) bool { return w.mayHold(path, c) })
		return
	}
	w.over(at)
	parent := w.parentOf(c)
	if rest == "" || !strings.HasSuffix(rest, " ") {
		w.names(at, w.free(parent, strings.ToLower(c.Name)))
	}
	if parent != "" && strings.ContainsAny(rest, " \t") {
		w.over(w.word())
		w.joint("under", "${1:"+esc(parent)+"}")
	}
}

func (w *scriptWriter) mayHold(path string, c *model.Component) bool {
	parent := w.graph.Component(w.state.Instances[path])
	return parent != nil && w.graph.MayContain(parent, c)
}

// home is the rest of a creation, after the word as: a free name, a parent where one is needed. It is "" where there is none.
func (w *scriptWriter) home(c *model.Component) string {
	if w.graph.IsRoot(c) {
		return "${1:" + w.free("", strings.ToLower(c.Name)) + "}"
	}
	parent := w.parentOf(c)
	if parent == "" {
		return ""
	}
	return "${1:" + w.free(parent, strings.ToLower(c.Name)) + "} under ${2:" + esc(parent) + "}"
}

// components offers what can be created: roots, and what some instance may hold.
func (w *scriptWriter) components(at int) {
	w.over(at)
	for _, c := range w.graph.Components() {
		rank := 1
		if w.graph.IsRoot(c) {
			rank = 0
		}
		home := w.home(c)
		switch {
		case home == "":
		case w.after != "":
			w.Word(rank, ask.KindComponent, c.Name, w.graph.Installer(c), reply.Prose(c.Doc))
		default:
			w.Add(rank, ask.Item{
				Label: c.Name, Kind: ask.KindComponent, Detail: w.graph.Installer(c), Doc: reply.Prose(c.Doc), Snippet: true, Text: c.Name + " as " + home,
			})
		}
	}
}

// parentOf is the first instance that may hold a component; "" when there is none.
func (w *scriptWriter) parentOf(c *model.Component) (parent string) {
	if w.firstOf == nil {
		w.firstOf = map[string]string{}
		for _, path := range w.state.Paths {
			if kind := w.state.Instances[path]; w.firstOf[kind] == "" {
				w.firstOf[kind] = path
			}
		}
	}
	for _, above := range w.graph.Ancestors(c) {
		if path := w.firstOf[above.Name]; path != "" && (parent == "" || path < parent) {
			parent = path
		}
	}
	return parent
}
