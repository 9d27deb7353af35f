package agent

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
)

// kind is what the agent needs to know of a component. It is immutable.
type kind struct {
	name      string
	installer string
	machine   bool
	prefixes  []prefix // imported ones, sorted by name
}

// prefix is what a component imports of one prefix.
type prefix struct {
	name      string
	external  bool
	mandatory bool // one mandatory variable is enough (LC-51)
	all       bool // imported with a star
	names     []string
}

func newKind(g *model.Graph, c *model.Component) *kind {
	k := &kind{name: c.Name, installer: g.Installer(c), machine: g.IsMachine(c)}
	for _, imp := range g.Imports(c) {
		k.learn(imp)
	}
	slices.SortFunc(k.prefixes, func(a, b prefix) int { return strings.Compare(a.name, b.name) })
	return k
}

func (k *kind) learn(imp model.Import) {
	at := slices.IndexFunc(k.prefixes, func(p prefix) bool { return p.name == imp.Prefix })
	if at < 0 {
		k.prefixes = append(k.prefixes, prefix{name: imp.Prefix})
		at = len(k.prefixes) - 1
	}
	p := &k.prefixes[at]
	p.external = p.external || imp.External
	p.mandatory = p.mandatory || !imp.Optional
	if imp.Name == "*" {
		p.all = true
	} else {
		p.names = append(p.names, imp.Full())
	}
}

// index finds a prefix; -1 when the component does not import it.
func (k *kind) index(name string) int {
	for i := range k.prefixes {
		if k.prefixes[i].name == name {
			return i
		}
	}
	return -1
}

// tailor keeps the variables that the component imports (LC-52). It shares vars when it keeps them all.
func (p *prefix) tailor(vars []model.Variable) []model.Variable {
	if p.all || !slices.ContainsFunc(vars, p.drops) {
		return vars
	}
	return slices.DeleteFunc(slices.Clone(vars), p.drops)
}

func (p *prefix) drops(v model.Variable) bool { return !slices.Contains(p.names, v.Name) }

// prefixOf is what stands before the first dot of a full name; "" when there is no dot.
func prefixOf(full string) string {
	p, _, dotted := strings.Cut(full, ".")
	if !dotted {
		return ""
	}
	return p
}
