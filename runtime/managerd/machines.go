package managerd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/userdata"
)

// How long things may take that are not limited by target.Limits.
const (
	lookLimit    = 30 * time.Second // one look at a machine
	accountLimit = 30 * time.Second // a user of the broker made or removed
	queueLimit   = 10 * time.Second // the queue of an agent that is gone deleted
)

// yard makes machines, ends them, looks at them: outside the loop, a bounded number at a time, one thing at a time for one machine (LC-134,
// LC-135, D-29). What comes of it is posted as an event.
type yard struct {
	domain  string
	targets *target.Registry
	broker  way // guarded by mu: a switch replaces it
	agent   map[string]string
	seed    []byte // passwords are derived from it
	secret  func(name string) (string, error)
	scripts func(m manager.Machine) string // the folder of a target's scripts; "" for none
	options target.Options
	log     *slog.Logger
	post    func(mind.Event)
	queue   func(ctx context.Context, app, scope string) error // deletes an agent's queue

	making chan struct{} // room for those that make or look
	ending chan struct{} // room for those that end: what hangs while it is made must not keep another machine alive
	work   sync.WaitGroup
	mu     sync.Mutex
	jobs   map[target.Key]*job
}

// job is what is going on for one machine.
type job struct {
	ends   bool // it ends the machine
	cancel context.CancelFunc
	done   chan struct{}
}

func (y *yard) key(m manager.Machine) target.Key {
	return target.Key{Domain: y.domain, App: m.App, Scope: m.Path, Gen: m.Gen}
}

// start runs something for a machine on a goroutine of its own, after what goes on for that machine: that is cancelled first when the machine
// is to end (TG-34).
func (y *yard) start(ctx context.Context, m manager.Machine, ends bool, do func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	next := &job{ends: ends, cancel: cancel, done: make(chan struct{})}
	key := y.key(m)
	y.mu.Lock()
	before := y.jobs[key]
	y.jobs[key] = next
	y.mu.Unlock()
	if before != nil && ends && !before.ends {
		before.cancel()
	}
	y.work.Go(func() {
		defer func() {
			cancel()
			y.mu.Lock()
			if y.jobs[key] == next {
				delete(y.jobs, key)
			}
			y.mu.Unlock()
			close(next.done)
		}()
		if before != nil {
			<-before.done // it was cancelled, or is limited: see target.Limits
		}
		room := y.making
		if ends {
			room = y.ending
		}
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
			do(ctx)
		case <-ctx.Done():
		}
	})
}

// wait waits until nothing goes on any more; the caller has ended the context of every start.
func (y *yard) wait() { y.work.Wait() }

// create makes a machine, then configures it (LC-81). After a restart of the manager it goes on where it was: the same key gives the same
// machine.
func (y *yard) create(ctx context.Context, m manager.Machine) {
	y.start(ctx, m, false, func(ctx context.Context) {
		known := m.MachineID != ""
		tell := func(id string, err error) {
			switch {
			case ctx.Err() != nil && err != nil: // the manager stops, or the machine is to end: who asks next goes on from here
			case !known:
				known = err == nil
				y.post(manager.MachineCreated{App: m.App, Path: m.Path, Gen: m.Gen, MachineID: id, Error: words(err)})
			case err != nil:
				y.post(manager.MachineConfigured{App: m.App, Path: m.Path, Gen: m.Gen, Error: words(err)})
			}
		}
		handler, spec, err := y.spec(m)
		if err == nil {
			spec.UserData, err = y.userData(ctx, spec.Key)
		}
		if err != nil {
			tell("", err)
			return
		}
		o := y.observed(m)
		o.Made = known
		o.Created = func(made target.Machine) error {
			tell(made.ID, nil)
			return nil
		}
		made, err := target.Converge(ctx, handler, spec, target.Up, o)
		if err == nil {
			err = y.configure(ctx, m, spec, made)
		}
		if err != nil {
			tell("", err)
			return
		}
		y.post(manager.MachineConfigured{App: m.App, Path: m.Path, Gen: m.Gen})
	})
}

// observed are the options of a convergence that tells what it does.
func (y *yard) observed(m manager.Machine) target.Options {
	o := y.options
	o.Tell = func(p target.Progress) {
		y.log.Debug("machine", "app", m.App, "instance", m.Path, "act", p.Act.String(), "phase", p.Machine.Phase.String(), "why", p.Why)
	}
	return o
}

// spec finds the handler of a machine, resolves the secrets that its properties refer to (TG-161).
func (y *yard) spec(m manager.Machine) (target.Handler, target.Spec, error) {
	spec := target.Spec{Key: y.key(m), Component: m.Component, ID: m.MachineID, Properties: maps.Clone(m.Properties)}
	if y.targets == nil {
		return nil, spec, errors.New("this manager has no kind of target at all")
	}
	handler, err := y.targets.Handler(m.Handler)
	if err != nil {
		return nil, spec, err
	}
	for key, value := range spec.Properties {
		if spec.Properties[key], err = resolve(value, y.secret); err != nil {
			return nil, spec, fmt.Errorf("read the property %s of the target %s: %w", key, m.Target, err)
		}
	}
	return handler, spec, nil
}

