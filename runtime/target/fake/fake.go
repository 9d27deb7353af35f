// Package fake is an infrastructure as a value, for tests: it has a clock, a script of what goes wrong, a list of the calls it got.
//
// It is deterministic: what becomes of a machine depends on the seed, its key, the clock, never on the order in which goroutines ask.
package fake

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// Name is the value of the property "handler", unless the script has another one.
const Name = "fake"

// Script says how the infrastructure behaves. The zero value makes machines at once, never fails.
type Script struct {
	Handler string // Name when empty
	Seed    uint64
	Nested  bool // machines may stand on machines

	Boot     time.Duration // from creation, or a start, to running
	Shutdown time.Duration // from destruction to absent
	Lag      time.Duration // what was created is not seen before (eventual consistency)
	Jitter   float64       // each of those lasts up to that part longer: 0.5 is half as long again
	Parts    int           // how many resources Advance makes beside a machine, one at a time; Destroy removes them
	Quota    int           // most machines at once; 0 for any number
	Rate     int           // most calls in one second; those above are throttled; 0 for any number

	User, Password string   // what the properties must say; "" accepts anything
	Images         []string // that exist; nil for every one

	Failures []Failure
	Deaths   []Death

	// Now is the clock. nil: the infrastructure has its own, which stands still but for Pass, Tick.
	Now func() time.Time
	// Tick is how far each call moves the own clock; 100 ms when zero: whoever only asks again sees time pass.
	Tick time.Duration
}

// Failure makes calls fail.
type Failure struct {
	Op    string // create, observe, advance, destroy, list, probe; "" for each
	Scope string // of the machine; "" for each
	Class target.Class
	Retry bool
	Wait  time.Duration // that the answer asks for
	Skip  int           // as many calls succeed before
	Times int           // as many fail; 0 for all
	Late  bool          // the call is done, its answer is lost
}

// Death is what happens to a machine by itself, once.
type Death struct {
	Scope  string        // "" for each
	After  time.Duration // since it ran first
	Phase  target.Phase  // Stopped, Failing, or Absent
	Reason string
}

// Call is what was asked of the infrastructure.
type Call struct {
	At     time.Time
	Op     string
	Key    target.Key
	Answer string // the phase, or the class of the error
}

// String is a line of a trace.
func (c Call) String() string {
	return fmt.Sprintf("%s %s %s: %s", c.At.Format("15:04:05.000"), c.Op, c.Key, c.Answer)
}

// Infra is one infrastructure. Its methods may be called from any goroutine.
type Infra struct {
	script Script

	mu       sync.Mutex
	own      time.Time
	machines map[target.Key]*machine
	made     map[target.Key]int // how many machines a key had
	counts   []int              // matching calls of each failure
	second   time.Time          // that Rate counts
	inSecond int
	blind    bool
	calls    []Call
}

// machine is the truth about one machine.
type machine struct {
	key      target.Key
	id       string
	userData string
	phase    target.Phase
	reason   string
	visible  time.Time // not before
	boots    time.Time // when it runs
	ran      time.Time // first
	ends     time.Time // when a deleted one is gone
	parts    int
	died     bool
	chance   *rand.Rand
}

// New makes an infrastructure without machines.
func New(s Script) *Infra {
	if s.Handler == "" {
		s.Handler = Name
	}
	if s.Tick == 0 {
		s.Tick = 100 * time.Millisecond
	}
	return &Infra{
		script: s, own: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), machines: map[target.Key]*machine{},
		made: map[target.Key]int{}, counts: make([]int, len(s.Failures)),
	}
}

// Handler gives a handler for the infrastructure. All of them see the same machines.
func (i *Infra) Handler() target.Handler { return &handler{Infra: i, left: -1} }

// Died is the value of the panic that ends a mortal handler.
type Died struct{}

// Mortal gives a handler that panics with Died before its n-th step outside: as a process that was killed there.
func (i *Infra) Mortal(n int) target.Handler { return &handler{Infra: i, left: n} }

// Now is the time of the infrastructure.
func (i *Infra) Now() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now()
}

