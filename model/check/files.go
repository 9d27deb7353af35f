package check

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// importedFiles looks at where imports lead (dsl.md 7).
func importedFiles(s *subject) (found []diag.Problem) {
	if s.fsys == nil {
		return nil
	}
	seen := make(map[[2]string]load.Import) // the file that imports, the file that is imported
	for _, i := range s.result.Imports() {
		target := path.Clean(i.Target)
		first, again := seen[[2]string{i.Place.File, target}]
		seen[[2]string{i.Place.File, target}] = i
		switch {
		case again:
			p := s.importedTwice(i)
			p.Related = related(first.Place, diag.Say("imported here already"))
			found = append(found, p)
		case target == i.Place.File:
			found = append(found, s.importedTwice(i))
		}
		if p, ok := importElsewhere(i); ok {
			found = append(found, p)
		}
		if other := s.result.InAnotherCase(target); other != "" && strings.HasPrefix(other, i.Root+"/") {
			found = append(found, pathCase(i.Place, i.Location, strings.TrimPrefix(other, i.Root+"/"), other))
		}
	}
	return found
}

// importedTwice: each file is read once, whoever imports it how often (DSL-73).
func (s *subject) importedTwice(i load.Import) diag.Problem {
	p := diag.Problem{Code: diag.XRedundantImport, Place: i.Place, Details: []diag.Detail{detail(diag.KindFile, i.Location)}}
	p.Fixes = s.dropLine(diag.Say("Remove the import"), i.Place)
	return p
}

// address is the start of a URL.
var address = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:/`)

// importElsewhere: a location is an address (DSL-72), or leaves the folder of its language (DSL-71).
func importElsewhere(i load.Import) (diag.Problem, bool) {
	clean := path.Clean(strings.ReplaceAll(i.Location, `\`, "/"))
	p := diag.Problem{Place: i.Place, Details: []diag.Detail{detail(diag.KindFile, i.Location)}}
	switch {
	case address.MatchString(i.Location):
		p.Code = diag.XRemoteImport
	case path.IsAbs(clean), clean == "..", strings.HasPrefix(clean, "../"), len(clean) > 1 && clean[1] == ':':
		p.Code = diag.XImportOutside
	default:
		return p, false
	}
	return p, true
}

// pathCase: something exists in another letter case only, which some systems find, others not.
func pathCase(at source.Place, location, right, file string) diag.Problem {
	p := diag.Problem{Code: diag.XPathCase, Place: at, Details: []diag.Detail{detail(diag.KindFile, file)}}
	p.Fixes = replace(diag.Say("Replace %s by %s", location, right), at, right)
	return p
}

// entryFiles looks at the letter case of the entry points (MOD-13).
func entryFiles(s *subject) (found []diag.Problem) {
	if s.result.Descriptor == nil || s.fsys == nil {
		return nil
	}
	for _, entry := range []struct{ key, dir string }{{load.KeyGraphEntry, "graph"}, {load.KeyInstanceEntry, "instances"}} {
		e, _ := s.result.Descriptor.Key(entry.key)
		root := path.Join(s.result.Base, entry.dir)
		if e.Value == "" {
			continue
		}
		if other := s.result.InAnotherCase(path.Join(root, e.Value)); strings.HasPrefix(other, root+"/") {
			at := source.Place{File: s.descriptorFile(), Span: e.ValueSpan}
			found = append(found, pathCase(at, e.Value, strings.TrimPrefix(other, root+"/"), other))
		}
	}
	return found
}

// unusedFolders: a folder beside the graph that is neither the recipe of a component nor a place for graph files. While names may be
// missing from the graph, nobody can tell.
func unusedFolders(s *subject) (found []diag.Problem) {
	if s.fsys == nil || !s.result.HasGraph || s.result.Holes || s.result.Broken || s.result.GraphFile == "" {
		return nil
	}
	r := openRecipes(s)
	var owners *near.Known
	var guesses load.Guesses
	wanted := r.wanted()
	for _, name := range r.folders() {
		if r.serves(name) || wanted[name] {
			continue
		}
		if owners == nil {
			owners = near.Among(r.bare(), nil)
		}
		p := diag.Problem{Code: diag.XUnusedResourceDirectory, Place: source.Place{File: path.Join(r.root, name)}}
		p.Details = []diag.Detail{detail(diag.KindDirectory, path.Join(r.root, name))}
		p.Related, p.Fixes = r.proposeOwner(name, guesses.Among(owners))
		found = append(found, p)
	}
	return found
}

// serves says whether a folder below graph/ is there for something.
func (r *recipes) serves(name string) bool {
	isGraph := func(file string) bool { return strings.EqualFold(path.Ext(file), ".graph") }
	return strings.HasPrefix(name, ".") || r.graph.Component(name) != nil || slices.ContainsFunc(r.files[name], isGraph)
}

// wanted are the folders that were told to have the name of a component in another letter case.
func (r *recipes) wanted() map[string]bool {
	out := make(map[string]bool)
	for _, c := range r.graph.Components() {
		if _, has := r.folderOf(c); !has {
			out[r.folderLike(c)] = true
		}
	}
	return out
}

// bare are the components without a folder of their own.
func (r *recipes) bare() (names []string) {
	for _, c := range r.graph.Components() {
		if _, has := r.files[c.Name]; !has && c.Name != "" {
			names = append(names, c.Name)
		}
	}
	return names
}

// proposeOwner names the components without a folder for which one may be meant; bare is nil when nobody shall guess.
func (r *recipes) proposeOwner(folder string, bare *near.Known) ([]diag.Related, []diag.Fix) {
	if bare == nil {
		return nil, nil
	}
	names := bare.Names(folder)
	if len(names) == 0 {
		return nil, nil
	}
	beside := related(header(r.graph.Component(names[0]).Origin), diag.DidYouMean(names))
	if len(names) > 1 {
		return beside, nil
	}
	move := source.Move{From: path.Join(r.root, folder), To: path.Join(r.root, names[0])}
	return beside, []diag.Fix{{Title: diag.Say("Rename the folder to %s", names[0]), Moves: []source.Move{move}}}
}

// recipeFolder looks at a folder that someone wants to give away as a recipe (diagnostics.md 3.6): it says what it is for, and holds
// no instances.
func recipeFolder(s *subject) (found []diag.Problem) {
	if s.fsys == nil || !s.result.AskedAsRecipe() {
		return nil
	}
	if !hasReadme(s.fsys) {
		p := diag.Problem{Code: diag.RecMissingReadme}
		text := "# What this recipe is for\n\nSay here what it installs, what it imports and exports, and how to use it.\n"
		p.Fixes = []diag.Fix{{Title: diag.Say("Add %s", "README.md"), Files: []source.File{{Name: "README.md", Text: text}}}}
		found = append(found, p)
	}
	below := path.Join(s.result.Base, "instances") + "/"
	if slices.ContainsFunc(s.result.All, func(name string) bool {
		return strings.HasPrefix(name, below) && strings.EqualFold(path.Ext(name), ".instances")
	}) {
		found = append(found, diag.Problem{Code: diag.RecAvoidInstances})
	}
	return found
}

// hasReadme looks for readme, or readme.anything, in any letter case, where the build starts.
func hasReadme(fsys fs.FS) bool {
	entries, _ := fs.ReadDir(fsys, ".") // a folder that cannot be listed was told about
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		name := strings.ToLower(e.Name())
		return !e.IsDir() && (name == "readme" || strings.HasPrefix(name, "readme."))
	})
}
