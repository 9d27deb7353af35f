package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/bus/local"
	"github.com/roboconf/workbench/runtime/message"
)

// quick is the pace of tests: a broker that comes back is found soon.
var quick = link.Pace{First: 5 * time.Millisecond, Longest: 20 * time.Millisecond, Failing: 50 * time.Millisecond}

// side is one client behind a Switch.
type side struct {
	*bus.Switch
	ears *bustest.Ears
	from message.From
	ids  message.IDs
}

func open(t *testing.T, b *local.Broker, app, scope string) *side {
	t.Helper()
	s := &side{ears: bustest.NewEars(t), from: message.From{Kind: message.FromManager, Epoch: t.Name() + scope}}
	if scope != "" {
		s.from.Kind, s.from.App, s.from.Scope = message.FromAgent, app, scope
	}
	s.ids = message.NewIDs(s.from.Epoch, 0)
	var err error
	if s.Switch, err = bus.NewSwitch(b.Opener(local.Config{Pace: quick, Retry: 50 * time.Millisecond}), bus.Identity{App: app, Scope: scope}, s.ears); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	s.ears.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
	return s
}

func (s *side) say(to message.Target, text string) error {
	s.from.Seq++
	body := &message.Ping{Text: text, Nonce: "n"}
	return s.Publish(to, &message.Envelope{ID: s.ids.Next(), Type: "ping", Time: time.Now(), Domain: "default", From: s.from, Body: body})
}

// texts are those of one sender, by its number in front.
func texts(h *bustest.Heard, sender string) (list []string) {
	for _, text := range h.Texts() {
		if rest, ok := strings.CutPrefix(text, sender+" "); ok {
			list = append(list, rest)
		}
	}
	return list
}

func inOrder(t *testing.T, who string, got []string, n int) {
	t.Helper()
	if len(got) != n {
		t.Errorf("%s: %d messages of %d arrived", who, len(got), n)
	}
	for i, text := range got {
		if text != strconv.Itoa(i) {
			t.Fatalf("%s: %s came in the place of %d", who, text, i)
		}
	}
}

