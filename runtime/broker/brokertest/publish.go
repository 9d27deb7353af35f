package brokertest

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var publishChecks = []check{
	{"publish: confirms come in order, each once (MS-72)", confirms},
	{"publish: a mandatory message comes back before its confirm (MS-72)", mandatory},
	{"publish: an unroutable message that is not mandatory is confirmed (15.3)", unroutable},
	{"publish: all properties arrive (MS-72)", properties},
	{"publish: every type of a field table arrives", tables},
	{"publish: an empty body", emptyBody},
	{"publish: 8 MiB over many frames (MS-50)", largeBody},
	{"publish: a body above the limit closes the channel (MS-50)", hugeBody},
	{"publish: to an unknown exchange closes the channel alone", unknownExchange},
	{"publish: immediate is not implemented", immediate},
	{"publish: the user id is verified (15.3)", userID},
	{"publish: transactions work whole, or are refused by name", transactions},
	{"publish: one message to many queues, with one confirm", fanout},
}

func confirms(t *testing.T, b *bench) {
	const n = 2000
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	got := ch.NotifyPublish(make(chan amqp.Confirmation, n)) // the library takes multiple confirms apart, in order
	for i := range n {
		if err := ch.PublishWithContext(within(t), "", q, false, false, amqp.Publishing{Body: []byte(text("%d", i)), DeliveryMode: amqp.Persistent}); err != nil {
			t.Fatal(err)
		}
	}
	deadline := within(t)
	for i := range n {
		select {
		case c := <-got:
			if !c.Ack || c.DeliveryTag != uint64(i+1) {
				t.Fatalf("confirm %d is for %d: %v", i+1, c.DeliveryTag, c.Ack)
			}
		case <-deadline.Done():
			t.Fatalf("only %d confirms came", i)
		}
	}
	if have := ready(t, ch, q); have != n {
		t.Errorf("%d are confirmed, %d are there", n, have)
	}
}

