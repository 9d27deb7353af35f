package managerd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/memory"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/samples"
)

// wires is a broker in the memory of the test: durable queues, goroutines that deliver.
type wires struct {
	mu     sync.Mutex
	broker memory.Broker
	queues map[message.Target]memory.Queue
	woken  map[message.Target]chan struct{}
}

func newWires() *wires {
	return &wires{queues: map[message.Target]memory.Queue{}, woken: map[message.Target]chan struct{}{}}
}

// wire is one client.
type wire struct {
	*wires
	own   message.Target
	queue memory.Queue
	stop  context.CancelFunc
	work  sync.WaitGroup
}

func (w *wires) open(id bus.Identity, l bus.Listener) (bus.Bus, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	own := id.Own()
	if _, known := w.queues[own]; !known {
		w.queues[own], w.woken[own] = w.broker.Declare(), make(chan struct{}, 1)
		if !id.Manager() {
			w.broker.Bind(w.queues[own], own)
		}
	}
	w.broker.Requeue(w.queues[own])
	ctx, stop := context.WithCancel(context.Background())
	c := &wire{wires: w, own: own, queue: w.queues[own], stop: stop}
	woken := w.woken[own]
	c.work.Go(func() {
		l.Connected()
		for {
			w.mu.Lock()
			d, some := w.broker.Take(c.queue)
			w.mu.Unlock()
			if some {
				l.Delivered(bus.Delivery{Msg: d.Msg, Again: d.Again, Ack: func() {
					w.mu.Lock()
					defer w.mu.Unlock()
					w.broker.Ack(c.queue)
				}})
				continue
			}
			select {
			case <-woken:
			case <-ctx.Done():
				return
			}
		}
	})
	return c, nil
}

func (w *wire) Publish(to message.Target, msg *message.Envelope) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, q := range w.broker.Publish(to, msg) {
		for own, queue := range w.queues {
			if queue == q {
				select {
				case w.woken[own] <- struct{}{}:
				default:
				}
			}
		}
	}
	return nil
}

func (w *wire) Bind(to message.Target) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broker.Bind(w.queue, to)
}

func (w *wire) Unbind(to message.Target) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broker.Unbind(w.queue, to)
}

func (w *wire) DeleteAgent(_ context.Context, app, scope string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	own := message.Agent(app, scope)
	w.broker.Delete(w.queues[own])
	delete(w.queues, own)
	return nil
}

func (w *wire) DeleteApplication(context.Context, string) error { return nil }

func (w *wire) State() bus.State { return bus.State{Status: bus.Ready} }

func (w *wire) Close(context.Context) error {
	w.stop()
	w.work.Wait()
	return nil
}

// machines is a target whose machines are goroutines: agents that pretend their recipes.
type machines struct {
	wires *wires
	mu    sync.Mutex
	up    map[target.Key]*hosted
	runs  []string // recipes, as "op path"
	fail  map[string]bool
	born  int
}

// hosted is an agent.
type hosted struct {
	m    *machines
	key  target.Key
	loop *drive.Loop
	bus  bus.Bus
	stop context.CancelFunc
	work sync.WaitGroup
	plan string // the user data
}

func (m *machines) Describe() target.Description {
	return target.Description{Handler: "goroutine", Nested: true}
}
func (m *machines) Check(map[string]string) []target.Finding       { return nil }
func (m *machines) Probe(context.Context, map[string]string) error { return nil }
func (m *machines) machine(k target.Key, p target.Phase) target.Machine {
	return target.Machine{Key: k, ID: k.Name(40), Phase: p, Address: "127.0.0.1"}
}

func (m *machines) Create(_ context.Context, s target.Spec) (target.Machine, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.up[s.Key] == nil {
		m.born++
		h := &hosted{m: m, key: s.Key, plan: s.UserData}
		ctx, stop := context.WithCancel(context.Background())
		h.stop = stop
		core := agent.New(agent.Config{
			Domain: s.Key.Domain, App: s.Key.App, Scope: s.Key.Scope, Address: "127.0.0.1", Epoch: fmt.Sprint("agent ", m.born), BootID: "b",
			Heartbeat: 100 * time.Millisecond, AnswerEvery: -1,
		}, nil)
		h.loop = drive.New(core, h, drive.Options{Start: core.Start})
		var err error
		if h.bus, err = m.wires.open(bus.Identity{Domain: s.Key.Domain, App: s.Key.App, Scope: s.Key.Scope}, h); err != nil {
			stop()
			return target.Machine{}, err
		}
		h.work.Go(func() { _ = h.loop.Run(ctx) })
		m.up[s.Key] = h
	}
	return m.machine(s.Key, target.Running), nil
}

func (m *machines) Observe(_ context.Context, s target.Spec) (target.Machine, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.up[s.Key] == nil {
		return m.machine(s.Key, target.Absent), nil
	}
	return m.machine(s.Key, target.Running), nil
}

