package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Complete gives what is legal at a place (dsl.md 13), the likeliest first. Lines of a text after the first one are to be indented
// like the line that they start on.
func (Language) Complete(g ask.Ground, file string, at int) ask.Completion {
	p, ok := open(g, file)
	if !ok {
		return ask.Completion{}
	}
	s := p.spotAt(at)
	if s.closing || s.inComment(p.text) {
		return ask.Completion{}
	}
	w := &writer{page: p, spot: s}
	switch owner, inside := s.owner(); {
	case inside && owner.Kind() == syntax.Instance:
		w.inInstance(owner)
		w.bracket(owner)
	case inside:
		w.inType(owner)
		w.bracket(owner)
	default:
		w.atTop()
	}
	return w.completion()
}

// bracket offers to close a block that nothing closes.
func (w *writer) bracket(owner syntax.Node) {
	if unclosed(owner) && syntax.Trim(w.line.Of(w.text)) == "" {
		w.plainItem(ranks-1, ask.KindKeyword, "}", w.say("close the block"), "")
	}
}

// most is how many items are given at once: nobody reads more, and a client asks again when more letters are there.
const most = 250

// writer collects what can be written at a spot.
type writer struct {
	*page
	spot
	// replace is what an item takes the place of; typed is its part before the offset.
	replace source.Span
	typed   string
	// lead and tail are written around each item, such as the comma that is missing.
	lead, tail string
	list       []candidate
	size       [reply.Spread + 1][ranks]int // how many candidates there are of each resemblance, each rank
	more       bool                         // some were left out
	taken      map[string]bool              // names of siblings, see siblings
}

// candidate is an item before it is known whether it is among those that are given: making it is put off.
type candidate struct {
	rank  int // the lower, the likelier
	label string
	make  func(w *writer, c candidate) ask.Item
	of    any // what it is about, for make
	score int
}

// word sets what is being replaced.
func (w *writer) word(s source.Span) {
	w.replace = s
	w.typed = s.Of(w.text)
	if w.at < s.End {
		w.typed = w.text[s.Start:max(w.at, s.Start)]
	}
}

// offer takes a candidate if it resembles what is typed.
func (w *writer) offer(rank int, label string, of any, make func(*writer, candidate) ask.Item) {
	if score, ok := w.wants(rank, label); ok {
		w.take(candidate{rank: rank, label: label, make: make, of: of, score: score})
	}
}

// wants says whether a candidate resembles what is typed, and could still be among those that are given: of equals, those that
// are offered first stay.
func (w *writer) wants(rank int, label string) (score int, ok bool) {
	if score, ok = reply.Resemble(label, w.typed); ok && w.size[score][rank] >= most {
		w.more = true
		return score, false
	}
	return score, ok
}

func (w *writer) take(c candidate) {
	w.size[c.score][c.rank]++
	w.list = append(w.list, c)
}

// plainItem offers a word that stands for itself.
func (w *writer) plainItem(rank int, kind ask.Kind, label, detail, doc string) {
	w.offer(rank, label, nil, func(*writer, candidate) ask.Item {
		return ask.Item{Label: label, Kind: kind, Detail: detail, Doc: doc, Text: label}
	})
}

// snippet offers a text with tab stops.
func (w *writer) snippet(rank int, kind ask.Kind, label, detail, doc, text string) {
	w.offer(rank, label, nil, func(*writer, candidate) ask.Item {
		return ask.Item{Label: label, Kind: kind, Detail: detail, Doc: doc, Text: text, Snippet: true}
	})
}

// completion makes the best candidates into items.
func (w *writer) completion() ask.Completion {
	best := choose(w.list)
	out := ask.Completion{Incomplete: w.more || len(best) > most}
	for i, c := range best[:min(len(best), most)] {
		item := c.make(w, c)
		item.Replace = w.replace
		if w.lead != "" || w.tail != "" {
			item.Text = w.lead + item.Text + w.tail
		}
		if item.Filter == "" && item.Label != c.label {
			item.Filter = c.label
		}
		item.Sort = fmt.Sprintf("%04d", i)
		out.Items = append(out.Items, item)
	}
	return out
}

// choose sorts candidates: by resemblance, by rank, by label.
func choose(list []candidate) []candidate {
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(a.score-b.score, a.rank-b.rank, strings.Compare(a.label, b.label))
	})
	return list
}

// ranks is more than any rank.
const ranks = 100

// stop is a tab stop that holds a text.
func stop(n int, text string) string { return fmt.Sprintf("${%d:%s}", n, reply.Escape(text)) }

// rest says what stands behind a place on the line, its comment left out.
func (w *writer) rest(from int) string {
	line := w.text[min(from, w.line.End):w.line.End]
	if hash := strings.IndexByte(line, '#'); hash >= 0 {
		line = line[:hash]
	}
	return syntax.Trim(line)
}

// wordAround covers the letters of a name around the offset.
func (w *writer) wordAround() source.Span {
	s := source.Span{Start: w.at, End: w.at}
	for s.Start > w.line.Start && nameByte(w.text[s.Start-1]) {
		s.Start--
	}
	for s.End < w.line.End && nameByte(w.text[s.End]) {
		s.End++
	}
	return s
}

func nameByte(b byte) bool {
	return b == '_' || b == '-' || b == '.' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
