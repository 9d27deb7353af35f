package settings

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/probe"
)

// Parameters is the language of the parameters of probes, Component.measures.properties (PRB-15).
type Parameters struct{ kept }

var _ ask.Language = Parameters{}

const propertiesExt = ".properties"

// instancesOf are the paths of the instances of exactly one component.
func (s *sheet) instancesOf(component string) (paths []string) {
	for at, i := range model.Walk(s.Result.App.Instances) {
		if i.Component == component {
			paths = append(paths, at)
		}
	}
	return paths
}

// mentions are the places of the probe file beside that mention each parameter.
func (s *sheet) mentions() (measures string, found map[string][]probe.Word) {
	measures = strings.TrimSuffix(s.file, propertiesExt)
	found = map[string][]probe.Word{}
	text, ok := s.Ground.Text(measures)
	if !ok {
		return measures, found
	}
	for _, m := range probe.Parse(measures, text, nil).Mentions {
		found[m.Text] = append(found[m.Text], m)
	}
	return measures, found
}

// Complete gives the parameters that the probe mentions and that have no value yet.
func (Parameters) Complete(g ask.Ground, file string, at int) ask.Completion {
	s, ok := written(g, file, at)
	if !ok || !s.inKey {
		return ask.Completion{}
	}
	items := s.items()
	measures, mentions := s.mentions()
	var names []string
	for name := range mentions {
		names = append(names, name)
	}
	slices.Sort(names)
	var list []key
	for _, name := range names {
		list = append(list, key{name: name, value: "${1:value}", fallback: lineOf(s.Ground, measures, mentions[name][0])})
	}
	s.keys(items, list)
	return items.Completion()
}

// lineOf is the line of a file around a mention.
func lineOf(g ask.Ground, file string, m probe.Word) string {
	text, _ := g.Text(file)
	return strings.TrimSpace(reply.Line(text, min(m.Span.Start, len(text))).Of(text))
}

var (
	usedIn = sentence{"Used in %s:", "Utilisé dans %s :"}
	unused = sentence{"No section of %s uses it.", "Aucune section de %s ne l'utilise."}
	isOne  = sentence{"**parameter** %s = %s", "**paramètre** %s = %s"}
)

// Hover tells where a parameter is used.
func (Parameters) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	s, ok := looked(g, file, at)
	if !ok {
		return ask.Hover{}, false
	}
	var out reply.Sheet
	out.Add(isOne.In(g.Language, reply.Code(s.entry.Key), reply.Code(s.entry.Value)))
	measures, mentions := s.mentions()
	if len(mentions[s.entry.Key]) == 0 {
		out.Add(unused.In(g.Language, reply.Code(measures)))
		return out.Hover(s.place())
	}
	var lines []string
	for _, m := range mentions[s.entry.Key] {
		if line := lineOf(g, measures, m); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	out.Add(usedIn.In(g.Language, reply.Code(measures)))
	out.Add("```\n" + strings.Join(lines, "\n") + "\n```")
	return out.Hover(s.place())
}

var (
	timesOne  = sentence{"used %d time", "utilisé %d fois"}
	timesMany = sentence{"used %d times", "utilisé %d fois"}
)

// Lenses say how often each parameter is used.
func (Parameters) Lenses(g ask.Ground, file string) (lenses []ask.Lens) {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	_, mentions := s.mentions()
	for _, e := range s.Entries {
		lenses = append(lenses, ask.Lens{Span: e.KeySpan, Title: reply.Count(g.Language, len(mentions[e.Key]), timesOne, timesMany)})
	}
	return lenses
}

// Links lead from each parameter to the probe that uses it.
func (Parameters) Links(g ask.Ground, file string) (links []ask.Link) {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	measures, mentions := s.mentions()
	for _, e := range s.Entries {
		if len(mentions[e.Key]) > 0 && e.KeySpan.Len() > 0 {
			links = append(links, ask.Link{Span: e.KeySpan, Target: measures, Title: e.Key})
		}
	}
	return links
}
