package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/tui"
)

// head is the line of titles above the panes.
func (p *person) head() string { return strings.Split(p.Screen(), "\n")[1] }

func TestPaletteGoesAnywhere(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	for _, tt := range []struct{ prefix, words, want string }{
		{"", "database", "graph/tiers/database.graph"},
		{"", "start.sh", "start.sh"}, // not of the model: read from the disk
		{"@", "HAProxy", "graph/main.graph"},
		{"@", "webapp", "graph/tiers"},
		{"", "main.instances", "instances/main.instances"},
	} {
		p.command(tt.prefix, tt.words)
		if !strings.Contains(p.head(), tt.want) {
			t.Errorf("%s%s leads to %q", tt.prefix, tt.words, p.head())
		}
	}
	p.command(":", "12")
	p.See("Ln 12 Col 1")
	p.command(":", "3:2")
	p.See("Ln 3 Col 2")
	p.command("#", "/back/mysql")
	p.Keys("enter")
	p.See("instances/main.instances")
	p.command(">", "undo")
	p.Keys("ctrl+p")
	p.Type("no such thing")
	p.See("No file is called so.")
}

func TestProblemsAreWalked(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.Keys("f8")
	p.See("there is no problem")
	p.goTo(mainGraph, "imports: Tomcat.ip, Tomcat.port;")
	p.Keys("end", "left", "backspace", "ctrl+home")
	p.goTo(instances, "name: haproxy;")
	p.Keys("end", "backspace")
	p.See("Problems 2", "E2")
	p.Keys("f8")
	first := p.head()
	p.Keys("f8")
	if second := p.head(); first == second {
		t.Errorf("F8 stays at %q", first)
	}
	p.Keys("f8")
	if p.head() != first {
		t.Errorf("F8 does not go round: %q, then %q", first, p.head())
	}
	p.Keys("ctrl+k", "p", "home", "enter")
	p.See("Ln 12 Col 22")
}

// A quick fix is one key, and one key takes it back.
func TestQuickFix(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(instances, "name: haproxy;")
	p.Keys("end", "backspace")
	p.See("Problems 1", "F7")
	p.Keys("f7")
	p.See("No problem in these files.")
	if p.text(instances) != p.read(instances) {
		t.Errorf("cured:\n%s", p.text(instances))
	}
	p.Keys("ctrl+z")
	p.See("Problems 1")
}

func TestDefinition(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(instances, "instance of HAProxy")
	for range len("\tinstance of H") {
		p.Keys("right")
	}
	p.Keys("f12")
	if !strings.Contains(p.head(), mainGraph) {
		t.Errorf("F12 on HAProxy leads to %q", p.head())
	}
	p.See("Ln 9 Col 1")
	p.Keys("home", "up", "f12") // a comment
	p.See("the name under the cursor is declared nowhere")
	p.Keys("ctrl+k", "b")
	p.See("instances/main.instances", "Ln 6 Col 15")
}

// Every pane can be reached with F6 alone, in both lenses, on every size of screen.
func TestEveryPaneIsReached(t *testing.T) {
	for _, size := range [][2]int{{70, 20}, {80, 24}, {120, 40}} {
		for _, lens := range []string{"1", "2"} {
			p := sit(t, "lamp", size[0], size[1])
			p.Keys("ctrl+k", lens)
			seen := map[string]bool{}
			for range 8 {
				p.Keys("f6", "f1") // help begins with the name of the pane
				for _, line := range strings.Split(p.Screen(), "\n") {
					if at := strings.Index(line, "│  "); at >= 0 {
						seen[strings.Fields(line[at+len("│  "):])[0]] = true
						break
					}
				}
				p.Keys("esc")
			}
			want := []string{"Topology", "Problems", "Timeline", mainGraph}
			if size[0] != 80 || lens == "2" {
				want = append(want, "Files", "Instances") // of 80 columns ^E calls them
			}
			for _, w := range want {
				if !seen[w] {
					t.Errorf("%dx%d, lens %s: F6 does not reach %s: %v", size[0], size[1], lens, w, seen)
				}
			}
		}
	}
}

func TestMouse(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.ClickOn("Timeline")
	p.See("Nothing has run yet.")
	p.ClickOn("README.md")
	p.See("━ README.md")
	p.ClickOn("2 Run")
	p.See("[2 Run]")
	p.ClickOn("F5 run  F6")
	p.See("SIM 0.0s")
	p.WaitRest()
	x, y, _ := p.Find("guestbook")
	p.Click(x, y)
	p.See("/app1/tomcat/guestbook")
	before := p.Screen()
	p.Wheel(20, 35, -3)
	if p.Screen() == before {
		t.Error("the wheel over the timeline does nothing")
	}
	p.Keys("ctrl+p")
	p.Click(1, 38) // beside the palette
	p.Miss("Go to or do")
}

