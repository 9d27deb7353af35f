// Package targettest is the contract of targets as a test: every kind of infrastructure runs it (targets.md 16.2).
package targettest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// Fixture is one infrastructure, with nothing of ours in it.
type Fixture struct {
	// New gives a handler that remembers nothing, as after a restart; the infrastructure stays what it is.
	New func(t *testing.T) target.Handler
	// Properties make a machine that comes up.
	Properties map[string]string
	// Options are the clock, the limits of convergences; the zero value for real time.
	Options target.Options
	// UserData is what the agent of a running machine reads.
	UserData func(t *testing.T, m target.Machine) string
	// Left names whatever is in the infrastructure, labelled or not.
	Left func(t *testing.T) []string
	// Sources is the folder of the handler's Go files.
	Sources string

	// Blind cuts the way to the infrastructure until see is called; with other properties where that is the way. nil: it cannot be cut.
	Blind func(t *testing.T) (properties map[string]string, see func())
	// Failures provoke classes of errors at creation, until undo is called.
	Failures map[target.Class]func(t *testing.T) (properties map[string]string, undo func())
	// Dying does an operation in a process that dies before its n-th step outside; false when it came to its end before. nil: only whole
	// calls are cut.
	Dying func(t *testing.T, n int, op Op, s target.Spec) (died bool)
	// Stop stops a running machine behind our back. nil: it cannot be.
	Stop func(t *testing.T, s target.Spec)
}

// Op is an operation that Dying cuts.
type Op string

// The operations.
const (
	OpCreate  Op = "create"
	OpAdvance Op = "advance"
	OpDestroy Op = "destroy"
)

// Do does an operation: what a process of Dying calls.
func Do(ctx context.Context, h target.Handler, op Op, s target.Spec) error {
	var err error
	switch op {
	case OpCreate:
		_, err = h.Create(ctx, s)
	case OpAdvance:
		var seen target.Machine
		if seen, err = h.Observe(ctx, s); err == nil {
			_, _, err = h.Advance(ctx, s, seen)
		}
	case OpDestroy:
		err = h.Destroy(ctx, s)
	default:
		err = fmt.Errorf("nobody knows the operation %q", op)
	}
	return err
}

// Run holds a handler against the contract. Each part asks for an infrastructure of its own.
func Run(t *testing.T, fresh func(t *testing.T) Fixture) {
	for _, part := range []struct {
		name string
		test func(*bench)
	}{
		{"TG-110 describes what it reads", describes},
		{"TG-110 reads nothing else", readsNothingElse},
		{"TG-110 refuses what is wrong", refuses},
		{"TG-110 probe creates nothing", probes},
		{"TG-110 comes up", comesUp},
		{"TG-110 created twice is one machine", createdTwice},
		{"LC-135 concurrent creations are one machine", createdAtOnce},
		{"TG-110 destroyed twice is a success", destroyedTwice},
		{"TG-110 destroyed while it is created", destroyedWhileCreated},
		{"MG-48 a new generation is another machine", generations},
		{"TG-35 nested machines", nested},
		{"TG-140 labels are complete, lists are by domain", lists},
		{"TG-40 the agent reads its user data byte for byte", userData},
		{"TG-111 any handler goes on", restarts},
		{"TG-120 cut between any two steps", cuts},
		{"TG-112 unknown is not absent", blind},
		{"TG-112 a call that was cancelled tells nothing", cancelled},
		{"TG-114 errors have their class", classes},
		{"TG-111 a machine that stopped runs again", stops},
		{"TG-143 list, clean, nothing is left", cleans},
	} {
		t.Run(part.name, func(t *testing.T) {
			b := &bench{T: t, Fixture: fresh(t)}
			part.test(b)
		})
	}
}

// bench is what the parts of the contract stand on.
type bench struct {
	*testing.T
	Fixture
}

const (
	domain  = "contract"
	secret  = "s3cret-of-the-user-data"
	patient = 2 * time.Minute // a test that waits longer is stuck
)

func (b *bench) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	b.Cleanup(cancel)
	return ctx
}

func (b *bench) spec(scope string, gen int) target.Spec {
	return target.Spec{
		Key:        target.Key{Domain: domain, App: "lamp", Scope: scope, Gen: gen},
		Component:  "VM",
		Properties: b.Properties,
		UserData:   "application.name = lamp\nscoped.instance.path = " + scope + "\npassword = " + secret + "\n",
	}
}

// up brings a machine up with a handler of its own.
func (b *bench) up(s target.Spec) target.Machine {
	b.Helper()
	m, err := target.Converge(b.ctx(), b.New(b.T), s, target.Up, b.Options)
	if err != nil {
		b.Fatalf("create the machine %s: %v", s, err)
	}
	if m.Phase != target.Running || m.ID == "" || m.Key != s.Key {
		b.Fatalf("the machine %s came up as %+v", s, m)
	}
	return m
}

// down ends a machine with a handler of its own.
func (b *bench) down(s target.Spec) {
	b.Helper()
	m, err := target.Converge(b.ctx(), b.New(b.T), s, target.Gone, b.Options)
	if err != nil {
		b.Fatalf("destroy the machine %s: %v", s, err)
	}
	if m.Phase != target.Absent {
		b.Fatalf("the destroyed machine %s is %s", s, m.Phase)
	}
}

// list waits until lists that lag behind have settled, then gives what is there.
func (b *bench) list(want int) []target.Machine {
	b.Helper()
	h, ctx := b.New(b.T), b.ctx()
	var all []target.Machine
	for range 200 {
		var err error
		if all, err = h.List(ctx, b.Properties, domain); err != nil {
			b.Fatalf("list: %v", err)
		}
		if len(all) == want {
			return all
		}
		b.wait()
	}
	b.Fatalf("want %d machines, there are %+v", want, all)
	return nil
}

// wait lets a moment pass: a short one on the real clock, a second on that of a fixture.
func (b *bench) wait() {
	b.Helper()
	pause, moment := b.Options.Pause, time.Second
	if pause == nil {
		pause, moment = target.Pause, 10*time.Millisecond
	}
	if err := pause(b.ctx(), moment); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) nothingLeft() {
	b.Helper()
	b.list(0)
	var left []string
	for range 200 { // what is being deleted, seen by nobody, is gone soon
		if left = b.Left(b.T); len(left) == 0 {
			return
		}
		b.wait()
	}
	b.Errorf("left behind: %s", strings.Join(left, ", "))
}

// wantClass holds an error against what TG-114 asks of every error.
func (b *bench) wantClass(err error, want target.Class, scope string) {
	b.Helper()
	var e *target.Error
	if !errors.As(err, &e) {
		b.Errorf("want an error of class %s, got %T: %v", want, err, err)
		return
	}
	if e.Class != want || e.Op == "" || e.Err == nil || e.Scope != scope {
		b.Errorf("want class %s, an operation, %s, a reason; got %+v", want, scope, e)
	}
	if strings.Contains(err.Error(), secret) {
		b.Errorf("the error tells the user data: %v", err)
	}
}