func mandatory(t *testing.T, b *bench) {
	r := b.raw(t, tuning{})
	r.openChannel(1)
	r.call(1, 85, 10, uint8(0)) // confirm.select
	r.want(1, 85, 11)
	r.publish(1, "", unique(t), 1, []byte("back"))
	returned := r.want(1, 60, 50) // basic.return
	if c := returned.uint16(); c != amqp.NoRoute {
		t.Errorf("returned with %d, want %d", c, amqp.NoRoute)
	}
	if body := r.content(1); string(body) != "back" {
		t.Errorf("returned with the body %q", body)
	}
	if tag := r.want(1, 60, 80).uint64(); tag != 1 { // basic.ack, only now
		t.Errorf("confirmed %d", tag)
	}

	// The library's view of the same.
	ch := b.channel(t)
	returns := ch.NotifyReturn(make(chan amqp.Return, 1))
	c, err := ch.PublishWithDeferredConfirmWithContext(within(t), "amq.topic", "nobody", true, false, amqp.Publishing{MessageId: "7", Body: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-returns:
		if got.ReplyCode != amqp.NoRoute || got.MessageId != "7" || got.Exchange != "amq.topic" || got.RoutingKey != "nobody" || string(got.Body) != "x" {
			t.Errorf("returned %+v", got)
		}
	case <-within(t).Done():
		t.Error("nothing came back")
	}
	if ok, err := c.WaitContext(within(t)); !ok || err != nil {
		t.Errorf("a returned message is confirmed as %v, %v", ok, err)
	}
}

func unroutable(t *testing.T, b *bench) {
	ch := b.channel(t)
	returned := ch.NotifyReturn(make(chan amqp.Return, 1))
	if !send(t, ch, b.exchange(t, ch, "topic", nil), "nobody", amqp.Publishing{}) {
		t.Error("it is refused")
	}
	if len(returned) != 0 {
		t.Error("it came back")
	}
}

func properties(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	want := amqp.Publishing{
		ContentType: "application/json", ContentEncoding: "identity", DeliveryMode: amqp.Persistent, Priority: 4, CorrelationId: "corr",
		ReplyTo: "reply", Expiration: "3600000", MessageId: "0197a1f0-6f3e-7c21-9a57-2f1d0c9be001", Timestamp: time.Unix(1_700_000_000, 0),
		Type: "instance.changed", UserId: b.User, AppId: "rbc", Body: []byte("b"), Headers: amqp.Table{"h": "v"},
	}
	send(t, ch, "", q, want)
	d := next(t, consume(t, ch, q))
	got := amqp.Publishing{
		ContentType: d.ContentType, ContentEncoding: d.ContentEncoding, DeliveryMode: d.DeliveryMode, Priority: d.Priority, CorrelationId: d.CorrelationId,
		ReplyTo: d.ReplyTo, Expiration: d.Expiration, MessageId: d.MessageId, Timestamp: d.Timestamp,
		Type: d.Type, UserId: d.UserId, AppId: d.AppId, Body: d.Body, Headers: d.Headers,
	}
	if !got.Timestamp.Equal(want.Timestamp) {
		t.Errorf("the time is %v", got.Timestamp)
	}
	got.Timestamp = want.Timestamp // zones may differ
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if d.DeliveryTag != 1 || d.Exchange != "" || d.RoutingKey != q || d.Redelivered {
		t.Errorf("delivered as %+v", d)
	}
	// None at all.
	send(t, ch, "", q, amqp.Publishing{Body: []byte("bare")})
	if err := d.Ack(false); err != nil {
		t.Fatal(err)
	}
	bare, ok, err := b.channel(t).Get(q, true)
	if err == nil && ok && (bare.ContentType != "" || bare.Headers != nil || !bare.Timestamp.IsZero()) {
		t.Errorf("a bare message has %+v", bare)
	}
}

func tables(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	want := amqp.Table{
		"bool": true, "no": false, "byte": byte(200), "int8": int8(-5), "int16": int16(-300), "int32": int32(math.MinInt32), "int64": int64(math.MaxInt64),
		"float32": float32(1.5), "float64": math.Pi, "decimal": amqp.Decimal{Scale: 2, Value: 12345}, "string": "with \x00 and é", "empty": "",
		"bytes": []byte{0, 1, 255}, "time": time.Unix(1_700_000_000, 0).UTC(), "nil": nil,
		"table":            amqp.Table{"deep": amqp.Table{"deeper": int32(1)}, "list": []any{"x"}},
		"array":            []any{int32(1), "two", nil, true, amqp.Table{"k": "v"}, []any{int64(3)}},
		"":                 "an empty name",
		"a name with é, .": int32(1),
	}
	send(t, ch, "", q, amqp.Publishing{Headers: want})
	got := next(t, consume(t, ch, q)).Headers
	for k, v := range want {
		have, there := got[k]
		if at, ok := have.(time.Time); ok {
			have = at.UTC()
		}
		if !there || !reflect.DeepEqual(have, v) {
			t.Errorf("%q arrives as %#v (%v), sent as %#v", k, have, there, v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d fields arrive, %d were sent", len(got), len(want))
	}
}

func emptyBody(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	send(t, ch, "", q, amqp.Publishing{MessageId: "1"})
	put(t, ch, q, "after it")
	deliveries := consume(t, ch, q)
	if d := next(t, deliveries); len(d.Body) != 0 || d.MessageId != "1" {
		t.Errorf("got %q, %q", d.Body, d.MessageId)
	}
	expect(t, deliveries, false, "after it")
}

func largeBody(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	var bodies [][]byte
	// Around the size of a frame, whose overhead is 8 bytes, and the largest message of the protocol of agents.
	for _, size := range []int{128<<10 - 9, 128<<10 - 8, 128<<10 - 7, 128 << 10, 2*(128<<10-8) + 1, 8 << 20} {
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(i * 7 / 3)
		}
		bodies = append(bodies, body)
		if !send(t, ch, "", q, amqp.Publishing{Body: body, DeliveryMode: amqp.Persistent}) {
			t.Fatalf("%d bytes are refused", size)
		}
	}
	deliveries := consume(t, ch, q)
	for _, want := range bodies {
		if got := next(t, deliveries).Body; !bytes.Equal(got, want) {
			t.Errorf("a body of %d bytes arrives with %d, or changed", len(want), len(got))
		}
	}
}

func hugeBody(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	if err := ch.PublishWithContext(within(t), "", q, false, false, amqp.Publishing{Body: make([]byte, 16<<20+1)}); err != nil && code(err) != amqp.ChannelError {
		t.Fatal(err) // the channel may be closed while it still speaks
	}
	closes(t, "a channel with 16 MiB and a byte", closed, amqp.PreconditionFailed)
	if n := ready(t, plainChannel(t, conn), q); n != 0 {
		t.Error("it is in the queue")
	}
}

func unknownExchange(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	confirm, err := ch.PublishWithDeferredConfirmWithContext(within(t), unique(t), "k", false, false, amqp.Publishing{Body: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	closes(t, "the channel", closed, amqp.NotFound)
	if ok, err := confirm.WaitContext(within(t)); ok {
		t.Errorf("it is confirmed: %v", err)
	}
	lives(t, conn)
}

func immediate(t *testing.T, b *bench) {
	conn := b.connect(t)
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	if err := plainChannel(t, conn).PublishWithContext(within(t), "", "k", false, true, amqp.Publishing{}); err != nil {
		t.Fatal(err)
	}
	closes(t, "the connection", closed, amqp.NotImplemented)
}

func userID(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	if !send(t, ch, "", q, amqp.Publishing{UserId: b.User}) {
		t.Error("one's own name is refused")
	}
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	if err := ch.PublishWithContext(within(t), "", q, false, false, amqp.Publishing{UserId: "somebody else"}); err != nil {
		t.Fatal(err)
	}
	closes(t, "a channel that lies", closed, amqp.PreconditionFailed)
	lives(t, conn)
}

func transactions(t *testing.T, b *bench) {
	conn := b.connect(t)
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	ch := plainChannel(t, conn)
	if err := ch.Tx(); err != nil {
		// The protocol of agents uses confirms: a broker may do without, if it says so.
		refused(t, "tx.select", err, amqp.NotImplemented)
		closes(t, "the connection", closed, amqp.NotImplemented)
		t.Log("this broker refuses transactions")
		return
	}
	t.Log("this broker has transactions")
	q := b.queue(t, ch, nil)
	for _, c := range []struct {
		end  func() error
		want []string
	}{{ch.TxRollback, nil}, {ch.TxCommit, []string{"m"}}} {
		if err := ch.PublishWithContext(within(t), "", q, false, false, amqp.Publishing{Body: []byte("m")}); err != nil {
			t.Fatal(err)
		}
		if err := c.end(); err != nil {
			t.Fatal(err)
		}
		if got := take(t, b.channel(t), q); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	refused(t, "confirms in a transaction", ch.Confirm(false), amqp.PreconditionFailed)
}

func fanout(t *testing.T, b *bench) {
	ch := b.channel(t)
	x := b.exchange(t, ch, "fanout", nil)
	var queues []string
	for range 20 {
		q := b.queue(t, ch, nil)
		bind(t, ch, q, "", x, nil)
		queues = append(queues, q)
	}
	confirmed := ch.NotifyPublish(make(chan amqp.Confirmation, 25))
	send(t, ch, x, "", amqp.Publishing{Body: []byte("to all"), DeliveryMode: amqp.Persistent})
	for _, q := range queues {
		if got := take(t, ch, q); !slices.Equal(got, []string{"to all"}) {
			t.Errorf("%s has %q", q, got)
		}
	}
	if n := len(confirmed); n != 1 {
		t.Errorf("%d confirms", n)
	}
}
