package check

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// scripts checks a recipe of the installer "script": files without a folder of scripts would never run.
func (r *recipes) scripts(c *model.Component, dir string) (found []diag.Problem) {
	files := r.files[dir]
	inFolder := func(file string) bool { return strings.HasPrefix(file, recipe.Scripts+"/") }
	if len(files) > 0 && !slices.ContainsFunc(files, inFolder) && !r.hasScriptsFolder(dir) {
		return []diag.Problem{onType(diag.RecScriptNoScriptsDir, c.Name, c.Origin, detail(diag.KindComponent, c.Name))}
	}
	heir := r.toldAbove(c, dir)
	for _, action := range recipe.Actions {
		choice := recipe.Choose(files, action)
		switch {
		case choice.File == "" && action == "update":
			found = append(found, r.missingUpdate(c, dir)...)
		case heir:
		case choice.File == "" && (action == "start" || action == "stop"):
			p := onType(diag.XMissingScript, c.Name, c.Origin, detail(diag.KindName, action))
			p.Fixes = r.addScript(c, dir, action)
			found = append(found, p)
		case len(choice.Rivals) > 0:
			found = append(found, r.ambiguous(c, dir, action, choice.Rivals))
		}
	}
	for _, file := range files {
		if recipe.IsScript(file) {
			found = append(found, r.script(c, dir, file)...)
		}
	}
	return found
}

// toldAbove says whether what a recipe lacks is told of a super component that has the same recipe and the same installer: a thousand
// components with one recipe lack one script.
func (r *recipes) toldAbove(c *model.Component, dir string) bool {
	super := r.super(c)
	if super == nil {
		return false
	}
	above, has := r.folderOf(super)
	told := has && above == dir && strings.EqualFold(r.graph.Installer(super), r.graph.Installer(c))
	r.again = r.again || told
	return told
}

// hasScriptsFolder asks the disk for a folder without files.
func (r *recipes) hasScriptsFolder(dir string) bool {
	info, err := fs.Stat(r.fsys, r.path(dir, recipe.Scripts))
	return err == nil && info.IsDir()
}

func (r *recipes) addScript(c *model.Component, dir, action string) []diag.Fix {
	script := recipe.ScriptFor(r.sketch(c, "script"), action)
	return r.create(diag.Say("Add %s", script.Name), dir, []source.File{script})
}

