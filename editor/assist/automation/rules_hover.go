package automation

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/rule"
)

// keywords are the words of rules.
var keywords = map[string]sentence{
	"rule": {"A rule answers an event with commands. Its file is called after it; one file holds one rule.", "Une règle répond à un événement par des commandes. Son fichier porte son nom ; un fichier contient une seule règle."},
	"when": {"What follows are the events that the rule waits for.", "Suivent les événements que la règle attend."},
	"then": {"What follows are the commands that it runs, one after the other; one that fails stops the rule.", "Suivent les commandes qu'elle exécute, l'une après l'autre ; celle qui échoue arrête la règle."},
	"end":  {"The end of the rule. Only comments may follow.", "La fin de la règle. Seuls des commentaires peuvent suivre."},
	"and":  {"Both events must arrive within the time window. Other tools do not know this.", "Les deux événements doivent arriver dans la fenêtre de temps. D'autres outils ne le connaissent pas."},
	"or":   {"One of the events is enough. Other tools do not know this.", "Un des événements suffit. D'autres outils ne le connaissent pas."},
	"for each instance": {
		"Events of different instances are counted apart; commands learn of the instance by `$(EVENT_INSTANCE)`. Other tools do not know this.",
		"Les événements d'instances différentes sont comptés à part ; les commandes connaissent l'instance par `$(EVENT_INSTANCE)`. D'autres outils ne le connaissent pas.",
	},
}

var (
	wholeRule    = sentence{"A rule: what it waits for, what it runs.", "Une règle : ce qu'elle attend, ce qu'elle exécute."}
	isEvent      = sentence{"**event** %s", "**événement** %s"}
	raisedIn     = sentence{"Raised by the probes of %s.", "Levé par les sondes de %s."}
	raisedByUs   = sentence{"The platform raises it.", "La plateforme le lève."}
	awaitedBy    = sentence{"Rules wait for it: %s", "Des règles l'attendent : %s"}
	awaitedNever = sentence{"No rule waits for it.", "Aucune règle ne l'attend."}
	neverRaised  = sentence{"No probe raises it.", "Aucune sonde ne le lève."}
	isRule       = sentence{"**rule** %s", "**règle** %s"}
	waitsFor     = sentence{"Waits for %s.", "Attend %s."}
	runsThese    = sentence{"Runs %s.", "Exécute %s."}
	notAttribute = sentence{"This is no attribute: other tools ignore it.", "Ce n'est pas un attribut : d'autres outils l'ignorent."}
)

// Hover tells about the part of a rule at a place.
func (Rules) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	p, ok := openRule(g, file)
	if !ok {
		return ask.Hover{}, false
	}
	x, ok := p.part(reply.Clamp(p.text, at))
	if !ok {
		return ask.Hover{}, false
	}
	var s reply.Sheet
	text := x.Span.Of(p.text)
	switch x.Kind {
	case rule.KeywordRule, rule.KeywordWhen, rule.KeywordThen, rule.KeywordEnd, rule.Joint:
		s.Add(reply.Named(g.Language, strings.ToLower(text), keywords[strings.ToLower(text)]))
	case rule.PerInstance:
		s.Add(keywords["for each instance"].In(g.Language))
	case rule.Name:
		s.Add(p.ruleText(p.File))
	case rule.Attribute:
		s.Add(reply.Named(g.Language, x.Key, attributes[x.Key].does))
	case rule.Unrecognized:
		s.Add(notAttribute.In(g.Language))
	case rule.Event:
		s.Add(p.eventText(text))
	case rule.Command:
		s.Add(p.commandText(text))
	}
	return s.Hover(x.Span)
}

// eventText tells who raises an event and which rules wait for it.
func (p *project) eventText(event string) string {
	name := bareEvent(event)
	var s reply.Sheet
	s.Add(isEvent.In(p.Language, reply.Code(event)))
	for _, e := range platform {
		if e.event == name {
			s.Add(raisedByUs.In(p.Language) + " " + e.means.In(p.Language))
		}
	}
	var components []string
	for _, m := range p.raised()[name] {
		components = append(components, m.component)
	}
	switch {
	case len(components) > 0:
		s.Add(raisedIn.In(p.Language, reply.List(p.Language, components)))
	case !rule.IsPlatform(name):
		s.Add(neverRaised.In(p.Language))
	}
	var rules []string
	for _, r := range p.awaited()[name] {
		rules = append(rules, ruleName(r))
	}
	if len(rules) > 0 {
		s.Add(awaitedBy.In(p.Language, reply.List(p.Language, rules)))
	} else {
		s.Add(awaitedNever.In(p.Language))
	}
	return s.String()
}

// ruleText tells what a rule does.
func (p *project) ruleText(f *rule.File) string {
	var s reply.Sheet
	s.Add(isRule.In(p.Language, reply.Code(ruleName(f))) + " (" + reply.Code(path.Base(f.Name)) + ")")
	joint := ", "
	if f.Rule.Any {
		joint = " | "
	}
	var events, commands []string
	for _, e := range f.Rule.Events {
		events = append(events, reply.Code(e.Text))
	}
	for _, c := range f.Rule.Commands {
		commands = append(commands, reply.Code(c.Text))
	}
	if len(events) > 0 {
		s.Add(waitsFor.In(p.Language, strings.Join(events, joint)))
	}
	if len(commands) > 0 {
		s.Add(runsThese.In(p.Language, strings.Join(commands, ", ")))
	}
	return s.String()
}
