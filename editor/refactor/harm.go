package refactor

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// harmless leaves the fixes out that would make a new severe finding of the text (DIA-52).
func (c *cure) harmless() []diag.Fix {
	for i := range c.fixes {
		c.fixes[i].Edits = ordered(c.fixes[i].Edits)
	}
	return slices.DeleteFunc(c.fixes, func(f diag.Fix) bool {
		return !possible(c.notes, c.Result, f.Change()) || harms(c.Result, f.Edits) || c.p.Category() == diag.Parsing && !c.helps(f.Edits)
	})
}

// helps says whether the file of the finding has fewer errors in its text after edits: what is done about one line may only pass
// the trouble on to the next.
func (c *cure) helps(edits []source.Edit) bool {
	f := c.Result.Files[c.p.Place.File]
	if f == nil || f.Tree == nil || len(edits) == 0 {
		return true
	}
	part := around(f.Tree, c.p.Place.Span)
	var local []source.Edit
	for _, e := range edits {
		if e.Place.File == f.Name {
			more := around(f.Tree, e.Place.Span)
			part.Start, part.End = min(part.Start, more.Start), max(part.End, more.End)
		}
	}
	for _, e := range edits {
		if e.Place.File == f.Name {
			local = append(local, source.Edit{Place: source.Place{Span: e.Place.Span.Shift(-part.Start)}, With: e.With})
		}
	}
	before := part.Of(f.Text)
	errors := func(text string) int { return len(syntax.Parse(text).Errors()) }
	return errors(source.Apply(before, local)) < errors(before)
}

// possible says whether the files that a change makes or moves can bear their names, and are not there yet.
func possible(n *notes, r *load.Result, c source.Change) bool {
	for _, file := range c.Files {
		if !possibleName(file.Name) || n.exists(r, file.Name) || !soundText(file) {
			return false
		}
	}
	for _, m := range c.Moves {
		if !possibleName(m.To) || n.exists(r, m.To) {
			return false
		}
	}
	return true
}

// soundText says whether a new file, when it is one of a model, has no severe finding in its text.
func soundText(f source.File) bool {
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".graph", ".instances":
		return len(severeOf(syntax.Parse(f.Text))) == 0
	}
	return true
}

// possibleName says whether a file can bear a name on every system, inside the folder.
func possibleName(name string) bool {
	return fs.ValidPath(name) && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`\:*?"<>|`, r) })
}

// ordered sorts edits: by file, then by place; what is inserted comes before what is removed there.
func ordered(edits []source.Edit) []source.Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b source.Edit) int {
		x, y := a.Place, b.Place
		return cmp.Or(strings.Compare(x.File, y.File), x.Span.Start-y.Span.Start, x.Span.End-y.Span.End)
	})
	return edits
}

// harms says whether edits make a text worse: some severe code of the families P_ and PM_ would occur more often. Only the
// constructs that an edit touches are read again, with the ones beside them.
func harms(r *load.Result, edits []source.Edit) bool {
	byFile := map[string][]source.Edit{}
	for _, e := range edits {
		byFile[e.Place.File] = append(byFile[e.Place.File], e)
	}
	for file, list := range byFile {
		if f := r.Files[file]; f != nil && f.Tree != nil && worse(f.Tree, list) {
			return true
		}
	}
	return false
}

// worse compares each run of touched chunks before and after.
func worse(t *syntax.Tree, edits []source.Edit) bool {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b source.Edit) int { return a.Place.Span.Start - b.Place.Span.Start })
	whole := t.Kind()
	strange := whole == syntax.Undetermined
	for rest := edits; len(rest) > 0; {
		part := around(t, rest[0].Place.Span)
		n := 1
		for n < len(rest) && rest[n].Place.Span.Start <= part.End {
			part.End = max(part.End, around(t, rest[n].Place.Span).End)
			n++
		}
		kind, bad := worsePart(t, part, rest[:n])
		if bad {
			return true
		}
		strange = strange || kind != whole && kind != syntax.Empty && kind != syntax.Aggregator
		rest = rest[n:]
	}
	return strange && mixed(t, edits)
}

