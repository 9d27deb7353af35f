package load

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"sync"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// readInstances reads the instances that the descriptor names (MOD-13).
func (l *loader) readInstances() {
	entry := l.App.Descriptor.InstanceEntry
	hasDir := l.folder.hasDir(instancesDir)
	switch {
	case !l.HasGraph && hasDir:
		l.report(diag.Problem{Code: diag.COGraphCouldNotBeBuilt, Place: l.descriptorStart()})
	case entry == "" || !l.HasGraph:
	case !hasDir:
		p := l.missingEntry(diag.XInstancesDirMissing, KeyInstanceEntry, "")
		p.Details = nil
		l.report(p)
	default:
		name := path.Clean(l.folder.path(instancesDir, entry))
		if !l.folder.exists(name) {
			l.Loose = true
			p := l.missingEntry(diag.ProjMissingInstanceEp, KeyInstanceEntry, name)
			l.suggestFile(&p, instancesLanguage, entry, new(Guesses))
			l.report(p)
			return
		}
		l.buildInstances(l.readLanguage(instancesLanguage, instancesDir, entry))
	}
}

// descriptorStart is line 1 of the descriptor, when there is one.
func (l *loader) descriptorStart() source.Place {
	name := l.folder.path(descriptorFile)
	if l.Files[name] == nil {
		return source.Place{}
	}
	return l.FirstLine(name)
}

// buildInstances puts the trees of all files together: uniqueness, then copies (MOD-93, MOD-100).
func (l *loader) buildInstances(r reading) {
	var declared []*model.Instance
	l.Loose = r.holes
	for _, u := range r.units {
		declared = append(declared, u.instances...)
		l.torn.addInstances(u.torn)
	}
	if !l.options.Strict {
		declared = l.readChannels(declared)
	}
	repeated := l.reportRepeated(declared)
	l.reportUnknownComponents(declared)
	c := copier{loader: l, repeated: repeated, room: l.MaxInstances()}
	roots := c.expandAll(declared)
	if c.copied {
		c.reportConflicts("", roots)
	}
	l.App.Instances = nameApplication(roots, l.App.Descriptor.Name)
}

// readChannels takes the property "channel" of version 0.1 for what it was, unless it overrides a variable (dsl.md 10).
func (l *loader) readChannels(list []*model.Instance) []*model.Instance {
	var out []*model.Instance
	for k, i := range list {
		if now := l.readChannel(i); now != i {
			if out == nil {
				out = slices.Clone(list)
			}
			out[k] = now
		}
	}
	if out == nil {
		return list
	}
	return out
}

func (l *loader) readChannel(i *model.Instance) *model.Instance {
	now := i
	if children := l.readChannels(i.Children); len(children) > 0 && &children[0] != &i.Children[0] {
		now = clone(now)
		now.Children = children
	}
	at := slices.IndexFunc(i.Overrides, func(o model.Override) bool { return o.Name == "channel" })
	if at < 0 || len(model.Overridden(l.App.Graph.Exports(l.App.Graph.Component(i.Component)), "channel").Local) > 0 {
		return now
	}
	channels, hint := decl.LegacyChannel(i.Overrides[at])
	l.report(placeProblem(hint, i.File, i.Base))
	now = clone(now)
	now.Channels = slices.Concat(i.Channels, channels)
	now.Overrides = slices.Delete(slices.Clone(i.Overrides), at, at+1)
	return now
}

func clone(i *model.Instance) *model.Instance {
	c := *i
	return &c
}

// nameApplication puts the application's name among the data of each root (MOD-105).
func nameApplication(roots []*model.Instance, name string) []*model.Instance {
	if name == "" {
		return roots
	}
	named := make([]*model.Instance, len(roots))
	for k, i := range roots {
		root := *i
		root.Data = maps.Clone(i.Data)
		if root.Data == nil {
			root.Data = make(map[string]string, 1)
		}
		root.Data["application.name"] = name
		named[k] = &root
	}
	return named
}

// reportRepeated reports each of several declarations of one path (MOD-93). It gives the paths concerned.
func (l *loader) reportRepeated(roots []*model.Instance) map[string]bool {
	repeated := repeatedPaths("", roots, make(map[string]bool))
	if len(repeated) == 0 {
		return nil
	}
	places := make(map[string][]source.Place)
	for path, i := range model.Walk(roots) {
		if repeated[path] {
			places[path] = append(places[path], i.Place(i.Header))
		}
	}
	for path, i := range model.Walk(roots) {
		if !repeated[path] {
			continue
		}
		at := i.Place(i.Header)
		l.report(diag.Problem{
			Code:  diag.COAlreadyDefinedInstance,
			Place: at,
			On:    path,
			Details: []diag.Detail{
				{Kind: diag.KindInstance, Text: path},
				{Kind: diag.KindAlreadyDefined, Text: path},
			},
			Related: others(places[path], at, diag.Say("also declared here")),
		})
	}
	return repeated
}

