// Package reply puts answers about a text together.
package reply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Sentence is what is said to a person: in English, in French. %s and %d in it stand for arguments.
type Sentence [2]string

// In is the sentence in a language; English stands in for what is not translated.
func (s Sentence) In(lang diag.Language, args ...any) string {
	text := s[0]
	if lang == diag.French && s[1] != "" {
		text = s[1]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Count is a sentence about a number of things: one for a single thing, many otherwise.
func Count(lang diag.Language, n int, one, many Sentence) string {
	if Single(lang, n) {
		return one.In(lang, n)
	}
	return many.In(lang, n)
}

// Single says whether a number asks for the singular. In French, zero does.
func Single(lang diag.Language, n int) bool { return n == 1 || n == 0 && lang == diag.French }

// Named tells what a word means: the word, a colon, what it does.
func Named(lang diag.Language, word string, does Sentence) string {
	return Sentence{"%s: %s", "%s : %s"}.In(lang, Code(word), does.In(lang))
}

// Code puts a name between back quotes, for Markdown.
func Code(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "`\"" + strings.ReplaceAll(s, "\n", " ") + "\"`"
	case strings.ContainsRune(s, '`'):
		return "`` " + strings.ReplaceAll(s, "\n", " ") + " ``"
	}
	return "`" + strings.ReplaceAll(s, "\n", " ") + "`"
}

// Most is how many names of a list are written out.
const Most = 8

// List writes names between back quotes, the first ones of a long list.
func List(lang diag.Language, names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i == Most {
			b.WriteString(" " + Sentence{"and %d more", "et %d de plus"}.In(lang, len(names)-i))
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Code(name))
	}
	return b.String()
}

var prose = strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "<", "\\<", "[", "\\[", "#", "\\#")

// Prose makes what a person wrote stand for itself inside Markdown.
func Prose(s string) string { return prose.Replace(s) }

// Sheet is Markdown that grows by paragraphs.
type Sheet struct {
	parts []string
	list  bool // the last part is a list
}

// Add adds a paragraph; an empty one is left out.
func (s *Sheet) Add(text string) {
	if text != "" {
		s.parts, s.list = append(s.parts, text), false
	}
}

// Item adds a line of a list.
func (s *Sheet) Item(text string) {
	if s.list {
		s.parts[len(s.parts)-1] += "\n- " + text
		return
	}
	s.parts, s.list = append(s.parts, "- "+text), true
}

// Fact adds a paragraph that begins with a bold word, unless there is nothing to say.
func (s *Sheet) Fact(word, text string) {
	if text != "" {
		s.Add("**" + word + "** " + text)
	}
}

// String is the Markdown.
func (s *Sheet) String() string { return strings.Join(s.parts, "\n\n") }

// Hover is the sheet as an answer about a place; false when nothing is on it.
func (s *Sheet) Hover(at source.Span) (ask.Hover, bool) {
	if len(s.parts) == 0 {
		return ask.Hover{}, false
	}
	return ask.Hover{Markdown: s.String(), Span: at}, true
}

// Escape makes a text stand for itself inside a snippet.
func Escape(s string) string { return strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace(s) }

// Plain fills the tab stops of a snippet with what they hold.
func Plain(snippet string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(snippet); i++ {
		switch c := snippet[i]; {
		case c == '\\' && i+1 < len(snippet):
			i++
			b.WriteByte(snippet[i])
		case c == '$' && i+1 < len(snippet) && snippet[i+1] == '{':
			if n := strings.IndexAny(snippet[i:], ":}"); n >= 0 {
				if i += n; snippet[i] == ':' {
					depth++
				}
			}
		case c == '$' && i+1 < len(snippet) && '0' <= snippet[i+1] && snippet[i+1] <= '9':
			i++
		case c == '}' && depth > 0:
			depth--
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Clamp brings an offset into a text.
func Clamp(text string, at int) int { return min(max(at, 0), len(text)) }

// Word is the run of characters around an offset that satisfy a condition.
func Word(text string, at int, in func(byte) bool) source.Span {
	s := source.Span{Start: at, End: at}
	for s.Start > 0 && in(text[s.Start-1]) {
		s.Start--
	}
	for s.End < len(text) && in(text[s.End]) {
		s.End++
	}
	return s
}

// Line is the line around an offset, without its line end.
func Line(text string, at int) source.Span {
	return Word(text, at, func(c byte) bool { return c != '\n' })
}

// IsBlank says whether a character separates words.
func IsBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// Tokens are the coloured pieces of a text, plain ones left out. declared says which of them declare what they name.
func Tokens(tokens []syntax.Token, declared func(source.Span) bool) []ask.Token {
	out := make([]ask.Token, 0, len(tokens)/2)
	for _, t := range tokens {
		if t.Class != syntax.ClassPlain && t.Class != syntax.ClassPunct {
			out = append(out, ask.Token{Span: t.Span, Class: t.Class, Declaration: declared != nil && declared(t.Span)})
		}
	}
	return out
}

// CommentFolds are the runs of at least two comment lines. spans are those of comments that stand alone on their line, in order.
func CommentFolds(text string, spans []source.Span) (folds []ask.Fold) {
	for i := 0; i < len(spans); {
		end := i + 1
		for end < len(spans) && strings.Count(text[spans[end-1].End:spans[end].Start], "\n") == 1 {
			end++
		}
		whole := source.Span{Start: spans[i].Start, End: spans[end-1].End}
		if strings.Contains(whole.Of(text), "\n") {
			folds = append(folds, ask.Fold{Span: whole, Kind: ask.FoldComment})
		}
		i = end
	}
	return folds
}

// Sorted are the keys of a set, sorted.
func Sorted(set map[string]bool) (names []string) {
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
