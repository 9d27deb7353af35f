package brokertest

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var killChecks = []check{
	{"killed connection: the client library reports the same while publishing, consuming (MS-76)", killed},
	{"killed connection: what was confirmed is there, what was out comes again (MS-72)", killedKeeps},
}

// cutter is a TCP proxy whose connections can be cut.
type cutter struct {
	listener net.Listener
	to       string
	work     sync.WaitGroup

	mu    sync.Mutex
	conns []*net.TCPConn
}

func newCutter(t testing.TB, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: l, to: to}
	c.work.Go(c.serve)
	t.Cleanup(func() { l.Close(); c.cut(); c.work.Wait() })
	return c
}

func (c *cutter) serve() {
	for {
		in, err := c.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", c.to)
		if err != nil {
			in.Close()
			continue
		}
		a, b := in.(*net.TCPConn), out.(*net.TCPConn)
		c.mu.Lock()
		c.conns = append(c.conns, a, b)
		c.mu.Unlock()
		for _, pair := range [][2]*net.TCPConn{{a, b}, {b, a}} {
			c.work.Go(func() {
				io.Copy(pair[0], pair[1]) // ends with either side
				pair[0].Close()
				pair[1].Close()
			})
		}
	}
}

// cut resets every connection: neither side hears a word.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.SetLinger(0)
		conn.Close()
	}
	c.conns = nil
}

// outcome is what a client hears of the end of its connection.
type outcome struct {
	connection, channel int  // codes
	server              bool // whether the broker is said to have closed
	deliveries          bool // whether the stream of deliveries ended
	confirms            bool // whether the stream of confirms ended
	unconfirmed         string
	publish, ack, open  string
}

// want is what amqp091-go reports with RabbitMQ: a supervisor is written against it.
var want = outcome{
	connection: amqp.FrameError, channel: amqp.FrameError, deliveries: true, confirms: true,
	unconfirmed: "not acknowledged", publish: "closed", ack: "closed", open: "closed",
}

func killed(t *testing.T, b *bench) {
	setup := b.channel(t)
	q, full := b.queue(t, setup, nil), b.queue(t, setup, nil)
	put(t, setup, full, "1", "2", "3")
	proxy := newCutter(t, b.Address)
	through := &bench{Server: b.Server}
	through.Address = proxy.listener.Addr().String()
	conn, err := through.dialAs(b.User, b.Password)
	if err != nil {
		t.Fatal(err)
	}
	publisher, consumer := channelOf(t, conn), plainChannel(t, conn)
	gone, chGone := conn.NotifyClose(make(chan *amqp.Error, 1)), publisher.NotifyClose(make(chan *amqp.Error, 1))
	confirms := publisher.NotifyPublish(make(chan amqp.Confirmation, 1<<16))
	deliveries, err := consumer.Consume(full, "", false, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := next(t, deliveries)
	last := publishUntilCut(t, publisher, q, proxy)

	var got outcome
	for closed, code := range map[<-chan *amqp.Error]*int{gone: &got.connection, chGone: &got.channel} {
		select {
		case err := <-closed:
			if err != nil {
				*code, got.server = err.Code, got.server || err.Server
			}
		case <-within(t).Done():
			t.Fatal("nobody tells that the connection is gone")
		}
	}
	got.deliveries, got.confirms = drains(t, deliveries), drains(t, confirms)
	if ok, err := last.WaitContext(within(t)); !ok && err == nil {
		got.unconfirmed = "not acknowledged"
	} else {
		got.unconfirmed = text("%v, %v", ok, err)
	}
	word := func(err error) string {
		if errors.Is(err, amqp.ErrClosed) {
			return "closed"
		}
		return text("%v", err)
	}
	got.publish = word(publisher.PublishWithContext(within(t), "", q, false, false, amqp.Publishing{}))
	got.ack = word(held.Ack(false))
	_, err = conn.Channel()
	got.open = word(err)
	if got != want {
		t.Errorf("the library reports\n%+v\nwant\n%+v", got, want)
	}
}

// publishUntilCut publishes without waiting, has the connection cut in the middle, gives the last publication that the library took.
func publishUntilCut(t *testing.T, ch *amqp.Channel, queue string, proxy *cutter) *amqp.DeferredConfirmation {
	t.Helper()
	var last *amqp.DeferredConfirmation
	deadline := time.Now().Add(patience)
	for i := 0; time.Now().Before(deadline); i++ {
		c, err := ch.PublishWithDeferredConfirmWithContext(t.Context(), "", queue, false, false, amqp.Publishing{Body: []byte(text("%d", i)), DeliveryMode: amqp.Persistent})
		if err != nil {
			return last
		}
		last = c
		if i == 500 {
			proxy.cut()
		}
	}
	t.Fatal("publishing goes on over a connection that was cut")
	return nil
}

// drains says whether a stream ends.
func drains[T any](t *testing.T, stream <-chan T) bool {
	t.Helper()
	late := within(t).Done()
	for {
		select {
		case _, open := <-stream:
			if !open {
				return true
			}
		case <-late:
			return false
		}
	}
}

func killedKeeps(t *testing.T, b *bench) {
	setup := b.channel(t)
	q := b.queue(t, setup, nil)
	proxy := newCutter(t, b.Address)
	through := &bench{Server: b.Server}
	through.Address = proxy.listener.Addr().String()
	conn, err := through.dialAs(b.User, b.Password)
	if err != nil {
		t.Fatal(err)
	}
	publisher := channelOf(t, conn)
	confirms := publisher.NotifyPublish(make(chan amqp.Confirmation, 1<<16))
	publishUntilCut(t, publisher, q, proxy)
	confirmed := 0
	for c := range confirms {
		if c.Ack {
			confirmed++
		}
	}
	// What was not confirmed may be there, too: without a gap, in order.
	have := 0
	eventually(t, "what was confirmed is there", func() bool { have = ready(t, setup, q); return have >= confirmed })
	texts := take(t, setup, q)
	for i, got := range texts {
		if got != text("%d", i) {
			t.Fatalf("message %d is %s", i, got)
		}
	}
	if len(texts) < confirmed {
		t.Errorf("%d confirmed, %d there", confirmed, len(texts))
	}

	// The same for what a consumer holds.
	put(t, setup, q, "a", "b")
	conn, err = through.dialAs(b.User, b.Password)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, consume(t, plainChannel(t, conn), q), false, "a", "b")
	proxy.cut()
	again := consume(t, setup, q)
	got := expect(t, again, true, "a", "b")
	if slices.ContainsFunc(got, func(d amqp.Delivery) bool { return d.Ack(false) != nil }) {
		t.Error("they cannot be acknowledged")
	}
}
