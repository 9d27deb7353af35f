package model

import "slices"

// Random ports are drawn from [FirstPort, EndPort) (MOD-121).
const (
	FirstPort = 10000
	EndPort   = 65500
)

// ForbiddenPorts are never drawn unless a preference says otherwise (MOD-121).
var ForbiddenPorts = []int{35197}

// FreePort is the lowest port that may be drawn beside those in use on one machine; false when none is left (MOD-123).
func FreePort(used map[int]bool) (port int, ok bool) {
	for p := FirstPort; p < EndPort; p++ {
		if !used[p] {
			return p, true
		}
	}
	return 0, false
}

// Unset are the local names, sorted, of the random variables to which neither the graph nor the instance gives a
// value: a port must be drawn for each (MOD-120).
func Unset(g *Graph, i *Instance) []string {
	exports := g.Exports(g.Component(i.Component))
	var names []string
	for k, v := range exports {
		if !v.Random || v.Value.Set || overrides(exports, i.Overrides, k) {
			continue
		}
		if _, local := SplitName(v.Name); !slices.Contains(names, local) {
			names = append(names, local)
		}
	}
	slices.Sort(names)
	return names
}

// overrides says whether one of the overrides changes the export at k.
func overrides(exports []Variable, list []Override, k int) bool {
	return slices.ContainsFunc(list, func(o Override) bool {
		m := Overridden(exports, o.Name)
		return m.Full == k || m.Full < 0 && slices.Contains(m.Local, k)
	})
}
