package main

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/internal/gen"
)

// What something else wrote meanwhile is kept: fixes are looked for again in the new text.
func TestFixesKeepWhatOthersWrite(t *testing.T) {
	dir := writeFolder(t, map[string]string{"graph/main.graph": "VM {\n\tinstaller: target ;\n}\n"})
	g, err := checkOptions{level: "hint", fix: true}.gather(context.Background(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.look(context.Background()); err != nil {
		t.Fatal(err)
	}
	w, err := workspace.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "graph", "main.graph")
	if err := os.WriteFile(file, []byte("# Mine.\nVM {\n\tinstaller: target ;\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	m := newMending(g, g.folders[0], w)
	if err := m.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "# Mine.\nVM {\n\tinstaller: target;\n}\n"; string(got) != want {
		t.Errorf("the file is %q, want %q", got, want)
	}
	if n := m.fixed[mended{"graph/main.graph", "X_TRAILING_BLANKS"}]; n != 1 {
		t.Errorf("%d fixes are told, want 1: %v", n, m.fixed)
	}
}

// A patch, given to the program patch, makes of one text the other, whatever differs, with and without line ends at the end.
func TestPatches(t *testing.T) {
	program, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("the program patch is not installed")
	}
	dir := t.TempDir()
	plain := strings.NewReplacer("\r", "", "\x00", "") // the program guesses at line ends and at what is no text
	tried := 0
	for seed := range uint64(60) {
		before := plain.Replace(gen.Mess(seed, 40))
		after := garble(before, seed)
		if seed%3 == 0 {
			before = strings.TrimSuffix(before, "\n")
		}
		if seed%4 == 0 {
			after = strings.TrimSuffix(after, "\n")
		}
		if before == "" || after == "" || before == after {
			continue
		}
		tried++
		file := filepath.Join(dir, "main.graph")
		if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := (patched{from: "main.graph", to: "main.graph", before: before, after: after}).write(&b); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "-p1", "--fuzz=0", "--no-backup-if-mismatch", "-d", dir)
		cmd.Stdin = strings.NewReader(b.String())
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\n%s", seed, err, said, b.String())
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != after || strings.Contains(string(said), "offset") {
			t.Fatalf("seed %d: %v, %s\n%s\ngave\n%q\nwant\n%q", seed, err, said, b.String(), got, after)
		}
	}
	if tried < 50 {
		t.Errorf("only %d patches were tried", tried)
	}
}

// garble takes lines away, doubles, changes, adds some.
func garble(text string, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch r.IntN(12) {
		case 0:
		case 1:
			b.WriteString(line + line)
		case 2:
			b.WriteString("x" + line)
		case 3:
			b.WriteString("new\n" + line)
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestWhatPuppetSays(t *testing.T) {
	const file = "/tmp/x/manifest.pp"
	for said, want := range map[string]string{
		"Warning: old\nError: Could not parse for environment production: Syntax error at '}' (file: /tmp/x/manifest.pp, line: 3, column: 1)\n": "Syntax error at '}' (line: 3, column: 1)",
		"Error: Could not find /tmp/x/manifest.pp\n": "Could not find manifest",
		"something else\n":                           "something else",
		"":                                           "",
	} {
		if got := puppetSays(said, file); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
}
