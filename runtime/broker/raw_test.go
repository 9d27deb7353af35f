package broker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// pipes is a listener of connections in memory, so that time can be virtual.
type pipes struct {
	conns chan net.Conn
	ended chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.ended); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// inMemory runs a test with a broker in virtual time.
func inMemory(t *testing.T, cfg broker.Config, test func(t *testing.T, b *broker.Broker, p *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		cfg.Users = []broker.User{owner}
		b, err := broker.Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		p := newPipes()
		done := make(chan error, 1)
		go func() { done <- b.Serve(p) }()
		t.Cleanup(func() {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		test(t, b, p)
	})
}

// raw is a client that says what it likes.
type raw struct {
	net.Conn
	frames *wire.Reader
	decode wire.Decoder
}

func newRaw(c net.Conn) *raw { return &raw{Conn: c, frames: wire.NewReader(c, 128<<10)} }

func (r *raw) say(t testing.TB, channel uint16, methods ...wire.Method) {
	t.Helper()
	for _, m := range methods {
		frame, err := wire.AppendMethod(nil, channel, m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
}

// hear gives the next method, heartbeats left out.
func (r *raw) hear(t testing.TB) wire.Method {
	t.Helper()
	for {
		f, err := r.frames.Next()
		if err != nil {
			t.Fatal(err)
		}
		if f.Type != wire.FrameMethod {
			continue
		}
		m, err := r.decode.Method(f.Payload)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

// greet negotiates, with a heartbeat in seconds.
func (r *raw) greet(t testing.TB, beat uint16) {
	t.Helper()
	if _, err := io.WriteString(r, wire.ProtocolHeader); err != nil {
		t.Fatal(err)
	}
	r.hear(t)
	r.say(t, 0, &wire.ConnectionStartOk{
		Mechanism: "PLAIN", Response: []byte("\x00" + owner.Name + "\x00" + owner.Password), Locale: "en_US",
		ClientProperties: wire.Table{{Name: "capabilities", Value: wire.Table{{Name: "connection.blocked", Value: true}, {Name: "authentication_failure_close", Value: true}}}},
	})
	if tune, ok := r.hear(t).(*wire.ConnectionTune); !ok || tune.Heartbeat != 10 {
		t.Fatalf("%+v", tune)
	}
	r.say(t, 0, &wire.ConnectionTuneOk{ChannelMax: 100, FrameMax: 4096, Heartbeat: beat}, &wire.ConnectionOpen{VirtualHost: "/"})
	if _, ok := r.hear(t).(*wire.ConnectionOpenOk); !ok {
		t.Fatal("it is not open")
	}
}

// A client that says nothing for two heartbeats is gone; the server says something twice in each (messaging.md 15.5).
func TestHeartbeatsBothWays(t *testing.T) {
	inMemory(t, broker.Config{}, func(t *testing.T, b *broker.Broker, p *pipes) {
		r := newRaw(p.dial())
		r.greet(t, 10)
		start := time.Now()
		beats := 0
		for {
			f, err := r.frames.Next()
			if err != nil {
				break
			}
			if f.Type == wire.FrameHeartbeat {
				beats++
			}
		}
		if quiet := time.Since(start); quiet < 20*time.Second || quiet > 26*time.Second || beats < 3 || beats > 6 {
			t.Errorf("gone after %v, %d heartbeats", quiet, beats)
		}
		synctest.Wait()
		if n := b.Status().Connections; n != 0 {
			t.Errorf("%d connections", n)
		}
	})
}

// One that sends heartbeats stays, one that wants none is never asked.
func TestQuietClientsStay(t *testing.T) {
	inMemory(t, broker.Config{}, func(t *testing.T, b *broker.Broker, p *pipes) {
		beating, silent := newRaw(p.dial()), newRaw(p.dial())
		beating.greet(t, 10)
		silent.greet(t, 0)
		for _, c := range []*raw{beating, silent} {
			go func() { _, _ = io.Copy(io.Discard, c) }()
		}
		for range 360 {
			time.Sleep(10 * time.Second)
			if _, err := beating.Write(wire.AppendFrame(nil, wire.FrameHeartbeat, 0, nil)); err != nil {
				t.Fatal(err)
			}
		}
		if n := b.Status().Connections; n != 2 {
			t.Errorf("%d connections after an hour", n)
		}
	})
}

// Who does not come to the point is shown out; wrong credentials are answered after a while (15.6).
func TestSlowGreetingsEnd(t *testing.T) {
	inMemory(t, broker.Config{}, func(t *testing.T, _ *broker.Broker, p *pipes) {
		start := time.Now()
		for _, say := range []string{"", "AMQP", wire.ProtocolHeader} {
			c := p.dial()
			go func() { _, _ = io.WriteString(c, say) }()
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(start); took > 3*11*time.Second {
			t.Errorf("it took %v", took)
		}
		start = time.Now()
		r := newRaw(p.dial())
		if _, err := io.WriteString(r, wire.ProtocolHeader); err != nil {
			t.Fatal(err)
		}
		r.hear(t)
		r.say(t, 0, &wire.ConnectionStartOk{Mechanism: "PLAIN", Response: []byte("\x00owner\x00wrong"), ClientProperties: wire.Table{{Name: "capabilities", Value: wire.Table{{Name: "authentication_failure_close", Value: true}}}}})
		if m, ok := r.hear(t).(*wire.ConnectionClose); !ok || m.ReplyCode != wire.AccessRefused {
			t.Errorf("%+v", m)
		}
		if took := time.Since(start); took < 500*time.Millisecond {
			t.Errorf("guessing is quick: %v", took)
		}
		_ = r.Close()
	})
}

// A consumer that does not read gets no more than a little; the rest stays in the queue, others go on; in the end it is given up.
func TestConsumerThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	inMemory(t, broker.Config{}, func(t *testing.T, b *broker.Broker, p *pipes) {
		stuck := newRaw(p.dial())
		stuck.greet(t, 0)
		stuck.say(t, 1, &wire.ChannelOpen{})
		stuck.hear(t)
		stuck.say(t, 1, &wire.QueueDeclare{Queue: "q"})
		stuck.hear(t)
		stuck.say(t, 1, &wire.BasicConsume{Queue: "q", NoAck: true})
		stuck.hear(t)
		conn, err := amqp.Open(p.dial(), amqp.Config{Vhost: "/", SASL: []amqp.Authentication{&amqp.PlainAuth{Username: owner.Name, Password: owner.Password}}, Heartbeat: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		ch := channel(t, conn)
		if err := ch.Confirm(false); err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 10_000)
		for range 200 { // 2 MB
			c := must(ch.PublishWithDeferredConfirmWithContext(t.Context(), "", "q", false, false, amqp.Publishing{Body: body}))(t)
			must(c.WaitContext(t.Context()))(t)
		}
		if ready := b.Status().Queues[0].Ready; ready < 160 {
			t.Errorf("%d of 200 messages wait in the queue; the others are in memory for a client that does not read", ready)
		}
		time.Sleep(time.Minute)
		if s := b.Status(); s.Connections != 1 {
			t.Errorf("%d connections: nobody gave the stuck one up", s.Connections)
		}
		got := must(ch.Consume("q", "", true, false, false, false, nil))(t)
		n := 0
		for range b.Status().Queues[0].Ready + 1 {
			<-got
			if n++; n == 160 {
				break
			}
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
}

// FuzzConnection feeds anything to a connection, after the negotiation or instead of it: no panic, no connection that stays, a broker
// that works afterwards.
func FuzzConnection(f *testing.F) {
	add := func(greeted bool, parts ...[]byte) { f.Add(greeted, bytes.Join(parts, nil)) }
	method := func(channel uint16, m wire.Method) []byte {
		raw, err := wire.AppendMethod(nil, channel, m)
		if err != nil {
			f.Fatal(err)
		}
		return raw
	}
	open := method(1, &wire.ChannelOpen{})
	declare := method(1, &wire.QueueDeclare{Queue: "q", AutoDelete: true, Arguments: wire.Table{{Name: "x-max-length", Value: int32(2)}, {Name: "x-dead-letter-exchange", Value: ""}}})
	publish := bytes.Join([][]byte{
		method(1, &wire.BasicPublish{RoutingKey: "q", Mandatory: true}),
		wire.AppendHeader(nil, 1, 4, wire.Properties{Expiration: "10", Headers: wire.Table{{Name: "a", Value: nil}}}.Append(nil)),
		wire.AppendFrame(nil, wire.FrameBody, 1, []byte("body")),
	}, nil)
	add(false, []byte(wire.ProtocolHeader), method(0, &wire.ConnectionStartOk{Mechanism: "PLAIN", Response: []byte("\x00a\x00b")}))
	add(false, []byte("GET / HTTP/1.1\r\n\r\n"))
	add(true, open, declare, publish, method(1, &wire.BasicGet{Queue: "q"}), method(1, &wire.BasicNack{DeliveryTag: 1}))
	add(true, open, declare, method(1, &wire.ConfirmSelect{}), method(1, &wire.BasicConsume{Queue: "q"}), publish, publish, publish, method(1, &wire.BasicRecover{Requeue: true}), method(1, &wire.QueueDelete{}))
	add(true, open, method(1, &wire.ExchangeDeclare{Exchange: "x", Type: "headers", AutoDelete: true}), declare, method(1, &wire.QueueBind{Exchange: "x", Arguments: wire.Table{{Name: "x-match", Value: "any"}}}), method(1, &wire.QueueUnbind{Exchange: "x"}))
	add(true, open, method(1, &wire.TxSelect{}))
	add(true, open, method(1, &wire.BasicPublish{Exchange: "none"}), publish, method(0, &wire.ConnectionClose{}))
	s := serve(f, broker.Config{Dir: f.TempDir()})
	f.Fuzz(func(t *testing.T, greeted bool, data []byte) {
		tcp, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		r := newRaw(tcp)
		defer r.Close()
		if greeted {
			r.greet(t, 0)
		}
		_, _ = r.Write(data) // the broker may have hung up
		_ = tcp.(*net.TCPConn).CloseWrite()
		if err := tcp.SetReadDeadline(time.Now().Add(patience / 2)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, tcp); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("the connection is stuck")
		}
		eventually(t, "no connection", func() bool { return s.Status().Connections == 0 })
	})
}

// Clients that talk nonsense are shown out, one that works does not notice.
func TestNoiseDoesNotDisturbOthers(t *testing.T) {
	s := serve(t, broker.Config{})
	ch := channel(t, dial(t, s))
	must(ch.QueueDeclare("q", false, false, false, false, nil))(t)
	got := must(ch.Consume("q", "", true, false, false, false, nil))(t)
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for i := range 50 {
		tcp, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		r := newRaw(tcp)
		r.greet(t, 0)
		garbage := bytes.Repeat([]byte{byte(i), 0, 1, 0, 0, 0, 4, byte(i * 7)}, 100)
		_, _ = r.Write(garbage)
		if err := ch.PublishWithContext(ctx, "", "q", false, false, amqp.Publishing{Body: []byte{byte(i)}}); err != nil {
			t.Fatal(err)
		}
		if d := next(t, got); d.Body[0] != byte(i) {
			t.Errorf("%v", d.Body)
		}
		_ = tcp.Close()
	}
	eventually(t, "one connection", func() bool { return s.Status().Connections == 1 })
}
