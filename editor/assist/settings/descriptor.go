package settings

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/source"
)

// Descriptor is the language of descriptor/application.properties (spec/model.md 4).
type Descriptor struct{ kept }

var _ ask.Language = Descriptor{}

// descriptorKeys are the keys of a template (spec/model.md 4.2).
var descriptorKeys = []key{
	{
		name: load.KeyName, legacy: "application-name", value: "${1:My application}", required: true,
		does: sentence{"What the application is called. Accents are for people: without them it is its identity.", "Le nom de l'application. Les accents sont pour les personnes : sans eux, c'est son identité."},
	},
	{
		name: load.KeyVersion, legacy: "application-version", value: "${1:1.0}", required: true,
		does: sentence{"Its version: digits, a dot, digits, and perhaps more, such as `1.0`, `8.4-SNAPSHOT`.", "Sa version : des chiffres, un point, des chiffres, et plus si besoin, comme `1.0`, `8.4-SNAPSHOT`."},
	},
	{
		name: load.KeyGraphEntry, value: "${1:main.graph}", required: true,
		does: sentence{"The graph file that is read first, relative to `graph/`. Others count only if it imports them.", "Le fichier de graphe lu en premier, relatif à `graph/`. Les autres ne comptent que s'il les importe."},
	},
	{
		name: load.KeyInstanceEntry, value: "${1:model.instances}",
		does: sentence{"The instances file that is read first, relative to `instances/`. Without it the application starts empty.", "Le fichier d'instances lu en premier, relatif à `instances/`. Sans lui, l'application est vide au départ."},
	},
	{
		name: load.KeyDSL, legacy: "application-dsl-id", value: dslID, values: []string{dslID},
		does: sentence{"The language in which graph and instances are written.", "Le langage dans lequel sont écrits le graphe et les instances."},
	},
	{
		name: load.KeyDescription, legacy: "application-description", value: "${1:What it is for}",
		does: sentence{"What the application is for, in a few words.", "À quoi sert l'application, en quelques mots."},
	},
	{
		name: load.KeyTags, value: "${1:web}",
		does: sentence{"Words by which people find it, separated by commas.", "Des mots pour la retrouver, séparés par des virgules."},
	},
	{
		name: load.KeyExportsPrefix, value: "${1:App}",
		does: sentence{"The prefix under which other applications import what this one exports.", "Le préfixe sous lequel d'autres applications importent ce que celle-ci exporte."},
	},
	{
		name: load.KeyExports, value: "${1:Component.variable as alias}",
		does: sentence{"What other applications may import: `Component.variable as alias`, separated by commas.", "Ce que d'autres applications peuvent importer : `Composant.variable as alias`, séparés par des virgules."},
	},
}

const dslID = "roboconf-1.0"

// Complete gives keys that are missing, files, variables.
func (Descriptor) Complete(g ask.Ground, file string, at int) ask.Completion {
	s, ok := written(g, file, at)
	if !ok {
		return ask.Completion{}
	}
	items := s.items()
	if s.inKey {
		s.keys(items, s.descriptorKeys())
		return items.Completion()
	}
	k, _ := find(descriptorKeys, s.entry.Key)
	switch k.name {
	case load.KeyGraphEntry:
		for _, f := range s.files("graph", ".graph") {
			items.Word(0, ask.KindFile, f, "", "")
		}
	case load.KeyInstanceEntry:
		for _, f := range s.files("instances", ".instances") {
			items.Word(0, ask.KindFile, f, "", "")
		}
	case load.KeyDSL:
		items.Word(0, ask.KindValue, dslID, "", k.does.In(g.Language))
	case load.KeyVersion:
		items.Word(0, ask.KindValue, "1.0", "", "")
	case load.KeyExportsPrefix:
		items.Word(0, ask.KindApplication, s.prefix(), "", "")
	case load.KeyExports:
		s.exports(items)
	}
	return items.Completion()
}

// descriptorKeys are the keys with values of this application.
func (s *sheet) descriptorKeys() []key {
	list := append([]key(nil), descriptorKeys...)
	for i := range list {
		k := &list[i]
		switch k.name {
		case load.KeyGraphEntry:
			k.value = firstOf(s.files("graph", ".graph"), k.value)
		case load.KeyInstanceEntry:
			k.value = firstOf(s.files("instances", ".instances"), k.value)
		case load.KeyExportsPrefix:
			k.value = "${1:" + s.prefix() + "}"
		case load.KeyExports:
			k.value = firstOf(s.exported(map[string]bool{}), k.value)
			if !s.has(load.KeyExportsPrefix) {
				k.value += "\n" + load.KeyExportsPrefix + " = ${2:" + s.prefix() + "}"
			}
		}
	}
	return list
}

