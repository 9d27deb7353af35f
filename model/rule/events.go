package rule

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

const (
	perInstance = "for each instance"
	and         = "and"
	or          = "or"
)

// events reads what stands between when and then: one event, or several of them joined by words or lines (RUL-8, RUL-20).
func (p *parser) events(when source.Span, to int) {
	at := when.End
	if end := p.words(at, to, perInstance); end >= 0 {
		s := p.trim(at, end)
		p.paint(s, syntax.ClassKeyword)
		p.part(PerInstance, s, perInstance)
		p.Rule.PerInstance = true
		p.report(diag.XRuleExtension, s, diag.Detail{Kind: diag.KindValue, Text: perInstance})
		at = end
	}
	if p.trim(at, to).Len() == 0 {
		p.report(diag.RuleEmptyWhen, when)
		return
	}
	joints, ok := p.joined(at, to)
	if !ok {
		return
	}
	p.Rule.Any = strings.EqualFold(joints, or)
	for i, e := range p.Rule.Events {
		if i > 0 || len(p.Rule.Events) == 1 && isOurs(e.Text) {
			p.report(diag.XRuleExtension, e.Span, diag.Detail{Kind: diag.KindValue, Text: e.Text})
		}
	}
}

// joined cuts the text into events and says by what they are joined.
func (p *parser) joined(at, to int) (by string, ok bool) {
	var name source.Span // of the event being read
	var joint source.Span
	flush := func() {
		if name.Len() > 0 {
			p.paint(name, syntax.ClassVariable)
			p.part(Event, name, "")
			p.Rule.Events = append(p.Rule.Events, Word{p.plain(name), name})
		}
		name = source.Span{}
	}
	for s := p.word(at); s.Len() > 0 && s.Start < to; s = p.word(s.End) {
		if name.Len() > 0 && strings.Contains(p.bare[name.End:s.Start], "\n") {
			flush()
		}
		word := strings.ToLower(s.Of(p.bare))
		if word != and && word != or {
			if by == or && joint.Len() == 0 && name.Len() == 0 && len(p.Rule.Events) > 0 {
				p.broken(s) // a line means and
				return by, false
			}
			if name.Len() == 0 {
				if len(p.Rule.Events) > 0 && by == "" {
					by = and
				}
				name.Start, joint = s.Start, source.Span{}
			}
			name.End = s.End
			continue
		}
		flush()
		if len(p.Rule.Events) == 0 || joint.Len() > 0 || by != "" && by != word {
			p.broken(s)
			return by, false
		}
		by, joint = word, s
		p.paint(s, syntax.ClassKeyword)
		p.part(Joint, s, word)
	}
	flush()
	if joint.Len() > 0 {
		p.broken(joint)
		return by, false
	}
	return by, true
}

// isOurs says whether only this platform raises such an event: @name, or name(text).
func isOurs(event string) bool {
	return strings.HasPrefix(event, "@") || strings.Contains(event, "(") && strings.HasSuffix(event, ")")
}

// IsPlatform says whether the platform raises the event, not a probe.
func IsPlatform(event string) bool { return strings.HasPrefix(event, "@") }

// timing holds the periods of a rule against each other (RUL-20).
func (p *parser) timing() {
	r := &p.Rule
	if r.SleepPeriod == 0 {
		p.report(diag.XRuleWithoutSleep, p.Header)
	}
	switch {
	case r.TimeWindow == 0:
		p.report(diag.XRuleWindowTooShort, r.window)
	case r.TimeWindow < 0 && r.Occurrences > 0:
		p.report(diag.XRuleWindowTooShort, r.occurrences)
	case r.TimeWindow < 0 && len(r.Events) > 1:
		p.report(diag.XRuleWindowTooShort, r.Events[1].Span)
	}
}

// spans keeps where attributes stand that are looked at together.
func (r *Rule) spans(key string, s source.Span) {
	switch key {
	case "time window is":
		r.window = s
	case "occurrences is":
		r.occurrences = s
	}
}
