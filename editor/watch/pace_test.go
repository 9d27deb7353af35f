package watch

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	const ms = time.Millisecond
	type step struct {
		at   time.Duration
		kind Kind
		look bool
		wait time.Duration
	}
	for name, steps := range map[string][]step{
		"nothing happens": {{0, Nothing, false, 0}, {time.Hour, Nothing, false, 0}},
		"one write":       {{0, Touched, false, 75 * ms}, {75 * ms, Nothing, true, 0}, {75 * ms, Nothing, false, 0}},
		"a step too early changes nothing": {
			{0, Touched, false, 75 * ms}, {30 * ms, Nothing, false, 45 * ms}, {75 * ms, Nothing, true, 0},
		},
		"writes go on: not later than 500 ms": {
			{0, Touched, false, 75 * ms},
			{70 * ms, Touched, false, 75 * ms},
			{140 * ms, Touched, false, 75 * ms},
			{210 * ms, Touched, false, 75 * ms},
			{280 * ms, Touched, false, 75 * ms},
			{350 * ms, Touched, false, 75 * ms},
			{420 * ms, Touched, false, 75 * ms},
			{490 * ms, Touched, false, 10 * ms},
			{500 * ms, Touched, true, 0},
		},
		"a rename is looked at twice": {
			{0, Moved, false, 75 * ms},
			{75 * ms, Nothing, true, 0},
			{75 * ms, Nothing, false, 500 * ms},
			{575 * ms, Nothing, true, 0},
			{575 * ms, Nothing, false, 0},
		},
		"a write between the two looks": {
			{0, Moved, false, 75 * ms},
			{75 * ms, Nothing, true, 0},
			{100 * ms, Touched, false, 75 * ms},
			{175 * ms, Nothing, true, 0},
			{175 * ms, Nothing, false, 500 * ms},
			{675 * ms, Nothing, true, 0},
			{675 * ms, Nothing, false, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Unix(1000, 0)
			p := Pace{Quiet: quiet, Limit: limit, Poll: poll}
			for i, s := range steps {
				look, wait := p.Step(start.Add(s.at), s.kind)
				if look != s.look || wait != s.wait {
					t.Errorf("step %d at %v: look %v, wait %v; want %v, %v", i, s.at, look, wait, s.look, s.wait)
				}
			}
		})
	}
}

func TestPacePolls(t *testing.T) {
	now := time.Unix(1000, 0)
	p := Pace{Quiet: quiet, Limit: limit, Poll: poll}
	p.Polling(true)
	looks := 0
	for range 10_000 {
		look, wait := p.Step(now, Nothing)
		if look {
			looks++
			continue
		}
		if wait <= 0 || wait > poll {
			t.Fatalf("waits %v while polling", wait)
		}
		now = now.Add(wait)
		if now.Sub(time.Unix(1000, 0)) > 20*time.Second {
			break
		}
	}
	if looks != 11 {
		t.Errorf("%d looks in 20 s, want 11", looks)
	}
	p.Polling(false)
	if look, wait := p.Step(now, Nothing); look || wait != 0 {
		t.Errorf("look %v, wait %v after polling", look, wait)
	}
}
