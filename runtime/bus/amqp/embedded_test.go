package amqp

import (
	"net"
	"sync"
	"testing"

	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
)

// ownBroker is our broker on disk, for one test.
type ownBroker struct {
	cfg     broker.Config
	address string
	broker  *broker.Broker
	serving sync.WaitGroup
}

func startBroker(t testing.TB, cfg broker.Config) *ownBroker {
	t.Helper()
	b := &ownBroker{cfg: cfg, address: "127.0.0.1:0"}
	b.start(t)
	t.Cleanup(func() { b.stop(t) })
	return b
}

func (b *ownBroker) start(t testing.TB) {
	t.Helper()
	var err error
	if b.broker, err = broker.Open(b.cfg); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	b.serving.Go(func() { _ = b.broker.Serve(l) }) // ends with Close
}

func (b *ownBroker) stop(t testing.TB) {
	t.Helper()
	if err := b.broker.Close(); err != nil {
		t.Error(err)
	}
	b.serving.Wait()
}

func ownSettings(b *ownBroker) bus.Settings {
	u := b.cfg.Users[0]
	return bus.Settings{Addresses: []string{b.address}, User: u.Name, Password: u.Password}
}

var everything = broker.User{Name: "all", Password: "secret", Configure: ".*", Write: ".*", Read: ".*"}

// TestContractOnOurBroker holds the bus against its contract on the broker that is always there.
func TestContractOnOurBroker(t *testing.T) {
	t.Parallel()
	b := startBroker(t, broker.Config{Dir: t.TempDir(), Users: []broker.User{everything}})
	f := newFixture(t, ownSettings(b)).fixture()
	f.Restart = func(t *testing.T) {
		b.stop(t)
		b.start(t)
	}
	bustest.Run(t, f)
}
