package names

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// recipes knows which components use which folder, and what their recipes are told.
type recipes struct {
	users map[string][]*model.Component
	told  map[*model.Component]recipe.Names
}

// folders finds out once which components use which folder: that of the first of their super components that has one (MOD-55).
func (b *book) folders() *recipes {
	if b.recipes != nil {
		return b.recipes
	}
	b.recipes = &recipes{users: make(map[string][]*model.Component), told: make(map[*model.Component]recipe.Names)}
	if len(b.Result.Resources) == 0 {
		return b.recipes
	}
	for _, c := range b.types.Components() {
		for _, super := range b.types.Supers(c) {
			if _, ok := b.Result.Resources[super.Name]; ok {
				b.recipes.users[super.Name] = append(b.recipes.users[super.Name], c)
				break
			}
		}
	}
	return b.recipes
}

// inRecipes collects the mentions in all recipes that are told about the name that is looked for.
func (b *book) inRecipes() {
	if len(b.Result.Resources) == 0 {
		return
	}
	root := b.inProject("graph") + "/"
	told := make(map[string]bool)
	for _, file := range b.Result.All {
		rest, below := strings.CutPrefix(file, root)
		if !below || b.sort(file) != recipeFile || b.Result.Files[file] != nil {
			continue
		}
		folder, _, _ := strings.Cut(rest, "/")
		yes, known := told[folder]
		if !known {
			yes = slices.ContainsFunc(b.folders().users[folder], b.tells)
			told[folder] = yes
		}
		if yes {
			b.recipe(file)
		}
	}
}

// tells says whether the recipes of a component may hear of what is looked for.
func (b *book) tells(c *model.Component) bool {
	n := b.namesFor(c)
	has := func(list []string) bool { return slices.Contains(list, b.name.Text) }
	switch b.name.Kind {
	case Component, Facet, Prefix:
		_, imported := n.Imports[b.name.Text]
		_, above := n.Ancestors[b.name.Text]
		return imported || above
	case Variable, Alias:
		if has(n.Own) {
			return true
		}
		for _, list := range n.Imports { // any of them will do
			if has(list) {
				return true
			}
		}
		for _, list := range n.Ancestors {
			if has(list) {
				return true
			}
		}
	}
	return false
}

// namesFor are the names that the recipes of a component are told (PL-35).
func (b *book) namesFor(c *model.Component) recipe.Names {
	r := b.folders()
	if n, known := r.told[c]; known {
		return n
	}
	n := recipe.Names{Own: locals(b.types.Exports(c), ""), Imports: make(map[string][]string), Ancestors: make(map[string][]string)}
	for _, i := range b.types.Imports(c) {
		n.Imports[i.Prefix] = append(n.Imports[i.Prefix], b.imported(i)...)
	}
	b.above(c, n.Ancestors)
	r.told[c] = n
	return n
}

// imported are the local names that one import brings.
func (b *book) imported(i model.Import) []string {
	if i.Name != "*" {
		return []string{i.Name}
	}
	switch {
	case i.External:
		return b.aliases(i.Prefix)
	case b.types.Component(i.Prefix) != nil:
		return locals(b.types.Exports(b.types.Component(i.Prefix)), i.Prefix)
	case b.types.Facet(i.Prefix) != nil:
		return locals(b.types.FacetExports(b.types.Facet(i.Prefix)), i.Prefix)
	}
	return nil
}

// aliases are what the applications that are known export under a prefix.
func (b *book) aliases(prefix string) (list []string) {
	add := func(d model.Descriptor) {
		for _, x := range d.Exports {
			if d.ExportsPrefix == prefix {
				list = append(list, x.Alias)
			}
		}
	}
	add(b.Result.App.Descriptor)
	for _, other := range b.Beside {
		if other.Result != nil && other.Result.App != nil {
			add(other.Result.App.Descriptor)
		}
	}
	return list
}

// above adds what the ancestors of a component export, up to the roots.
func (b *book) above(c *model.Component, to map[string][]string) {
	for _, a := range b.types.Ancestors(c) {
		if _, known := to[a.Name]; !known {
			to[a.Name] = locals(b.types.Exports(a), "")
			b.above(a, to)
		}
	}
}

// locals are the local names of variables, each once; with a prefix, of those under it.
func locals(exports []model.Variable, prefix string) (list []string) {
	for _, v := range exports {
		if p, local := model.SplitName(v.Name); (prefix == "" || p == prefix) && !slices.Contains(list, local) {
			list = append(list, local)
		}
	}
	return list
}

