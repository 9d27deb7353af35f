package bustest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
)

func direct(t *testing.T, w *world) {
	m := w.manager()
	a := w.agent("shop", "/tc-vm 1")
	b := w.agent("shop", "/tc-vm 2")
	m.Bind(message.Manager("shop"))
	for i := range 3 {
		m.say(message.Agent("shop", "/tc-vm 1"), fmt.Sprint("a", i))
		m.say(message.Agent("shop", "/tc-vm 2"), fmt.Sprint("b", i))
	}
	m.say(message.Manager(""), "echo")
	a.hears("a0", "a1", "a2")
	b.hears("b0", "b1", "b2")
	m.hears("echo")
	a.say(message.Manager("shop"), "thanks")
	m.hears("echo", "thanks")
	d := a.Heard().Delivered[0]
	if again, err := message.Decode(d.Raw); err != nil || again.ID != d.Msg.ID || d.Again {
		t.Errorf("raw bytes give %v, %v; delivered again: %v", again, err, d.Again)
	}
	if d.Msg.From.Kind != message.FromManager || d.Msg.Domain != w.domain {
		t.Errorf("the envelope became %+v", d.Msg)
	}
	m.Wait("confirms", func(h *Heard) bool { return len(h.Confirmed) == 7 })
}

func broadcast(_ *testing.T, w *world) {
	exporter := w.agent("shop", "/db")
	one, two, deaf := w.agent("shop", "/one"), w.agent("shop", "/two"), w.agent("shop", "/deaf")
	stranger := w.agent("other", "/deaf") // the rights of an agent end at its application
	to := message.Importers("shop", "MySQL", false)
	one.Bind(to)
	two.Bind(to)
	deaf.Bind(message.Exporters("shop", "MySQL", false)) // the other direction
	stranger.Bind(message.Importers("other", "MySQL", false))
	for _, c := range []*client{one, two, deaf, stranger} {
		c.settle()
	}
	exporter.say(to, "here")
	one.hears("settled", "here")
	two.hears("settled", "here")
	exporter.say(message.Agent("shop", "/deaf"), "direct")
	deaf.hears("settled", "direct")
	stranger.say(stranger.id.Own(), "end")
	stranger.hears("settled", "end")
}

// settle waits until the bindings made so far are there: a message to oneself goes behind them (MS-24).
func (c *client) settle() {
	c.w.t.Helper()
	own := c.id.Own()
	c.say(own, "settled")
	c.Wait("a message to itself", func(h *Heard) bool { return slices.Contains(h.Texts(), "settled") })
}

func external(_ *testing.T, w *world) {
	erp, shop := w.agent("erp", "/db"), w.agent("shop", "/web")
	to := message.Importers("shop", "Lamp", true)
	shop.Bind(to)
	shop.settle()
	erp.say(message.Importers("erp", "Lamp", false), "internal")
	erp.say(message.Importers("erp", "Lamp", true), "external")
	shop.hears("settled", "external")
}

func isolated(_ *testing.T, w *world) {
	other := &world{t: w.t, f: w.f, domain: domain()}
	to := message.Importers("shop", "P", false)
	here, there := w.agent("shop", "/a"), other.agent("shop", "/a")
	for _, c := range []*client{here, there} {
		c.Bind(to)
		c.settle()
	}
	m := w.manager()
	m.say(to, "all")
	m.say(message.Agent("shop", "/a"), "one")
	here.hears("settled", "all", "one")
	there.say(there.id.Own(), "end")
	there.hears("settled", "end")
}

