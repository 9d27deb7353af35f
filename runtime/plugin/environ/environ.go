// Package environ tells what a recipe is told.
//
// The environment of a call, or the same as a tree for templates, for a file: pure functions of the call (plugins.md 4.2, 4.3).
package environ

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// The limits of PL-41, in bytes.
const (
	MaxVariable = 64 << 10  // of a variable with its name
	MaxTotal    = 128 << 10 // of the whole environment
)

// The names of PL-35, in the order of its lines.
const (
	ancestorStart = "ANCESTOR_"

	instanceName  = "ROBOCONF_INSTANCE_NAME"
	instancePath  = "ROBOCONF_INSTANCE_PATH"
	componentName = "ROBOCONF_COMPONENT_NAME"
	cleanPath     = "ROBOCONF_CLEAN_INSTANCE_PATH"
	cleanReversed = "ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH"

	sizeEnd = "_size"
	nameEnd = "_name"

	filesDir = "ROBOCONF_FILES_DIR"

	updateStatus     = "ROBOCONF_UPDATE_STATUS"
	changedStart     = "ROBOCONF_IMPORT_CHANGED_"
	changedPath      = changedStart + "INSTANCE_PATH"
	changedComponent = changedStart + "COMPONENT"

	applicationName = "ROBOCONF_APPLICATION_NAME"
	scopedPath      = "ROBOCONF_SCOPED_INSTANCE_PATH"
	domain          = "ROBOCONF_DOMAIN"
	action          = "ROBOCONF_ACTION"
	requestID       = "ROBOCONF_REQUEST_ID"
	traceParent     = "TRACEPARENT"
	contextFile     = "ROBOCONF_CONTEXT_FILE"
)

// Environ is the environment of a recipe.
type Environ struct {
	// Vars are "NAME=value": the base first, then what is told, each name once.
	Vars []string
	// Warnings tell of names that became the same when they were made fit for shells (PL-38).
	Warnings []string
}

// Lookup gives the value of a variable.
func (e Environ) Lookup(name string) (value string, found bool) {
	for _, v := range e.Vars {
		if key, value, _ := strings.Cut(v, "="); key == name {
			return value, true
		}
	}
	return "", false
}

// Of is the environment of a call (PL-35 to PL-40). context is the file with the same as JSON (PL-41); "" when there is none. The error
// tells of a value that no environment can hold, or of limits that were passed (PL-41).
func Of(c *plugin.Call, context string) (Environ, error) {
	b := builder{at: make(map[string]int)}
	for _, v := range c.Environ {
		if key, value, ok := strings.Cut(v, "="); ok && key != "" {
			b.put(variable{name: key, value: value, from: key})
		}
	}
	b.exports(&c.View)
	b.ancestors(c.View.Ancestors)
	b.identity(&c.View)
	b.imports(c.View.Imports)
	b.line++
	b.tell(filesDir, filepath.Join(c.Dir, "files"))
	if c.Op == lifecycle.Update && c.Change != nil {
		b.change(c.Change)
	}
	b.caller(c, context)
	return b.environ()
}

// builder collects variables: of two lines of PL-35 the later wins, within a line the first.
type builder struct {
	line     int
	list     []variable
	at       map[string]int
	warnings []string
}

type variable struct {
	name, value string
	line        int
	from        string // what the model calls it
}

func (b *builder) put(v variable) {
	v.line = b.line
	i, taken := b.at[v.name]
	switch {
	case !taken:
		b.at[v.name] = len(b.list)
		b.list = append(b.list, v)
	case b.list[i].line < v.line:
		b.list[i] = v
	case b.list[i].from != v.from:
		b.warnings = append(b.warnings, fmt.Sprintf("%s and %s are both %s in the environment: the recipe gets the first", b.list[i].from, v.from, v.name))
	}
}

// tell sets a variable whose name every shell accepts.
func (b *builder) tell(name, value string) { b.put(variable{name: name, value: value, from: name}) }

// set sets a variable whose name may be anything: as it is when the system takes it, and as shells take it (PL-38).
func (b *builder) set(name, value, from string) {
	mangled := Mangle(name)
	b.put(variable{name: mangled, value: value, from: from})
	if name != mangled && name != "" && !strings.ContainsAny(name, "=\x00") {
		b.put(variable{name: name, value: value, from: from})
	}
}

// exports are line 1: local names, then names with their prefix (PL-36).
func (b *builder) exports(v *agent.View) {
	b.line++
	for _, e := range Locals(v.Component, v.Exports) {
		_, local := model.SplitName(e.Name)
		b.set(local, e.Value.Text, e.Name)
	}
	for _, e := range v.Exports {
		if prefix, local := model.SplitName(e.Name); prefix != "" && e.Value.Set {
			b.set(prefix+"_"+local, e.Value.Text, e.Name)
		}
	}
}

