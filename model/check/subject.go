package check

import (
	"io/fs"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// subject is what the rules look at, with what several of them compute from it.
type subject struct {
	result *load.Result
	app    *model.Application
	graph  *model.Graph
	fsys   fs.FS // nil for what no folder holds
	// since is what changed since the last check, when that is known.
	since model.Difference
	known bool
	// options and settings are what people chose.
	options  Options
	settings Settings
	// program says that a program built the application: there are no files at all.
	program bool
	// doubtful are the types that refer to something unknown: what they inherit is unknown as well, so that one mistake
	// gives one finding.
	doubtful map[string]bool
	// instances are the declared instances, parents first: of the copies that a count makes, the first one.
	instances []located
	// counts are the numbers of instances by rank of their components, copies counted as two: nobody asks for more.
	counts []int32
	// rules and probes are those of the application; nil until they are read.
	rules  []*rule.File
	probes []measured
	// scripted are the commands as they run; nil until they ran.
	scripted []*command.Result
	// shared are the tables that only some applications need.
	shared tables
	// again says that the declaration being looked at must be looked at the next time too, whatever is found: what is
	// right about it depends on more than itself and the types it refers to.
	again bool
	// wrongPrefixes are those by which something is imported that nobody exports; nil until somebody asks.
	wrongPrefixes map[string]bool
}

// located is a declared instance with its place in the tree.
type located struct {
	*model.Instance
	component *model.Component // nil when there is none of that name
	rank      int              // of the component, -1 when there is none
	parent    int              // position in the list, -1 for a root
	// copied is the instance itself, or the nearest one above it, that a count multiplies; nil when there is none.
	copied *model.Instance
	// meant are the components that an unknown one probably stands for.
	meant []*model.Component
}

func newSubject(r *load.Result, fsys fs.FS) *subject {
	s := &subject{result: r, app: r.App, graph: r.App.Graph, fsys: fsys, doubtful: make(map[string]bool)}
	if len(s.app.Instances) > 0 {
		s.counts = make([]int32, s.graph.Len())
		s.list(-1, nil, s.app.Instances)
	}
	for _, u := range s.graph.Unknown() {
		if u.Wanted != model.WantType {
			s.doubtful[u.Owner] = true
		}
	}
	return s
}

// list gathers the instances of one level and those below. What is wrong with a copy is wrong with the first one.
func (s *subject) list(parent int, above *model.Instance, level []*model.Instance) {
	var last *model.Instance
	for _, i := range level {
		if last != nil && i.Count >= 2 && i.File != "" && i.Origin == last.Origin {
			continue
		}
		last = i
		copied := above
		if i.Count >= 2 {
			copied = i
		}
		at, rank := len(s.instances), s.graph.Rank(i.Component)
		s.instances = append(s.instances, located{Instance: i, component: s.graph.At(rank), rank: rank, parent: parent, copied: copied})
		if rank >= 0 {
			s.counts[rank]++
			if copied != nil {
				s.counts[rank]++
			}
		}
		if len(i.Children) > 0 {
			s.list(at, copied, i.Children)
		}
	}
}

// path is that of the instance at a position.
func (s *subject) path(k int) string {
	l := &s.instances[k]
	if l.parent < 0 {
		return "/" + l.Name
	}
	return s.path(l.parent) + "/" + l.Name
}

// unsure says whether what a component says, or inherits, is not wholly known.
func (s *subject) unsure(c *model.Component) bool {
	if s.adrift(c) {
		return true
	}
	if !s.result.TornTypes() {
		return false
	}
	return slices.ContainsFunc(s.graph.Supers(c), func(super *model.Component) bool { return s.result.Torn(super.Name) }) ||
		slices.ContainsFunc(s.graph.FacetsOf(c), func(f *model.Facet) bool { return s.result.Torn(f.Name) })
}

// adrift says whether it is not wholly known what a component inherits from.
func (s *subject) adrift(c *model.Component) bool {
	if s.result.Holes {
		return true
	}
	if len(s.doubtful) == 0 {
		return false
	}
	for _, super := range s.graph.Supers(c) {
		if s.doubtful[super.Name] {
			return true
		}
	}
	return slices.ContainsFunc(s.graph.FacetsOf(c), func(f *model.Facet) bool { return s.doubtful[f.Name] })
}

// onType is a finding about a type, on the header of its declaration (DIA-11).
func onType(code diag.Code, name string, o model.Origin, details ...diag.Detail) diag.Problem {
	return diag.Problem{Code: code, Place: header(o), On: name, Details: details}
}

// onWord is a finding about a word in the declaration of a type.
func onWord(code diag.Code, owner string, at source.Place, details ...diag.Detail) diag.Problem {
	return diag.Problem{Code: code, Place: at, On: owner, Details: details}
}

// header is the name in a header, or the header when there is none.
func header(o model.Origin) source.Place {
	if o.Name.Len() > 0 {
		return o.Place(o.Name)
	}
	return o.Place(o.Header)
}

func detail(kind diag.DetailKind, text string) diag.Detail {
	return diag.Detail{Kind: kind, Text: text}
}

// related is a place beside a problem; nothing for what no file declares.
func related(place source.Place, message diag.Phrase) []diag.Related {
	if place.IsZero() {
		return nil
	}
	return []diag.Related{{Place: place, Message: message}}
}

// exact is the very word that a problem on a header is about.
func exact(place source.Place, message diag.Phrase) []diag.Related {
	if place.IsZero() {
		return nil
	}
	return []diag.Related{{Place: place, Message: message, Exact: true}}
}
