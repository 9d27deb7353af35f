package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/syntax"
)

// branch is where the instance of nested blocks stands: with copies, the first and the last of them, and how many there are.
type branch struct {
	first, last string
	copies      int
}

// branchOf follows blocks from the outermost one (MOD-90, MOD-100).
func branchOf(blocks []syntax.Node) branch {
	b := branch{copies: 1}
	for _, n := range blocks {
		name, count := nameProperty(n), countOf(n)
		first, last := name, name
		if count > 1 {
			width := len(strconv.Itoa(count))
			first, last = fmt.Sprintf("%s%0*d", name, width, 1), fmt.Sprintf("%s%0*d", name, width, count)
			b.copies = min(b.copies, 1<<30/count) * count
		}
		b.first += "/" + first
		b.last += "/" + last
	}
	return b
}

// countOf is how many copies a block asks for; 1 when it does not say.
func countOf(n syntax.Node) int {
	if p, there := property(n, "count"); there {
		if k, err := strconv.Atoi(valueOf(p)); err == nil && k > 1 {
			return k
		}
	}
	return 1
}

// instance tells about the instance of nested blocks.
func (l *look) instance(blocks []syntax.Node) string {
	if len(blocks) == 0 {
		return ""
	}
	b := branchOf(blocks)
	component := nameOf(blocks[len(blocks)-1])
	var s reply.Sheet
	s.Add(fmt.Sprintf("**%s** %s", l.say("instance"), l.pathOf(b)))
	c := l.types.Component(component)
	if c == nil {
		s.Add(l.say("Nothing declares %s.", code(component)))
		return s.String()
	}
	s.Fact(l.say("Component"), l.componentLine(c))
	i := model.Find(l.Result.App.Instances, b.first)
	if i == nil || i.Component != component {
		return s.String()
	}
	if machine := model.Scoped(l.types, l.Result.App.Instances, b.first); machine != b.first {
		s.Fact(l.say("Machine"), code(machine))
	}
	l.effective(&s, b.first, i)
	l.waits(&s, b.first, c)
	return s.String()
}

// pathOf writes the path, or the range of paths.
func (p *page) pathOf(b branch) string {
	if b.copies == 1 {
		return code(b.first)
	}
	return p.say("%s to %s, %d copies", code(b.first), code(b.last), b.copies)
}

func (l *look) componentLine(c *model.Component) string {
	text := code(c.Name)
	if doc := l.doc(c.Name); doc != "" {
		first, _, _ := strings.Cut(doc, "\n")
		text += " — " + reply.Prose(first)
	}
	return text
}

// effective lists what the instance publishes under the name of its component, and what only its recipes see (MOD-115).
func (l *look) effective(s *reply.Sheet, path string, i *model.Instance) {
	declared := l.types.Exports(l.types.Component(i.Component))
	lines := 0
	for _, v := range model.EffectiveExports(l.types, path, i, "") {
		prefix, _ := model.SplitName(v.Name)
		if prefix != i.Component && prefix != "" {
			continue
		}
		if lines == 0 {
			s.Add("**" + l.say("Exports") + "**")
		}
		if lines++; lines > reply.Most {
			s.Item("…")
			return
		}
		s.Item(l.equation(v) + l.instead(declared, v))
	}
}

// instead says which value of the graph the instance changes.
func (l *look) instead(declared []model.Variable, v model.Variable) string {
	at := slices.IndexFunc(declared, func(d model.Variable) bool { return d.Name == v.Name })
	switch {
	case at < 0:
		return ", " + l.say("for its own recipes only")
	case declared[at].Value != v.Value && fixed(declared[at]) && !strings.Contains(declared[at].Value.Text, "$("):
		return ", " + l.say("instead of %s", code(l.valueText(declared[at])))
	}
	return ""
}

// waits lists what must be there before the instance can start: who publishes each prefix (MOD-147).
func (l *look) waits(s *reply.Sheet, path string, c *model.Component) {
	needs := bind.Needs(l.types, c)
	outside := slices.DeleteFunc(slices.Clone(l.types.Imports(c)), func(i model.Import) bool { return !i.External })
	parent := path[:strings.LastIndexByte(path, '/')]
	if len(needs)+len(outside) == 0 && parent == "" {
		return
	}
	s.Add("**" + l.say("To start, it waits for") + "**")
	if parent != "" {
		s.Item(code(parent))
	}
	for _, n := range needs {
		s.Item(l.need(n, path))
	}
	for _, i := range outside {
		line := l.say("%s, from another application", code(i.Full()))
		if i.Optional {
			line += " " + optional
		}
		s.Item(line)
	}
}

func (l *look) need(n bind.Need, path string) string {
	paths, all := l.instancesOf(among(bind.Providers(l.types, n.Prefix)), reply.Most+1)
	if at := slices.Index(paths, path); at >= 0 {
		paths, all = slices.Delete(paths, at, at+1), all-1
	}
	paths = paths[:min(len(paths), reply.Most)]
	line := code(n.Prefix) + " ← " + l.pathList(paths, all)
	if all == 0 {
		line = code(n.Prefix) + ", " + l.say("which no instance publishes")
	}
	if n.Optional {
		line += " " + optional
	}
	return line
}

// copies tells what count leads to.
func (l *look) copies() string {
	var s reply.Sheet
	s.Add(l.explainInInstance("count"))
	if b := branchOf(l.around); b.copies > 1 {
		s.Add(l.pathOf(b))
	}
	return s.String()
}

// override tells about a variable that an instance sets.
func (l *look) override(owner syntax.Node, name string) string {
	component := nameOf(owner)
	exports := l.types.Exports(l.types.Component(component))
	var s reply.Sheet
	m := model.Overridden(exports, name)
	changed := m.Local
	if m.Full >= 0 {
		changed = []int{m.Full}
	}
	if len(changed) == 0 {
		s.Add(l.say("%s exports no variable of this name: it becomes one of this instance alone, which its own recipes see and nobody imports.", code(component)))
		return s.String()
	}
	s.Add(fmt.Sprintf("**%s** %s", l.say("override"), code(name)))
	for _, k := range changed {
		s.Item(l.equation(exports[k]) + " " + l.say("in the graph"))
	}
	if len(changed) > 1 {
		s.Add(l.say("The name stands for all of them. Write the full name to change a single one."))
	}
	first := exports[changed[0]]
	if model.IsNetworkName(first.Name) {
		s.Add(l.explainNetwork())
	} else if first.Random {
		s.Add(l.explainRandom())
	}
	prefix, local := model.SplitName(first.Name)
	s.Fact(l.say("Imported by"), l.names(l.importers(prefix, local)))
	return s.String()
}