// Locals are the exports that stand for their local names (PL-36), in their order, those without value left out: of several with one local
// name that of the component itself, else the first with a prefix. The component has all that it inherits under its own name (MOD-72), so
// no more is to be preferred.
func Locals(component string, exports []model.Variable) (list []model.Variable) {
	at := make(map[string]int, len(exports))
	rank := func(name string) int {
		switch prefix, _ := model.SplitName(name); prefix {
		case component:
			return 0
		case "":
			return 2
		}
		return 1
	}
	for _, e := range exports {
		if !e.Value.Set {
			continue
		}
		_, local := model.SplitName(e.Name)
		i, taken := at[local]
		switch {
		case !taken:
			at[local] = len(list)
			list = append(list, e)
		case rank(e.Name) < rank(list[i].Name):
			list[i] = e
		}
	}
	return list
}

// ancestors are line 2; of two of one component the nearest wins.
func (b *builder) ancestors(list []agent.Ancestor) {
	b.line++
	seen := make(map[string]bool, len(list))
	for _, a := range list {
		if seen[a.Component] {
			continue
		}
		seen[a.Component] = true
		for _, e := range Locals(a.Component, a.Exports) {
			_, local := model.SplitName(e.Name)
			b.set(ancestorStart+a.Component+"_"+local, e.Value.Text, e.Name+" of "+a.Path)
		}
	}
}

// identity is line 3.
func (b *builder) identity(v *agent.View) {
	b.line++
	b.tell(instanceName, v.Name)
	b.tell(instancePath, v.Path)
	b.tell(componentName, v.Component)
	b.tell(cleanPath, Clean(v.Path))
	b.tell(cleanReversed, CleanReversed(v.Path))
}

// imports are line 4 (PL-39, PL-40).
func (b *builder) imports(list []agent.Imports) {
	b.line++
	for _, p := range list {
		b.set(p.Prefix+sizeEnd, strconv.Itoa(len(p.From)), "the number of imports of "+p.Prefix)
		for i, imp := range p.From {
			start := p.Prefix + "_" + strconv.Itoa(i)
			b.set(start+nameEnd, imp.Path, "the path of "+imp.Path)
			for _, v := range imported(imp.Vars) {
				b.set(start+"_"+v.local, v.Value.Text, v.Name+" of "+imp.Path)
			}
		}
	}
}

type localVariable struct {
	model.Variable
	local string
}

// imported are the variables of an import that have a value.
func imported(vars []model.Variable) (list []localVariable) {
	for _, v := range vars {
		if _, local := model.SplitName(v.Name); v.Value.Set {
			list = append(list, localVariable{v, local})
		}
	}
	return list
}

// change is line 6. The reference promised the variables of the import and never gave them.
func (b *builder) change(c *agent.Change) {
	b.line++
	b.tell(updateStatus, c.Status.String())
	b.tell(changedPath, c.Path)
	b.tell(changedComponent, c.Prefix)
	for _, v := range imported(c.Vars) {
		b.set(changedStart+v.local, v.Value.Text, v.Name+" of "+c.Path)
	}
}

// caller is line 7; what is not known is not told.
func (b *builder) caller(c *plugin.Call, context string) {
	b.line++
	for _, v := range [...][2]string{
		{applicationName, c.Who.App},
		{scopedPath, c.Who.Scope},
		{domain, c.Who.Domain},
		{action, c.Op.String()},
		{requestID, c.Who.Request},
		{traceParent, c.Who.Trace},
		{contextFile, context},
	} {
		if v[1] != "" {
			b.tell(v[0], v[1])
		}
	}
}

func (b *builder) environ() (Environ, error) {
	e := Environ{Vars: make([]string, 0, len(b.list)), Warnings: b.warnings}
	total := 0
	for _, v := range b.list {
		n := len(v.name) + len(v.value) + 2 // the sign, the zero byte at the end
		total += n
		switch {
		case strings.IndexByte(v.value, 0) >= 0:
			return e, fmt.Errorf("tell the recipe %s: the value of %s holds a zero byte, which no environment takes", v.name, v.from)
		case n > MaxVariable:
			return e, fmt.Errorf("tell the recipe %s: %s has %d bytes, an environment takes at most %d of one variable; export something shorter, such as an address where the rest can be had", v.name, v.from, n, MaxVariable)
		}
		e.Vars = append(e.Vars, v.name+"="+v.value)
	}
	if total > MaxTotal {
		return e, fmt.Errorf("tell the recipe its environment: it has %d bytes in %d variables, more than the %d that every system takes; import or export less", total, len(b.list), MaxTotal)
	}
	return e, nil
}

// Mangle is the form that a name has in an environment: each run of characters that no shell accepts becomes one underscore, and a digit
// never comes first (PL-38).
func Mangle(name string) string {
	var m strings.Builder
	strange := false
	for i := range len(name) {
		c := name[i]
		word := c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
		switch {
		case word && m.Len() == 0 && c >= '0' && c <= '9':
			m.WriteByte('_')
			m.WriteByte(c)
		case word:
			m.WriteByte(c)
		case !strange:
			m.WriteByte('_')
		}
		strange = !word
	}
	return m.String()
}

// Clean is a path as a part of names: without its first slash, an underscore for each other character (PL-37).
func Clean(path string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, strings.TrimPrefix(path, "/"))
}

// CleanReversed is Clean of the path with its names in reverse order (PL-37).
func CleanReversed(path string) string {
	names := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for a, z := 0, len(names)-1; a < z; a, z = a+1, z-1 {
		names[a], names[z] = names[z], names[a]
	}
	return Clean(strings.Join(names, "/"))
}
