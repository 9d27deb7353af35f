package model

import "iter"

// Walk gives every instance below roots with its path, parents first, depth first, in declaration order (MOD-90).
func Walk(roots []*Instance) iter.Seq2[string, *Instance] { panic("to be written") }

// Find follows a path from roots; nil when a name is missing (MOD-91).
func Find(roots []*Instance, path string) *Instance { panic("to be written") }

// EffectiveExports are the variables that an instance publishes, overrides, address and meta-variables applied, sorted by
// full name (MOD-115). A name without prefix is a variable of the instance alone (MOD-110).
// address is "" when it is not known yet.
func EffectiveExports(g *Graph, path string, i *Instance, address string) []Variable {
	panic("to be written")
}