func limited(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// Everybody switches while everybody publishes: nothing is lost, the order of each sender holds, every message is confirmed once
// (MS-90, 19.12).
func TestSwitchUnderLoadMS90(t *testing.T) {
	const n, extra = 3000, 50
	here, there := local.New(), local.New()
	m := open(t, here, "", "")
	m.Bind(message.Manager("shop"))
	agents := []*side{open(t, here, "shop", "/0"), open(t, here, "shop", "/1")}
	all := append([]*side{m}, agents...)
	for _, a := range agents {
		a.Bind(message.Importers("shop", "P", false))
	}
	var senders sync.WaitGroup
	halfway := make(chan bool, len(agents))
	for i, a := range agents {
		senders.Go(func() {
			for k := range n {
				to := message.Manager("shop")
				for err := a.say(to, fmt.Sprint(i, " ", k)); err != nil; err = a.say(to, fmt.Sprint(i, " ", k)) {
					if !errors.Is(err, bus.ErrFull) {
						t.Error(err)
						return
					}
				}
				if k == n/4 {
					halfway <- true
				}
			}
		})
	}
	<-halfway
	for i, s := range all {
		if err := s.To(limited(t, 10*time.Second), there.Opener(local.Config{Pace: quick, Retry: 50 * time.Millisecond})); err != nil {
			t.Fatalf("switch %d: %v", i, err)
		}
	}
	senders.Wait()
	for i, a := range agents {
		for k := range extra {
			if err := a.say(message.Manager("shop"), fmt.Sprint(i, " ", n+k)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range all {
		if err := s.Settle(limited(t, 10*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	m.ears.Wait("all messages", func(h *bustest.Heard) bool {
		return len(h.Delivered) >= len(agents)*(n+extra) && len(h.Texts()) == len(agents)*(n+extra)
	})
	for i, a := range agents {
		inOrder(t, fmt.Sprint("agent ", i), texts(m.ears.Heard(), strconv.Itoa(i)), n+extra)
		a.ears.Wait("the confirms", func(h *bustest.Heard) bool { return len(h.Confirmed) >= n+extra })
		if h := a.ears.Heard(); len(h.Confirmed) != n+extra || h.Connected != 2 || h.Lost != 1 {
			t.Errorf("agent %d: %d confirms, connected %d times, lost %d times", i, len(h.Confirmed), h.Connected, h.Lost)
		}
	}
	here.SetAway(true) // nobody needs it any more
	if err := m.say(message.Importers("shop", "P", false), "m 0"); err != nil {
		t.Fatal(err)
	}
	for _, a := range agents {
		a.ears.Wait("the binding of before", func(h *bustest.Heard) bool { return len(texts(h, "m")) == 1 })
	}
}

// A broker that cannot be reached changes nothing (MS-90.1).
func TestSwitchThatFailsChangesNothingMS90(t *testing.T) {
	here, there := local.New(), local.New()
	there.SetAway(true)
	m, a := open(t, here, "", ""), open(t, here, "shop", "/a")
	m.Bind(message.Manager("shop"))
	if err := m.say(message.Manager(""), "m 0"); err != nil {
		t.Fatal(err)
	}
	m.ears.Wait("its own message", func(h *bustest.Heard) bool { return len(texts(h, "m")) == 1 })
	if err := a.say(message.Manager("shop"), "a 0"); err != nil {
		t.Fatal(err)
	}
	err := a.To(limited(t, 50*time.Millisecond), there.Opener(local.Config{Pace: quick, Retry: 50 * time.Millisecond}))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "nothing has changed") {
		t.Errorf("the switch ends with %v", err)
	}
	broken := errors.New("wrong settings")
	if err := a.To(limited(t, time.Second), func(bus.Identity, bus.Listener) (bus.Bus, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("the switch ends with %v", err)
	}
	if err := a.say(message.Manager("shop"), "a 1"); err != nil {
		t.Fatal(err)
	}
	m.ears.Wait("both messages", func(h *bustest.Heard) bool { return len(texts(h, "a")) == 2 })
	if h := a.ears.Heard(); h.Lost > 0 || h.Connected != 1 {
		t.Errorf("the agent was told of %d losses, %d connections", h.Lost, h.Connected)
	}
}

// What the old broker never confirmed goes through the new one, in order.
func TestSwitchAwayFromADeadBrokerMS90(t *testing.T) {
	const n = 200
	here, there := local.New(), local.New()
	m, a := open(t, there, "", ""), open(t, here, "shop", "/a")
	m.Bind(message.Manager("shop"))
	here.SetAway(true)
	a.ears.Wait("the loss", func(h *bustest.Heard) bool { return h.Lost > 0 })
	for k := range n {
		if err := a.say(message.Manager("shop"), fmt.Sprint("a ", k)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.To(limited(t, 5*time.Second), there.Opener(local.Config{Pace: quick, Retry: 50 * time.Millisecond})); err != nil {
		t.Fatal(err)
	}
	if err := a.say(message.Manager("shop"), fmt.Sprint("a ", n)); err != nil {
		t.Fatal(err)
	}
	m.ears.Wait("all", func(h *bustest.Heard) bool { return len(texts(h, "a")) > n })
	inOrder(t, "the agent", texts(m.ears.Heard(), "a"), n+1)
	if err := a.Settle(limited(t, 20*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the old broker had messages, its end says %v", err)
	}
}

// Back returns to the old broker while it is still listened to (MS-90.4).
func TestSwitchBackMS90(t *testing.T) {
	here, there := local.New(), local.New()
	m, a := open(t, here, "", ""), open(t, here, "shop", "/a")
	m.Bind(message.Manager("shop"))
	if err := a.To(limited(t, 5*time.Second), there.Opener(local.Config{Pace: quick, Retry: 50 * time.Millisecond})); err != nil {
		t.Fatal(err)
	}
	if err := a.say(message.Manager("shop"), "a 0"); err != nil { // nobody is there: kept
		t.Fatal(err)
	}
	if err := a.To(limited(t, 5*time.Second), here.Opener(local.Config{})); !errors.Is(err, bus.ErrBusy) {
		t.Errorf("a second switch: %v", err)
	}
	if err := a.Back(); err != nil {
		t.Fatal(err)
	}
	if err := a.say(message.Manager("shop"), "a 1"); err != nil {
		t.Fatal(err)
	}
	m.ears.Wait("both", func(h *bustest.Heard) bool { return len(texts(h, "a")) == 2 })
	inOrder(t, "the agent", texts(m.ears.Heard(), "a"), 2)
	if err := a.Settle(limited(t, 2*time.Second)); err != nil {
		t.Errorf("the end of the new broker: %v", err)
	}
}
