package refactor

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Fixes gives everything that cures a finding, the likeliest first: what the finding brings along, and what takes a look at the
// whole model to know (DIA-51). None makes a new severe finding of the families P_ and PM_ (DIA-52). With exactly one there
// is no choice.
func Fixes(g ask.Ground, p diag.Problem) []diag.Fix { return newNotes().fixes(g, p) }

// notes are what the cures of several findings share.
type notes struct {
	names map[string]bool // of instances: those that are taken; nil until somebody asks
	files map[string]bool // that exist, folders included; nil until somebody asks
}

func newNotes() *notes { return &notes{} }

func (n *notes) fixes(g ask.Ground, p diag.Problem) []diag.Fix {
	c := &cure{Ground: g, notes: n, graph: g.Result.App.Graph, p: p, fixes: slices.Clone(p.Fixes)}
	if find := cures[p.Code]; find != nil {
		find(c)
	}
	c.nearNames()
	return c.harmless()
}

// atMost is how many candidates of one kind are offered: a longer list is no choice any more.
const atMost = 5

// cure looks for what cures one finding.
type cure struct {
	ask.Ground
	notes *notes
	graph *model.Graph
	p     diag.Problem
	fixes []diag.Fix
}

// offer adds a fix that changes texts.
func (c *cure) offer(title diag.Phrase, edits ...source.Edit) {
	if len(edits) > 0 {
		c.fixes = append(c.fixes, diag.Fix{Title: title, Edits: edits})
	}
}

// offerFiles adds a fix that makes files, beside edits.
func (c *cure) offerFiles(title diag.Phrase, files []source.File, edits ...source.Edit) {
	files = slices.DeleteFunc(slices.Clone(files), func(f source.File) bool { return c.exists(f.Name) })
	if len(files) > 0 {
		c.fixes = append(c.fixes, diag.Fix{Title: title, Files: files, Edits: edits})
	}
}

// offerMove adds a fix that gives a file another name, when that one is free.
func (c *cure) offerMove(title diag.Phrase, from, to string, edits ...source.Edit) {
	if from != to && !c.exists(to) {
		c.fixes = append(c.fixes, diag.Fix{Title: title, Moves: []source.Move{{From: from, To: to}}, Edits: edits})
	}
}

// put offers to replace what stands at a place.
func (c *cure) put(title diag.Phrase, at source.Place, with string) {
	if !at.IsZero() {
		c.offer(title, source.Edit{Place: at, With: with})
	}
}

// replaceBy offers each of several names in the place of a word.
func (c *cure) replaceBy(at source.Place, names []string) {
	if at.IsZero() {
		return
	}
	word := c.word(at)
	for _, name := range names {
		if name != word {
			c.put(diag.Say("Replace %s by %s", word, name), at, name)
		}
	}
}

// nearNames makes a fix of each name that the finding itself asks about (DIA-45): a choice when there are several.
func (c *cure) nearNames() {
	for _, r := range c.p.Related {
		if r.Exact && len(r.Message.Args) > 0 && r.Message.Text == diag.DidYouMean(r.Message.Args).Text {
			had := c.fixes
			c.fixes = nil
			c.replaceBy(r.Place, r.Message.Args)
			c.fixes = append(c.fixes, had...)
		}
	}
	seen := c.fixes[:0:0]
	for _, f := range c.fixes {
		if !slices.ContainsFunc(seen, func(s diag.Fix) bool { return sameChange(s, f) }) {
			seen = append(seen, f)
		}
	}
	c.fixes = seen
}

func sameChange(a, b diag.Fix) bool {
	return slices.Equal(a.Edits, b.Edits) && slices.Equal(a.Files, b.Files) && slices.Equal(a.Moves, b.Moves)
}

// like gives the names that a word may stand for.
func (c *cure) like(word string, known []string) []string { return near.Names(word, known) }

// text is that of a file; "" when it cannot be read.
func (c *cure) text(file string) string {
	text, _ := c.Text(file)
	return text
}

// word is the text at a place.
func (c *cure) word(at source.Place) string { return syntax.Clean(at.Span.Of(c.text(at.File))) }

// detail is the first particular of a kind; "" without any.
func (c *cure) detail(kind diag.DetailKind) string {
	for _, d := range c.p.Details {
		if d.Kind == kind {
			return d.Text
		}
	}
	return ""
}

// exact is the very word that the finding is about.
func (c *cure) exact() source.Place {
	for _, r := range c.p.Related {
		if r.Exact {
			return r.Place
		}
	}
	return c.p.Place
}

// body is the block that the finding stands in; false when its brackets are in doubt.
func (c *cure) body() (body, bool) {
	b, ok := bodyAt(c.Result, c.p.Place.File, c.p.Place.Span.Start)
	return b, ok && b.sound()
}

// property is the one that the finding stands on, with its block.
func (c *cure) property() (body, syntax.Node, bool) {
	return c.propertyAt(c.p.Place)
}

func (c *cure) propertyAt(at source.Place) (body, syntax.Node, bool) {
	b, ok := bodyAt(c.Result, at.File, at.Span.Start)
	if !ok {
		return b, b.node, false
	}
	p, ok := b.propertyAt(at.Span.Start)
	return b, p, ok
}

// dropEntry offers to take the entry of a list away.
func (c *cure) dropEntry(title diag.Phrase, at source.Place) {
	if b, p, ok := c.propertyAt(at); ok {
		if l := b.list(p); l.at(at.Span.Start) >= 0 {
			c.offer(title, l.without(l.at(at.Span.Start))...)
		}
	}
}

// dropProperty offers to take the line of a property away.
func (c *cure) dropProperty(title diag.Phrase, at source.Place) {
	if b, p, ok := c.propertyAt(at); ok {
		c.offer(title, b.remove(p))
	}
}

// dropLine offers to take the lines that a place touches away, whatever they hold.
func (c *cure) dropLine(title diag.Phrase, at source.Place) {
	if text, ok := c.Text(at.File); ok && at.Span.End <= len(text) {
		c.put(title, source.Place{File: at.File, Span: wholeLines(text, at.Span)}, "")
	}
}

// wholeLines widens a span to the lines that it touches, line ends included.
func wholeLines(text string, s source.Span) source.Span {
	start := max(strings.LastIndexByte(text[:s.Start], '\n')+1, top(text))
	if n := strings.IndexByte(text[s.End:], '\n'); n >= 0 {
		return source.Span{Start: start, End: s.End + n + 1}
	}
	return source.Span{Start: start, End: len(text)}
}

// component is the one that the finding is about.
func (c *cure) component() *model.Component {
	for _, name := range []string{c.p.On, c.detail(diag.KindComponent)} {
		if found := c.graph.Component(name); found != nil && found.File != "" {
			return found
		}
	}
	return nil
}

// exists says whether a file, or a folder with files, bears a name.
func (c *cure) exists(name string) bool { return c.notes.exists(c.Result, name) }

func (n *notes) exists(r *load.Result, name string) bool {
	if n.files == nil {
		n.files = make(map[string]bool, 2*len(r.All))
		for _, f := range r.All {
			for ; f != "." && f != "/" && !n.files[f]; f = path.Dir(f) {
				n.files[f] = true
			}
		}
	}
	return n.files[name] || r.Files[name] != nil
}

// inProject is a path of the project, whatever stands around it (MOD-11).
func inProject(r *load.Result, elem ...string) string { return path.Join(r.Base, path.Join(elem...)) }
