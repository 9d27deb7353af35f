package check

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// unusedExports: a variable that nobody imports, that is not exported to others, and that no recipe speaks of. A reusable recipe
// exports for applications that do not exist yet.
func unusedExports(s *subject, c *model.Component) (found []diag.Problem) {
	return s.unusedVariables(c.Name, &c.Origin, c.Exports, nil)
}

func facetUnusedExports(s *subject, f *model.Facet) []diag.Problem {
	return s.unusedVariables(f.Name, &f.Origin, f.Exports, f)
}

// unusedVariables looks at the variables of a type; f is the facet when it is one.
func (s *subject) unusedVariables(owner string, o *model.Origin, list []model.Variable, f *model.Facet) (found []diag.Problem) {
	if s.fsys == nil || s.result.Recipe || s.result.Holes || len(list) == 0 {
		return nil
	}
	var family []*model.Component
	asked := s.graph.Asked(owner)
	for k := range list {
		v := &list[k]
		local := localName(owner, v.Name)
		if slices.Contains(asked, local) || slices.Contains(asked, "*") || s.imported(owner, local) {
			continue
		}
		if family == nil {
			if family = s.family(owner, f); family == nil {
				return nil // an orphan facet is told as such
			}
		}
		if s.importedFrom(family, local) || s.usedByRecipes(family, local) {
			continue
		}
		found = append(found, onWord(diag.XUnusedExport, owner, o.Place(v.Span), detail(diag.KindVariable, model.FullName(owner, v.Name))))
	}
	return found
}

// localName is a variable as its type declares it, without the prefix that it may be written with (MOD-70).
func localName(owner, name string) string {
	if n := len(owner); len(name) > n && name[n] == '.' && name[:n] == owner {
		return name[n+1:]
	}
	return name
}

// family are the components that publish what a type declares, until the next one is asked for.
func (s *subject) family(owner string, f *model.Facet) []*model.Component {
	if f != nil {
		return s.graph.Members(f)
	}
	s.shared.family = append(s.shared.family[:0], s.graph.Component(owner))
	return append(s.shared.family, s.graph.Subs(s.shared.family[0])...)
}

// imported says whether some import, or an external export of the descriptor, asks for a variable by this prefix.
func (s *subject) imported(prefix, local string) bool {
	if s.graph.Imported(prefix, local) {
		return true
	}
	if s.exportedOutside(prefix, local) {
		return true
	}
	return s.misspelt(prefix)
}

// misspelt says whether something that nobody exports is imported by a prefix, or by a word that may stand for it: that is told where
// it stands, and which variable is meant is not known. One mistake, one finding.
func (s *subject) misspelt(prefix string) bool {
	if s.wrongPrefixes == nil {
		s.wrongPrefixes = map[string]bool{}
		for _, asking := range s.graph.Unresolved() {
			s.wrongPrefixes[asking.Import.Prefix] = true
		}
	}
	if s.wrongPrefixes[prefix] || s.meant(prefix) {
		s.again = true
		return true
	}
	return false
}

// importedFrom asks for all other prefixes under which a family publishes a variable: names and facets of its members.
func (s *subject) importedFrom(family []*model.Component, local string) bool {
	for _, c := range family {
		for _, v := range s.graph.Exports(c) {
			n := len(v.Name) - len(local) - 1
			if n > 0 && v.Name[n] == '.' && v.Name[n+1:] == local && s.imported(v.Name[:n], local) {
				return true
			}
		}
	}
	return false
}

// usedByRecipes says whether a recipe of the family speaks of a variable, or one that runs below an instance of the family.
func (s *subject) usedByRecipes(family []*model.Component, local string) bool {
	r := openRecipes(s)
	for _, c := range family {
		dir, ok := r.folderOf(c)
		if !ok {
			continue
		}
		if s.speaksOf(r, dir, s.graph.Installer(c), local, false) {
			return true
		}
	}
	s.again = true // recipes of other components count
	for _, c := range family {
		if s.below(r, c, "ANCESTOR_"+mangled(c.Name)+"_"+mangled(local)) {
			return true
		}
	}
	return false
}

// below says whether a recipe of something that may be deployed on a component, directly or not, holds a word.
func (s *subject) below(r *recipes, c *model.Component, word string) bool {
	seen := map[*model.Component]bool{c: true}
	for todo := s.graph.Children(c); len(todo) > 0; {
		child := todo[0]
		todo = todo[1:]
		if seen[child] {
			continue
		}
		seen[child] = true
		if dir, ok := r.folderOf(child); ok && s.mentions(r, dir, mention{word: word}) {
			return true
		}
		todo = append(todo, s.graph.Children(child)...)
	}
	return false
}

