package brokertest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var connectionChecks = []check{
	{"connection: the server says what it can do", serverProperties},
	{"connection: 200 channels at once work side by side", manyChannels},
	{"connection: 50 connections at once", manyConnections},
	{"connection: an error of a channel ends only the channel; its number serves again", channelErrors},
	{"connection: more channels than agreed are refused", channelMax},
	{"heartbeat: the server sends them (15.5)", heartbeatSent},
	{"heartbeat: the server drops a silent client (15.5)", heartbeatMissed},
	{"heartbeat: none are sent when the client wants none", heartbeatNone},
	{"connection: closing in order is answered", closeInOrder},
}

func serverProperties(t *testing.T, b *bench) {
	conn := b.connect(t)
	capabilities, ok := conn.Properties["capabilities"].(amqp.Table)
	if !ok {
		t.Fatalf("the server's properties are %v", conn.Properties)
	}
	for _, name := range []string{"publisher_confirms", "consumer_cancel_notify", "basic.nack", "connection.blocked", "authentication_failure_close", "per_consumer_qos"} {
		if capabilities[name] != true {
			t.Errorf("%s is %v", name, capabilities[name])
		}
	}
	for _, name := range []string{"product", "version"} {
		if text, ok := conn.Properties[name].(string); !ok || text == "" {
			t.Errorf("%s is %v", name, conn.Properties[name])
		}
	}
	if conn.Major != 0 || conn.Minor != 9 {
		t.Errorf("it speaks %d.%d", conn.Major, conn.Minor)
	}
	if conn.Config.FrameSize < 4096 || conn.Config.ChannelMax < 200 {
		t.Errorf("it agrees to frames of %d, %d channels", conn.Config.FrameSize, conn.Config.ChannelMax)
	}
}

func manyChannels(t *testing.T, b *bench) {
	conn := b.connect(t)
	x := b.exchange(t, channelOf(t, conn), "direct", nil)
	var work sync.WaitGroup
	for i := range 200 {
		work.Go(func() {
			ch, err := conn.Channel()
			if err != nil {
				t.Error(err)
				return
			}
			err = echo(within(t).Done(), ch, x, text("%d", i))
			if err != nil {
				t.Errorf("channel %d: %v", i, err)
			}
		})
	}
	work.Wait()
}

// echo sends a message through an exchange to a queue of its own, and waits for it.
func echo(late <-chan struct{}, ch *amqp.Channel, exchange, key string) error {
	q, err := ch.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		return err
	}
	if err := ch.QueueBind(q.Name, key, exchange, false, nil); err != nil {
		return err
	}
	deliveries, err := ch.Consume(q.Name, "", true, false, false, false, nil)
	if err != nil {
		return err
	}
	if err := ch.Publish(exchange, key, false, false, amqp.Publishing{Body: []byte(key)}); err != nil {
		return err
	}
	select {
	case d := <-deliveries:
		if string(d.Body) != key {
			return errors.New("got " + string(d.Body))
		}
		return nil
	case <-late:
		return errors.New("nothing came")
	}
}

func manyConnections(t *testing.T, b *bench) {
	x := b.exchange(t, b.channel(t), "direct", nil)
	var work sync.WaitGroup
	for i := range 50 {
		work.Go(func() {
			conn, err := b.dialAs(b.User, b.Password)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			ch, err := conn.Channel()
			if err == nil {
				err = echo(within(t).Done(), ch, x, text("%d", i))
			}
			if err != nil {
				t.Errorf("connection %d: %v", i, err)
			}
		})
	}
	work.Wait()
}

func channelErrors(t *testing.T, b *bench) {
	conn := b.connect(t)
	other := channelOf(t, conn)
	q := b.queue(t, other, nil)
	for range 10 { // more would show numbers that are never given back, too
		ch := plainChannel(t, conn)
		if _, err := ch.QueueDeclarePassive(unique(t), true, false, false, false, nil); code(err) != amqp.NotFound {
			t.Fatal(err)
		}
	}
	put(t, other, q, "unharmed")

	// What comes on a closed channel before its end is answered is dropped.
	r := b.raw(t, tuning{})
	r.openChannel(1)
	r.call(1, 50, 10, uint16(0), unique(t), uint8(1), noTable) // passive
	r.publish(1, "", q, 0, []byte("dropped"))
	r.want(1, 20, 40)
	r.publish(1, "", q, 0, []byte("dropped"))
	r.call(1, 20, 41) // channel.close-ok
	r.openChannel(1)
	r.publish(1, "", q, 0, []byte("new life"))
	deliveries := consume(t, plainChannel(t, conn), q)
	expect(t, deliveries, false, "unharmed", "new life")
}

func channelMax(t *testing.T, b *bench) {
	conn, err := amqp.DialConfig("amqp://"+b.Address+"/", amqp.Config{
		SASL: []amqp.Authentication{&amqp.PlainAuth{Username: b.User, Password: b.Password}}, ChannelMax: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var last *amqp.Channel
	for range 3 {
		last = plainChannel(t, conn)
	}
	if _, err := conn.Channel(); err == nil {
		t.Error("a fourth channel where three were agreed")
	}
	if err := last.Close(); err != nil {
		t.Fatal(err)
	}
	plainChannel(t, conn) // there is room again
}

func heartbeatSent(t *testing.T, b *bench) {
	r := b.raw(t, tuning{heartbeat: 1})
	for range 2 {
		f, err := r.readFrame()
		if err != nil {
			t.Fatal(err)
		}
		if f.kind != frameHeartbeat || f.channel != 0 || len(f.payload) != 0 {
			t.Fatalf("got the %v", f)
		}
		r.write(encodeFrame(frameHeartbeat, 0, nil))
	}
}

func heartbeatMissed(t *testing.T, b *bench) {
	for _, slowly := range []bool{false, true} { // what ends the greeting must not end the watch
		t.Run(text("slowly=%v", slowly), func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			r := b.raw(t, tuning{heartbeat: 1, slowly: slowly})
			if err := r.ends(); err != nil {
				t.Fatal(err)
			}
			// Two intervals without a byte; each broker looks at its own moments.
			if took := time.Since(began); took < time.Second || took > 10*time.Second {
				t.Errorf("a silent client is dropped after %v", took)
			}
		})
	}
}

func heartbeatNone(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.conn.SetReadDeadline(time.Now().Add(2500 * time.Millisecond))
	if f, err := r.readFrame(); err == nil {
		t.Errorf("got the %v", f)
	} else if !strings.Contains(err.Error(), "timeout") {
		t.Errorf("a client without heartbeats is dropped: %v", err)
	}
}

func closeInOrder(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.openChannel(3)
	r.call(3, 20, 40, uint16(200), "bye", uint16(0), uint16(0))
	r.want(3, 20, 41)
	r.call(0, 10, 50, uint16(200), "bye", uint16(0), uint16(0))
	r.want(0, 10, 51) // RabbitMQ leaves it to the client to end the TCP connection then
}
