package brokertest

import (
	"slices"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

// lastChecks disturb every client of a broker.
var lastChecks = []check{
	{"blocked: publishers are told, wait, are told again (15.5)", blocked},
	{"restart: what is durable survives, in order; what is not does not (MS-70)", restart},
}

func blocked(t *testing.T, b *bench) {
	if b.Block == nil {
		t.Skip("nobody can make this broker run out of memory")
	}
	conn := b.connect(t)
	told := conn.NotifyBlocked(make(chan amqp.Blocking, 4))
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "before")
	release := b.Block(t)
	defer release()
	// The first message shows that this is a publisher: a broker may take it still.
	var confirms []*amqp.DeferredConfirmation
	publish := func(body string) {
		t.Helper()
		c, err := ch.PublishWithDeferredConfirmWithContext(within(t), "", q, false, false, amqp.Publishing{Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		confirms = append(confirms, c)
	}
	publish("first")
	hear := func(want bool) {
		t.Helper()
		select {
		case got := <-told:
			if got.Active != want || (want && got.Reason == "") {
				t.Fatalf("the broker says %+v", got)
			}
		case <-within(t).Done():
			t.Fatalf("the broker does not say whether it is blocked (%v)", want)
		}
	}
	hear(true)
	publish("second")
	// Consumers go on: they are the way out.
	reader := plainChannel(t, b.connect(t))
	deliveries := consume(t, reader, q)
	expect(t, deliveries, false, "before")
	select {
	case <-confirms[1].Done():
		t.Error("a blocked broker confirms")
	default:
	}
	release()
	hear(false)
	for _, c := range confirms {
		if ok, err := c.WaitContext(within(t)); !ok || err != nil {
			t.Errorf("afterwards: %v, %v", ok, err)
		}
	}
	expect(t, deliveries, false, "first", "second")
}

func restart(t *testing.T, b *bench) {
	if b.Restart == nil {
		t.Skip("nobody can restart this broker")
	}
	conn := b.connect(t)
	ch := channelOf(t, conn)
	x, q, dlx, letters := b.kept(t, ch)
	passing := unique(t)
	if err := ch.ExchangeDeclare(passing, "topic", false, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	sendOfEachKind(t, ch, x)
	d, ok, err := ch.Get(q, false)
	if err != nil || !ok || string(d.Body) != "held" {
		t.Fatal(ok, err)
	}
	var account Account
	if b.Users != nil {
		account = Account{unique(t), unique(t), ".*", ".*", ".*"}
		if err := b.Users.Ensure(within(t), account); err != nil {
			t.Fatal(err)
		}
	}
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	b.Restart(t)
	closes(t, "a connection to a broker that stops", closed, amqp.ConnectionForced)

	conn = b.connect(t)
	ch = channelOf(t, conn)
	held, ok, err := ch.Get(q, true)
	if err != nil || !ok || string(held.Body) != "held" || !held.Redelivered || held.Headers["n"] != int32(1) || held.MessageId != "held" {
		t.Errorf("what was out is %q, redelivered %v, %v, %v", held.Body, held.Redelivered, ok, err)
	}
	if got := take(t, ch, q); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("the queue holds %q", got)
	}
	eventually(t, "what expired is a dead letter", func() bool { return slices.Contains(take(t, ch, letters), "expires") })
	put(t, ch, q, "new")
	if _, err := ch.QueueDeclare(q, true, false, false, false, keptArguments(dlx)); err != nil {
		t.Errorf("the arguments of the queue are others: %v", err)
	}
	send(t, channelOf(t, conn), x, "k.2", amqp.Publishing{Body: []byte("bound")})
	if got := take(t, channelOf(t, conn), q); !slices.Equal(got, []string{"new", "bound"}) {
		t.Errorf("got %q", got)
	}
	err = plainChannel(t, conn).ExchangeDeclarePassive(passing, "topic", false, false, false, false, nil)
	refused(t, "an exchange that is not durable", err, amqp.NotFound)
	if b.Users != nil {
		if err := b.Users.Remove(within(t), account.Name); err != nil {
			t.Error(err)
		}
	}
}

// sendOfEachKind publishes what has to survive a restart, with what may not.
func sendOfEachKind(t *testing.T, ch *amqp.Channel, x string) {
	t.Helper()
	for _, body := range []string{"held", "1", "passing", "2", "expires", "3"} {
		msg := amqp.Publishing{Body: []byte(body), DeliveryMode: amqp.Persistent, Headers: amqp.Table{"n": int32(1)}, MessageId: body}
		switch body {
		case "passing":
			msg.DeliveryMode = amqp.Transient
		case "expires":
			msg.Expiration = "1"
		}
		send(t, ch, x, "k.1", msg)
	}
}

func keptArguments(dlx string) amqp.Table {
	return amqp.Table{"x-dead-letter-exchange": dlx, "x-single-active-consumer": true, "x-max-length-bytes": int64(64 << 20), "x-overflow": "reject-publish"}
}

// kept declares what the protocol of agents declares: an exchange, bound to a queue with dead letters.
func (b *bench) kept(t *testing.T, ch *amqp.Channel) (x, q, dlx, letters string) {
	t.Helper()
	dlx = b.exchange(t, ch, "topic", nil)
	letters = b.queue(t, ch, nil)
	bind(t, ch, letters, "#", dlx, nil)
	x = b.exchange(t, ch, "topic", nil)
	q = b.queue(t, ch, keptArguments(dlx))
	bind(t, ch, q, "k.*", x, nil)
	return x, q, dlx, letters
}
