// Package graph answers questions about places in the text of graph or instances files.
package graph

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Language is that of the model: types in .graph files, instances in .instances files. The name of a file says which of the two
// it is (MOD-12). What can be read of a broken text gets answers all the same (DSL-95).
type Language struct{}

var _ ask.Language = Language{}

// Format lays a text out in the one layout (dsl.md 12.2).
func (Language) Format(text string) string { return syntax.Format(text) }

// page is one file about which something is asked.
type page struct {
	ask.Ground
	file  string
	text  string
	tree  *syntax.Tree
	types *model.Graph
	// instances says that the file holds instances, by its name.
	instances bool
}

// open finds the text of a file; false when it cannot be read.
func open(g ask.Ground, file string) (*page, bool) {
	if g.Result == nil || g.Result.App == nil {
		return nil, false
	}
	p := &page{Ground: g, file: file, types: g.Result.App.Graph, instances: strings.EqualFold(path.Ext(file), ".instances")}
	if f := g.Result.Files[file]; f != nil && f.Tree != nil {
		p.text, p.tree = f.Text, f.Tree
		return p, true
	}
	text, ok := g.Text(file)
	if !ok {
		return nil, false
	}
	p.text, p.tree = text, syntax.Parse(text)
	return p, true
}

// clamp brings an offset into the text.
func (p *page) clamp(at int) int { return min(max(at, 0), len(p.text)) }

// of is the text of a span of a chunk as the language reads it, without CR (DSL-3).
func of(c *syntax.Chunk, s source.Span) string { return syntax.Clean(s.Of(c.Text())) }

// nameOf is the name in a header, the name of a property, the location of an import.
func nameOf(n syntax.Node) string { return of(n.Chunk(), n.Name()) }

// valueOf is the trimmed value of a property.
func valueOf(n syntax.Node) string { return syntax.Trim(of(n.Chunk(), n.Value())) }

// property finds a property of a block; the first of that name counts (DSL-41).
func property(block syntax.Node, name string) (syntax.Node, bool) {
	for n := range block.Children() {
		if n.Kind() == syntax.Property && nameOf(n) == name {
			return n, true
		}
	}
	return syntax.Node{}, false
}

// has says whether a block has a property.
func has(block syntax.Node, name string) bool {
	_, found := property(block, name)
	return found
}

// root is the folder that import locations are relative to (DSL-71): that of the language, or that of the file when it stands
// elsewhere.
func (p *page) root() string {
	dir := path.Join(p.Result.Base, "graph")
	if p.instances {
		dir = path.Join(p.Result.Base, "instances")
	}
	if strings.HasPrefix(p.file, dir+"/") {
		return dir
	}
	return path.Dir(p.file)
}

// target is the file that a location leads to.
func (p *page) target(location string) string { return path.Join(p.root(), location) }
