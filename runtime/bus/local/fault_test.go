package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/message"
)

// pair is a manager that hears what an agent says through a broker with faults.
type pair struct {
	b          *Broker
	m, a       *Client
	mEars, ear *bustest.Ears
	ids        message.IDs
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{b: New(), mEars: bustest.NewEars(t), ear: bustest.NewEars(t), ids: message.NewIDs("e", 0)}
	p.m, p.a = p.open(t, bus.Identity{}, p.mEars), p.open(t, bus.Identity{App: "shop", Scope: "/a"}, p.ear)
	return p
}

func (p *pair) open(t *testing.T, id bus.Identity, l *bustest.Ears) *Client {
	t.Helper()
	c, err := p.b.Open(Config{Pace: quick, Retry: 5 * time.Millisecond}, id, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.b.SetFaults(Faults{})
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	l.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
	return c
}

func (p *pair) say(t *testing.T, text string) {
	t.Helper()
	body := &message.Ping{Text: text, Nonce: "n"}
	if err := p.a.Publish(message.Manager(""), &message.Envelope{
		ID: p.ids.Next(), Time: time.Now(), Domain: "default", From: message.From{Kind: message.FromAgent, App: "shop", Scope: "/a", Epoch: "e", Seq: 1}, Body: body,
	}); err != nil {
		t.Fatal(err)
	}
}

// of gives faults by text of a message that goes to the manager the first time.
func (p *pair) faulty(faults ...Fault) {
	var mu sync.Mutex
	n := 0
	p.b.SetFaults(Faults{Of: func(_ bus.Identity, _ message.Target, kind string) Fault {
		mu.Lock()
		defer mu.Unlock()
		if kind != "ping" || n >= len(faults) {
			return Fault{}
		}
		n++
		return faults[n-1]
	}})
}

// Each fault does what it says (MS-80).
func TestFaultsMS80(t *testing.T) {
	for name, c := range map[string]struct {
		fault Fault
		want  []string // with repetitions
	}{
		"drop":        {Fault{Drop: true}, []string{"2", "3"}},
		"twice":       {Fault{Twice: true}, []string{"1", "1", "2", "3"}},
		"loseConfirm": {Fault{LoseConfirm: true}, []string{"1", "1", "2", "3"}},
		"refuse":      {Fault{Refuse: true}, []string{"1", "2", "3"}},
		"delay":       {Fault{Delay: 50 * time.Millisecond}, []string{"1", "2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			p.faulty(c.fault)
			for i := range 3 {
				p.say(t, strconv.Itoa(i+1))
			}
			p.mEars.Wait("all", func(h *bustest.Heard) bool { return len(h.Delivered) >= len(c.want) })
			var got []string
			for _, d := range p.mEars.Heard().Delivered {
				got = append(got, d.Msg.Body.(*message.Ping).Text)
			}
			if slices.Sort(got); !slices.Equal(got, c.want) {
				t.Errorf("delivered %v, want %v", got, c.want)
			}
			p.ear.Wait("the confirms", func(h *bustest.Heard) bool { return len(h.Confirmed) == 3 })
		})
	}
}

// A client that is cut off comes back when the network does; what it said meanwhile arrives.
func TestPartitionMS80(t *testing.T) {
	p := newPair(t)
	agent := bus.Identity{Domain: "default", App: "shop", Scope: "/a"}
	p.b.SetFaults(Faults{Cut: func(id bus.Identity) bool { return id == agent }})
	p.b.CutOff(agent)
	p.ear.Wait("the loss", func(h *bustest.Heard) bool { return h.Lost > 0 })
	p.say(t, "1")
	if s := p.a.State(); s.Status == bus.Ready || s.Outbox != 1 {
		t.Errorf("cut off, the agent is %+v", s)
	}
	p.b.SetFaults(Faults{})
	p.mEars.Wait("the message", func(h *bustest.Heard) bool { return len(h.Texts()) == 1 })
}

// Lost confirms, refusals, repetitions, cuts at random: nothing is lost.
func TestRandomFaultsLoseNothingMS72(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	p := newPair(t)
	var mu sync.Mutex
	p.b.SetFaults(Faults{Of: func(bus.Identity, message.Target, string) Fault {
		mu.Lock()
		defer mu.Unlock()
		return Fault{LoseConfirm: r.IntN(40) == 0, Twice: r.IntN(10) == 0}
	}})
	const n = 1000
	var want []string
	for i := range n {
		p.say(t, fmt.Sprint(i))
		want = append(want, fmt.Sprint(i))
		if i%100 == 50 {
			p.b.Restart()
		}
	}
	p.mEars.Wait("all", func(h *bustest.Heard) bool { return len(h.Delivered) >= n && len(h.Texts()) == n })
	if !slices.Equal(p.mEars.Heard().Texts(), want) {
		t.Error("the first occurrences are out of order")
	}
	p.ear.Wait("the confirms", func(h *bustest.Heard) bool { return len(h.Confirmed) == n })
}