// Pass moves the own clock. It is a target.Options.Pause too.
func (i *Infra) Pass(ctx context.Context, d time.Duration) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.own = i.own.Add(d)
	return ctx.Err()
}

// Options make a convergence run on the clock of the infrastructure, with the jitter of its seed.
func (i *Infra) Options() target.Options {
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(i.script.Seed, 0))
	return target.Options{Now: i.Now, Pause: i.Pass, Chance: func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return chance.Float64()
	}}
}

// Blind makes every call fail, as if the network were gone, until it is called with false.
func (i *Infra) Blind(is bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.blind = is
}

// Fail adds a failure to the script; the function takes it out.
func (i *Infra) Fail(f Failure) (undo func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	at := len(i.script.Failures)
	i.script.Failures = append(slices.Clip(i.script.Failures), f)
	i.counts = append(i.counts, 0)
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.script.Failures[at].Op = "never"
	}
}

// Kill lets a machine stop, fail or vanish (Absent) behind everybody's back. It says whether there was one.
func (i *Infra) Kill(k target.Key, into target.Phase, reason string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.settle()
	m := i.machines[k]
	if m != nil {
		i.die(m, into, reason)
	}
	return m != nil
}

// Machines are the machines that exist, also those that are not seen so far, sorted by key.
func (i *Infra) Machines() []target.Machine {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.settle()
	var all []target.Machine
	for _, m := range i.sorted() {
		all = append(all, m.seen())
	}
	return all
}

// UserData is what the agent of a machine reads; "" without such a machine.
func (i *Infra) UserData(k target.Key) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m := i.machines[k]; m != nil {
		return m.userData
	}
	return ""
}

// Left names everything that exists: machines, the resources made beside them.
func (i *Infra) Left() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.settle()
	var all []string
	for _, m := range i.sorted() {
		if m.phase != target.Absent {
			all = append(all, "machine "+m.id)
		}
		for n := range m.parts {
			all = append(all, fmt.Sprintf("part %d of %s", n, m.id))
		}
	}
	return all
}

// Calls are the calls so far, in order.
func (i *Infra) Calls() []Call {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.calls)
}

func (i *Infra) now() time.Time {
	if i.script.Now != nil {
		return i.script.Now()
	}
	return i.own
}

func (i *Infra) sorted() []*machine {
	return slices.SortedFunc(maps.Values(i.machines), func(a, b *machine) int { return strings.Compare(a.key.String(), b.key.String()) })
}

// settle lets happen what is due: machines boot, die, are gone.
func (i *Infra) settle() {
	now := i.now()
	for _, m := range i.sorted() {
		if m.phase == target.Creating && !now.Before(m.boots) {
			m.phase = target.Running
			if m.ran.IsZero() {
				m.ran = m.boots
			}
		}
		for _, d := range i.script.Deaths {
			if m.phase == target.Running && !m.died && (d.Scope == "" || d.Scope == m.key.Scope) && !now.Before(m.ran.Add(d.After)) {
				m.died = true
				i.die(m, d.Phase, d.Reason)
			}
		}
		if m.phase == target.Deleting && !now.Before(m.ends) {
			m.phase = target.Absent
		}
		if m.phase == target.Absent && m.parts == 0 {
			delete(i.machines, m.key)
		}
	}
}

// die: what vanishes takes its parts along.
func (i *Infra) die(m *machine, into target.Phase, reason string) {
	m.phase, m.reason = into, reason
	if into == target.Absent {
		delete(i.machines, m.key)
	}
}

func (m *machine) seen() target.Machine {
	seen := target.Machine{Key: m.key, ID: m.id, Phase: m.phase, Reason: m.reason}
	if m.phase == target.Running {
		seen.Address = "10." + fmt.Sprintf("%d.%d.%d", m.id[len(m.id)-1], m.id[len(m.id)-2], m.id[len(m.id)-3])
	}
	return seen
}

// longer is a duration with the jitter of a machine.
func (i *Infra) longer(m *machine, d time.Duration) time.Duration {
	return d + time.Duration(m.chance.Float64()*i.script.Jitter*float64(d))
}
