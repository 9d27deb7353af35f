package editor

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/tui/theme"
)

const lamp = `# A small application.
VM {
	installer: target;
	children: Apache;
}

Apache {
	installer: script;
	exports: ip, port = 80;
}
`

func TestScreen(t *testing.T) {
	d := drive(t, 60, 14)
	golden.Equal(t, "empty.txt", []byte(d.screen()))
	d.open("graph/main.graph", lamp)
	golden.Equal(t, "open.txt", []byte(d.screen()))
	d.keys("down", "down", "end", "backspace")
	golden.Equal(t, "problem.txt", []byte(d.screen()))
	d.open("scripts/start.sh", "#!/bin/sh\necho \"hello $USER\" # greet\n")
	golden.Equal(t, "tabs.txt", []byte(d.screen()))
}

func TestColours(t *testing.T) {
	d := drive(t, 60, 14)
	d.open("graph/main.graph", lamp)
	d.keys("down", "down", "end", "backspace", "shift+home")
	g, _ := d.drawWith(theme.Dark(), true)
	golden.Equal(t, "colours.txt", []byte(g.Plain()+"\n"+g.Styles()))
}

func TestTypingShowsTheProblemInTheSameFrame(t *testing.T) {
	d := drive(t, 60, 14)
	d.open("graph/main.graph", lamp)
	d.keys("down", "down", "end", "backspace")
	if s := d.screen(); !strings.Contains(s, "E 3") {
		t.Errorf("no sign in the gutter:\n%s", s)
	}
	d.typed(";")
	if s := d.screen(); strings.Contains(s, "E 3") || d.text() != lamp {
		t.Errorf("the sign stays:\n%s", s)
	}
}
