package manager_test

import (
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/mindtest"
)

// beat lets an agent say that it is there.
func (d *desk) beat(scope, epoch string, n uint64, b message.AgentHeartbeat) {
	ids := message.NewIDs(epoch, n)
	d.step(mind.Delivered{Msg: &message.Envelope{
		ID: ids.Next(), Domain: "default", Body: &b,
		From: message.From{Kind: message.FromAgent, App: "app", Scope: scope, Epoch: epoch, Seq: n + 1},
	}})
}

// sent are the messages of the last step of a type.
func sent[B message.Body](d *desk) []B {
	var list []B
	for _, e := range d.last {
		if p, ok := e.(mind.Publish); ok {
			if b, ok := p.Msg.Body.(B); ok {
				list = append(list, b)
			}
		}
	}
	return list
}

// LC-70, LC-83: what waits for a machine follows when the machine gets another name.
func TestRenameTakesWaitingRequestsAlong(t *testing.T) {
	app := &model.Application{
		Graph:     mindtest.Graph("VM target", "Box < VM target", "Db < VM Box"),
		Instances: mindtest.Tree("/vm VM", "/vm/db Db", "/vm/box Box"),
	}
	d := newDesk(t, app)
	d.step(mind.Connected{})
	d.do(manager.Request{Path: "/vm/db", State: lifecycle.DeployedStarted})
	d.do(manager.DeployAndStart{Path: "/vm/box"})
	if errs := d.do(manager.Rename{Path: "/vm", Name: "host"}); errs != nil {
		t.Fatal(errs)
	}
	d.do(manager.Request{Path: "/host", State: lifecycle.DeployedStarted})
	d.beat("/host", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	requests := sent[*message.InstanceRequest](d)
	if len(requests) != 1 || requests[0].Path != "/host/db" {
		t.Errorf("LC-70: after the rename the agent is asked %+v", requests)
	}
	created := ""
	for _, e := range d.last {
		if c, ok := e.(manager.CreateMachine); ok {
			created = c.Path
		}
	}
	if created != "/host/box" {
		t.Errorf("LC-70: the machine that waited is created at %q", created)
	}
}

// LC-132: cancelling gives up requests; what keeps an agent's model right is told all the same.
func TestCancelKeepsTheModel(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.step(mind.Connected{})
	d.do(manager.Request{Path: "/tc-vm-1", State: lifecycle.DeployedStarted})
	d.beat("/tc-vm-1", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	d.step(mind.Lost{})
	d.do(manager.Add{Parent: "/tc-vm-1", Instance: &model.Instance{Name: "second", Component: "Tomcat"}})
	if errs := d.do(manager.Cancel{ID: "do"}); len(errs) != 1 {
		t.Errorf("LC-132: cancelling an addition is answered %v", errs)
	}
	d.step(mind.Connected{})
	if added := sent[*message.InstanceAdd](d); len(added) != 1 || added[0].Node.Name != "second" {
		t.Errorf("LC-70: the agent is told %+v", added)
	}
}

// D-22, MS-60: an adopted agent works in a generation of its own: importers closed those of the machines before.
func TestAdoptedAgentHasItsOwnGeneration(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.m = manager.New(manager.Config{Epoch: "m", Adopt: true})
	d.do(manager.Create{Template: mindtest.Lamp()})
	d.step(mind.Connected{})
	gen := func(epoch string) int {
		d.beat("/db-vm", epoch, 0, message.AgentHeartbeat{ModelRequired: true})
		if s, _ := d.m.Status("app", "/db-vm"); s.State != lifecycle.DeployedStarted {
			t.Fatalf("D-22: the machine is %s", s.State)
		}
		return sent[*message.ModelSet](d)[0].Gen
	}
	first := gen("e1")
	ids := message.NewIDs("e1", 9)
	d.step(mind.Delivered{Msg: &message.Envelope{
		ID: ids.Next(), Domain: "default", Body: &message.AgentGoodbye{Reason: message.Released},
		From: message.From{Kind: message.FromAgent, App: "app", Scope: "/db-vm", Epoch: "e1", Seq: 2},
	}})
	if second := gen("e2"); first < 1 || second <= first {
		t.Errorf("MS-60: generations are %d, then %d", first, second)
	}
}
