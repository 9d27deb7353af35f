package brokertest

import (
	"slices"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var limitChecks = []check{
	{"limit: a queue that rejects when full nacks, takes again later (MS-70)", limitReject},
	{"limit: by bytes, too (MS-70)", limitBytes},
	{"limit: drop-head gives up the oldest", limitDropHead},
	{"expiry: of messages, by queue", expiryQueue},
	{"expiry: of one message (15.3)", expiryMessage},
	{"expiry: an expiration that is no number is refused", expiryWrong},
	{"expiry: of a queue that nobody uses (MS-70)", expiryUnused},
}

var letterChecks = []check{
	{"dead letters: rejected, with x-death, headers kept (MS-74)", letterRejected},
	{"dead letters: expired, over a limit, each with its reason", letterReasons},
	{"dead letters: with a routing key of their own; twice counts two", letterKey},
	{"dead letters: an exchange that is missing drops them", letterNowhere},
	{"dead letters: after five deliveries of a quorum queue (MS-70)", letterDeliveryLimit},
}

func limitReject(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, amqp.Table{"x-max-length": int32(3), "x-overflow": "reject-publish"})
	put(t, ch, q, "1", "2", "3")
	if send(t, ch, "", q, amqp.Publishing{Body: []byte("4")}) {
		t.Error("a full queue takes a fourth message")
	}
	if _, ok, err := ch.Get(q, true); !ok || err != nil {
		t.Fatal(ok, err)
	}
	eventually(t, "a queue with room takes a message", func() bool { return send(t, ch, "", q, amqp.Publishing{Body: []byte("5")}) })
	if got := take(t, ch, q); !slices.Equal(got, []string{"2", "3", "5"}) {
		t.Errorf("it holds %q", got)
	}
}

func limitBytes(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, amqp.Table{"x-max-length-bytes": int64(4000), "x-overflow": "reject-publish"})
	taken := 0
	for range 10 {
		if send(t, ch, "", q, amqp.Publishing{Body: make([]byte, 1000)}) {
			taken++
		}
	}
	// RabbitMQ looks at the sum before it takes a message: the last one may reach over.
	if got := len(take(t, ch, q)); got != taken || got < 4 || got > 5 {
		t.Errorf("of 10 messages of 1000 bytes a queue for 4000 takes %d, holds %d", taken, got)
	}
}

func limitDropHead(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, amqp.Table{"x-max-length": int32(2)})
	put(t, ch, q, "1", "2", "3", "4") // all are confirmed
	if got := take(t, ch, q); !slices.Equal(got, []string{"3", "4"}) {
		t.Errorf("it holds %q", got)
	}
}

func expiryQueue(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, amqp.Table{"x-message-ttl": int32(150)})
	put(t, ch, q, "1", "2")
	eventually(t, "both messages are gone", func() bool { return ready(t, ch, q) == 0 })
	if got := take(t, ch, q); len(got) != 0 {
		t.Errorf("it gives %q", got)
	}
}

func expiryMessage(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	send(t, ch, "", q, amqp.Publishing{Body: []byte("short"), Expiration: "100"})
	send(t, ch, "", q, amqp.Publishing{Body: []byte("long"), Expiration: "3600000"})
	put(t, ch, q, "for ever")
	eventually(t, "one message is gone", func() bool { return ready(t, ch, q) == 2 })
	if got := take(t, ch, q); !slices.Equal(got, []string{"long", "for ever"}) {
		t.Errorf("it gives %q", got)
	}
	// At once or never: without a consumer that waits, a message with no time at all is not kept.
	send(t, ch, "", q, amqp.Publishing{Body: []byte("now"), Expiration: "0"})
	if got := take(t, ch, q); len(got) != 0 {
		t.Errorf("it keeps %q", got)
	}
}

func expiryWrong(t *testing.T, b *bench) {
	conn := b.connect(t)
	for _, expiration := range []string{"soon", "-1", "1.5"} {
		ch := channelOf(t, conn)
		closed := ch.NotifyClose(make(chan *amqp.Error, 1))
		if err := ch.PublishWithContext(within(t), "", "anything", false, false, amqp.Publishing{Expiration: expiration}); err != nil {
			t.Fatal(err)
		}
		closes(t, "the expiration "+expiration, closed, amqp.PreconditionFailed)
	}
	lives(t, conn)
}

