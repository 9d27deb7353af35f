package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What can be written at a place is one key away, in every language of the application.
func TestCompletion(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(mainGraph, "imports: Tomcat.ip, Tomcat.port;")
	p.Keys("end", "left")
	p.Type(", My")
	p.See("MySQL.port")
	p.frame("completion")
	p.Keys("tab")
	if line := p.line(mainGraph, "imports: Tomcat.ip"); !strings.HasPrefix(line, "imports: Tomcat.ip, Tomcat.port, MySQL.") {
		t.Errorf("completed: %s", line)
	}
	p.Keys("ctrl+z", "ctrl+z")
	p.Keys("ctrl+space")
	p.Keys("esc")
	p.Type("x")
	p.Keys("backspace")

	p.goTo("commands/add-app.commands", "replicate")
	p.Keys("home")
	p.Keys("ctrl+space")
	p.See("rename")
	p.frame("commands")
	p.Keys("esc", "esc")
}

// A snippet is filled place by place with Tab.
func TestSnippet(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(mainGraph, "# The application itself")
	p.Keys("ctrl+home")
	p.Type("facet")
	p.See("facet")
	p.Keys("enter")
	p.Type("cache")
	p.Keys("tab")
	if text := p.text(mainGraph); !strings.HasPrefix(text, "facet cache {\n") {
		t.Errorf("written: %.60s", text)
	}
}

// Renaming changes graph, instances, descriptor, and the recipe folder with what recipes say when the person wants it.
func TestRename(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(mainGraph, "HAProxy {")
	p.Keys("f2")
	p.See("Rename HAProxy")
	p.Keys("end")
	p.Type("2")
	p.Keys("enter")
	p.Wait("the recipes are renamed", func(string) bool { return strings.Contains(p.text(mainGraph), "\nHAProxy2 {") })
	p.See("HAProxy2")
	if !strings.Contains(p.text(instances), "instance of HAProxy2 {") {
		t.Errorf("the instances:\n%s", p.text(instances))
	}
	p.Wait("the folder has its name", func(string) bool {
		_, err := os.Stat(filepath.Join(p.dir, "graph", "HAProxy2", "scripts", "start.sh"))
		return err == nil
	})
	p.See("No problem in these files.")
}

func TestHover(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(mainGraph, "Tomcat {")
	p.Keys("f9")
	p.See("What is this?", "script")
	p.frame("hover")
	p.Keys("esc", "shift+f12")
	p.See("main.graph:", "instances/main.instances:")
	p.Keys("esc")
}

// A problem explains itself, and offers what can be changed.
func TestExplainAndChange(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.goTo(instances, "name: haproxy;")
	p.Keys("end", "backspace", "shift+f9")
	p.See("P_PROPERTY_ENDS_WITH_SEMI_COLON")
	p.frame("explain")
	p.Keys("esc", "shift+f7")
	p.See("Add the semicolon")
	p.frame("changes")
	p.Keys("enter")
	p.See("No problem in these files.")
}

// line is the line of a file that holds some words, without the blanks around it.
func (p *person) line(file, words string) string {
	for l := range strings.SplitSeq(p.text(file), "\n") {
		if strings.Contains(l, words) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// What is inherited, and who imports, stands after the lines when it is wanted.
func TestHints(t *testing.T) {
	p := sit(t, "lamp", 160, 50)
	p.goTo("graph/tiers/database.graph", "exports")
	p.command(">", "inherited, who imports")
	p.Keys("f4")
	p.See("ip 1 importer, port 1 importer")
	p.frame("hints")
}

// Declarations of every kind are found by a few letters.
func TestSymbols(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.command("@", "guestbo")
	p.See("GuestBook")
	p.command("@", "add-app")
	p.See("add-app")
}
