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
	// Pretend lets machines be asked for without any target: for simulations, tests.
	Pretend bool
	// FlushEvery is when what came back is sent again (MG-61); 6 s when zero.
	FlushEvery time.Duration
}

// settings are those of a configuration on which a replay depends: they are kept with what they decided.
type settings struct {
	domain         string
	adopt, pretend bool
	forbidden      []int
}

const (
	timerCheck = "check"
	timerFlush = "flush"
)

// remembered is how many ids one of the two generations holds (MS-60).
const remembered = 10_000

// Manager is the mind. One goroutine owns it.
type Manager struct {
	memory
	cfg  Config
	ids  message.IDs // of what need not be recognised after a restart
	seqs map[message.Target]uint64

	// Within a Step only; the next one takes the room of out again.
	now   time.Time
	out   []mind.Effect
	dirty bool
	corr  string            // the Do at the origin
	cause *message.Envelope // the message in hand
}

// memory is what a journal keeps. It changes in steps that save, in no other: a replay of these comes to the same.
type memory struct {
	settings settings
	apps     map[string]*app
	online   bool
	since    time.Time // online or not

	seen, past map[string]struct{} // ids of the last messages (MS-60)
	// asking numbers the messages whose answers are waited for: from the first process on, so that a restart repeats none.
	asking askIDs
	queued uint64 // messages that waited so far: their order

	templates    map[TemplateID]*template
	targets      map[string]*Target
	associations map[place]string // to the id of a target
	hints        map[string][]owner
	strays       []stray
	gens         map[string]int // highest generation of the machines of applications that were deleted
	farewells    []farewell
	damaged      []damage
}

// New makes a manager without applications.
func New(c Config) *Manager { return Restore(c, nil) }

func (c Config) filled() Config {
	if c.Domain == "" {
		c.Domain = "default"
	}
	if c.CheckEvery <= 0 {
		c.CheckEvery = time.Minute
	}
	if c.FlushEvery <= 0 {
		c.FlushEvery = 6 * time.Second
	}
	if c.Tolerated <= 0 {
		c.Tolerated = 2
	}
	if c.ForbiddenPorts == nil {
		c.ForbiddenPorts = model.ForbiddenPorts
	}
	return c
}

func (c Config) settings() settings {
	return settings{domain: c.Domain, adopt: c.Adopt, pretend: c.Pretend, forbidden: slices.Clone(c.ForbiddenPorts)}
}

// Clone copies the mind: what happens to one does not show in the other.
func (m *Manager) Clone() *Manager {
	c := *m
	c.memory = m.memory.clone()
	c.seqs = maps.Clone(m.seqs)
	c.out, c.cause = nil, nil
	return &c
}

func (m *memory) clone() memory {
	c := *m
	c.apps = make(map[string]*app, len(m.apps))
	for name, a := range m.apps {
		c.apps[name] = a.clone()
	}
	c.seen, c.past = maps.Clone(m.seen), maps.Clone(m.past)
	c.templates, c.targets = maps.Clone(m.templates), maps.Clone(m.targets) // what they point to is replaced, never changed
	c.associations, c.hints, c.gens = maps.Clone(m.associations), maps.Clone(m.hints), maps.Clone(m.gens)
	c.strays, c.farewells, c.damaged = slices.Clone(m.strays), slices.Clip(m.farewells), slices.Clip(m.damaged)
	return c
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
	case mind.Woken:
		m.woken(ev.Timer)
	case mind.Connected:
		m.connected()
	case mind.Lost:
		m.turn(false)
	case mind.Returned:
		m.returned(ev)
	case Chunk:
		m.chunk(ev)
	case Lapsed:
		m.lapsed(ev)
	case Restored:
		m.restored(ev)
	default:
		m.takeMachine(ev)
	}
}

// takeMachine takes what targets say. What is said of an earlier machine must not touch the present one.
func (m *Manager) takeMachine(ev mind.Event) {
	switch ev := ev.(type) {
	case MachineCreated:
		if !m.strayCreated(ev) {
			m.withHost(ev.App, ev.Path, ev.Gen, func(a *app, h int32) { m.created(a, h, ev) })
		}
	case MachineConfigured:
		m.withHost(ev.App, ev.Path, ev.Gen, func(a *app, h int32) { m.configured(a, h, ev.Error) })
	case MachineTerminated:
		if !m.strayTerminated(ev) {
			m.withHost(ev.App, ev.Path, ev.Gen, func(a *app, h int32) { m.terminated(a, h, ev.Error) })
		}
	case MachineSeen:
		m.withHost(ev.App, ev.Path, ev.Gen, func(a *app, h int32) { m.seenMachine(a, h, ev.Running) })
	}
}

