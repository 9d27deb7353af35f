package brokertest

import (
	"slices"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

var exchangeChecks = []check{
	{"exchange: direct, fanout, topic, headers each route their way (15.1)", exchangeTypes},
	{"exchange: topic wildcards in all positions", topicWildcards},
	{"exchange: headers match all, any", headersMatch},
	{"exchange: passive finds what is there, refuses what is not", exchangePassive},
	{"exchange: an equal declaration is harmless, another one is refused (15.2)", exchangeInequivalent},
	{"exchange: the default one reaches every queue, cannot be changed", exchangeDefault},
	{"exchange: names of the broker are reserved, its own are there", exchangeReserved},
	{"exchange: delete if unused, delete twice (15.2)", exchangeDelete},
	{"exchange: auto-delete goes with the last binding", exchangeAutoDelete},
	{"exchange: internal takes no publication", exchangeInternal},
	{"exchange: alternate takes what finds no queue (15.1)", exchangeAlternate},
	{"exchange: an unknown type closes the connection", exchangeUnknownType},
	{"bind: twice is once, unbind ends it, unknown ends are refused (MS-11)", binding},
	{"bind: two keys that match one message deliver it once", bindingOverlap},
}

func exchangeTypes(t *testing.T, b *bench) {
	ch := b.channel(t)
	q := b.queue(t, ch, nil)
	for kind, want := range map[string][]string{"direct": {"a.b"}, "fanout": {"a.b", "c"}, "topic": {"a.b"}} {
		x := b.exchange(t, ch, kind, nil)
		bind(t, ch, q, "a.b", x, nil)
		for _, key := range []string{"a.b", "c"} {
			if !send(t, ch, x, key, amqp.Publishing{Body: []byte(key)}) {
				t.Errorf("%s: %s is refused", kind, key)
			}
		}
		if got := take(t, ch, q); !slices.Equal(got, want) {
			t.Errorf("%s gives %q, want %q", kind, got, want)
		}
	}
}

// topicTable says which patterns a key matches, of the list below.
var (
	topicPatterns = []string{"#", "*", "a", "a.b", "a.*", "a.#", "*.b", "#.b", "a.*.c", "a.#.c", "*.*", "#.b.#", "*.#", "#.*", "a.#.#", "*.b.*", "#.a.#.b", ""}
	topicTable    = map[string][]string{
		"":        {"#", ""}, // no word at all
		"a":       {"#", "*", "a", "a.#", "*.#", "#.*", "a.#.#"},
		"b":       {"#", "*", "#.b", "#.b.#", "*.#", "#.*"},
		"a.b":     {"#", "a.b", "a.*", "a.#", "*.b", "#.b", "*.*", "#.b.#", "*.#", "#.*", "a.#.#", "#.a.#.b"},
		"a.c":     {"#", "a.*", "a.#", "a.#.c", "*.*", "*.#", "#.*", "a.#.#"},
		"a.b.c":   {"#", "a.#", "a.*.c", "a.#.c", "#.b.#", "*.#", "#.*", "a.#.#", "*.b.*"},
		"a.x.y.c": {"#", "a.#", "a.#.c", "*.#", "#.*", "a.#.#"},
		"x.a.y.b": {"#", "#.b", "#.b.#", "*.#", "#.*", "#.a.#.b"},
		"A":       {"#", "*", "*.#", "#.*"},
		"a.":      {"#", "a.*", "a.#", "*.*", "*.#", "#.*", "a.#.#"},
	}
)

func topicWildcards(t *testing.T, b *bench) {
	ch := b.channel(t)
	x := b.exchange(t, ch, "topic", nil)
	queues := map[string]string{}
	for _, pattern := range topicPatterns {
		queues[pattern] = b.queue(t, ch, nil)
		bind(t, ch, queues[pattern], pattern, x, nil)
	}
	for key, want := range topicTable {
		if !send(t, ch, x, key, amqp.Publishing{Body: []byte(key)}) {
			t.Fatalf("%q is refused", key)
		}
		for _, pattern := range topicPatterns {
			if got := len(take(t, ch, queues[pattern])) == 1; got != slices.Contains(want, pattern) {
				t.Errorf("the key %q matches the pattern %q: %v", key, pattern, got)
			}
		}
	}
}

func headersMatch(t *testing.T, b *bench) {
	ch := b.channel(t)
	x := b.exchange(t, ch, "headers", nil)
	all, anyOf := b.queue(t, ch, nil), b.queue(t, ch, nil)
	bind(t, ch, all, "", x, amqp.Table{"x-match": "all", "a": "1", "n": int32(2)})
	bind(t, ch, anyOf, "", x, amqp.Table{"x-match": "any", "a": "1", "n": int32(2)})
	for _, c := range []struct {
		headers  amqp.Table
		all, any int
	}{
		{amqp.Table{"a": "1", "n": int32(2)}, 1, 1},
		{amqp.Table{"a": "1"}, 0, 1},
		{amqp.Table{"a": "2", "n": int32(3)}, 0, 0},
		{amqp.Table{"a": "1", "n": int32(2), "more": true}, 1, 1},
		{nil, 0, 0},
	} {
		send(t, ch, x, "ignored", amqp.Publishing{Headers: c.headers})
		if gotAll, gotAny := len(take(t, ch, all)), len(take(t, ch, anyOf)); gotAll != c.all || gotAny != c.any {
			t.Errorf("%v reaches all: %d, any: %d; want %d, %d", c.headers, gotAll, gotAny, c.all, c.any)
		}
	}
}

func exchangePassive(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	x := b.exchange(t, ch, "topic", nil)
	if err := ch.ExchangeDeclarePassive(x, "topic", true, false, false, false, nil); err != nil {
		t.Error(err)
	}
	refused(t, "a missing exchange", ch.ExchangeDeclarePassive(unique(t), "topic", true, false, false, false, nil), amqp.NotFound)
	lives(t, conn)
}

func exchangeInequivalent(t *testing.T, b *bench) {
	conn := b.connect(t)
	args := amqp.Table{"alternate-exchange": "somewhere"}
	x := b.exchange(t, channelOf(t, conn), "topic", args)
	for _, c := range []struct {
		what    string
		kind    string
		durable bool
		args    amqp.Table
		want    int
	}{
		{"the same", "topic", true, args, 0},
		{"another type", "direct", true, args, amqp.PreconditionFailed},
		{"not durable", "topic", false, args, amqp.PreconditionFailed},
		{"another alternate", "topic", true, amqp.Table{"alternate-exchange": "elsewhere"}, amqp.PreconditionFailed},
		{"no alternate", "topic", true, nil, amqp.PreconditionFailed},
	} {
		err := plainChannel(t, conn).ExchangeDeclare(x, c.kind, c.durable, false, false, false, c.args)
		if code(err) != c.want || (c.want == 0) != (err == nil) {
			t.Errorf("%s: %v, want %d", c.what, err, c.want)
		}
	}
	lives(t, conn)
}

func exchangeDefault(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	q := b.queue(t, ch, nil)
	put(t, ch, q, "direct")
	if got := take(t, ch, q); !slices.Equal(got, []string{"direct"}) {
		t.Errorf("got %q", got)
	}
	refused(t, "a binding to the default exchange", ch.QueueBind(q, "key", "", false, nil), amqp.AccessRefused)
	refused(t, "its declaration", plainChannel(t, conn).ExchangeDeclare("", "direct", true, false, false, false, nil), amqp.AccessRefused)
	refused(t, "its end", plainChannel(t, conn).ExchangeDelete("", false, false), amqp.AccessRefused)
	lives(t, conn)
}

func exchangeReserved(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := plainChannel(t, conn)
	for name, kind := range map[string]string{"amq.direct": "direct", "amq.fanout": "fanout", "amq.topic": "topic", "amq.headers": "headers", "amq.match": "headers"} {
		if err := ch.ExchangeDeclarePassive(name, kind, true, false, false, false, nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := ch.ExchangeDeclare(name, kind, true, false, false, false, nil); err != nil {
			t.Fatalf("%s declared as it is: %v", name, err)
		}
	}
	refused(t, "an exchange named amq.mine", ch.ExchangeDeclare("amq.mine", "direct", true, false, false, false, nil), amqp.AccessRefused)
	_, err := plainChannel(t, conn).QueueDeclare("amq.mine", true, false, false, false, nil)
	refused(t, "a queue named amq.mine", err, amqp.AccessRefused)
	refused(t, "the end of amq.topic", plainChannel(t, conn).ExchangeDelete("amq.topic", false, false), amqp.AccessRefused)
	lives(t, conn)
}

func exchangeDelete(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	x, q := b.exchange(t, ch, "direct", nil), b.queue(t, ch, nil)
	bind(t, ch, q, "k", x, nil)
	refused(t, "an exchange in use", plainChannel(t, conn).ExchangeDelete(x, true, false), amqp.PreconditionFailed)
	if err := ch.QueueUnbind(q, "k", x, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds nothing
		if err := ch.ExchangeDelete(x, true, false); err != nil {
			t.Error(err)
		}
	}
	refused(t, "after that", ch.ExchangeDeclarePassive(x, "direct", true, false, false, false, nil), amqp.NotFound)
}

func exchangeAutoDelete(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	x, q := unique(t), b.queue(t, ch, nil)
	if err := ch.ExchangeDeclare(x, "fanout", true, true, false, false, nil); err != nil {
		t.Fatal(err)
	}
	bind(t, ch, q, "", x, nil)
	if err := ch.ExchangeDeclarePassive(x, "fanout", true, true, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := ch.QueueUnbind(q, "", x, nil); err != nil {
		t.Fatal(err)
	}
	refused(t, "after the last binding", ch.ExchangeDeclarePassive(x, "fanout", true, true, false, false, nil), amqp.NotFound)
}

func exchangeInternal(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	x := unique(t)
	b.forget(t, func(ch *amqp.Channel) error { return ch.ExchangeDelete(x, false, false) })
	if err := ch.ExchangeDeclare(x, "fanout", true, false, true, false, nil); err != nil {
		t.Fatal(err)
	}
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	if err := ch.PublishWithContext(within(t), x, "", false, false, amqp.Publishing{}); err != nil {
		t.Fatal(err)
	}
	closes(t, "a channel that publishes to an internal exchange", closed, amqp.AccessRefused)
	lives(t, conn)
}

func exchangeAlternate(t *testing.T, b *bench) {
	ch := b.channel(t)
	other := b.exchange(t, ch, "fanout", nil)
	x := b.exchange(t, ch, "topic", amqp.Table{"alternate-exchange": other})
	q, lost := b.queue(t, ch, nil), b.queue(t, ch, nil)
	bind(t, ch, q, "known", x, nil)
	bind(t, ch, lost, "", other, nil)
	returned := ch.NotifyReturn(make(chan amqp.Return, 4))
	for _, key := range []string{"known", "unknown"} {
		// mandatory is content with the alternate: nothing comes back.
		c, err := ch.PublishWithDeferredConfirmWithContext(within(t), x, key, true, false, amqp.Publishing{Body: []byte(key)})
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := c.WaitContext(within(t)); !ok || err != nil {
			t.Errorf("%s: %v, %v", key, ok, err)
		}
	}
	if got := take(t, ch, q); !slices.Equal(got, []string{"known"}) {
		t.Errorf("the queue has %q", got)
	}
	d, ok, err := ch.Get(lost, true)
	if err != nil || !ok || d.RoutingKey != "unknown" || d.Exchange != x {
		t.Errorf("the alternate has %v, %q from %q, %v", ok, d.RoutingKey, d.Exchange, err)
	}
	if len(returned) != 0 {
		t.Errorf("%d messages came back", len(returned))
	}
}

func exchangeUnknownType(t *testing.T, b *bench) {
	conn := b.connect(t)
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	err := plainChannel(t, conn).ExchangeDeclare(unique(t), "no-such-type", true, false, false, false, nil)
	refused(t, "a declaration", err, amqp.CommandInvalid)
	closes(t, "the connection", closed, amqp.CommandInvalid)
}

func binding(t *testing.T, b *bench) {
	conn := b.connect(t)
	ch := channelOf(t, conn)
	x, q := b.exchange(t, ch, "direct", nil), b.queue(t, ch, nil)
	for range 2 {
		bind(t, ch, q, "k", x, nil)
	}
	send(t, ch, x, "k", amqp.Publishing{Body: []byte("one")})
	if got := take(t, ch, q); !slices.Equal(got, []string{"one"}) {
		t.Errorf("two equal bindings deliver %q", got)
	}
	for range 2 { // the second finds nothing
		if err := ch.QueueUnbind(q, "k", x, nil); err != nil {
			t.Fatal(err)
		}
	}
	send(t, ch, x, "k", amqp.Publishing{Body: []byte("two")})
	if got := take(t, ch, q); len(got) != 0 {
		t.Errorf("without a binding: %q", got)
	}
	refused(t, "an unknown exchange", plainChannel(t, conn).QueueBind(q, "k", unique(t), false, nil), amqp.NotFound)
	refused(t, "an unknown queue", plainChannel(t, conn).QueueBind(unique(t), "k", x, false, nil), amqp.NotFound)
	lives(t, conn)
}

func bindingOverlap(t *testing.T, b *bench) {
	ch := b.channel(t)
	x, q := b.exchange(t, ch, "topic", nil), b.queue(t, ch, nil)
	for _, key := range []string{"a.*", "*.b", "#", "a.b"} {
		bind(t, ch, q, key, x, nil)
	}
	send(t, ch, x, "a.b", amqp.Publishing{Body: []byte("one")})
	if got := take(t, ch, q); !slices.Equal(got, []string{"one"}) {
		t.Errorf("four bindings that match deliver %q", got)
	}
}
