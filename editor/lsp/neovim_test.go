package lsp

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
)

// build makes the program that is under test.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roboconf")
	out, err := exec.Command("go", "build", "-o", program, "github.com/roboconf/workbench/cmd/roboconf").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// A real editor drives the built program: findings, an action, completion, renaming across files and folders, the layout.
func TestNeovim(t *testing.T) {
	nvim := require.Neovim(t)
	program, app := build(t), lamp(t)
	story, err := filepath.Abs("testdata/story.lua")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	said := filepath.Join(home, "said")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "--clean", "-n", "-c", "luafile "+story)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home, "LC_ALL=C.UTF-8",
		"ROBOCONF="+program, "APP="+app, "SAID="+said)
	out, err := cmd.CombinedOutput()
	told, _ := os.ReadFile(said) // what the story told before it failed
	if err != nil || !strings.HasSuffix(string(told), "ended\n") {
		logged, _ := os.ReadFile(said + ".log")
		t.Fatalf("nvim: %v\n%s\nthe story:\n%s\nthe server:\n%s", err, out, told, logged)
	}
	t.Logf("%s", told)
	check := exec.Command(program, "check", app)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("what was left is not sound: %v\n%s", err, out)
	}
}

var luaBlock = regexp.MustCompile("(?s)```lua\n(.*?)```")

// The set-up that docs/editors/neovim.md shows for every version attaches the server to a file that is opened.
func TestNeovimSetUpOfTheDocuments(t *testing.T) {
	nvim := require.Neovim(t)
	program, app, home := build(t), lamp(t), t.TempDir()
	page, err := os.ReadFile("../../docs/editors/neovim.md")
	if err != nil {
		t.Fatal(err)
	}
	setUp := filepath.Join(home, "init.lua")
	if err := os.WriteFile(setUp, luaBlock.FindSubmatch(page)[1], 0o600); err != nil {
		t.Fatal(err)
	}
	graph := filepath.Join(app, "graph", "main.graph")
	if err := os.WriteFile(graph, []byte("VM {\n\tinstaller: target\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "--clean", "-n", "-c", "luafile "+setUp, "-c", "edit "+graph,
		"-c", "lua if not vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 10) then vim.cmd('cquit 1') end",
		"-c", "qall!")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home, "LC_ALL=C.UTF-8",
		"PATH="+filepath.Dir(program)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("no findings come: %v\n%s", err, out)
	}
}
