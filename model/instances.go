package model

import (
	"iter"
	"strings"
)

// Walk gives every instance below roots with its path, parents first, depth first, in declaration order (MOD-90).
func Walk(roots []*Instance) iter.Seq2[string, *Instance] {
	return func(yield func(string, *Instance) bool) { walk("", roots, yield) }
}

func walk(above string, list []*Instance, yield func(string, *Instance) bool) bool {
	for _, i := range list {
		path := above + "/" + i.Name
		if !yield(path, i) || !walk(path, i.Children, yield) {
			return false
		}
	}
	return true
}

// Find follows a path from roots; nil when a name is missing (MOD-91). Of siblings with one name the first counts.
func Find(roots []*Instance, path string) *Instance {
	branch := Branch(roots, path)
	if len(branch) == 0 {
		return nil
	}
	return branch[len(branch)-1]
}

// Branch gives the instances from the root down to path; nothing when a name is missing.
func Branch(roots []*Instance, path string) []*Instance {
	var branch []*Instance
	list := roots
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		next := named(list, name)
		if next == nil {
			return nil
		}
		branch = append(branch, next)
		list = next.Children
	}
	return branch
}

func named(list []*Instance, name string) *Instance {
	for _, i := range list {
		if i.Name == name {
			return i
		}
	}
	return nil
}

// Scoped is the path of the machine that the instance at path runs on: the nearest of it and its ancestors that is a
// machine, else the root (MOD-92). It is "" when the path leads nowhere.
func Scoped(g *Graph, roots []*Instance, path string) string {
	branch := Branch(roots, path)
	if len(branch) == 0 {
		return ""
	}
	at := 0
	for k, i := range branch {
		if c := g.Component(i.Component); c != nil && g.IsMachine(c) {
			at = k
		}
	}
	var b strings.Builder
	for _, i := range branch[:at+1] {
		b.WriteByte('/')
		b.WriteString(i.Name)
	}
	return b.String()
}

// EffectiveExports are the variables that an instance publishes, overrides, address and meta-variables applied, sorted by
// full name (MOD-115). A name without prefix is a variable of the instance alone (MOD-110).
// address is "" when it is not known yet.
func EffectiveExports(g *Graph, path string, i *Instance, address string) []Variable {
	declared := g.Exports(g.Component(i.Component))
	out := make([]Variable, len(declared), len(declared)+len(i.Overrides))
	copy(out, declared)
	out = override(out, i.Overrides)
	var meta *strings.Replacer
	for k := range out {
		v := &out[k]
		if _, local := SplitName(v.Name); address != "" && isIP(v.Name, local) {
			v.Value = Text(address)
		}
		if v.Value.Set && strings.Contains(v.Value.Text, "$(ROBOCONF_") {
			if meta == nil {
				meta = metaVariables(path, i)
			}
			v.Value.Text = meta.Replace(v.Value.Text)
		}
	}
	sortVariables(out)
	return out
}

// isIP is true for the local name ip; a variable of the instance alone has no prefix.
func isIP(full, local string) bool {
	return strings.EqualFold(local, "ip") || strings.EqualFold(full, "ip")
}

// override applies the values of an instance: local names first, so that full names win (MOD-112).
func override(exports []Variable, list []Override) []Variable {
	declared := len(exports)
	for _, o := range list {
		switch local := Overridden(exports[:declared], o.Name); {
		case local.Full >= 0:
			continue
		case len(local.Local) == 1:
			exports[local.Local[0]].Value = Text(o.Value)
		default:
			for _, k := range local.Local {
				exports[k].Value = Text(o.Value)
			}
			exports = setOwn(exports, declared, o)
		}
	}
	for _, o := range list {
		if k := Overridden(exports[:declared], o.Name).Full; k >= 0 {
			exports[k].Value = Text(o.Value)
		}
	}
	return exports
}

// setOwn gives the instance a variable of its own, without prefix; the last of equal names counts.
func setOwn(exports []Variable, declared int, o Override) []Variable {
	for k := declared; k < len(exports); k++ {
		if exports[k].Name == o.Name {
			exports[k].Value = Text(o.Value)
			return exports
		}
	}
	return append(exports, Variable{Name: o.Name, Value: Text(o.Value), Span: o.Span, ValueSpan: o.ValueSpan})
}

// Match says which exports an override changes (MOD-110).
type Match struct {
	Full  int   // index of the export with exactly that full name, -1 when there is none
	Local []int // otherwise, the indices of the exports with that local name
}

// Overridden finds the exports that an override called name changes.
func Overridden(exports []Variable, name string) Match {
	m := Match{Full: -1}
	for k := range exports {
		full := exports[k].Name
		if full == name {
			return Match{Full: k}
		}
		if n := len(full) - len(name); n > 0 && full[n-1] == '.' && full[n:] == name {
			if _, local := SplitName(full); local == name {
				m.Local = append(m.Local, k)
			}
		}
	}
	return m
}

// metaVariables replaces the five names of MOD-115.
func metaVariables(path string, i *Instance) *strings.Replacer {
	inner := strings.TrimPrefix(path, "/")
	names := strings.Split(inner, "/")
	for a, b := 0, len(names)-1; a < b; a, b = a+1, b-1 {
		names[a], names[b] = names[b], names[a]
	}
	return strings.NewReplacer(
		"$(ROBOCONF_INSTANCE_NAME)", i.Name,
		"$(ROBOCONF_INSTANCE_PATH)", path,
		"$(ROBOCONF_COMPONENT_NAME)", i.Component,
		"$(ROBOCONF_CLEAN_INSTANCE_PATH)", clean(inner),
		"$(ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH)", clean(strings.Join(names, "/")),
	)
}

// clean replaces every character other than an ASCII letter, digit or underscore.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}
