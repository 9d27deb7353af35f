package environ

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// Tree is what templates are rendered with (PL-45): texts, numbers, truths, Trees, lists of Trees.
type Tree = map[string]any

// Context is what a recipe is told, as a tree. What the reference gave is there under its names: a template that iterates importLists gives
// the same text.
func Context(c *plugin.Call) Tree {
	v := &c.View
	t := Tree{
		"instance": Tree{
			"name": v.Name, "path": v.Path, "cleanPath": Clean(v.Path), "reversedCleanPath": CleanReversed(v.Path), "component": v.Component,
			"application": c.Who.App, "scope": c.Who.Scope,
		},
		"exports":     variables(v.Exports),
		"importLists": importLists(v.Imports),
	}
	ancestors := make([]Tree, len(v.Ancestors))
	for i, a := range v.Ancestors {
		ancestors[i] = Tree{"component": a.Component, "name": lastName(a.Path), "path": a.Path, "exports": variables(a.Exports)}
	}
	t["ancestors"] = ancestors
	if ch := c.Change; c.Op == lifecycle.Update && ch != nil {
		t["update"] = Tree{"status": ch.Status.String(), "prefix": ch.Prefix, "instancePath": ch.Path, "vars": byLocalName(ch.Vars)}
	}
	return t
}

// variables lists those that have a value.
func variables(vars []model.Variable) []Tree {
	list := make([]Tree, 0, len(vars))
	for _, v := range vars {
		if _, local := model.SplitName(v.Name); v.Value.Set {
			list = append(list, Tree{"name": v.Name, "localName": local, "value": v.Value.Text})
		}
	}
	return list
}

func byLocalName(vars []model.Variable) Tree {
	t := make(Tree, len(vars))
	for _, v := range imported(vars) {
		if _, taken := t[v.local]; !taken {
			t[v.local] = v.Value.Text
		}
	}
	return t
}

// importLists has an entry for each prefix with an import, sorted.
func importLists(all []agent.Imports) []Tree {
	lists := make([]Tree, 0, len(all))
	for _, p := range slices.SortedFunc(slices.Values(all), func(a, b agent.Imports) int { return cmp.Compare(a.Prefix, b.Prefix) }) {
		if len(p.From) == 0 {
			continue
		}
		imports := make([]Tree, len(p.From))
		for i, imp := range p.From {
			imports[i] = Tree{
				"exportedVars": variables(imp.Vars), "instancePath": imp.Path, "instanceName": lastName(imp.Path), "index": i,
				"first": i == 0, "last": i == len(p.From)-1, "vars": byLocalName(imp.Vars),
			}
		}
		lists = append(lists, Tree{"prefix": p.Prefix, "imports": imports})
	}
	return lists
}

// lastName is the name of the instance at a path.
func lastName(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

// JSON is what a recipe is told as a file (PL-41): the tree of Context with more about the call. It ends with a line end.
func JSON(c *plugin.Call) ([]byte, error) {
	t := Context(c)
	t["action"] = c.Op.String()
	t["filesDir"] = filepath.Join(c.Dir, "files")
	t["domain"], t["request"], t["data"] = c.Who.Domain, c.Who.Request, c.View.Data
	prefixes := make([]string, len(c.View.Imports))
	for i, p := range c.View.Imports {
		prefixes[i] = p.Prefix
	}
	t["prefixes"] = prefixes // all that are declared, those without import too
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write what the recipe is told as JSON: %w", err)
	}
	return append(text, '\n'), nil
}

// Write writes JSON to the call's Context, or to a new file among the temporary ones, for its user alone. remove deletes it (PL-41).
func Write(c *plugin.Call) (path string, remove func(), err error) {
	text, err := JSON(c)
	if err != nil {
		return "", nil, err
	}
	var f *os.File
	if c.Context == "" {
		f, err = os.CreateTemp("", "roboconf-*.json") // made with 0600
	} else {
		_ = os.Remove(c.Context) // left by a crash; a link there must not be followed
		f, err = os.OpenFile(c.Context, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return "", nil, fmt.Errorf("make the file of ROBOCONF_CONTEXT_FILE: %w", err)
	}
	remove = func() { _ = os.Remove(f.Name()) } // one that stays is replaced
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		remove()
		return "", nil, fmt.Errorf("write %s: %w", f.Name(), err)
	}
	return f.Name(), remove, nil
}
