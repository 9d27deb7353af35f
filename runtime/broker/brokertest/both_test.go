//go:build unix

package brokertest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/broker/brokertest"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

func startRabbit(t testing.TB, opt rabbit.Options) *rabbit.Server {
	t.Helper()
	opt.Program = require.RabbitMQ(t)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	s, err := rabbit.Start(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rabbitUsers gives the accounts of a server in the suite's words.
type rabbitUsers struct{ server func() *rabbit.Server }

func (u rabbitUsers) Ensure(ctx context.Context, a brokertest.Account) error {
	return u.server().Accounts().Ensure(ctx, rabbit.Account(a))
}

func (u rabbitUsers) Remove(ctx context.Context, name string) error {
	return u.server().Accounts().Remove(ctx, name)
}

// RabbitMQ is the reference (issue 4): a check that it does not pass is a wrong check.
func TestRabbitMQ(t *testing.T) {
	require.RabbitMQ(t)
	opt := rabbit.Options{Dir: t.TempDir()}
	server := startRabbit(t, opt)
	t.Cleanup(func() { server.Kill() })
	e := server.Endpoint()
	brokertest.Run(t, brokertest.Server{
		Address: e.Address, User: e.User, Password: e.Password, Quorum: true,
		Users: rabbitUsers{func() *rabbit.Server { return server }},
		Restart: func(t testing.TB) {
			if err := server.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			server = startRabbit(t, opt)
		},
		Block: func(t testing.TB) func() {
			limit := func(bytes int64) {
				if err := server.LimitMemory(t.Context(), bytes); err != nil {
					t.Error(err)
				}
			}
			limit(1)
			return func() { limit(1 << 30) }
		},
		TLS: func(t testing.TB, c brokertest.Certificates) brokertest.Secured {
			secured := startRabbit(t, rabbit.Options{Dir: t.TempDir(), TLS: &rabbit.TLS{CA: c.CA, Cert: c.Cert, Key: c.Key}})
			t.Cleanup(secured.Kill)
			e := secured.Endpoint()
			return brokertest.Secured{
				Address: e.Address, User: e.User, Password: e.Password,
				Users: rabbitUsers{func() *rabbit.Server { return secured }},
			}
		},
	})
}

// embedded is our own broker, which can be stopped, started again at the same address.
type embedded struct {
	cfg     broker.Config
	address string
	broker  *broker.Broker
	served  chan error
}

var admin = broker.User{Name: "administrator", Password: "secret", Configure: ".*", Write: ".*", Read: ".*"}

func startEmbedded(t testing.TB, cfg broker.Config) *embedded {
	t.Helper()
	cfg.Users = []broker.User{admin}
	e := &embedded{cfg: cfg, address: "127.0.0.1:0"}
	e.open(t)
	t.Cleanup(func() { e.stop(t) })
	return e
}

func (e *embedded) open(t testing.TB) {
	t.Helper()
	var err error
	if e.broker, err = broker.Open(e.cfg); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", e.address)
	if err != nil {
		t.Fatal(err)
	}
	e.address, e.served = l.Addr().String(), make(chan error, 1)
	go func() { e.served <- e.broker.Serve(l) }()
}

func (e *embedded) stop(t testing.TB) {
	t.Helper()
	if err := e.broker.Close(); err != nil {
		t.Error(err)
	}
	if err := <-e.served; err != nil {
		t.Error(err)
	}
}

func (e *embedded) Ensure(ctx context.Context, a brokertest.Account) error {
	return e.broker.Ensure(ctx, broker.User(a))
}

func (e *embedded) Remove(ctx context.Context, name string) error { return e.broker.Remove(ctx, name) }

// Our own broker gives the same answers (issue 4).
func TestEmbedded(t *testing.T) {
	e := startEmbedded(t, broker.Config{Dir: t.TempDir(), MemoryLimit: 64 << 20})
	brokertest.Run(t, brokertest.Server{
		Address: e.address, User: admin.Name, Password: admin.Password, Users: e,
		Restart: func(t testing.TB) { e.stop(t); e.open(t) },
		Block:   func(t testing.TB) func() { return fill(t, e.address) },
		TLS: func(t testing.TB, c brokertest.Certificates) brokertest.Secured {
			cert, err := tls.X509KeyPair([]byte(c.Cert), []byte(c.Key))
			if err != nil {
				t.Fatal(err)
			}
			clients := x509.NewCertPool()
			clients.AppendCertsFromPEM([]byte(c.CA))
			s := startEmbedded(t, broker.Config{TLS: &tls.Config{
				Certificates: []tls.Certificate{cert}, ClientCAs: clients, ClientAuth: tls.VerifyClientCertIfGiven, MinVersion: tls.VersionTLS12,
			}})
			return brokertest.Secured{Address: s.address, User: admin.Name, Password: admin.Password, Users: s}
		},
	})
}

// fill publishes to a queue without a consumer until the broker is out of memory; release throws it away.
func fill(t testing.TB, address string) (release func()) {
	t.Helper()
	var tcp net.Conn // of the last one: a blocked connection cannot be closed in order
	dial := func() (*amqp.Connection, *amqp.Channel) {
		conn, err := amqp.DialConfig("amqp://"+address+"/", amqp.Config{
			SASL: []amqp.Authentication{&amqp.PlainAuth{Username: admin.Name, Password: admin.Password}},
			Dial: func(network, address string) (net.Conn, error) {
				var err error
				tcp, err = net.Dial(network, address)
				return tcp, err
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		ch, err := conn.Channel()
		if err != nil {
			t.Fatal(err)
		}
		return conn, ch
	}
	full, out := dial()
	blocked := full.NotifyBlocked(make(chan amqp.Blocking, 8))
	q, err := out.QueueDeclare("full", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	published := make(chan struct{})
	go func() {
		defer close(published)
		for range 300 { // a blocked broker stops reading, so that this waits
			if out.Publish("", q.Name, false, false, amqp.Publishing{Body: make([]byte, 1<<20)}) != nil {
				return
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-blocked:
	case <-ctx.Done():
		t.Fatal("300 MiB do not block the broker")
	}
	var once sync.Once
	return func() {
		once.Do(func() {
			tcp.Close()
			<-published
			conn, ch := dial()
			defer conn.Close()
			if _, err := ch.QueueDelete(q.Name, false, false, false); err != nil {
				t.Error(err)
			}
		})
	}
}