// around covers the chunks that a span touches, with the one before and some after: where a block starts or ends may depend on
// them.
func around(t *syntax.Tree, s source.Span) source.Span {
	start, chunk := t.ChunkAt(max(0, s.Start-1))
	if chunk == nil {
		return source.Span{End: len(t.Text())}
	}
	if start > 0 {
		start, _ = t.ChunkAt(start - 1)
	}
	last, chunk := t.ChunkAt(s.End)
	return source.Span{Start: start, End: t.Settled(last + len(chunk.Text()))}
}

// worsePart tries edits on a part of a text; it gives what kind of constructs the part holds then.
func worsePart(t *syntax.Tree, part source.Span, edits []source.Edit) (kind syntax.FileKind, bad bool) {
	before := part.Of(t.Text())
	local := make([]source.Edit, len(edits))
	for i, e := range edits {
		local[i] = source.Edit{Place: source.Place{Span: e.Place.Span.Shift(-part.Start)}, With: e.With}
	}
	after := source.Apply(before, local)
	// A line end that goes missing at the end of a part would glue it to what follows.
	if part.End < len(t.Text()) && after != "" && !strings.HasSuffix(after, "\n") {
		return kind, true
	}
	tree := syntax.Parse(after)
	was, now := severeOf(syntax.Parse(before)), severeOf(tree)
	for code, places := range now {
		if len(places) > len(was[code]) && !was.stoodOn(before, local, places) {
			return kind, true
		}
	}
	return tree.Kind(), false
}

// mixed says whether edits turn the file into a mixture of both languages (dsl.md 1.1).
func mixed(t *syntax.Tree, edits []source.Edit) bool {
	mixture := func(e syntax.Error) bool { return e.Code == diag.PInvalidFileType }
	return !slices.ContainsFunc(t.Errors(), mixture) &&
		slices.ContainsFunc(t.Reparse(source.Apply(t.Text(), edits)).Errors(), mixture)
}

// faults are where severe findings of a text start, by code.
type faults map[diag.Code][]int

// stoodOn says whether the lines that places of the edited text come from had some severe finding each: another one on such a
// line is the same mistake, seen in another light.
func (f faults) stoodOn(before string, edits []source.Edit, places []int) bool {
	bad := map[int]bool{}
	for _, had := range f {
		for _, at := range had {
			bad[lineStart(before, at)] = true
		}
	}
	return !slices.ContainsFunc(places, func(at int) bool { return !bad[lineStart(before, original(edits, at))] })
}

func lineStart(text string, at int) int {
	return strings.LastIndexByte(text[:min(at, len(text))], '\n') + 1
}

// original is where a place of an edited text stood before; what edits inserted counts for where they did.
func original(edits []source.Edit, at int) int {
	shift := 0
	for _, e := range ordered(edits) {
		start := e.Place.Span.Start + shift
		if at < start {
			break
		}
		if at < start+len(e.With) {
			return e.Place.Span.Start
		}
		shift += len(e.With) - e.Place.Span.Len()
	}
	return at - shift
}

// severeOf finds the severe findings of a text, those of the reference alone.
func severeOf(tree *syntax.Tree) faults {
	found := faults{}
	for at, chunk := range tree.Chunks() {
		for _, e := range chunk.Errors() {
			if diag.Lookup(e.Code).Level == diag.Severe {
				found[e.Code] = append(found[e.Code], at+e.Span.Start)
			}
		}
		for _, p := range decl.Of(chunk, decl.Options{}).Problems {
			if p.Level() == diag.Severe && !p.Code.Ours() {
				found[p.Code] = append(found[p.Code], at+p.Place.Span.Start)
			}
		}
	}
	return found
}
