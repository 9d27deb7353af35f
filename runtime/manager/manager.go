// Package manager is the mind that owns the model of every application.
package manager

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// Config holds the settings of a manager.
type Config struct {
	Domain     string        // "default" when empty
	Epoch      string        // drawn by the shell at each start of the process
	CheckEvery time.Duration // heartbeat checks; 60 s when zero
	Tolerated  int           // missed checks tolerated; 2 when zero
	// Adopt makes a machine started at the heartbeat of an agent that nobody asked for (D-22).
	Adopt bool
	// ForbiddenPorts are never drawn (MOD-121); model.ForbiddenPorts when nil.
	ForbiddenPorts []int
}

const timerCheck = "check"

// remembered is how many ids one of the two generations holds (MS-60).
const remembered = 10_000

// Manager is the mind. One goroutine owns it.
type Manager struct {
	cfg    Config
	apps   map[string]*app
	ids    message.IDs
	seqs   map[message.Target]uint64
	online bool

	seen, past map[string]struct{} // ids of the last messages

	// Within a Step only; the next one takes the room of out again.
	now   time.Time
	out   []mind.Effect
	dirty bool
	corr  string            // the Do at the origin
	cause *message.Envelope // the message in hand
}

// New makes a manager without applications.
func New(c Config) *Manager {
	if c.Domain == "" {
		c.Domain = "default"
	}
	if c.CheckEvery <= 0 {
		c.CheckEvery = time.Minute
	}
	if c.Tolerated <= 0 {
		c.Tolerated = 2
	}
	if c.ForbiddenPorts == nil {
		c.ForbiddenPorts = model.ForbiddenPorts
	}
	return &Manager{cfg: c, apps: map[string]*app{}, ids: message.NewIDs(c.Epoch, 0), seqs: map[message.Target]uint64{}}
}

// Clone copies the mind: what happens to one does not show in the other.
func (m *Manager) Clone() *Manager {
	c := *m
	c.apps = make(map[string]*app, len(m.apps))
	for name, a := range m.apps {
		c.apps[name] = a.clone()
	}
	c.seqs, c.seen, c.past = maps.Clone(m.seqs), maps.Clone(m.seen), maps.Clone(m.past)
	c.out, c.cause = nil, nil
	return &c
}

// Start gives the effects of the first moment.
func (m *Manager) Start(now time.Time) []mind.Effect {
	return []mind.Effect{mind.Wait{Timer: timerCheck, After: m.cfg.CheckEvery}}
}

// Step takes one event. Whatever must survive a crash is announced by a Save, which comes before every other effect.
func (m *Manager) Step(now time.Time, ev mind.Event) []mind.Effect {
	m.now, m.dirty, m.corr, m.cause = now, false, "", nil
	clear(m.out)
	m.out = append(m.out[:0], mind.Save{})
	m.take(ev)
	m.cause = nil
	if !m.dirty {
		return m.out[1:]
	}
	return m.out
}

func (m *Manager) take(ev mind.Event) {
	switch ev := ev.(type) {
	case mind.Delivered:
		m.delivered(ev.Msg)
	case Do:
		m.obey(ev)
	case MachineCreated:
		m.withHost(ev.App, ev.Path, func(a *app, h int32) { m.created(a, h, ev) })
	case MachineConfigured:
		m.withHost(ev.App, ev.Path, func(a *app, h int32) { m.configured(a, h, ev.Error) })
	case MachineTerminated:
		m.withHost(ev.App, ev.Path, func(a *app, h int32) { m.terminated(a, h, ev.Error) })
	case MachineSeen:
		m.withHost(ev.App, ev.Path, func(a *app, h int32) { m.seenMachine(a, h, ev.Running) })
	case mind.Woken:
		if ev.Timer == timerCheck {
			m.check()
			m.do(mind.Wait{Timer: timerCheck, After: m.cfg.CheckEvery})
		}
	case mind.Connected:
		m.connected()
	case mind.Lost:
		m.online = false
	}
}

