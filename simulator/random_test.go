package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/scenario"
)

// sketch is a random application, as what its files say.
type sketch struct {
	graph, instances string
	paths            []string // of its instances
	machines, roots  []string
	software         []string // components
}

// types are the components of a sketch: kinds[i] may host what hosts[i] says.
type types struct {
	names   []string
	hosts   [][]int
	machine []bool
}

// draw makes an application: machines, perhaps one in another, software on them and on other software, imports in any
// direction, mandatory or optional, of components and of facets. Components may need, by mandatory
// imports and by hosts, what needs them.
func draw(c *chance) *sketch {
	k := types{names: []string{"VM"}, hosts: [][]int{nil}, machine: []bool{true}}
	if c.hits(0.2) {
		k.add("Box", true)
		k.hosts[0] = append(k.hosts[0], 1)
	}
	s := &sketch{}
	first := len(k.names)
	for n := 2 + c.below(5); n > 0; n-- {
		name := string(rune('A' + len(k.names)))
		s.software = append(s.software, name)
		k.add(name, false)
		at := len(k.names) - 1
		k.hosts[0] = append(k.hosts[0], at)
		if first == 2 {
			k.hosts[1] = append(k.hosts[1], at)
		}
		for host := first; host < at; host++ {
			if c.hits(0.35) {
				k.hosts[host] = append(k.hosts[host], at)
			}
		}
	}
	s.graph = k.text(c, s.software)
	var b strings.Builder
	for n := 1 + c.below(4); n > 0; n-- {
		k.instance(&b, c, s, 0, "", fmt.Sprintf("m%d", n), 0)
	}
	s.instances = b.String()
	return s
}

func (k *types) add(name string, machine bool) {
	k.names = append(k.names, name)
	k.hosts = append(k.hosts, nil)
	k.machine = append(k.machine, machine)
}

