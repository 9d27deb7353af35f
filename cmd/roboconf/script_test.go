package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/roboconf/workbench/internal/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"roboconf": main})
}

// TestScripts runs the program as people do: each file of testdata/script is a session in an empty folder.
// $SAMPLES is the folder of the samples.
func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../../samples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       golden.Updating(),
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAMPLES", samples)
			e.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}
