package scene

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/samples"
	"github.com/roboconf/workbench/tui/canvas"
)

func lamp(t testing.TB) *model.Application {
	t.Helper()
	s, err := samples.Find("lamp")
	if err != nil {
		t.Fatal(err)
	}
	return load.Dir(s.FS, load.Options{}, nil).App
}

// describe lists a graph, one line for each node and edge.
func describe(g canvas.Graph) []byte {
	var b strings.Builder
	for _, n := range g.Nodes {
		b.WriteString("node " + n.ID + " in " + n.Parent + " kind " + n.Kind + " [" + n.Summary + "]")
		if n.Machine {
			b.WriteString(" machine")
		}
		b.WriteString("\n")
		for _, l := range n.Lines {
			b.WriteString("     " + l + "\n")
		}
	}
	for _, e := range g.Edges {
		b.WriteString("edge " + e.From + " -> " + e.To + " " + e.Label)
		if e.Optional {
			b.WriteString(" optional")
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}

// MOD-90: instances stand in each other as their paths say.
func TestInstancesOfLamp(t *testing.T) {
	golden.Equal(t, "lamp-instances.txt", describe(Instances(lamp(t))))
}

// MOD-40, MOD-150: types stand in what may contain them, and depend on each other.
func TestTypesOfLamp(t *testing.T) {
	golden.Equal(t, "lamp-types.txt", describe(Types(lamp(t).Graph)))
}

func refs(names ...string) (out []model.Ref) {
	for _, n := range names {
		out = append(out, model.Ref{Name: n})
	}
	return out
}

// MOD-41, MOD-60: whoever fits in several boxes stands in one of them; circles of containment end.
func TestTypesWithSeveralHomesAndCircles(t *testing.T) {
	g := model.NewGraph([]*model.Component{
		{Name: "Small", Installer: model.Ref{Name: "target"}, Extends: model.Ref{Name: "VM"}},
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: refs("App")},
		{Name: "App", Installer: model.Ref{Name: "script"}},
		{Name: "A", Children: refs("B")},
		{Name: "B", Children: refs("A")},
		{Name: "C", Children: refs("C"), Imports: []model.Import{{Prefix: "C", Name: "*", Optional: true}}, Exports: []model.Variable{{Name: "ip"}}},
	}, nil)
	golden.Equal(t, "homes.txt", describe(Types(g)))
	canvas.Layout(Types(g), canvas.Options{}, nil)
}

func TestMergeKeepsTheOrderOfTheRun(t *testing.T) {
	text := []*model.Instance{{Name: "vm", Component: "VM", Children: []*model.Instance{{Name: "new", Component: "App"}}}}
	merged := Merge([]Present{{"/gone", "VM"}, {"/vm", "VM"}, {"/vm/old", "App"}, {"/lost/child", "App"}}, text)
	var got []string
	for path, i := range model.Walk(merged) {
		got = append(got, path+" "+i.Component)
	}
	if want := "/gone VM, /vm VM, /vm/old App, /vm/new App"; strings.Join(got, ", ") != want {
		t.Errorf("merged: %s, want %s", strings.Join(got, ", "), want)
	}
}

// The picture of the sample itself, as the README promises it.
func TestPictureOfLamp(t *testing.T) {
	for name, g := range map[string]canvas.Graph{"instances": Instances(lamp(t)), "types": Types(lamp(t).Graph)} {
		p := canvas.Layout(g, canvas.Options{Width: 100, Height: 30, Zoom: canvas.Details}, nil)
		golden.Equal(t, "picture-"+name+".txt", []byte(p.Text(canvas.Unicode())))
	}
}
