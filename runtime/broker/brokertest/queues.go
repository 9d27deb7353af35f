package brokertest

import (
	"slices"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

var queueChecks = []check{
	{"queue: passive tells messages, consumers; refuses what is not there", queuePassive},
	{"queue: an equal declaration is harmless, another one is refused (15.2)", queueInequivalent},
	{"queue: exclusive is its connection's alone, goes with it", queueExclusive},
	{"queue: auto-delete goes with the last consumer", queueAutoDelete},
	{"queue: the server finds a name, an empty one means the last", queueServerNamed},
	{"queue: names of 255 bytes, with blanks, dots, wildcards (15.1)", queueNames},
	{"queue: delete if unused, if empty; tells how many; twice (15.2)", queueDelete},
	{"queue: purge tells how many, leaves what is out", queuePurge},
	{"queue: arguments of a wrong type are refused", queueArguments},
	{"queue: of type classic, by name (MS-70)", queueClassic},
	{"get: tells what is left, an empty queue says so", get},
}

func queuePassive(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2", "3")
	got, err := ch.QueueDeclarePassive(q, true, false, false, false, nil)
	if err != nil || got.Name != q || got.Messages != 3 || got.Consumers != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	deliveries := consume(t, ch, q)
	expect(t, deliveries, false, "1", "2", "3")
	got, err = ch.QueueDeclarePassive(q, true, false, false, false, nil)
	if err != nil || got.Messages != 0 || got.Consumers != 1 {
		t.Errorf("with a consumer that holds all: %+v, %v", got, err)
	}
	_, err = ch.QueueDeclarePassive(unique(t), true, false, false, false, nil)
	refused(t, "a missing queue", err, amqp.NotFound)
	lives(t, conn)
}

func queueInequivalent(t *testing.T, b *bench) {
	conn := b.connect(t)
	args := amqp.Table{"x-max-length-bytes": int64(64 << 20), "x-overflow": "reject-publish", "x-single-active-consumer": true, "x-dead-letter-exchange": "d"}
	q := b.queue(t, channelOf(t, conn), args)
	with := func(key string, value any) amqp.Table {
		other := amqp.Table{}
		for k, v := range args {
			other[k] = v
		}
		if other[key] = value; value == nil {
			delete(other, key)
		}
		return other
	}
	for _, c := range []struct {
		what                string
		durable, autoDelete bool
		args                amqp.Table
		want                int
	}{
		{"the same", true, false, args, 0},
		{"the same number in another width", true, false, with("x-max-length-bytes", int32(64<<20)), 0},
		{"not durable", false, false, args, amqp.PreconditionFailed},
		{"auto-delete", true, true, args, amqp.PreconditionFailed},
		{"no arguments", true, false, nil, amqp.PreconditionFailed},
		{"another limit", true, false, with("x-max-length-bytes", int64(1)), amqp.PreconditionFailed},
		{"another overflow", true, false, with("x-overflow", "drop-head"), amqp.PreconditionFailed},
		{"more consumers", true, false, with("x-single-active-consumer", nil), amqp.PreconditionFailed},
		{"another dead letter exchange", true, false, with("x-dead-letter-exchange", "e"), amqp.PreconditionFailed},
		{"one argument more", true, false, with("x-expires", int32(3600000)), amqp.PreconditionFailed},
	} {
		_, err := plainChannel(t, conn).QueueDeclare(q, c.durable, c.autoDelete, false, false, c.args)
		if code(err) != c.want || (c.want == 0) != (err == nil) {
			t.Errorf("%s: %v, want %d", c.what, err, c.want)
		}
	}
	lives(t, conn)
}

func queueExclusive(t *testing.T, b *bench) {
	owner := b.connect(t)
	ch := channelOf(t, owner)
	q := unique(t)
	if _, err := ch.QueueDeclare(q, false, false, true, false, nil); err != nil {
		t.Fatal(err)
	}
	put(t, ch, q, "mine")
	other := b.connect(t)
	_, err := plainChannel(t, other).QueueDeclarePassive(q, false, false, true, false, nil)
	refused(t, "another connection asks", err, amqp.ResourceLocked)
	_, err = plainChannel(t, other).Consume(q, "", true, false, false, false, nil)
	refused(t, "another connection consumes", err, amqp.ResourceLocked)
	_, err = plainChannel(t, other).QueueDelete(q, false, false, false)
	refused(t, "another connection deletes", err, amqp.ResourceLocked)
	if _, err := plainChannel(t, owner).QueueDeclarePassive(q, false, false, true, false, nil); err != nil {
		t.Errorf("another channel of the owner: %v", err)
	}
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the queue goes with its connection", func() bool { return b.gone(t, q) })
}

func queueAutoDelete(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := unique(t)
	if _, err := ch.QueueDeclare(q, true, true, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if b.gone(t, q) {
		t.Error("it does not wait for a first consumer")
	}
	first, second := plainChannel(t, conn), plainChannel(t, conn)
	for i, ch := range []*amqp.Channel{first, second} {
		if _, err := ch.Consume(q, text("c%d", i), false, false, false, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Cancel("c0", false); err != nil {
		t.Fatal(err)
	}
	if b.gone(t, q) {
		t.Error("it does not wait for the last consumer")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the queue goes with its last consumer", func() bool { return b.gone(t, q) })
}

func queueServerNamed(t *testing.T, b *bench) {
	ch := b.channel(t)
	x := b.exchange(t, ch, "fanout", nil)
	names := map[string]bool{}
	for range 3 {
		q, err := ch.QueueDeclare("", false, true, true, false, nil)
		if err != nil || !strings.HasPrefix(q.Name, "amq.gen-") || names[q.Name] {
			t.Fatalf("the server's name is %q, %v", q.Name, err)
		}
		names[q.Name] = true
	}
	last := consumeAck(t, ch, "") // the last one
	bind(t, ch, "", "", x, nil)
	send(t, ch, x, "", amqp.Publishing{Body: []byte("to the last")})
	expect(t, last, false, "to the last")

	conn := b.connect(t)
	_, err := plainChannel(t, conn).QueuePurge("", false)
	if err == nil {
		t.Error("an empty name before any declaration is taken")
	}
}

func consumeAck(t *testing.T, ch *amqp.Channel, queue string) <-chan amqp.Delivery {
	t.Helper()
	deliveries, err := ch.Consume(queue, "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return deliveries
}

func queueNames(t *testing.T, b *bench) {
	ch := b.channel(t)
	head := unique(t)
	for _, name := range []string{head + strings.Repeat("x", 255-len(head)), head + " a b", head + ".*.#", head + "%2F/é"} {
		b.forget(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(name, false, false, false); return err })
		q, err := ch.QueueDeclare(name, true, false, false, false, nil)
		if err != nil || q.Name != name {
			t.Fatalf("declared %q: %q, %v", name, q.Name, err)
		}
		put(t, ch, name, name)
		if got := take(t, ch, name); !slices.Equal(got, []string{name}) {
			t.Errorf("got %q", got)
		}
	}
}

func queueDelete(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2")
	_, err := plainChannel(t, conn).QueueDelete(q, false, true, false)
	refused(t, "delete if empty", err, amqp.PreconditionFailed)
	consumer := plainChannel(t, conn)
	if err := consumer.Qos(1, 0, false); err != nil {
		t.Fatal(err)
	}
	expect(t, consume(t, consumer, q), false, "1")
	_, err = plainChannel(t, conn).QueueDelete(q, true, false, false)
	refused(t, "delete if unused", err, amqp.PreconditionFailed)
	if err := consumer.Close(); err != nil { // its message goes back
		t.Fatal(err)
	}
	eventually(t, "both messages are there again", func() bool { return ready(t, ch, q) == 2 })
	if n, err := ch.QueueDelete(q, true, false, false); n != 2 || err != nil {
		t.Errorf("deleted with %d messages, %v", n, err)
	}
	if n, err := ch.QueueDelete(q, false, false, false); n != 0 || err != nil {
		t.Errorf("deleted twice: %d, %v", n, err)
	}
}

func queuePurge(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2", "3")
	d, ok, err := ch.Get(q, false)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if n, err := ch.QueuePurge(q, false); n != 2 || err != nil {
		t.Errorf("purged %d, %v; want 2: one is out", n, err)
	}
	if err := d.Nack(false, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what was out is back", func() bool { return ready(t, ch, q) == 1 })
	if got := take(t, ch, q); !slices.Equal(got, []string{"1"}) {
		t.Errorf("left: %q", got)
	}
}

func queueArguments(t *testing.T, b *bench) {
	conn := b.connect(t)
	for _, args := range []amqp.Table{
		{"x-message-ttl": "soon"},
		{"x-message-ttl": int32(-1)},
		{"x-expires": int32(0)},
		{"x-max-length": int32(-1)},
		{"x-max-length-bytes": "many"},
		{"x-overflow": "explode"},
		{"x-dead-letter-exchange": int32(1)},
		{"x-dead-letter-routing-key": "without an exchange"},
		{"x-single-active-consumer": "yes"},
		{"x-queue-type": "no-such-type"},
	} {
		q := unique(t)
		_, err := plainChannel(t, conn).QueueDeclare(q, true, false, false, false, args)
		if err == nil {
			b.forget(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(q, false, false, false); return err })
		}
		refused(t, text("a queue with %v", args), err, amqp.PreconditionFailed)
	}
	lives(t, conn)
}

func queueClassic(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, amqp.Table{"x-queue-type": "classic"})
	put(t, ch, q, "1")
	if got := take(t, ch, q); !slices.Equal(got, []string{"1"}) {
		t.Errorf("got %q", got)
	}
}

func get(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	if _, ok, err := ch.Get(q, false); ok || err != nil {
		t.Errorf("an empty queue gives %v, %v", ok, err)
	}
	put(t, ch, q, "1", "2", "3")
	for i, want := range []string{"1", "2", "3"} {
		d, ok, err := ch.Get(q, false)
		if err != nil || !ok || string(d.Body) != want || int(d.MessageCount) != 2-i || d.Redelivered || d.RoutingKey != q || d.Exchange != "" {
			t.Errorf("got %q, %d left, %v, %v", d.Body, d.MessageCount, ok, err)
		}
		if err := d.Ack(false); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := ch.Get(unique(t), false)
	refused(t, "a missing queue", err, amqp.NotFound)
	lives(t, conn)
}
