package bustest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

func badMessages(t *testing.T, w *world) {
	m, a := w.manager(), w.agent("shop", "/a")
	good, err := message.Encode(m.msg(&message.Ping{Text: "good", Nonce: "n"}))
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	cases := []struct{ reason, body string }{
		{"size", `"` + strings.Repeat("x", message.MaxBytes) + `"`},
		{"syntax", text[:len(text)/2]},
		{"syntax", "not JSON"},
		{"syntax", "\xff\xfe\x00"},
		{"syntax", ""},
		{"version", strings.Replace(text, `"v":1`, `"v":2`, 1)},
		{"schema", strings.Replace(text, `"id":"`, `"id":"x`, 1)},
		{"syntax", strings.Replace(text, `"v":1`, `"v":1,"v":1`, 1)},
		{"syntax", `{"v":1,"body":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`},
	}
	var want []string
	for _, c := range cases {
		w.f.Publish(t, w.domain, a.id.Own(), []byte(c.body))
		want = append(want, c.reason)
	}
	m.say(a.id.Own(), "end")
	a.hears("end")
	eventually(t, "the dead letters", func() bool { return len(w.f.Dead(t, w.domain)) >= len(want) })
	if got := w.f.Dead(t, w.domain); !slices.Equal(got, want) {
		t.Errorf("the dead letters have the reasons %v, want %v", got, want)
	}
	a.end() // acknowledged: they do not come again
	b := w.agent("shop", "/a")
	m.say(b.id.Own(), "new")
	b.hears("new")
}

func ignored(t *testing.T, w *world) {
	m, a := w.manager(), w.agent("shop", "/a")
	a.end()
	encode := func(change func(*message.Envelope)) []byte {
		msg := m.msg(&message.Ping{Text: "never", Nonce: "n"})
		change(msg)
		body, err := message.Encode(msg)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	odd := encode(func(*message.Envelope) {})
	w.f.Publish(t, w.domain, a.id.Own(), []byte(strings.Replace(string(odd), `"type":"ping"`, `"type":"odd.type"`, 1)))
	w.f.Publish(t, w.domain, a.id.Own(), encode(func(e *message.Envelope) { e.Domain = "elsewhere" }))
	w.f.Publish(t, w.domain, a.id.Own(), encode(func(e *message.Envelope) { e.Expires = time.Now().Add(-time.Second) }))
	short := m.msg(&message.Ping{Text: "never", Nonce: "n"})
	short.Expires = time.Now().Add(30 * time.Millisecond)
	if err := m.Publish(a.id.Own(), short); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of its time", func() bool { return short.Expired(time.Now()) })
	m.say(a.id.Own(), "end")
	m.Wait("the confirms", func(h *Heard) bool { return len(h.Confirmed) == 2 })
	b := w.agent("shop", "/a")
	b.hears("end")
	if n := len(b.Heard().Delivered); n != 1 {
		t.Errorf("%d messages were handed over, want 1", n)
	}
}

func closeSends(_ *testing.T, w *world) {
	m := w.manager()
	m.Bind(message.Manager("shop"))
	m.settle()
	a := w.agent("shop", "/a")
	want := []string{"settled"}
	for i := range 500 {
		a.say(message.Manager("shop"), strconv.Itoa(i))
		want = append(want, strconv.Itoa(i))
	}
	a.end()
	if h := a.Heard(); len(h.Confirmed) != 500 {
		w.t.Errorf("%d messages were confirmed when Close returned, want 500", len(h.Confirmed))
	}
	m.hears(want...)
	if err := a.Publish(a.id.Own(), a.msg(&message.Ping{Nonce: "n"})); !errors.Is(err, bus.ErrClosed) {
		w.t.Errorf("publish after Close: %v", err)
	}
	if s := a.State().Status; s != bus.Closed {
		w.t.Errorf("after Close the status is %v", s)
	}
}

func closeEnds(t *testing.T, w *world) {
	defer w.f.Away(t)()
	a := w.open("shop", "/a", Options{})
	a.say(a.id.Own(), "too late")
	ctx, cancel := timeout(50 * time.Millisecond)
	defer cancel()
	if err := a.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close without a broker: %v", err)
	}
}

