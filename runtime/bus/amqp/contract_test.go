package amqp

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker/rabbit"
	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Main(m)) }

// quick is the pace of tests: a broker that comes back is found soon.
var quick = link.Pace{First: 20 * time.Millisecond, Longest: 100 * time.Millisecond, Failing: 100 * time.Millisecond}

// TestContractOnRabbitMQ holds the bus against its contract on the reference broker.
func TestContractOnRabbitMQ(t *testing.T) {
	t.Parallel()
	e := rabbittest.Shared(t).Endpoint()
	f := newFixture(t, bus.Settings{Addresses: []string{e.Address}, User: e.User, Password: e.Password})
	bustest.Run(t, f.fixture())
}

// TestRestartOfRabbitMQ is the part of the contract that needs a broker of its own, with the queues that messaging.md prefers (MS-70).
func TestRestartOfRabbitMQ(t *testing.T) {
	t.Parallel()
	rabbittest.Shared(t) // skips where there is none
	r := startRabbit(t)
	e := r.Endpoint()
	fixture := newFixture(t, bus.Settings{Addresses: []string{e.Address}, User: e.User, Password: e.Password, Quorum: true}).fixture()
	fixture.Restart = func(t *testing.T) { r.restart(t) }
	bustest.Restarts(t, fixture)
}

// ownRabbit is a RabbitMQ of one test.
type ownRabbit struct {
	*rabbit.Server
	dir string
}

func startRabbit(t *testing.T) *ownRabbit {
	t.Helper()
	r := &ownRabbit{dir: t.TempDir()}
	r.start(t)
	t.Cleanup(func() { r.Kill() })
	return r
}

func (r *ownRabbit) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var err error
	if r.Server, err = rabbit.Start(ctx, rabbit.Options{Dir: r.dir}); err != nil {
		t.Fatal(err)
	}
}

func (r *ownRabbit) restart(t *testing.T) {
	t.Helper()
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.start(t)
}

// fixture gives clients of a broker whose connections the test can cut.
type brokerFixture struct {
	settings bus.Settings
	gate     *gate
}

func newFixture(_ *testing.T, s bus.Settings) *brokerFixture {
	return &brokerFixture{settings: s, gate: &gate{open: map[string]map[net.Conn]bool{}}}
}

func (f *brokerFixture) fixture() bustest.Fixture {
	return bustest.Fixture{
		Open: f.openClient, Cut: func(_ *testing.T, id bus.Identity) { f.gate.cut(clientName(id)) },
		Away:    func(*testing.T) func() { f.gate.close(true); return func() { f.gate.close(false) } },
		Publish: f.publish, Dead: f.dead,
	}
}

func (f *brokerFixture) config() Config {
	return Config{Settings: f.settings, Pace: quick, DialTimeout: 10 * time.Second}
}

func (f *brokerFixture) openClient(t *testing.T, id bus.Identity, l bus.Listener, o bustest.Options) bus.Bus {
	t.Helper()
	cfg := f.config()
	cfg.Outbox, cfg.Retry, cfg.Conflict = o.Outbox, o.Retry, o.Conflict
	cfg.Connect = f.gate.dialer(clientName(id))
	c, err := Open(cfg, id, l)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *brokerFixture) publish(t *testing.T, domain string, to message.Target, body []byte) {
	t.Helper()
	d, err := newDialer(f.config(), bus.Identity{Domain: domain})
	if err != nil {
		t.Fatal(err)
	}
	conn, raw, err := d.connect(t.Context(), f.settings.Addresses[0])
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	defer conn.Close()
	ch, err := conn.Channel()
	if err == nil {
		err = ch.Confirm(false)
	}
	if err != nil {
		t.Fatal(err)
	}
	confirm, err := ch.PublishWithDeferredConfirm(to.Exchange(domain), to.Key(), true, false, amqp.Publishing{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if taken, err := confirm.WaitContext(t.Context()); !taken || err != nil {
		t.Fatalf("the broker did not take the message: %v", err)
	}
}

func (f *brokerFixture) dead(t *testing.T, domain string) []string {
	t.Helper()
	letters, err := OpenDeadLetters(f.config(), domain)
	if err != nil {
		t.Fatal(err)
	}
	list, err := letters.List(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, l := range list {
		reasons = append(reasons, l.Reason)
	}
	return reasons
}

// gate is the network between clients and a broker.
type gate struct {
	mu     sync.Mutex
	closed bool
	open   map[string]map[net.Conn]bool // by name of the client
}

func (g *gate) dialer(name string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.closed {
			return nil, errors.New("the network is away")
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if g.open[name] == nil {
			g.open[name] = map[net.Conn]bool{}
		}
		g.open[name][conn] = true
		return conn, nil
	}
}

func (g *gate) cut(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn := range g.open[name] {
		conn.Close()
	}
	delete(g.open, name)
}

func (g *gate) close(closed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = closed
	if !closed {
		return
	}
	for _, conns := range g.open {
		for conn := range conns {
			conn.Close()
		}
	}
	clear(g.open)
}