func expiryUnused(t *testing.T, b *bench) {
	ch := b.channel(t)
	used := b.queue(t, ch, amqp.Table{"x-expires": int32(300)})
	consume(t, ch, used)
	unused := b.queue(t, ch, amqp.Table{"x-expires": int32(300)})
	put(t, ch, unused, "does not keep it")
	returned := ch.NotifyReturn(make(chan amqp.Return, 1000))
	eventually(t, "the queue without a consumer goes", func() bool {
		// To ask for the queue is to use it; to publish to it is not.
		c, err := ch.PublishWithDeferredConfirmWithContext(within(t), "", unused, true, false, amqp.Publishing{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.WaitContext(within(t)); err != nil {
			t.Fatal(err)
		}
		return len(returned) > 0
	})
	if b.gone(t, used) {
		t.Error("a queue with a consumer is gone")
	}
}

// dead makes a queue whose dead letters go to another.
func dead(t *testing.T, b *bench, ch *amqp.Channel, args amqp.Table) (queue, exchange, letters string) {
	t.Helper()
	exchange = b.exchange(t, ch, "topic", nil)
	letters = b.queue(t, ch, nil)
	bind(t, ch, letters, "#", exchange, nil)
	all := amqp.Table{"x-dead-letter-exchange": exchange}
	for k, v := range args {
		all[k] = v
	}
	return b.queue(t, ch, all), exchange, letters
}

// letter is one entry of x-death.
func letter(t *testing.T, d amqp.Delivery, i int) amqp.Table {
	t.Helper()
	deaths, ok := d.Headers["x-death"].([]any)
	if !ok || len(deaths) <= i {
		t.Fatalf("x-death is %#v", d.Headers["x-death"])
	}
	entry, ok := deaths[i].(amqp.Table)
	if !ok {
		t.Fatalf("x-death has %#v", deaths[i])
	}
	return entry
}

func letterRejected(t *testing.T, b *bench) {
	ch := b.channel(t)
	q, dlx, letters := dead(t, b, ch, nil)
	deliveries := consume(t, ch, letters)
	for _, how := range []string{"nack", "reject", "nack of several"} {
		msg := amqp.Publishing{Body: []byte(how), MessageId: "id-1", ContentType: "application/json", DeliveryMode: amqp.Persistent, Headers: amqp.Table{"mine": "kept"}}
		send(t, ch, "", q, msg)
		d, ok, err := ch.Get(q, false)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		switch how {
		case "nack":
			err = d.Nack(false, false)
		case "reject":
			err = d.Reject(false)
		default:
			err = d.Nack(true, false)
		}
		if err != nil {
			t.Fatal(err)
		}
		got := next(t, deliveries)
		if string(got.Body) != how || got.MessageId != "id-1" || got.ContentType != "application/json" || got.Headers["mine"] != "kept" || got.Redelivered {
			t.Errorf("%s: the letter is %+v", how, got)
		}
		if got.Exchange != dlx || got.RoutingKey != q {
			t.Errorf("%s: it came through %q with the key %q", how, got.Exchange, got.RoutingKey)
		}
		entry := letter(t, got, 0)
		keys, _ := entry["routing-keys"].([]any)
		_, timed := entry["time"].(time.Time)
		if entry["queue"] != q || entry["reason"] != "rejected" || entry["exchange"] != "" || entry["count"] != int64(1) || !timed || len(keys) != 1 || keys[0] != q {
			t.Errorf("%s: x-death is %#v", how, entry)
		}
		for k, want := range map[string]string{"x-first-death-queue": q, "x-first-death-reason": "rejected", "x-first-death-exchange": ""} {
			if got.Headers[k] != want {
				t.Errorf("%s: %s is %v", how, k, got.Headers[k])
			}
		}
	}
}

func letterReasons(t *testing.T, b *bench) {
	ch := b.channel(t)
	for _, c := range []struct {
		reason string
		args   amqp.Table
	}{
		{"expired", amqp.Table{"x-message-ttl": int32(50)}},
		{"maxlen", amqp.Table{"x-max-length": int32(1)}},
	} {
		q, _, letters := dead(t, b, ch, c.args)
		put(t, ch, q, "old", "new")
		d := next(t, consume(t, ch, letters))
		if entry := letter(t, d, 0); string(d.Body) != "old" || entry["reason"] != c.reason || entry["queue"] != q {
			t.Errorf("%s: %q with %#v", c.reason, d.Body, entry)
		}
	}
	// The expiration of a message does not go on with it: it would die again.
	q, _, letters := dead(t, b, ch, nil)
	send(t, ch, "", q, amqp.Publishing{Body: []byte("short"), Expiration: "30"})
	d := next(t, consume(t, ch, letters))
	if entry := letter(t, d, 0); d.Expiration != "" || entry["original-expiration"] != "30" || entry["reason"] != "expired" {
		t.Errorf("expiration %q, %#v", d.Expiration, entry)
	}
}

func letterKey(t *testing.T, b *bench) {
	ch := b.channel(t)
	q, _, letters := dead(t, b, ch, amqp.Table{"x-dead-letter-routing-key": "grave"})
	deliveries := consume(t, ch, letters)
	put(t, ch, q, "m")
	die := func(want int64) {
		t.Helper()
		d, ok, err := ch.Get(q, false)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := d.Nack(false, false); err != nil {
			t.Fatal(err)
		}
		got := next(t, deliveries)
		if got.RoutingKey != "grave" || letter(t, got, 0)["count"] != want || len(got.Headers["x-death"].([]any)) != 1 {
			t.Errorf("the key is %q, x-death %#v", got.RoutingKey, got.Headers["x-death"])
		}
		if err := got.Ack(false); err != nil {
			t.Fatal(err)
		}
		// What a person replays keeps its history.
		send(t, ch, "", q, amqp.Publishing{Headers: got.Headers, Body: got.Body})
	}
	die(1)
	die(2)
}

func letterNowhere(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, amqp.Table{"x-dead-letter-exchange": unique(t)})
	put(t, ch, q, "lost", "kept")
	d, _, err := ch.Get(q, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Nack(false, false); err != nil {
		t.Fatal(err)
	}
	if got := take(t, ch, q); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("it holds %q", got)
	}
	lives(t, conn)
}

func letterDeliveryLimit(t *testing.T, b *bench) {
	if !b.Quorum {
		t.Skip("this broker has no quorum queues")
	}
	ch := b.channel(t)
	q, _, letters := dead(t, b, ch, amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int32(5)})
	put(t, ch, q, "poison")
	deliveries := consume(t, ch, q)
	for i := range 6 { // once, then five times again
		d := next(t, deliveries)
		if d.Redelivered != (i > 0) {
			t.Errorf("delivery %d is marked %v", i, d.Redelivered)
		}
		if err := d.Nack(false, true); err != nil {
			t.Fatal(err)
		}
	}
	d := next(t, consume(t, ch, letters))
	if entry := letter(t, d, 0); entry["reason"] != "delivery_limit" {
		t.Errorf("x-death is %#v", entry)
	}
}
