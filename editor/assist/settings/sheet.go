// Package settings answers questions about the properties files of an application.
package settings

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/source"
)

type sentence = reply.Sentence

// key is one key that a file may have.
type key struct {
	name string
	// legacy is an older name of it; "" when there is none.
	legacy string
	does   sentence
	// value is a right one, as a snippet; kind what stands beside the key in a list.
	value string
	// fallback is what counts where the key is missing; "" when nothing does.
	fallback string
	required bool
	// secret says that the value must not be written down.
	secret bool
	// values are those of a fixed set.
	values []string
}

// sheet is a properties file with the application around it.
type sheet struct {
	ask.Ground
	file, text string
	*properties.File
}

func open(g ask.Ground, file string) (*sheet, bool) {
	text, ok := g.Text(file)
	if !ok {
		return nil, false
	}
	return &sheet{g, file, text, properties.Parse(text)}, true
}

// has says whether the file gives a key a value.
func (s *sheet) has(name string) bool {
	_, ok := s.Find(name)
	return ok
}

// beside is the path of a file in the same folder.
func (s *sheet) beside(name string) string { return path.Join(path.Dir(s.file), name) }

// spot is the cursor in a key or in a value.
type spot struct {
	*sheet
	at int
	// entry is the property of the line; there says that there is one.
	entry properties.Entry
	there bool
	// inKey tells of a cursor in a key, replace what a completion takes the place of.
	inKey   bool
	replace source.Span
}

// written is the place around an offset of a file, for who completes it; false where nothing can be written.
func written(g ask.Ground, file string, at int) (spot, bool) {
	s, ok := open(g, file)
	if !ok {
		return spot{}, false
	}
	return s.spotAt(reply.Clamp(s.text, at))
}

// looked is the place around an offset of a file, for who asks what stands there; false where no property does.
func looked(g ask.Ground, file string, at int) (spot, bool) {
	s, ok := open(g, file)
	if !ok {
		return spot{}, false
	}
	found, _ := s.spotAt(reply.Clamp(s.text, at))
	return found, found.there && found.place().Contains(found.at)
}

// place is what stands at the cursor: the key, the value, or both when it is between them.
func (s spot) place() source.Span {
	e := s.entry
	switch {
	case e.KeySpan.Contains(s.at):
		return e.KeySpan
	case e.ValueSpan.Len() > 0 && e.ValueSpan.Contains(s.at):
		return e.ValueSpan
	}
	return source.Span{Start: e.KeySpan.Start, End: max(e.KeySpan.End, e.ValueSpan.End)}
}

// spotAt looks at the line around an offset; false inside a comment, and between a key and its value.
func (s *sheet) spotAt(at int) (spot, bool) {
	found := spot{sheet: s, at: at, inKey: true, replace: source.Span{Start: at, End: at}}
	line, ok := s.At(at)
	if !ok || at == len(s.text) && at > 0 && (s.text[at-1] == '\n' || s.text[at-1] == '\r') || line.Kind == properties.Blank {
		return found, true
	}
	if line.Kind == properties.Comment {
		return found, false
	}
	found.entry, found.there = line.Entry, true
	e := line.Entry
	switch {
	case at < e.KeySpan.Start:
	case at <= e.KeySpan.End:
		found.replace = e.KeySpan
	case e.Separator.Len() > 0 && at < e.Separator.End, e.ValueSpan.Len() > 0 && at < e.ValueSpan.Start:
		found.inKey = false
		return found, false
	default:
		found.inKey = false
		if at <= e.ValueSpan.End && e.ValueSpan.Len() > 0 {
			found.replace = e.ValueSpan
		}
	}
	return found, true
}

// bare says whether the line is a key without separator and without value: one that is being written.
func (s spot) bare() bool {
	return !s.there || s.entry.Separator.Len() == 0 && s.entry.ValueSpan.Len() == 0
}

// items starts a collection for the spot.
func (s spot) items() *reply.Items { return reply.At(s.text, s.replace, s.at) }

// keyItem is a key that can be added: with its value where the line has none.
func (s spot) keyItem(items *reply.Items, rank int, k key) {
	detail := k.fallback
	if s.bare() {
		items.Add(rank, ask.Item{
			Label: k.name, Kind: ask.KindProperty, Detail: detail, Doc: k.does.In(s.Language), Text: reply.Escape(k.name) + " = " + k.value, Snippet: true,
		})
		return
	}
	items.Word(rank, ask.KindProperty, k.name, detail, k.does.In(s.Language))
}

// keys offers those of a list that the file has not yet: required ones first. Where a key that means something stands, nothing else
// may take its place.
func (s spot) keys(items *reply.Items, list []key) {
	if s.there && !s.bare() && slices.ContainsFunc(list, func(k key) bool { return k.name == s.entry.Key || k.legacy == s.entry.Key && k.legacy != "" }) {
		return
	}
	for n, k := range list {
		if s.taken(k.name) || k.legacy != "" && s.taken(k.legacy) {
			continue
		}
		rank := n + 1
		if !k.required {
			rank += len(list)
		}
		s.keyItem(items, min(rank, most), k)
	}
}

