package amqp

import (
	"math/rand/v2"
	"testing"
)

// tags is a channel that checks what it is told.
type tags struct {
	t      *testing.T
	out    map[uint64]bool
	frames int
}

func (c *tags) Ack(tag uint64, multiple bool) error {
	c.frames++
	if !c.out[tag] {
		c.t.Errorf("tag %d is acknowledged, which is not out", tag)
	}
	delete(c.out, tag)
	for n := range c.out {
		if multiple && n < tag {
			delete(c.out, n)
		}
	}
	return nil
}

// In whatever order deliveries are done with, each is acknowledged once, none that is not done with (MS-74).
func TestAcknowledgementsInAnyOrderMS74(t *testing.T) {
	for range 200 {
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 0))
		ch := &tags{t: t, out: map[uint64]bool{}}
		a := newAcker(ch)
		var open []func()
		undone := map[uint64]bool{}
		var numbers []uint64
		for tag := uint64(1); tag <= 100; tag++ {
			ch.out[tag] = true
			open = append(open, a.track(tag))
			numbers = append(numbers, tag)
			undone[tag] = true
			for len(open) > 0 && r.IntN(2) == 0 {
				i := r.IntN(len(open))
				open[i]()
				delete(undone, numbers[i])
				open, numbers = append(open[:i], open[i+1:]...), append(numbers[:i], numbers[i+1:]...)
			}
			if r.IntN(3) == 0 {
				a.flush()
			}
			for n := range undone {
				if !ch.out[n] {
					t.Fatalf("tag %d is acknowledged before it is done with (seed %d)", n, seed)
				}
			}
		}
		for _, f := range open {
			f()
			f() // twice is harmless
		}
		a.flush()
		if len(ch.out) > 0 || len(a.out) > 0 {
			t.Fatalf("%d deliveries are not acknowledged (seed %d)", len(ch.out), seed)
		}
	}
}

func TestManyAcknowledgementsAreOneFrame(t *testing.T) {
	ch := &tags{t: t, out: map[uint64]bool{}}
	a := newAcker(ch)
	for tag := uint64(1); tag <= 50; tag++ {
		ch.out[tag] = true
		a.track(tag)()
	}
	if a.flush(); ch.frames != 1 {
		t.Errorf("%d frames for 50 acknowledgements", ch.frames)
	}
}