func names(_ *testing.T, w *world) {
	long := strings.Repeat("x", 297)
	paths := []string{"/a.b/c", "/a/b.c", "/a b", "/a%20b", "/#", "/*", "/" + long + "1", "/" + long + "2", "/é", "/a/b/c"}
	prefixes := []string{"*", "#", "a.b", "a", "a.*", "a b", "export", long + "1", long + "2"}
	m := w.manager()
	var agents []*client
	for _, app := range []string{"shop", "sh.op", "*"} {
		for i, path := range paths {
			if app != "shop" && i > 2 {
				break
			}
			a := w.agent(app, path)
			a.Bind(message.Importers(app, prefixes[i%len(prefixes)], false))
			a.Bind(message.Exporters("", prefixes[i%len(prefixes)], true))
			agents = append(agents, a)
		}
	}
	for _, a := range agents {
		a.settle()
	}
	for i, a := range agents {
		m.say(a.id.Own(), fmt.Sprint("to ", i))
	}
	for _, prefix := range prefixes {
		m.say(message.Importers("shop", prefix, false), "import "+prefix)
		m.say(message.Exporters("", prefix, true), "export "+prefix)
	}
	for _, a := range agents {
		m.say(a.id.Own(), "end")
	}
	for i, a := range agents {
		prefix := prefixes[i%len(paths)%len(prefixes)]
		if a.id.App != "shop" {
			prefix = prefixes[(i-len(paths))%3]
			a.hears("settled", fmt.Sprint("to ", i), "export "+prefix, "end")
			continue
		}
		a.hears("settled", fmt.Sprint("to ", i), "import "+prefix, "export "+prefix, "end")
	}
}

func fifo(t *testing.T, w *world) {
	const each = 400
	m := w.manager()
	m.Bind(message.Manager("shop"))
	m.settle()
	senders := []*client{w.agent("shop", "/1"), w.agent("shop", "/2"), w.agent("shop", "/3")}
	done := make(chan bool)
	for i, s := range senders {
		go func() {
			defer func() { done <- true }()
			for n := range each {
				if err := s.Publish(message.Manager("shop"), s.msg(&message.Ping{Text: fmt.Sprintf("%d %04d", i, n), Nonce: "n"})); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	for range senders {
		<-done
	}
	m.Wait("all messages", func(h *Heard) bool { return len(h.Delivered) >= 1+len(senders)*each })
	next := map[byte]string{}
	for _, text := range m.Heard().Texts()[1:] {
		if text <= next[text[0]] {
			t.Errorf("%q came after %q", text, next[text[0]])
		}
		next[text[0]] = text
	}
	for _, s := range senders {
		s.Wait("confirms", func(h *Heard) bool { return len(h.Confirmed) == each })
		if ids := s.Heard().Confirmed; !slices.IsSorted(ids) {
			t.Error("confirms are told out of order")
		}
	}
}

func bindThenPublish(_ *testing.T, w *world) {
	const times = 150
	a := w.agent("shop", "/a")
	var want []string
	for i := range times {
		to := message.Importers("shop", fmt.Sprint("P", i), i%3 == 0)
		a.Bind(to)
		if i%5 == 0 {
			a.Bind(message.Exporters("shop", fmt.Sprint("Q", i), false))
		}
		a.say(to, fmt.Sprint(i))
		want = append(want, fmt.Sprint(i))
	}
	a.hears(want...)
}

func counted(_ *testing.T, w *world) {
	a := w.agent("shop", "/a")
	to := message.Importers("shop", "P", false)
	a.Unbind(to) // one too many is harmless
	a.Bind(to)
	a.Bind(to)
	a.Unbind(to)
	a.say(to, "still")
	a.Unbind(to)
	a.say(to, "never")
	a.Bind(to)
	a.Unbind(to)
	a.say(to, "never")
	a.Unbind(to)
	a.Bind(to)
	a.say(to, "anew")
	a.settle()
	a.hears("still", "anew", "settled")
}

func bindingsStay(_ *testing.T, w *world) {
	a := w.agent("shop", "/a")
	kept, gone, late := message.Importers("shop", "P", false), message.Importers("shop", "Q", false), message.Importers("shop", "R", true)
	a.Bind(kept)
	a.Bind(gone)
	a.settle()
	back := w.f.Away(w.t)
	a.Wait("the loss", func(h *Heard) bool { return h.Lost > 0 })
	a.Unbind(gone)
	a.Bind(late)
	a.Unbind(kept)
	a.Bind(kept)
	a.say(late, "late")
	back()
	a.Wait("the connection", func(h *Heard) bool { return h.Connected > 1 })
	a.say(gone, "gone")
	a.say(kept, "kept")
	a.hears("settled", "late", "kept")
}
