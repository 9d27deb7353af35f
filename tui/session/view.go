package session

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/trace"
)

// View is what a simulation looks like at one moment. Immutable, but for the trace, which only grows: entries from Len on
// belong to a later view.
type View struct {
	Now      time.Duration // virtual
	Paused   bool
	AtRest   bool // nothing is left to happen but heartbeats
	Speed    Speed
	App      *model.Application // as it was last given to the run
	Statuses []manager.Status   // parents first
	Reasons  map[string]string  // by path: why an instance is in its state, in words
	Trace    *trace.Trace
	Len      int
	// Behind says that the text has changed since it was given to the run: F5 applies the difference.
	Behind bool
}

// Status finds an instance by path.
func (v *View) Status(path string) (manager.Status, bool) {
	if v == nil {
		return manager.Status{}, false
	}
	for _, s := range v.Statuses {
		if s.Path == path {
			return s, true
		}
	}
	return manager.Status{}, false
}
