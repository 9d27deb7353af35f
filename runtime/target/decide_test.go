package target_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

var seed = flag.Uint64("seed", 0, "replay a random test with this seed; 0 draws one")

var start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func never() float64 { return 0 }

func seen(p target.Phase) target.Result {
	return target.Result{Any: true, Act: target.ActLook, Machine: target.Machine{Key: key, Phase: p, Reason: "disk on fire"}}
}

var key = target.Key{Domain: "default", App: "lamp", Scope: "/apache-vm", Gen: 2}

func failing(a target.Act, c target.Class) target.Result {
	return target.Result{Any: true, Act: a, Err: &target.Error{Op: a.String(), Scope: "/apache-vm", Class: c, Err: errors.New("no")}}
}

// TG-111: what comes next follows from what was seen.
func TestDecide(t *testing.T) {
	l := target.DefaultLimits()
	for _, c := range []struct {
		name   string
		course target.Course
		result target.Result
		want   target.Act
		class  target.Class
	}{
		{"nothing was done: look", target.Course{}, target.Result{}, target.ActLook, 0},
		{"nothing was done: destroy", target.Course{Goal: target.Gone}, target.Result{}, target.ActDestroy, 0},
		{"wanted, absent", target.Course{}, seen(target.Absent), target.ActCreate, 0},
		{"made, absent: lists may lag behind", target.Course{Made: true}, seen(target.Absent), target.ActLook, 0},
		{"made, absent for long", target.Course{Made: true, Since: start.Add(-time.Hour), Seen: target.Machine{Phase: target.Absent}}, seen(target.Absent), target.ActGiveUp, target.NotFound},
		{"creating", target.Course{}, seen(target.Creating), target.ActAdvance, 0},
		{"creating for long", target.Course{Since: start.Add(-time.Hour), Seen: target.Machine{Phase: target.Creating}}, seen(target.Creating), target.ActGiveUp, target.Timeout},
		{"creating after something else for long", target.Course{Since: start.Add(-time.Hour), Seen: target.Machine{Phase: target.Stopped}}, seen(target.Creating), target.ActAdvance, 0},
		{"running", target.Course{}, seen(target.Running), target.ActAdvance, 0},
		{"stopped", target.Course{}, seen(target.Stopped), target.ActAdvance, 0},
		{"failing", target.Course{}, seen(target.Failing), target.ActGiveUp, target.Other},
		{"being destroyed", target.Course{}, seen(target.Deleting), target.ActGiveUp, target.Conflict},
		{"unknown: look again", target.Course{Made: true}, seen(target.Unknown), target.ActLook, 0},
		{"unknown: never created again", target.Course{}, seen(target.Unknown), target.ActLook, 0},
		{"created: look", target.Course{}, target.Result{Any: true, Act: target.ActCreate}, target.ActLook, 0},
		{"ready", target.Course{Seen: target.Machine{Phase: target.Running}}, target.Result{Any: true, Act: target.ActAdvance, Done: true}, target.ActDone, 0},
		{"ready, they say, but not seen running", target.Course{Seen: target.Machine{Phase: target.Creating}}, target.Result{Any: true, Act: target.ActAdvance, Done: true}, target.ActLook, 0},
		{"not ready", target.Course{Seen: target.Machine{Phase: target.Running}}, target.Result{Any: true, Act: target.ActAdvance}, target.ActLook, 0},
		{"gone", target.Course{Goal: target.Gone}, seen(target.Absent), target.ActDone, 0},
		{"going", target.Course{Goal: target.Gone}, seen(target.Deleting), target.ActLook, 0},
		{"still running: ask again", target.Course{Goal: target.Gone}, seen(target.Running), target.ActDestroy, 0},
		{"unknown is not gone", target.Course{Goal: target.Gone}, seen(target.Unknown), target.ActLook, 0},
		{"going for long", target.Course{Goal: target.Gone, Since: start.Add(-time.Hour), Seen: target.Machine{Phase: target.Deleting}}, seen(target.Deleting), target.ActGiveUp, target.Timeout},
		{"throttled", target.Course{}, failing(target.ActCreate, target.Throttled), target.ActLook, 0},
		{"unavailable while destroying", target.Course{Goal: target.Gone}, failing(target.ActDestroy, target.Unavailable), target.ActDestroy, 0},
		{"unavailable for long", target.Course{First: start.Add(-time.Hour), Fails: 9}, failing(target.ActLook, target.Unavailable), target.ActGiveUp, target.Unavailable},
		{"credentials", target.Course{}, failing(target.ActLook, target.Credentials), target.ActGiveUp, target.Credentials},
		{"invalid", target.Course{}, failing(target.ActCreate, target.Invalid), target.ActGiveUp, target.Invalid},
		{"quota", target.Course{}, failing(target.ActCreate, target.Quota), target.ActGiveUp, target.Quota},
	} {
		d := target.Decide(start, c.course, c.result, l, never)
		if d.Act != c.want || d.Act == target.ActGiveUp && target.ClassOf(d.Err) != c.class || d.Why == "" || (d.Err != nil) != (d.Act == target.ActGiveUp) {
			t.Errorf("%s: %s (%s, %v), want %s (class %s)", c.name, d.Act, d.Why, d.Err, c.want, c.class)
		}
	}
}

