// Package drive runs a mind on real time.
//
// One goroutine owns the mind: events are posted to it, it steps, what changed is recorded, then what the mind wishes is done.
package drive

import (
	"context"
	"time"

	"github.com/roboconf/workbench/runtime/mind"
)

// Step is one event that a mind took. It is valid during Record only, Event and the effects for ever.
type Step struct {
	At    time.Time
	Event mind.Event // nil for the first moment (Options.Start)
	// Saves says that the mind's journal changed (mind.Save): the step must be on disk before its effects are done.
	Saves bool
	// Effects are what the mind wishes, without Save and Wait, which the loop does itself.
	Effects []mind.Effect
}

// Hands do what a mind wishes. The loop calls them from its own goroutine, one call at a time.
type Hands interface {
	// Record makes steps durable, in order, before any of their effects is done. Several events that wait together are stepped and
	// recorded together (one sync for all). An error ends the loop: a mind that cannot remember must not act.
	Record(steps []Step) error
	// Do carries one effect out, or hands it to whoever does; it returns quickly. What comes of it is posted as an event.
	Do(ctx context.Context, e mind.Effect)
}

// Options of a loop.
type Options struct {
	// Batch is how many waiting events are stepped before they are recorded together; 256 when zero.
	Batch int
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Start gives what the mind wishes at the first moment, before any event; nil when nothing.
	Start func(now time.Time) []mind.Effect
}
