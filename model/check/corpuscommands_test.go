package check_test

import (
	"path"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

func corpusCommands(t *testing.T, e corpusEntry) {
	script, name := readCorpus(t, e.Path), path.Base(e.Path)
	app := load.Dir(fstest.MapFS{
		"descriptor/application.properties": {Data: []byte(descriptor)},
		"graph/main.graph":                  {Data: []byte(e.Setup.Graph)},
		"instances/model.instances":         {Data: []byte(e.Setup.Instances)},
	}, load.Options{}, nil).App
	c := command.Context{Graph: app.Graph, Instances: command.Of(app.Instances)}
	for other := range e.Setup.Commands {
		c.Commands = append(c.Commands, other)
	}
	r := command.Run(command.Parse(name, "checked", script), c)
	lines := source.NewLines(script)
	for i := range r.Problems {
		r.Problems[i].Range = lines.Range(r.Problems[i].Place.Span)
	}
	compareFindings(t, r.Problems, e.Expected.Diagnostics, e.Expected.Also, name)
	if len(r.Instructions) != len(e.Expected.Instructions) {
		t.Fatalf("%d instructions, want %d", len(r.Instructions), len(e.Expected.Instructions))
	}
	for i, in := range r.Instructions {
		if got, want := instructionFacts(in, lines), e.Expected.Instructions[i]; !reflect.DeepEqual(got, want) {
			t.Errorf("got  %s\nwant %s", text(got), text(want))
		}
	}
}

// instructionFacts are the facts of the corpus; those that a kind does not have are left out.
func instructionFacts(in *command.Instruction, lines *source.Lines) map[string]any {
	facts := map[string]any{"kind": string(in.Kind), "line": float64(lines.Line(in.Line.Start)), "disabled": in.Disabled}
	for key, value := range map[string]string{
		"path": in.Path.Text, "verb": in.Verb, "target": in.Target.Text, "status": in.Status.Text, "component": in.Component.Text,
		"name": in.Name.Text, "variable": in.Variable.Text, "value": in.Value.Text, "file": in.File.Text, "text": in.Content.Text,
		"command": in.Command.Text, "message": in.Message.Text,
	} {
		if value != "" {
			facts[key] = value
		}
	}
	if len(in.To) > 0 {
		to := []any{}
		for _, p := range in.To {
			to = append(to, p.Text)
		}
		facts["to"] = to
	}
	return facts
}
