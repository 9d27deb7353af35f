package simulator

import (
	"runtime"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/scenario"
)

// rough is a story with everything that draws on luck.
func rough(t testing.TB) *scenario.Story {
	t.Helper()
	s, err := scenario.Parse("rough", `
deploy all
run 7s
drop /app1 30%
duplicate /app2 50%
delay /back 2s
run 20s
replicate /app1 as app3
deploy all /app3
crash /app2
run 30s
recover /app2
partition /front
stop /back/mysql
run 40s
heal
start /back/mysql
settle
`)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Same model, story and seed: the same trace, whatever the machine does (product.md 5.2).
func TestSameSeedSameTrace(t *testing.T) {
	app := sampleApp(t, "lamp")
	tell := func(seed uint64) *Report { return Run(app, Options{Seed: seed, Scenario: rough(t)}) }
	first := tell(5)
	if !first.OK() {
		t.Errorf("%v %v %v", first.Unmet, first.Broken, first.Failed)
	}
	for _, procs := range []int{1, 2, 8} {
		before := runtime.GOMAXPROCS(procs)
		for range 3 {
			if again := tell(5); again.Summary() != first.Summary() {
				t.Errorf("GOMAXPROCS=%d: %s, before %s", procs, again.Summary(), first.Summary())
			}
		}
		runtime.GOMAXPROCS(before)
	}
	seen := map[string]uint64{}
	for seed := range uint64(20) {
		hash := tell(seed).Hash
		if other, twice := seen[hash]; twice {
			t.Errorf("seeds %d and %d give the same trace", seed, other)
		}
		seen[hash] = seed
	}
}

// MS-80: what goes through the wire form has the same effect as the values themselves, message for message.
func TestWireChangesNothing(t *testing.T) {
	app := sampleApp(t, "lamp")
	for seed := range uint64(10) {
		o := Options{Seed: seed, Scenario: rough(t), Messages: true}
		handed := Run(app, o)
		o.Wire, o.Strict = true, true
		if wired := Run(app, o); wired.Summary() != handed.Summary() || !wired.OK() {
			t.Errorf("seed %d: handed over %s, by wire %s %v", seed, handed.Summary(), wired.Summary(), wired.Broken)
		}
	}
	for seed := range uint64(200) {
		tr := newTrial(t, seed+1, true, judgeChaos)
		tr.messages = true
		plain, _ := tr.tell(tr.steps)
		tr.wire = true
		wired, broken := tr.tell(tr.steps)
		if plain.Trace().Hash() != wired.Trace().Hash() || len(broken) > 0 {
			t.Fatalf("seed %d: the wire shows in the trace %v", seed+1, broken)
		}
	}
}

// When every step of a story comes to rest before the next, its end depends on nothing else: not on who is fast, not on what is
// repeated, late or sent again (engineering.md 4: duplicates and reordering across senders change nothing).
func TestTimingChangesNothing(t *testing.T) {
	for _, seed := range seeds(t)[:max(1, len(seeds(t))/10)] {
		tr := newTrial(t, seed, true, nil)
		var ends []string
		for run := range uint64(4) {
			ends = append(ends, tr.end(t, seed*10+run, run >= 2))
		}
		for run, end := range ends {
			if end != ends[0] {
				t.Fatalf("seed %d: run %d ends otherwise:\n%s\nnot as\n%s", seed, run, end, ends[0])
			}
		}
	}
}

// end tells the operations of a story, each to its end; rough links repeat and lose a part of everything.
func (tr *trial) end(t *testing.T, seed uint64, rough bool) string {
	w := New(tr.app, Options{Seed: seed})
	for _, s := range append([]scenario.Step{scenario.Do{Op: manager.DeployAndStart{}}}, tr.steps...) {
		do, ok := s.(scenario.Do)
		if !ok {
			continue
		}
		w.Do(do.Op)
		if rough {
			for _, path := range sortedAgents(w) {
				_ = w.Break(fault.Drop{Machine: path, Rate: 0.2})
				_ = w.Break(fault.Duplicate{Machine: path, Rate: 0.5})
				_ = w.Break(fault.Delay{Machine: path, By: time.Duration(len(path)) * 100 * time.Millisecond})
			}
		}
		if !w.Settle(w.Now() + untilRest) {
			t.Fatalf("seed %d: it does not settle", seed)
		}
	}
	end := ""
	for _, i := range w.system().Instances {
		end += i.Path + " " + i.State.String() + "\n"
	}
	return end
}
