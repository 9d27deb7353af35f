package target

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Progress is what a convergence tells while it goes on (TG-113): for logs, for people.
type Progress struct {
	Key     Key
	Act     Act
	Machine Machine // the last good look
	Why     string
	After   time.Duration // the pause before the act
}

// Options of a convergence; the zero value is right for a manager.
type Options struct {
	Limits Limits // DefaultLimits when zero, changed by the properties wait.<phase>
	// Now, Pause, Chance are the clock, the wait, the jitter; the real ones when nil.
	Now    func() time.Time
	Pause  func(ctx context.Context, d time.Duration) error
	Chance func() float64
	// Tell hears of each step before it is done; nil for nobody. It must return quickly.
	Tell func(Progress)
	// Made says that Create is known to have succeeded once: an absent machine is then a loss, not a wish.
	Made bool
	// Created hears the native id as soon as it is known, so that the caller can keep it before anything else is done (LC-81.6).
	// An error ends the convergence. nil for nobody.
	Created func(Machine) error
}

// Converge brings one machine to a goal: it asks Decide, does what it says with the handler, until done, given up, or ctx ends.
// It may be cut anywhere, called again by another process: nothing it knows is needed (TG-111). The machine is the last one seen.
func Converge(ctx context.Context, h Handler, s Spec, goal Goal, o Options) (Machine, error) {
	o, err := o.filled(s)
	if err != nil && goal == Up { // a wrong limit must not keep a machine alive
		return Machine{Key: s.Key}, err
	}
	err = nil
	c := Course{Goal: goal, Made: o.Made || s.ID != "", Seen: Machine{Key: s.Key}}
	told := s.ID
	var r Result
	for {
		d := Decide(o.Now(), c, r, o.Limits, o.Chance)
		c = d.Course
		if o.Tell != nil {
			o.Tell(Progress{s.Key, d.Act, c.Seen, d.Why, d.After})
		}
		if d.Act == ActDone || d.Act == ActGiveUp {
			return c.Seen, d.Err
		}
		if d.After > 0 {
			err = o.Pause(ctx, d.After)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return c.Seen, fmt.Errorf("%s the machine of %s: %w", d.Act, s.Key.Scope, err)
		}
		r = call(ctx, h, s, d.Act, c.Seen)
		if r.Err == nil && r.Machine.ID != "" && r.Machine.ID != told && goal == Up {
			told, s.ID = r.Machine.ID, r.Machine.ID
			if o.Created == nil {
				continue
			}
			if err := o.Created(r.Machine); err != nil {
				return r.Machine, fmt.Errorf("keep the id of the machine of %s: %w", s.Key.Scope, err)
			}
		}
	}
}

// call does one act.
func call(ctx context.Context, h Handler, s Spec, a Act, seen Machine) Result {
	r := Result{Act: a, Any: true}
	switch a {
	case ActLook:
		r.Machine, r.Err = h.Observe(ctx, s)
	case ActCreate:
		r.Machine, r.Err = h.Create(ctx, s)
	case ActAdvance:
		r.Done, r.Again, r.Err = h.Advance(ctx, s, seen)
	case ActDestroy:
		r.Err = h.Destroy(ctx, s)
	}
	return r
}

func (o Options) filled(s Spec) (Options, error) {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	limits, wrong := LimitsOf(s.Properties, o.Limits)
	o.Limits = limits
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = Pause
	}
	if o.Chance == nil {
		o.Chance = rand.Float64
	}
	if wrong != nil {
		return o, &Error{
			Op: "read the limits of", Scope: s.Key.Scope, Class: Invalid,
			Err: fmt.Errorf("the property %s %s", wrong[0].Key, wrong[0].Text), Advice: "correct the target's properties",
		}
	}
	return o, nil
}

// Pause waits on the real clock, or until ctx ends, which is its error.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
