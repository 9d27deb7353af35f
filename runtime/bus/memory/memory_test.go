package memory

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
)

func letter(id string) *message.Envelope { return &message.Envelope{ID: id} }

func imports(prefix string) message.Target {
	return message.Target{Kind: message.ToImporters, App: "lamp", Prefix: prefix}
}

func drain(b *Broker, q Queue) []string {
	var ids []string
	for {
		d, ok := b.Take(q)
		if !ok {
			return ids
		}
		b.Ack(q)
		ids = append(ids, d.Msg.ID)
	}
}

func want(t *testing.T, what string, got []string, ids ...string) {
	t.Helper()
	if !slices.Equal(got, ids) {
		t.Errorf("%s: got %v, want %v", what, got, ids)
	}
}

// MS-10, MS-24: a binding counts from the moment it is made, for what is published afterwards.
func TestPublishReachesWhoIsBound(t *testing.T) {
	var b Broker
	one, two := b.Declare(), b.Declare()
	b.Bind(one, imports("MySQL"))
	if to := b.Publish(imports("MySQL"), letter("a")); !slices.Equal(to, []Queue{one}) {
		t.Errorf("went to %v", to)
	}
	b.Bind(two, imports("MySQL"))
	b.Bind(two, imports("MySQL"))
	b.Publish(imports("MySQL"), letter("b"))
	if to := b.Publish(imports("Tomcat"), letter("c")); len(to) != 0 {
		t.Errorf("an unroutable message went to %v", to)
	}
	b.Unbind(one, imports("MySQL"))
	b.Unbind(one, imports("Tomcat"))
	b.Publish(imports("MySQL"), letter("d"))
	want(t, "one", drain(&b, one), "a", "b")
	want(t, "two", drain(&b, two), "b", "d")
}

// MS-74: what was not acknowledged is handed out again, in its place, marked.
func TestRedelivery(t *testing.T) {
	var b Broker
	q := b.Declare()
	b.Bind(q, imports("x"))
	for _, id := range []string{"a", "b", "c"} {
		b.Publish(imports("x"), letter(id))
	}
	b.Take(q)
	b.Ack(q)
	b.Take(q)
	b.Take(q)
	b.Requeue(q)
	var waiting []string
	for m := range b.Waiting(q) {
		waiting = append(waiting, m.ID)
	}
	if want(t, "waiting", waiting, "b", "c"); b.Ready(q) != 2 {
		t.Errorf("%d are ready, want 2", b.Ready(q))
	}
	d, _ := b.Take(q)
	if d.Msg.ID != "b" || !d.Again {
		t.Errorf("got %s (again: %v), want b again", d.Msg.ID, d.Again)
	}
	b.Ack(q)
	b.Repeat(q, letter("b"))
	want(t, "rest", drain(&b, q), "c", "b")
}

// MS-70: the queue outlives its consumer, until it is deleted; then nothing reaches it.
func TestDelete(t *testing.T) {
	var b Broker
	q := b.Declare()
	b.Bind(q, imports("x"))
	b.Publish(imports("x"), letter("a"))
	b.Delete(q)
	b.Delete(q)
	if to := b.Publish(imports("x"), letter("b")); len(to) != 0 {
		t.Errorf("a deleted queue receives: %v", to)
	}
	b.Bind(q, imports("x"))
	b.Unbind(q, imports("x"))
	b.Repeat(q, letter("c"))
	b.Ack(q)
	b.Requeue(q)
	if b.Ready(q) != 0 || b.Bound(q) != nil {
		t.Error("something is left of a deleted queue")
	}
	if _, ok := b.Take(0); ok {
		t.Error("no queue gives a message")
	}
}

// A queue that is never empty does not keep what was acknowledged.
func TestLongQueueGivesRoomBack(t *testing.T) {
	var b Broker
	q := b.Declare()
	b.Bind(q, imports("x"))
	b.Publish(imports("x"), letter("first"))
	for range 10_000 {
		b.Publish(imports("x"), letter("more"))
		b.Take(q)
		b.Ack(q)
	}
	if n := cap(b.queues[q-1].messages); n > 1024 {
		t.Errorf("a queue with one message keeps room for %d", n)
	}
}

func BenchmarkPublishTakeAck(bench *testing.B) {
	var b Broker
	q := b.Declare()
	b.Bind(q, imports("x"))
	msg := letter("a")
	for bench.Loop() {
		b.Publish(imports("x"), msg)
		b.Take(q)
		b.Ack(q)
	}
}
