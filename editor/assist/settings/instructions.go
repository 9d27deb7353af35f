package settings

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/recipe"
)

// Instructions is the language of instructions.properties, the recipe of the installer "file" (PL-60).
type Instructions struct{ kept }

var _ ask.Language = Instructions{}

// verb is what an instruction does.
type verb struct {
	value string // a right parameter, as a snippet
	does  sentence
}

var verbTexts = map[string]verb{
	"download": {"${1:https://example.org/file.zip} -> ${2:file.zip}", sentence{
		"Fetches a file: an address `http`, `https` or `file`, maybe `-> target`, maybe ended by `#sha256=…`. Without a target it becomes `roboconf_tmp_file` in the temporary folder.",
		"Récupère un fichier : une adresse `http`, `https` ou `file`, avec au besoin `-> cible`, et `#sha256=…` à la fin. Sans cible, il devient `roboconf_tmp_file` dans le dossier temporaire.",
	}},
	"move":   {"${1:source} -> ${2:target}", sentence{"Moves a file: `source -> target`.", "Déplace un fichier : `source -> cible`."}},
	"copy":   {"${1:source} -> ${2:target}", sentence{"Copies a file: `source -> target`.", "Copie un fichier : `source -> cible`."}},
	"delete": {"${1:path}", sentence{"Deletes a file or a folder with all that is in it. What is not there is no error.", "Supprime un fichier, ou un dossier avec tout son contenu. Ce qui n'existe pas n'est pas une erreur."}},
}

var (
	phaseText = sentence{
		"Instruction %d of %s: instructions run by ascending position, the first failure stops them.",
		"Instruction %d de %s : les instructions s'exécutent par position croissante, le premier échec les arrête.",
	}
	fileBeside = sentence{"a file of the recipe", "un fichier de la recette"}
	fetched    = sentence{"what was downloaded last", "le dernier téléchargement"}
)

// Complete gives the next instruction of each action, parameters.
func (Instructions) Complete(g ask.Ground, file string, at int) ask.Completion {
	s, ok := written(g, file, at)
	if !ok {
		return ask.Completion{}
	}
	items := s.items()
	if !s.inKey {
		s.parameters(items)
		return items.Completion()
	}
	if s.there && !s.bare() {
		s.otherVerbs(items)
		return items.Completion()
	}
	next := map[string]int{}
	for _, i := range recipe.ReadInstructions(s.File) {
		if i.KeySpan != s.entry.KeySpan {
			next[i.Action] = max(next[i.Action], i.Position)
		}
	}
	for rank, action := range recipe.Actions {
		for _, v := range recipe.Verbs {
			s.keyItem(items, rank, key{name: fmt.Sprintf("%s.%d.%s", action, next[action]+1, v), value: verbTexts[v].value, does: verbTexts[v].does})
		}
	}
	return items.Completion()
}

// otherVerbs offers the other ways of doing the instruction of a line that is whole.
func (s spot) otherVerbs(items *reply.Items) {
	parts := strings.Split(s.entry.Key, ".")
	if len(parts) != 3 {
		return
	}
	arrow := strings.Contains(s.entry.Value, "->")
	for _, v := range []string{"move", "copy"} {
		if arrow && s.entry.Key == strings.ToLower(s.entry.Key) {
			items.Word(0, ask.KindProperty, parts[0]+"."+parts[1]+"."+v, "", verbTexts[v].does.In(s.Language))
		}
	}
}

// parameters offers files of the recipe, what was fetched, places, over the part of the parameter around the cursor.
func (s spot) parameters(items *reply.Items) {
	part := s.replace
	arrow := strings.Index(part.Of(s.text), "->")
	target := arrow >= 0 && s.at >= part.Start+arrow+2
	switch {
	case target:
		part.Start += arrow + 2
		for part.Start < s.at && reply.IsBlank(s.text[part.Start]) {
			part.Start++
		}
	case arrow >= 0:
		part.End = part.Start + len(strings.TrimRight(part.Of(s.text)[:arrow], " \t"))
	}
	part.End = max(part.End, part.Start)
	items.Over(s.text, part, s.at)
	name := s.entry.Key[strings.LastIndexByte(s.entry.Key, '.')+1:]
	suffix := ""
	if arrow < 0 && (strings.EqualFold(name, "move") || strings.EqualFold(name, "copy")) {
		suffix = " -> ${1:target}"
	}
	if strings.EqualFold(name, "download") && !target {
		items.Snippet(0, ask.KindText, "https://", verbTexts["download"].does.In(s.Language), "https://${1:example.org/file.zip}")
		return
	}
	if target {
		return
	}
	for _, f := range s.siblings() {
		items.Add(0, ask.Item{Label: f, Kind: ask.KindFile, Detail: fileBeside.In(s.Language), Text: reply.Escape(f) + suffix, Snippet: true})
	}
	items.Add(1, ask.Item{Label: "roboconf_tmp_file", Kind: ask.KindFile, Detail: fetched.In(s.Language), Text: "roboconf_tmp_file" + suffix, Snippet: true})
}

// siblings are the other files of the recipe, relative to its folder.
func (s *sheet) siblings() (names []string) {
	for _, f := range s.Result.Resources[path.Base(path.Dir(s.file))] {
		if f != path.Base(s.file) {
			names = append(names, f)
		}
	}
	slices.Sort(names)
	return names
}

// Hover tells what an instruction does.
func (Instructions) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	s, ok := looked(g, file, at)
	if !ok {
		return ask.Hover{}, false
	}
	for _, i := range recipe.ReadInstructions(s.File) {
		if i.KeySpan != s.entry.KeySpan {
			continue
		}
		var out reply.Sheet
		if v, known := verbTexts[i.Verb]; known {
			out.Add(reply.Named(g.Language, i.Verb, v.does))
		}
		if slices.Contains(recipe.Actions, i.Action) && i.Position > 0 {
			out.Add(phaseText.In(g.Language, i.Position, reply.Code(i.Action)))
		}
		return out.Hover(s.place())
	}
	return ask.Hover{}, false
}

// Links lead to the files of the recipe that are moved or copied.
func (Instructions) Links(g ask.Ground, file string) (links []ask.Link) {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	for _, e := range s.Entries {
		from, _, _ := strings.Cut(e.Value, "->")
		if from = strings.TrimSpace(from); slices.Contains(s.siblings(), from) {
			links = append(links, ask.Link{Span: e.Span(0, len(from)), Target: s.beside(from), Title: from})
		}
	}
	return links
}
