package mindtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// reborn kills the agent of a machine and starts it again with its journal.
func reborn(b *Bench, path, boot string) {
	b.Boot(App, path, boot, b.Kill(path))
	b.Settle()
}

// Conformance 10, LC-104: an agent that dies in the middle of a recipe leaves nothing frozen.
func TestKilledDuringRecipe(t *testing.T) {
	tests := []struct {
		name   string
		before func(b *Bench)
		op     manager.Op
		state  lifecycle.State
		others string
		failed string
	}{
		{"deploying", func(b *Bench) { b.Do(undeploy(my)) }, start(my), lifecycle.NotDeployed, "ST N ST U ST U", "deploy"},
		{"starting", func(b *Bench) { b.Do(stop(my)) }, start(my), lifecycle.DeployedStopped, "ST S ST U ST U", "start"},
		{"stopping", func(*Bench) {}, stop(my), lifecycle.DeployedStopped, "ST S ST U ST U", "stop"},
		{"undeploying", func(b *Bench) { b.Do(stop(my)) }, undeploy(my), lifecycle.DeployedStopped, "ST S ST U ST U", "undeploy"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := lamp(t)
			test.before(b)
			b.Settle()
			b.Hold = true
			b.Do(test.op)
			b.Settle()
			if !b.State(my).Transitive() {
				t.Fatalf("mysql is %s", b.State(my))
			}
			for b.Running(vmTC) != "" || b.Running(vmLB) != "" {
				b.End(vmTC, agent.Ended{})
				b.End(vmLB, agent.Ended{})
				b.Settle()
			}
			b.Hold = false
			reborn(b, vmDB, "boot-1")
			want(t, b, test.others)
			s, _ := b.Manager.Status(App, my)
			if s.Failure == nil || s.Failure.Operation != test.failed || s.Failure.Message != "interrupted" || s.Failure.Time.IsZero() {
				t.Errorf("LC-104: the failure is %+v", s.Failure)
			}
			outcome(t, b, message.Failed, "interrupted")
			do(t, b, start(my))
			want(t, b, "ST ST ST ST ST ST")
		})
	}
}

// LC-104.2: what a reboot does to what was started.
func TestReboot(t *testing.T) {
	for choice, expected := range map[agent.OnReboot]string{
		agent.Restart: "start /db-vm/mysql, stop /tc-vm-1/tomcat, start /tc-vm-1/tomcat, stop /lb-vm/apache, start /lb-vm/apache",
		agent.Trust:   "",
	} {
		b := New(Lamp())
		b.Configure = func(c *agent.Config) { c.OnReboot = choice }
		do(t, b, manager.DeployAndStart{})
		from := len(b.Runs)
		reborn(b, vmDB, "another boot")
		want(t, b, "ST ST ST ST ST ST")
		if got := b.Runs[from:]; len(got) != len(strings.FieldsFunc(expected, func(r rune) bool { return r == ',' })) {
			t.Errorf("LC-104: recipes are %v, want %s", got, expected)
		}
	}
}

// LC-104: a restart of the agent alone runs nothing and changes nothing, even in a hierarchy that waits.
func TestRestartIsInvisible(t *testing.T) {
	b := New(levels())
	do(t, b, manager.DeployAndStart{})
	do(t, b, stop("/top/base"))
	want(t, b, "ST S ST ST U W W")
	from := len(b.Runs)
	reborn(b, "/vm", "boot-1")
	reborn(b, "/top", "boot-1")
	want(t, b, "ST S ST ST U W W")
	runs(t, b, from, "")
	do(t, b, start("/top/base"))
	want(t, b, "ST ST ST ST ST ST ST")
}

// LC-104.5: imports that nobody confirms are forgotten after a while, those that are confirmed stay.
func TestSuspectImports(t *testing.T) {
	b := lamp(t)
	j := b.Kill(vmTC)
	b.Kill(vmDB) // nobody answers for MySQL
	b.Boot(App, vmTC, "boot-1", j)
	b.Settle()
	want(t, b, "ST ST ST ST ST ST")
	b.Advance(11 * time.Second)
	if s, _ := b.Manager.Status(App, tc); s.State != lifecycle.Unresolved || len(s.Imports) != 0 {
		t.Errorf("LC-104: tomcat is %s with %+v", s.State, s.Imports)
	}
	if s, _ := b.Manager.Status(App, ap); s.State != lifecycle.Unresolved {
		t.Errorf("LC-60: apache is %s", s.State)
	}
	b = lamp(t)
	reborn(b, vmTC, "boot-1")
	from := len(b.Runs)
	b.Advance(20 * time.Second)
	want(t, b, "ST ST ST ST ST ST")
	runs(t, b, from, "")
}

// LC-104: what waited in the journal is handled by the next process, once.
func TestQueueSurvives(t *testing.T) {
	b := New(Lamp())
	do(t, b, start(vmDB))
	b.Hold = true
	do(t, b, start(my))
	do(t, b, start(my))
	b.Hold = false
	reborn(b, vmDB, "boot-1")
	want(t, b, "ST ST N N N N")
	runs(t, b, 0, "initialize /db-vm/mysql, initialize /db-vm/mysql, deploy /db-vm/mysql, start /db-vm/mysql")
}

// LC-104, LC-82.4: an agent that lost its journal is another generation: nobody goes on with what it published.
func TestLostJournal(t *testing.T) {
	b := lamp(t)
	b.Kill(vmDB)
	b.Boot(App, vmDB, "boot-2", nil)
	b.Settle()
	want(t, b, "ST N ST U ST U")
	do(t, b, start(my))
	want(t, b, "ST ST ST ST ST ST")
}

