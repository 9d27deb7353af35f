package check

import (
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// textMemo is what was found in the bytes of files, by name.
type textMemo map[string]textFindings

// textFindings are those of one state of a file.
type textFindings struct {
	file  *load.File
	found []diag.Problem
	// returns says that there are carriage returns, if only sound ones.
	returns bool
}

// texts looks at the bytes of every file that was read (diagnostics.md 4.1).
func texts(s *subject) (found []diag.Problem) {
	known := textMemo{}
	if s.options.Memo != nil {
		known = s.options.Memo.texts
	}
	next := make(textMemo, len(s.result.Files))
	for _, name := range slices.Sorted(maps.Keys(s.result.Files)) {
		f := s.result.Files[name]
		t := known[name]
		switch {
		case t.file == f:
		case t.file != nil && len(t.found) == 0 && !t.returns && plain(difference(t.file.Text, f.Text)):
			t.file = f
		default:
			t = textFindings{f, bytesOf(name, f.Text, f.Lines, f.Tree != nil), strings.Contains(f.Text, cr)}
		}
		next[name] = t
		found = append(found, t.found...)
	}
	if s.options.Memo != nil {
		s.options.Memo.texts = next
	}
	return found
}

// block is how much of two texts is compared at once.
const block = 1 << 14

// difference is the part of a text outside of which it is the older one, give or take a block: an editor changes little of a long
// text at each key. No character is cut in two.
func difference(older, text string) string {
	for len(older) > block && len(text) > block && older[:block] == text[:block] && text[block-1] < utf8.RuneSelf {
		older, text = older[block:], text[block:]
	}
	for len(older) > block && len(text) > block {
		o, t := len(older)-block, len(text)-block
		if older[o:] != text[t:] || !utf8.RuneStart(text[t]) {
			break
		}
		older, text = older[:o], text[:t]
	}
	return text
}

// plain says that nothing can be found in a text, wherever it stands: it has neither carriage returns nor what is no ASCII.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] == '\r' || text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// texts looks at the bytes of a properties file of a recipe.
func (r *recipes) texts(f *recipeFile) []diag.Problem {
	f.rangeOf(source.Span{})
	return bytesOf(f.name, f.text, f.lines, false)
}

// bytesOf finds what other tools, or an editor, may read otherwise. The chunks of a tree tell about byte-order marks themselves.
func bytesOf(name, text string, lines *source.Lines, tree bool) (found []diag.Problem) {
	report := func(code diag.Code, at source.Span) *diag.Problem {
		found = append(found, diag.Problem{Code: code, Place: source.Place{File: name, Span: at}, Range: lines.Range(at)})
		return &found[len(found)-1]
	}
	if !tree && strings.HasPrefix(text, mark) {
		p := report(diag.XByteOrderMark, source.Span{End: len(mark)})
		p.Fixes = replace(diag.Say("Remove the byte-order mark"), p.Place, "")
	}
	if at, ok := badByte(text); ok {
		report(diag.XInvalidEncoding, source.Span{Start: at, End: at + 1})
	}
	if strings.IndexByte(text, '\r') >= 0 {
		if at, ok := otherLineEnd(text); ok {
			p := report(diag.XMixedLineEnds, at)
			p.Fixes = oneLineEnd(name, text)
		}
	}
	return found
}

// mark is the byte-order mark (DSL-2).
const mark = "\uFEFF"

// badByte is the first byte that is not UTF-8 (DSL-1).
func badByte(text string) (at int, found bool) {
	if utf8.ValidString(text) {
		return 0, false
	}
	for at < len(text) {
		c, n := utf8.DecodeRuneInString(text[at:])
		if c == utf8.RuneError && n == 1 {
			return at, true
		}
		at += n
	}
	return 0, false
}

// The kinds of line ends.
const (
	lf   = "\n"
	crlf = "\r\n"
	cr   = "\r"
)

// nextEnd finds the line end after an offset; kind is "" when there is none.
func nextEnd(text string, at int) (start int, kind string) {
	n := strings.IndexAny(text[at:], "\r\n")
	switch {
	case n < 0:
		return len(text), ""
	case text[at+n] == '\n':
		return at + n, lf
	case strings.HasPrefix(text[at+n:], crlf):
		return at + n, crlf
	}
	return at + n, cr
}

// otherLineEnd finds the first line that ends otherwise than the first one does, or with a lone carriage return.
func otherLineEnd(text string) (line source.Span, found bool) {
	first := ""
	for at := 0; at < len(text); {
		end, kind := nextEnd(text, at)
		if first == "" {
			first = kind
		}
		if kind == cr || kind != "" && kind != first {
			start := strings.LastIndexByte(text[:end], '\n') + 1
			return source.Span{Start: start, End: end}, true
		}
		at = end + len(kind)
		if kind == "" {
			break
		}
	}
	return source.Span{}, false
}

// oneLineEnd gives every line the end that the first one has which is no lone carriage return. Such a one ends a line in
// properties, and is nothing in other languages (DSL-3). Where there is no other, nobody can tell what was meant.
func oneLineEnd(name, text string) []diag.Fix {
	wanted := ""
	for at := 0; at < len(text) && wanted == ""; {
		end, kind := nextEnd(text, at)
		if kind != cr {
			wanted = kind
		}
		at = end + max(len(kind), 1)
	}
	if wanted == "" {
		return nil
	}
	fix := diag.Fix{Title: diag.Say("Give all lines one end")}
	for at := 0; at < len(text); {
		end, kind := nextEnd(text, at)
		at = end + len(kind)
		if kind == "" {
			break
		}
		with := wanted
		if kind == cr && !strings.EqualFold(path.Ext(name), ".properties") {
			with = ""
		}
		if kind != wanted {
			place := source.Place{File: name, Span: source.Span{Start: end, End: at}}
			fix.Edits = append(fix.Edits, source.Edit{Place: place, With: with})
		}
	}
	return []diag.Fix{fix}
}