// firstOf is a tab stop that holds the first of some names.
func firstOf(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return "${1:" + reply.Escape(names[0]) + "}"
}

// prefix is the name of the application as an ID.
func (s *sheet) prefix() string {
	var b strings.Builder
	for _, c := range load.PlainName(s.Result.App.Descriptor.DisplayName) {
		if c < 128 && (c == '_' || '0' <= c && c <= '9' && b.Len() > 0 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			b.WriteRune(c)
		}
	}
	if b.Len() == 0 {
		return "App"
	}
	return b.String()
}

// exported are the variables that can be exported, with an alias that is free, sorted. taken are the aliases that are not.
func (s *sheet) exported(taken map[string]bool) (list []string) {
	graph := s.Result.App.Graph
	for _, c := range graph.Components() {
		for _, v := range graph.Exports(c) {
			prefix, local := model.SplitName(v.Name)
			if prefix != c.Name {
				continue
			}
			alias := local
			if taken[alias] {
				alias = strings.ReplaceAll(v.Name, ".", "_")
			}
			if !taken[alias] {
				list = append(list, v.Name+" as "+alias)
			}
		}
	}
	return list
}

// exports offers what is not exported yet, over the piece of the list around the cursor.
func (s spot) exports(items *reply.Items) {
	piece := s.piece()
	items.Over(s.text, piece, s.at)
	taken := map[string]bool{}
	here := map[string]bool{}
	for _, e := range s.Result.App.Descriptor.Exports {
		if !piece.Contains(e.Span.Start) {
			taken[e.Alias], here[e.Variable] = true, true
		}
	}
	for _, export := range s.exported(taken) {
		if variable, _, _ := strings.Cut(export, " as "); !here[variable] {
			items.Word(0, ask.KindVariable, export, "", "")
		}
	}
}

var (
	exportText  = sentence{"%s is imported by other applications as %s.", "%s est importée par d'autres applications sous le nom %s."}
	exportValue = sentence{"Its default value is %s.", "Sa valeur par défaut est %s."}
	exportNone  = sentence{"It has no default value.", "Elle n'a pas de valeur par défaut."}
)

// Hover tells about a key, or about an export.
func (Descriptor) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	s, ok := looked(g, file, at)
	if !ok {
		return ask.Hover{}, false
	}
	var out reply.Sheet
	k, known := find(descriptorKeys, s.entry.Key)
	switch {
	case !known:
		return ask.Hover{}, false
	case k.name == load.KeyExports && !s.inKey:
		return s.exportHover()
	}
	s.about(&out, k, s.entry.Key)
	return out.Hover(s.place())
}

// exportHover tells about one entry of exports.
func (s spot) exportHover() (ask.Hover, bool) {
	for _, e := range s.Result.App.Descriptor.Exports {
		if !e.Span.Contains(s.at) {
			continue
		}
		var out reply.Sheet
		out.Add(exportText.In(s.Language, reply.Code(e.Variable), reply.Code(s.Value(load.KeyExportsPrefix)+"."+e.Alias)))
		prefix, _ := model.SplitName(e.Variable)
		graph := s.Result.App.Graph
		if c := graph.Component(prefix); c != nil {
			for _, v := range graph.Exports(c) {
				switch {
				case v.Name != e.Variable:
				case v.Value.Set:
					out.Add(exportValue.In(s.Language, reply.Code(v.Value.Text)))
				default:
					out.Add(exportNone.In(s.Language))
				}
			}
			out.Add(reply.Prose(c.Doc))
		}
		return out.Hover(e.Span)
	}
	return ask.Hover{}, false
}

// Links lead to the entry points.
func (Descriptor) Links(g ask.Ground, file string) (links []ask.Link) {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	for key, dir := range map[string]string{load.KeyGraphEntry: "graph", load.KeyInstanceEntry: "instances"} {
		if e, ok := s.Find(key); ok {
			links = append(links, s.link(e, e.ValueSpan, path.Join(s.Result.Base, dir, e.Value))...)
		}
	}
	if len(links) == 2 && links[0].Span.Start > links[1].Span.Start {
		links[0], links[1] = links[1], links[0]
	}
	return links
}

// link leads to a file, if it is there.
func (s *sheet) link(e properties.Entry, at source.Span, target string) []ask.Link {
	if at.Len() == 0 {
		return nil
	}
	if _, there := s.Ground.Text(target); !there {
		return nil
	}
	return []ask.Link{{Span: at, Target: target, Title: e.Value}}
}
