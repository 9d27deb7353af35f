package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

const descriptor = "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n"

// project is an application of one graph and one instances file.
func project(graph, instances string) fstest.MapFS {
	return fstest.MapFS{
		"descriptor/application.properties": {Data: []byte(descriptor)},
		"graph/main.graph":                  {Data: []byte(graph)},
		"instances/model.instances":         {Data: []byte(instances)},
	}
}

// example is one text with what must be found in it: "file:line:column CODE (detail; detail)".
type example struct {
	name      string // the requirement, and what is special
	graph     string
	instances string
	want      []string
}

// run checks examples; only the family of codes that starts with prefix is looked at.
func run(t *testing.T, prefix string, examples []example) {
	t.Helper()
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			instances := e.instances
			if instances == "" {
				instances = "# none\n"
			}
			_, found := check.Dir(project(e.graph, instances), load.Options{})
			same(t, found, prefix, e.want)
		})
	}
}

func same(t *testing.T, found []diag.Problem, prefix string, want []string) {
	t.Helper()
	var got []string
	for _, p := range found {
		if strings.HasPrefix(string(p.Code), prefix) {
			got = append(got, short(p))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// short is a finding without its sentence; main files are called g and i.
func short(p diag.Problem) string {
	file := strings.NewReplacer("graph/main.graph", "g", "instances/model.instances", "i", "descriptor/application.properties", "d").Replace(p.Place.File)
	s := string(p.Code)
	if file != "" {
		s = fmt.Sprintf("%s:%d:%d %s", file, p.Range.Start.Line, p.Range.Start.Column, s)
	}
	var details []string
	for _, d := range p.Details {
		details = append(details, d.Text)
	}
	if len(details) > 0 {
		s += " (" + strings.Join(details, "; ") + ")"
	}
	return s
}

// lines joins lines, so that examples can be counted.
func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

// fixed applies the first fix of the first finding with the code.
func fixed(t *testing.T, files fstest.MapFS, found []diag.Problem, code diag.Code) fstest.MapFS {
	t.Helper()
	for _, p := range found {
		if p.Code != code || len(p.Fixes) == 0 {
			continue
		}
		out := fstest.MapFS{}
		for name, f := range files {
			out[name] = f
		}
		for _, e := range p.Fixes[0].Edits {
			text := string(out[e.Place.File].Data)
			out[e.Place.File] = &fstest.MapFile{Data: []byte(text[:e.Place.Span.Start] + e.With + text[e.Place.Span.End:])}
		}
		return out
	}
	t.Fatalf("no fix for %s", code)
	return nil
}

// beside gives the lines and columns of the places beside a finding.
func beside(p diag.Problem) (out []string) {
	for _, r := range p.Related {
		out = append(out, fmt.Sprintf("%s:%d:%d %s", r.Place.File, r.Range.Start.Line, r.Range.Start.Column, r.Message))
	}
	return out
}

func find(t *testing.T, found []diag.Problem, code diag.Code) diag.Problem {
	t.Helper()
	for _, p := range found {
		if p.Code == code {
			return p
		}
	}
	t.Fatalf("%s was not found", code)
	return diag.Problem{}
}

func textAt(files fstest.MapFS, p source.Place) string { return p.Span.Of(string(files[p.File].Data)) }
