package targettest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/roboconf/workbench/runtime/target"
)

func comesUp(b *bench) {
	s := b.spec("/vm", 1)
	told, kept := 0, ""
	o := b.Options
	o.Created = func(m target.Machine) error { kept = m.ID; return nil }
	o.Tell = func(target.Progress) { told++ }
	m, err := target.Converge(b.ctx(), b.New(b.T), s, target.Up, o)
	if err != nil || m.Phase != target.Running {
		b.Fatalf("the machine is %s: %v", m.Phase, err)
	}
	if kept != m.ID || told < 3 {
		b.Errorf("the id that was told is %q, the machine's is %q; %d steps were told", kept, m.ID, told)
	}
	again := b.up(s)
	if again.ID != m.ID || again.Address != m.Address {
		b.Errorf("the same machine is %+v, then %+v", m, again)
	}
	b.down(s)
	b.nothingLeft()
}

func createdTwice(b *bench) {
	s, ctx := b.spec("/vm", 1), b.ctx()
	first, err := b.New(b.T).Create(ctx, s)
	if err != nil {
		b.Fatalf("create: %v", err)
	}
	second, err := b.New(b.T).Create(ctx, s)
	if err != nil {
		b.Fatalf("create again: %v", err)
	}
	m := b.up(s)
	third, err := b.New(b.T).Create(ctx, s)
	if err != nil {
		b.Fatalf("create what runs: %v", err)
	}
	for _, other := range []target.Machine{second, m, third} {
		if first.ID == "" || other.ID != first.ID {
			b.Errorf("one key gave the machines %q, %q", first.ID, other.ID)
		}
	}
	b.list(1)
	b.down(s)
	b.nothingLeft()
}

func createdAtOnce(b *bench) {
	const callers = 8
	s, ctx := b.spec("/vm", 1), b.ctx()
	handlers := []target.Handler{b.New(b.T), b.New(b.T)}
	ids, errs := make([]string, callers), make([]error, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			var m target.Machine
			m, errs[i] = handlers[i%len(handlers)].Create(ctx, s)
			ids[i] = m.ID
		})
	}
	all.Wait()
	m := b.up(s)
	for i := range callers {
		// A call may be refused while another one is at it; it may not make a second machine.
		if errs[i] == nil && ids[i] != m.ID || errs[i] != nil && !target.MayRetry(errs[i]) {
			b.Errorf("caller %d got %q, %v; the machine is %s", i, ids[i], errs[i], m.ID)
		}
	}
	b.list(1)
	b.down(s)
	b.nothingLeft()
}

func destroyedTwice(b *bench) {
	s, ctx := b.spec("/vm", 1), b.ctx()
	if err := b.New(b.T).Destroy(ctx, s); err != nil {
		b.Errorf("destroy what never was: %v", err)
	}
	s.ID = b.up(s).ID
	b.down(s)
	for range 2 {
		if err := b.New(b.T).Destroy(ctx, s); err != nil {
			b.Errorf("destroy what is gone: %v", err)
		}
	}
	m, err := b.New(b.T).Observe(ctx, s)
	if err != nil || m.Phase != target.Absent || m.Key != s.Key {
		b.Errorf("what is gone is %+v, %v", m, err)
	}
	b.nothingLeft()
}

func destroyedWhileCreated(b *bench) {
	ctx := b.ctx()
	for n := range 5 {
		s := b.spec(fmt.Sprintf("/vm%d", n), 1)
		var both sync.WaitGroup
		both.Go(func() {
			_, err := b.New(b.T).Create(ctx, s)
			if err != nil && !target.MayRetry(err) {
				b.Errorf("create while it is destroyed: %v", err)
			}
		})
		both.Go(func() {
			if err := b.New(b.T).Destroy(ctx, s); err != nil && !target.MayRetry(err) {
				b.Errorf("destroy while it is created: %v", err)
			}
		})
		both.Wait()
		b.down(s)
	}
	s := b.spec("/vm", 1)
	if _, err := b.New(b.T).Create(ctx, s); err != nil {
		b.Fatal(err)
	}
	b.down(s) // it never had the time to run
	b.nothingLeft()
}

func generations(b *bench) {
	one, two := b.spec("/vm", 1), b.spec("/vm", 2)
	first := b.up(one)
	second := b.up(two)
	if first.ID == second.ID {
		b.Errorf("two generations are one machine, %s", first.ID)
	}
	b.list(2)
	b.down(one)
	if m := b.list(1)[0]; m.Key != two.Key || m.ID != second.ID {
		b.Errorf("the second generation is %+v after the first was destroyed", m)
	}
	b.up(two)
	b.down(two)
	b.nothingLeft()
}

func nested(b *bench) {
	outer, inner := b.spec("/vm", 1), b.spec("/vm/docker", 1)
	h := b.New(b.T)
	if !h.Describe().Nested {
		_, err := h.Create(b.ctx(), inner)
		b.wantClass(err, target.Invalid, inner.Key.Scope)
		b.nothingLeft()
		return
	}
	if a, c := b.up(outer), b.up(inner); a.ID == c.ID {
		b.Errorf("a machine on a machine is the same machine, %s", a.ID)
	}
	b.down(inner)
	b.up(outer)
	b.down(outer)
	b.nothingLeft()
}

