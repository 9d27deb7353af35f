package drive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roboconf/workbench/runtime/mind"
)

// say is an event, echo an effect, of the tests' mind.
type (
	say  string
	echo string
)

// parrot echoes what it hears, and does what some words ask for.
type parrot struct{ heard []string }

func (p *parrot) Step(now time.Time, ev mind.Event) []mind.Effect {
	switch ev := ev.(type) {
	case mind.Woken:
		p.heard = append(p.heard, "woken "+ev.Timer)
		return []mind.Effect{echo("woken " + ev.Timer)}
	case mind.Wait:
		return []mind.Effect{ev}
	case say:
		p.heard = append(p.heard, string(ev))
		return []mind.Effect{mind.Save{}, echo(ev)}
	}
	return nil
}

// diary notes what the loop does with it.
type diary struct {
	mu    sync.Mutex
	lines []string
	fail  error
	did   func(mind.Effect)
}

func (d *diary) Record(steps []Step) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, s := range steps {
		if s.Saves {
			n++
		}
	}
	d.lines = append(d.lines, fmt.Sprintf("record %d save %d", len(steps), n))
	return d.fail
}

func (d *diary) Do(_ context.Context, e mind.Effect) {
	d.mu.Lock()
	d.lines = append(d.lines, fmt.Sprint("do ", e))
	d.mu.Unlock()
	if d.did != nil {
		d.did(e)
	}
}

func (d *diary) said() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

// start runs a loop in the bubble of a test and waits for it at the end.
func start(t *testing.T, h Hands, o Options) *Loop {
	l := New(&parrot{}, h, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l
}

func expect(t *testing.T, d *diary, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := d.said(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// MS-74, LC-104: events that wait together are recorded together, before any of their effects is done.
func TestRecordBeforeEffects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		l := New(&parrot{}, d, Options{Batch: 2})
		l.Post(say("a"))
		l.Post(say("b"))
		l.Post(say("c"))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.Run(ctx) }()
		expect(t, d, "record 2 save 2", "do a", "do b", "record 1 save 1", "do c")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A mind that cannot remember must not act.
func TestRecordFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		d := &diary{fail: full}
		l := New(&parrot{}, d, Options{})
		l.Post(say("a"))
		if err := l.Run(t.Context()); !errors.Is(err, full) {
			t.Errorf("Run says %v", err)
		}
		expect(t, d, "record 1 save 1")
	})
}

// The first moment comes before every event, even one that was posted earlier.
func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		l := New(&parrot{}, d, Options{Start: func(time.Time) []mind.Effect {
			return []mind.Effect{echo("first"), mind.Wait{Timer: "x", After: time.Minute}}
		}})
		l.Post(say("a"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := l.Run(ctx); err != nil {
			t.Fatal(err)
		}
		expect(t, d, "record 1 save 0", "do first", "record 1 save 1", "do a", "record 1 save 0", "do woken x")
	})
}

// A wait of the same name replaces the running one; a negative one cancels it; a wait of nothing is over at once.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		l := start(t, d, Options{})
		begun := time.Now()
		var when []time.Duration
		d.did = func(mind.Effect) { when = append(when, time.Since(begun)) }
		for _, w := range []mind.Wait{{Timer: "late", After: time.Hour}, {Timer: "moved", After: time.Minute}, {Timer: "never", After: time.Second}} {
			l.Post(w)
		}
		synctest.Wait()
		l.Post(mind.Wait{Timer: "moved", After: 2 * time.Second})
		l.Post(mind.Wait{Timer: "never", After: -1})
		l.Post(mind.Wait{Timer: "now"})
		time.Sleep(2 * time.Hour) // of the bubble: nobody waits
		synctest.Wait()
		var said []string
		for _, line := range d.said() {
			if line[:3] == "do " {
				said = append(said, line[3:])
			}
		}
		if want := []string{"woken now", "woken moved", "woken late"}; !slices.Equal(said, want) {
			t.Errorf("got %q, want %q", said, want)
		}
		if want := []time.Duration{0, 2 * time.Second, time.Hour}; !slices.Equal(when, want) {
			t.Errorf("woken after %v, want %v", when, want)
		}
	})
}

// What is posted from anywhere, by Hands too, is taken once, in the order of each goroutine.
func TestPostFromEverywhere(t *testing.T) {
	const writers, each = 8, 500
	d := &diary{}
	p := &parrot{}
	l := New(p, d, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	seen := 0
	d.did = func(e mind.Effect) {
		if e, ok := e.(echo); ok && e[0] != '+' {
			l.Post(say("+" + string(e)))
		}
		if seen++; seen == 2*writers*each {
			cancel()
		}
	}
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range each {
				l.Post(say(fmt.Sprintf("%d %04d", w, n)))
			}
		})
	}
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if left := l.Waiting(); left != 0 {
		t.Errorf("%d events were not taken", left)
	}
	last := map[string]string{}
	for _, s := range p.heard {
		who := s[:len(s)-5]
		if s <= last[who] {
			t.Fatalf("%s comes after %s", s, last[who])
		}
		last[who] = s
	}
	if len(p.heard) != 2*writers*each {
		t.Errorf("heard %d events, want %d", len(p.heard), 2*writers*each)
	}
}

// silent is a mind without wishes, silence takes none.
type (
	silent  struct{ n int }
	silence struct{}
)

func (s *silent) Step(time.Time, mind.Event) []mind.Effect { s.n++; return wish[:] }

var wish = [...]mind.Effect{mind.Save{}, echo("x")}

func (silence) Record([]Step) error             { return nil }
func (silence) Do(context.Context, mind.Effect) {}

func BenchmarkEvents(b *testing.B) {
	m := &silent{}
	ctx, cancel := context.WithCancel(b.Context())
	l := New(m, stopAfter{n: b.N, cancel: cancel, count: new(int)}, Options{})
	ev := mind.Event(say("x"))
	b.ReportAllocs()
	go func() {
		for range b.N {
			l.Post(ev)
		}
	}()
	if err := l.Run(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(m.n)/b.Elapsed().Seconds(), "events/s")
}

type stopAfter struct {
	silence
	n      int
	count  *int
	cancel context.CancelFunc
}

func (s stopAfter) Do(context.Context, mind.Effect) {
	if *s.count++; *s.count == s.n {
		s.cancel()
	}
}

func BenchmarkTimers(b *testing.B) {
	var t timers
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprint("agent ", i)
		t.set(names[i], now.Add(time.Duration(i)*time.Millisecond), true)
	}
	b.ReportAllocs()
	for b.Loop() {
		at, _ := t.first()
		name, _ := t.due(at)
		t.set(name, at.Add(time.Second), true)
	}
}
