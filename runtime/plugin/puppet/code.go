package puppet

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/environ"
)

// states are the values of runningState (PL-52).
var states = map[lifecycle.Operation]string{
	lifecycle.Start: "running", lifecycle.Deploy: "stopped", lifecycle.Stop: "stopped", lifecycle.Update: "undef", lifecycle.Undeploy: "undef",
}

// Code is the text that applies a class with the parameters of a call (PL-52). Values are quoted, names made legal (PL-53), so nothing that
// is exported can become code. Warnings tell of parameters that met under one name: Puppet takes each once, the first is kept. The error
// tells of a value that no command line can hold.
func Code(class string, c *plugin.Call) (code string, warnings []string, err error) {
	p := parameters{seen: map[string]string{}}
	state, known := states[c.Op]
	if !known {
		state = "undef"
	}
	p.add("runningState", "runningState", state)
	for _, v := range locals(c.View.Component, c.View.Exports) {
		_, local := model.SplitName(v.Name)
		p.add(strings.ToLower(environ.Mangle(local)), v.Name, quoteOrUndef(v.Value))
	}
	for _, i := range c.View.Imports {
		p.add(strings.ToLower(environ.Mangle(i.Prefix)), "the imports of "+i.Prefix, hash(i.From))
	}
	if c.Op == lifecycle.Update && c.Change != nil {
		p.add("importDiff", "importDiff", diff(c.Change))
	}
	code = "class{" + Quote(class) + ": " + strings.Join(p.list, ", ") + "}"
	if strings.IndexByte(code, 0) >= 0 {
		return "", nil, fmt.Errorf("apply the class %s: an exported or imported value holds a zero byte, which no command line takes", class)
	}
	return code, p.warnings, nil
}

// locals are the exports by local name (PL-36), those without value too: they become undef.
func locals(component string, exports []model.Variable) []model.Variable {
	list := make([]model.Variable, len(exports))
	unset := make(map[string]bool)
	for i, v := range exports {
		if !v.Value.Set {
			unset[v.Name] = true
			v.Value = model.Text("")
		}
		list[i] = v
	}
	list = environ.Locals(component, list)
	for i := range list {
		if unset[list[i].Name] {
			list[i].Value = model.Value{}
		}
	}
	return list
}

type parameters struct {
	list     []string
	seen     map[string]string
	warnings []string
}

func (p *parameters) add(name, from, value string) {
	if first, taken := p.seen[strings.ToLower(name)]; taken {
		p.warnings = append(p.warnings, fmt.Sprintf("%s and %s are both the parameter %s: the class gets the first", first, from, name))
		return
	}
	p.seen[strings.ToLower(name)] = from
	p.list = append(p.list, name+" => "+value)
}

// hash is the value of a prefix: its imports by path, or undef (PL-52).
func hash(imports []agent.Import) string {
	if len(imports) == 0 {
		return "undef"
	}
	var b strings.Builder
	b.WriteString("{ ")
	for i, imp := range imports {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(entry(imp))
	}
	b.WriteString(" }")
	return b.String()
}

// entry is 'PATH' => { name => 'value', ... }. Of two variables that become one name the first is kept.
func entry(imp agent.Import) string {
	vars := make([]string, 0, len(imp.Vars))
	seen := make(map[string]bool, len(imp.Vars))
	for _, v := range imp.Vars {
		_, local := model.SplitName(v.Name)
		name := strings.ToLower(environ.Mangle(local))
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		vars = append(vars, key(name)+" => "+quoteOrUndef(v.Value))
	}
	if len(vars) == 0 {
		return Quote(imp.Path) + " => { }"
	}
	return Quote(imp.Path) + " => { " + strings.Join(vars, ", ") + " }"
}

// key is a name in a hash: as it is where Puppet takes it for a word, else quoted, which gives the same key.
func key(name string) string {
	if name[0] == '_' || keywords[name] {
		return Quote(name)
	}
	return name
}

// keywords mean something else where a word is expected.
var keywords = map[string]bool{
	"and": true, "application": true, "attr": true, "case": true, "class": true, "component": true, "consumes": true, "default": true, "define": true, "else": true,
	"elsif": true, "environment": true, "false": true, "function": true, "if": true, "import": true, "in": true, "inherits": true, "node": true, "or": true, "plan": true,
	"private": true, "produces": true, "site": true, "true": true, "type": true, "undef": true, "unless": true,
}

func diff(c *agent.Change) string {
	added, removed := "{ "+entry(c.Import)+" }", "undef"
	if c.Status != lifecycle.DeployedStarted {
		added, removed = removed, added
	}
	return "{ added => " + added + ", removed => " + removed + ", 'component' => " + Quote(c.Prefix) + " }"
}

func quoteOrUndef(v model.Value) string {
	if v.Text == "" {
		return "undef"
	}
	return Quote(v.Text)
}

// Quote is a text as Puppet reads it back: in single quotes, with \ and ' escaped (PL-53). Nothing else means anything in there.
func Quote(text string) string {
	return "'" + quoter.Replace(text) + "'"
}

var quoter = strings.NewReplacer(`\`, `\\`, `'`, `\'`)