// text writes the graph.
func (k *types) text(c *chance, software []string) string {
	var b strings.Builder
	b.WriteString("facet shared {\n\texports: common = 1;\n}\n")
	faceted := make([]bool, len(k.names))
	for i := range faceted {
		faceted[i] = !k.machine[i] && c.hits(0.25)
	}
	for i, name := range k.names {
		installer := "script"
		if k.machine[i] {
			installer = "target"
		}
		fmt.Fprintf(&b, "%s {\n\tinstaller: %s;\n", name, installer)
		if faceted[i] {
			b.WriteString("\tfacets: shared;\n")
		}
		if children := k.children(i); len(children) > 0 {
			fmt.Fprintf(&b, "\tchildren: %s;\n", strings.Join(children, ", "))
		}
		if exports := exported(c); exports != "" && (!k.machine[i] || c.hits(0.3)) {
			fmt.Fprintf(&b, "\texports: %s;\n", exports)
		}
		if imports := k.imported(c, i, software); len(imports) > 0 {
			fmt.Fprintf(&b, "\timports: %s;\n", strings.Join(imports, ", "))
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func (k *types) children(i int) []string {
	var names []string
	for _, h := range k.hosts[i] {
		names = append(names, k.names[h])
	}
	return names
}

func exported(c *chance) string {
	return [...]string{"", "ip", "port = 80", "ip, port = 8080", "ip, port = 1, path = \"/x y\""}[c.below(5)]
}

// imported draws imports by star: whether somebody exports something is a matter of luck, as in real life.
func (k *types) imported(c *chance, i int, software []string) []string {
	if k.machine[i] {
		return nil
	}
	var names []string
	for _, from := range append(slices.Clone(software), "shared", "VM") {
		self := from == k.names[i]
		rate := 0.22
		if from == "VM" {
			rate = 0.05
		}
		switch {
		case !c.hits(rate):
		case self || c.hits(0.35):
			names = append(names, from+".* (optional)")
		default:
			names = append(names, from+".*")
		}
	}
	return names
}

// instance writes an instance with what it hosts.
func (k *types) instance(b *strings.Builder, c *chance, s *sketch, component int, above, name string, depth int) {
	path := above + "/" + name
	s.paths = append(s.paths, path)
	if k.machine[component] {
		s.machines = append(s.machines, path)
	}
	if depth == 0 {
		s.roots = append(s.roots, path)
	}
	indent := strings.Repeat("\t", depth)
	fmt.Fprintf(b, "%sinstance of %s {\n%s\tname: %s;\n", indent, k.names[component], indent, name)
	if hosts := k.hosts[component]; len(hosts) > 0 && depth < 4 {
		for n := c.below(4 - depth); n > 0; n-- {
			child := hosts[c.below(len(hosts))]
			k.instance(b, c, s, child, path, fmt.Sprintf("%s%d", strings.ToLower(k.names[child]), n), depth+1)
		}
	}
	fmt.Fprintf(b, "%s}\n", indent)
}

// plot draws the steps of a story about a sketch. chaos says whether machines may die and recipes fail.
func plot(c *chance, s *sketch, chaos bool) []scenario.Step {
	var steps []scenario.Step
	if c.hits(0.9) {
		steps = append(steps, scenario.Do{Op: manager.DeployAndStart{}})
	}
	p := &plotter{chance: c, sketch: s, paths: slices.Clone(s.paths), roots: slices.Clone(s.roots)}
	for n := 1 + c.below(12); n > 0; n-- {
		switch {
		case c.hits(0.45):
			steps = append(steps, scenario.Run{For: p.pause()})
		case c.hits(0.5):
			steps = append(steps, scenario.Do{Op: p.op()})
		case chaos:
			steps = append(steps, scenario.Break{Fault: p.fault()})
		default:
			steps = append(steps, scenario.Break{Fault: p.linkFault(p.of(s.machines))})
		}
	}
	return steps
}

type plotter struct {
	*chance
	*sketch
	paths, roots []string
	made         int
}

func (p *plotter) of(list []string) string {
	if len(list) == 0 {
		return "/nobody"
	}
	return list[p.below(len(list))]
}

// pause is short or long: between two messages, or until everything rests.
func (p *plotter) pause() time.Duration {
	longest := [...]time.Duration{20 * time.Millisecond, time.Second, 10 * time.Second, time.Minute}[p.below(4)]
	return max(p.between(0, longest), grain)
}

func (p *plotter) op() manager.Op {
	path := p.of(p.paths)
	switch p.below(14) {
	case 0, 1, 2:
		return manager.Request{Path: path, State: lifecycle.DeployedStarted}
	case 3, 4, 5:
		return manager.Request{Path: path, State: lifecycle.DeployedStopped}
	case 6, 7:
		return manager.Request{Path: path, State: lifecycle.NotDeployed}
	case 8:
		return manager.DeployAndStart{Path: path}
	case 9:
		return manager.StopAll{Path: path}
	case 10:
		return manager.Remove{Path: path, Deferred: p.hits(0.7)}
	case 11:
		return p.replicate()
	case 12:
		return p.insert()
	}
	return manager.Resync{}
}

func (p *plotter) replicate() manager.Op {
	p.made++
	root := p.of(p.sketch.roots)
	name := fmt.Sprintf("r%d", 1+p.made%2) // a name is used again
	for _, path := range p.sketch.paths {
		if path == root || strings.HasPrefix(path, root+"/") {
			p.paths = append(p.paths, "/"+name+path[len(root):])
		}
	}
	return manager.Replicate{Path: root, Name: name}
}

func (p *plotter) insert() manager.Op {
	parent := p.of(p.paths)
	name := fmt.Sprintf("n%d", p.below(2))
	p.paths = append(p.paths, parent+"/"+name)
	return manager.Add{Parent: parent, Instance: &model.Instance{Name: name, Component: p.of(p.software)}}
}

func (p *plotter) fault() fault.Fault {
	m := p.of(p.machines)
	switch p.below(12) {
	case 0:
		return fault.Stop{Machine: m}
	case 1, 2:
		return fault.Kill{Machine: m}
	case 3, 4:
		return fault.Crash{Machine: m}
	case 5:
		return fault.Destroy{Machine: m}
	case 6, 7:
		return fault.Recover{Machine: m}
	case 8:
		return fault.Fail{Path: p.of(p.paths), Op: lifecycle.Operation(p.below(6)), Times: 1 + p.below(2)}
	case 9:
		return fault.Slow{Path: p.of(p.paths), Factor: float64(2 + p.below(20))}
	}
	return p.linkFault(m)
}

func (p *plotter) linkFault(m string) fault.Fault {
	switch p.below(7) {
	case 0:
		return fault.Drop{Machine: m, Rate: float64(1+p.below(9)) / 10}
	case 1:
		return fault.Delay{Machine: m, By: p.between(time.Millisecond, 8*time.Second)}
	case 2, 3:
		return fault.Duplicate{Machine: m, Rate: float64(1+p.below(10)) / 10}
	case 4:
		return fault.Partition{Machine: m}
	case 5:
		return fault.Partition{}
	}
	if p.hits(0.5) {
		return fault.Heal{}
	}
	return fault.Heal{Machine: m}
}