// LC-105: shutdown is not release.
func TestGoodbye(t *testing.T) {
	b := lamp(t)
	b.Inject(vmDB, agent.Stopping{Reason: "upgrade"})
	b.Settle()
	want(t, b, "P ST ST ST ST ST")
	if s, _ := b.Manager.Status(App, vmDB); s.MachineID == "" || s.Failure.Message != "its agent stopped" {
		t.Errorf("LC-105: %+v", s)
	}
	if b.Agents[Key(App, vmDB)] != nil {
		t.Error("LC-105: the agent did not exit")
	}
}

// LC-106: a reset undeploys, forgets, says goodbye.
func TestReset(t *testing.T) {
	b := lamp(t)
	from := len(b.Runs)
	ids := message.NewIDs("reset", 0)
	send := func(epoch string) {
		b.Inject(vmTC, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.AgentReset{Epoch: epoch}}})
		b.Settle()
	}
	send("another process")
	want(t, b, "ST ST ST ST ST ST")
	send("")
	want(t, b, "ST ST N N ST U")
	if got := strings.Join(b.Runs[from:], ", "); got != "stop /tc-vm-1/tomcat, stop /lb-vm/apache, undeploy /tc-vm-1/tomcat" {
		t.Errorf("LC-106: recipes are %s", got)
	}
}

// LC-96: a machine that runs stays in PROBLEM; its exports stay (LC-95).
func TestMachineStillRuns(t *testing.T) {
	b := lamp(t)
	b.Kill(vmDB)
	b.Advance(16 * time.Second)
	for _, r := range []manager.Running{manager.CannotTell, manager.IsRunning} {
		b.deliver(event{toManager, manager.MachineSeen{App: App, Path: vmDB, Gen: 1, Running: r}})
		b.Settle()
		want(t, b, "P ST ST ST ST ST")
	}
}

// LC-81.6, LC-81.7: a machine that cannot be made, or not be configured.
func TestMachineFails(t *testing.T) {
	b := New(Lamp())
	b.Create = func(path string) string { return "no quota for " + path }
	do(t, b, manager.DeployAndStart{Path: vmDB})
	want(t, b, "N N N N N N")
	if s, _ := b.Manager.Status(App, vmDB); s.Failure == nil || s.Failure.Message != "no quota for /db-vm" || s.MachineID != "" {
		t.Errorf("LC-81: %+v", s)
	}
	b.Create = nil
	do(t, b, manager.DeployAndStart{Path: vmDB})
	want(t, b, "ST ST N N N N")
	b.deliver(event{toManager, manager.MachineConfigured{App: App, Path: vmDB, Gen: 2, Error: "no route"}})
	want(t, b, "P ST N N N N")
	do(t, b, undeploy(vmDB))
	want(t, b, "N N N N N N")
}

// LC-82: undeploying a machine that is still being created ends it as soon as it is there.
func TestUndeployWhileCreating(t *testing.T) {
	b := New(Lamp())
	if errs := b.Do(start(vmDB)); errs != nil {
		t.Fatal(errs)
	}
	if errs := b.Do(undeploy(vmDB)); errs != nil {
		t.Fatal(errs)
	}
	b.Settle()
	want(t, b, "N N N N N N")
	if got := strings.Join(b.Effects, ", "); got != "create /db-vm, terminate /db-vm" {
		t.Errorf("LC-82: %s", got)
	}
	do(t, b, manager.DeployAndStart{Path: vmDB})
	want(t, b, "ST ST N N N N")
}

// A copy of a mind lives on its own.
func TestClones(t *testing.T) {
	b := lamp(t)
	m, a := b.Manager.Clone(), b.Agents[Key(App, vmTC)].Clone()
	before := b.States()
	do(t, b, manager.UndeployAll{})
	want(t, b, "N N N N N N")
	real := b.Manager
	b.Manager = m
	if b.States() != before {
		t.Errorf("the copy of the manager changed:\n%s", b.States())
	}
	b.Manager = real
	if a.InState(lifecycle.DeployedStarted) != 2 {
		t.Error("the copy of the agent changed")
	}
	ids := message.NewIDs("clone", 0)
	add := func(x *agent.Agent, path string) {
		x.Step(b.Now, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.ImportAdd{
			App: App, Prefix: "MySQL", Path: path, Gen: 1, Seq: 1, Vars: []model.Variable{{Name: "MySQL.ip"}, {Name: "MySQL.port"}},
		}}})
	}
	c := a.Clone()
	add(a, "/x/db")
	add(c, "/y/db")
	if got, want := importsOf(a, tc), "/db-vm/mysql /x/db"; got != want {
		t.Errorf("the original imports %s", got)
	}
	if got, want := importsOf(c, tc), "/db-vm/mysql /y/db"; got != want {
		t.Errorf("the copy imports %s", got)
	}
}

// importsOf asks an agent for the imports of an instance.
func importsOf(a *agent.Agent, path string) string {
	ids := message.NewIDs("imports", 0)
	var from []string
	effects := slices.Clone(a.Step(time.Time{}, agent.Ended{ID: 4})) // the update that add caused
	effects = append(effects, a.Step(time.Time{}, mind.Delivered{Msg: &message.Envelope{ID: ids.Next(), Domain: "default", Body: &message.InstancesSend{}}})...)
	for _, e := range effects {
		if p, ok := e.(mind.Publish); ok {
			if c, ok := p.Msg.Body.(*message.InstanceChanged); ok && c.Path == path {
				from = nil
				for _, i := range c.Imports {
					from = append(from, i.Path)
				}
			}
		}
	}
	return strings.Join(from, " ")
}
