package simulator

import (
	"slices"
	"testing"
	"time"
)

// Events come in order of time, then in order of asking.
func TestQueueOrder(t *testing.T) {
	for seed := range uint64(50) {
		c := luck(seed, "test", "queue")
		var q queue
		var want []event
		for len(want) < 300 {
			e := event{at: time.Duration(c.below(40)), arg: uint64(len(want)), idle: c.hits(0.3)}
			q.push(e)
			e.seq = uint64(len(want))
			want = append(want, e)
		}
		slices.SortStableFunc(want, func(a, b event) int { return int(a.at - b.at) })
		for i, w := range want {
			if got, ok := q.pop(); !ok || got != w {
				t.Fatalf("seed %d: event %d is %+v, want %+v", seed, i, got, w)
			}
		}
		if _, ok := q.pop(); ok || q.busy != 0 {
			t.Fatalf("seed %d: an empty queue gives an event, or counts %d", seed, q.busy)
		}
	}
}

func TestLuckIsOnesOwn(t *testing.T) {
	first, again := luck(7, "link", "/vm"), luck(7, "link", "/vm")
	if first != again || first == luck(8, "link", "/vm") || first == luck(7, "link", "/vm2") {
		t.Error("luck must depend on the seed and on the entity, on nothing else")
	}
}

func TestLuckStaysInBounds(t *testing.T) {
	c := luck(1, "test", "bounds")
	hits := 0
	for range 10_000 {
		if d := c.between(2*time.Millisecond, 5*time.Millisecond); d < 2*time.Millisecond || d > 5*time.Millisecond || d%grain != 0 {
			t.Fatalf("%v is not between 2 and 5 ms", d)
		}
		if c.hits(0.25) {
			hits++
		}
	}
	if hits < 2300 || hits > 2700 {
		t.Errorf("a rate of 25%% hits %d times of 10000", hits)
	}
	if c.hits(0) || !c.hits(1) || c.below(1) != 0 || c.between(time.Second, time.Second) != time.Second {
		t.Error("certain luck is not certain")
	}
}

func BenchmarkQueue(b *testing.B) {
	var q queue
	c := luck(1, "bench", "queue")
	for range 100_000 {
		q.push(event{at: c.between(0, time.Minute)})
	}
	for b.Loop() {
		e, _ := q.pop()
		e.at += c.between(0, time.Minute)
		q.push(e)
	}
}
