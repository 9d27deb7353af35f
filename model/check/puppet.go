package check

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// puppet checks a Puppet recipe: imports by name, one module, its manifests, the parameters of their classes (diagnostics.md 3.6).
func (r *recipes) puppet(c *model.Component, dir string) (found []diag.Problem) {
	wildcard := func(i model.Import) bool { return i.Name == "*" }
	if slices.ContainsFunc(r.graph.Imports(c), wildcard) {
		found = append(found, onType(diag.RecPuppetDislikesWildcardImports, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	}
	switch modules := recipe.Modules(r.files[dir]); len(modules) {
	case 0:
		return append(found, onType(diag.RecPuppetHasNoRbcfModule, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	case 1:
		return append(found, r.manifests(c, dir, modules[0])...)
	default:
		p := onType(diag.RecPuppetHasTooManyRbcfModules, c.Name, c.Origin, detail(diag.KindComponent, c.Name))
		for _, m := range modules {
			p.Related = append(p.Related, related(source.Place{File: r.path(dir, m)}, diag.Say("a module"))...)
		}
		return append(found, p)
	}
}

// manifests checks each *.pp directly in the module's manifests, and looks for those that are missing.
func (r *recipes) manifests(c *model.Component, dir, module string) (found []diag.Problem) {
	files := recipe.Manifests(r.files[dir], module)
	init, update := module+"/manifests/init.pp", module+"/manifests/update.pp"
	hasInit := slices.Contains(files, init)
	if !slices.Contains(files, update) {
		update = init
	}
	for _, f := range files {
		found = append(found, r.manifest(c, dir, f, f == update)...)
	}
	if hasInit {
		return found
	}
	var missing []diag.Detail
	for _, action := range recipe.Actions {
		switch {
		case slices.Contains(files, module+"/manifests/"+action+".pp"):
		case action == "update" && len(r.graph.Imports(c)) > 0:
			found = append(found, r.missingUpdate(c, dir)...)
		default:
			missing = append(missing, detail(diag.KindName, action))
		}
	}
	if len(missing) > 0 && !r.toldAbove(c, dir) {
		p := onType(diag.XMissingManifest, c.Name, c.Origin, missing...)
		p.Fixes = r.addInit(c, dir, module)
		found = append(found, p)
	}
	return found
}

// addInit adds the manifest that serves every action that has none of its own.
func (r *recipes) addInit(c *model.Component, dir, module string) []diag.Fix {
	sketch := r.sketch(c, "puppet")
	init := recipe.Skeleton(sketch)[0]
	made := strings.SplitN(init.Name, "/", 2)[0]
	init.Name = module + "/manifests/init.pp"
	init.Text = strings.Replace(init.Text, "class "+made+"(", "class "+strings.ToLower(module)+"(", 1)
	return r.create(diag.Say("Add %s", init.Name), dir, []source.File{init})
}

func (r *recipes) manifest(c *model.Component, dir, file string, update bool) (found []diag.Problem) {
	f := r.open(dir, file)
	if f.err != nil {
		return nil // a file that vanished meanwhile: the next loading knows
	}
	if v := r.verdict(f.text); !v.ok {
		p := onType(diag.RecPuppetSyntaxError, c.Name, c.Origin, detail(diag.KindComponent, c.Name), detail(diag.KindFile, path.Base(file)))
		p.Related = related(f.place(f.firstLine()), diag.Say("Puppet says: %s", v.message))
		found = append(found, p)
	}
	class, ok := recipe.ReadClass(f.text)
	if !ok {
		return found
	}
	m := manifest{recipes: r, component: c, file: f, class: class}
	base := path.Base(file)
	if update {
		m.want("$importDiff", diag.RecPuppetMissingParamImportDiff, detail(diag.KindComponent, c.Name), detail(diag.KindFile, base))
	}
	m.want("$runningState", diag.RecPuppetMissingParamRunningState, detail(diag.KindComponent, c.Name), detail(diag.KindFile, base))
	prefixes := r.prefixes(c)
	for _, prefix := range prefixes {
		m.want("$"+prefix, diag.RecPuppetMissingParamFromImport,
			detail(diag.KindName, c.Name), detail(diag.KindFile, base), detail(diag.KindExpected, prefix))
	}
	for _, local := range r.localExports(c) {
		if name := strings.ToLower(recipe.Mangle(local)); !slices.Contains(prefixes, name) {
			m.wantExport("$"+name, local, base)
		}
	}
	return append(found, m.found...)
}

// verdict asks Puppet, once for each text.
func (r *recipes) verdict(text string) verdict {
	if r.options.Puppet == nil {
		return verdict{ok: true}
	}
	v, asked := r.memo.puppet[text]
	if !asked {
		v.message, v.ok = r.options.Puppet(text)
		v.message = strings.TrimSpace(v.message)
		r.memo.puppet[text] = v
	}
	return v
}

// manifest is one that is held against its component.
type manifest struct {
	*recipes
	component *model.Component
	file      *recipeFile
	class     recipe.Class
	found     []diag.Problem
}

// want reports a parameter that the class lacks, on the component.
func (m *manifest) want(parameter string, code diag.Code, details ...diag.Detail) {
	if m.class.Has(parameter) {
		return
	}
	p := onType(code, m.component.Name, m.component.Origin, details...)
	p.Related = related(m.file.place(m.class.NameSpan), diag.Say("the class"))
	p.Fixes = m.add(parameter)
	m.found = append(m.found, p)
}

// wantExport reports one that stands for an exported variable, on the class (plugins.md 5.3).
func (m *manifest) wantExport(parameter, local, file string) {
	if m.class.Has(parameter) {
		return
	}
	p := diag.Problem{Code: diag.XPuppetMissingExportParam, Place: m.file.place(m.class.NameSpan), On: m.component.Name}
	p.Details = []diag.Detail{detail(diag.KindFile, file), detail(diag.KindVariable, local)}
	p.Related = related(header(m.component.Origin), diag.Say("it exports %s", local))
	p.Fixes = m.add(parameter)
	m.found = append(m.found, p)
}

// add gives the class a parameter.
func (m *manifest) add(parameter string) []diag.Fix {
	at, with := m.class.Adding(m.file.text, parameter)
	return []diag.Fix{load.Replacement(diag.Say("Add the parameter %s", parameter), m.file.place(source.Span{Start: at, End: at}), with)}
}

// prefixes are those of all imports of c, external ones too, in lower case, sorted.
func (r *recipes) prefixes(c *model.Component) (out []string) {
	for _, n := range bind.Needs(r.graph, c) {
		out = append(out, strings.ToLower(n.Prefix))
	}
	for _, i := range r.graph.Imports(c) {
		if i.External {
			out = append(out, strings.ToLower(i.Prefix))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ClassParameters reads the parameters of the first "class name ( ... )" of a manifest; false when there is no such class.
func ClassParameters(text string) (parameters []string, ok bool) {
	class, ok := recipe.ReadClass(text)
	for _, p := range class.Parameters {
		parameters = append(parameters, p.Name)
	}
	return parameters, ok
}
