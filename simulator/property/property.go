// Package property says what must hold in every run.
package property

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// Instance is what is true of an instance at a moment: what its agent last said, for a machine what the manager says.
type Instance struct {
	Path     string
	Declared *model.Instance
	Machine  bool
	Address  string // machines
	State    lifecycle.State
	Imports  []message.Import // what it holds
	Parent   *Instance
	Children []*Instance
}

// Broken is a property that does not hold.
type Broken struct {
	Property string // the requirement, or the name of the property
	Path     string
	Text     string
}

// String says what is broken, of what.
func (b Broken) String() string { return b.Property + ": " + b.Path + " " + b.Text }

// Hierarchy is LC-43 of one instance with its parent. It must hold whenever no recipe of their agent runs.
func Hierarchy(i *Instance) (Broken, bool) {
	p := i.Parent
	if i.Machine || p == nil || p.Machine {
		return Broken{}, false
	}
	s, above := i.State, p.State
	switch {
	case (s == lifecycle.DeployedStarted || s == lifecycle.Unresolved) && above != lifecycle.DeployedStarted,
		s == lifecycle.WaitingForAncestor && !above.Waits() && above != lifecycle.DeployedStarted,
		above == lifecycle.NotDeployed && s != lifecycle.NotDeployed:
		return Broken{"LC-43", i.Path, fmt.Sprintf("is %s below %s, which is %s", s, p.Path, above)}, true
	}
	return Broken{}, false
}

// Missing are the prefixes that a component needs and that has does not have, sorted (LC-50, LC-51).
func Missing(g *model.Graph, component string, has func(prefix string) bool) []string {
	c := g.Component(component)
	if c == nil {
		return nil
	}
	var missing []string
	for _, imp := range g.Imports(c) {
		if !imp.Optional && !has(imp.Prefix) && !slices.Contains(missing, imp.Prefix) {
			missing = append(missing, imp.Prefix)
		}
	}
	slices.Sort(missing)
	return missing
}

// Holds says whether an instance holds an import of a prefix.
func (i *Instance) Holds(prefix string) bool {
	return slices.ContainsFunc(i.Imports, func(imp message.Import) bool { return imp.Prefix == prefix })
}

// address is the one that an instance publishes: that of the nearest machine with an address (LC-62).
func (i *Instance) address() string {
	for ; i != nil; i = i.Parent {
		if i.Machine && i.Address != "" {
			return i.Address
		}
	}
	return ""
}

// started says whether an instance publishes what it exports.
func (i *Instance) started() bool { return i.State == lifecycle.DeployedStarted }

// prefix is what stands before the first dot; "" without a dot.
func prefix(full string) string {
	p, _, dotted := strings.Cut(full, ".")
	if !dotted {
		return ""
	}
	return p
}