// repeatedPaths looks at siblings, and at the children of siblings of one name together.
func repeatedPaths(above string, list []*model.Instance, repeated map[string]bool) map[string]bool {
	if len(list) == 0 {
		return repeated
	}
	children := make(map[string][]*model.Instance, len(list))
	for _, i := range list {
		if known, again := children[i.Name]; again {
			if i.Name != "" {
				repeated[above+"/"+i.Name] = true
			}
			children[i.Name] = append(known, i.Children...)
			continue
		}
		children[i.Name] = slices.Clip(i.Children) // so that nothing is appended to what belongs to others
	}
	// The order cannot show: the result is a set.
	for name, below := range children {
		if len(below) > 0 {
			repeatedPaths(above+"/"+name, below, repeated)
		}
	}
	return repeated
}

// reportUnknownComponents reports instances of components that do not exist, nested ones included (MOD-94).
func (l *loader) reportUnknownComponents(roots []*model.Instance) {
	g := l.App.Graph
	known := sync.OnceValue(func() *near.Known { return l.knownWords().components })
	var guesses Guesses
	for path, i := range model.Walk(roots) {
		if !model.IsTypeName(i.Component) || g.Component(i.Component) != nil {
			continue
		}
		p := diag.Problem{
			Code:    diag.COInexistingComponent,
			Place:   i.Place(i.Origin.Name),
			On:      path,
			Details: []diag.Detail{{Kind: diag.KindComponent, Text: i.Component}},
		}
		Suggest(&p, i.Component, guesses.Among(known()), i.Place(i.Origin.Name))
		l.report(p)
	}
}

// copier replaces instances that have a count by their copies.
type copier struct {
	*loader
	repeated map[string]bool
	copied   bool // some count is 2 or more
	room     int  // how many instances may still be made
}

// DefaultMaxInstances bounds what the counts of an application may ask for: beyond it, copies are left out rather than exhaust the
// memory while somebody types a number.
const DefaultMaxInstances = 200_000

// MaxInstances is the number of instances beyond which the loading left copies out.
func (r *Result) MaxInstances() int {
	if r.options.MaxInstances > 0 {
		return r.options.MaxInstances
	}
	return DefaultMaxInstances
}

func (c *copier) expandAll(list []*model.Instance) []*model.Instance {
	out := make([]*model.Instance, 0, len(list))
	for _, i := range list {
		out = append(out, c.expand(i)...)
	}
	return out
}

// expand makes the copies of an instance, those of its children first (MOD-100). The first copy keeps data and state
// (MOD-101).
func (c *copier) expand(i *model.Instance) []*model.Instance {
	room := c.room
	c.room--
	if len(i.Children) > 0 {
		whole := *i
		whole.Children = c.expandAll(i.Children)
		i = &whole
	}
	if i.Count < 2 {
		return []*model.Instance{i}
	}
	c.copied = true
	size := room - c.room
	n := min(i.Count, max(1, room/size))
	c.room = room - n*size
	width := len(strconv.Itoa(i.Count))
	out := make([]*model.Instance, n)
	for k := range n {
		one := *i
		if k > 0 {
			one = *bare(i)
		}
		one.Name = fmt.Sprintf("%s%0*d", i.Name, width, k+1)
		out[k] = &one
	}
	return out
}

// bare copies a tree of instances without private data and state.
func bare(i *model.Instance) *model.Instance {
	c := *i
	c.Data, c.State = nil, ""
	if len(i.Children) > 0 {
		c.Children = make([]*model.Instance, len(i.Children))
		for k, child := range i.Children {
			c.Children[k] = bare(child)
		}
	}
	return &c
}

// reportConflicts finds computed paths that already exist, on the block that holds the count (MOD-102, DEV-10).
func (c *copier) reportConflicts(above string, list []*model.Instance) {
	first := make(map[string]*model.Instance, len(list))
	for _, i := range list {
		name := above + "/" + i.Name
		other := first[i.Name]
		if other == nil {
			first[i.Name] = i
			continue
		}
		copied := i
		if copied.Count < 2 {
			copied, other = other, copied
		}
		// Two blocks of one declared path were reported as such: their copies add nothing.
		if copied.Count < 2 || c.sameDeclaration(above, copied, other) {
			continue
		}
		at := copied.Place(copied.Header)
		c.report(diag.Problem{
			Code:    diag.COConflictingInferredInstance,
			Place:   at,
			On:      name,
			Details: []diag.Detail{{Kind: diag.KindInstance, Text: name}},
			Related: []diag.Related{{Place: other.Place(other.Header), Message: diag.Say("this one has the same path")}},
		})
	}
	// What happens below one copy happens below all: it is told once.
	told := make(map[source.Place]bool)
	for _, i := range list {
		if at := i.Place(i.Header); len(i.Children) > 0 && !told[at] {
			told[at] = i.Count >= 2
			c.reportConflicts(above+"/"+i.Name, i.Children)
		}
	}
}

// sameDeclaration is true for copies of two blocks that were declared with one path.
func (c *copier) sameDeclaration(above string, a, b *model.Instance) bool {
	return a.Count == b.Count && c.repeated[above+"/"+declaredName(a)] && declaredName(a) == declaredName(b)
}

// declaredName takes the index of a copy away.
func declaredName(i *model.Instance) string {
	if i.Count < 2 {
		return i.Name
	}
	return i.Name[:len(i.Name)-len(strconv.Itoa(i.Count))]
}
