package check_test

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
)

// compareModel compares what was built with the facts of an entry.
func compareModel(t *testing.T, r *load.Result, want map[string]any) {
	t.Helper()
	if want == nil {
		return
	}
	app, g := r.App, r.App.Graph
	got := map[string]any{
		"name": app.Descriptor.Name, "version": app.Descriptor.Version, "dsl_id": app.Descriptor.DSL,
		"description": app.Descriptor.Description,
		"components":  names(g.Components(), func(c *model.Component) string { return c.Name }),
		"facets":      names(g.Facets(), func(f *model.Facet) string { return f.Name }),
		"roots":       names(g.Roots(), func(c *model.Component) string { return c.Name }),
		"types":       types(g), "annotations": annotations(g),
		"root_instances": float64(len(app.Instances)),
		"read_files":     readFiles(r), "sources": sources(r),
	}
	paths, exports, details := []any{}, map[string]any{}, map[string]any{}
	for p, i := range model.Walk(app.Instances) {
		paths = append(paths, p)
		values := map[string]any{}
		for _, v := range model.EffectiveExports(g, p, i, "") {
			values[v.Name] = value(v.Value)
		}
		exports[p] = values
		details[p] = instance(i, values)
	}
	slices.SortFunc(paths, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	got["paths"], got["instances"], got["instance_exports"], got["details"] = paths, paths, exports, details
	if _, counted := want["instances"].(float64); counted {
		got["instances"] = float64(len(paths))
	}
	if include, ok := want["components_include"].([]any); ok {
		for _, name := range include {
			if !slices.Contains(got["components"].([]any), name) {
				t.Errorf("component %v was not kept", name)
			}
		}
		want = without(want, "components_include")
	}
	compareFacts(t, want, got)
}

func without(m map[string]any, key string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// compareFacts looks at the facts of the expectation only.
func compareFacts(t *testing.T, want, got map[string]any) {
	t.Helper()
	for key, w := range want {
		g, known := got[key]
		if !known {
			t.Errorf("nobody compares the fact %q", key)
			continue
		}
		if wm, ok := w.(map[string]any); ok {
			if gm, ok := g.(map[string]any); ok {
				compareMaps(t, key, wm, gm)
				continue
			}
		}
		if !reflect.DeepEqual(w, g) {
			t.Errorf("%s: got %s, want %s", key, text(g), text(w))
		}
	}
}

func compareMaps(t *testing.T, key string, want, got map[string]any) {
	t.Helper()
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %s was not expected: %s", key, k, text(got[k]))
		}
	}
	for k, w := range want {
		if !reflect.DeepEqual(w, got[k]) {
			t.Errorf("%s of %s: got %s, want %s", key, k, text(got[k]), text(w))
		}
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func anys(list []string) []any {
	out := []any{}
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

func names[T any](list []T, name func(T) string) []any {
	var out []string
	for _, t := range list {
		out = append(out, name(t))
	}
	slices.Sort(out)
	return anys(out)
}

func value(v model.Value) any {
	if !v.Set {
		return nil
	}
	return v.Text
}

func refs(list []model.Ref) []any {
	return names(list, func(r model.Ref) string { return r.Name })
}

func imports(list []model.Import) []any {
	return names(list, func(i model.Import) string {
		s := i.Full()
		if i.External {
			s = "external " + s
		}
		if i.Optional {
			s += " (optional)"
		}
		return s
	})
}

func own(list []model.Variable) map[string]any {
	out := map[string]any{}
	for _, v := range list {
		facts := map[string]any{"value": value(v.Value)}
		if v.Random {
			facts["random"] = v.Kind
		}
		out[v.Name] = facts
	}
	return out
}

// types describes each type; empty own lists are left out, as in the corpus.
func types(g *model.Graph) map[string]any {
	out := map[string]any{}
	for _, f := range g.Facets() {
		facts := map[string]any{"kind": "facet"}
		put(facts, "extends", refs(f.Extends))
		put(facts, "children", refs(f.Children))
		if len(f.Exports) > 0 {
			facts["exports"] = own(f.Exports)
		}
		out[f.Name] = facts
	}
	for _, c := range g.Components() {
		facts := map[string]any{"kind": "component"}
		if c.Installer.Name != "" {
			facts["installer"] = c.Installer.Name
		}
		if name := g.Installer(c); name != "" {
			facts["effective_installer"] = name
		}
		if c.Extends.Name != "" {
			facts["extends"] = c.Extends.Name
		}
		put(facts, "facets", refs(c.Facets))
		put(facts, "children", refs(c.Children))
		put(facts, "imports", imports(c.Imports))
		if len(c.Exports) > 0 {
			facts["exports"] = own(c.Exports)
		}
		component := func(c *model.Component) string { return c.Name }
		facts["all_ancestors"] = names(g.Ancestors(c), component)
		facts["all_children"] = names(g.Children(c), component)
		facts["all_facets"] = names(g.FacetsOf(c), func(f *model.Facet) string { return f.Name })
		facts["all_imports"] = imports(g.Imports(c))
		all := map[string]any{}
		for _, v := range g.Exports(c) {
			all[v.Name] = value(v.Value)
		}
		facts["all_exports"] = all
		out[c.Name] = facts
	}
	return out
}

func put(facts map[string]any, key string, list []any) {
	if len(list) > 0 {
		facts[key] = list
	}
}

func annotations(g *model.Graph) map[string]any {
	out := map[string]any{}
	for _, c := range g.Components() {
		if c.Doc != "" {
			out[c.Name] = c.Doc
		}
	}
	for _, f := range g.Facets() {
		if f.Doc != "" {
			out[f.Name] = f.Doc
		}
	}
	return out
}

func readFiles(r *load.Result) []any {
	var out []string
	for _, name := range r.Reached {
		if r.Files[name] != nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return anys(out)
}

func sources(r *load.Result) map[string]any {
	out := map[string]any{}
	add := func(key, file string, offset int) {
		out[key] = fmt.Sprintf("%s:%d", file, r.Files[file].Lines.Line(offset))
	}
	for _, c := range r.App.Graph.Components() {
		if r.Files[c.File] != nil {
			add("component:"+c.Name, c.File, c.Base+c.Header.Start)
		}
	}
	for _, f := range r.App.Graph.Facets() {
		if r.Files[f.File] != nil {
			add("facet:"+f.Name, f.File, f.Base+f.Header.Start)
		}
	}
	declared := map[string]bool{} // of several copies the corpus places the first
	for p, i := range model.Walk(r.App.Instances) {
		place := fmt.Sprintf("%s:%d", i.File, i.Base+i.Header.Start)
		if !declared[place] {
			declared[place] = true
			add("instance:"+p, i.File, i.Base+i.Header.Start)
		}
	}
	if r.Descriptor != nil {
		for _, key := range []string{"name", "version", "description", "dsl-id", "graph-entry-point", "instance-entry-point"} {
			if e, ok := r.Descriptor.Key(key); ok {
				add("property:"+key, path.Join(r.Base, "descriptor/application.properties"), e.KeySpan.Start)
			}
		}
	}
	return out
}

func instance(i *model.Instance, exports map[string]any) map[string]any {
	facts := map[string]any{"component": i.Component, "status": "NOT_DEPLOYED", "exports": exports}
	if i.State != "" {
		facts["status"] = strings.ToUpper(i.State)
	}
	overridden, data := map[string]any{}, map[string]any{}
	for _, o := range i.Overrides {
		overridden[o.Name] = o.Value
	}
	for k, v := range i.Data {
		data[k] = v
	}
	if len(overridden) > 0 {
		facts["overridden"] = overridden
	}
	if len(data) > 0 {
		facts["data"] = data
	}
	if len(i.Channels) > 0 {
		facts["channels"] = anys(i.Channels)
	}
	return facts
}
