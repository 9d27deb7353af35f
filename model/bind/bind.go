// Package bind says which export answers which import.
package bind

import "github.com/roboconf/workbench/model"

// Providers are the components that export a variable with this prefix, sorted by name (MOD-74, MOD-140).
func Providers(g *model.Graph, prefix string) []*model.Component { panic("to be written") }

// Dependency is one component needing another (MOD-150).
type Dependency struct {
	From, To *model.Component
	Prefix   string
	Optional bool
}

// Dependencies are all of them, sorted by From, To, Prefix.
func Dependencies(g *model.Graph) []Dependency { panic("to be written") }

// Link is one instance that may import from another.
type Link struct {
	From, To string // paths: From imports what To exports
	Prefix   string
	Optional bool
}

// Links are the import links between predefined instances, sorted by From, To, Prefix.
func Links(app *model.Application) []Link { panic("to be written") }

// Order groups instance paths by the wave in which they can start when everything goes well; what is left over
// (missing providers, cycles) comes back apart.
func Order(app *model.Application) (waves [][]string, never []string) { panic("to be written") }
