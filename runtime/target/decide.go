package target

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Goal is what is wanted of a machine.
type Goal uint8

// The goals.
const (
	Up   Goal = iota // it exists, runs, and nothing is left to do for it
	Gone             // nothing of it is left
)

// String is the goal for people.
func (g Goal) String() string { return [...]string{"running", "gone"}[g] }

// Act is what a shell does next for one machine.
type Act uint8

// The acts. Each but the last two is one call of a Handler; its answer goes into the next Decide.
const (
	ActLook    Act = iota // Observe
	ActCreate             // Create
	ActAdvance            // Advance
	ActDestroy            // Destroy
	ActDone               // nothing: the goal is reached
	ActGiveUp             // nothing: Decision.Err says why
)

// String is the act for people.
func (a Act) String() string {
	return [...]string{"look at", "create", "advance", "destroy", "be done with", "give up"}[a]
}

// Limits are how long each phase may last (TG-113), how polls back off.
type Limits struct {
	Creating time.Duration // until it runs
	Stopped  time.Duration // until it runs again
	Deleting time.Duration // until it is gone
	Missing  time.Duration // until one that was created shows itself, where lists lag behind
	Unknown  time.Duration // of calls that fail, from the first failure in a row on
	Finish   time.Duration // from running to ready: addresses, volumes, names
	First    time.Duration // the first pause between two polls; it doubles
	Longest  time.Duration // the longest pause
}

// DefaultLimits suit a cloud.
func DefaultLimits() Limits {
	return Limits{
		Creating: 10 * time.Minute, Stopped: 5 * time.Minute, Deleting: 10 * time.Minute, Missing: 2 * time.Minute,
		Unknown: 5 * time.Minute, Finish: 5 * time.Minute, First: 500 * time.Millisecond, Longest: 15 * time.Second,
	}
}

// LimitsOf changes limits by the properties wait.creating, wait.stopped, wait.deleting, wait.missing, wait.unknown, wait.finish,
// in seconds (TG-113). What is not a duration is a finding; the limit stays.
func LimitsOf(properties map[string]string, from Limits) (Limits, []Finding) {
	var wrong []Finding
	for _, w := range []struct {
		name  string
		limit *time.Duration
	}{
		{"creating", &from.Creating},
		{"stopped", &from.Stopped},
		{"deleting", &from.Deleting},
		{"missing", &from.Missing},
		{"unknown", &from.Unknown},
		{"finish", &from.Finish},
	} {
		text := strings.TrimSpace(properties["wait."+w.name])
		if text == "" {
			continue
		}
		if d, err := seconds(text); err == nil {
			*w.limit = d
		} else {
			wrong = append(wrong, Finding{Key: "wait." + w.name, Text: err.Error(), Severe: true})
		}
	}
	return from, wrong
}

// Course is where the way to a goal is: what Decide remembers from one decision to the next. A lost Course costs nothing but
// the limits that start anew: what to do is decided from what was observed (TG-111).
type Course struct {
	Goal  Goal
	Made  bool      // the machine is known to have been created: absent means gone
	Seen  Machine   // the last good look
	Since time.Time // when the phase that was seen began
	Polls int       // looks that found that phase, in a row
	Fails int       // failed calls in a row
	First time.Time // when they began to fail
}

// Result is what came of the last act. The zero value says that nothing was done so far.
type Result struct {
	Act     Act
	Machine Machine // of ActLook, ActCreate
	Done    bool    // of ActAdvance
	Again   time.Duration
	Err     error
	Any     bool // there was an act
}

// Decision is what to do next, after a pause.
type Decision struct {
	Act    Act
	After  time.Duration
	Why    string // what is waited for, or why it ended: for people
	Err    error  // of ActGiveUp
	Course Course // for the next Decide
}

// Decide says what to do next for one machine: pure, so that every cut is a test without a cloud (TG-111). chance gives numbers
// from 0 up to 1; it spreads polls, so that a hundred machines do not ask in the same instant.
func Decide(now time.Time, c Course, r Result, l Limits, chance func() float64) Decision {
	d := decider{now, c, r, l, chance}
	switch {
	case !r.Any && c.Goal == Gone:
		return d.next(ActDestroy, 0, "it is not wanted any more")
	case !r.Any:
		return d.next(ActLook, 0, "see what is there")
	case r.Err != nil:
		return d.failed()
	}
	d.c.Fails, d.c.First = 0, time.Time{}
	switch {
	case r.Act == ActDestroy:
		return d.next(ActLook, 0, "see whether it is gone")
	case r.Act == ActCreate:
		d.c.Made = true
		return d.next(ActLook, 0, "see how it comes up")
	case r.Act == ActAdvance:
		return d.advanced()
	}
	d.look()
	if c.Goal == Gone {
		return d.gone()
	}
	return d.up()
}

type decider struct {
	now    time.Time
	c      Course
	r      Result
	l      Limits
	chance func() float64
}

func (d *decider) next(a Act, after time.Duration, why string) Decision {
	return Decision{Act: a, After: after, Why: why, Course: d.c}
}

