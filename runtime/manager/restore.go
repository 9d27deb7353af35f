package manager

import (
	"fmt"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// stray is a machine that is being made, or was made, although nobody wants it any more: what it stood on is gone. It is ended as soon as
// the target has told its id, so that none leaks (D-19).
type stray struct {
	Machine
	made bool // the target answered
	told bool // to end it, by this process
}

// farewell is a withdrawal in the name of a dead agent: it must not be lost, or importers would keep what is gone for ever.
type farewell struct {
	app, prefix, path string
	gen               int
	external          bool
	at                time.Time
}

// damage is an application that could not be read (MG-53).
type damage struct {
	app, reason string
	sum         uint32 // that it was written with
	data        []byte // as it was found
}

// farewellsKept is how long after its publication, broker in reach, a withdrawal is taken for delivered to the broker.
const farewellsKept = 2 * time.Minute

// Restored makes the event that tells the mind that this process goes on where an earlier one ended: the first one after the
// replay. It must be recorded like any other.
func (m *Manager) Restored() Restored { return Restored{settings: m.cfg.settings()} }

// restored asks again for everything that the death of a process may have cut off (LC-112, LC-113).
func (m *Manager) restored(ev Restored) {
	m.dirty = true
	m.settings = ev.settings
	m.turn(false)
	for _, f := range m.farewells {
		m.say(f)
	}
	for _, d := range m.damaged {
		m.do(AppChanged{App: d.app, Turn: Damaged, Reason: d.reason})
	}
	for _, name := range m.names() {
		a := m.apps[name]
		for k := range a.hosts {
			if a.hosts[k].node >= 0 {
				m.restoreHost(a, int32(k))
			}
		}
	}
	for i := range m.strays {
		m.strays[i].made, m.strays[i].told = true, false // it may exist: its key finds it
	}
	m.endStrays()
}

// restoreHost asks the target of a machine, and its agent, how things are.
func (m *Manager) restoreHost(a *app, k int32) {
	h := &a.hosts[k]
	h.missed, h.unsure = 0, h.model != ""
	switch {
	case h.creating, h.machineID != "" && !h.ready && !h.ending && a.nodes[h.node].state == lifecycle.Deploying:
		m.do(CreateMachine{a.machine(k)})
	case h.ending:
		m.do(TerminateMachine{Machine: a.machine(k)})
	}
	if h.machineID == "" || h.ending {
		return
	}
	m.look(a, k)
	if h.model != "" && !h.moved.IsZero() && m.now.Sub(h.moved) < farewellsKept {
		m.publish(a.agent(k), &message.ExportsResync{}, "") // the last one may be lost (D-12)
	}
}

// askAgain repeats what an agent has not answered, under the same ids: who knows them says the same again (MS-60).
func (m *Manager) askAgain(a *app, k int32) {
	var ids []string
	for id, r := range a.asked {
		if r.host == k {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		r := a.asked[id]
		m.publishAs(id, a.agent(k), a.complete(r.body), r.corr)
	}
}

// look asks the target whether a machine runs (LC-112).
func (m *Manager) look(a *app, k int32) {
	a.hosts[k].looking = true
	m.do(QueryMachine{a.machine(k)})
}

// recheck is LC-112 once more: for the machines of one handler, or of all.
func (m *Manager) recheck(a *app, handler string) {
	for k := range a.hosts {
		h := &a.hosts[k]
		if h.node >= 0 && h.machineID != "" && !h.ending && (handler == "" || h.choice != nil && h.choice.handler == handler) {
			m.look(a, int32(k))
		}
	}
}

// remember keeps a withdrawal until the broker has it for sure.
func (m *Manager) remember(f farewell) {
	if m.online {
		old := func(f farewell) bool { return m.now.Sub(f.at) > farewellsKept && m.now.Sub(m.since) > farewellsKept }
		if len(m.farewells) > 0 && old(m.farewells[0]) {
			m.farewells = slices.DeleteFunc(slices.Clone(m.farewells), old)
		}
	}
	m.farewells = append(m.farewells, f)
	m.dirty = true
}

// say withdraws what a dead agent exported (MS-23). Who heard it already does nothing.
func (m *Manager) say(f farewell) {
	m.publish(message.Importers(f.app, f.prefix, f.external), &message.ImportRemove{
		App: f.app, Prefix: f.prefix, Path: f.path, Gen: f.gen, Origin: message.FromManager, Final: true,
	}, m.corr)
}

// abandon gives up a machine that is being made.
func (m *Manager) abandon(a *app, k int32) { m.strays = append(m.strays, stray{Machine: a.machine(k)}) }

func (m *Manager) hasStray(app, path string) bool {
	return slices.ContainsFunc(m.strays, func(s stray) bool { return s.App == app && s.Path == path })
}

func (m *Manager) strayOf(app, path string, gen int) int {
	return slices.IndexFunc(m.strays, func(s stray) bool { return s.App == app && s.Path == path && s.Gen == gen })
}

// strayCreated ends a machine that came too late; it says whether it was one.
func (m *Manager) strayCreated(ev MachineCreated) bool {
	i := m.strayOf(ev.App, ev.Path, ev.Gen)
	if i < 0 {
		return false
	}
	m.dirty = true
	if ev.Error != "" {
		m.strays = slices.Delete(slices.Clone(m.strays), i, i+1)
		return true
	}
	s := &m.strays[i]
	s.MachineID, s.made = ev.MachineID, true
	m.endStrays()
	return true
}

// strayTerminated forgets a stray machine that is gone; one that could not be ended is tried again at the next check.
func (m *Manager) strayTerminated(ev MachineTerminated) bool {
	i := m.strayOf(ev.App, ev.Path, ev.Gen)
	if i < 0 {
		return false
	}
	if ev.Error != "" {
		m.strays[i].told = false
		return true
	}
	m.dirty = true
	m.strays = slices.Delete(slices.Clone(m.strays), i, i+1)
	return true
}

// endStrays asks for the end of stray machines.
func (m *Manager) endStrays() {
	for i := range m.strays {
		if s := &m.strays[i]; s.made && !s.told {
			s.told = true
			m.do(TerminateMachine{Machine: s.Machine, Stray: true})
		}
	}
}

// damageOf is the rank of a damaged application; -1 when it is none.
func (m *memory) damageOf(name string) int {
	return slices.IndexFunc(m.damaged, func(d damage) bool { return d.app == name })
}

// operateDamaged allows nothing but to delete it.
func (m *Manager) operateDamaged(i int, op Op) error {
	d := m.damaged[i]
	if _, ok := op.(Delete); !ok {
		return fmt.Errorf("%s: %s is damaged (%s); its data are kept as they are; repair them, or delete it", words(op), d.app, d.reason)
	}
	m.damaged = slices.Delete(slices.Clone(m.damaged), i, i+1)
	m.do(AppChanged{App: d.app, Turn: Deleted, ID: m.corr})
	return nil
}

// DamagedApps are the applications that could not be read, with the reason (MG-53).
func (m *Manager) DamagedApps() map[string]string {
	list := make(map[string]string, len(m.damaged))
	for _, d := range m.damaged {
		list[d.app] = d.reason
	}
	return list
}
