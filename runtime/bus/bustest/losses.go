package bustest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

func redelivered(t *testing.T, w *world) {
	m := w.manager()
	a := w.agent("shop", "/a", func(e *Ears) { e.Keep = func(d bus.Delivery) bool { return !d.Again } })
	m.say(a.id.Own(), "one")
	m.say(a.id.Own(), "two")
	a.Wait("the first deliveries", func(h *Heard) bool { return len(h.Delivered) == 2 })
	w.f.Cut(t, a.id)
	a.Wait("the second deliveries", func(h *Heard) bool { return len(h.Delivered) == 4 })
	for i, d := range a.Heard().Delivered {
		if text := d.Msg.Body.(*message.Ping).Text; d.Again != (i >= 2) || text != []string{"one", "two"}[i%2] {
			t.Errorf("delivery %d is %q, again: %v", i, text, d.Again)
		}
	}
	for _, d := range a.Heard().Delivered[:2] {
		d.Ack() // of the old connection: harmless
	}
	m.say(a.id.Own(), "three")
	a.Wait("the third message", func(h *Heard) bool { return len(h.Delivered) == 5 })
}

func acknowledged(_ *testing.T, w *world) {
	m := w.manager()
	a := w.agent("shop", "/a")
	for i := range 100 {
		m.say(a.id.Own(), fmt.Sprint(i))
	}
	a.Wait("all", func(h *Heard) bool { return len(h.Delivered) == 100 })
	a.end() // acknowledgements are sent before the goodbye
	b := w.agent("shop", "/a")
	m.say(b.id.Own(), "new")
	b.hears("new")
}

func anyOrder(_ *testing.T, w *world) {
	var mu sync.Mutex
	var out []bus.Delivery
	m := w.manager()
	a := w.agent("shop", "/a", func(e *Ears) {
		e.Keep = func(d bus.Delivery) bool {
			mu.Lock()
			defer mu.Unlock()
			out = append(out, d)
			return true
		}
	})
	const n = 20 // fewer than may be out
	for i := range n {
		m.say(a.id.Own(), fmt.Sprint(i))
	}
	a.Wait("all", func(h *Heard) bool { return len(h.Delivered) == n })
	mu.Lock()
	for i := range n {
		if i != 7 && i != 8 {
			out[n-1-i].Ack()
		}
	}
	mu.Unlock()
	a.end()
	b := w.agent("shop", "/a")
	m.say(b.id.Own(), "end")
	b.hears(fmt.Sprint(n-1-8), fmt.Sprint(n-1-7), "end")
}

func brokerLater(_ *testing.T, w *world) {
	back := w.f.Away(w.t)
	m, a := w.open("", "", Options{}), w.open("shop", "/a", Options{Retry: 100 * time.Millisecond})
	a.Bind(message.Importers("shop", "P", false))
	m.Bind(message.Manager("shop"))
	a.say(message.Importers("shop", "P", false), "to all")
	a.say(message.Manager("shop"), "to the manager")
	eventually(w.t, "an attempt that did not succeed", func() bool { return a.State().Reason != "" })
	if s := a.State(); s.Status == bus.Ready || s.Outbox != 2 || s.Bytes == 0 {
		w.t.Errorf("without a broker the state is %+v", s)
	}
	back()
	a.hears("to all")
	m.hears("to the manager")
	a.Wait("the confirms", func(h *Heard) bool { return len(h.Confirmed) == 2 })
	if s := a.State(); s.Status != bus.Ready || s.Outbox != 0 || s.Bytes != 0 || s.Reason != "" || s.Address == "" {
		w.t.Errorf("with a broker the state is %+v", s)
	}
}

// thousand publishes 1,000 numbered exports of an agent while something happens, then holds that every importer ends with the right
// set: nothing is lost, the first occurrences are in order.
func thousand(t *testing.T, w *world, trouble func(exporter *client, importers []*client)) {
	const n = 1000
	to := message.Importers("shop", "P", false)
	exporter := w.agent("shop", "/exporter")
	importers := []*client{w.agent("shop", "/1"), w.agent("shop", "/2")}
	for _, c := range importers {
		c.Bind(to)
		c.settle()
	}
	var want []string
	for i := range n {
		exporter.say(to, strconv.Itoa(i))
		want = append(want, strconv.Itoa(i))
		if i == n/2 {
			trouble(exporter, importers)
		}
	}
	for _, c := range importers {
		c.Wait("the whole set", func(h *Heard) bool { return len(h.Delivered) > n && len(h.Texts()) > n })
		if got := c.Heard().Texts()[1:]; !slices.Equal(got, want) {
			t.Errorf("%v ends with %d of %d messages, or in another order", c.id, len(got), n)
		}
	}
	exporter.Wait("all confirms", func(h *Heard) bool { return len(h.Confirmed) == n })
}

func cutInTheMiddle(t *testing.T, w *world) {
	thousand(t, w, func(exporter *client, importers []*client) {
		w.f.Cut(t, exporter.id)
		w.f.Cut(t, importers[0].id)
	})
}

