package check

import (
	"math"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// keptData: what an instance keeps of a run is lost when an application is created (MOD-160), and only the first of several copies
// has it (MOD-101).
func keptData(s *subject) (found []diag.Problem) {
	for k := range s.instances {
		l := &s.instances[k]
		if l.State == "" && !s.hasData(l) {
			continue
		}
		for name, at := range s.properties(l.Instance) {
			private := syntax.IsData(name)
			if !private && name != "instance-data" && name != "instance-state" {
				continue
			}
			if l.copied != nil {
				p := onInstance(diag.XDataNotReplicated, s.path(k), l.Instance, detail(diag.KindName, name))
				p.Place = at
				p.Related = related(l.copied.Place(l.copied.CountSpan), diag.Say("copied by this count"))
				found = append(found, p)
			}
			if !private && !s.result.Recipe {
				p := onInstance(diag.XStateInTemplate, s.path(k), l.Instance, detail(diag.KindName, name))
				p.Place = at
				p.Fixes = s.dropLine(diag.Say("Remove the line"), at)
				found = append(found, p)
			}
		}
	}
	return found
}

// hasData leaves out what the loader puts there (MOD-105).
func (s *subject) hasData(l *located) bool {
	if l.parent < 0 && len(l.Data) == 1 {
		_, named := l.Data["application.name"]
		return !named
	}
	return len(l.Data) > 0
}

// properties gives the properties of an instance as its file has them: their names, and where they stand.
func (s *subject) properties(i *model.Instance) func(yield func(string, source.Place) bool) {
	return func(yield func(string, source.Place) bool) {
		f := s.result.Files[i.File]
		if f == nil || f.Tree == nil {
			return
		}
		base, chunk := f.Tree.ChunkAt(i.Base)
		if chunk == nil || base != i.Base {
			return
		}
		node, found := headed(chunk.Item(), i.Header)
		if !found {
			return
		}
		for child := range node.Children() {
			if child.Kind() != syntax.Property {
				continue
			}
			whole := source.Span{Start: child.Name().Start, End: child.Head().End}
			if !yield(syntax.Clean(child.Name().Of(chunk.Text())), i.Place(whole)) {
				return
			}
		}
	}
}

// headed finds the block with a header, a node or one inside it.
func headed(n syntax.Node, header source.Span) (syntax.Node, bool) {
	if n.Opens() && n.Head() == header {
		return n, true
	}
	for child := range n.Children() {
		if child.Opens() && child.Span().Contains(header.Start) {
			if found, ok := headed(child, header); ok {
				return found, true
			}
		}
	}
	return syntax.Node{}, false
}

// explosion: copies of copies are many. The finding stands on the count that crosses the limit.
func explosion(s *subject) []diag.Problem {
	limit := s.settings.MaxInstances
	if limit == 0 {
		limit = DefaultMaxInstances
	}
	limit = min(limit, s.result.MaxInstances()) // what is beyond is not even there
	times := make([]int, len(s.instances))      // how many of each there are
	total := 0
	for k := range s.instances {
		l := &s.instances[k]
		times[k] = max(1, l.Count)
		if l.parent >= 0 {
			times[k] = multiply(times[k], times[l.parent])
		}
		if total = min(total+times[k], math.MaxInt32); total > limit && l.copied != nil {
			p := onInstance(diag.XCountExplosion, s.path(k), l.copied,
				detail(diag.KindValue, strconv.Itoa(total)), detail(diag.KindExpected, strconv.Itoa(limit)))
			p.Place = l.copied.Place(l.copied.CountSpan)
			return []diag.Problem{p}
		}
	}
	return nil
}

// multiply stops at what no application has.
func multiply(a, b int) int {
	if a > math.MaxInt32/b {
		return math.MaxInt32
	}
	return a * b
}

// portClash is a random port that an instance is given on a machine.
type portClash struct {
	machine int // position of the machine's instance
	port    string
}

// portConflict: ports are unique on a machine, so that one of two equal ones is drawn anew (MOD-122).
func (s *subject) portConflict(taken map[portClash]givenPort, k int, o *model.Override) []diag.Problem {
	l := &s.instances[k]
	key := portClash{s.machine(k), strings.TrimLeft(strings.TrimSpace(o.Value), "0+")}
	at := l.Place(o.ValueSpan)
	first, again := taken[key]
	if !again {
		taken[key] = givenPort{k, at}
		if !s.copiedOn(k, key.machine) {
			return nil
		}
		first.at = l.copied.Place(l.copied.CountSpan) // each copy has it
	} else if first.instance == k {
		return nil // two names of one variable
	}
	p := onInstance(diag.XPortConflict, s.path(k), l.Instance, detail(diag.KindValue, o.Value))
	p.Place = at
	p.Related = related(first.at, diag.Say("given here first"))
	return []diag.Problem{p}
}

type givenPort struct {
	instance int
	at       source.Place
}

// machine is the position of the scoped instance of an instance (MOD-92).
func (s *subject) machine(k int) int {
	for {
		l := &s.instances[k]
		if l.parent < 0 || l.component != nil && s.graph.IsMachine(l.component) {
			return k
		}
		k = l.parent
	}
}

// copiedOn says whether a count makes several of an instance on one machine.
func (s *subject) copiedOn(k, machine int) bool {
	for ; k != machine; k = s.instances[k].parent {
		if s.instances[k].Count >= 2 {
			return true
		}
	}
	return false
}
