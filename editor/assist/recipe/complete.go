package recipe

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// Complete gives the variables that the recipe is told, parameters of a class, tags of a template.
func (Script) Complete(g ask.Ground, file string, at int) ask.Completion {
	p, ok := open(g, file)
	if !ok || p.component == nil {
		return ask.Completion{}
	}
	at = reply.Clamp(p.text, at)
	switch p.lang {
	case recipe.Manifest:
		return p.parameters(at)
	case recipe.Template:
		if c, inside := p.inTag(at); inside {
			return c
		}
	}
	return p.variables(at)
}

// mention is how a language writes a variable of the environment: what stands before the name, what after it.
type mention struct{ before, after string }

// mentions are those of each language, the longest first.
var mentions = map[recipe.Language][]mention{
	recipe.Shell:    {{"${", "}"}, {"$", ""}},
	recipe.Template: {{"${", "}"}, {"$", ""}},
	recipe.Python: {
		{`os.environ.get("`, `"`}, {`os.environ.get('`, `'`}, {`os.environ["`, `"]`}, {`os.environ['`, `']`}, {`os.getenv("`, `"`}, {`os.getenv('`, `'`}, {`environ["`, `"]`},
	},
	recipe.Perl: {{`$ENV{"`, `"}`}, {`$ENV{'`, `'}`}, {`$ENV{`, `}`}},
	recipe.Ruby: {{`ENV["`, `"]`}, {`ENV['`, `']`}, {`ENV.fetch("`, `"`}, {`ENV.fetch('`, `'`}},
}

// variables offers the names of the environment where one is being written.
func (p *page) variables(at int) ask.Completion {
	word := reply.Word(p.text, at, isName)
	before := p.text[:word.Start]
	for _, m := range mentions[p.lang] {
		if !strings.HasSuffix(before, m.before) || m.before == "$" && strings.HasSuffix(before, `\$`) {
			continue
		}
		if m.after != "" && strings.HasPrefix(p.text[word.End:], m.after) {
			m.after = ""
		}
		items := reply.At(p.text, source.Span{Start: word.Start, End: word.End}, at)
		for _, n := range p.environment() {
			items.Add(n.rank, ask.Item{Label: n.name, Kind: ask.KindVariable, Detail: n.detail, Doc: p.doc(n.name), Text: n.name + m.after})
		}
		return items.Completion()
	}
	return ask.Completion{}
}

// named is a variable of the environment.
type named struct {
	rank         int
	name, detail string
}

// environment are the variables that the recipe is told (PL-35), the likeliest first.
func (p *page) environment() (list []named) {
	add := func(rank int, name, detail string) { list = append(list, named{rank, name, detail}) }
	for _, local := range p.names.Own {
		add(0, recipe.Mangle(local), p.component.Name)
	}
	for _, prefix := range p.prefixes() {
		bare := recipe.Mangle(prefix)
		add(1, bare+"_size", prefix)
		add(1, bare+"_0_name", prefix)
		for _, local := range p.names.Imports[prefix] {
			add(1, bare+"_0_"+recipe.Mangle(local), prefix)
		}
	}
	for _, above := range p.above() {
		for _, local := range p.names.Ancestors[above] {
			add(2, "ANCESTOR_"+recipe.Mangle(above)+"_"+recipe.Mangle(local), above)
		}
	}
	update := 5
	if p.action == "update" {
		update = 1
	}
	for _, prefix := range p.prefixes() {
		for _, local := range p.names.Imports[prefix] {
			add(update, "ROBOCONF_IMPORT_CHANGED_"+recipe.Mangle(local), "update")
		}
	}
	for _, name := range recipe.Constants() {
		if rank := 3; strings.Contains(name, "_CHANGED_") || strings.Contains(name, "UPDATE") {
			add(update, name, "update")
		} else {
			add(rank, name, "")
		}
	}
	return list
}

