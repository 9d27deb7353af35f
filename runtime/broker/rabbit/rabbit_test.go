//go:build unix

package rabbit_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

// timeout is far above what anything here takes.
const timeout = time.Minute

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, opt rabbit.Options) *rabbit.Server {
	t.Helper()
	opt.Program = require.RabbitMQ(t)
	began := time.Now()
	s, err := rabbit.Start(within(t), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("served after %v", time.Since(began).Round(time.Millisecond))
	t.Cleanup(s.Kill)
	return s
}

func dial(t *testing.T, e rabbit.Endpoint) (*amqp.Connection, error) {
	t.Helper()
	conn, err := amqp.DialConfig("amqp://"+e.Address+"/", amqp.Config{
		SASL:      []amqp.Authentication{&amqp.PlainAuth{Username: e.User, Password: e.Password}},
		Heartbeat: 10 * time.Second, Dial: amqp.DefaultDial(5 * time.Second),
	})
	if err == nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

// Engineering 5.3: a private process, its own ports, data, credentials; a clean stop, nothing left behind. Issue 4: the data survive.
func TestLifeOfAServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "broker")
	var told []string
	s := start(t, rabbit.Options{Dir: dir, Progress: func(p string) { told = append(told, p) }})
	if len(told) < 3 {
		t.Errorf("progress was told as %q", told)
	}
	e := s.Endpoint()
	if host, _, _ := net.SplitHostPort(e.Address); host != "127.0.0.1" {
		t.Errorf("it listens on %s", e.Address)
	}
	conn, err := dial(t, e)
	if err != nil {
		t.Fatal(err)
	}
	publishOne(t, conn)
	t.Run("one at a time", func(t *testing.T) {
		if _, err := rabbit.Start(within(t), rabbit.Options{Dir: dir}); !errors.Is(err, rabbit.ErrBusy) {
			t.Errorf("a second server in the folder: %v", err)
		}
	})
	t.Run("nobody else reads", func(t *testing.T) { private(t, dir) })
	t.Run("accounts", func(t *testing.T) { accounts(t, s) })

	began := time.Now()
	if err := s.Stop(within(t)); err != nil {
		t.Fatal(err)
	}
	t.Logf("stopped after %v", time.Since(began).Round(time.Millisecond))
	if s.Err() != nil {
		t.Errorf("a wanted end is told as %v", s.Err())
	}
	nothingRuns(t, dir)

	again := start(t, rabbit.Options{Dir: dir})
	if again.Endpoint() != e {
		t.Errorf("after a restart it is reached by %v, before by %v", again.Endpoint().Address, e.Address)
	}
	conn, err = dial(t, again.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	consumeOne(t, conn)

	t.Run("an accident is told", func(t *testing.T) {
		again.Crash()
		<-again.Done()
		if err := again.Err(); err == nil || !strings.Contains(err.Error(), "rabbit.log") || strings.Contains(err.Error(), e.Password) {
			t.Errorf("an accident is told as %v", err)
		}
		nothingRuns(t, dir)
	})
}

func publishOne(t *testing.T, conn *amqp.Connection) {
	t.Helper()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ch.QueueDeclare("kept", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	c, err := ch.PublishWithDeferredConfirmWithContext(t.Context(), "", "kept", false, false,
		amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte("still here")})
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := c.WaitContext(within(t)); !ok || err != nil {
		t.Fatal(ok, err)
	}
}

func consumeOne(t *testing.T, conn *amqp.Connection) {
	t.Helper()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	d, ok, err := ch.Get("kept", true)
	if err != nil || !ok || string(d.Body) != "still here" {
		t.Errorf("after a restart the queue gives %q, %v, %v", d.Body, ok, err)
	}
}

// private sees that what holds secrets can be read by its owner alone.
func private(t *testing.T, dir string) {
	for _, name := range []string{"server.json", "rabbitmq.conf", "home/.erlang.cookie"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", name, info.Mode())
		}
	}
}

// accounts proves the permissions of messaging.md 15.6 as the server holds them.
func accounts(t *testing.T, s *rabbit.Server) {
	a, ctx := s.Accounts(), within(t)
	// The name and the password hold everything that a careless quotation would let through.
	joe := rabbit.Account{Name: `joe "x>>,` + "\n'é", Password: `p"'>>). halt(). %`, Configure: `q\.joe|x`, Write: `^q\.joe$`}
	began := time.Now()
	for range 2 { // idempotent
		if err := a.Ensure(ctx, joe); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("an account takes %v", (time.Since(began) / 2).Round(time.Millisecond))
	e := s.Endpoint()
	as := func(password string) (*amqp.Connection, error) {
		return dial(t, rabbit.Endpoint{Address: e.Address, User: joe.Name, Password: password})
	}
	conn, err := as(joe.Password)
	if err != nil {
		t.Fatal(err)
	}
	for queue, want := range map[string]int{"q.joe": 0, "q.jim": amqp.AccessRefused, "q.joe.2": amqp.AccessRefused} {
		ch, err := conn.Channel()
		if err != nil {
			t.Fatal(err)
		}
		_, err = ch.QueueDeclare(queue, true, false, false, false, nil)
		var refused *amqp.Error
		if errors.As(err, &refused); (want == 0) != (err == nil) || (err != nil && refused.Code != want) {
			t.Errorf("joe declares %s: %v", queue, err)
		}
	}
	joe.Password = "another"
	if err := a.Ensure(ctx, joe); err != nil {
		t.Fatal(err)
	}
	if _, err := as("another"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	for range 2 {
		if err := a.Remove(ctx, joe.Name); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-closed:
	case <-ctx.Done():
		t.Error("a user that was removed is still connected")
	}
}