// missingUpdate: what changes around a component that imports would never reach it. Where the folder is that of a super component,
// which may import nothing, the script is added there all the same.
func (r *recipes) missingUpdate(c *model.Component, dir string) []diag.Problem {
	if len(r.graph.Imports(c)) == 0 || r.toldAbove(c, dir) && len(r.graph.Imports(r.super(c))) > 0 {
		return nil
	}
	p := onType(diag.XMissingUpdateRecipe, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
	if len(c.Imports) > 0 {
		p.Related = related(c.Place(c.Imports[0].Span), diag.Say("it imports this"))
	}
	if strings.EqualFold(r.graph.Installer(c), "script") {
		p.Fixes = r.addScript(c, dir, "update")
	}
	return []diag.Problem{p}
}

// ambiguous: several files could serve one action; which one does is not obvious to a reader, and other tools take any (PL-30).
func (r *recipes) ambiguous(c *model.Component, dir, action string, rivals []string) diag.Problem {
	p := onType(diag.XAmbiguousScript, c.Name, c.Origin, detail(diag.KindName, action))
	for i, file := range rivals {
		p.Details = append(p.Details, detail(diag.KindFile, file))
		say := diag.Say("could be taken")
		if i == 0 {
			say = diag.Say("this one is taken")
		}
		f := r.open(dir, file)
		p.Related = append(p.Related, related(f.place(f.firstLine()), say)...)
	}
	return p
}

// script checks one file that runs, or makes what runs.
func (r *recipes) script(c *model.Component, dir, file string) []diag.Problem {
	f := r.open(dir, file)
	if f.err != nil {
		return nil // a file that vanished meanwhile: the next loading knows
	}
	return append(lineEnds(c, f), r.unknownVariables(c, dir, f)...)
}

// lineEnds: a carriage return becomes a part of the name of the interpreter (plugins.md 8).
func lineEnds(c *model.Component, f *recipeFile) []diag.Problem {
	first := f.firstLine()
	if !strings.HasPrefix(f.text, "#!") || !strings.HasPrefix(f.text[first.End:], "\r") {
		return nil
	}
	p := diag.Problem{Code: diag.XScriptLineEnds, Place: f.place(first), On: c.Name}
	p.Fixes = []diag.Fix{{Title: diag.Say("Remove the carriage returns"), Edits: carriageReturns(f)}}
	return []diag.Problem{p}
}

// carriageReturns removes those that stand before line ends.
func carriageReturns(f *recipeFile) (edits []source.Edit) {
	for at := 0; ; {
		n := strings.Index(f.text[at:], "\r\n")
		if n < 0 {
			return edits
		}
		at += n + 1
		edits = append(edits, source.Edit{Place: f.place(source.Span{Start: at - 1, End: at})})
	}
}

// unknownVariables: a script asks for a variable of an imported prefix that is never given to it: no provider exports it, or the
// component does not import it. The text is searched first; only what looks wrong makes the script be parsed.
func (r *recipes) unknownVariables(c *model.Component, dir string, f *recipeFile) (found []diag.Problem) {
	imports := r.graph.Imports(c)
	if len(imports) == 0 || r.result.Holes {
		return nil
	}
	for _, u := range f.used() {
		prefix, rest, ok := importedName(imports, u.Name)
		if !ok || r.given(imports, prefix, rest) || !r.meant(dir, f, u) {
			continue
		}
		found = append(found, r.unknownVariable(c, f, u, prefix, rest))
	}
	if f.language() == recipe.Template {
		found = append(found, r.unknownLocals(c, f)...)
	}
	return found
}

// importedName cuts the name of an imported variable: Tomcat_0_ip gives Tomcat and ip. Of several prefixes that fit, the longest
// counts. Those of other applications, and those that nobody exports, are no business of a recipe.
func importedName(imports []model.Import, name string) (prefix, local string, ok bool) {
	for _, i := range imports {
		rest, fits := strings.CutPrefix(name, recipe.Mangle(i.Prefix)+"_")
		if !fits || ok && len(i.Prefix) <= len(prefix) {
			continue
		}
		index, after, cut := strings.Cut(rest, "_")
		if cut && after != "" && index != "" && (index == recipe.Any || strings.Trim(index, "0123456789") == "") {
			prefix, local, ok = i.Prefix, after, true
		}
	}
	return prefix, local, ok
}

// given says whether a recipe is told a variable, by its name in the environment.
func (r *recipes) given(imports []model.Import, prefix, local string) bool {
	if local == "name" {
		return true
	}
	for _, i := range imports {
		switch {
		case i.Prefix != prefix:
		case i.External, !r.graph.Exported(model.Import{Prefix: prefix, Name: "*"}), r.doubtfulPrefix(prefix):
			return true // nobody here knows
		case i.Name != "*" && !r.graph.Exported(i):
			return true // the import is misspelt, which is told there: one mistake, one finding
		case i.Name == local && r.graph.Exported(i), i.Name == "*" && r.graph.Exported(model.Import{Prefix: prefix, Name: local}):
			return true
		case i.Name != "*" && recipe.Mangle(i.Name) == local:
			return true
		case i.Name == "*" && slices.ContainsFunc(r.exported(prefix), func(name string) bool { return recipe.Mangle(name) == local }):
			return true
		}
	}
	return false
}

// exported are the local names that providers export under a prefix, sorted.
func (r *recipes) exported(prefix string) (names []string) {
	for _, c := range bind.Providers(r.graph, prefix) {
		for _, v := range r.graph.Exports(c) {
			if p, local := model.SplitName(v.Name); p == prefix {
				names = append(names, local)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// meant says whether a name that the search found is used once the script is read whole, and is not set by a script of the recipe.
func (r *recipes) meant(dir string, f *recipeFile, u recipe.Use) bool {
	if !slices.Contains(f.parsed().Uses, u) {
		return false
	}
	for _, other := range r.files[dir] {
		if !recipe.IsScript(other) {
			continue
		}
		if _, sets := slices.BinarySearch(r.open(dir, other).parsed().Sets, u.Name); sets {
			return false
		}
	}
	return true
}

// unknownVariable tells what the script may have meant, or that the component should import the variable.
func (r *recipes) unknownVariable(c *model.Component, f *recipeFile, u recipe.Use, prefix, local string) diag.Problem {
	p := diag.Problem{Code: diag.XScriptUnknownVariable, Place: f.place(u.Span), On: c.Name}
	p.Details = []diag.Detail{detail(diag.KindVariable, u.Name)}
	exported := r.exported(prefix)
	written := source.Span{Start: u.Span.End - len(local), End: u.Span.End}
	if i := slices.IndexFunc(exported, func(name string) bool { return recipe.Mangle(name) == local }); i >= 0 {
		p.Related, p.Fixes = importIt(c, prefix, exported[i])
		return p
	}
	forms := make([]string, len(exported))
	for i, name := range exported {
		forms[i] = recipe.Mangle(name)
	}
	load.Suggest(&p, local, near.Among(forms, nil), f.place(written))
	return p
}

// importIt offers to import one more variable beside another of its prefix.
func importIt(c *model.Component, prefix, local string) ([]diag.Related, []diag.Fix) {
	for _, i := range c.Imports {
		if i.Prefix == prefix && !i.External {
			at := c.Place(i.Span)
			start := source.Place{File: at.File, Span: source.Span{Start: at.Span.Start, End: at.Span.Start}}
			full := prefix + "." + local
			return related(at, diag.Say("%s is not imported beside this", full)),
				[]diag.Fix{load.Replacement(diag.Say("Import %s", full), start, full+", ")}
		}
	}
	return nil, nil
}

// unknownLocals: a template asks for a variable that none of its imports has. Prefixes of other applications may have any.
func (r *recipes) unknownLocals(c *model.Component, f *recipeFile) (found []diag.Problem) {
	imports := r.graph.Imports(c)
	var known []string
	for _, i := range imports {
		switch {
		case i.External, !r.graph.Exported(model.Import{Prefix: i.Prefix, Name: "*"}):
			return nil
		case i.Name == "*":
			known = append(known, r.exported(i.Prefix)...)
		default:
			known = append(known, i.Name)
		}
	}
	for _, u := range recipe.ImportedNames(f.text) {
		if slices.Contains(known, u.Name) {
			continue
		}
		p := diag.Problem{Code: diag.XScriptUnknownVariable, Place: f.place(u.Span), On: c.Name}
		p.Details = []diag.Detail{detail(diag.KindVariable, u.Name)}
		load.Suggest(&p, u.Name, near.Among(known, nil), p.Place)
		found = append(found, p)
	}
	return found
}