// most is the rank of what is seldom wanted.
const most = 90

// taken says whether another line has the key.
func (s spot) taken(name string) bool {
	return slices.ContainsFunc(s.Entries, func(e properties.Entry) bool { return e.Key == name && e.KeySpan != s.entry.KeySpan })
}

// piece is the part of a list of values, separated by commas, around the cursor.
func (s spot) piece() source.Span {
	p := source.Span{Start: s.at, End: s.at}
	value := s.entry.ValueSpan
	at := max(s.at, value.Start)
	if value.Contains(at) && value.Len() > 0 {
		p = value
		if n := strings.LastIndexByte(s.text[p.Start:at], ','); n >= 0 {
			p.Start += n + 1
		}
		if n := strings.IndexByte(s.text[at:p.End], ','); n >= 0 {
			p.End = at + n
		}
	}
	for p.Start < at && reply.IsBlank(s.text[p.Start]) {
		p.Start++
	}
	return p
}

// files are those of the application below a folder with one of some extensions, relative to the folder.
func (s *sheet) files(dir string, ext ...string) (names []string) {
	prefix := path.Join(s.Result.Base, dir) + "/"
	for _, f := range s.Result.All {
		if rest, ok := strings.CutPrefix(f, prefix); ok && slices.Contains(ext, strings.ToLower(path.Ext(f))) {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	return names
}

// kept is what all these files have in common.
type kept struct{}

// Format lays a properties file out.
func (kept) Format(text string) string { return properties.Format(text) }

// Colors are the pieces of a properties file.
func (kept) Colors(g ask.Ground, file string) []ask.Token {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	return reply.Tokens(s.Tokens(), nil)
}

// Outline gives the keys.
func (kept) Outline(g ask.Ground, file string) (out []ask.Symbol) {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	for _, e := range s.Entries {
		whole := source.Span{Start: e.KeySpan.Start, End: max(e.KeySpan.End, e.ValueSpan.End)}
		out = append(out, ask.Symbol{Name: e.Key, Detail: e.Value, Kind: ask.KindProperty, Whole: whole, Place: e.KeySpan})
	}
	return out
}

// Folds are comments of several lines, values of several lines.
func (kept) Folds(g ask.Ground, file string) []ask.Fold {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	var folds []ask.Fold
	var comments []source.Span
	for _, l := range s.Lines {
		switch {
		case l.Kind == properties.Comment:
			comments = append(comments, l.Span.Trim(s.text))
		case l.Kind == properties.Property && strings.Contains(l.Span.Trim(s.text).Of(s.text), "\n"):
			folds = append(folds, ask.Fold{Span: l.Span.Trim(s.text), Kind: ask.FoldBlock})
		}
	}
	folds = append(folds, reply.CommentFolds(s.text, comments)...)
	slices.SortStableFunc(folds, func(a, b ask.Fold) int { return a.Span.Start - b.Span.Start })
	return folds
}

// Hints: most files need none.
func (kept) Hints(ask.Ground, string, source.Span) []ask.Hint { return nil }

// Lenses: most files need none.
func (kept) Lenses(ask.Ground, string) []ask.Lens { return nil }

// Links: most files lead nowhere.
func (kept) Links(ask.Ground, string) []ask.Link { return nil }

var (
	isKey     = sentence{"**key** %s", "**clé** %s"}
	isNeeded  = sentence{"It is required.", "Elle est obligatoire."}
	otherwise = sentence{"Without it: %s", "À défaut : %s"}
	isSecret  = sentence{
		"A secret: write a reference such as `${env:NAME}`, `${file:PATH}` or `${secret:name}`, never the value itself.",
		"Un secret : écrivez une référence comme `${env:NOM}`, `${file:CHEMIN}` ou `${secret:nom}`, jamais la valeur elle-même.",
	}
	isLegacy = sentence{"An older name of %s.", "Un ancien nom de %s."}
	oneOf    = sentence{"One of %s.", "L'une des valeurs %s."}
)

// about tells about a key.
func (s *sheet) about(out *reply.Sheet, k key, written string) {
	out.Add(isKey.In(s.Language, reply.Code(written)))
	if k.legacy == written && k.legacy != "" {
		out.Add(isLegacy.In(s.Language, reply.Code(k.name)))
	}
	out.Add(k.does.In(s.Language))
	if k.required {
		out.Add(isNeeded.In(s.Language))
	}
	if k.fallback != "" {
		out.Add(otherwise.In(s.Language, reply.Code(k.fallback)))
	}
	if len(k.values) > 0 {
		out.Add(oneOf.In(s.Language, reply.List(s.Language, k.values)))
	}
	if k.secret {
		out.Add(isSecret.In(s.Language))
	}
}

// find is the key of a list that has a name, the modern one or the older one.
func find(list []key, name string) (key, bool) {
	for _, k := range list {
		if k.name == name || k.legacy == name && name != "" {
			return k, true
		}
	}
	return key{}, false
}
