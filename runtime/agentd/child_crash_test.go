//go:build unix

package agentd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agentd/journal"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/mock"
)

// The moments at which the process of an agent is killed. A record ends with the sync of the disk and the acknowledgement of what it took.
const (
	beforeRecord = "before a record"
	afterRecord  = "after a record"
	beforeEffect = "before an effect"
	afterEffect  = "after an effect"
	beforeAck    = "before an acknowledgement"
	afterAck     = "after an acknowledgement"
	beforeRecipe = "before a recipe begins"
	inRecipe     = "while a recipe runs"
)

// childEnv holds what a process of an agent is told, as JSON.
const childEnv = "ROBOCONF_TEST_AGENT"

// orders are what a process is told.
type orders struct {
	Dir, Broker, Marks string // its folder, the address of the broker, the file that recipes write to
	Kind               string // of the moment of its death; "" for a process that lives
	N                  int
}

// reaper kills its own process at a moment.
type reaper struct {
	orders
	mu    sync.Mutex
	count map[string]int
}

func (r *reaper) at(kind string) (count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count[kind]++; kind == r.Kind && r.count[kind] == r.N {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more happens, with the lock held
	}
	return r.count[kind]
}

// TestProcessOfAnAgent is no test: it is the process that the others kill.
func TestProcessOfAnAgent(t *testing.T) {
	text := os.Getenv(childEnv)
	if text == "" {
		t.Skip("it is run by others")
	}
	r := &reaper{count: map[string]int{}}
	if err := json.Unmarshal([]byte(text), &r.orders); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() { // who started it asks it to end, or is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	opener := amqp.Opener(wired(r.Broker))
	c := Config{
		App: "app", Scope: "/vm", Address: "10.0.0.7", Dir: r.Dir, BootID: "b", Heartbeat: time.Hour, Environ: []string{},
		Plugins: plugin.NewRegistry(mock.New("script", mock.Options{Ran: r.ran})),
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
		Bus: func(id bus.Identity, l bus.Listener) (bus.Bus, error) {
			return opener(id, ears{l, r})
		},
	}
	if err := c.complete(); err != nil {
		t.Fatal(err)
	}
	h, left, err := open(c)
	if err != nil {
		t.Fatal(err)
	}
	h.loop = drive.New(h.watched, mortal{h, r}, drive.Options{Start: h.watched.a.Start})
	if err := h.live(ctx, left); err != nil {
		t.Fatal(err)
	}
}

// ran writes down that a recipe begins: no recipe runs without its line.
func (r *reaper) ran(c *plugin.Call) {
	r.at(beforeRecipe)
	f, err := os.OpenFile(r.Marks, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(f, c.Op, c.View.Path, c.Who.Request)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		panic(err)
	}
	r.at(inRecipe)
}

// wired is a bus for people in a hurry.
func wired(address string) amqp.Config {
	return amqp.Config{
		Settings: bus.Settings{Addresses: []string{address}, User: "u", Password: "p"}, Retry: 50 * time.Millisecond,
		Pace: link.Pace{First: 5 * time.Millisecond, Longest: 50 * time.Millisecond, Failing: 100 * time.Millisecond},
	}
}

// mortal are hands that may die at each thing that they do. Now and then they begin a new image.
type mortal struct {
	h *hands
	r *reaper
}

func (m mortal) Record(steps []drive.Step) error {
	m.r.at(beforeRecord)
	if err := m.h.Record(steps); err != nil {
		return err
	}
	if m.r.at(afterRecord)%5 == 4 && !m.h.marked() {
		m.h.loop.Post(journal.Mark{})
	}
	return nil
}

func (m mortal) Do(ctx context.Context, e mind.Effect) {
	m.r.at(beforeEffect)
	m.h.Do(ctx, e)
	m.r.at(afterEffect)
}

type ears struct {
	bus.Listener
	r *reaper
}

func (e ears) Delivered(d bus.Delivery) {
	ack := d.Ack
	d.Ack = func() {
		e.r.at(beforeAck)
		ack()
		e.r.at(afterAck)
	}
	e.Listener.Delivered(d)
}
