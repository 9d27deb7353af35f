package tui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/trace"
)

const (
	mainGraph = "graph/main.graph"
	instances = "instances/main.instances"
)

// slowDatabase makes MySQL the last to come, so that the others are seen waiting.
const slowDatabase = `# The database takes its time.
MySQL  start  20s
Tomcat start  5s
`

// One person, the keyboard, the whole way through the product: what issue 2 promises, in its order.
func TestStory(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	p.write(".roboconf/profile", slowDatabase)
	p.seesTheApplication()
	p.breaksAndMendsALine()
	p.runsIt()
	p.addsAMachineWhileItRuns()
	p.stopsTheDatabase()
	p.startsTheDatabase()
	p.typesWhileAnotherEditorWrites()
}

func (p *person) seesTheApplication() {
	p.See("main.graph", "instances", "# A web application in three tiers", "▾○ front", "guestbook", "┌ front", "No problem in these files.")
	p.frame("1-open")
}

// Within the frame of the key the problem is listed, underlined, explained; the mended line is free of it as fast.
func (p *person) breaksAndMendsALine() {
	p.goTo(mainGraph, "imports: Tomcat.ip, Tomcat.port;")
	p.Keys("end", "left", "backspace") // Tomcat.port becomes Tomcat.por
	p.See("Problems 1", "main.graph:12:", "Tomcat", "port", "E1")
	if !strings.Contains(p.Screen(), "Tomcat.por") || !strings.Contains(p.explained(), "Tomcat.por") {
		p.t.Fatalf("the sentence does not name what is wrong: %s\n%s", p.explained(), p.Screen())
	}
	x, y, ok := p.Find("Tomcat.por;")
	if _, style := p.Grid().At(x, y); !ok || style.Underline == 0 {
		p.t.Fatalf("the wrong name is not underlined\n%s\n%s", p.Screen(), p.Styles())
	}
	p.frame("2-broken")
	p.Keys("f5")
	p.See("mend this first")
	if len(p.worlds) > 0 {
		p.t.Fatal("a broken model was run")
	}
	p.command("", mainGraph)
	p.Keys("ctrl+z")
	p.See("No problem in these files.", "imports: Tomcat.ip, Tomcat.port;", "saved")
	if p.text(mainGraph) != p.read(mainGraph) {
		p.t.Fatal("the text is not the one before")
	}
}

// explained is the line of the only problem in the list.
func (p *person) explained() string {
	for _, line := range strings.Split(p.Screen(), "\n") {
		if strings.Contains(line, "main.graph:12:") {
			return line
		}
	}
	return ""
}

// runsIt presses one key: everything starts, in the order that dependencies impose.
func (p *person) runsIt() {
	p.Keys("f5")
	p.See("SIM 0.0s", "deploying")
	p.Wait("the guest book waits for the database", func(string) bool {
		return p.state("/app1/tomcat/guestbook") == lifecycle.Unresolved && p.state("/front/haproxy") == lifecycle.DeployedStarted
	})
	p.See("◇ unresolved", "waits for MySQL")
	p.frame("3-waiting")
	p.WaitRest()
	p.See("●10/10", "at rest")
	p.frame("4-started")

	for _, order := range [][2]string{ // who comes first, who waits for it
		{"/front", "/front/haproxy"},
		{"/app1", "/app1/tomcat"},
		{"/app1/tomcat", "/app1/tomcat/guestbook"},
		{"/back", "/back/mysql"},
		{"/back/mysql", "/app1/tomcat/guestbook"},
		{"/back/mysql", "/app2/tomcat/guestbook"},
	} {
		if first, then := p.moved(order[0], "DEPLOYED_STARTED"), p.moved(order[1], "STARTING"); first < 0 || then <= first {
			p.t.Errorf("%s starts before %s is started: entries %d, %d", order[1], order[0], then, first)
		}
	}
	tomcat := min(p.moved("/app1/tomcat", "DEPLOYED_STARTED"), p.moved("/app2/tomcat", "DEPLOYED_STARTED"))
	if start := p.moved("/front/haproxy", "STARTING"); start <= tomcat {
		p.t.Errorf("the balancer starts (%d) before the first Tomcat is started (%d)", start, tomcat)
	}
	p.onTheTimeline("/front/haproxy state:unresolved", "waits for Tomcat")
	p.onTheTimeline("/front/haproxy state:starting", "Tomcat appeared")
	p.onTheTimeline("/app2/tomcat/guestbook state:unresolved", "waits for MySQL")
	p.onTheTimeline("/app2/tomcat/guestbook state:starting", "MySQL appeared, from /back/mysql")
}

