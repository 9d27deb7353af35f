package automation

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// ruleWriter collects what can be written in a rule.
type ruleWriter struct {
	*rulePage
	*reply.Items
	at int
	// word is where the word that the cursor stands in starts, line the start of its line.
	word, line int
}

// Complete gives what is legal at a place of a rule: words in their order, events that probes raise, commands.
func (Rules) Complete(g ask.Ground, file string, at int) ask.Completion {
	p, ok := openRule(g, file)
	if !ok {
		return ask.Completion{}
	}
	at = reply.Clamp(p.text, at)
	x, inside := p.part(at)
	if inside && x.Kind == rule.Comment && at > x.Span.Start {
		return ask.Completion{}
	}
	word := reply.Word(p.text, at, func(c byte) bool { return !reply.IsBlank(c) && c != ';' })
	w := &ruleWriter{p, reply.At(p.text, word, at), at, word.Start, reply.Line(p.text, at).Start}
	switch section := w.section(); {
	case inside && x.Kind == rule.Name:
		w.name(x)
	case section == rule.KeywordEnd:
	case section == rule.KeywordThen:
		w.runs()
	case section == rule.KeywordWhen:
		w.waits()
	case section == rule.Name:
		w.manners()
	default:
		if start, begun := w.Find(rule.KeywordRule); begun && start.Span.End < at {
			w.unnamed(start.Span.End)
		} else {
			w.start()
		}
	}
	w.Keep(w.sound())
	return w.Completion()
}

// section is the last part before the word at the cursor that opens a section of the rule; a comment when there is none.
func (w *ruleWriter) section() rule.PartKind {
	section := rule.Comment
	for _, x := range w.Parts() {
		if x.Span.End > w.word {
			break
		}
		switch x.Kind {
		case rule.Name, rule.KeywordWhen, rule.KeywordThen, rule.KeywordEnd:
			section = x.Kind
		}
	}
	return section
}

// sound says of items whether they leave the rule without a severe finding that it has not now.
func (w *ruleWriter) sound() func(ask.Item) bool {
	commands := map[string]bool{}
	for _, s := range w.commands() {
		commands[s.name] = true
	}
	severe := func(text string) (codes []diag.Code) {
		f := rule.Parse(w.Name, text)
		for _, p := range f.Problems {
			if p.Level() == diag.Severe {
				codes = append(codes, p.Code)
			}
		}
		for _, c := range f.Rule.Commands {
			if !commands[c.Text] {
				codes = append(codes, diag.RuleUnknownCommand)
			}
		}
		return codes
	}
	before := severe(w.text)
	alike := map[ask.Kind]bool{} // one name is as good as the other
	return func(i ask.Item) bool {
		if i.Kind == ask.KindCommand || i.Kind == ask.KindEvent && !i.Snippet {
			if good, known := alike[i.Kind]; known {
				return good
			}
		}
		with := i.Text
		if i.Snippet {
			with = reply.Plain(with)
		}
		after := severe(w.text[:i.Replace.Start] + with + w.text[i.Replace.End:])
		alike[i.Kind] = len(after) <= len(before) && !slices.ContainsFunc(after, func(c diag.Code) bool { return !slices.Contains(before, c) })
		return alike[i.Kind]
	}
}

// start offers a whole rule, named after its file.
func (w *ruleWriter) start() {
	name := bareName(w.Name, rulesExt)
	if strings.Contains(name, "\"") {
		return
	}
	text := "rule \"" + esc(name) + "\"\nsleep period is ${1:300}s\nwhen\n\t${2:" + esc(w.likelyEvent()) + "}\nthen\n\t${3:" + esc(w.likelyCommand()) + "}\nend\n"
	w.Snippet(0, ask.KindRule, "rule", wholeRule.In(w.Language), text)
	w.Add(1, ask.Item{Label: "rule \"" + name + "\"", Kind: ask.KindKeyword, Doc: keywords["rule"].In(w.Language)})
}

// likelyEvent is an event that no rule waits for yet, if there is one.
func (w *ruleWriter) likelyEvent() string {
	raised, awaited := w.raised(), w.awaited()
	var names []string
	for name := range raised {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if len(awaited[name]) == 0 {
			return name
		}
	}
	if len(names) > 0 {
		return names[0]
	}
	return platform[0].event
}

// likelyCommand is a command that nobody runs yet, if there is one.
func (w *ruleWriter) likelyCommand() string {
	first := "command"
	for i, s := range w.commands() {
		if rules, commands := w.runners(s.name); len(rules)+len(commands) == 0 {
			return s.name
		}
		if i == 0 {
			first = s.name
		}
	}
	return first
}

// unnamed offers the name over what was typed behind the first word, quotes missing.
func (w *ruleWriter) unnamed(behind int) {
	for behind < w.word && reply.IsBlank(w.text[behind]) {
		behind++
	}
	w.Over(w.text, source.Span{Start: behind, End: max(behind, w.Replace.End)}, w.at)
	w.Word(0, ask.KindRule, "\""+bareName(w.File.Name, rulesExt)+"\"", "", "")
}

// name offers the name of the file, which the rule must have (commands-rules-probes.md 3.2).
func (w *ruleWriter) name(x rule.Part) {
	inner := source.Span{Start: x.Span.Start + 1, End: x.Span.End}
	if inner.Len() > 0 && w.text[inner.End-1] == '"' {
		inner.End--
	}
	if !inner.Contains(w.at) {
		return // beside the quotes
	}
	w.Over(w.text, inner, w.at)
	w.Typed = "" // the name is offered whatever stands there
	w.Word(0, ask.KindRule, bareName(w.File.Name, rulesExt), "", "")
}