// TG-113: pauses double up to a limit, are spread, are as long as the infrastructure asks.
func TestPauses(t *testing.T) {
	l := target.Limits{Creating: time.Hour, Unknown: time.Hour, First: time.Second, Longest: 8 * time.Second}
	c, pauses := target.Course{Seen: target.Machine{Phase: target.Creating}}, []time.Duration{}
	for range 6 {
		d := target.Decide(start, c, seen(target.Creating), l, never)
		d = target.Decide(start, d.Course, target.Result{Any: true, Act: target.ActAdvance}, l, never)
		c, pauses = d.Course, append(pauses, d.After/time.Second)
	}
	if got := fmt.Sprint(pauses); got != "[1ns 2ns 4ns 8ns 8ns 8ns]" {
		t.Errorf("pauses in seconds: %s", got)
	}
	half := target.Decide(start, c, target.Result{Any: true, Act: target.ActAdvance, Again: 4 * time.Second}, l, func() float64 { return 0.5 })
	if half.After != 3500*time.Millisecond {
		t.Errorf("spread by half of a quarter, 4s are %s", half.After)
	}
	slow := failing(target.ActLook, target.Throttled)
	slow.Err.(*target.Error).Wait = time.Minute
	if d := target.Decide(start, target.Course{}, slow, l, never); d.After != time.Minute {
		t.Errorf("asked to stay away for a minute, it comes after %s", d.After)
	}
	if d := target.Decide(start, target.Course{Fails: 3, First: start}, seen(target.Running), l, never); d.Course.Fails != 0 || !d.Course.First.IsZero() {
		t.Errorf("after a success the failures count on: %+v", d.Course)
	}
}

// Whatever an infrastructure answers: no pause is negative or longer than asked for, absent is all that is created from, certain absence
// all that ends a destruction, and every story ends (TG-112, TG-113).
func TestDecideProperties(t *testing.T) {
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", s)
	chance := rand.New(rand.NewPCG(s, 0))
	l := target.Limits{
		Creating: time.Minute, Stopped: time.Minute, Deleting: time.Minute, Missing: time.Minute, Unknown: time.Minute, Finish: time.Minute,
		First: time.Second, Longest: 10 * time.Second,
	}
	for range 3000 {
		now, c := start, target.Course{Goal: target.Goal(chance.IntN(2)), Made: chance.IntN(2) == 0}
		d := target.Decide(now, c, target.Result{}, l, chance.Float64)
		for n := 0; d.Act != target.ActDone && d.Act != target.ActGiveUp; n++ {
			if n > 100_000 {
				t.Fatal("it never ends")
			}
			r := target.Result{Any: true, Act: d.Act, Done: chance.IntN(9) == 0, Again: time.Duration(chance.IntN(20)) * time.Second}
			if d.Act == target.ActLook {
				r.Machine = target.Machine{Key: key, Phase: target.Phase(chance.IntN(7))}
				if n > 50 { // it settles, on whatever
					r.Machine.Phase = d.Course.Seen.Phase
				}
			}
			if chance.IntN(4) == 0 {
				r = failing(d.Act, target.Class(chance.IntN(9)))
			}
			before := d
			d = target.Decide(now, d.Course, r, l, chance.Float64)
			switch {
			case d.After < 0 || d.After > 20*time.Second:
				t.Fatalf("a pause of %s", d.After)
			case d.Act == target.ActCreate && (r.Err != nil || r.Act != target.ActLook || r.Machine.Phase != target.Absent || before.Course.Made || c.Goal == target.Gone):
				t.Fatalf("created after %+v, %+v", before, r)
			case d.Act == target.ActDestroy && c.Goal == target.Up:
				t.Fatalf("destroyed what is wanted, after %+v", r)
			case d.Act == target.ActDone && c.Goal == target.Gone && (r.Err != nil || r.Machine.Phase != target.Absent):
				t.Fatalf("gone, after %+v", r)
			}
			now = now.Add(d.After + 50*time.Millisecond)
		}
	}
}

