package refactor

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Add adds an instance of a component at the end of a parent's block, or of the entry file of the instances when parent is "".
// That file need not exist: the edit is then of an empty text.
//
// Whether the component may stand there is not asked: a finding tells (DIA-1), like for what is typed.
func Add(r *load.Result, parent, component, name string) ([]source.Edit, error) {
	parent = strings.TrimSuffix(parent, "/")
	edits, err := add(r, parent, component, name)
	if err != nil {
		return nil, fmt.Errorf("add %s/%s: %w", parent, name, err)
	}
	return edits, nil
}

func add(r *load.Result, parent, component, name string) ([]source.Edit, error) {
	if err := known(r.App.Graph, component); err != nil {
		return nil, err
	}
	if parent == "" {
		if err := free(r, parent, name); err != nil {
			return nil, err
		}
		return addRoot(r, component, name)
	}
	b, err := blockOf(r, parent)
	if err != nil {
		return nil, fmt.Errorf("below %s: %w", parent, err)
	}
	if err := free(r, parent, name); err != nil {
		return nil, err
	}
	return []source.Edit{b.inside(component, name)}, nil
}

// known refuses a component that the graph does not have.
func known(g *model.Graph, component string) error {
	if g.Component(component) != nil {
		return nil
	}
	var names []string
	for _, c := range g.Components() {
		names = append(names, c.Name)
	}
	if alike := near.Names(component, names); len(alike) > 0 {
		return fmt.Errorf("there is no component %q; did you mean %s?", component, strings.Join(alike, " or "))
	}
	return fmt.Errorf("there is no component %q", component)
}

// inside writes a block before the closing bracket of this one.
func (b body) inside(component, name string) source.Edit {
	shut := b.node.Close().Start + b.base
	start := strings.LastIndexByte(b.text[:shut], '\n') + 1
	own := indentOf(b.text, b.base+b.node.Head().Start)
	text := lines(lineEnd(b.text, b.span().Start), b.indentInside(own), step(b.text), component, name)
	if line, ok := lineBefore(b.text, start); ok && !isBlank(line.Of(b.text)) && line.End > b.base+b.node.Head().End {
		text = lineEnd(b.text, b.span().Start) + text
	}
	return b.edit(source.Span{Start: start, End: start}, text)
}

// indentInside is the white space in front of what stands in the block already.
func (b body) indentInside(own string) string {
	for child := range b.node.Children() {
		if child.Kind() == syntax.Property || child.Kind() == syntax.Instance {
			return indentOf(b.text, b.base+child.Head().Start)
		}
	}
	return own + step(b.text)
}

// addRoot writes a block at the end of the entry file.
func addRoot(r *load.Result, component, name string) ([]source.Edit, error) {
	entry := r.App.Descriptor.InstanceEntry
	if entry == "" {
		return nil, errors.New("the descriptor names no file of instances; add instance-entry-point = main.instances to it")
	}
	file := path.Join(r.Base, "instances", entry)
	text := ""
	if f := r.Files[file]; f != nil && f.Tree != nil {
		if text = f.Text; f.Tree.Kind() == syntax.GraphFile {
			return nil, fmt.Errorf("%s is a file of the graph; instances have a file of their own", file)
		}
		if _, last := f.Tree.ChunkAt(len(text)); last != nil && last.Item().Opens() && last.Item().Close().Len() == 0 {
			return nil, fmt.Errorf("the last block of %s has no closing bracket; add it first", file)
		}
	}
	end := lineEnd(text, 0)
	with := lines(end, "", step(text), component, name)
	if last, some := lineBefore(text, len(text)); some {
		if !isBlank(last.Of(text)) {
			with = end + with
		}
		if !strings.HasSuffix(text, "\n") {
			with = end + with
		}
	}
	at := source.Span{Start: len(text), End: len(text)}
	return []source.Edit{{Place: source.Place{File: file, Span: at}, With: with}}, nil
}

// lines is the text of a new instance.
func lines(end, indent, step, component, name string) string {
	return indent + "instance of " + component + " {" + end +
		indent + step + "name: " + name + ";" + end +
		indent + "}" + end
}

// step is by how much the text indents: the white space of its first indented line, else a tab.
func step(text string) string {
	for line := range strings.Lines(text) {
		if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; indent != "" && !isBlank(line) {
			return indent
		}
	}
	return "\t"
}