// ^S writes; quitting with something unsaved asks, and no is the default.
func TestNothingIsLostAtTheEnd(t *testing.T) {
	for _, tt := range []struct {
		keys        []string
		ended, kept bool
	}{
		{[]string{"enter"}, false, false},
		{[]string{"esc"}, false, false},
		{[]string{"n"}, false, false},
		{[]string{"s"}, true, true},
		{[]string{"d"}, true, false},
	} {
		p := sit(t, "lamp", 80, 24)
		p.Type("# mine\n")
		p.Keys("ctrl+q")
		p.See("Not everything is saved", mainGraph)
		p.Keys(tt.keys...)
		if kept := strings.HasPrefix(p.read(mainGraph), "# mine\n"); p.Ended != tt.ended || kept != tt.kept {
			t.Errorf("%v: ended %v, written %v", tt.keys, p.Ended, kept)
		}
		if !tt.ended && !strings.HasPrefix(p.text(mainGraph), "# mine\n") {
			t.Errorf("%v: what was typed is gone", tt.keys)
		}
	}
	p := sit(t, "lamp", 80, 24)
	if p.Keys("ctrl+q"); !p.Ended {
		t.Error("with everything saved, ^Q asks")
	}
	p = sit(t, "lamp", 80, 24)
	p.Type("# mine\n")
	p.command(">", "open another folder")
	p.See("save first")
}

// The same lines changed here and there: the person decides, whichever way it goes both texts can be had.
func TestBothChangedTheSameLine(t *testing.T) {
	theirs := func(p *person) string { return "# theirs\n" + p.read(mainGraph) }
	for _, tt := range []struct {
		action string
		want   []string
	}{
		{"keep my text", []string{"# mine"}}, {"take the text on disk", []string{"# theirs"}}, {"merge with marks", []string{"# mine", "# theirs", "<<<<<<<"}},
	} {
		p := sit(t, "lamp", 120, 40)
		p.Type("# mine\n")
		p.write(mainGraph, theirs(p))
		p.See("# mine", "Esc to choose")
		p.command(">", tt.action)
		for _, want := range tt.want {
			if !strings.Contains(p.text(mainGraph), want) {
				t.Errorf("%s: %q is missing\n%s", tt.action, want, p.text(mainGraph))
			}
		}
		p.Keys("ctrl+z")
		if !strings.Contains(p.text(mainGraph), "# mine") {
			t.Errorf("%s, undone: what was typed is gone\n%s", tt.action, p.text(mainGraph))
		}
		p.Keys("ctrl+y", "ctrl+s")
		if got := p.read(mainGraph); got != p.text(mainGraph) {
			t.Errorf("%s: it cannot be saved\n%s", tt.action, p.Screen())
		}
	}
}

// The disk changes unseen, then ^S: nothing is overwritten without a question.
func TestSavingOverAnUnseenChangeAsks(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.Type("# mine\n")
	path := filepath.Join(p.dir, filepath.FromSlash(mainGraph))
	old := p.read(mainGraph)
	if err := os.WriteFile(path, []byte("# theirs\n"+old), 0o666); err != nil {
		t.Fatal(err)
	}
	p.Keys("ctrl+s")
	p.See("was changed by something else")
	if !strings.HasPrefix(p.read(mainGraph), "# theirs") {
		t.Fatal("it was overwritten")
	}
	p.Keys("enter") // look first
	p.See("Esc to choose")
	p.Keys("ctrl+s")
	p.See("was changed by something else")
	p.Keys("o")
	p.See("saved " + mainGraph)
	if got := p.read(mainGraph); got != "# mine\n"+old {
		t.Errorf("written:\n%s", got)
	}
}

func TestFilesComeAndGo(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.write("instances/more.instances", "instance of VM {\n\tname: spare;\n}\n")
	p.See("more.instances")
	if err := os.Remove(filepath.Join(p.dir, "instances", "more.instances")); err != nil {
		t.Fatal(err)
	}
	p.Send(tui.Disk{Workspace: p.ws})
	p.Miss("more.instances")
	p.Type("# mine\n")
	if err := os.Remove(filepath.Join(p.dir, filepath.FromSlash(mainGraph))); err != nil {
		t.Fatal(err)
	}
	p.Send(tui.Disk{Workspace: p.ws})
	p.See("# mine", "was removed on disk")
	p.command(">", "keep my text")
	p.Keys("ctrl+s")
	if !strings.HasPrefix(p.read(mainGraph), "# mine\n# A web application") {
		t.Errorf("written:\n%s", p.read(mainGraph))
	}
}

// A change that takes something away that lives is shown first; no is the default.
func TestRemovingWhatLivesAsks(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.Keys("f5")
	p.WaitRest()
	p.choose("/app2")
	p.Keys("x")
	p.See("Apply the difference to the run?", "undeploy and remove /app2")
	p.Keys("enter")
	p.See("F5 applies the text", "app2")
	p.Keys("f5", "y")
	p.WaitRest()
	p.See("●7/7")
	p.Miss("▾● app2")
	p.Keys("ctrl+k", "e", "ctrl+z")
	p.See("F5 applies the text")
	p.Keys("f5")
	p.WaitRest()
	p.See("●10/10")
}

func TestThemes(t *testing.T) {
	p := sit(t, "lamp", 80, 24)
	seen := map[string]bool{}
	for range 5 {
		p.Keys("ctrl+k", "c")
		p.See("theme: ")
		seen[p.Styles()] = true
	}
	if len(seen) < 4 {
		t.Errorf("%d looks of five", len(seen))
	}
}

func TestCopyGoesToTheClipboard(t *testing.T) {
	p := sit(t, "lamp", 80, 24)
	p.Keys("shift+down", "ctrl+c")
	if !strings.HasPrefix(p.Clipboard, "# A web application") {
		t.Errorf("copied %q", p.Clipboard)
	}
	p.Keys("f1", "c")
	if !strings.Contains(p.Clipboard, "^Z\tUndo") {
		t.Errorf("copied %q", p.Clipboard)
	}
}
