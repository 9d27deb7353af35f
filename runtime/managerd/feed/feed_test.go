package feed

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

func change(path string, from, to lifecycle.State) Event {
	return Event{What: Changed, App: "shop", Path: path, From: from, To: to}
}

// taken are the events that wait, as text.
func taken(s *Subscription) (list []string) {
	for {
		select {
		case e, open := <-s.Events:
			if !open {
				return append(list, "closed")
			}
			list = append(list, fmt.Sprintf("%d %s %s%s %s->%s", e.Rev, e.What, e.App, e.Path, e.From, e.To))
		default:
			return list
		}
	}
}

func TestBurstsOfAnInstanceAreOneEvent(t *testing.T) { // MG-73
	synctest.Test(t, func(t *testing.T) {
		f := New(0, Options{})
		s := f.Subscribe(0)
		f.Publish(change("/a", lifecycle.NotDeployed, lifecycle.Deploying))
		f.Publish(change("/b", lifecycle.NotDeployed, lifecycle.Deploying))
		f.Publish(change("/a", lifecycle.Deploying, lifecycle.DeployedStopped))
		if got := taken(s); got != nil {
			t.Errorf("at once: %q", got)
		}
		time.Sleep(50 * time.Millisecond)
		synctest.Wait()
		want := []string{"1 CHANGED shop/a NOT_DEPLOYED->DEPLOYED_STOPPED", "2 CHANGED shop/b NOT_DEPLOYED->DEPLOYING"}
		if got := taken(s); !slices.Equal(got, want) {
			t.Errorf("after the burst: %q, want %q", got, want)
		}
		f.Publish(change("/a", lifecycle.DeployedStopped, lifecycle.Starting))
		f.Publish(Event{What: Deleted, App: "shop", Path: "/b"}) // ends the burst: nothing overtakes
		want = []string{"3 CHANGED shop/a DEPLOYED_STOPPED->STARTING", "4 DELETED shop/b ->"}
		if got := taken(s); len(got) != 2 || got[0] != want[0] {
			t.Errorf("after a deletion: %q, want %q", got, want)
		}
		f.Publish(change("/a", lifecycle.Starting, lifecycle.DeployedStarted))
		f.Close()
		if got := taken(s); len(got) != 2 || got[1] != "closed" || !errors.Is(s.Err(), ErrClosed) {
			t.Errorf("at the end: %q, %v", got, s.Err())
		}
		f.Publish(Event{Text: "late"})
		if _, open := <-f.Subscribe(0).Events; open {
			t.Error("a closed feed tells")
		}
	})
}

func TestWhoComesBackGetsWhatWasMissed(t *testing.T) { // MG-73
	f := New(100, Options{Ring: 5, Burst: -1})
	defer f.Close()
	for i := range 8 {
		f.Publish(Event{What: Said, Text: fmt.Sprint(i)}) // 101 to 108; 104 to 108 are kept
	}
	for _, c := range []struct {
		since, from uint64
		missed      bool
		events      int
	}{{0, 108, false, 0}, {108, 108, false, 0}, {106, 106, false, 2}, {103, 103, false, 5}, {102, 108, true, 0}, {500, 108, true, 0}} {
		s := f.Subscribe(c.since)
		got := taken(s)
		if s.Missed != c.missed || s.From != c.from || len(got) != c.events {
			t.Errorf("since %d: missed %v from %d %q, want %+v", c.since, s.Missed, s.From, got, c)
		}
		s.Close()
		s.Close()
		if s.Err() != nil {
			t.Error(s.Err())
		}
	}
}

func TestASlowListenerIsDropped(t *testing.T) { // MG-70, MG-73
	f := New(0, Options{Burst: -1})
	defer f.Close()
	slow, good := f.Subscribe(0), f.Subscribe(0)
	last := uint64(0)
	for range 3 * pending {
		f.Publish(Event{What: Said})
		if e := <-good.Events; e.Rev != last+1 {
			t.Fatalf("revision %d after %d", e.Rev, last)
		}
		last++
	}
	n := 0
	for range slow.Events {
		n++
	}
	if n != pending || !errors.Is(slow.Err(), ErrSlow) || good.Err() != nil {
		t.Errorf("the slow one got %d: %v", n, slow.Err())
	}
	back := f.Subscribe(uint64(n))
	if got := len(taken(back)); got != 2*pending {
		t.Errorf("back again it gets %d", got)
	}
}

func TestOrderOfManyWriters(t *testing.T) { // conformance 8: order per instance
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	f := New(0, Options{Burst: time.Millisecond})
	s := f.Subscribe(0)
	states := []lifecycle.State{lifecycle.NotDeployed, lifecycle.Deploying, lifecycle.DeployedStopped, lifecycle.Starting, lifecycle.DeployedStarted}
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			at := states[0]
			for range 100 {
				to := states[r.IntN(len(states))]
				f.Publish(change(fmt.Sprintf("/%d", w), at, to))
				at = to
			}
		})
	}
	go func() { writers.Wait(); f.Close() }()
	at, rev := map[string]lifecycle.State{}, uint64(0)
	for e := range s.Events {
		if was, known := at[e.Path]; known && was != e.From || e.Rev != rev+1 {
			t.Fatalf("event %+v after revision %d, the instance was %s", e, rev, was)
		}
		at[e.Path], rev = e.To, e.Rev
	}
}

func BenchmarkPublish(b *testing.B) {
	f := New(0, Options{})
	defer f.Close()
	s := f.Subscribe(0)
	go func() {
		for range s.Events {
		}
	}()
	events := make([]Event, 1000)
	for i := range events {
		events[i] = change(fmt.Sprintf("/vm%d", i), lifecycle.Starting, lifecycle.DeployedStarted)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f.Publish(events[i%len(events)])
	}
}
