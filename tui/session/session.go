// Package session paces a simulation for people.
package session

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/trace"
)

// Speed is how many virtual seconds pass in a real one; 0 is as fast as possible.
type Speed float64

// Speeds are those that people choose from, slowest first.
var Speeds = []Speed{1, 2, 5, 10, 60, 0}

// String is the speed as the title bar shows it.
func (s Speed) String() string {
	if s == 0 {
		return "max"
	}
	return strconv.FormatFloat(float64(s), 'f', -1, 64) + "x"
}

// World is what a session drives: a *simulator.World.
type World interface {
	Now() time.Duration
	Do(op manager.Op) string
	Break(f fault.Fault) error
	Step() bool
	Run(until time.Duration)
	Settle(limit time.Duration) bool
	AtRest() bool
	Trace() *trace.Trace
	Statuses() []manager.Status
}

// Leap is how far one Advance goes at full speed, and Vigil how long a run stays awake after a fault although nothing
// seems left to do: a machine that died silently is missed only after some heartbeats.
const (
	Leap  = 30 * time.Second
	Vigil = 60 * time.Second
)

// Session is one simulation at the pace of a person. It is not safe for concurrent use: the loop of the terminal owns it.
type Session struct {
	world  World
	app    *model.Application
	speed  Speed
	paused bool
	rest   bool
	target time.Duration // where a steady pace would be
	vigil  time.Duration // no rest before this moment
	gone   map[string]bool
	behind bool

	read    int // entries of the trace already seen
	reasons map[string]string
	view    *View
}

// Refusal says why a model cannot be run: the worst problem, and how many there are.
func Refusal(problems []diag.Problem) error {
	severe, first := 0, diag.Problem{}
	for _, p := range problems {
		if p.Level() != diag.Severe {
			continue
		}
		if severe == 0 {
			first = p
		}
		severe++
	}
	switch severe {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("mend this first: %s", brief(first))
	}
	return fmt.Errorf("mend %d problems first: %s", severe, brief(first))
}

func brief(p diag.Problem) string {
	if p.Place.IsZero() {
		return p.Message(diag.English)
	}
	return fmt.Sprintf("%s:%d %s", p.Place.File, p.Range.Start.Line, p.Message(diag.English))
}

// New takes a world in which the application exists and nothing is deployed.
func New(world World, app *model.Application, speed Speed) *Session {
	return &Session{world: world, app: app, speed: speed, gone: map[string]bool{}, reasons: map[string]string{}}
}

// Do asks for an operation. What comes of it, a refusal too, shows in the trace.
func (s *Session) Do(op manager.Op) {
	s.world.Do(op)
	s.touch()
}

// Break makes a fault happen.
func (s *Session) Break(f fault.Fault) error {
	if err := s.world.Break(f); err != nil {
		return err
	}
	s.vigil = s.world.Now() + Vigil
	s.touch()
	return nil
}

// touch says that the world is not as the last view shows it.
func (s *Session) touch() {
	s.view, s.rest = nil, false
	s.target = s.world.Now()
}

// Awake says whether time has to pass: nothing is to be done while a run is paused or at rest.
func (s *Session) Awake() bool { return !s.paused && !s.rest }

// Advance lets real time pass. At rest, virtual time stands still until something is asked for.
func (s *Session) Advance(real time.Duration) {
	if !s.Awake() {
		return
	}
	s.view = nil
	if s.speed == 0 {
		s.rest = s.world.Settle(s.world.Now()+Leap) && s.world.Now() >= s.vigil
		return
	}
	s.target = max(s.target, s.world.Now()) + time.Duration(float64(real)*float64(s.speed))
	s.world.Run(s.target)
	s.rest = s.world.Now() >= s.vigil && s.world.AtRest()
}

// Step lets the next event happen, whatever the pace; false when there is none.
func (s *Session) Step() bool {
	s.view = nil
	return s.world.Step()
}

// Pause holds virtual time, or lets it go on.
func (s *Session) Pause(paused bool) {
	s.paused, s.view = paused, nil
	s.target = s.world.Now()
}

// Paused says whether virtual time is held.
func (s *Session) Paused() bool { return s.paused }

// Speed is the present pace.
func (s *Session) Speed() Speed { return s.speed }

// SetSpeed changes the pace.
func (s *Session) SetSpeed(v Speed) {
	s.speed, s.view = v, nil
	s.target = s.world.Now()
}

// Next is the speed n places faster (or slower, below zero) in Speeds.
func (s *Session) Next(n int) Speed {
	for i, v := range Speeds {
		if v == s.speed {
			return Speeds[max(0, min(i+n, len(Speeds)-1))]
		}
	}
	return Speeds[0]
}

// View is the run as it is now: the same value until something moves.
func (s *Session) View() *View {
	if s.view == nil {
		s.learn()
		s.view = &View{
			Now: s.world.Now(), Paused: s.paused, AtRest: s.rest, Speed: s.speed, App: s.app, Behind: s.behind,
			Statuses: s.world.Statuses(), Reasons: s.reasons, Trace: s.world.Trace(), Len: s.read,
		}
	}
	return s.view
}

// learn reads the new entries of the trace; the reasons of earlier views stay as they were.
func (s *Session) learn() {
	t := s.world.Trace()
	fresh := false
	for ; s.read < t.Len(); s.read++ {
		e := t.At(s.read)
		if e.Path == "" || e.Kind != "state" {
			continue
		}
		if !fresh {
			s.reasons, fresh = maps.Clone(s.reasons), true
		}
		s.reasons[e.Path] = e.Text
	}
}
