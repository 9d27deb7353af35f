package rule

import (
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// attribute is one form that may stand before when.
type attribute struct {
	name   string
	number bool   // a whole number follows
	unit   string // that may follow the number
	ours   bool   // other tools ignore it (RUL-20)
	set    func(r *Rule, n int)
}

// attributes, by the words they start with.
var attributes = []attribute{
	{"sleep period is", true, "s", false, func(r *Rule, n int) { r.SleepPeriod = n }},
	{"time window is", true, "s", false, func(r *Rule, n int) { r.TimeWindow = n }},
	{"occurrences is", true, "", true, func(r *Rule, n int) { r.Occurrences = n }},
	{"on-sleep: drop", false, "", true, func(r *Rule, _ int) { r.OnSleep = Drop }},
	{"on-sleep:drop", false, "", true, func(r *Rule, _ int) { r.OnSleep = Drop }},
	{"on-sleep: defer", false, "", true, func(r *Rule, _ int) { r.OnSleep = Defer }},
	{"on-sleep:defer", false, "", true, func(r *Rule, _ int) { r.OnSleep = Defer }},
	{"until settled", false, "", true, func(r *Rule, _ int) { r.Settled = true }},
}

// attributes reads what stands between the name and when. In an unfinished rule the first text that is no attribute is where it
// goes wrong.
func (p *parser) attributes(from, to int, unfinished bool) {
	given := map[string]source.Span{}
	for at := p.trim(from, to).Start; at < to && p.word(at).Len() > 0 && p.word(at).Start < to; {
		a, n, end := p.attribute(at, to)
		at = p.skip(at)
		if end < 0 {
			end = p.untilAttribute(at, to)
			span := p.trim(at, end)
			p.paint(span, syntax.ClassBad)
			p.part(Unrecognized, span, "")
			if unfinished {
				p.broken(span)
				return
			}
			p.report(diag.XRuleUnknownAttribute, span, diag.Detail{Kind: diag.KindUnrecognized, Text: p.plain(span)})
			at = end
			continue
		}
		span := source.Span{Start: at, End: end}
		p.paint(span, syntax.ClassProperty)
		p.attributePart(a, n, span)
		p.given(a, n, span, given)
		at = end
	}
}

// given takes an attribute, the first time that it is met (RUL-5).
func (p *parser) given(a *attribute, n int, span source.Span, given map[string]source.Span) {
	key, _, _ := strings.Cut(a.name, ":")
	if first, again := given[key]; again {
		found := p.report(diag.XRuleUnknownAttribute, span, diag.Detail{Kind: diag.KindUnrecognized, Text: p.plain(span)})
		found.Related = []diag.Related{{Place: p.Place(first), Message: diag.Say("this one counts")}}
		return
	}
	given[key] = span
	a.set(&p.Rule, n)
	if a.ours {
		p.report(diag.XRuleExtension, span, diag.Detail{Kind: diag.KindValue, Text: p.plain(span)})
	}
	p.Rule.spans(key, span)
}

// untilAttribute is where an unknown text stops: at the end of its line, or where an attribute starts.
func (p *parser) untilAttribute(at, to int) int {
	end := min(to, p.restOfLine(at).End)
	for s := p.word(p.word(at).End); s.Len() > 0 && s.Start < end; s = p.word(s.End) {
		if _, _, stop := p.attribute(s.Start, to); stop >= 0 {
			return s.Start
		}
	}
	return end
}

// attribute recognises one at an offset; end is -1 when there is none.
func (p *parser) attribute(at, to int) (a *attribute, n, end int) {
	for i := range attributes {
		a = &attributes[i]
		if end = p.words(at, to, a.name); end < 0 {
			continue
		}
		if !a.number {
			return a, 0, end
		}
		number := p.word(end)
		text := number.Of(p.bare)
		if a.unit != "" && len(text) > 1 {
			text = strings.TrimSuffix(strings.ToLower(text), a.unit)
		}
		value, err := strconv.ParseInt(text, 10, 32)
		if err != nil || value < 0 || text[0] == '+' || number.End > to {
			return nil, 0, -1
		}
		if unit := p.words(number.End, to, a.unit); a.unit != "" && unit >= 0 {
			return a, int(value), unit
		}
		return a, int(value), number.End
	}
	return nil, 0, -1
}

// words says where a sequence of words ends; -1 when it does not stand there.
func (p *parser) words(at, to int, sequence string) int {
	for name := range strings.FieldsSeq(sequence) {
		s := p.word(at)
		if s.End > to || !strings.EqualFold(s.Of(p.bare), name) {
			return -1
		}
		at = s.End
	}
	return at
}
