package load

import (
	"maps"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// torn is what mistakes of the text take away from what a file declares: somebody who looks for consequences of what is not there
// shall not take it for absent. One mistake, one finding.
type torn struct {
	types map[string]bool // those of which something could not be read
	words map[string]bool // what stands in the lines that could not be read
	// loose are such words of instances files.
	loose map[string]bool
}

func (t *torn) addGraph(from torn) {
	join(&t.types, from.types)
	join(&t.words, from.words)
}

func (t *torn) addInstances(from torn) { join(&t.loose, from.words) }

func join(set *map[string]bool, more map[string]bool) {
	if *set == nil && len(more) > 0 {
		*set = make(map[string]bool, len(more))
	}
	maps.Copy(*set, more)
}

func put(set *map[string]bool, name string) {
	if *set == nil {
		*set = make(map[string]bool)
	}
	(*set)[name] = true
}

// tears says whether a finding of the text means that a part of it is not in the model.
func tears(p diag.Code) bool {
	switch p {
	case diag.PPropertyEndsWithSemiColon, diag.PImportEndsWithSemiColon, diag.XInstanceInGraphType:
		return false
	}
	return diag.Lookup(p).Level == diag.Severe
}

// tear gathers what could not be read in a file.
func (u *unit) tear() {
	for i := range u.pieces {
		p := &u.pieces[i]
		whole := true
		for _, e := range p.chunk.Errors() {
			if tears(e.Code) {
				whole = false
				u.wordsOf(e.Span.Shift(p.base))
			}
		}
		for _, problem := range p.decl.Problems {
			if tears(problem.Code) {
				whole = false
				u.wordsOf(problem.Place.Span.Shift(p.base))
			}
		}
		switch {
		case whole:
		case p.component != nil:
			put(&u.torn.types, p.component.Name)
		case p.facet != nil:
			put(&u.torn.types, p.facet.Name)
		}
	}
}

// wordsOf gathers the words of a line, names with a dot as their parts too: which of them is which, nobody knows.
func (u *unit) wordsOf(at source.Span) {
	text := u.file.Text
	start := strings.LastIndexByte(text[:min(at.Start, len(text))], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		end = start + n
	}
	for word := range strings.FieldsFuncSeq(text[start:end], func(c rune) bool { return !isNameRune(c) }) {
		put(&u.torn.words, word)
		prefix, local, dotted := strings.Cut(word, ".")
		if dotted {
			put(&u.torn.words, prefix)
			put(&u.torn.words, local)
		}
	}
}

func isNameRune(c rune) bool {
	return c == '_' || c == '-' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Torn says whether something of the type could not be read: what it says is not all there.
func (r *Result) Torn(typeName string) bool { return r.torn.types[typeName] }

// TornTypes says whether there are such types at all.
func (r *Result) TornTypes() bool { return len(r.torn.types) > 0 }

// Unread says whether a name stands in a line of the graph that could not be read: whatever it would have been there for is missing.
func (r *Result) Unread(name string) bool { return r.torn.words[name] }

// UnreadOfInstances is Unread for the lines of instances files.
func (r *Result) UnreadOfInstances(name string) bool { return r.torn.loose[name] }

// LooseWords says whether there are such lines of instances files at all.
func (r *Result) LooseWords() bool { return len(r.torn.loose) > 0 }
