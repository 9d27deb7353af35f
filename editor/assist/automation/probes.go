package automation

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/source"
)

// Probes is the language of the measures that raise events (commands-rules-probes.md 4).
type Probes struct{}

var _ ask.Language = Probes{}

// probePage is a probe file with the application around it.
type probePage struct {
	*project
	text string
	measures
	rows []probe.Row
}

func openProbe(g ask.Ground, file string) (*probePage, bool) {
	text, ok := g.Text(file)
	if !ok || len(file) < len(measuresExt) {
		return nil, false
	}
	p := &project{Ground: g}
	return &probePage{p, text, p.measures(file, text), probe.Rows(text)}, true
}

// rowAt is the index of the line that holds an offset; the number of lines behind the last one.
func (p *probePage) rowAt(at int) int {
	n, _ := slices.BinarySearchFunc(p.rows, at, func(r probe.Row, at int) int { return r.Whole.End - at })
	return n
}

// header is the index of the header above a line, that line included; -1 when there is none.
func (p *probePage) header(row int) int {
	for row = min(row, len(p.rows)-1); row >= 0; row-- {
		switch p.rows[row].Kind {
		case probe.Header:
			return row
		case probe.Malformed:
			return -1
		}
	}
	return -1
}

// Format lays a probe file out.
func (Probes) Format(text string) string { return probe.Format(text) }

// Colors are the pieces of a probe file that have a meaning.
func (Probes) Colors(g ask.Ground, file string) []ask.Token {
	p, ok := openProbe(g, file)
	if !ok {
		return nil
	}
	events := map[int]bool{}
	for _, r := range p.rows {
		if r.Kind == probe.Header {
			events[r.Name.Span.Start] = true
		}
	}
	return reply.Tokens(p.Tokens(), func(s source.Span) bool { return events[s.Start] })
}

// sections are the headers with what stands below them: from the header to the last line that is not blank.
func (p *probePage) sections() (headers []probe.Row, wholes []source.Span) {
	open := false
	for _, r := range p.rows {
		switch r.Kind {
		case probe.Header:
			headers, wholes, open = append(headers, r), append(wholes, r.Text), true
		case probe.Content:
			if open {
				wholes[len(wholes)-1].End = r.Text.End
			}
		case probe.Malformed:
			open = false
		}
	}
	return headers, wholes
}

// Outline gives the sections.
func (Probes) Outline(g ask.Ground, file string) (out []ask.Symbol) {
	p, ok := openProbe(g, file)
	if !ok {
		return nil
	}
	headers, wholes := p.sections()
	for i, h := range headers {
		out = append(out, ask.Symbol{
			Name: h.Name.Text, Detail: strings.ToLower(h.Handler.Text), Kind: ask.KindEvent, Whole: wholes[i], Place: h.Name.Span,
		})
	}
	return out
}

// Folds are the sections, the comments of several lines.
func (Probes) Folds(g ask.Ground, file string) []ask.Fold {
	p, ok := openProbe(g, file)
	if !ok {
		return nil
	}
	var folds []ask.Fold
	_, wholes := p.sections()
	for _, s := range wholes {
		if strings.Contains(s.Of(p.text), "\n") {
			folds = append(folds, ask.Fold{Span: s, Kind: ask.FoldBlock})
		}
	}
	var comments []source.Span
	for _, r := range p.rows {
		if r.Kind == probe.Comment {
			comments = append(comments, r.Text)
		}
	}
	folds = append(folds, reply.CommentFolds(p.text, comments)...)
	slices.SortStableFunc(folds, func(a, b ask.Fold) int { return a.Span.Start - b.Span.Start })
	return folds
}

// Hints show what parameters are worth.
func (Probes) Hints(g ask.Ground, file string, in source.Span) (hints []ask.Hint) {
	p, ok := openProbe(g, file)
	if !ok || p.parameters == nil {
		return nil
	}
	for _, m := range p.Mentions {
		e, known := p.parameters.Find(m.Text)
		if known && m.Span.End >= in.Start && m.Span.Start <= in.End && strings.HasSuffix(m.Span.Of(p.text), "}}") {
			hints = append(hints, ask.Hint{At: m.Span.End, Text: "= " + e.Value, Tooltip: p.beside, Left: true})
		}
	}
	return hints
}

var (
	waitOne    = sentence{"%d rule waits for it", "%d règle l'attend"}
	waitMany   = sentence{"%d rules wait for it", "%d règles l'attendent"}
	noneWaits  = sentence{"no rule waits for it", "aucune règle ne l'attend"}
	checkedOn  = sentence{"checked on %d instance of %s", "vérifié sur %d instance de %s"}
	checkedOnN = sentence{"checked on %d instances of %s", "vérifié sur %d instances de %s"}
)

// Lenses say on how many instances the checks are made, and which rules wait for each event.
func (Probes) Lenses(g ask.Ground, file string) []ask.Lens {
	p, ok := openProbe(g, file)
	if !ok {
		return nil
	}
	headers, _ := p.sections()
	if len(headers) == 0 {
		return nil
	}
	n := p.countOf(p.component)
	title := checkedOnN
	if n == 1 {
		title = checkedOn
	}
	lenses := []ask.Lens{{Span: headers[0].Text, Title: title.In(g.Language, n, p.component)}}
	awaited := p.awaited()
	for _, h := range headers {
		l := ask.Lens{Span: h.Text, Title: noneWaits.In(g.Language)}
		if n := len(awaited[h.Name.Text]); n > 0 {
			l.Title = reply.Count(g.Language, n, waitOne, waitMany)
			l.Command, l.At, l.Arg = "roboconf.showReferences", h.Name.Span.Start, h.Name.Text
		}
		lenses = append(lenses, l)
	}
	return lenses
}

// Links lead from parameters to the file of their values.
func (Probes) Links(g ask.Ground, file string) (links []ask.Link) {
	p, ok := openProbe(g, file)
	if !ok || p.parameters == nil {
		return nil
	}
	for _, m := range p.Mentions {
		if _, known := p.parameters.Find(m.Text); known {
			links = append(links, ask.Link{Span: m.Span, Target: p.beside, Title: m.Text})
		}
	}
	return links
}