// userData is what the agent of a machine is told (MS-43). Where agents have accounts of their own, that of the machine is there before it.
func (y *yard) userData(ctx context.Context, key target.Key) (string, error) {
	to := y.way()
	if err := y.admit(ctx, to, key); err != nil {
		return "", err
	}
	return userdata.Format(y.data(to, key)), nil
}

// data is what an agent is told of a way to the broker.
func (y *yard) data(to way, key target.Key) userdata.Data {
	d := userdata.Data{Domain: key.Domain, App: key.App, Scope: key.Scope, Broker: to.settings, Agent: y.agent}
	if to.accounts != nil {
		a := account(y.seed, key)
		d.Broker.User, d.Broker.Password = a.Name, a.Password
	}
	return d
}

// admit makes the account of an agent be there.
func (y *yard) admit(ctx context.Context, to way, key target.Key) error {
	if to.accounts == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, accountLimit)
	defer cancel()
	if err := to.accounts.Ensure(ctx, account(y.seed, key)); err != nil {
		return fmt.Errorf("make the broker's account of %s: %w", key.Scope, err)
	}
	return nil
}

// terminate ends a machine, with the account and the queue of its agent (LC-82). A machine that was never made is ended all the same: a
// creation may have been on its way when the manager died.
func (y *yard) terminate(ctx context.Context, m manager.TerminateMachine) {
	y.start(ctx, m.Machine, true, func(ctx context.Context) {
		handler, spec, err := y.spec(m.Machine)
		if err == nil {
			_, err = target.Converge(ctx, handler, spec, target.Gone, y.observed(m.Machine))
		}
		if ctx.Err() != nil {
			return // the manager stops; after its restart this is asked again
		}
		if err == nil {
			y.forget(ctx, spec.Key, m.Stray)
		}
		y.post(manager.MachineTerminated{App: m.App, Path: m.Path, Gen: m.Gen, Error: words(err)})
	})
}

// forget removes what the broker has of an agent whose machine is gone. A broker that is away does not keep a machine from being gone: queues
// expire by themselves (MS-70).
func (y *yard) forget(ctx context.Context, key target.Key, stray bool) {
	if stray {
		return // the path may have another machine, whose they are
	}
	if accounts := y.way().accounts; accounts != nil {
		within, cancel := context.WithTimeout(ctx, queueLimit)
		if err := accounts.Remove(within, account(y.seed, key).Name); err != nil {
			y.log.Warn("remove the broker's account of an agent", "app", key.App, "instance", key.Scope, "error", err)
		}
		cancel()
	}
	within, cancel := context.WithTimeout(ctx, queueLimit)
	defer cancel()
	if err := y.queue(within, key.App, key.Scope); err != nil {
		y.log.Warn("delete the queue of an agent", "app", key.App, "instance", key.Scope, "error", err)
	}
}

// query looks whether a machine runs (LC-96, LC-112). Only one that is certainly gone counts as dead: a failure to ask is no answer, a machine
// that was stopped is still there (TG-112). Where the handler can start it again, that is tried.
func (y *yard) query(ctx context.Context, m manager.Machine) {
	y.start(ctx, m, false, func(ctx context.Context) {
		handler, spec, err := y.spec(m)
		var seen target.Machine
		if err == nil { // a broker that lost its users must not keep agents out
			err = y.admit(ctx, y.way(), spec.Key)
		}
		if err == nil {
			within, cancel := context.WithTimeout(ctx, lookLimit)
			seen, err = handler.Observe(within, spec)
			cancel()
		}
		if ctx.Err() != nil {
			return
		}
		answer := manager.CannotTell
		switch {
		case err != nil:
			y.log.Warn("look at a machine", "app", m.App, "instance", m.Path, "error", err)
		case seen.Phase == target.Absent:
			answer = manager.NotRunning
		case seen.Phase == target.Running:
			answer = manager.IsRunning
		}
		y.post(manager.MachineSeen{App: m.App, Path: m.Path, Gen: m.Gen, Running: answer})
		if err == nil && (seen.Phase == target.Stopped || seen.Phase == target.Creating) {
			o := y.observed(m)
			o.Made = true
			if _, err := target.Converge(ctx, handler, spec, target.Up, o); err != nil && ctx.Err() == nil {
				y.log.Warn("start a machine again", "app", m.App, "instance", m.Path, "error", err)
			}
		}
	})
}

// words is the text of an error, "" for none.
func words(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
