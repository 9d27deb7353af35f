package refactor

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// recipeFiles makes what the installer of the component looks for and does not find.
func recipeFiles(c *cure) {
	if t := c.component(); t != nil {
		c.offerFiles(diag.Say("Create the recipe of %s", t.Name), c.notes.skeleton(c.Result, t))
	}
}

// noScripts makes the folder that scripts run from; what stands beside it stays where it is.
func noScripts(c *cure) {
	t := c.component()
	if t == nil {
		return
	}
	dir, _ := resourceDir(c.Result, t)
	files := recipe.Skeleton(sketch(c.graph, t))
	for i := range files {
		files[i].Name = path.Join(dir, files[i].Name)
	}
	c.offerFiles(diag.Say("Create the scripts"), files)
}

// targetKey adds a key to a target definition.
func targetKey(key string) func(*cure) {
	return func(c *cure) {
		t := c.component()
		if t == nil {
			return
		}
		dir, _ := resourceDir(c.Result, t)
		file := path.Join(dir, path.Base(c.detail(diag.KindFile)))
		if text, ok := c.Text(file); ok {
			value := map[string]string{"handler": "docker", "name": t.Name, "id": c.freeTarget(dir, file, t.Name)}[key]
			c.setKey(file, text, key, value)
		}
	}
}

// setKey gives a key of a properties file a value, whether it is there or not.
func (c *cure) setKey(file, text, key, value string) {
	title := diag.Say("Set %s to %s", key, value)
	p, err := load.ParseProperties(text)
	if err != nil {
		return
	}
	if e, there := p.Find(key); there {
		at := wholeLines(text, source.Span{Start: e.KeySpan.Start, End: max(e.KeySpan.End, e.ValueSpan.End)})
		c.put(title, source.Place{File: file, Span: at}, key+" = "+value+lineEnd(text, at.Start))
		return
	}
	at, line := p.Room(key, value)
	c.put(title, source.Place{File: file, Span: source.Span{Start: at, End: at}}, line)
}

// freeTarget is an id that no other definition of a folder bears.
func (c *cure) freeTarget(dir, file, component string) string {
	taken := map[string]bool{}
	for _, f := range c.Result.Resources[path.Base(dir)] {
		if isTargetDefinition(f) && path.Join(dir, f) != file {
			if p, err := load.ParseProperties(c.text(path.Join(dir, f))); err == nil {
				taken[p.Value("id")] = true
			}
		}
	}
	wish := strings.ToLower(asID(strings.TrimSuffix(path.Base(file), path.Ext(file))))
	if wish == "target" || wish == "" {
		wish = strings.ToLower(component)
	}
	return unused(wish, func(id string) bool { return taken[id] })
}

// sameTarget gives all but the first of several definitions an id of its own.
func sameTarget(c *cure) {
	t := c.component()
	if t == nil {
		return
	}
	dir, _ := resourceDir(c.Result, t)
	id, first := c.detail(diag.KindName), true
	for _, f := range c.Result.Resources[path.Base(dir)] {
		file := path.Join(dir, f)
		text := c.text(file)
		if p, err := load.ParseProperties(text); !isTargetDefinition(f) || err != nil || p.Value("id") != id {
			continue
		}
		if !first {
			c.setKey(file, text, "id", c.freeTarget(dir, file, t.Name))
		}
		first = false
	}
}

// allByName writes each variable that a wildcard stands for.
func allByName(c *cure) {
	t := c.component()
	if t == nil {
		return
	}
	var edits []source.Edit
	for _, super := range c.graph.Supers(t) {
		for _, i := range super.Imports {
			if i.Name != "*" || super.File == "" {
				continue
			}
			edit, ok := c.byName(super.Place(i.Span), i)
			if !ok {
				return
			}
			edits = append(edits, edit)
		}
	}
	c.offer(diag.Say("Import each variable by its name"), edits...)
}

// byName writes one import that stands at a place out; its flags stay.
func (c *cure) byName(at source.Place, i model.Import) (source.Edit, bool) {
	b, p, ok := c.propertyAt(at)
	if !ok {
		return source.Edit{}, false
	}
	l := b.list(p)
	n, locals := l.at(at.Span.Start), exportsUnder(c.graph, i.Prefix)
	if n < 0 || len(locals) == 0 {
		return source.Edit{}, false
	}
	var entries []string
	for _, local := range locals {
		entries = append(entries, strings.Replace(l.text(n), i.Full(), i.Prefix+"."+local, 1))
	}
	return b.edit(l.entries[n], strings.Join(entries, ", ")), true
}

// fileInstruction writes an action that there is, or takes the line away.
func fileInstruction(c *cure) {
	if word := c.word(c.p.Place); !slices.Contains(recipe.Verbs, strings.ToLower(word)) {
		c.replaceBy(c.p.Place, c.like(strings.ToLower(word), recipe.Verbs))
	}
	c.dropLine(diag.Say("Remove the line"), c.p.Place)
}

// recipeFolder makes the folder of a component, with what its installer looks for. Where a folder differs by letter case alone, that
// one is to be renamed.
func recipeFolder(c *cure) {
	t := c.graph.Component(c.p.On)
	other := func(p diag.Problem) bool { return p.Code == diag.XPathCase && p.On == c.p.On }
	if t == nil || slices.ContainsFunc(c.Problems, other) {
		return
	}
	c.offerFiles(diag.Say("Create the recipe folder of %s", t.Name), c.notes.skeleton(c.Result, t))
}
