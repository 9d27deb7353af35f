package tui_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
)

// after puts the cursor behind a text of a file.
func (p *person) after(file, text string) {
	p.t.Helper()
	p.goTo(file, text)
	p.Keys("end")
	_, rest, _ := strings.Cut(p.whole(file, text), text)
	for range []rune(rest) {
		p.Keys("left")
	}
}

// whole is the line of a file that holds some words.
func (p *person) whole(file, words string) string {
	for l := range strings.SplitSeq(p.text(file), "\n") {
		if strings.Contains(l, words) {
			return l
		}
	}
	return ""
}

const importsOfProxy = "imports: Tomcat.ip, Tomcat.port"

// listed says whether the list of what may be written is open: it shows one of its details.
func (p *person) listed(label string) bool { return strings.Contains(p.Screen(), label) }

// Enter takes an item after letters were typed; behind a sign alone it makes a new line, and Tab takes the item.
func TestEnterInTheList(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(p *person)
		want string // of the text, around the place
	}{
		{"letters, then Enter", func(p *person) { p.Type(", MySQL.po"); p.Keys("enter") }, "Tomcat.port, MySQL.port;"},
		{"a sign, then Enter", func(p *person) { p.Type(", MySQL."); p.Keys("enter") }, "Tomcat.port, MySQL.\n\t;"},
		{"a sign, then Tab", func(p *person) { p.Type(", MySQL."); p.Keys("tab") }, "Tomcat.port, MySQL.*;"},
		{"a sign, moved, then Enter", func(p *person) { p.Type(", MySQL."); p.Keys("down", "enter") }, "Tomcat.port, MySQL.database;"},
		{"asked for, then Enter", func(p *person) { p.Type(", "); p.Keys("ctrl+space", "enter") }, "Tomcat.port, "},
		{"Esc, then Enter", func(p *person) { p.Type(", MySQL.po"); p.Keys("esc", "enter") }, "Tomcat.port, MySQL.po\n\t;"},
		{"Esc goes no layer back", func(p *person) { p.Keys("f4"); p.Type(", MySQL.po"); p.Keys("esc", "f4") }, "MySQL.po;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sit(t, "lamp", 120, 40)
			p.after(mainGraph, importsOfProxy)
			c.do(p)
			text := strings.ReplaceAll(p.text(mainGraph), "\n    ", "\n\t")
			if !strings.Contains(text, c.want) {
				t.Errorf("no %q in:\n%.700s\n%s", c.want, text, p.Screen())
			}
			if c.name == "Esc goes no layer back" && !strings.Contains(p.Screen(), "Topology") {
				t.Error("F4 a second time shows all panes again, unless Esc did so before")
			}
		})
	}
}

// The list ends with the moment that it was made for.
func TestListEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(p *person)
	}{
		{"undo", func(p *person) { p.Keys("ctrl+z") }},
		{"paste", func(p *person) { p.Paste("x") }},
		{"move left", func(p *person) { p.Keys("left") }},
		{"home", func(p *person) { p.Keys("home") }},
		{"a blank", func(p *person) { p.Type(" ") }},
		{"the end of a line", func(p *person) { p.Type(";") }},
		{"close", func(p *person) { p.Keys("ctrl+w") }},
		{"switch", func(p *person) { p.command("", instances) }},
		{"another pane, and back", func(p *person) { p.Keys("f6", "shift+f6") }},
		{"the palette, and back", func(p *person) { p.Keys("ctrl+p", "esc") }},
		{"hover, and back", func(p *person) { p.Keys("f1", "esc") }},
		{"find", func(p *person) { p.Keys("ctrl+f", "esc") }},
		{"a click elsewhere", func(p *person) { p.ClickOn("HAProxy {") }},
		{"the wheel elsewhere", func(p *person) { p.Wheel(28, 2, 1); p.Wheel(28, 2, -1) }},
		{"a change on the disk", func(p *person) { p.write(mainGraph, "# new\n"+p.read(mainGraph)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sit(t, "lamp", 120, 40)
			p.after(mainGraph, importsOfProxy)
			p.Type(", My")
			p.See("MySQL.database")
			c.do(p)
			if p.listed("import all the variables") {
				t.Errorf("the list is still open\n%s", p.Screen())
			}
			p.Advance(0)
			p.Send(tea.FocusMsg{})
			if p.listed("import all the variables") {
				t.Errorf("the list is open again\n%s", p.Screen())
			}
		})
	}
}

// The list does not open by itself where no name is written.
func TestNoListUnasked(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(mainGraph, "# The way in.")
	p.Keys("end")
	p.Type(" Tom")
	quiet(p, "a comment")
	p.after(mainGraph, importsOfProxy)
	p.Keys("left", "left", "right")
	quiet(p, "moving")
	p.Type(" ")
	quiet(p, "a blank")
	p.command("", "README.md")
	p.Type("Tom")
	quiet(p, "a file in no language")
	p.command("", mainGraph)
	quiet(p, "another file after it")
	p.Keys("ctrl+home")
	p.Keys("ctrl+space")
	p.Keys("esc")
	quiet(p, "closed")
}