func (m *Manager) withHost(name, path string, f func(a *app, h int32)) {
	a := m.apps[name]
	if a == nil {
		return
	}
	if i, ok := a.paths[path]; ok && a.nodes[i].machine {
		f(a, a.nodes[i].host)
	}
}

// connected listens for every application, then sends what waits.
func (m *Manager) connected() {
	m.online = true
	for _, name := range m.names() {
		m.do(mind.Bind{To: message.Manager(name)})
	}
	for _, name := range m.names() {
		a := m.apps[name]
		for h := range a.hosts {
			m.flush(a, int32(h))
		}
	}
}

// Apps are the names of the applications, sorted.
func (m *Manager) Apps() []string { return m.names() }

func (m *Manager) names() []string { return slices.Sorted(maps.Keys(m.apps)) }

func (m *Manager) do(e mind.Effect) { m.out = append(m.out, e) }

func (m *Manager) envelope(body message.Body, corr string, seq uint64) *message.Envelope {
	e := &message.Envelope{
		ID: m.ids.Next(), Type: body.Type(), Time: m.now, Domain: m.cfg.Domain, Corr: corr, Body: body,
		From: message.From{Kind: message.FromManager, Epoch: m.cfg.Epoch, Seq: seq},
	}
	if m.cause != nil {
		e.Cause, e.Trace = m.cause.ID, m.cause.Trace
	}
	return e
}

// publish sends a message.
func (m *Manager) publish(to message.Target, body message.Body, corr string) *message.Envelope {
	seq := m.seqs[to] + 1
	m.seqs[to] = seq
	e := m.envelope(body, corr, seq)
	m.do(mind.Publish{To: to, Msg: e})
	return e
}

// known notes an id; it says whether it was there already (MS-60).
func (m *Manager) known(id string) bool {
	if _, ok := m.seen[id]; ok {
		return true
	}
	if _, ok := m.past[id]; ok {
		return true
	}
	if m.seen == nil {
		m.seen = make(map[string]struct{}, 16)
	}
	m.seen[id] = struct{}{}
	if len(m.seen) >= remembered {
		m.seen, m.past = nil, m.seen
	}
	return false
}

// obey does what a person asks for, then answers.
func (m *Manager) obey(d Do) {
	m.corr, m.dirty = d.ID, true
	errs := m.operate(d)
	m.do(Answer{ID: d.ID, Errors: errs})
}

func (m *Manager) operate(d Do) []error {
	if c, ok := d.Op.(Create); ok {
		return m.create(d.App, c.Template)
	}
	a := m.apps[d.App]
	if a == nil {
		return []error{fmt.Errorf("%s: there is no application %q; create it first", words(d.Op), d.App)}
	}
	switch op := d.Op.(type) {
	case Request:
		return one(m.request(a, op.Path, op.State))
	case DeployAndStart:
		return m.deployAndStart(a, op.Path)
	case StopAll:
		return m.stopAll(a, op.Path)
	case UndeployAll:
		return m.undeployAll(a, op.Path)
	case Add:
		return m.add(a, op)
	case Remove:
		return one(m.remove(a, op))
	case Rename:
		return one(m.rename(a, op))
	case Replicate:
		return m.replicate(a, op)
	case SetGraph:
		return m.setGraph(a, op.Graph)
	}
	return m.operateRare(a, d.Op)
}

func (m *Manager) operateRare(a *app, op Op) []error {
	switch op := op.(type) {
	case Delete:
		return one(m.delete(a))
	case Resync:
		m.resync(a)
	case Bind:
		return m.bind(a, op)
	case Cancel:
		return one(m.cancel(a, op.ID))
	}
	return nil
}

func one(err error) []error {
	if err == nil {
		return nil
	}
	return []error{err}
}

// words names an operation in an error.
func words(op Op) string { return strings.TrimPrefix(fmt.Sprintf("%T", op), "manager.") }

var _ mind.Mind = (*Manager)(nil)
