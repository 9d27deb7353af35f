package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/runtime/site"
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
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"eventually": eventually},
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAMPLES", samples)
			e.Setenv("NO_COLOR", "1")
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Defer(func() { sweep(t, filepath.Join(e.WorkDir, "state", "roboconf", "sites")) })
			return nil
		},
	})
}

// sweep takes down what a script that failed left running.
func sweep(t *testing.T, root string) {
	left, _ := site.List(root) // what cannot be read was not made by a script
	for _, f := range left {
		if _, err := site.Down(context.Background(), root, f.Domain, slog.New(slog.DiscardHandler), func(string) {}); err != nil {
			t.Error(err)
		}
	}
}

// eventually runs a program again and again until what it prints matches: eventually PATTERN PROGRAM ARGUMENTS.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually PATTERN PROGRAM ARGUMENTS")
	}
	wanted, err := regexp.Compile(args[0])
	ts.Check(err)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		err = ts.Exec(args[1], args[2:]...)
		if wanted.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("never printed %s: %v\n%s", args[0], err, ts.ReadFile("stdout"))
}
