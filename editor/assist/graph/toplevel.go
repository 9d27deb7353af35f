package graph

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// atTop offers what may stand outside of any block.
func (w *writer) atTop() {
	before := w.text[w.line.Start:w.at]
	first := strings.TrimLeft(before, " \t")
	start := w.at - len(first)
	switch after, word := afterKeyword(first); {
	case word == "import":
		w.locations(start + after)
	case word == "facet" && !w.instances:
		w.missingTypes(start+after, model.WantFacet)
	case word == "instance of" && w.instances:
		w.header(start+after, nil)
	case word == "" && !strings.ContainsAny(first, " \t{;:}"):
		w.word(source.Span{Start: start, End: w.wordAround().End})
		w.openings()
	}
}

// afterKeyword finds the keyword that starts a line and where what follows it begins; "" when there is none that is complete.
func afterKeyword(line string) (after int, keyword string) {
	for _, k := range []string{"import", "facet", "instance of"} {
		n := 0
		for i, part := range strings.Fields(k) {
			if i > 0 {
				n += blanks(line[n:])
			}
			if len(line) < n+len(part) || !strings.EqualFold(line[n:n+len(part)], part) || blanks(line[n+len(part):]) == 0 {
				n = -1
				break
			}
			n += len(part)
		}
		if n > 0 {
			return n + blanks(line[n:]), k
		}
	}
	return 0, ""
}

func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r")) }

// openings offers keywords and whole blocks at the start of a line. What stands behind the word stays where it is, so that
// blocks are offered on a line of their own only.
func (w *writer) openings() {
	if w.rest(w.replace.End) != "" {
		return
	}
	if files := w.importable(source.Span{}); len(files) > 0 && !w.begun() {
		what := w.say("the types of another file")
		if w.instances {
			what = w.say("the instances of another file")
		}
		w.snippet(1, ask.KindKeyword, "import", what, "", "import "+stop(1, files[0])+";")
	}
	if w.instances {
		w.instanceBlocks(nil)
		return
	}
	w.missingTypes(w.replace.Start, model.WantComponent)
	w.newTypes()
}

// newTypes offers the blocks of a graph. A name that is typed already becomes that of the block.
func (w *writer) newTypes() {
	machine, component, facet := "Machine", "Component", "role"
	if w.typed != "" && w.free(w.typed) {
		machine, component = w.typed, w.typed
	}
	block := func(rank int, name, header, detail, doc string, lines ...string) {
		w.offer(rank, name, nil, func(*writer, candidate) ask.Item {
			text := w.block(header, "\n$0", lines...)
			return ask.Item{Label: name + " {…}", Kind: ask.KindComponent, Detail: detail, Doc: doc, Text: text, Snippet: true}
		})
	}
	script := w.say("A component is one kind of software: its recipe installs it, starts it, stops it.")
	block(3, component, stop(1, component), w.say("new component"), script,
		"installer: ${2:script};", "exports: ${3:ip, port = 8080};")
	target := w.say("A machine is a component whose installer is `target`. Everything else runs on one.")
	block(4, machine, stop(1, machine), w.say("new machine"), target, "installer: target;", "exports: ${2:ip};")
	if !w.begun() && (w.typed == "" || strings.HasPrefix("facet", strings.ToLower(w.typed))) {
		role := w.say("A facet is a role: where it is listed, every component that has it may stand.")
		w.offer(5, "facet", nil, func(*writer, candidate) ask.Item {
			text := w.block("facet "+stop(1, facet), "\n$0", "exports: ${2:variable};")
			return ask.Item{Label: "facet {…}", Kind: ask.KindFacet, Detail: w.say("new facet"), Doc: role, Text: text, Snippet: true}
		})
	}
}

// free says whether a new type may have a name.
func (w *writer) free(name string) bool {
	switch strings.ToLower(name) {
	case "import", "facet", "instance", "instanceof":
		return false
	}
	return model.IsTypeName(name) && w.types.Component(name) == nil && w.types.Facet(name) == nil
}

// block writes a block with its lines. Where the lines below belong to the block already, its header alone is written.
func (w *writer) block(header, after string, lines ...string) string {
	if w.begun() {
		return header + " {"
	}
	return header + " {\n\t" + strings.Join(lines, "\n\t") + "\n}" + after
}

// begun says whether the lines below are those of the block that is being written: the parser takes a header without bracket for
// the start of what follows (DSL-31), and these lines stand deeper than it, or close it at its own depth.
func (w *writer) begun() bool {
	if !w.known || !w.node.Opens() {
		return false
	}
	for child := range w.node.Children() {
		if child.Kind() != syntax.Blank {
			at := w.abs(child.Span()).Start
			return blanks(w.text[at:]) > blanks(w.text[w.line.Start:])
		}
	}
	shut := w.abs(w.node.Close())
	return shut.Len() > 0 && shut.Start-lineAround(w.text, shut.Start).Start >= blanks(w.text[w.line.Start:])
}

