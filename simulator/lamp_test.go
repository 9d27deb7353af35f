package simulator

import (
	"bytes"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/samples"
)

func sampleApp(t testing.TB, name string) *model.Application {
	t.Helper()
	s, err := samples.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	r := load.Dir(s.FS, load.Options{}, nil)
	if !r.HasGraph || len(r.App.Instances) == 0 {
		t.Fatalf("%s is no application: %v", name, r.Problems)
	}
	return r.App
}

// Everything of the sample starts, in the order that dependencies impose.
func TestLampStarts(t *testing.T) {
	r := Run(sampleApp(t, "lamp"), Options{Seed: 1})
	if !r.OK() {
		t.Errorf("%+v %v %v", r.Unmet, r.Broken, r.Failed)
	}
	var out bytes.Buffer
	if err := r.Trace.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	out.WriteString(r.Summary() + "\n")
	golden.Equal(t, "lamp.txt", out.Bytes())
}
