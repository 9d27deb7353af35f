package automation

import (
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/source"
)

var (
	sectionText = sentence{
		"A section: a check made again and again for each started instance of %s; `[EVENT HANDLER EVENT]`, then what is looked at.",
		"Une section : une vérification répétée pour chaque instance démarrée de %s ; `[EVENT GESTIONNAIRE ÉVÉNEMENT]`, puis ce qui est observé.",
	}
	unknownHandler = sentence{"Nobody makes checks under this name: the section is skipped.", "Personne ne fait de vérifications sous ce nom : la section est ignorée."}
	isParameter    = sentence{"**parameter** %s = %s", "**paramètre** %s = %s"}
	noParameter    = sentence{"%s has no value in %s: it stays as it is.", "%s n'a pas de valeur dans %s : il reste tel quel."}
	isHandler      = sentence{"**handler** %s", "**gestionnaire** %s"}
	thatText       = sentence{"The words behind it are the condition under which the event is raised.", "Ce qui suit est la condition qui lève l'événement."}
)

// Hover tells about a place of a probe file: handlers, events, parameters, the words of contents.
func (Probes) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	p, ok := openProbe(g, file)
	if !ok {
		return ask.Hover{}, false
	}
	at = reply.Clamp(p.text, at)
	row := p.rowAt(at)
	if row == len(p.rows) || !p.rows[row].Text.Contains(at) || p.rows[row].Kind == probe.Comment {
		return ask.Hover{}, false
	}
	var s reply.Sheet
	if span, ok := p.parameterAt(at); ok {
		s.Add(p.parameterText(span))
		return s.Hover(span)
	}
	if p.rows[row].Kind == probe.Header {
		return p.headerHover(p.rows[row], at)
	}
	return p.contentHover(row, at)
}

// parameterAt is the mention of a parameter around an offset.
func (p *probePage) parameterAt(at int) (source.Span, bool) {
	line := reply.Line(p.text, at)
	for from := line.Start; ; {
		n := strings.Index(p.text[from:line.End], "{{")
		if n < 0 {
			return source.Span{}, false
		}
		start := from + n
		length := strings.Index(p.text[start:line.End], "}}")
		if length < 0 {
			return source.Span{}, false
		}
		if s := (source.Span{Start: start, End: start + length + len("}}")}); s.Contains(at) {
			return s, true
		}
		from = start + length + len("}}")
	}
}

func (p *probePage) parameterText(s source.Span) string {
	name := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s.Of(p.text), "{{"), "}}"))
	if p.parameters != nil {
		if e, ok := p.parameters.Find(name); ok {
			return isParameter.In(p.Language, reply.Code(name), reply.Code(e.Value))
		}
	}
	return noParameter.In(p.Language, reply.Code(name), reply.Code(p.beside))
}

func (p *probePage) headerHover(r probe.Row, at int) (ask.Hover, bool) {
	var s reply.Sheet
	switch {
	case r.Name.Span.Contains(at):
		s.Add(p.eventText(r.Name.Text))
		return s.Hover(r.Name.Span)
	case r.Handler.Span.Contains(at):
		s.Add(p.handlerText(r.Handler.Text))
		return s.Hover(r.Handler.Span)
	}
	for i, a := range r.Attributes {
		if a.Span.Contains(at) {
			if r.Attributes[i-i%2].Text == "every" {
				s.Add(everyText.In(p.Language))
			} else {
				s.Add(timeoutText.In(p.Language))
			}
			return s.Hover(a.Span)
		}
	}
	s.Add(sectionText.In(p.Language, reply.Code(p.component)))
	if r.Event.Span.Contains(at) {
		return s.Hover(r.Event.Span)
	}
	return s.Hover(r.Text)
}

// handlerText tells what a handler does.
func (p *probePage) handlerText(name string) string {
	h, ok := handlers[strings.ToLower(name)]
	if !ok {
		return unknownHandler.In(p.Language)
	}
	text := isHandler.In(p.Language, reply.Code(strings.ToLower(name))) + "\n\n" + h.does.In(p.Language)
	if h.ours {
		text += " " + unknownToOthers.In(p.Language)
	}
	return text
}

func (p *probePage) contentHover(row, at int) (ask.Hover, bool) {
	header := p.header(row)
	if header < 0 {
		return ask.Hover{}, false
	}
	var s reply.Sheet
	word := reply.Word(p.text, at, func(c byte) bool { return !reply.IsBlank(c) })
	for _, meta := range metaNames {
		if strings.EqualFold(p.rows[header].Handler.Text, "docker") && word.Of(p.text) == meta.name {
			s.Add(reply.Named(p.Language, meta.name, meta.means))
			return s.Hover(word)
		}
	}
	if strings.EqualFold(word.Of(p.text), "that") {
		s.Add(reply.Named(p.Language, "THAT", thatText))
		return s.Hover(word)
	}
	s.Add(p.handlerText(p.rows[header].Handler.Text))
	return s.Hover(p.rows[row].Text)
}
