package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

type inspectOptions struct{ format string }

func inspectCommand(s streams) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect [--format text|json] DIR",
		Short: "Show what a model means once everything is inherited",
		Long: "Shows every component with its effective installer, exports, imports, possible children, facets,\n" +
			"then every instance with the values it would publish.",
		Example: "  roboconf inspect samples/lamp\n  roboconf inspect --format json samples/lamp",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return o.run(s, args[0])
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	completeWords(cmd, "format", "text", "json")
	return cmd
}

func (o inspectOptions) run(s streams, dir string) error {
	app, err := readable(s, dir)
	if err != nil {
		return err
	}
	switch v := view(app); o.format {
	case "json":
		return writeJSON(s.out, v, "  ")
	case "text":
		return v.write(s.out)
	}
	return fmt.Errorf("no format is called %q: there are text, json", o.format)
}

// readable loads an application as far as it can be read; severe problems are told on the side.
func readable(s streams, dir string) (*model.Application, error) {
	if err := isFolder(dir); err != nil {
		return nil, err
	}
	result, problems := check.Dir(os.DirFS(dir), load.Options{})
	if diag.Has(problems, diag.Severe) {
		s.say("%s: %s (roboconf check tells them): what follows is what could be read", dir, count(problems, diag.English))
	}
	if !result.HasGraph {
		return nil, fmt.Errorf("read %s: it has no graph; roboconf check says what is missing", dir)
	}
	return result.App, nil
}

// The resolved model, as product.md 4 writes it.
type (
	modelView struct {
		Components map[string]componentView `json:"components"`
		Facets     []string                 `json:"facets"`
		Instances  map[string]instanceView  `json:"instances"`
	}
	componentView struct {
		Installer string             `json:"installer"`
		Exports   map[string]*string `json:"exports"` // null: no value
		Imports   []importView       `json:"imports"`
		Children  []string           `json:"children"`
		Facets    []string           `json:"facets"`
	}
	importView struct {
		Name     string `json:"name"`
		Optional bool   `json:"optional"`
		External bool   `json:"external"`
	}
	instanceView struct {
		Component string             `json:"component"`
		Exports   map[string]*string `json:"exports"`
	}
)

func view(app *model.Application) modelView {
	v := modelView{Components: map[string]componentView{}, Facets: []string{}, Instances: map[string]instanceView{}}
	for _, c := range app.Graph.Components() {
		v.Components[c.Name] = viewComponent(app.Graph, app.Graph.Component(c.Name))
	}
	for _, f := range app.Graph.Facets() {
		v.Facets = append(v.Facets, f.Name)
	}
	slices.Sort(v.Facets)
	v.Facets = slices.Compact(v.Facets)
	for path, i := range model.Walk(app.Instances) {
		v.Instances[path] = instanceView{i.Component, values(model.EffectiveExports(app.Graph, path, i, ""))}
	}
	return v
}

func viewComponent(g *model.Graph, c *model.Component) componentView {
	v := componentView{
		Installer: g.Installer(c),
		Exports:   values(g.Exports(c)),
		Imports:   []importView{},
		Children:  []string{},
		Facets:    []string{},
	}
	for _, i := range g.Imports(c) {
		v.Imports = append(v.Imports, importView{i.Full(), i.Optional, i.External})
	}
	slices.SortStableFunc(v.Imports, func(a, b importView) int { return cmp.Compare(a.Name, b.Name) })
	for _, child := range g.Children(c) {
		v.Children = append(v.Children, child.Name)
	}
	for _, f := range g.FacetsOf(c) {
		v.Facets = append(v.Facets, f.Name)
	}
	return v
}

func values(vars []model.Variable) map[string]*string {
	out := make(map[string]*string, len(vars))
	for _, v := range vars {
		out[v.Name] = nil
		if v.Value.Set {
			out[v.Name] = &v.Value.Text
		}
	}
	return out
}

// write is the view for people.
func (v modelView) write(w io.Writer) error {
	var b strings.Builder
	for _, name := range sortedKeys(v.Components) {
		c := v.Components[name]
		fmt.Fprintf(&b, "%s (%s)\n", name, cmp.Or(c.Installer, "no installer"))
		list(&b, "facets", c.Facets)
		list(&b, "children", c.Children)
		list(&b, "imports", importLines(c.Imports))
		list(&b, "exports", exportLines(c.Exports))
	}
	if len(v.Instances) > 0 {
		b.WriteByte('\n')
	}
	for _, path := range sortedKeys(v.Instances) {
		i := v.Instances[path]
		fmt.Fprintf(&b, "%s (%s)\n", path, i.Component)
		list(&b, "exports", exportLines(i.Exports))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func list(b *strings.Builder, title string, items []string) {
	if len(items) > 0 {
		fmt.Fprintf(b, "  %-9s %s\n", title, strings.Join(items, ", "))
	}
}

func importLines(imports []importView) []string {
	var lines []string
	for _, i := range imports {
		line := i.Name
		if i.External {
			line = "external " + line
		}
		if i.Optional {
			line += " (optional)"
		}
		lines = append(lines, line)
	}
	return lines
}

func exportLines(exports map[string]*string) []string {
	var lines []string
	for _, name := range sortedKeys(exports) {
		line := name
		if value := exports[name]; value != nil {
			line += " = " + *value
		}
		lines = append(lines, line)
	}
	return lines
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