func quiet(p *person, where string) {
	p.t.Helper()
	for _, detail := range []string{"import all the variables", "new component", "set by the platform"} {
		if p.listed(detail) {
			p.t.Errorf("%s opens the list\n%s", where, p.Screen())
		}
	}
}

// A click takes an item, the wheel scrolls them.
func TestListByMouse(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.after(mainGraph, importsOfProxy)
	p.Type(", My")
	p.ClickOn("MySQL.user")
	if line := p.line(mainGraph, importsOfProxy); line != importsOfProxy+", MySQL.user;" {
		t.Errorf("clicked: %s", line)
	}
	p.Keys("ctrl+z", "ctrl+z")
	p.after(mainGraph, importsOfProxy)
	p.Type(", ")
	p.Keys("ctrl+space")
	x, y, ok := p.Find("MySQL.*")
	if !ok {
		t.Fatalf("no list\n%s", p.Screen())
	}
	before := p.Screen()
	p.Wheel(x, y, 30)
	if p.Screen() == before || !strings.Contains(p.Screen(), importsOfProxy) {
		t.Errorf("the wheel scrolls the list, not the text\n%s", p.Screen())
	}
	p.Keys("enter")
	if line := p.line(mainGraph, importsOfProxy); line == importsOfProxy+", ;" {
		t.Errorf("nothing taken: %s", line)
	}
}

// At every edge of every screen the list is whole, the line that is written stays in sight, and nothing hangs over the panes
// beside.
func TestListAtTheEdges(t *testing.T) {
	for _, size := range [][2]int{{70, 20}, {80, 24}, {120, 40}, {160, 50}, {60, 15}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			p := sit(t, "lamp", size[0], size[1])
			p.after(mainGraph, importsOfProxy)
			for range 3 {
				p.Type(", My")
				p.See("MySQL.", ", My")
				if size[0] >= 120 && strings.Contains(rightOf(p.m.Grid(), "Topology"), "MySQL") {
					t.Errorf("the list hangs over the picture\n%s", p.Screen())
				}
				p.frame(fmt.Sprintf("list-%dx%d", size[0], size[1]))
				p.Keys("esc")
				p.Type("SQL.port, Tomcat.base, Tomcat.ip") // on to the right edge
			}
			p.Keys("ctrl+end")
			p.Type("\n")
			p.Keys("enter")
			p.Type("fac")
			p.See("facet", "fac")
			p.frame(fmt.Sprintf("bottom-%dx%d", size[0], size[1]))
		})
	}
}

// rightOf is what stands below a head of the screen and at its right.
func rightOf(g *cell.Grid, head string) string {
	lines := strings.Split(g.Plain(), "\n")
	at := -1
	var b strings.Builder
	for _, l := range lines {
		if i := strings.Index(l, head); i >= 0 && at < 0 {
			at = cell.Width(l[:i])
		}
		if at > 0 && cell.Width(l) > at {
			b.WriteString(string([]rune(l)[min(at, len([]rune(l))):]) + "\n")
		}
	}
	return b.String()
}

// Whoever fills a snippet in is shown what may stand in each place, types over what the snippet has written, and a word from
// the list does not end it.
func TestFillingIn(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.Keys("ctrl+end", "enter")
	p.Type("Redis {")
	p.Keys("enter")
	p.Type("inst")
	p.Keys("tab")
	p.Type("scr")
	p.See("4 components")
	p.Keys("enter")
	p.Type(";")
	p.Keys("enter")
	p.Type("exports: ip, port = 6379;")
	p.Keys("enter")
	p.Type("}")
	want := "Redis {\n\tinstaller: script;\n\texports: ip, port = 6379;\n}"
	if text := strings.ReplaceAll(p.text(mainGraph), "    ", "\t"); !strings.HasSuffix(strings.TrimSpace(text), want) {
		t.Errorf("written:\n%s", text[len(text)-120:])
	}
	p.frame("redis")
}

// Enter in a place of a snippet ends the line behind the semicolon.
func TestEnterInASnippet(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.Keys("ctrl+end", "enter")
	p.Type("Redis {")
	p.Keys("enter")
	p.Type("inst")
	p.Keys("tab")
	p.Type("puppetry")
	p.Keys("enter")
	p.Type("}")
	want := "Redis {\n\tinstaller: puppetry;\n}"
	if text := strings.ReplaceAll(p.text(mainGraph), "    ", "\t"); !strings.HasSuffix(strings.TrimSpace(text), want) {
		t.Errorf("written:\n%s", text[len(text)-120:])
	}
}
