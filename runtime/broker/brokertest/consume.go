package brokertest

import (
	"slices"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

var consumeChecks = []check{
	{"consume: prefetch is per consumer (MS-74)", prefetch},
	{"consume: acknowledging several, all", ackMultiple},
	{"consume: an unknown delivery tag closes the channel", ackUnknown},
	{"consume: without acknowledgement nothing comes back", autoAck},
	{"consume: cancel ends deliveries, leaves what is out", cancel},
	{"consume: a consumer is told when its queue goes (15.5)", cancelNotice},
	{"consume: an exclusive consumer stays alone", exclusiveConsumer},
	{"consume: a consumer's name is its own on a channel", consumerTag},
	{"consume: several share evenly", roundRobin},
	{"consume: one active at a time, hand-over in order (MS-70)", singleActive},
	{"consume: an unknown queue is refused", consumeUnknown},
}

var orderChecks = []check{
	{"order: closing a channel gives back what is out, marked, in order (MS-60)", redeliverClose},
	{"order: a lost connection does, too (MS-60)", redeliverLost},
	{"order: requeued messages go back to their places, marked", requeueOrder},
	{"order: reject with requeue", rejectRequeue},
	{"order: recover gives everything again", recovers},
	{"order: of one publisher, through exchanges, over 5000 messages (MS-72)", fifo},
}

func prefetch(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	for i := range 10 {
		put(t, ch, q, text("%d", i))
	}
	limited := plainChannel(t, conn)
	if err := limited.Qos(3, 0, false); err != nil {
		t.Fatal(err)
	}
	first, second := consume(t, limited, q), consume(t, limited, q)
	eventually(t, "two consumers with three each leave four", func() bool { return ready(t, ch, q) == 4 })
	var held []amqp.Delivery
	for range 3 {
		held = append(held, next(t, first), next(t, second))
	}
	if n := ready(t, ch, q); n != 4 {
		t.Errorf("%d wait", n)
	}
	if err := held[0].Ack(false); err != nil {
		t.Fatal(err)
	}
	next(t, first)
	eventually(t, "an acknowledgement lets one more out", func() bool { return ready(t, ch, q) == 3 })
}

func ackMultiple(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2", "3", "4", "5")
	consumer := plainChannel(t, conn)
	got := expect(t, consume(t, consumer, q), false, "1", "2", "3", "4", "5")
	if err := got[1].Ack(true); err != nil { // 1, 2
		t.Fatal(err)
	}
	if err := got[3].Ack(false); err != nil { // 4
		t.Fatal(err)
	}
	if err := consumer.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "two are back", func() bool { return ready(t, ch, q) == 2 })
	consumer = plainChannel(t, conn)
	expect(t, consume(t, consumer, q), true, "3", "5")
	if err := consumer.Ack(0, true); err != nil { // all
		t.Fatal(err)
	}
	if err := consumer.Close(); err != nil {
		t.Fatal(err)
	}
	if got := take(t, ch, q); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

func ackUnknown(t *testing.T, b *bench) {
	conn := b.connect(t)
	setup := channelOf(t, conn)
	q := b.queue(t, setup, nil)
	for what, wrong := range map[string]func(*amqp.Channel) error{
		"ack 99":           func(ch *amqp.Channel) error { return ch.Ack(99, false) },
		"ack 99, multiple": func(ch *amqp.Channel) error { return ch.Ack(99, true) },
		"nack 99":          func(ch *amqp.Channel) error { return ch.Nack(99, false, true) },
		"reject 99":        func(ch *amqp.Channel) error { return ch.Reject(99, true) },
		"ack twice": func(ch *amqp.Channel) error {
			put(t, setup, q, "m")
			d, ok, err := ch.Get(q, false)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if err := d.Ack(false); err != nil {
				t.Fatal(err)
			}
			return d.Ack(false)
		},
	} {
		ch := plainChannel(t, conn)
		closed := ch.NotifyClose(make(chan *amqp.Error, 1))
		if err := wrong(ch); err != nil {
			t.Fatal(err)
		}
		closes(t, what, closed, amqp.PreconditionFailed)
	}
	lives(t, conn)
}

func autoAck(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2")
	consumer := plainChannel(t, conn)
	if err := consumer.Qos(1, 0, false); err != nil { // means nothing here
		t.Fatal(err)
	}
	expect(t, consumeAck(t, consumer, q), false, "1", "2")
	if err := consumer.Close(); err != nil {
		t.Fatal(err)
	}
	if got := take(t, ch, q); len(got) != 0 {
		t.Errorf("came back: %q", got)
	}
}

func cancel(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	consumer := plainChannel(t, conn)
	deliveries, err := consumer.Consume(q, "me", false, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, ch, q, "out")
	held := expect(t, deliveries, false, "out")
	for range 2 { // the second finds nobody
		if err := consumer.Cancel("me", false); err != nil {
			t.Fatal(err)
		}
	}
	put(t, ch, q, "later")
	if n := ready(t, ch, q); n != 1 {
		t.Errorf("%d wait; the cancelled consumer gets messages, or has given some back", n)
	}
	if d, ok := <-deliveries; ok {
		t.Errorf("a cancelled consumer gets %q", d.Body)
	}
	if err := held[0].Ack(false); err != nil { // still possible
		t.Fatal(err)
	}
	if err := consumer.Close(); err != nil {
		t.Fatal(err)
	}
	if got := take(t, ch, q); !slices.Equal(got, []string{"later"}) {
		t.Errorf("left: %q", got)
	}
}

func cancelNotice(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	consumer := plainChannel(t, conn)
	told := consumer.NotifyCancel(make(chan string, 1))
	deliveries, err := consumer.Consume(q, "me", false, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ch.QueueDelete(q, false, false, false); err != nil {
		t.Fatal(err)
	}
	select {
	case tag := <-told:
		if tag != "me" {
			t.Errorf("%q is cancelled", tag)
		}
	case <-within(t).Done():
		t.Error("nobody tells the consumer")
	}
	select {
	case _, open := <-deliveries:
		if open {
			t.Error("it got a message")
		}
	case <-within(t).Done():
		t.Error("the library does not end the consumer")
	}
	lives(t, conn)
}

func exclusiveConsumer(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	alone := plainChannel(t, conn)
	if _, err := alone.Consume(q, "", false, true, false, false, nil); err != nil {
		t.Fatal(err)
	}
	_, err := plainChannel(t, conn).Consume(q, "", false, false, false, false, nil)
	refused(t, "a second consumer", err, amqp.AccessRefused)
	if err := alone.Close(); err != nil {
		t.Fatal(err)
	}
	shared := plainChannel(t, conn)
	eventually(t, "the queue is free again", func() bool {
		if shared.IsClosed() {
			shared = plainChannel(t, conn)
		}
		_, err := shared.Consume(q, "", false, false, false, false, nil)
		return err == nil
	})
	_, err = plainChannel(t, conn).Consume(q, "", false, true, false, false, nil)
	refused(t, "an exclusive consumer beside another", err, amqp.AccessRefused)
}

func consumerTag(t *testing.T, b *bench) {
	conn := b.connect(t)
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	q := b.queue(t, channelOf(t, conn), nil)
	one, two := plainChannel(t, conn), plainChannel(t, conn)
	for _, ch := range []*amqp.Channel{one, two} { // a name is of one channel
		if _, err := ch.Consume(q, "me", false, false, false, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := one.Consume(q, "me", false, false, false, false, nil)
	refused(t, "a name twice", err, amqp.NotAllowed)
	closes(t, "the connection", closed, amqp.NotAllowed)
}

func roundRobin(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	consumers := []<-chan amqp.Delivery{consume(t, plainChannel(t, conn), q), consume(t, plainChannel(t, conn), q), consume(t, plainChannel(t, conn), q)}
	for i := range 9 {
		put(t, ch, q, text("%d", i))
	}
	for i, c := range consumers {
		for range 3 {
			next(t, c)
		}
		if len(c) != 0 {
			t.Errorf("consumer %d gets more than its share", i)
		}
	}
}

func singleActive(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, amqp.Table{"x-single-active-consumer": true})
	first, second := b.connect(t), plainChannel(t, conn)
	one := consume(t, plainChannel(t, first), q)
	two := consume(t, second, q)
	put(t, ch, q, "1", "2", "3")
	got := expect(t, one, false, "1", "2", "3")
	if len(two) != 0 {
		t.Error("the second gets messages beside the first")
	}
	if err := got[0].Ack(false); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, two, true, "2", "3")
	put(t, ch, q, "4")
	expect(t, two, false, "4")
	// An exclusive consumer contradicts it.
	_, err := plainChannel(t, conn).Consume(q, "", false, true, false, false, nil)
	refused(t, "an exclusive consumer", err, amqp.AccessRefused)
}

func consumeUnknown(t *testing.T, b *bench) {
	conn := b.connect(t)
	_, err := plainChannel(t, conn).Consume(unique(t), "", false, false, false, false, nil)
	refused(t, "a missing queue", err, amqp.NotFound)
	lives(t, conn)
}

func redeliverClose(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2", "3")
	consumer := plainChannel(t, conn)
	if err := consumer.Qos(2, 0, false); err != nil {
		t.Fatal(err)
	}
	expect(t, consume(t, consumer, q), false, "1", "2")
	if err := consumer.Close(); err != nil {
		t.Fatal(err)
	}
	deliveries := consume(t, plainChannel(t, conn), q)
	expect(t, deliveries, true, "1", "2")
	expect(t, deliveries, false, "3")
}

func redeliverLost(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2", "3")
	r := b.raw(t, tuning{})
	r.openChannel(1)
	r.call(1, 60, 20, uint16(0), q, "", uint8(0), noTable) // basic.consume
	r.want(1, 60, 21)
	for range 3 {
		r.want(1, 60, 60)
		r.content(1)
	}
	r.conn.Close() // without a word
	expect(t, consume(t, ch, q), true, "1", "2", "3")
}

func requeueOrder(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2", "3", "4", "5")
	var got []amqp.Delivery
	for range 4 {
		d, ok, err := ch.Get(q, false)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		got = append(got, d)
	}
	for _, i := range []int{2, 0, 3} { // 2 stays out
		if err := got[i].Nack(false, true); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "four wait", func() bool { return ready(t, ch, q) == 4 })
	for _, want := range []struct {
		text  string
		again bool
	}{{"1", true}, {"3", true}, {"4", true}, {"5", false}} {
		d, ok, err := ch.Get(q, true)
		if err != nil || !ok || string(d.Body) != want.text || d.Redelivered != want.again {
			t.Errorf("got %q, %v, %v, %v; want %q, %v", d.Body, d.Redelivered, ok, err, want.text, want.again)
		}
	}
}

func rejectRequeue(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2")
	deliveries := consume(t, ch, q)
	got := expect(t, deliveries, false, "1", "2")
	if err := got[0].Reject(true); err != nil {
		t.Fatal(err)
	}
	expect(t, deliveries, true, "1")
}

func recovers(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.openChannel(1)
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "1", "2")
	r.call(1, 60, 20, uint16(0), q, "", uint8(0), noTable)
	r.want(1, 60, 21)
	read := func(again uint8, want string) {
		t.Helper()
		m := r.want(1, 60, 60)
		m.shortstr()
		m.uint64()
		if flag := m.uint8(); flag != again {
			t.Errorf("redelivered: %d", flag)
		}
		if body := r.content(1); string(body) != want {
			t.Errorf("got %q, want %q", body, want)
		}
	}
	read(0, "1")
	read(0, "2")
	r.call(1, 60, 110, uint8(1)) // basic.recover, requeue
	// The deliveries may overtake the answer.
	var texts []string
	for answered := false; !answered || len(texts) < 2; {
		f := r.read()
		switch {
		case f.isMethod(60, 111):
			answered = true
		case f.isMethod(60, 60):
			texts = append(texts, string(r.content(1)))
		default:
			t.Fatalf("unexpected frame %v", f)
		}
	}
	if !slices.Equal(texts, []string{"1", "2"}) {
		t.Errorf("again: %q", texts)
	}
}

func fifo(t *testing.T, b *bench) {
	const n = 5000
	ch := b.channel(t)
	x, q := b.exchange(t, ch, "topic", nil), b.queue(t, ch, nil)
	bind(t, ch, q, "k.#", x, nil)
	consumer := plainChannel(t, b.connect(t))
	if err := consumer.Qos(32, 0, false); err != nil {
		t.Fatal(err)
	}
	deliveries := consume(t, consumer, q)
	sent := make(chan error, 1)
	ctx := within(t)
	go func() {
		for i := range n {
			if err := ch.PublishWithContext(ctx, x, text("k.%d", i%7), false, false, amqp.Publishing{Body: []byte(text("%d", i))}); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for i := range n {
		d := next(t, deliveries)
		if string(d.Body) != text("%d", i) {
			t.Fatalf("message %d is %s", i, d.Body)
		}
		if err := d.Ack(false); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}