// TG-115: names are legal, short, apart.
func TestNames(t *testing.T) {
	names := map[string]target.Key{}
	for _, k := range []target.Key{
		key,
		{Domain: "default", App: "lamp", Scope: "/apache-vm", Gen: 3},
		{Domain: "d2", App: "lamp", Scope: "/apache-vm", Gen: 2},
		{Domain: "default", App: "lamp", Scope: "/apache/vm", Gen: 2},
		{Domain: "default", App: "lam", Scope: "p/apache-vm", Gen: 2},
		{Domain: "default", App: "42", Scope: "/été à la mer", Gen: 1},
		{Domain: "default", App: "", Scope: "", Gen: 0},
		{Domain: "default", App: "lamp", Scope: "/" + strings.Repeat("long", 50) + "a", Gen: 1},
		{Domain: "default", App: "lamp", Scope: "/" + strings.Repeat("long", 50) + "b", Gen: 1},
	} {
		for _, limit := range []int{9, 10, 15, 24, 63} {
			name := k.Name(limit)
			if len(name) > limit || name != strings.Trim(name, "-") || strings.ContainsFunc(name, odd) || name[0] < 'a' || name[0] > 'z' {
				t.Errorf("%s within %d: %q", k, limit, name)
			}
		}
		name := k.Name(63)
		if other, taken := names[name]; taken {
			t.Errorf("%s, %s are both called %s", k, other, name)
		}
		names[name] = k
	}
	if got := key.Name(63); !strings.HasPrefix(got, "lamp-apache-vm-") || len(got) != len("lamp-apache-vm-")+8 {
		t.Errorf("the name is %q", got)
	}
}

func odd(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') }

// TG-140: a key is found again from its labels; labels of others are not taken for ours.
func TestLabels(t *testing.T) {
	labels := key.Labels()
	if got, ours := target.KeyOf(labels); !ours || got != key {
		t.Errorf("read back: %+v, %v", got, ours)
	}
	for name := range labels {
		changed := key.Labels()
		changed[name] += "x"
		if k, ours := target.KeyOf(changed); ours {
			t.Errorf("with %s changed, it is %s", name, k)
		}
	}
}

func FuzzLabels(f *testing.F) {
	f.Add("default", "lamp", "/vm", 1)
	f.Add("a", "", "/", -1)
	f.Fuzz(func(t *testing.T, domain, app, scope string, gen int) {
		k := target.Key{Domain: domain, App: app, Scope: scope, Gen: gen}
		if got, ours := target.KeyOf(k.Labels()); ours != (app != "" && scope != "") || ours && got != k {
			t.Errorf("%q is read back as %q, %v", k, got, ours)
		}
		for _, limit := range []int{9, 20, 63} {
			if name := k.Name(limit); len(name) > limit || name == "" || strings.ContainsFunc(name, odd) {
				t.Errorf("a name within %d: %q", limit, name)
			}
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	l, c := target.DefaultLimits(), target.Course{}
	for b.Loop() {
		c = target.Decide(start, c, seen(target.Creating), l, never).Course
	}
}