// unusedImports: an import of which the recipes of the component never speak. Machines, and installers that look at no file, import
// for the order alone.
func unusedImports(s *subject, c *model.Component) (found []diag.Problem) {
	if s.fsys == nil || len(c.Imports) == 0 || s.result.Holes {
		return nil
	}
	var answers []prefixAnswer
	for _, i := range c.Imports {
		if !i.External && !s.graph.Exported(i) {
			s.again = true // it is misspelt, which is told
			continue
		}
		k := 0
		for k < len(answers) && answers[k].prefix != i.Prefix {
			k++
		}
		if k == len(answers) {
			answers = append(answers, prefixAnswer{i.Prefix, s.usesPrefix(c, i.Prefix)})
		}
		if answers[k].used {
			continue
		}
		p := onWord(diag.XUnusedImport, c.Name, c.Place(i.Span), detail(diag.KindVariable, i.Full()))
		p.Fixes = s.dropEntry(diag.Say("Remove %s", i.Full()), p.Place)
		found = append(found, p)
	}
	return onlyOne(found)
}

type prefixAnswer struct {
	prefix string
	used   bool
}

// usesPrefix says whether a recipe of c, or of a component that extends it, speaks of a prefix; true when there is none to look at.
func (s *subject) usesPrefix(c *model.Component, prefix string) bool {
	r := openRecipes(s)
	looked := false
	for _, member := range s.family(c.Name, nil) {
		dir, ok := r.folderOf(member)
		installer := s.graph.Installer(member)
		if !ok || len(r.files[dir]) == 0 || strings.EqualFold(installer, model.MachineInstaller) || strings.EqualFold(installer, "logger") {
			continue
		}
		looked = true
		if s.speaksOf(r, dir, installer, prefix, true) ||
			s.mentions(r, dir, mention{word: "importLists"}) || s.mentions(r, dir, mention{word: "ROBOCONF_CONTEXT_FILE"}) {
			return true
		}
	}
	return !looked
}

// speaksOf says whether a recipe holds a name in the form that its installer gives it: Puppet has it in lower case (PL-52), others as it
// is, or without what no variable may hold (PL-38).
func (s *subject) speaksOf(r *recipes, dir, installer, name string, start bool) bool {
	word := mangled(name)
	if strings.EqualFold(installer, "puppet") {
		return s.mentions(r, dir, mention{strings.ToLower(word), start})
	}
	return s.mentions(r, dir, mention{word, start}) || word != name && s.mentions(r, dir, mention{name, start})
}

// mention is a word to look for in recipes. With start, an identifier may go on with "_" behind it: prefixes are followed by an
// index and a variable (PL-35). Without, one may end with it after "_".
type mention struct {
	word  string
	start bool
}

// mostRead is how much of a recipe file is looked at; one that is larger is taken for using everything.
const mostRead = 1 << 20

// mentions says whether one of the files of a recipe folder holds a word. What cannot be read may hold anything.
func (s *subject) mentions(r *recipes, dir string, m mention) bool {
	for n := range r.files[dir] {
		if text, ok := s.opened(r, dir, n); !ok || len(text) > mostRead || m.in(text) {
			return true
		}
	}
	return false
}

// opened is the text of one of the files in a recipe folder; false when it cannot be read. Those of the latest folder are kept:
// several rules ask for them in turn.
func (s *subject) opened(r *recipes, dir string, n int) (text string, ok bool) {
	t := &s.shared
	if t.opened != dir {
		t.opened, t.inside = dir, t.inside[:0]
	}
	for len(t.inside) <= n {
		text, err := s.recipeText(r.root + "/" + dir + "/" + r.files[dir][len(t.inside)])
		t.inside = append(t.inside, recipeText{text, err == nil})
	}
	return t.inside[n].text, t.inside[n].readable
}

type recipeText struct {
	text     string
	readable bool
}

// recipeText is the text of a file of a recipe. A snapshot keeps it; what is opened the ordinary way is kept for this check.
func (s *subject) recipeText(name string) (string, error) {
	if snapshot, ok := s.fsys.(load.Snapshot); ok {
		if text, ok := snapshot.Text(name); ok {
			return text, nil
		}
	}
	if text, known := s.shared.texts[name]; known {
		return text, nil
	}
	data, err := fs.ReadFile(s.fsys, name)
	if err != nil {
		return "", err
	}
	if s.shared.texts == nil {
		s.shared.texts = make(map[string]string)
	}
	s.shared.texts[name] = string(data)
	return string(data), nil
}

// in says whether a text holds the word, as a word of its own or as the part of an identifier that a recipe would write.
func (m mention) in(text string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], m.word)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(m.word)
		if m.fits(byteBefore(text, at), byteAfter(text, end)) {
			return true
		}
		from = at + 1
	}
}

func (m mention) fits(before, after byte) bool {
	if m.start {
		return !isWordByte(before) && (!isWordByte(after) || after == '_')
	}
	return (!isWordByte(before) || before == '_') && !isWordByte(after)
}

func byteBefore(text string, at int) byte {
	if at == 0 {
		return ' '
	}
	return text[at-1]
}

func byteAfter(text string, at int) byte {
	if at == len(text) {
		return ' '
	}
	return text[at]
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// mangled is a name as recipes see it: each run of characters that no variable may hold becomes one underscore (PL-38).
func mangled(name string) string {
	plain := true
	for i := range len(name) {
		plain = plain && isWordByte(name[i])
	}
	if plain {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		switch {
		case isWordByte(name[i]):
			b.WriteByte(name[i])
		case i == 0 || isWordByte(name[i-1]):
			b.WriteByte('_')
		}
	}
	return b.String()
}