func (d *decider) giveUp(class Class, why string, err error) Decision {
	if err == nil {
		op := "create the machine"
		if d.c.Goal == Gone {
			op = "destroy the machine"
		}
		err = &Error{Op: op, Scope: d.c.Seen.Key.Scope, Class: class, Err: errors.New(why)}
	}
	return Decision{Act: ActGiveUp, Why: why, Err: err, Course: d.c}
}

// failed is about a call that failed. Unknown is not absent (TG-112): after a failure comes a look, never a conclusion.
func (d *decider) failed() Decision {
	d.c.Fails++
	if d.c.First.IsZero() {
		d.c.First = d.now
	}
	err := d.r.Err
	if !MayRetry(err) {
		return d.giveUp(ClassOf(err), err.Error(), err)
	}
	after := max(d.backOff(d.c.Fails), pause(err))
	if ClassOf(err) == Throttled {
		after = max(after, d.spread(2*d.l.First))
	}
	if passed := d.now.Add(after).Sub(d.c.First); passed > d.l.Unknown {
		return d.giveUp(ClassOf(err), fmt.Sprintf("gave up after %s, %s", short(d.now.Sub(d.c.First)), plural(d.c.Fails, "try", "tries")), fmt.Errorf("gave up after %s: %w", plural(d.c.Fails, "try", "tries"), err))
	}
	act := ActLook
	if d.c.Goal == Gone && d.r.Act == ActDestroy {
		act = ActDestroy
	}
	return d.next(act, after, fmt.Sprintf("try again: %v", err))
}

func (d *decider) look() {
	m := d.r.Machine
	if m.Phase != d.c.Seen.Phase || d.c.Since.IsZero() {
		d.c.Since, d.c.Polls = d.now, 0
	}
	d.c.Polls++
	if m.Phase != Absent && m.Phase != Unknown {
		d.c.Made = true
	}
	d.c.Seen = m
}

// waits goes on with an act unless the phase lasted too long already.
func (d *decider) waits(a Act, after, limit time.Duration, what string) Decision {
	if lasted := d.now.Sub(d.c.Since); lasted > limit {
		return d.giveUp(Timeout, fmt.Sprintf("waited %s, the limit, for %s", short(limit), what), nil)
	}
	return d.next(a, after, "waits for "+what)
}

func (d *decider) up() Decision {
	switch m := d.c.Seen; m.Phase {
	case Unknown:
		return d.waits(ActLook, d.backOff(d.c.Polls), d.l.Unknown, "a certain answer")
	case Absent:
		if !d.c.Made {
			return d.next(ActCreate, 0, "it is wanted, not there")
		}
		if d.now.Sub(d.c.Since) > d.l.Missing {
			return d.giveUp(NotFound, "the machine was created, but is gone", nil)
		}
		return d.next(ActLook, d.backOff(d.c.Polls), "waits for the machine to show itself")
	case Creating:
		return d.waits(ActAdvance, 0, d.l.Creating, "the machine to run")
	case Stopped:
		return d.waits(ActAdvance, 0, d.l.Stopped, "the machine to run again")
	case Running:
		return d.waits(ActAdvance, 0, d.l.Finish, "the machine to be ready")
	case Failing:
		return d.giveUp(Other, "the machine cannot run: "+reason(m), nil)
	default: // Deleting
		return d.giveUp(Conflict, "the machine is being destroyed", nil)
	}
}

func reason(m Machine) string {
	if m.Reason == "" {
		return "no reason was given"
	}
	return m.Reason
}

// advanced is about an Advance that did not fail.
func (d *decider) advanced() Decision {
	if d.r.Done && d.c.Seen.Phase == Running {
		return d.next(ActDone, 0, "it runs")
	}
	after := d.backOff(d.c.Polls)
	if d.r.Again > 0 {
		after = d.spread(min(d.r.Again, max(d.l.Longest, d.l.First)))
	}
	if d.r.Done {
		after = 0
	}
	return d.next(ActLook, after, "waits: "+d.c.Seen.Phase.String())
}

func (d *decider) gone() Decision {
	if d.c.Seen.Phase == Absent {
		return d.next(ActDone, 0, "it is gone")
	}
	// Where lists lag behind, or a destruction was lost, asking again is right: it is idempotent.
	act := ActDestroy
	if d.c.Seen.Phase == Deleting || d.c.Seen.Phase == Unknown {
		act = ActLook
	}
	return d.waits(act, d.backOff(d.c.Polls), d.l.Deleting, "the machine to be gone")
}

// backOff doubles from the first pause to the longest, then spreads.
func (d *decider) backOff(n int) time.Duration {
	after := d.l.First
	for i := 1; i < n && after < d.l.Longest; i++ {
		after *= 2
	}
	return d.spread(min(after, max(d.l.Longest, d.l.First)))
}

// spread takes away up to a quarter, by chance.
func (d *decider) spread(t time.Duration) time.Duration {
	return t - time.Duration(d.chance()*float64(t)/4)
}

func short(t time.Duration) string { return t.Round(time.Millisecond).String() }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