func (m *Manager) woken(timer string) {
	switch timer {
	case timerCheck:
		m.check()
		m.do(mind.Wait{Timer: timerCheck, After: m.cfg.CheckEvery})
	case timerFlush:
		m.flushAll()
	}
}

// withHost finds the machine of a generation.
func (m *Manager) withHost(name, path string, gen int, f func(a *app, h int32)) {
	a := m.apps[name]
	if a == nil {
		return
	}
	if i, ok := a.paths[path]; ok && a.nodes[i].machine && a.hosts[a.nodes[i].host].made == gen {
		f(a, a.nodes[i].host)
	}
}

// turn notes whether the bus is there.
func (m *Manager) turn(online bool) {
	if m.online != online {
		m.online, m.since, m.dirty = online, m.now, true
	}
}

// connected listens for every application, then sends what waits.
func (m *Manager) connected() {
	m.turn(true)
	for _, name := range m.names() {
		m.do(mind.Bind{To: message.Manager(name)})
	}
	m.flushAll()
}

func (m *Manager) flushAll() {
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

func (m *Manager) envelope(id string, body message.Body, corr string, seq uint64) *message.Envelope {
	e := &message.Envelope{
		ID: id, Type: body.Type(), Time: m.now, Domain: m.settings.domain, Corr: corr, Body: body,
		From: message.From{Kind: message.FromManager, Epoch: m.cfg.Epoch, Seq: seq},
	}
	if m.cause != nil {
		e.Cause, e.Trace = m.cause.ID, m.cause.Trace
	}
	return e
}

// publish sends a message.
func (m *Manager) publish(to message.Target, body message.Body, corr string) {
	m.publishAs(m.ids.Next(), to, body, corr)
}

// publishAs sends a message under an id: that of an earlier one when it is sent again.
func (m *Manager) publishAs(id string, to message.Target, body message.Body, corr string) {
	seq := m.seqs[to] + 1
	m.seqs[to] = seq
	m.do(mind.Publish{To: to, Msg: m.envelope(id, body, corr, seq)})
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
		return m.create(d.App, c)
	}
	if errs, mine := m.operateGlobal(d); mine {
		return errs
	}
	a := m.apps[d.App]
	if a == nil {
		if i := m.damageOf(d.App); i >= 0 {
			return one(m.operateDamaged(i, d.Op))
		}
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
		return one(m.cancel(a, op))
	case SetGraph:
		return m.setGraph(a, op.Graph)
	case SetRecipes:
		return one(m.setRecipes(a, op.Recipes))
	case Describe:
		m.describe(a, op.Description)
	case Associate:
		return one(m.associate(a, op))
	case Recheck:
		m.recheck(a, op.Handler)
	case MoveAgent:
		return one(m.moveAgent(a, op))
	case LoseAgent:
		return one(m.loseAgent(a, op))
	case Ping:
		return m.tell(a, op.Path, &message.Ping{Text: op.Text, Nonce: op.Nonce})
	case SetLogLevel:
		return m.tell(a, op.Path, &message.LogLevel{Level: op.Level, Logger: op.Logger})
	case GatherLogs:
		return m.tell(a, op.Path, &message.LogsGather{MaxBytes: op.MaxBytes, Since: op.Since})
	}
	return nil
}

// operateGlobal does what belongs to no application.
func (m *Manager) operateGlobal(d Do) (errs []error, mine bool) {
	switch op := d.Op.(type) {
	case LoadTemplate:
		return m.loadTemplate(op), true
	case DeleteTemplate:
		return one(m.deleteTemplate(op)), true
	case SetTarget:
		return one(m.setTarget(op)), true
	case RemoveTarget:
		return one(m.removeTarget(op)), true
	case Hint:
		return one(m.hint(op)), true
	case Associate:
		if op.Template != (TemplateID{}) {
			return one(m.associateTemplate(op)), true
		}
	case Recheck:
		if d.App == "" {
			for _, name := range m.names() {
				m.recheck(m.apps[name], op.Handler)
			}
			return nil, true
		}
	}
	return nil, false
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
