package fake_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/fake"
	"github.com/roboconf/workbench/runtime/target/targettest"
)

var seed = flag.Uint64("seed", 0, "replay a random test with this seed; 0 draws one")

func drawn(t testing.TB) uint64 {
	t.Helper()
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", s)
	return s
}

var account = map[string]string{"fake.image": "debian", "fake.user": "me", "fake.password": "mine"}

func with(key, value string) map[string]string {
	changed := map[string]string{key: value}
	for k, v := range account {
		if k != key {
			changed[k] = v
		}
	}
	return changed
}

func fixture(i *fake.Infra) targettest.Fixture {
	scripted := func(c target.Class) func(*testing.T) (map[string]string, func()) {
		return func(*testing.T) (map[string]string, func()) {
			return nil, i.Fail(fake.Failure{Op: "create", Class: c})
		}
	}
	properties := func(key, value string) func(*testing.T) (map[string]string, func()) {
		return func(*testing.T) (map[string]string, func()) { return with(key, value), func() {} }
	}
	return targettest.Fixture{
		New:        func(*testing.T) target.Handler { return i.Handler() },
		Properties: account, Options: i.Options(), Sources: ".",
		UserData: func(_ *testing.T, m target.Machine) string { return i.UserData(m.Key) },
		Left:     func(*testing.T) []string { return i.Left() },
		Blind: func(*testing.T) (map[string]string, func()) {
			i.Blind(true)
			return nil, func() { i.Blind(false) }
		},
		Failures: map[target.Class]func(*testing.T) (map[string]string, func()){
			target.Credentials: properties("fake.password", "wrong"), target.NotFound: properties("fake.image", "none"),
			target.Quota: properties("fake.size", "1000"), target.Invalid: properties("fake.size", "-1"),
			target.Throttled: scripted(target.Throttled), target.Unavailable: scripted(target.Unavailable),
			target.Timeout: scripted(target.Timeout), target.Conflict: scripted(target.Conflict),
		},
		Dying: func(t *testing.T, n int, op targettest.Op, s target.Spec) (died bool) {
			defer func() {
				if r := recover(); r != nil {
					died = r == fake.Died{}
				}
			}()
			if err := targettest.Do(t.Context(), i.Mortal(n), op, s); err != nil {
				t.Errorf("%s: %v", op, err)
			}
			return false
		},
		Stop: func(t *testing.T, s target.Spec) {
			if !i.Kill(s.Key, target.Stopped, "power cut") {
				t.Errorf("there is no machine %s", s)
			}
		},
	}
}

// targets.md 16.2, by an infrastructure that answers at once, by a slow one, by one whose lists lag behind.
func TestContract(t *testing.T) {
	for name, script := range map[string]fake.Script{
		"at once": {},
		"slow":    {Boot: 20 * time.Second, Shutdown: 10 * time.Second, Parts: 3, Jitter: 0.5},
		"lagging": {Boot: 5 * time.Second, Shutdown: 5 * time.Second, Lag: 3 * time.Second, Parts: 1, Nested: true},
	} {
		t.Run(name, func(t *testing.T) {
			script.User, script.Password, script.Images, script.Quota = "me", "mine", []string{"debian"}, 100
			targettest.Run(t, func(t *testing.T) targettest.Fixture {
				script.Seed = drawn(t)
				return fixture(fake.New(script))
			})
		})
	}
}

func spec(scope string) target.Spec {
	return target.Spec{Key: target.Key{Domain: "d", App: "a", Scope: scope, Gen: 1}, Properties: map[string]string{"fake.image": "debian"}}
}

// TG-113: what the infrastructure asks for is honoured, nothing gets lost.
func TestThrottled(t *testing.T) {
	i := fake.New(fake.Script{Rate: 2, Boot: 4 * time.Second, Parts: 4})
	for _, scope := range []string{"/vm1", "/vm2"} {
		if _, err := target.Converge(t.Context(), i.Handler(), spec(scope), target.Up, i.Options()); err != nil {
			t.Fatal(err)
		}
	}
	if calls := i.Calls(); !slices.ContainsFunc(calls, func(c fake.Call) bool { return c.Answer == "throttled" }) {
		t.Errorf("nothing was throttled: %v", calls)
	}
}

// TG-113: every wait has a limit, which says what it waited for.
func TestWaitsHaveLimits(t *testing.T) {
	i := fake.New(fake.Script{Boot: time.Hour})
	s := spec("/vm")
	s.Properties["wait.creating"] = "30"
	_, err := target.Converge(t.Context(), i.Handler(), s, target.Up, i.Options())
	if target.ClassOf(err) != target.Timeout {
		t.Errorf("want a timeout, got %v", err)
	}
	if waited := i.Now().Sub(i.Calls()[0].At); waited < 30*time.Second || waited > time.Minute {
		t.Errorf("it took %s, the limit is 30s", waited)
	}
}

