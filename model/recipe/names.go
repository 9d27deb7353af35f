package recipe

import (
	"slices"
	"strings"
)

// Mangle is the form that a name has in an environment: each run of characters that no shell accepts becomes one underscore, and
// a digit never comes first (PL-38).
func Mangle(name string) string {
	if isName(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch {
		case isWord(name[i]):
			if b.Len() == 0 && isDigit(name[i]) {
				b.WriteByte('_')
			}
			b.WriteByte(name[i])
		case i == 0 || isWord(name[i-1]):
			b.WriteByte('_')
		}
	}
	return b.String()
}

// Role is what a variable of the environment tells (PL-35).
type Role uint8

// The roles of variables.
const (
	Foreign  Role = iota // nothing of ours: PATH
	Own                  // an exported variable of the instance
	Ancestor             // one of a component that the instance runs on
	Size                 // how many instances are imported under a prefix
	Path                 // the path of an imported instance
	Imported             // an exported variable of an imported instance
	Constant             // what the agent tells of the instance, the request, the change
	Changed              // a variable of the import that changed
)

// Meaning is what the name of a variable says.
type Meaning struct {
	Role Role
	// Prefix is that of the import, or the component of an ancestor, as the model writes it.
	Prefix string
	// Index is the number of the imported instance; Any when the script computes it.
	Index string
	// Local is the local name of the variable as the model writes it, or as the script does when nobody exports such a one.
	Local string
	// Known says that Local is exported.
	Known bool
}

// Any is the index of a name that a script puts together.
const Any = "*"

// Names are what the recipes of a component can be told. Their order does not matter.
type Names struct {
	// Own are the local names of the exports.
	Own []string
	// Imports are, by prefix, the local names that providers export; a prefix without provider has none.
	Imports map[string][]string
	// Ancestors are, by component, the local names of its exports.
	Ancestors map[string][]string
}

const (
	ancestorStart = "ANCESTOR_"
	changedStart  = "ROBOCONF_IMPORT_CHANGED_"
)

// constants are told to every recipe, or to every update (plugins.md 4.2).
var constants = []string{
	"ROBOCONF_INSTANCE_NAME", "ROBOCONF_INSTANCE_PATH", "ROBOCONF_COMPONENT_NAME",
	"ROBOCONF_CLEAN_INSTANCE_PATH", "ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH", "ROBOCONF_FILES_DIR",
	"ROBOCONF_UPDATE_STATUS", changedStart + "INSTANCE_PATH", changedStart + "COMPONENT",
	"ROBOCONF_APPLICATION_NAME", "ROBOCONF_SCOPED_INSTANCE_PATH", "ROBOCONF_DOMAIN", "ROBOCONF_ACTION", "ROBOCONF_REQUEST_ID",
	"ROBOCONF_CONTEXT_FILE", "ROBOCONF_SECRETS_DIR", "ROBOCONF_OUTPUT", "TRACEPARENT",
}

// Constants are the variables that every recipe is told, sorted.
func Constants() []string { return slices.Sorted(slices.Values(constants)) }

// Decode says what the name of a variable means in a recipe. Of several prefixes that fit, the longest counts.
func (n Names) Decode(name string) Meaning {
	if slices.Contains(constants, name) {
		return Meaning{Role: Constant, Local: name, Known: true}
	}
	if m, ok := n.imported(name); ok {
		return m
	}
	if local, ok := find(n.Own, name); ok {
		return Meaning{Role: Own, Local: local, Known: true}
	}
	if rest, ok := strings.CutPrefix(name, ancestorStart); ok {
		return n.ancestor(rest)
	}
	if rest, ok := strings.CutPrefix(name, changedStart); ok {
		return n.changed(rest)
	}
	return Meaning{Local: name}
}

func (n Names) imported(name string) (best Meaning, found bool) {
	for prefix, locals := range n.Imports { // the longest that fits, of equals the first in order of names
		rest, ok := strings.CutPrefix(name, Mangle(prefix)+"_")
		if !ok || found && (len(prefix) < len(best.Prefix) || len(prefix) == len(best.Prefix) && prefix > best.Prefix) {
			continue
		}
		if m, ok := afterPrefix(rest, locals); ok {
			m.Prefix = prefix
			best, found = m, true
		}
	}
	return best, found
}

// afterPrefix reads size, 0_name, 0_ip, *_ip.
func afterPrefix(rest string, locals []string) (Meaning, bool) {
	if rest == "size" {
		return Meaning{Role: Size, Known: true}, true
	}
	index, local, ok := strings.Cut(rest, "_")
	if !ok || local == "" || index != Any && (index == "" || strings.Trim(index, "0123456789") != "") {
		return Meaning{}, false
	}
	if local == "name" {
		return Meaning{Role: Path, Index: index, Known: true}, true
	}
	m := Meaning{Role: Imported, Index: index, Local: local}
	if exported, ok := find(locals, local); ok {
		m.Local, m.Known = exported, true
	}
	return m, true
}

func (n Names) ancestor(rest string) Meaning {
	best := Meaning{Role: Ancestor, Local: rest}
	for component, locals := range n.Ancestors { // the longest that fits, of equals the first in order of names
		written, ok := strings.CutPrefix(rest, Mangle(component)+"_")
		if !ok || len(component) < len(best.Prefix) || len(component) == len(best.Prefix) && component > best.Prefix {
			continue
		}
		local, known := find(locals, written)
		best = Meaning{Role: Ancestor, Prefix: component, Local: local, Known: known}
	}
	return best
}

func (n Names) changed(rest string) Meaning {
	m := Meaning{Role: Changed, Local: rest}
	for _, locals := range n.Imports { // in any order: of several names the least is taken
		if local, ok := find(locals, rest); ok && (!m.Known || local < m.Local) {
			m.Local, m.Known = local, true
		}
	}
	return m
}

// find gives the name of the model that has a form in the environment; the form itself when there is none. A name that needs no
// mangling wins.
func find(locals []string, written string) (local string, ok bool) {
	if slices.Contains(locals, written) {
		return written, true
	}
	i := slices.IndexFunc(locals, func(l string) bool { return Mangle(l) == written })
	if i < 0 {
		return written, false
	}
	return locals[i], true
}
