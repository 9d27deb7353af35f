package check

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/diag"
)

// modulePrefix starts the name of the module that the installer runs.
const modulePrefix = "roboconf_"

// puppet checks a Puppet recipe: imports by name, one module, the parameters of its classes (diagnostics.md 3.6).
func (r *recipes) puppet(c *model.Component, dir string) (found []diag.Problem) {
	wildcard := func(i model.Import) bool { return i.Name == "*" }
	if slices.ContainsFunc(r.graph.Imports(c), wildcard) {
		found = append(found, onType(diag.RecPuppetDislikesWildcardImports, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	}
	switch modules := r.modules(dir); len(modules) {
	case 0:
		return append(found, onType(diag.RecPuppetHasNoRbcfModule, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	case 1:
		return append(found, r.manifests(c, dir, modules[0])...)
	default:
		return append(found, onType(diag.RecPuppetHasTooManyRbcfModules, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	}
}

// modules are the folders of a recipe whose names start with roboconf_, in any letter case.
func (r *recipes) modules(dir string) (out []string) {
	for _, f := range r.files[dir] {
		top, _, ok := strings.Cut(f, "/")
		if ok && len(top) >= len(modulePrefix) && strings.EqualFold(top[:len(modulePrefix)], modulePrefix) && !slices.Contains(out, top) {
			out = append(out, top)
		}
	}
	return out
}

// manifests checks each *.pp directly in the module's manifests.
func (r *recipes) manifests(c *model.Component, dir, module string) (found []diag.Problem) {
	folder := module + "/manifests"
	var files []string
	for _, f := range r.files[dir] {
		if path.Dir(f) == folder && strings.EqualFold(path.Ext(f), ".pp") {
			files = append(files, f)
		}
	}
	update := folder + "/update.pp"
	if !slices.Contains(files, update) {
		update = folder + "/init.pp"
	}
	for _, f := range files {
		found = append(found, r.manifest(c, dir, f, f == update)...)
	}
	return found
}

func (r *recipes) manifest(c *model.Component, dir, file string, update bool) (found []diag.Problem) {
	text, err := r.read(dir, file)
	if err != nil {
		return nil // a file that vanished meanwhile: the next loading knows
	}
	parameters, ok := ClassParameters(text)
	if !ok {
		return nil
	}
	name := path.Base(file)
	missing := func(code diag.Code, parameter string, details ...diag.Detail) {
		if !slices.Contains(parameters, parameter) {
			found = append(found, onType(code, c.Name, c.Origin, details...))
		}
	}
	if update {
		missing(diag.RecPuppetMissingParamImportDiff, "$importDiff", detail(diag.KindComponent, c.Name), detail(diag.KindFile, name))
	}
	missing(diag.RecPuppetMissingParamRunningState, "$runningState", detail(diag.KindComponent, c.Name), detail(diag.KindFile, name))
	for _, prefix := range r.prefixes(c) {
		missing(diag.RecPuppetMissingParamFromImport, "$"+prefix,
			detail(diag.KindName, c.Name), detail(diag.KindFile, name), detail(diag.KindExpected, prefix))
	}
	return found
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

// ClassParameters reads the parameters of the first "class name ( ... )" of a manifest, each cut at "="; false when there is
// no such class.
func ClassParameters(text string) (parameters []string, ok bool) {
	for at := 0; ; {
		n := strings.Index(text[at:], "class")
		if n < 0 {
			return nil, false
		}
		start := at + n
		at = start + len("class")
		if inside, ok := classHead(text, start, at); ok {
			for piece := range strings.SplitSeq(inside, ",") {
				name, _, _ := strings.Cut(piece, "=")
				if name = lastWord(name); name != "" {
					parameters = append(parameters, name)
				}
			}
			return parameters, true
		}
	}
}

// classHead gives what stands in the parentheses after the word class at [start, at).
func classHead(text string, start, at int) (inside string, ok bool) {
	if start > 0 && !isSpace(text[start-1]) || at >= len(text) || !isSpace(text[at]) {
		return "", false
	}
	rest := strings.TrimLeft(text[at:], " \t\r\n")
	n := strings.IndexAny(rest, " \t\r\n({")
	if n <= 0 {
		return "", false
	}
	rest = strings.TrimLeft(rest[n:], " \t\r\n")
	if !strings.HasPrefix(rest, "(") {
		return "", false
	}
	return balanced(rest[1:])
}

// balanced is the text up to the parenthesis that closes.
func balanced(text string) (string, bool) {
	depth := 1
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[:i], true
			}
		}
	}
	return "", false
}

// lastWord leaves out the type that may stand before a parameter.
func lastWord(s string) string {
	words := strings.Fields(s)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
