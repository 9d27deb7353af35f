package brokertest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

var frameChecks = []check{
	{"frames: another protocol is answered with ours", otherProtocol},
	{"frames: what breaks the rules closes the connection, with its code", brokenFrames},
	{"frames: an unknown class, an unknown method close the connection", unknownMethods},
	{"frames: several small ones in one write, one in many writes", frameBoundaries},
	{"frames: none is larger than agreed", frameSize},
	{"frames: the body of one message may not mix with another's method", mixedContent},
	{"frames: methods without an answer (no-wait)", noWait},
}

func otherProtocol(t *testing.T, b *bench) {
	for _, header := range []string{"AMQP\x00\x01\x00\x00", "AMQP\x02\x01\x00\x00", "HTTP/1.1", "GET / HTTP/1.1\r\n\r\n"} {
		r := b.dialRaw(t)
		r.write([]byte(header))
		answer, _ := io.ReadAll(r.in) // a reset is an end, too
		if !bytes.Equal(answer, []byte("AMQP\x00\x00\x09\x01")) {
			t.Errorf("%q is answered with %q", header, answer)
		}
	}
}

// brokenFrames: what is wrong with a connection, which code says so.
func brokenFrames(t *testing.T, b *bench) {
	for _, c := range []struct {
		name string
		do   func(*raw)
		want uint16
	}{
		{"a wrong end", func(r *raw) {
			f := encodeFrame(frameMethod, 1, encodeMethod(20, 10, ""))
			f[len(f)-1] = 0
			r.write(f)
		}, amqp.FrameError},
		{"a frame above the agreed size", func(r *raw) {
			r.openChannel(1)
			r.call(1, 60, 40, uint16(0), "", "k", uint8(0))
			r.header(1, 1<<20, nil)
			r.write(encodeFrame(frameBody, 1, make([]byte, r.tune.frame+1))[:1000]) // the broker need not read it all
		}, amqp.FrameError},
		{"a kind of frame that does not exist", func(r *raw) { r.write(encodeFrame(99, 0, nil)) }, amqp.FrameError},
		{"a method on a channel that is not open", func(r *raw) { r.call(7, 50, 10, uint16(0), "q", uint8(0), noTable) }, amqp.ChannelError},
		{"a channel opened twice", func(r *raw) { r.openChannel(1); r.call(1, 20, 10, "") }, amqp.ChannelError},
		{"more channels than agreed", func(r *raw) {
			for n := range r.tune.channels {
				r.openChannel(n + 1)
			}
			r.call(r.tune.channels+1, 20, 10, "")
		}, amqp.NotAllowed},
		{"a header without a publication", func(r *raw) { r.openChannel(1); r.header(1, 1, nil) }, amqp.UnexpectedFrame},
		{"a body without a header", func(r *raw) {
			r.openChannel(1)
			r.call(1, 60, 40, uint16(0), "", "k", uint8(0))
			r.body(1, []byte("x"))
		}, amqp.UnexpectedFrame},
		{"a header of another class", func(r *raw) {
			r.openChannel(1)
			r.call(1, 60, 40, uint16(0), "", "k", uint8(0))
			r.write(encodeFrame(frameHeader, 1, []byte{0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}))
		}, amqp.UnexpectedFrame},
		{"a connection opened twice", func(r *raw) { r.call(0, 10, 40, "/", "", uint8(0)) }, anyCode},
		{"arguments that end too early", func(r *raw) {
			r.openChannel(1)
			r.write(encodeFrame(frameMethod, 1, []byte{0, 50, 0, 10, 0, 0, 40, 'q'}))
		}, silent},
		{"a table with a type that does not exist", func(r *raw) {
			r.openChannel(1)
			r.call(1, 50, 10, uint16(0), "q", uint8(0), table{1, 'k', '?', 0})
		}, silent},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := b.raw(t, tuning{channels: 3})
			c.do(r)
			r.closedWith(c.want)
		})
	}
}

// What closedWith takes besides a code.
const (
	anyCode = 0 // brokers differ, but one of those that end a connection
	silent  = 1 // RabbitMQ says nothing at all, and ends: a word is better, with whatever code
)

// closedWith reads until connection.close, which must have a code. Then the connection ends once it is answered.
func (r *raw) closedWith(want uint16) {
	r.t.Helper()
	for {
		f, err := r.readFrame()
		if errors.Is(err, io.EOF) && want == silent {
			return
		}
		if err != nil {
			r.t.Errorf("no connection.close comes: %v", err)
			return
		}
		if !f.isMethod(10, 50) {
			continue
		}
		got := (&arguments{f.payload[4:]}).uint16()
		if want != anyCode && want != silent && got != want {
			r.t.Errorf("closed with %d, want %d", got, want)
		} else if got < 500 {
			r.t.Errorf("closed with %d, which ends only a channel", got)
		}
		r.conn.Write(encodeFrame(frameMethod, 0, encodeMethod(10, 51))) // the broker may be gone already
		if err := r.ends(); err != nil {
			r.t.Error(err)
		}
		return
	}
}

