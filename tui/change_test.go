package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A rename touches the graph, the instances, scripts, a folder. One act takes all of it back, and the person stays in the
// file and at the name where the rename began.
func TestTakeRenameBack(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	was := map[string]string{}
	for _, name := range p.ws.Snapshot().All {
		was[name] = p.read(name)
	}
	p.goTo(mainGraph, "Tomcat {")
	p.Keys("f2")
	p.Type("Catalina")
	p.Keys("enter")
	p.See("Recipes mention it too", "settings.sh:18")
	if n := strings.Count(p.Screen(), "settings.sh:18"); n != 1 {
		t.Errorf("a line is shown %d times", n)
	}
	p.frame("mentions")
	p.Keys("a")
	p.Wait("renamed", func(string) bool { return strings.Contains(p.text(mainGraph), "\nCatalina {") })
	p.See("Catalina {", "Tomcat is called Catalina now: ", "1 moved", "^K u")
	if at := p.m.Grid().Plain(); !strings.Contains(at, "graph/main.graph") {
		t.Errorf("the person was led away\n%s", at)
	}
	p.command("", "graph/Catalina/scripts/start.sh")
	p.Keys("ctrl+k", "u")
	p.Wait("taken back", func(string) bool { return len(p.ws.Snapshot().Dirty) == 0 })
	p.See("taken back: Tomcat is called Catalina now")
	for name, text := range was {
		if p.read(name) != text || p.text(name) != text {
			t.Errorf("%s is not as it was", name)
		}
	}
	p.See("graph/Tomcat/scripts/start.sh") // the open file bears its old name again
	p.Keys("ctrl+k", "u")
	p.See("there is none to take back")
}

// What was typed since the change stays; the person is told where.
func TestTakeBackKeepsWhatWasTyped(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.after("graph/tiers/database.graph", "export")
	p.Keys("f2")
	p.See("no name stands under the cursor")
	p.after("graph/tiers/database.graph", "ip, port")
	p.Keys("f2")
	p.Type("gate")
	p.Keys("enter")
	if p.listed("Recipes mention it too") {
		p.Keys("m")
	}
	p.See("gate")
	p.goTo(mainGraph, "# The way in.")
	p.Type("# mine\n")
	p.Keys("ctrl+k", "u")
	p.See("changed since, so left as they are: graph/main.graph")
	if !strings.Contains(p.text(mainGraph), "# mine") || strings.Contains(p.text("graph/tiers/database.graph"), "gate") {
		t.Errorf("main:\n%s\ndatabase:\n%s", p.text(mainGraph), p.text("graph/tiers/database.graph"))
	}
}

// New files are taken away again, with the tab that shows one.
func TestTakeNewFilesBack(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.Keys("ctrl+end", "enter")
	p.Type("Redis {\n")
	p.Type("installer: script;\n}")
	p.goTo(mainGraph, "Redis {")
	p.Keys("shift+f7")
	p.Type("recipe")
	p.See("Redis")
	p.frame("skeleton")
	p.Keys("enter")
	script := filepath.Join(p.dir, "graph", "Redis", "scripts", "start.sh")
	p.Wait("made", func(string) bool { _, err := os.Stat(script); return err == nil })
	p.frame("skeleton-made")
	p.Keys("ctrl+k", "u")
	p.Wait("taken away", func(string) bool { _, err := os.Stat(script); return err != nil })
	p.See("graph/main.graph", "Redis {", "taken back")
}

// A file that is not UTF-8 is shown, and stays as it is (DSL-1).
func TestNotUTF8IsReadOnly(t *testing.T) {
	p := sit(t, "hello", 120, 40)
	p.write(mainGraph, "# \xe9t\xe9\n"+p.read(mainGraph))
	p.Keys("ctrl+w")
	p.command("", mainGraph)
	p.See("read-only", "This file is not in UTF-8")
	p.Type("x")
	p.See("convert it first")
	p.Keys("ctrl+space")
	p.Keys("f2")
	p.frame("not-utf8")
	if len(p.ws.Snapshot().Dirty) > 0 {
		t.Error("the file was changed")
	}
}

// Tabs that do not fit go aside for the one that is shown.
func TestTabInSight(t *testing.T) {
	p := sit(t, "lamp", 80, 24)
	for _, name := range p.ws.Snapshot().All {
		if strings.HasSuffix(name, ".sh") {
			p.command("", name)
		}
	}
	p.command("", "commands/add-app.commands")
	p.See(" add-app.commands │")
}

// An instance is added although no file of instances is there: the file is made, and goes away when that is taken back.
func TestFirstInstance(t *testing.T) {
	p := sit(t, "hello", 120, 40)
	if err := os.Remove(filepath.Join(p.dir, "instances", "model.instances")); err != nil {
		t.Fatal(err)
	}
	p.write("README.md", "away")
	p.goTo(mainGraph, "VM {")
	p.Keys("shift+f7")
	p.Type("instance")
	p.frame("add-instance")
	p.Keys("enter")
	p.Wait("the instance is there", func(string) bool { return len(p.ws.Snapshot().Result.App.Instances) == 1 })
	p.frame("added")
	p.See("instances/model.instances", "instance of VM")
	p.Keys("ctrl+k", "u")
	p.Wait("taken back", func(string) bool { return len(p.ws.Snapshot().Result.App.Instances) == 0 })
	p.frame("added-back")
}

// A facet is made of what a component exports, and ^Z takes that back.
func TestExtractFacet(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	was := p.text(mainGraph)
	p.goTo(mainGraph, "exports: ip, port = 8080")
	p.Keys("shift+f7")
	p.Type("facet")
	p.frame("extract")
	p.Keys("enter")
	p.See("facet ", "^Z takes it back")
	p.See("No problem in these files.")
	p.frame("extracted")
	p.Keys("ctrl+z")
	if p.text(mainGraph) != was {
		t.Errorf("not as it was:\n%s", p.text(mainGraph))
	}
}
