package manager

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/roboconf/workbench/model"
)

// drawPorts gives a value to every random variable of some instances (MOD-120 to MOD-123). Values that files fix come first,
// so that they are kept where possible.
func (a *app) drawPorts(list []int32, forbidden []int) error {
	var open []int32
	for _, i := range list {
		if a.hasRandom(i) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	used := map[int32]map[int]bool{} // by machine
	for _, i := range open {
		h := a.nodes[i].host
		if used[h] == nil {
			used[h] = a.usedPorts(h, open, forbidden)
		}
	}
	for _, i := range open {
		a.acknowledge(i, used[a.nodes[i].host])
	}
	for _, i := range open {
		if err := a.draw(i, used[a.nodes[i].host]); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) hasRandom(i int32) bool {
	return slices.ContainsFunc(a.graph.Exports(a.graph.Component(a.nodes[i].decl.Component)), isRandom)
}

func isRandom(v model.Variable) bool { return v.Random }

// usedPorts are those of the other instances of a machine.
func (a *app) usedPorts(h int32, but []int32, forbidden []int) map[int]bool {
	used := map[int]bool{}
	for _, port := range forbidden {
		used[port] = true
	}
	for _, i := range a.scope(h) {
		if slices.Contains(but, i) {
			continue
		}
		for _, name := range a.randoms(i) {
			if port, err := strconv.Atoi(override(a.nodes[i].decl, name)); err == nil {
				used[port] = true
			}
		}
	}
	return used
}

// randoms are the local names of the random variables of an instance, each once, in alphabetical order.
func (a *app) randoms(i int32) []string {
	var list []string
	for _, v := range a.graph.Exports(a.graph.Component(a.nodes[i].decl.Component)) {
		if v.Random {
			list = append(list, local(v.Name))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func local(full string) string {
	_, name := model.SplitName(full)
	return name
}

// override is the value that a declaration gives to a local name; "" when it gives none.
func override(d *model.Instance, name string) string {
	value := ""
	for _, o := range d.Overrides {
		if o.Name == name || local(o.Name) == name && value == "" {
			value = o.Value
		}
	}
	return value
}

// acknowledge keeps the fixed values of an instance; one that another instance of the machine has is taken away, so that
// another port is drawn (MOD-122).
func (a *app) acknowledge(i int32, used map[int]bool) {
	n := &a.nodes[i]
	for _, name := range a.randoms(i) {
		value := override(n.decl, name)
		port, err := strconv.Atoi(value)
		kept := value != "" && (err != nil || !used[port]) || slices.Contains(n.drawn, name)
		if kept && err == nil {
			used[port] = true
		} else if value != "" && !kept {
			a.setPort(n, name, "")
		}
	}
}

// draw gives an instance the ports that it lacks.
func (a *app) draw(i int32, used map[int]bool) error {
	n := &a.nodes[i]
	for _, name := range model.Unset(a.graph, n.decl) {
		port, ok := model.FreePort(used)
		if !ok {
			return fmt.Errorf("draw %s of %s: no port is left from %d to %d on its machine; remove an instance there, or give it a value",
				name, n.path, model.FirstPort, model.EndPort-1)
		}
		used[port] = true
		a.setPort(n, name, strconv.Itoa(port))
		n.drawn = append(slices.Clip(n.drawn), name)
	}
	return nil
}

// setPort gives a declaration a value for a local name, or takes it away.
func (a *app) setPort(n *node, name, value string) {
	d := *n.decl
	d.Overrides = slices.DeleteFunc(slices.Clone(d.Overrides), func(o model.Override) bool { return local(o.Name) == name })
	if value != "" {
		d.Overrides = append(d.Overrides, model.Override{Name: name, Value: value})
	}
	n.decl, a.instances = &d, nil
}