func slowConsumer(t *testing.T, w *world) {
	gate := make(chan struct{})
	m := w.manager()
	slow := w.agent("shop", "/slow", func(e *Ears) { e.Keep = func(bus.Delivery) bool { <-gate; return false } })
	quick := w.agent("shop", "/quick")
	const n = 600
	want := []string{"settled"}
	quick.settle()
	for i := range n {
		m.say(slow.id.Own(), strconv.Itoa(i))
		m.say(quick.id.Own(), strconv.Itoa(i))
		want = append(want, strconv.Itoa(i))
	}
	quick.hears(want...)
	m.Wait("the confirms", func(h *Heard) bool { return len(h.Confirmed) == 2*n })
	close(gate)
	slow.hears(want[1:]...)
	if t.Failed() {
		t.Log("somebody waited for the slow one")
	}
}

func conflict(t *testing.T, w *world) {
	m, first := w.manager(), w.agent("shop", "/a")
	second := w.open("shop", "/a", Options{Conflict: 300 * time.Millisecond})
	second.Wait("the conflict", func(h *Heard) bool { return len(h.Failed) > 0 })
	if err := second.Heard().Failed[0]; !errors.Is(err, bus.ErrConflict) || !strings.Contains(err.Error(), "shop:/a") {
		t.Errorf("the second client says %q", err)
	}
	if s := second.State(); s.Status != bus.Failing || s.Reason == "" {
		t.Errorf("the second client is %+v", s)
	}
	for i := range 20 {
		m.say(first.id.Own(), fmt.Sprint(i))
	}
	first.Wait("all", func(h *Heard) bool { return len(h.Delivered) == 20 })
	if h := second.Heard(); len(h.Delivered) > 0 || h.Connected > 0 {
		t.Errorf("the second client got %d messages, was connected %d times", len(h.Delivered), h.Connected)
	}
	first.end()
	second.ready()
	m.say(second.id.Own(), "taken over")
	second.hears("taken over")
}

func removals(t *testing.T, w *world) {
	m, a := w.manager(), w.agent("shop", "/a")
	m.say(a.id.Own(), "one")
	a.hears("one")
	a.end()
	ctx, cancel := timeout(limit)
	defer cancel()
	for range 2 { // what is not there is a success
		if err := m.DeleteAgent(ctx, "shop", "/a"); err != nil {
			t.Errorf("delete the queue: %v", err)
		}
	}
	m.say(a.id.Own(), "lost")
	m.Wait("the return", func(h *Heard) bool { return len(h.Returned) == 1 })
	for range 2 {
		if err := m.DeleteApplication(ctx, "shop"); err != nil {
			t.Errorf("delete the exchange: %v", err)
		}
	}
	m.say(message.Importers("shop", "P", false), "to nobody")
	m.say(message.Manager(""), "alive")
	m.hears("alive")
	if m.Heard().Lost > 0 {
		t.Error("the manager lost its connection")
	}
	again := w.agent("shop", "/a")
	m.say(again.id.Own(), "two")
	again.hears("two")

	back := w.f.Away(t)
	m.Wait("the loss", func(h *Heard) bool { return h.Lost > 0 })
	soon, stop := timeout(30 * time.Millisecond)
	defer stop()
	if err := m.DeleteAgent(soon, "shop", "/b"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("delete without a broker: %v", err)
	}
	back()
}

func refused(t *testing.T, w *world) {
	a := w.agent("shop", "/a")
	err := a.Publish(a.id.Own(), a.msg(&message.Ping{Text: strings.Repeat("x", message.MaxBytes), Nonce: "n"}))
	if !errors.Is(err, message.ErrSize) {
		t.Errorf("a message that is too large: %v", err)
	}
	if !errors.Is(a.Publish(a.id.Own(), a.msg(&message.Ping{Text: "\x00", Nonce: "n"})), message.ErrSchema) {
		t.Error("a message with NUL was taken")
	}
	large := strings.Repeat("é", 400_000) // several frames
	a.say(a.id.Own(), large)
	a.hears(large)
}
