package amqp

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
)

// server is a broker whose users a test may make.
type server struct {
	settings bus.Settings // of its administrator
	ensure   func(context.Context, bus.Account) error
	remove   func(context.Context, string) error
}

// onBoth holds something on our own broker, then on the reference.
func onBoth(t *testing.T, hold func(t *testing.T, s *server)) {
	t.Run("embedded", func(t *testing.T) { hold(t, embeddedServer(t, nil)) })
	t.Run("rabbitmq", func(t *testing.T) {
		r := rabbittest.Shared(t)
		e := r.Endpoint()
		hold(t, rabbitServer(r, bus.Settings{Addresses: []string{e.Address}, User: e.User, Password: e.Password}))
	})
}

func rabbitServer(r *rabbit.Server, s bus.Settings) *server {
	return &server{
		settings: s, remove: r.Accounts().Remove,
		ensure: func(ctx context.Context, a bus.Account) error { return r.Accounts().Ensure(ctx, rabbit.Account(a)) },
	}
}

// embeddedServer runs our own broker for one test; secure asks for TLS when it is not nil.
func embeddedServer(t *testing.T, secure *rabbit.TLS) *server {
	t.Helper()
	admin := broker.User{Name: "administrator", Password: rand.Text(), Configure: ".*", Write: ".*", Read: ".*"}
	cfg := broker.Config{Dir: t.TempDir(), Users: []broker.User{admin}}
	if secure != nil {
		pair, err := tls.X509KeyPair([]byte(secure.Cert), []byte(secure.Key))
		if err != nil {
			t.Fatal(err)
		}
		clients := x509.NewCertPool()
		clients.AppendCertsFromPEM([]byte(secure.CA))
		cfg.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: clients, ClientAuth: tls.VerifyClientCertIfGiven, MinVersion: tls.VersionTLS12}
	}
	b, err := broker.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- b.Serve(l) }()
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &server{
		settings: bus.Settings{Addresses: []string{l.Addr().String()}, User: admin.Name, Password: admin.Password},
		ensure:   func(ctx context.Context, a bus.Account) error { return b.Ensure(ctx, broker.User(a)) }, remove: b.Remove,
	}
}

// account makes a user with a password of its own, and gives the settings that it comes with.
func (s *server) account(t *testing.T, a bus.Account) bus.Settings {
	t.Helper()
	a.Password = rand.Text()
	if err := s.ensure(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.remove(ctx, a.Name); err != nil {
			t.Error(err)
		}
	})
	own := s.settings
	own.User, own.Password = a.Name, a.Password
	return own
}

// raw connects as somebody, with nothing but the client library in between.
func raw(t *testing.T, s bus.Settings) *amqp.Connection {
	t.Helper()
	conn, err := amqp.DialConfig("amqp://"+s.Addresses[0]+"/", amqp.Config{
		SASL: []amqp.Authentication{&amqp.PlainAuth{Username: s.User, Password: s.Password}}, Heartbeat: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func closeSoon(t *testing.T, c *Client) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}
