package targettest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/fake"
	"github.com/roboconf/workbench/runtime/target/targettest"
)

// bugVariable makes TestFixture hold a handler with a bug against the contract.
const bugVariable = "TARGETTEST_BUG"

// broken is a handler with one bug.
type broken struct {
	target.Handler
	bug  string
	mine map[target.Key]bool // what a handler must not have: a memory
}

var creations atomic.Int64

func (b *broken) Create(ctx context.Context, s target.Spec) (target.Machine, error) {
	given := s
	switch b.bug {
	case "makes a second machine":
		s.Key.Gen += 100 * int(creations.Add(1)-1)
	case "changes the user data":
		s.UserData = strings.ReplaceAll(s.UserData, "\r\n", "\n")
	case "has a memory":
		b.mine[s.Key] = true
	}
	m, err := b.Handler.Create(ctx, s)
	m.Key = given.Key
	var e *target.Error
	if errors.As(err, &e) {
		switch b.bug {
		case "knows no classes":
			e.Class = target.Other
		case "tells secrets":
			e.Err = fmt.Errorf("%w: %s", e.Err, given.UserData)
		}
	}
	return m, err
}

func (b *broken) Observe(ctx context.Context, s target.Spec) (target.Machine, error) {
	m, err := b.Handler.Observe(ctx, s)
	switch {
	case b.bug == "takes unknown for absent" && err != nil, b.bug == "has a memory" && !b.mine[s.Key]:
		return target.Machine{Key: s.Key, Phase: target.Absent}, nil
	}
	return m, err
}

func (b *broken) Advance(ctx context.Context, s target.Spec, seen target.Machine) (bool, time.Duration, error) {
	if b.bug == "never starts again" && seen.Phase == target.Stopped {
		return false, 0, &target.Error{Op: "advance", Scope: s.Key.Scope, Class: target.Invalid, Err: errors.New("it stopped")}
	}
	return b.Handler.Advance(ctx, s, seen)
}

func (b *broken) Destroy(ctx context.Context, s target.Spec) error {
	switch b.bug {
	case "destroys once":
		if m, err := b.Handler.Observe(ctx, s); err == nil && m.Phase == target.Absent {
			return &target.Error{Op: "destroy", Scope: s.Key.Scope, Class: target.NotFound, Err: errors.New("no such machine")}
		}
	case "destroys what was never asked for":
		for gen := range 5 {
			s.Key.Gen = gen
			if err := b.Handler.Destroy(ctx, s); err != nil {
				return err
			}
		}
	}
	return b.Handler.Destroy(ctx, s)
}

func (b *broken) List(ctx context.Context, properties map[string]string, domain string) ([]target.Machine, error) {
	switch b.bug {
	case "lists everybody's":
		domain = ""
	case "lists without labels":
		all, err := b.Handler.List(ctx, properties, domain)
		for n := range all {
			all[n].Key.Scope = ""
		}
		return all, err
	}
	return b.Handler.List(ctx, properties, domain)
}

func (b *broken) Check(properties map[string]string) []target.Finding {
	if b.bug == "checks nothing" {
		return nil
	}
	return b.Handler.Check(properties)
}

func (b *broken) Probe(ctx context.Context, properties map[string]string) error {
	if b.bug == "creates to probe" {
		_, err := b.Handler.Create(ctx, target.Spec{Key: target.Key{Domain: "contract", App: "probe", Scope: "/probe"}, Properties: properties})
		return err
	}
	return b.Handler.Probe(ctx, properties)
}

func (b *broken) Describe() target.Description {
	d := b.Handler.Describe()
	if b.bug == "describes less than it reads" {
		d.Properties = slices.DeleteFunc(d.Properties, func(p target.Property) bool { return p.Key == "fake.image" })
	}
	return d
}

// bugs, with a word of the part of the contract that must find each.
var bugs = map[string]string{
	"makes a second machine": "one_machine", "changes the user data": "byte_for_byte", "has a memory": "any_handler", "knows no classes": "have_their_class",
	"tells secrets": "have_their_class", "takes unknown for absent": "unknown_is_not_absent", "never starts again": "runs_again", "destroys once": "destroyed_twice",
	"destroys what was never asked for": "another_machine", "lists everybody's": "by_domain", "lists without labels": "by_domain", "checks nothing": "refuses_what",
	"creates to probe": "probe_creates_nothing", "describes less than it reads": "describes_what_it_reads",
}

// The contract finds every one of these bugs: a suite that cannot fail proves nothing.
func TestContractFindsBugs(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, bug := range slices.Sorted(maps.Keys(bugs)) {
		t.Run(bug, func(t *testing.T) {
			cmd := exec.Command(self, "-test.run=^TestFixture$", "-test.timeout=60s")
			cmd.Env = append(os.Environ(), bugVariable+"="+bug, "GORACE=atexit_sleep_ms=0")
			out, err := cmd.CombinedOutput()
			found := slices.ContainsFunc(strings.Split(string(out), "\n"), func(l string) bool {
				return strings.Contains(l, "--- FAIL: TestFixture/") && strings.Contains(l, bugs[bug])
			})
			if err == nil || !found {
				t.Errorf("a handler that %s passes (%v):\n%s", bug, err, out)
			}
		})
	}
}

// TestFixture holds the fake against the contract; with a bug when it is asked for.
func TestFixture(t *testing.T) {
	bug := os.Getenv(bugVariable)
	targettest.Run(t, func(*testing.T) targettest.Fixture {
		i := fake.New(fake.Script{Boot: time.Second, Parts: 1, Quota: 50})
		creations.Store(0)
		return targettest.Fixture{
			New: func(*testing.T) target.Handler {
				return &broken{Handler: i.Handler(), bug: bug, mine: map[target.Key]bool{}}
			},
			Properties: map[string]string{"fake.image": "debian"}, Options: i.Options(), Sources: "../fake",
			UserData: func(_ *testing.T, m target.Machine) string { return i.UserData(m.Key) },
			Left:     func(*testing.T) []string { return i.Left() },
			Blind: func(*testing.T) (map[string]string, func()) {
				i.Blind(true)
				return nil, func() { i.Blind(false) }
			},
			Failures: map[target.Class]func(*testing.T) (map[string]string, func()){
				target.Quota: func(*testing.T) (map[string]string, func()) {
					return map[string]string{"fake.image": "debian", "fake.size": "99"}, func() {}
				},
			},
			Stop: func(t *testing.T, s target.Spec) {
				if !i.Kill(s.Key, target.Stopped, "") {
					t.Errorf("there is no machine %s", s)
				}
			},
		}
	})
}
