package automation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// Rules is the language of the rules that answer events (commands-rules-probes.md 3).
type Rules struct{}

var _ ask.Language = Rules{}

// rulePage is a rule file with the application around it.
type rulePage struct {
	*project
	text string
	*rule.File
}

func openRule(g ask.Ground, file string) (*rulePage, bool) {
	text, ok := g.Text(file)
	if !ok {
		return nil, false
	}
	return &rulePage{&project{Ground: g}, text, rule.Parse(file, text)}, true
}

// part is the part that an offset stands in, or at the end of; false between parts.
func (p *rulePage) part(at int) (rule.Part, bool) {
	var found rule.Part
	ok := false
	for _, x := range p.Parts() {
		if x.Span.Contains(at) && (!ok || x.Span.Start <= at) {
			found, ok = x, true
		}
	}
	return found, ok
}

// Format lays a rule out.
func (Rules) Format(text string) string { return rule.Format(text) }

// Colors are the pieces of a rule that have a meaning.
func (Rules) Colors(g ask.Ground, file string) []ask.Token {
	p, ok := openRule(g, file)
	if !ok {
		return nil
	}
	return reply.Tokens(p.Tokens(), func(s source.Span) bool {
		name, ok := p.Find(rule.Name)
		return ok && s.Start == name.Span.Start
	})
}

// Outline gives the rule, the events that it waits for, the commands that it runs.
func (Rules) Outline(g ask.Ground, file string) []ask.Symbol {
	p, ok := openRule(g, file)
	if !ok {
		return nil
	}
	start, ok := p.Find(rule.KeywordRule)
	if !ok {
		return nil
	}
	s := ask.Symbol{Name: ruleName(p.File), Kind: ask.KindRule, Whole: p.whole(start), Place: p.Header}
	for _, x := range p.Parts() {
		switch x.Kind {
		case rule.Event:
			s.Children = append(s.Children, ask.Symbol{Name: x.Span.Of(p.text), Kind: ask.KindEvent, Whole: x.Span, Place: x.Span})
		case rule.Command:
			s.Children = append(s.Children, ask.Symbol{Name: x.Span.Of(p.text), Kind: ask.KindCommand, Whole: x.Span, Place: x.Span})
		case rule.Attribute:
			s.Children = append(s.Children, ask.Symbol{Name: x.Span.Of(p.text), Kind: ask.KindProperty, Whole: x.Span, Place: x.Span})
		}
	}
	return []ask.Symbol{s}
}

// whole covers the rule, from its first word to its last one, or to the end of an unfinished text.
func (p *rulePage) whole(start rule.Part) source.Span {
	s := source.Span{Start: start.Span.Start, End: len(p.text)}
	if end, ok := p.Find(rule.KeywordEnd); ok {
		s.End = end.Span.End
	}
	return s
}

// Folds are the rule, what it waits for, what it runs, comments of several lines.
func (Rules) Folds(g ask.Ground, file string) []ask.Fold {
	p, ok := openRule(g, file)
	if !ok {
		return nil
	}
	var folds []ask.Fold
	block := func(from, to rule.PartKind) {
		a, begins := p.Find(from)
		b, ends := p.Find(to)
		if s := (source.Span{Start: a.Span.Start, End: b.Span.End}); begins && ends && strings.Contains(s.Of(p.text), "\n") {
			folds = append(folds, ask.Fold{Span: s, Kind: ask.FoldBlock})
		}
	}
	block(rule.KeywordRule, rule.KeywordEnd)
	block(rule.KeywordThen, rule.KeywordEnd)
	var comments []source.Span
	for _, x := range p.Parts() {
		if x.Kind == rule.Comment && strings.TrimSpace(p.text[reply.Line(p.text, x.Span.Start).Start:x.Span.Start]) == "" {
			comments = append(comments, x.Span)
		}
	}
	folds = append(folds, reply.CommentFolds(p.text, comments)...)
	slices.SortStableFunc(folds, func(a, b ask.Fold) int { return a.Span.Start - b.Span.Start })
	return folds
}

// minute is from how many seconds on a period is easier to read in minutes.
const minute = 60

// Hints write long periods in minutes and hours.
func (Rules) Hints(g ask.Ground, file string, in source.Span) (hints []ask.Hint) {
	p, ok := openRule(g, file)
	if !ok {
		return nil
	}
	for _, x := range p.Parts() {
		if x.Kind != rule.Attribute || x.Span.Start > in.End || x.Span.End < in.Start {
			continue
		}
		seconds := 0
		switch x.Key {
		case "sleep period is":
			seconds = p.Rule.SleepPeriod
		case "time window is":
			seconds = p.Rule.TimeWindow
		}
		if seconds > minute {
			hints = append(hints, ask.Hint{At: x.Span.End, Text: "= " + period(seconds), Left: true})
		}
	}
	return hints
}

// period writes seconds in hours, minutes, seconds.
func period(seconds int) string {
	var out []string
	for _, unit := range []struct {
		name    string
		seconds int
	}{{"h", 3600}, {"min", minute}, {"s", 1}} {
		if n := seconds / unit.seconds; n > 0 {
			out = append(out, strconv.Itoa(n)+" "+unit.name)
			seconds %= unit.seconds
		}
	}
	return strings.Join(out, " ")
}

var (
	runsOne     = sentence{"runs %d command", "exécute %d commande"}
	runsMany    = sentence{"runs %d commands", "exécute %d commandes"}
	raisedBy    = sentence{"event raised by %d probe", "événement levé par %d sonde"}
	raisedByN   = sentence{"events raised by %d probes", "événements levés par %d sondes"}
	byPlatform  = sentence{"event of the platform", "événement de la plateforme"}
	raisedNever = sentence{"no probe raises the event", "aucune sonde ne lève l'événement"}
)

// Lenses say how many commands a rule runs, how many probes raise its events.
func (Rules) Lenses(g ask.Ground, file string) []ask.Lens {
	p, ok := openRule(g, file)
	if !ok {
		return nil
	}
	start, ok := p.Find(rule.KeywordRule)
	if !ok || len(p.Rule.Events)+len(p.Rule.Commands) == 0 {
		return nil
	}
	lenses := []ask.Lens{{Span: start.Span, Title: reply.Count(g.Language, len(p.Rule.Commands), runsOne, runsMany)}}
	if len(p.Rule.Events) == 0 {
		return lenses
	}
	raised, probes, ours := p.raised(), 0, 0
	for _, e := range p.Rule.Events {
		probes += len(raised[bareEvent(e.Text)])
		if rule.IsPlatform(e.Text) {
			ours++
		}
	}
	l := ask.Lens{Span: start.Span, Title: raisedNever.In(g.Language)}
	switch {
	case probes > 0:
		l.Title = reply.Count(g.Language, probes, raisedBy, raisedByN)
		l.Command, l.At, l.Arg = "roboconf.showReferences", p.Rule.Events[0].Span.Start, p.Rule.Events[0].Text
	case ours == len(p.Rule.Events):
		l.Title = byPlatform.In(g.Language)
	}
	return append(lenses, l)
}

// Links lead from commands to their files.
func (Rules) Links(g ask.Ground, file string) (links []ask.Link) {
	p, ok := openRule(g, file)
	if !ok {
		return nil
	}
	for _, c := range p.Rule.Commands {
		if s, known := p.command(c.Text); known {
			links = append(links, ask.Link{Span: c.Span, Target: s.file, Title: s.name})
		}
	}
	return links
}