func lists(b *bench) {
	scopes := []string{"/vm", "/vm2", "/Vm with blanks, \"quotes\" 'n accents é", "/" + strings.Repeat("long", 40)}
	want := map[target.Key]string{}
	var specs []target.Spec
	for _, scope := range scopes {
		s := b.spec(scope, 3)
		want[s.Key] = b.up(s).ID
		specs = append(specs, s)
	}
	other := b.spec("/vm", 3)
	other.Key.Domain = "elsewhere"
	otherID := b.up(other).ID
	for _, m := range b.list(len(scopes)) {
		if want[m.Key] != m.ID || m.Phase != target.Running {
			b.Errorf("listed: %+v; want one of %v", m, want)
		}
	}
	everything, err := b.New(b.T).List(b.ctx(), b.Properties, "")
	if err != nil || len(everything) != len(scopes)+1 {
		b.Errorf("all domains together have %d machines, %v", len(everything), err)
	}
	elsewhere, err := b.New(b.T).List(b.ctx(), b.Properties, "elsewhere")
	if err != nil || len(elsewhere) != 1 || elsewhere[0].ID != otherID || elsewhere[0].Key != other.Key {
		b.Errorf("the other domain has %+v, %v", elsewhere, err)
	}
	for _, s := range append(specs, other) {
		b.down(s)
	}
	b.nothingLeft()
}

func userData(b *bench) {
	if b.UserData == nil {
		b.Skip("this infrastructure gives no user data")
	}
	s := b.spec("/vm", 1)
	s.UserData += "quotes = ' \" ` $(rm -rf /tmp/x) ${HOME} \\: \\\\\r\ntab\there = é ☃ \U0001F600\n# " + strings.Repeat("0123456789abcdef", 512) + "\nno end of line"
	m := b.up(s)
	if got := b.UserData(b.T, m); got != s.UserData {
		b.Errorf("the agent reads %q, it was told %q", got, s.UserData)
	}
	b.down(s)
	b.nothingLeft()
}

func blind(b *bench) {
	if b.Blind == nil {
		b.Skip("the way to this infrastructure cannot be cut")
	}
	s := b.spec("/vm", 1)
	s.ID = b.up(s).ID
	properties, see := b.Fixture.Blind(b.T)
	if properties == nil {
		properties = b.Properties
	}
	cut := s
	cut.Properties = properties
	h := b.New(b.T)
	if m, err := h.Observe(b.ctx(), cut); err == nil || m.Phase != target.Unknown {
		b.Errorf("nobody could look, yet the machine is %s, %v", m.Phase, err)
	}
	if all, err := h.List(b.ctx(), properties, domain); err == nil {
		b.Errorf("nobody could look, yet the list is %+v", all)
	}
	if err := h.Destroy(b.ctx(), cut); err == nil {
		b.Error("nobody could ask, yet the machine is destroyed")
	}
	see()
	if m := b.up(s); m.ID != s.ID {
		b.Errorf("after it could be seen again, the machine is another one: %s, %s", s.ID, m.ID)
	}
	b.down(s)
	b.nothingLeft()
}

func cancelled(b *bench) {
	s := b.spec("/vm", 1)
	s.ID = b.up(s).ID
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h := b.New(b.T)
	if m, err := h.Observe(ctx, s); err == nil && m.Phase != target.Running || err != nil && m.Phase != target.Unknown {
		b.Errorf("a look that was cancelled says %s, %v", m.Phase, err)
	}
	for _, goal := range []target.Goal{target.Up, target.Gone} {
		if _, err := target.Converge(ctx, h, s, goal, b.Options); err == nil {
			b.Errorf("a convergence to %s that was cancelled says nothing", goal)
		}
	}
	b.up(s)
	b.down(s)
	b.nothingLeft()
}

func classes(b *bench) {
	for _, class := range []target.Class{
		target.Credentials, target.Quota, target.NotFound, target.Conflict, target.Invalid, target.Throttled, target.Unavailable, target.Timeout,
	} {
		provoke := b.Failures[class]
		if provoke == nil {
			continue
		}
		b.Run(class.String(), func(t *testing.T) {
			in := &bench{T: t, Fixture: b.Fixture}
			s := in.spec("/vm", 1)
			properties, undo := provoke(t)
			if properties != nil {
				s.Properties = properties
			}
			_, err := in.New(t).Create(in.ctx(), s)
			in.wantClass(err, class, s.Key.Scope)
			undo()
			s.Properties = in.Properties
			in.down(s)
			in.nothingLeft()
		})
	}
}

func stops(b *bench) {
	if b.Stop == nil {
		b.Skip("nobody stops a machine here")
	}
	s := b.spec("/vm", 1)
	s.ID = b.up(s).ID
	b.Stop(b.T, s)
	m, err := b.New(b.T).Observe(b.ctx(), s)
	if err != nil || m.Phase != target.Stopped || m.ID != s.ID {
		b.Errorf("the stopped machine is %+v, %v", m, err)
	}
	if m := b.up(s); m.ID != s.ID {
		b.Errorf("the machine came back as another one: %s, %s", s.ID, m.ID)
	}
	b.down(s)
	b.nothingLeft()
}

func cleans(b *bench) {
	for n := range 5 {
		if _, err := b.New(b.T).Create(b.ctx(), b.spec(fmt.Sprintf("/vm%d", n), 1)); err != nil {
			b.Fatal(err)
		}
	}
	for _, m := range b.list(5) {
		// All that is known is what the list says, as after the loss of the manager's memory.
		b.down(target.Spec{Key: m.Key, ID: m.ID, Properties: b.Properties})
	}
	b.nothingLeft()
}