// LC-96, TG-150: machines end by themselves; what stopped comes back, what failed is told, what vanished is a loss.
func TestMachinesDieByThemselves(t *testing.T) {
	for phase, want := range map[target.Phase]error{target.Stopped: nil, target.Failing: errors.New("disk on fire"), target.Absent: errors.New("is gone")} {
		i := fake.New(fake.Script{Deaths: []fake.Death{{Scope: "/vm", After: time.Minute, Phase: phase, Reason: "disk on fire"}}})
		m, err := target.Converge(t.Context(), i.Handler(), spec("/vm"), target.Up, i.Options())
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Pass(t.Context(), 2*time.Minute); err != nil {
			t.Fatal(err)
		}
		if seen, err := i.Handler().Observe(t.Context(), spec("/vm")); err != nil || seen.Phase != phase {
			t.Errorf("after its death the machine is %s, %v; want %s", seen.Phase, err, phase)
		}
		s := spec("/vm")
		s.ID = m.ID
		_, err = target.Converge(t.Context(), i.Handler(), s, target.Up, i.Options())
		if (err == nil) != (want == nil) {
			t.Errorf("from %s: %v, want %v", phase, err, want)
		}
	}
}

// An answer that is lost after the work was done makes no second machine, leaves none behind (TG-110, TG-120).
func TestLostAnswers(t *testing.T) {
	for _, op := range []string{"create", "observe", "advance", "destroy"} {
		i := fake.New(fake.Script{Boot: time.Second, Parts: 2, Failures: []fake.Failure{{Op: op, Class: target.Unavailable, Times: 3, Late: true}}})
		if _, err := target.Converge(t.Context(), i.Handler(), spec("/vm"), target.Up, i.Options()); err != nil {
			t.Errorf("%s: %v", op, err)
		}
		if n := len(i.Machines()); n != 1 {
			t.Errorf("%s: %d machines", op, n)
		}
		if _, err := target.Converge(t.Context(), i.Handler(), spec("/vm"), target.Gone, i.Options()); err != nil {
			t.Errorf("%s: %v", op, err)
		}
		if left := i.Left(); left != nil {
			t.Errorf("%s: left %v", op, left)
		}
	}
}

// Random failures that end: every story ends with what was wanted, nothing else (the same story twice is the same trace).
func TestRandomStories(t *testing.T) {
	first := drawn(t)
	for n := range uint64(150) {
		var traces [2]string
		for run := range traces {
			traces[run] = story(t, first+n)
		}
		if traces[0] != traces[1] {
			t.Fatalf("seed %d: two runs differ:\n%s\n---\n%s", first+n, traces[0], traces[1])
		}
		if t.Failed() {
			t.Fatalf("replay with -seed=%d", first+n)
		}
	}
}

func story(t *testing.T, seed uint64) string {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 1))
	upTo := func(d time.Duration) time.Duration { return time.Duration(chance.Int64N(int64(d) + 1)) }
	script := fake.Script{
		Seed: seed, Boot: upTo(20 * time.Second), Shutdown: upTo(20 * time.Second), Lag: upTo(3 * time.Second), Jitter: chance.Float64(), Parts: chance.IntN(4),
	}
	for range chance.IntN(6) {
		classes := []target.Class{target.Throttled, target.Unavailable, target.Timeout}
		script.Failures = append(script.Failures, fake.Failure{
			Op: []string{"create", "observe", "advance", "destroy", ""}[chance.IntN(5)], Class: classes[chance.IntN(3)],
			Skip: chance.IntN(5), Times: 1 + chance.IntN(3), Late: chance.IntN(2) == 0,
		})
	}
	i := fake.New(script)
	goal := target.Up
	for range 4 {
		ctx, cancel := context.WithCancel(context.Background())
		o, steps := i.Options(), chance.IntN(12)
		o.Tell = func(target.Progress) { // the manager dies after some steps
			if steps--; steps < 0 {
				cancel()
			}
		}
		_, _ = target.Converge(ctx, i.Handler(), spec("/vm"), goal, o) // however it ends
		cancel()
		if chance.IntN(3) == 0 {
			goal = target.Gone
		}
	}
	if goal == target.Up {
		m, err := target.Converge(t.Context(), i.Handler(), spec("/vm"), target.Up, i.Options())
		if err != nil || m.Phase != target.Running || len(i.Machines()) != 1 {
			t.Errorf("seed %d: %+v, %v; machines: %v", seed, m, err, i.Machines())
		}
	}
	if _, err := target.Converge(t.Context(), i.Handler(), spec("/vm"), target.Gone, i.Options()); err != nil {
		t.Errorf("seed %d: destroy: %v", seed, err)
	}
	if err := i.Pass(t.Context(), time.Minute); err != nil || i.Left() != nil { // what is being deleted may hide
		t.Errorf("seed %d: %v, left %v", seed, err, i.Left())
	}
	return fmt.Sprint(i.Calls())
}

func BenchmarkConverge(b *testing.B) {
	for b.Loop() {
		i := fake.New(fake.Script{Boot: 10 * time.Second, Parts: 2})
		if _, err := target.Converge(b.Context(), i.Handler(), spec("/vm"), target.Up, i.Options()); err != nil {
			b.Fatal(err)
		}
	}
}