// recipe collects the mentions in one file of a recipe. What the file itself sets is its own.
func (b *book) recipe(file string) {
	rest := strings.TrimPrefix(file, b.inProject("graph")+"/")
	folder, _, _ := strings.Cut(rest, "/")
	users := b.folders().users[folder]
	if len(users) == 0 {
		return
	}
	text, ok := b.Text(file)
	if !ok || b.only && !strings.Contains(strings.ToLower(text), strings.ToLower(recipe.Mangle(b.name.Text))) {
		return
	}
	m := mentions{b, file, text, users}
	lang := recipe.LanguageOf(path.Base(file), text)
	if lang == recipe.Manifest {
		m.manifest()
		return
	}
	s := recipe.Read(lang, text)
	for _, u := range s.Uses {
		if _, own := slices.BinarySearch(s.Sets, u.Name); !own {
			m.variable(u)
		}
	}
	if lang == recipe.Template {
		for _, u := range recipe.ImportedNames(text) {
			m.anyImport(u.Name, u.Span)
		}
	}
}

// mentions reads one file of a recipe.
type mentions struct {
	*book
	file, text string
	users      []*model.Component
}

// meaning is what a name says to the first component that knows it.
func (m mentions) meaning(name string) (*model.Component, recipe.Meaning) {
	var first *model.Component
	var vague recipe.Meaning
	for _, c := range m.users {
		switch means := m.namesFor(c).Decode(name); {
		case means.Role == recipe.Foreign:
		case means.Known:
			return c, means
		case first == nil:
			first, vague = c, means
		}
	}
	return first, vague
}

// variable notes what a variable of the environment is made of.
func (m mentions) variable(u recipe.Use) {
	c, means := m.meaning(u.Name)
	if c == nil {
		return
	}
	local := source.Span{Start: u.Span.End - len(recipe.Mangle(means.Local)), End: u.Span.End}
	switch means.Role {
	case recipe.Own:
		m.mention(m.book.variable(c.Name, c.Name+"."+means.Local), u.Span, means.Local)
	case recipe.Changed:
		m.anyImport(means.Local, local)
	case recipe.Ancestor:
		at := source.Span{Start: u.Span.Start + len("ANCESTOR_")}
		at.End = at.Start + len(recipe.Mangle(means.Prefix))
		m.mention(Name{Kind: Component, Text: means.Prefix}, at, means.Prefix)
		if means.Known {
			m.mention(m.book.variable(means.Prefix, means.Prefix+"."+means.Local), local, means.Local)
		}
	case recipe.Size, recipe.Path, recipe.Imported:
		at := source.Span{Start: u.Span.Start, End: u.Span.Start + len(recipe.Mangle(means.Prefix))}
		m.mention(m.prefix(c, means.Prefix), at, means.Prefix)
		if means.Role == recipe.Imported && means.Known {
			m.mention(m.local(c, means.Prefix, means.Local), local, means.Local)
		}
	}
}

// anyImport notes the local name of a variable that may be of any import: of the first prefix that has it.
func (m mentions) anyImport(local string, at source.Span) {
	for _, c := range m.users {
		for _, i := range m.types.Imports(c) {
			if i.Name == local || i.Name == "*" && slices.Contains(m.imported(i), local) {
				m.mention(m.local(c, i.Prefix, local), at, local)
				return
			}
		}
	}
}

// external says whether a component imports a prefix from other applications.
func (m mentions) external(c *model.Component, prefix string) bool {
	return slices.ContainsFunc(m.types.Imports(c), func(i model.Import) bool { return i.External && i.Prefix == prefix })
}

func (m mentions) prefix(c *model.Component, prefix string) Name {
	if m.external(c, prefix) {
		return Name{Kind: Prefix, Text: prefix}
	}
	return Name{Kind: m.kindOf(prefix), Text: prefix}
}

func (m mentions) local(c *model.Component, prefix, local string) Name {
	if m.external(c, prefix) {
		return Name{Kind: Alias, Owner: prefix, Text: local}
	}
	return m.book.variable(prefix, prefix+"."+local)
}

// mention notes a part of a name, when that part itself is written there.
func (m mentions) mention(n Name, at source.Span, word string) {
	if at.Of(m.text) == recipe.Mangle(word) {
		m.note(n, source.Place{File: m.file, Span: at}, Recipe)
	}
}

// manifest notes the variables of a Puppet manifest that are parameters: exports, imported prefixes, both in lower case (PL-52).
func (m mentions) manifest() {
	means := make(map[string]Name)
	add := func(word string, n Name) {
		word = strings.ToLower(recipe.Mangle(word))
		if _, known := means[word]; !known {
			means[word] = n
		}
	}
	for _, c := range m.users {
		for _, i := range m.types.Imports(c) {
			add(i.Prefix, m.prefix(c, i.Prefix))
		}
		for _, local := range m.namesFor(c).Own {
			add(local, m.book.variable(c.Name, c.Name+"."+local))
		}
	}
	for at := 0; ; {
		n := strings.IndexByte(m.text[at:], '$')
		if n < 0 {
			return
		}
		at += n + 1
		start := at + len(m.text[at:]) - len(strings.TrimLeft(m.text[at:], "{:"))
		at = start
		for at < len(m.text) && isWord(m.text[at]) {
			at++
		}
		if name, ok := means[m.text[start:at]]; ok {
			m.note(name, source.Place{File: m.file, Span: source.Span{Start: start, End: at}}, Recipe)
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
