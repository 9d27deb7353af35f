//go:build unix

package managerd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/userdata"
)

// outside is everything that outlives a manager: a broker with its accounts, an infrastructure whose machines are agents, served to the
// process of the manager over a socket.
type outside struct {
	broker  *broker.Broker
	serving sync.WaitGroup
	address string // of the broker
	calls   net.Listener

	mu       sync.Mutex
	machines map[target.Key]*machineOf
	made     map[target.Key]int
	runs     map[string]int // recipes, as "start /app/tomcat of machine 1"
	users    map[string]bool
	wrong    []error
}

const (
	managerName = "manager"
	managerPass = "of the manager"
	beatEvery   = 100 * time.Millisecond
)

func newOutside(t *testing.T) *outside {
	t.Helper()
	b, err := broker.Open(broker.Config{
		Dir:   filepath.Join(t.TempDir(), "broker"),
		Users: []broker.User{{Name: managerName, Password: managerPass, Configure: ".*", Write: ".*", Read: ".*"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &outside{broker: b, machines: map[target.Key]*machineOf{}, made: map[target.Key]int{}, runs: map[string]int{}, users: map[string]bool{}}
	listener := listen(t)
	o.address = listener.Addr().String()
	o.serving.Go(func() { _ = b.Serve(listener) }) // ends with the broker
	o.calls = listen(t)
	server := rpc.NewServer()
	if err := server.RegisterName("Outside", &calls{o}); err != nil {
		t.Fatal(err)
	}
	o.serving.Go(func() {
		for {
			c, err := o.calls.Accept()
			if err != nil {
				return
			}
			o.serving.Go(func() { server.ServeConn(c) }) // ends with the process at the other end
		}
	})
	return o
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// close ends everything; no process of a manager is left.
func (o *outside) close(t *testing.T) {
	t.Helper()
	for _, m := range o.living() {
		o.end(m)
	}
	if err := errors.Join(o.calls.Close(), o.broker.Close()); err != nil {
		t.Error(err)
	}
	o.serving.Wait()
}

// living are the keys of the machines that exist.
func (o *outside) living() []target.Key {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []target.Key
	for k := range o.machines {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b target.Key) int { return strings.Compare(a.String(), b.String()) })
	return list
}

func (o *outside) end(k target.Key) {
	o.mu.Lock()
	m := o.machines[k]
	delete(o.machines, k)
	o.mu.Unlock()
	if m != nil {
		m.end()
	}
}

// calls are what the process of a manager asks: a target, the accounts of the broker. An answer comes after the work was done.
type calls struct{ o *outside }

func seenOf(k target.Key, p target.Phase) target.Machine {
	return target.Machine{Key: k, ID: k.Name(40), Phase: p, Address: "127.0.0.1"}
}

func (c *calls) Create(s target.Spec, seen *target.Machine) error {
	o := c.o
	o.mu.Lock()
	defer o.mu.Unlock()
	*seen = seenOf(s.Key, target.Running)
	if o.machines[s.Key] != nil {
		return nil
	}
	o.made[s.Key]++
	m, err := o.boot(s)
	if err != nil {
		o.wrong = append(o.wrong, err)
		return err
	}
	o.machines[s.Key] = m
	return nil
}

func (c *calls) Observe(s target.Spec, seen *target.Machine) error {
	c.o.mu.Lock()
	defer c.o.mu.Unlock()
	*seen = seenOf(s.Key, target.Running)
	if c.o.machines[s.Key] == nil {
		*seen = seenOf(s.Key, target.Absent)
	}
	return nil
}

func (c *calls) Destroy(s target.Spec, _ *struct{}) error {
	c.o.end(s.Key)
	return nil
}

func (c *calls) List(_ string, list *[]target.Machine) error {
	for _, k := range c.o.living() {
		*list = append(*list, seenOf(k, target.Running))
	}
	return nil
}

func (c *calls) Ensure(a bus.Account, _ *struct{}) error {
	c.o.mu.Lock()
	c.o.users[a.Name] = true
	c.o.mu.Unlock()
	return c.o.broker.Ensure(context.Background(), broker.User(a))
}

func (c *calls) Remove(name string, _ *struct{}) error {
	c.o.mu.Lock()
	delete(c.o.users, name)
	c.o.mu.Unlock()
	return c.o.broker.Remove(context.Background(), name)
}

// machineOf is a machine: an agent that pretends its recipes, which lives as long as the machine.
type machineOf struct {
	o    *outside
	key  target.Key
	loop *drive.Loop
	bus  bus.Bus
	stop context.CancelFunc
	work sync.WaitGroup

	mu   sync.Mutex
	acks map[*message.Envelope]func()
}

// boot starts the agent of a machine with what its user data say; the lock of outside is held.
func (o *outside) boot(s target.Spec) (*machineOf, error) {
	d, err := userdata.Parse(s.UserData, nil)
	if err != nil {
		return nil, fmt.Errorf("the user data of %s: %w", s.Key, err)
	}
	if d.App != s.Key.App || d.Scope != s.Key.Scope || d.Broker.User == managerName {
		return nil, fmt.Errorf("the machine %s is told to be %s %s, as %s", s.Key, d.App, d.Scope, d.Broker.User)
	}
	m := &machineOf{o: o, key: s.Key, acks: map[*message.Envelope]func(){}}
	core := agent.New(agent.Config{
		Domain: d.Domain, App: d.App, Scope: d.Scope, Address: "127.0.0.1", Epoch: epoch(), BootID: "b", Heartbeat: beatEvery, AnswerEvery: -1,
	}, nil)
	m.loop = drive.New(core, m, drive.Options{Start: core.Start})
	if m.bus, err = amqp.Open(wired(d.Broker), bus.Identity{Domain: d.Domain, App: d.App, Scope: d.Scope}, m); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background()) // of the machine's life
	m.stop = stop
	m.work.Go(func() { _ = m.loop.Run(ctx) }) // Record has no error
	return m, nil
}

// wired is a bus for people in a hurry.
func wired(s bus.Settings) amqp.Config {
	return amqp.Config{
		Settings: s, Retry: 100 * time.Millisecond,
		Pace: link.Pace{First: 5 * time.Millisecond, Longest: 50 * time.Millisecond, Failing: 100 * time.Millisecond},
	}
}

// end is a power cut.
func (m *machineOf) end() {
	m.stop()
	m.work.Wait()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = m.bus.Close(ctx) // what is left in the outbox is lost with the machine
}

func (m *machineOf) Record(steps []drive.Step) error {
	for _, s := range steps {
		if d, ok := s.Event.(mind.Delivered); ok {
			m.mu.Lock()
			ack := m.acks[d.Msg]
			delete(m.acks, d.Msg)
			m.mu.Unlock()
			ack()
		}
	}
	return nil
}

func (m *machineOf) Do(_ context.Context, e mind.Effect) {
	switch e := e.(type) {
	case mind.Publish:
		_ = m.bus.Publish(e.To, e.Msg) // the outbox is larger than the story
	case mind.Bind:
		m.bus.Bind(e.To)
	case mind.Unbind:
		m.bus.Unbind(e.To)
	case agent.Run:
		m.o.mu.Lock()
		m.o.runs[fmt.Sprintf("%s %s of machine %d", e.Op, e.View.Path, m.key.Gen)]++
		m.o.mu.Unlock()
		m.loop.Post(agent.Ended{ID: e.ID})
	}
}

func (m *machineOf) Connected() { m.loop.Post(mind.Connected{}) }
func (m *machineOf) Lost(error) { m.loop.Post(mind.Lost{}) }
func (m *machineOf) Delivered(d bus.Delivery) {
	m.mu.Lock()
	m.acks[d.Msg] = d.Ack
	m.mu.Unlock()
	m.loop.Post(mind.Delivered{Msg: d.Msg})
}
func (m *machineOf) Confirmed(*message.Envelope)                {}
func (m *machineOf) Returned(message.Target, *message.Envelope) {}
func (m *machineOf) Blocked(string)                             {}
func (m *machineOf) Failed(error)                               {}