// missingTypes offers the types that are named somewhere and declared nowhere (MOD-37).
func (w *writer) missingTypes(from int, want model.Want) {
	if want == model.WantFacet {
		w.word(source.Span{Start: from, End: max(from, w.wordAround().End)})
	}
	by := map[string][]string{}
	for _, u := range w.types.Unknown() {
		if (u.Wanted == want || u.Wanted == model.WantType) && model.IsTypeName(u.Ref.Name) {
			by[u.Ref.Name] = append(by[u.Ref.Name], u.Owner)
		}
	}
	for _, name := range sortedKeys(by) {
		owners := slices.Compact(by[name])
		w.offer(0, name, owners, makeMissing(want))
	}
}

func makeMissing(want model.Want) func(*writer, candidate) ask.Item {
	return func(w *writer, c candidate) ask.Item {
		item := ask.Item{Label: c.label, Kind: ask.KindComponent, Text: c.label, Detail: w.say("asked for, not declared")}
		item.Doc = w.say("Named by %s.", w.names(c.of.([]string)))
		if want == model.WantFacet {
			item.Kind = ask.KindFacet
		}
		if w.rest(w.replace.End) == "" {
			line := "installer: ${1:script};$0"
			if want == model.WantFacet {
				line = "exports: ${1:variable};$0"
			}
			item.Text, item.Snippet = w.block(reply.Escape(c.label), "\n", line), true
		}
		return item
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// locations offers the files that can be imported (DSL-71).
func (w *writer) locations(from int) {
	end := w.line.End
	for _, stop := range ";#" {
		if n := strings.IndexRune(w.text[from:end], stop); n >= 0 {
			end = from + n
		}
	}
	if w.at > end {
		return
	}
	w.word(source.Span{Start: from, End: max((source.Span{Start: from, End: end}).Trim(w.text).End, w.at)})
	if w.rest(w.replace.End) == "" {
		w.tail = ";"
	}
	for _, name := range w.importable(w.replace) {
		rank := 1
		if _, reached := slices.BinarySearch(w.Result.Reached, path.Join(w.root(), name)); !reached {
			rank = 0
		}
		w.offer(rank, name, rank == 0, (*writer).fileItem)
	}
}

func (w *writer) fileItem(c candidate) ask.Item {
	item := ask.Item{Label: c.label, Kind: ask.KindFile, Text: c.label, Detail: w.holds(w.target(c.label))}
	if c.of.(bool) {
		item.Doc = w.say("Nothing imports this file yet.")
	}
	return item
}

// importable are the files of the same language below the root, relative to it: not this one, not those that it imports on
// another line, not what could not be written in an import.
func (p *page) importable(but source.Span) []string {
	root, ext := p.root(), ".graph"
	if p.instances {
		ext = ".instances"
	}
	here := map[string]bool{p.file: true}
	for start, c := range p.tree.Chunks() {
		n := c.Item()
		at := n.Name().Shift(start)
		if n.Kind() == syntax.Import && (but.Len() == 0 || at.End <= but.Start || at.Start >= but.End) {
			here[p.target(nameOf(n))] = true
		}
	}
	var out []string
	for _, name := range p.Result.All {
		below, inside := strings.CutPrefix(name, root+"/")
		if root == "." {
			below, inside = name, true
		}
		if inside && strings.EqualFold(path.Ext(name), ext) && !here[name] && !strings.ContainsAny(below, ";#\r\n") && below == syntax.Trim(below) {
			out = append(out, below)
		}
	}
	slices.Sort(out)
	return out
}

// holds says what a file declares, in a few words.
func (p *page) holds(file string) string {
	f := p.Result.Files[file]
	if f == nil || f.Tree == nil {
		return ""
	}
	n := map[syntax.Kind]int{}
	for _, c := range f.Tree.Chunks() {
		n[c.Item().Kind()]++
	}
	var parts []string
	add := func(k syntax.Kind, one, many string) {
		if n[k] > 0 {
			parts = append(parts, p.count(n[k], one, many))
		}
	}
	add(syntax.Component, "%d component", "%d components")
	add(syntax.Facet, "%d facet", "%d facets")
	add(syntax.Instance, "%d root instance", "%d root instances")
	add(syntax.Import, "%d import", "%d imports")
	return strings.Join(parts, ", ")
}
