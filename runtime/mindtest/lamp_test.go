package mindtest

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

const (
	vmDB, vmTC, vmLB = "/db-vm", "/tc-vm-1", "/lb-vm"
	my, tc, ap       = "/db-vm/mysql", "/tc-vm-1/tomcat", "/lb-vm/apache"
)

// lamp is a bench on which everything of the worked example is started.
func lamp(t *testing.T) *Bench {
	t.Helper()
	b := New(Lamp())
	do(t, b, manager.DeployAndStart{})
	want(t, b, "ST ST ST ST ST ST")
	return b
}

func do(t *testing.T, b *Bench, op manager.Op) {
	t.Helper()
	if errs := b.Do(op); errs != nil {
		t.Fatalf("%T: %v", op, errs)
	}
	b.Settle()
}

var short = map[lifecycle.State]string{
	lifecycle.NotDeployed: "N", lifecycle.DeployedStopped: "S", lifecycle.Unresolved: "U", lifecycle.DeployedStarted: "ST",
	lifecycle.WaitingForAncestor: "W", lifecycle.Problem: "P",
}

// want compares the states, in the order of the manager, with the letters of lifecycle.md 15.
func want(t *testing.T, b *Bench, letters string) {
	t.Helper()
	var got []string
	for _, s := range b.Manager.Statuses(App) {
		letter := short[s.State]
		if letter == "" {
			letter = s.State.String()
		}
		got = append(got, letter)
	}
	if g := strings.Join(got, " "); g != letters {
		t.Fatalf("states are %s, want %s\n%s", g, letters, b.States())
	}
}

func runs(t *testing.T, b *Bench, from int, expected string) {
	t.Helper()
	if got := strings.Join(b.Runs[from:], ", "); got != expected {
		t.Fatalf("recipes are %q, want %q", got, expected)
	}
}

// lifecycle.md 15.1: deploy and start all, whatever the order of the requests.
func TestLampEveryOrder(t *testing.T) {
	orders := [][]string{{my, tc, ap}, {my, ap, tc}, {tc, my, ap}, {tc, ap, my}, {ap, my, tc}, {ap, tc, my}}
	for _, order := range orders {
		t.Run(strings.Join(order, " "), func(t *testing.T) {
			b := New(Lamp())
			for _, vm := range []string{vmDB, vmTC, vmLB} {
				do(t, b, manager.Request{Path: vm, State: lifecycle.DeployedStarted})
			}
			want(t, b, "ST N ST N ST N")
			for _, path := range order {
				do(t, b, manager.Request{Path: path, State: lifecycle.DeployedStarted})
			}
			want(t, b, "ST ST ST ST ST ST")
			if n := strings.Count(strings.Join(b.Runs, " "), "update"); n != 0 {
				t.Errorf("LC-58: %d updates ran, want none", n)
			}
		})
	}
}

// lifecycle.md 15.2 and 15.3: a Tomcat comes and goes.
func TestLampAddAndRemoveTomcat(t *testing.T) {
	b := lamp(t)
	do(t, b, manager.Replicate{Path: vmTC, Name: "tc-vm-2"})
	from := len(b.Runs)
	do(t, b, manager.DeployAndStart{Path: "/tc-vm-2"})
	want(t, b, "ST ST ST ST ST ST ST ST")
	runs(t, b, from, "initialize /tc-vm-2/tomcat, deploy /tc-vm-2/tomcat, start /tc-vm-2/tomcat, update /lb-vm/apache")

	t.Run("software first", func(t *testing.T) {
		from = len(b.Runs)
		do(t, b, manager.Request{Path: "/tc-vm-2/tomcat", State: lifecycle.NotDeployed})
		want(t, b, "ST ST ST ST ST ST ST N")
		got := strings.Join(b.Runs[from:], ", ")
		for _, r := range []string{"stop /tc-vm-2/tomcat, ", "undeploy /tc-vm-2/tomcat", "update /lb-vm/apache"} {
			if !strings.Contains(got, r) {
				t.Errorf("%q was not run: %s", r, got)
			}
		}
	})
	t.Run("machine first", func(t *testing.T) {
		do(t, b, manager.DeployAndStart{Path: "/tc-vm-2"})
		want(t, b, "ST ST ST ST ST ST ST ST")
		from = len(b.Runs)
		do(t, b, manager.Remove{Path: "/tc-vm-2", Deferred: true})
		do(t, b, manager.UndeployAll{Path: "/tc-vm-2"})
		want(t, b, "ST ST ST ST ST ST")
		runs(t, b, from, "update /lb-vm/apache")
	})
}

// lifecycle.md 15.4: the last Tomcat goes, then the database, then its machine.
func TestLampLoses(t *testing.T) {
	b := lamp(t)
	steps := []struct {
		path   string
		state  lifecycle.State
		states string
		runs   string
	}{
		{tc, lifecycle.DeployedStopped, "ST ST ST S ST U", "stop /tc-vm-1/tomcat, stop /lb-vm/apache"},
		{tc, lifecycle.DeployedStarted, "ST ST ST ST ST ST", "start /tc-vm-1/tomcat, start /lb-vm/apache"},
		{my, lifecycle.DeployedStopped, "ST S ST U ST U", "stop /db-vm/mysql, stop /tc-vm-1/tomcat, stop /lb-vm/apache"},
		{my, lifecycle.DeployedStarted, "ST ST ST ST ST ST", "start /db-vm/mysql, start /tc-vm-1/tomcat, start /lb-vm/apache"},
	}
	for _, s := range steps {
		from := len(b.Runs)
		do(t, b, manager.Request{Path: s.path, State: s.state})
		want(t, b, s.states)
		runs(t, b, from, s.runs)
	}
	b.Kill(vmDB)
	b.Advance(16 * 1e9)
	want(t, b, "P ST ST ST ST ST")
	if b.Effects[len(b.Effects)-1] != "query "+vmDB {
		t.Fatalf("LC-96: effects end with %v", b.Effects)
	}
	b.deliver(event{toManager, manager.MachineSeen{App: App, Path: vmDB, Gen: 1, Running: manager.NotRunning}})
	b.Settle()
	want(t, b, "N N ST U ST U")
}
