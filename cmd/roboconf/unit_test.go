package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/samples"
)

// Ctrl-C ends a run at once, however long it would last.
func TestARunCanBeLeft(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	endless := make(chan bool)
	defer close(endless)
	interrupt()
	_, err := interruptible(ctx, func() bool { return <-endless })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the interruption", err)
	}
	got, err := interruptible(context.Background(), func() int { return 7 })
	if got != 7 || err != nil {
		t.Errorf("got %d, %v, want the result", got, err)
	}
}

func TestColorsAreForTerminalsOfPeopleWhoWantThem(t *testing.T) {
	terminal, err := os.Open(os.DevNull) // a device of characters, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		name string
		f    *os.File
		env  map[string]string
		want bool
	}{
		{"a terminal", terminal, nil, true},
		{"a file", file, nil, false},
		{"NO_COLOR", terminal, map[string]string{"NO_COLOR": "1"}, false},
		{"dumb", terminal, map[string]string{"TERM": "dumb"}, false},
	} {
		if got := colorful(c.f, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestCountsReadWell(t *testing.T) {
	severe, hint := diag.Problem{Code: "P_IO_ERROR"}, diag.Problem{Code: "X_TRAILING_BLANKS"}
	for want, problems := range map[string][]diag.Problem{
		"nothing to mend":           nil,
		"1 severe problem":          {severe},
		"2 severe problems, 1 hint": {severe, hint, severe},
	} {
		if got := count(problems, diag.English); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestASampleIsCopiedOnce(t *testing.T) {
	data := t.TempDir()
	env := func(name string) string { return map[string]string{"XDG_DATA_HOME": data}[name] }
	lamp, err := samples.Find("lamp")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := ownSample(lamp, env)
	if err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(dir, "note.txt")
	if err := os.WriteFile(note, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := ownSample(lamp, env)
	if err != nil || again != dir {
		t.Errorf("the second time gives %s, %v", again, err)
	}
	if _, err := os.Stat(note); err != nil {
		t.Error("what the person wrote is gone")
	}
}
