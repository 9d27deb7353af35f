package manager

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// Status is what the manager knows of an instance. Immutable.
type Status struct {
	Path, Component string
	Machine         bool
	State           lifecycle.State
	Since           time.Time
	Imports         []Import // sorted by prefix, then in order of arrival
	Failure         *lifecycle.Failure
	Address         string // machines
	MachineID       string
	Gen             int       // machines: which machine at this path it is, from 1 on (target.Key)
	Running         time.Time // machines: since when its agent speaks without interruption; zero when it does not
	Dying           bool      // it is removed as soon as nothing of it is deployed
}

// Import is an import that an instance holds.
type Import = message.Import

// Version grows with every change of an application: who saw a version needs to look again only when it is another.
// It is 0 for an application that does not exist.
func (m *Manager) Version(app string) uint64 {
	if a := m.apps[app]; a != nil {
		return a.version
	}
	return 0
}

// Statuses gives every instance of an application, parents first, siblings in order of creation. The slice is shared by
// everybody who asks for the same version: nobody may change it.
func (m *Manager) Statuses(app string) []Status {
	a := m.apps[app]
	if a == nil {
		return nil
	}
	if a.shown != a.version {
		a.statuses = make([]Status, 0, len(a.paths))
		for _, r := range a.roots {
			a.list(r)
		}
		a.shown = a.version
	}
	return a.statuses
}

func (a *app) list(i int32) {
	a.statuses = append(a.statuses, a.status(i))
	for _, c := range a.nodes[i].children {
		a.list(c)
	}
}

func (a *app) status(i int32) Status {
	n := &a.nodes[i]
	s := Status{
		Path: n.path, Component: n.decl.Component, Machine: n.machine, State: n.state, Since: n.since,
		Imports: n.imports, Failure: n.failure, Dying: n.dying,
	}
	if n.machine {
		h := &a.hosts[n.host]
		s.Address, s.MachineID, s.Gen, s.Running = h.address, h.machineID, h.made, h.running
	}
	return s
}

// Status gives one instance.
func (m *Manager) Status(app, path string) (Status, bool) {
	a := m.apps[app]
	if a == nil {
		return Status{}, false
	}
	i, ok := a.paths[path]
	if !ok {
		return Status{}, false
	}
	return a.status(i), true
}

// Instances is the present model of an application: what was predefined, with what was added and removed since.
// Nobody may change it.
func (m *Manager) Instances(app string) []*model.Instance {
	a := m.apps[app]
	if a == nil {
		return nil
	}
	if a.instances == nil {
		a.instances = make([]*model.Instance, 0, len(a.roots))
		for _, r := range a.roots {
			a.instances = append(a.instances, a.tree(r, func(*node) bool { return true }))
		}
	}
	return a.instances
}

// Graph is the present graph of an application; nil when there is no such application.
func (m *Manager) Graph(app string) *model.Graph {
	if a := m.apps[app]; a != nil {
		return a.graph
	}
	return nil
}

// Waiting is how many messages wait for the agent of a machine (LC-83).
func (m *Manager) Waiting(name, path string) int {
	a := m.apps[name]
	if a == nil {
		return 0
	}
	i, ok := a.paths[path]
	if !ok || !a.nodes[i].machine {
		return 0
	}
	return len(a.hostOf(i).waiting)
}