// manners offers the attributes that the rule has not yet, then the word that follows them.
func (w *ruleWriter) manners() {
	given := map[string]bool{}
	for _, x := range w.Parts() {
		if x.Kind == rule.Attribute && !x.Span.Contains(w.at) {
			key, _, _ := strings.Cut(x.Key, ":")
			given[key] = true
		}
	}
	start := w.lineStart()
	w.Over(w.text, source.Span{Start: start, End: w.Replace.End}, w.at)
	for rank, name := range rule.Attributes() {
		if key, _, _ := strings.Cut(name, ":"); !given[key] {
			w.Snippet(rank+1, ask.KindProperty, name, attributes[name].does.In(w.Language), attributes[name].snippet)
		}
	}
	w.next(rule.KeywordWhen, "when", "when\n\t${1:"+esc(w.likelyEvent())+"}\nthen\n\t${2:"+esc(w.likelyCommand())+"}\nend\n")
}

// lineStart is where the text before the cursor starts on its line, behind what is a part already.
func (w *ruleWriter) lineStart() int {
	start := w.line
	for _, x := range w.Parts() {
		if x.Span.End <= w.at && x.Span.End > start && x.Kind != rule.Unrecognized && x.Kind != rule.Comment {
			start = x.Span.End
		}
	}
	for start < w.word && reply.IsBlank(w.text[start]) {
		start++
	}
	return min(start, w.word)
}

// next offers the word that opens the next section, unless it is there; on a line that holds other words it stands alone.
func (w *ruleWriter) next(kind rule.PartKind, word, text string) {
	if _, there := w.Find(kind); there {
		return
	}
	if strings.TrimSpace(w.text[w.Replace.End:]) != "" {
		w.Word(0, ask.KindKeyword, word, "", keywords[word].In(w.Language))
		return
	}
	w.Snippet(0, ask.KindKeyword, word, keywords[word].In(w.Language), text)
}

// waits offers events, the words between them, the word that ends them.
func (w *ruleWriter) waits() {
	here := map[string]bool{}
	n := 0
	for _, e := range w.Rule.Events {
		if !e.Span.Contains(w.at) {
			here[e.Text] = true
			n++
		}
	}
	behind := strings.TrimSpace(w.text[w.line:w.word]) // on this line
	events := w.events(here)
	switch {
	case n > 0 && behind != "" && !strings.EqualFold(last(behind), "and") && !strings.EqualFold(last(behind), "or") && !strings.EqualFold(last(behind), "when") &&
		!strings.EqualFold(last(behind), "instance"):
		for _, word := range []string{"and", "or"} {
			if len(events) > 0 {
				w.Snippet(0, ask.KindKeyword, word, keywords[word].In(w.Language), word+" ${1:"+esc(events[0].Label)+"}")
			}
		}
	default:
		for _, e := range events {
			w.Add(1, e)
		}
	}
	if n == 0 && !w.Rule.PerInstance && len(events) > 0 {
		w.Snippet(2, ask.KindKeyword, "for each instance", keywords["for each instance"].In(w.Language), "for each instance ${1:"+esc(events[0].Label)+"}")
	}
	if when, _ := w.Find(rule.KeywordWhen); strings.TrimSpace(w.text[min(when.Span.End, w.word):w.word]) != "" {
		w.next(rule.KeywordThen, "then", "then\n\t${1:"+esc(w.likelyCommand())+"}\nend\n")
	}
}

func last(text string) string {
	words := strings.Fields(text)
	return words[len(words)-1]
}

// events are those that can be waited for: raised by probes, by the platform; not those of a set.
func (w *ruleWriter) events(but map[string]bool) (items []ask.Item) {
	raised := w.raised()
	var names []string
	for name := range raised {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !but[name] {
			items = append(items, ask.Item{Label: name, Kind: ask.KindEvent, Detail: raised[name][0].component, Doc: w.eventText(name)})
		}
	}
	for _, e := range platform {
		if !but[e.event] {
			items = append(items, ask.Item{
				Label: e.event, Kind: ask.KindEvent, Detail: byPlatform.In(w.Language), Doc: e.means.In(w.Language), Text: e.snippet, Snippet: e.snippet != e.event,
			})
		}
	}
	return items
}

// runs offers commands and the word that ends the rule.
func (w *ruleWriter) runs() {
	start := w.line
	if n := strings.LastIndexByte(w.text[w.line:w.at], ';'); n >= 0 {
		start = w.line + n + 1
	}
	here := map[string]bool{}
	for _, x := range w.Parts() {
		if x.Kind == rule.KeywordThen {
			start = max(start, x.Span.End)
		}
		if x.Kind == rule.Command && !x.Span.Contains(w.at) {
			here[x.Span.Of(w.text)] = true
		}
	}
	for start < w.at && reply.IsBlank(w.text[start]) {
		start++
	}
	w.Over(w.text, source.Span{Start: min(start, w.word), End: w.Replace.End}, w.at)
	for _, s := range w.commands() {
		rank := 1
		if here[s.name] {
			rank = 2
		}
		w.Word(rank, ask.KindCommand, s.name, s.file, w.summary(s.name))
	}
	w.next(rule.KeywordEnd, "end", "end\n")
}