// A copy of a machine with everything on it: in the text, in the run, and the balancer is told.
func (p *person) addsAMachineWhileItRuns() {
	before := p.recipes("/front/haproxy", "update")
	p.choose("/app2")
	p.Keys("a")
	p.See("Add a copy of /app2", "app3")
	p.frame("5-copy")
	p.Keys("enter")
	p.See("app3")
	p.WaitRest()
	p.See("●13/13", "at rest")
	if n := p.recipes("/front/haproxy", "update"); n <= before {
		p.t.Errorf("the update recipe of the balancer ran %d times before, %d after", before, n)
	}
	if p.state("/app3/tomcat/guestbook") != lifecycle.DeployedStarted {
		p.t.Errorf("the copy is %v", p.state("/app3/tomcat/guestbook"))
	}
	p.onTheTimeline("/front/haproxy update began", "from /app3/tomcat")
	p.frame("6-updated")
}

// What depends on the database stops, waits, says why.
func (p *person) stopsTheDatabase() {
	p.choose("/back/mysql")
	p.Keys("t")
	p.WaitRest()
	if p.state("/back/mysql") != lifecycle.DeployedStopped {
		p.t.Errorf("the database is %v", p.state("/back/mysql"))
	}
	for n := 1; n <= 3; n++ {
		if path := fmt.Sprintf("/app%d/tomcat/guestbook", n); p.state(path) != lifecycle.Unresolved {
			p.t.Errorf("%s is %v", path, p.state(path))
		}
	}
	if p.state("/front/haproxy") != lifecycle.DeployedStarted {
		p.t.Errorf("the balancer does not need the database, yet it is %v", p.state("/front/haproxy"))
	}
	p.choose("/app1/tomcat/guestbook")
	p.Keys("w")
	p.See("Why is /app1/tomcat/guestbook so?", "MySQL", "/back/mysql")
	p.frame("7-why")
	p.Keys("esc")
	p.Miss("Why is /app1/tomcat/guestbook so?")
	p.onTheTimeline("/app1/tomcat/guestbook state:stopping", "MySQL")
}

func (p *person) startsTheDatabase() {
	p.choose("/back/mysql")
	p.Keys("s")
	p.WaitRest()
	p.See("●13/13", "at rest")
	if n := p.recipes("/app1/tomcat/guestbook", "start"); n != 2 {
		p.t.Errorf("the guest book was started %d times", n)
	}
	p.frame("8-back")
}

// Another editor changes a line far from the one that is being typed: both are shown at once, nothing is lost.
func (p *person) typesWhileAnotherEditorWrites() {
	p.goTo(mainGraph, "# The way in.")
	p.Type("# typed here: ")
	theirs := strings.Replace(p.read(mainGraph), "port = 8080", "port = 9090", 1)
	p.write(mainGraph, theirs)
	p.Type("and on. ")
	p.goTo(mainGraph, "# The way in.")
	p.See("# typed here: and on. # The way in.", "port = 9090", "F5 applies the text")
	p.frame("9-merged")
	p.Keys("ctrl+s")
	if got := p.read(mainGraph); !strings.Contains(got, "# typed here: and on. ") || !strings.Contains(got, "port = 9090") {
		p.t.Errorf("saved:\n%s", got)
	}
	p.write(mainGraph, strings.Replace(p.read(mainGraph), "imports: MySQL.ip", "imports: MySQL.up", 1))
	p.goTo(mainGraph, "MySQL.up")
	p.See("MySQL.up", "E1", "Problems 1")
	p.Keys("ctrl+z") // what came from the disk is undone as what was typed
	p.Miss("Problems 1")
	if got := p.text(mainGraph); !strings.Contains(got, "imports: MySQL.ip") || !strings.Contains(got, "# typed here") {
		p.t.Errorf("undone too much, or too little:\n%s", got)
	}
	p.Keys("f5")
	p.See("take the new graph")
	p.WaitRest()
	p.See("●13/13", "at rest")
}

// statuses are those of the newest simulation.
func (p *person) statuses() []manager.Status {
	if len(p.worlds) == 0 {
		return nil
	}
	return p.worlds[len(p.worlds)-1].Statuses()
}

func (p *person) state(path string) lifecycle.State {
	for _, s := range p.statuses() {
		if s.Path == path {
			return s.State
		}
	}
	return lifecycle.NotDeployed
}

// entries are those of the newest simulation.
func (p *person) entries() *trace.Trace { return p.worlds[len(p.worlds)-1].Trace() }

// moved gives the first entry in which an instance gets into a state, -1 when there is none.
func (p *person) moved(path, state string) int {
	for e := range p.entries().Since(0) {
		if e.Kind == trace.State && e.Path == path && e.To == state {
			return e.Seq
		}
	}
	return -1
}

// recipes says how often a recipe began.
func (p *person) recipes(path, operation string) int {
	n := 0
	for e := range p.entries().Since(0) {
		if e.Kind == trace.Recipe && e.Path == path && e.From == operation && e.To == trace.Began {
			n++
		}
	}
	return n
}

// choose puts the choice of the instances pane on a path.
func (p *person) choose(path string) {
	p.t.Helper()
	p.command("#", path)
}

// onTheTimeline filters the timeline and looks for a text in what is left.
func (p *person) onTheTimeline(filter, text string) {
	p.t.Helper()
	p.Keys("ctrl+k", "l", "/", "ctrl+u")
	p.Type(filter)
	p.Keys("enter")
	p.See(text)
	p.Keys("esc")
}
