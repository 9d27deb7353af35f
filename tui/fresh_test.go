package tui_test

import (
	"os"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/tui/tuitest"
)

// The screen in the README is the real one. make generate writes it again, with its picture docs/workbench.png.
func TestFreshReadme(t *testing.T) {
	p := sit(t, "lamp", 106, 35)
	p.Keys("f5")
	p.WaitRest()
	p.choose("/back/mysql")
	p.Keys("t")
	p.Wait("the guest books wait", func(string) bool { return p.state("/back/mysql") == lifecycle.DeployedStopped })

	const path = "../README.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), "```\n Lamp")
	_, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("the README has no block with the screen: ```, then a line that begins with \" Lamp\"")
	}
	fresh := before + "```\n" + p.Screen() + "```\n" + after
	if golden.Updating() && fresh != string(data) {
		if err := os.WriteFile(path, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := tuitest.PNG(p.Grid(), tuitest.Dark, "../docs/workbench.png"); err != nil {
			t.Fatal(err)
		}
		return
	}
	if fresh != string(data) {
		t.Errorf("the README shows another screen; make generate writes this one:\n%s", p.Screen())
	}
}