func unknownMethods(t *testing.T, b *bench) {
	for _, c := range [][2]uint16{{99, 10}, {50, 99}, {60, 999}, {0, 0}} {
		r := b.raw(t, tuning{})
		r.openChannel(1)
		r.call(1, c[0], c[1])
		r.closedWith(silent)
	}
}

func frameBoundaries(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.openChannel(1)
	q := unique(t)
	r.call(1, 50, 10, uint16(0), q, uint8(8), noTable) // auto-delete
	r.want(1, 50, 11)
	var all []byte
	for _, text := range []string{"one", "two"} {
		all = append(all, encodeFrame(frameMethod, 1, encodeMethod(60, 40, uint16(0), "", q, uint8(0)))...)
		all = append(all, encodeFrame(frameHeader, 1, []byte{0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(text)), 0, 0})...)
		for i := range text { // each byte a frame
			all = append(all, encodeFrame(frameBody, 1, []byte{text[i]})...)
		}
	}
	r.write(all)
	for i := range all {
		r.write(all[i : i+1])
	}
	r.call(1, 60, 20, uint16(0), q, "", uint8(2), noTable) // basic.consume, no-ack
	r.want(1, 60, 21)
	for _, want := range []string{"one", "two", "one", "two"} {
		r.want(1, 60, 60)
		if got := r.content(1); string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func frameSize(t *testing.T, b *bench) {
	r := b.raw(t, tuning{frame: 4096})
	r.openChannel(1)
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	body := bytes.Repeat([]byte("0123456789"), 2000)
	send(t, ch, "", q, amqp.Publishing{Body: body})
	r.call(1, 60, 20, uint16(0), q, "", uint8(2), noTable)
	r.want(1, 60, 21)
	r.want(1, 60, 60)
	var got []byte
	for len(got) < len(body) {
		f := r.read()
		if len(f.payload)+8 > 4096 {
			t.Fatalf("a frame of %d bytes, where 4096 were agreed", len(f.payload)+8)
		}
		if f.kind == frameBody {
			got = append(got, f.payload...)
		} else if size := binary.BigEndian.Uint64(f.payload[4:]); size != uint64(len(body)) {
			t.Fatalf("announced as %d bytes", size)
		}
	}
	if !bytes.Equal(got, body) {
		t.Error("the body is another")
	}
}

func mixedContent(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.openChannel(1)
	r.openChannel(2)
	q := unique(t)
	r.call(1, 50, 10, uint16(0), q, uint8(8), noTable)
	r.want(1, 50, 11)
	// Other channels may speak between the frames of a message.
	r.call(1, 60, 40, uint16(0), "", q, uint8(0))
	r.call(2, 60, 40, uint16(0), "", q, uint8(0))
	r.header(1, 2, nil)
	r.header(2, 2, nil)
	r.body(2, []byte("2"))
	r.body(1, []byte("1"))
	r.body(2, []byte("2"))
	r.body(1, []byte("1"))
	r.call(1, 60, 20, uint16(0), q, "", uint8(2), noTable)
	r.want(1, 60, 21)
	got := map[string]int{}
	for range 2 {
		r.want(1, 60, 60)
		got[string(r.content(1))]++
	}
	if got["11"] != 1 || got["22"] != 1 {
		t.Errorf("got %v", got)
	}
	// The same channel may not.
	r.call(1, 60, 40, uint16(0), "", q, uint8(0))
	r.header(1, 2, nil)
	r.call(1, 50, 30, uint16(0), q, uint8(0)) // queue.purge
	r.closedWith(amqp.UnexpectedFrame)
}

func noWait(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.openChannel(1)
	q, x := unique(t), unique(t)
	r.call(1, 40, 10, uint16(0), x, "fanout", uint8(4|16), noTable) // exchange.declare, auto-delete
	r.call(1, 50, 10, uint16(0), q, uint8(8|16), noTable)           // queue.declare, auto-delete
	r.call(1, 50, 20, uint16(0), q, x, "", uint8(1), noTable)       // queue.bind
	r.call(1, 85, 10, uint8(1))                                     // confirm.select
	r.call(1, 60, 20, uint16(0), q, "me", uint8(2|8), noTable)      // basic.consume, no-ack
	r.publish(1, x, "", 0, []byte("m"))
	var delivered, confirmed bool
	for !delivered || !confirmed {
		f := r.read()
		switch {
		case f.isMethod(60, 60):
			delivered = string(r.content(1)) == "m"
		case f.isMethod(60, 80):
			confirmed = true
		default:
			t.Fatalf("nobody asked for the %v", f)
		}
	}
	r.call(1, 60, 30, "me", uint8(1)) // basic.cancel: the queue goes
	r.call(1, 10, 99)
	eventually(t, "the queue is gone", func() bool { return b.gone(t, q) })
}