func (m *machines) Advance(context.Context, target.Spec, target.Machine) (bool, time.Duration, error) {
	return true, 0, nil
}

func (m *machines) Destroy(ctx context.Context, s target.Spec) error {
	m.mu.Lock()
	h := m.up[s.Key]
	delete(m.up, s.Key)
	m.mu.Unlock()
	if h != nil {
		h.stop()
		h.work.Wait()
		return h.bus.Close(ctx)
	}
	return nil
}

func (m *machines) List(context.Context, map[string]string, string) ([]target.Machine, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []target.Machine
	for k := range m.up {
		list = append(list, m.machine(k, target.Running))
	}
	return list, nil
}

func (m *machines) ran() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.runs)
}

func (h *hosted) Record([]drive.Step) error { return nil }

func (h *hosted) Do(_ context.Context, e mind.Effect) {
	switch e := e.(type) {
	case mind.Publish:
		_ = h.bus.Publish(e.To, e.Msg)
	case mind.Bind:
		h.bus.Bind(e.To)
	case mind.Unbind:
		h.bus.Unbind(e.To)
	case agent.Run:
		what := e.Op.String() + " " + e.View.Path
		h.m.mu.Lock()
		h.m.runs = append(h.m.runs, what)
		code := 0
		if h.m.fail[what] {
			code = 3
		}
		h.m.mu.Unlock()
		h.loop.Post(agent.Ended{ID: e.ID, ExitCode: code})
	}
}

func (h *hosted) Connected() { h.loop.Post(mind.Connected{}) }
func (h *hosted) Lost(error) {}
func (h *hosted) Delivered(d bus.Delivery) {
	h.loop.Post(mind.Delivered{Msg: d.Msg})
	d.Ack()
}
func (h *hosted) Confirmed(*message.Envelope)                {}
func (h *hosted) Returned(message.Target, *message.Envelope) {}
func (h *hosted) Blocked(string)                             {}
func (h *hosted) Failed(error)                               {}

// world is a manager with everything that it needs.
type world struct {
	*Manager
	wires    *wires
	machines *machines
	dir      string
	config   Config
}

func newWorld(t *testing.T, change func(*Config)) *world {
	t.Helper()
	w := &world{wires: newWires(), dir: t.TempDir()}
	w.machines = &machines{wires: w.wires, up: map[target.Key]*hosted{}, fail: map[string]bool{}}
	targets, err := target.NewRegistry(w.machines)
	if err != nil {
		t.Fatal(err)
	}
	w.config = Config{
		Dir: filepath.Join(w.dir, "manager"), Bus: w.wires.open, Targets: targets, CheckEvery: 200 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	if change != nil {
		change(&w.config)
	}
	w.open(t)
	t.Cleanup(func() {
		w.close(t)
		list, _ := w.machines.List(context.Background(), nil, "")
		for _, m := range list {
			_ = w.machines.Destroy(context.Background(), target.Spec{Key: m.Key})
		}
	})
	return w
}

func (w *world) open(t *testing.T) {
	t.Helper()
	m, err := Open(t.Context(), w.config)
	if err != nil {
		t.Fatal(err)
	}
	w.Manager = m
}

// dying opens a manager that dies at its n-th step that is kept: before, or after, it is on disk. It is not closed in order.
func (w *world) dying(t *testing.T, n int, after bool) {
	t.Helper()
	j, restored, err := openJournal(w.config.filled())
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	j.die = func(now bool) error {
		if now == after {
			at++
		}
		if now == after && at > n {
			return errDead
		}
		return nil
	}
	if w.Manager, err = start(t.Context(), w.config.filled(), j, restored); err != nil {
		_ = j.Close()
		t.Fatal(err)
	}
}

var errDead = errors.New("dead")

func (w *world) close(t *testing.T) {
	t.Helper()
	if err := w.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// sample loads a sample as a template; every machine comes from the target of the test.
func (w *world) sample(t *testing.T, name string) *model.Application {
	t.Helper()
	s, err := samples.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, s.FS); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "graph", "*", "*.properties"))
	for _, f := range files {
		text := "id = " + name + "-" + strings.TrimSuffix(filepath.Base(f), ".properties") + "\nname = of the test\nhandler = goroutine\n"
		if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := w.Load(t.Context(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Create(t.Context(), name, loaded.ID, ""); err != nil {
		t.Fatal(err)
	}
	return loaded.App
}

// do asks for something that must be accepted.
func (w *world) do(t *testing.T, app string, op manager.Op) string {
	t.Helper()
	id, err := w.Do(t.Context(), app, op)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// reach waits for a condition, a few seconds at most.
func (w *world) reach(t *testing.T, app, what string, holds func(App) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	if err := w.Wait(ctx, app, holds); err != nil {
		a, _ := w.App(app)
		for _, s := range a.Statuses {
			t.Logf("%s %s %v", s.Path, s.State, s.Failure)
		}
		t.Fatalf("never reached: %s: %v", what, err)
	}
}
