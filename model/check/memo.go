package check

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
)

// Memo remembers what was found about what did not change since. It belongs to one folder; it is not safe for concurrent use.
//
// Findings themselves are never kept: their places move. What is kept is which declarations gave none, so that nobody asks again
// about those while neither they nor what the rules see around them changes.
type Memo struct {
	recipes recipeMemo
	texts   textMemo

	result *load.Result // nil before the first check
	fsys   fs.FS
	around surroundings
	// loud and loudFacets are the types that gave findings, or that depend on more than themselves.
	loud, loudFacets []voice
	// folders are the names of the recipe folders, sorted.
	folders []string
	// names are the rules about names that found something.
	names ruleSet
	// stuck and open say that there were deadlocks, and instances that wait.
	stuck, open bool
	counts      []int32
	// types are the names of all types, as they were prepared for misspelt ones.
	types *near.Known
}

// surroundings is what the rules about single declarations look at beside the graph.
type surroundings struct {
	recipe, holes, loose, beside, files bool
	base, exports, installers           string
	graph                               string
}

func (s *subject) surroundings() surroundings {
	var exports strings.Builder
	for _, e := range s.app.Descriptor.Exports {
		exports.WriteString(e.Variable + "\n")
	}
	return surroundings{
		recipe: s.result.Recipe, holes: s.result.Holes, loose: s.result.Loose, beside: len(s.options.Beside) > 0, files: s.fsys != nil,
		base: s.result.Base, graph: s.result.GraphFile, exports: exports.String(), installers: strings.Join(s.settings.Installers, "\n"),
	}
}

// remember finds out whether the memory of the last check is good for anything.
func (s *subject) remember() {
	m := s.options.Memo
	if m == nil || m.result == nil {
		return
	}
	if s.result.SameFiles(m.result) {
		s.shared.folders = m.folders
	}
	if s.since, s.known = s.graph.Since(m.result.App.Graph); s.known {
		s.known = m.around == s.surroundings()
	}
}

// keep stores what the next check may take over.
func (s *subject) keep() {
	if m := s.options.Memo; m != nil {
		m.result, m.fsys, m.around = s.result, s.fsys, s.surroundings()
		m.counts, m.folders = s.counts, s.shared.folders
	}
}

// calm says whether nothing can have come up, since the last check found nothing, among rules that ask who answers whose imports and
// how many instances there are.
func (s *subject) calm(found func(*Memo) bool) bool {
	m := s.options.Memo
	return s.known && !found(m) && s.graph.Alike(m.result.App.Graph) && slices.Equal(s.counts, m.counts)
}

// voice is a type that gave findings, with the rules that had them.
type voice struct {
	name  string
	rank  int // of a component, as long as the shape of the graph is the same
	rules ruleSet
}

// ruleSet is a set of rules by their position in their list.
type ruleSet uint32

const everyRule = ^ruleSet(0)

// job is a type to ask some rules about.
type job[T any] struct {
	about T
	rank  int
	rules ruleSet
}

// names asks the rules about names.
func (s *subject) names() (found []diag.Problem) {
	m, asked := s.options.Memo, everyRule
	if s.known && !s.since.Shape && s.result.SameFiles(m.result) {
		asked = m.names
	}
	var had ruleSet
	for k, rule := range nameRules {
		if asked&(1<<k) == 0 {
			continue
		}
		if list := rule(s); len(list) > 0 {
			found, had = append(found, list...), had|1<<k
		}
	}
	if m != nil {
		m.names = had
	}
	return found
}

// declarations asks the rules about each component, each facet; those about which nothing new can be said are left out.
func (s *subject) declarations() []diag.Problem {
	components, facets := s.worklist()
	found, loud := ask(s, nil, components, componentRules, func(c *model.Component) string { return c.Name })
	found, loudFacets := ask(s, found, facets, facetRules, func(f *model.Facet) string { return f.Name })
	if m := s.options.Memo; m != nil {
		m.loud, m.loudFacets = loud, loudFacets
	}
	return found
}

// ask adds what rules find about types, and says which of them found something.
func ask[T any](
	s *subject, found []diag.Problem, jobs []job[T], rules []func(*subject, T) []diag.Problem, name func(T) string,
) ([]diag.Problem, []voice) {
	var loud []voice
	for _, j := range jobs {
		var had ruleSet
		for k, rule := range rules {
			if j.rules&(1<<k) == 0 {
				continue
			}
			s.again = false
			list := rule(s, j.about)
			if len(list) > 0 {
				found = append(found, list...)
			}
			if s.again || len(list) > 0 {
				had |= 1 << k
			}
		}
		if had != 0 {
			loud = append(loud, voice{name(j.about), j.rank, had})
		}
	}
	return found, loud
}

// worklist says what to ask about which declarations: everything about all of them, or everything about those that changed, and
// about others what had an answer the last time.
func (s *subject) worklist() (components []job[*model.Component], facets []job[*model.Facet]) {
	m := s.options.Memo
	names, known := []string(nil), false
	if s.known {
		names, known = s.changedRecipes(m)
	}
	if !known {
		return everything(s.graph.Components()), everything(s.graph.Facets())
	}
	components, facets = everything(s.since.Components), everything(s.since.Facets)
	for _, name := range names {
		for _, c := range s.readersOf(name) {
			components = append(components, job[*model.Component]{c, -1, everyRule})
			facets = append(facets, everything(s.graph.FacetsOf(c))...)
		}
	}
	changed, changedFacets := len(components), len(facets)
	for _, v := range m.loud {
		if s.since.Shape || v.rank < 0 {
			v.rank = s.graph.Rank(v.name)
		}
		if v.rank >= 0 {
			components = append(components, job[*model.Component]{s.graph.At(v.rank), v.rank, v.rules})
		}
	}
	for _, v := range m.loudFacets {
		if f := s.graph.Facet(v.name); f != nil {
			facets = append(facets, job[*model.Facet]{f, -1, v.rules})
		}
	}
	return once(components, changed), once(facets, changedFacets)
}

func everything[T any](list []T) []job[T] {
	jobs := make([]job[T], len(list))
	for k, about := range list {
		jobs[k] = job[T]{about, -1, everyRule}
	}
	return jobs
}

// once leaves out what stands among the first n jobs already: those ask everything.
func once[T comparable](jobs []job[T], n int) []job[T] {
	if n == 0 {
		return jobs
	}
	seen := make(map[T]bool, n)
	kept := jobs[:0]
	for k, j := range jobs {
		if seen[j.about] {
			continue
		}
		if k < n {
			seen[j.about] = true
		}
		kept = append(kept, j)
	}
	return kept
}

// changedRecipes are the files whose text changed since the last check; false when that is not known, or when files came or went.
func (s *subject) changedRecipes(m *Memo) ([]string, bool) {
	if s.fsys == nil {
		return nil, true
	}
	next, ok := s.fsys.(load.Successor)
	if !ok || m.fsys == nil || !s.result.SameFiles(m.result) {
		return nil, false
	}
	return next.Changed(m.fsys)
}

// readersOf are the components about which a file of a recipe says something: the one whose folder it is in, those that extend it,
// those that it extends.
func (s *subject) readersOf(file string) []*model.Component {
	inside, ok := strings.CutPrefix(file, openRecipes(s).root+"/")
	if !ok {
		return nil
	}
	dir, _, _ := strings.Cut(inside, "/")
	c := s.graph.Component(dir)
	if c == nil {
		return nil
	}
	return slices.Concat(s.graph.Supers(c), s.graph.Subs(c))
}
