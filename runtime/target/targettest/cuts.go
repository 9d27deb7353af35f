package targettest

import (
	"fmt"
	"testing"

	"github.com/roboconf/workbench/runtime/target"
)

// restarts makes every call with another handler: nothing may be in a memory (TG-111).
func restarts(b *bench) {
	s := b.spec("/vm", 1)
	forgetful := &forgetful{b}
	m, err := target.Converge(b.ctx(), forgetful, s, target.Up, b.Options)
	if err != nil || m.Phase != target.Running {
		b.Fatalf("with a new handler for each call, the machine is %s: %v", m.Phase, err)
	}
	b.list(1)
	if m, err = target.Converge(b.ctx(), forgetful, s, target.Gone, b.Options); err != nil || m.Phase != target.Absent {
		b.Fatalf("with a new handler for each call, the machine is %s at the end: %v", m.Phase, err)
	}
	b.nothingLeft()
}

// cuts lets a process die before each step of each operation; another one must find its way, up or down, and leave nothing.
func cuts(b *bench) {
	if b.Dying == nil {
		b.Skip("only whole calls are cut here")
	}
	const tooMany = 60
	for _, c := range []struct {
		op   Op
		goal target.Goal
	}{{OpCreate, target.Up}, {OpCreate, target.Gone}, {OpAdvance, target.Up}, {OpAdvance, target.Gone}, {OpDestroy, target.Gone}} {
		b.Run(fmt.Sprintf("%s, then %s", c.op, c.goal), func(t *testing.T) {
			in := &bench{T: t, Fixture: b.Fixture}
			for n := 0; ; n++ {
				if n == tooMany {
					t.Fatalf("%s has more than %d steps", c.op, tooMany)
				}
				if !in.cut(n, c.op, c.goal) {
					return
				}
			}
		})
	}
}

// cut says whether the process died before the operation was over.
func (b *bench) cut(n int, op Op, goal target.Goal) bool {
	b.Helper()
	s := b.spec(fmt.Sprintf("/vm%d", n), 1)
	switch op {
	case OpAdvance:
		if _, err := b.New(b.T).Create(b.ctx(), s); err != nil {
			b.Fatalf("cut %d: create: %v", n, err)
		}
		if b.Stop != nil {
			b.up(s)
			b.Stop(b.T, s)
		}
	case OpDestroy:
		b.up(s)
	}
	died := b.Dying(b.T, n, op, s)
	m, err := b.New(b.T).Observe(b.ctx(), s)
	if err != nil {
		b.Errorf("cut %d of %s: nobody can tell where the machine is: %v", n, op, err)
	}
	if m.Phase != target.Absent && m.Phase != target.Unknown {
		b.list(1) // what can be seen can be found by label
	}
	if goal == target.Up {
		b.up(s)
		b.list(1)
	}
	b.down(s)
	b.nothingLeft()
	if b.Failed() {
		b.Fatalf("cut %d of %s", n, op)
	}
	return died
}