func restartInTheMiddle(t *testing.T, w *world) {
	if w.f.Restart == nil {
		t.Skip("this broker cannot be restarted")
	}
	thousand(t, w, func(*client, []*client) { w.f.Restart(t) })
}

func managerDown(_ *testing.T, w *world) {
	m := w.manager()
	m.Bind(message.Manager("shop"))
	m.settle()
	m.end()
	a := w.agent("shop", "/a")
	var want []string
	for i := range 100 {
		a.say(message.Manager("shop"), strconv.Itoa(i))
		want = append(want, strconv.Itoa(i))
	}
	a.Wait("the confirms", func(h *Heard) bool { return len(h.Confirmed) == 100 })
	w.manager().hears(want...)
}

func threeTimes(t *testing.T, w *world) {
	m, a := w.manager(), w.agent("shop", "/a")
	msg := m.msg(&message.Ping{Text: "x", Nonce: "n"})
	for range 3 {
		if err := m.Publish(a.id.Own(), msg); err != nil {
			t.Fatal(err)
		}
	}
	a.Wait("all", func(h *Heard) bool { return len(h.Delivered) == 3 })
	for _, d := range a.Heard().Delivered {
		if d.Msg.ID != msg.ID {
			t.Errorf("delivered %s, want %s", d.Msg.ID, msg.ID)
		}
	}
}

func returnedToManager(t *testing.T, w *world) {
	m := w.manager()
	lost := m.publish(message.Agent("shop", "/nobody"), &message.InstancesSend{})
	m.say(message.Importers("shop", "P", false), "nobody needs to hear a broadcast")
	m.say(message.Manager(""), "end")
	m.hears("end")
	m.Wait("the answers", func(h *Heard) bool { return len(h.Returned)+len(h.Confirmed) >= 3 })
	h := m.Heard()
	if !slices.Equal(h.Returned, []string{lost.ID}) || slices.Contains(h.Confirmed, lost.ID) {
		t.Errorf("returned %v, confirmed %v, want %s returned", h.Returned, h.Confirmed, lost.ID)
	}
	eventually(t, "an empty outbox", func() bool { return m.State().Outbox == 0 })
}

func keptByAgent(t *testing.T, w *world) {
	a := w.open("shop", "/a", Options{Retry: 300 * time.Millisecond}).ready()
	for i := range 5 {
		a.say(message.Manager("shop"), strconv.Itoa(i))
	}
	a.Wait("a return", func(h *Heard) bool { return len(h.Returned) > 0 }) // those behind it may be held already
	a.say(message.Manager("shop"), "5")
	a.say(a.id.Own(), "others go on")
	a.hears("others go on")
	a.Wait("the confirm", func(h *Heard) bool { return len(h.Confirmed) == 1 })
	if n := a.State().Outbox; n != 6 {
		t.Errorf("%d messages are kept, want 6", n)
	}
	m := w.open("", "", Options{})
	m.Bind(message.Manager("shop"))
	m.hears("0", "1", "2", "3", "4", "5")
	a.Wait("the confirms", func(h *Heard) bool { return len(h.Confirmed) == 7 })
}

func full(t *testing.T, w *world) {
	back := w.f.Away(w.t)
	a := w.open("shop", "/a", Options{Outbox: 10})
	for i := range 10 {
		a.say(a.id.Own(), strconv.Itoa(i))
	}
	if err := a.Publish(a.id.Own(), a.msg(&message.Ping{Nonce: "n"})); !errors.Is(err, bus.ErrFull) {
		t.Errorf("the eleventh message: %v", err)
	}
	back()
	a.Wait("room", func(h *Heard) bool { return len(h.Confirmed) == 10 })
	a.say(a.id.Own(), "room")
	a.hears("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "room")
}

func coalesced(t *testing.T, w *world) {
	m := w.manager()
	m.Bind(message.Manager("shop"))
	m.settle()
	a := w.agent("shop", "/a")
	back := w.f.Away(w.t)
	a.Wait("the loss", func(h *Heard) bool { return h.Lost > 0 })
	const n = 50
	for i := range n {
		for _, path := range []string{"/a", "/a/b"} {
			a.publish(message.Manager("shop"), &message.InstanceChanged{Path: path, Status: lifecycle.DeployedStarted, StateSeq: uint64(i + 1)})
		}
	}
	if s := a.State(); s.Outbox != 2 {
		t.Errorf("%d states wait, want the last of each instance", s.Outbox)
	}
	a.say(message.Manager("shop"), "end")
	back()
	m.hears("settled", "end")
	var last []uint64
	for _, d := range m.Heard().Delivered {
		if changed, ok := d.Msg.Body.(*message.InstanceChanged); ok {
			last = append(last, changed.StateSeq)
		}
	}
	if !slices.Equal(last, []uint64{n, n}) {
		t.Errorf("the states %v arrived, want the last one of both", last)
	}
	a.Wait("word of every message", func(h *Heard) bool { return len(h.Confirmed) == 2*n+1 })
}
