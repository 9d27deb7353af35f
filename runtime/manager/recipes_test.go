package manager_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/mindtest"
)

func file(name, digit string) message.File {
	return message.File{Name: name, SHA256: strings.Repeat(digit, 64), Size: 1, Mode: "0644"}
}

// PL-10, PL-12, PL-13, MG-61, MG-62: files go along with what may deploy, as they are when it is sent; probe files after the model,
// before requests, and again when they change.
func TestRecipesGoAlong(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.step(mind.Connected{})
	d.must(t, manager.SetRecipes{Recipes: []manager.Recipe{{Component: "MySQL", Files: []message.File{file("scripts/start.sh", "1")}}}})
	d.must(t, start("/db-vm/mysql"))
	d.must(t, start("/db-vm"))
	all := []message.File{file("MySQL.measures", "3"), file("scripts/start.sh", "2")}
	d.must(t, manager.SetRecipes{Recipes: []manager.Recipe{{Component: "MySQL", Files: []message.File{all[1], all[0]}}}})
	d.beat("/db-vm", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	var order []string
	for _, e := range d.last {
		if p, ok := e.(mind.Publish); ok {
			order = append(order, p.Msg.Type)
		}
	}
	if want := []string{"model.set", "probes.set", "instance.request"}; !reflect.DeepEqual(order, want) {
		t.Errorf("MG-61: %v", order)
	}
	if got := sent[*message.InstanceRequest](d); len(got) != 1 || !reflect.DeepEqual(got[0].Files, all) {
		t.Errorf("PL-13, MG-62: %+v", got)
	}
	d.must(t, manager.Request{Path: "/db-vm/mysql", State: lifecycle.NotDeployed})
	if got := sent[*message.InstanceRequest](d); len(got) != 1 || got[0].Files != nil {
		t.Errorf("PL-13: an undeployment carries %+v", got)
	}
	d.must(t, manager.SetRecipes{Recipes: []manager.Recipe{{Component: "MySQL", Files: []message.File{file("MySQL.measures", "4")}}}})
	if got := sent[*message.ProbesSet](d); len(got) != 1 || got[0].Path != "/db-vm/mysql" || got[0].Files[0].SHA256[0] != '4' {
		t.Errorf("MG-61: %+v", got)
	}
	if w := d.m.Wanted(); len(w) != 1 || !w[strings.Repeat("4", 64)] {
		t.Errorf("wanted: %v", w)
	}
	d.refused(t, manager.SetRecipes{Recipes: []manager.Recipe{{Component: "Nobody"}}}, "no such component")
}

// PL-10: the recipe of the component that is extended serves where there is no own one.
func TestRecipeIsInherited(t *testing.T) {
	graph := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Base"}, {Name: "Special"}}},
		{Name: "Base", Installer: model.Ref{Name: "script"}},
		{Name: "Special", Extends: model.Ref{Name: "Base"}},
	}, nil)
	d := newDesk(t, &model.Application{Graph: graph, Instances: mindtest.Tree("/vm VM", "/vm/s Special")})
	d.must(t, manager.SetRecipes{Recipes: []manager.Recipe{{Component: "Base", Files: []message.File{file("scripts/start.sh", "1")}}}})
	d.step(mind.Connected{})
	d.must(t, manager.DeployAndStart{})
	d.beat("/vm", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	if got := sent[*message.InstanceRequest](d); len(got) != 1 || len(got[0].Files) != 1 {
		t.Errorf("PL-10: %+v", got)
	}
}

// MS-65: what an agent wants is asked of the shell, what the shell has goes to the agent.
func TestBlobsAreHandedOn(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.step(mind.Connected{})
	d.must(t, start("/db-vm"))
	d.beat("/db-vm", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	d.step(mind.Delivered{Msg: &message.Envelope{
		ID: "w", Domain: "default", Body: &message.BlobWant{Items: []string{"ab"}},
		From: message.From{Kind: message.FromAgent, App: "app", Scope: "/db-vm", Epoch: "e1", Seq: 2},
	}})
	if got := effects[manager.Supply](d); len(got) != 1 || got[0].Path != "/db-vm" || got[0].Items[0] != "ab" {
		t.Errorf("MS-65: %+v", d.last)
	}
	d.step(manager.Chunk{App: "app", Path: "/db-vm", Data: &message.BlobChunk{SHA256: "ab", Total: 1, Data: []byte("x")}})
	if got := sent[*message.BlobChunk](d); len(got) != 1 || len(d.last) != 1 {
		t.Errorf("MS-65: %+v", d.last)
	}
}

// LC-83, MS-72, MG-61: a message that found no queue waits again, in its old place, and goes at the next flush; it is listed meanwhile.
func TestReturnedRequestsWaitAgain(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.step(mind.Connected{})
	d.must(t, start("/db-vm"))
	d.beat("/db-vm", "e1", 0, message.AgentHeartbeat{ModelRequired: true})
	var back []mind.Returned
	for _, state := range []lifecycle.State{lifecycle.DeployedStarted, lifecycle.DeployedStopped} {
		d.must(t, manager.Request{Path: "/db-vm/mysql", State: state})
		for _, p := range effects[mind.Publish](d) {
			back = append(back, mind.Returned(p))
		}
	}
	for _, r := range []mind.Returned{back[1], back[0], back[0]} {
		d.step(r)
	}
	list := d.m.Pendings("app")
	if len(list) != 2 || list[0].State != lifecycle.DeployedStarted || list[0].Sent || list[0].ID != "do" || list[1].State != lifecycle.DeployedStopped {
		t.Errorf("MG-62: %+v", list)
	}
	d.step(mind.Woken{Timer: "flush"})
	got := sent[*message.InstanceRequest](d)
	if len(got) != 2 || got[0].Status != lifecycle.DeployedStarted {
		t.Errorf("MG-61: %+v", got)
	}
	if list := d.m.Pendings("app"); len(list) != 2 || !list[0].Sent {
		t.Errorf("MG-62: %+v", list)
	}
	// The model comes back: the next heartbeat, even of the same process, is looked at again.
	d.must(t, manager.SetGraph{Graph: d.m.Graph("app")})
	model := effects[mind.Publish](d)[0]
	d.step(mind.Returned(model))
	d.beat("/db-vm", "e1", 1, message.AgentHeartbeat{ModelRevision: 1})
	if got := sent[*message.ModelSet](d); len(got) != 1 || got[0].Revision != 2 {
		t.Errorf("MS-72: %+v", d.last)
	}
}

// MG-62: one instance of a bulk operation is cancelled by itself.
func TestCancelOne(t *testing.T) {
	d := newDesk(t, mindtest.Lamp())
	d.must(t, manager.DeployAndStart{})
	before := len(d.m.Pendings("app"))
	d.must(t, manager.Cancel{ID: "do", Path: "/db-vm/mysql"})
	if got := len(d.m.Pendings("app")); got != before-1 {
		t.Errorf("MG-62: %d of %d wait", got, before)
	}
}
