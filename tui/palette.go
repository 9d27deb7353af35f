package tui

import (
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
)

// palette opens the field that finds files, and by a prefix commands, symbols, instances, lines.
func (m *Model) palette(text string) {
	m.push(overlay.NewPalette([]overlay.Source{
		{Hint: "No file is called so.", Items: func(string) []overlay.Item { return m.fileItems() }},
		{Prefix: ">", Hint: "No command is called so.", Items: func(string) []overlay.Item { return m.commandItems() }},
		{Prefix: "@", Hint: "Nothing that is declared is called so.", Items: m.symbolItems, Fixed: true},
		{Prefix: "#", Hint: "No instance is called so.", Items: func(string) []overlay.Item { return m.instanceItems() }},
		{Prefix: ":", Hint: "Type the number of a line.", Items: m.lineItems, Fixed: true},
	}, text))
}

func (m *Model) fileItems() []overlay.Item {
	items := make([]overlay.Item, 0, len(m.snap.All))
	for _, name := range m.snap.All {
		detail := ""
		if m.snap.Dirty[name] {
			detail = "not saved"
		}
		items = append(items, overlay.Item{Title: name, Detail: detail, Do: func() []pane.Intent {
			return []pane.Intent{pane.Open{File: name}}
		}})
	}
	return items
}

// commandItems are the actions of the focused pane, then those of the root, then those of the other panes.
func (m *Model) commandItems() []overlay.Item {
	var items []overlay.Item
	add := func(where string, actions []pane.Action) {
		for _, a := range actions {
			items = append(items, overlay.Item{Title: a.Title, Detail: where, Key: a.Key, Off: a.Off, Do: a.Do})
		}
	}
	focused := m.panes[m.arr.focus]
	add(focused.Title(), focused.Actions())
	add("", m.globals())
	for _, id := range paneOrder {
		if p := m.panes[id]; p != nil && p != focused {
			add(p.Title(), p.Actions())
		}
	}
	return items
}

// symbolItems are the declarations of the application that a few letters find, the best first.
func (m *Model) symbolItems(query string) []overlay.Item {
	const most = 200
	var items []overlay.Item
	for _, found := range assist.Search(m.ground(), query, most) {
		at := found.Place
		items = append(items, overlay.Item{Title: found.Name, Detail: "in " + found.Container, Do: func() []pane.Intent {
			return []pane.Intent{pane.Open{File: at.File, Span: source.Span{Start: at.Span.Start, End: at.Span.Start}}}
		}})
	}
	return items
}

func (m *Model) instanceItems() []overlay.Item {
	var items []overlay.Item
	for path, in := range model.Walk(m.snap.Result.App.Instances) {
		items = append(items, overlay.Item{Title: path, Detail: in.Component, Do: func() []pane.Intent {
			return []pane.Intent{pane.Select{Instance: path}, pane.Focus{Pane: "instances"}}
		}})
	}
	return items
}

// lineItems is one item: the line typed, of the file in the editor.
func (m *Model) lineItems(query string) []overlay.Item {
	file := m.editor.Place().File
	line, column, _ := strings.Cut(query, ":")
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || file == "" {
		return nil
	}
	col, err := strconv.Atoi(column)
	if err != nil {
		col = 1
	}
	return []overlay.Item{{Title: "Line " + query, Detail: file, Do: func() []pane.Intent {
		text, ok := m.text(file)
		if !ok {
			return []pane.Intent{pane.Tell{Text: file + " is not part of the model: ^G in the text goes to a line", Problem: true}}
		}
		at := source.NewLines(text).Offset(source.Position{Line: n, Column: col})
		return []pane.Intent{pane.Open{File: file, Span: source.Span{Start: at, End: at}}}
	}}}
}