// parameters offers those of the class that it has not yet (PL-52, plugins.md 5.4).
func (p *page) parameters(at int) ask.Completion {
	class, ok := recipe.ReadClass(p.text)
	if !ok || !class.Inside.Contains(at) {
		return ask.Completion{}
	}
	word := reply.Word(p.text, at, func(c byte) bool { return isName(c) || c == '$' })
	items := reply.At(p.text, word, at)
	wanted := []string{stateParam}
	if p.action == "update" || strings.HasSuffix(p.file, "/init.pp") {
		wanted = append(wanted, diffParam)
	}
	for _, prefix := range p.prefixes() {
		wanted = append(wanted, "$"+parameterOf(prefix))
	}
	for _, local := range p.names.Own {
		wanted = append(wanted, "$"+parameterOf(local))
	}
	for rank, name := range wanted {
		if !class.Has(name) || word.Of(p.text) == name {
			items.Add(min(rank, 9), ask.Item{Label: name, Kind: ask.KindVariable, Doc: p.parameterText(name), Text: name + p.undefined(word)})
		}
	}
	return items.Completion()
}

// undefined gives a new parameter its default, unless one follows.
func (p *page) undefined(word source.Span) string {
	if rest := strings.TrimLeft(p.text[word.End:], " \t"); strings.HasPrefix(rest, "=") {
		return ""
	}
	return " = undef"
}

// inside are the names that a template may use inside a section (PL-45); "" is the top.
var inside = map[string][]string{
	"":             {"importLists", "instance.name", "instance.path", "instance.component", "exports", "ancestors", "update"},
	"importLists":  {"prefix", "imports"},
	"imports":      {"exportedVars", "vars", "instancePath", "instanceName", "index", "first", "last"},
	"exportedVars": {"name", "value", "localName"},
	"exports":      {"name", "value", "localName"},
	"ancestors":    {"component", "name", "path", "exports"},
	"update":       {"status", "prefix", "instancePath", "vars"},
}

// sections are the names that open a section.
var sections = []string{"importLists", "imports", "exportedVars", "exports", "ancestors", "update", "first", "last"}

// inTag offers what may stand in the tag around a place; false outside of tags.
func (p *page) inTag(at int) (ask.Completion, bool) {
	open := strings.LastIndex(p.text[:at], "{{")
	if open < 0 || strings.Contains(p.text[open:at], "}}") {
		return ask.Completion{}, false
	}
	start := open + len("{{")
	for start < at && strings.IndexByte("{#^/&> ", p.text[start]) >= 0 {
		start++
	}
	word := reply.Word(p.text, at, func(c byte) bool { return isName(c) || c == '.' })
	word.Start = max(word.Start, start)
	items := reply.At(p.text, source.Span{Start: word.Start, End: max(word.Start, word.End)}, at)
	around := p.sectionsAt(open)
	scope := ""
	if len(around) > 0 {
		scope = around[len(around)-1]
	}
	sigil := strings.TrimSpace(p.text[open+len("{{") : start])
	switch {
	case sigil == "/" && scope != "":
		items.Word(0, ask.KindProperty, scope, "", tags[scope].In(p.Language))
	case sigil == "/" || sigil == ">":
	default:
		p.namesIn(items, scope, sigil)
	}
	return items.Completion(), true
}

// sectionsAt are the names of the sections that are open at a place, the outermost first.
func (p *page) sectionsAt(at int) (open []string) {
	found, _ := recipe.Tags(p.text[:at])
	for _, t := range found {
		switch t.Kind {
		case recipe.TagSection, recipe.TagInverted:
			open = append(open, t.Name)
		case recipe.TagClose:
			if n := slices.Index(open, t.Name); n >= 0 {
				open = open[:n]
			}
		}
	}
	return open
}

// namesIn offers the names of a section; after a sigil those that open one.
func (p *page) namesIn(items *reply.Items, scope, sigil string) {
	list := inside[scope]
	if list == nil {
		list = inside[""]
	}
	if sigil == "#" || sigil == "^" {
		list = slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !slices.Contains(sections, name) })
	}
	for _, name := range list {
		first, _, _ := strings.Cut(name, ".")
		items.Word(0, ask.KindProperty, name, "", tags[first].In(p.Language))
	}
	if scope == "imports" && sigil != "#" && sigil != "^" {
		for _, prefix := range p.prefixes() {
			for _, local := range p.names.Imports[prefix] {
				items.Word(1, ask.KindVariable, "vars."+local, prefix, "")
			}
		}
	}
}
