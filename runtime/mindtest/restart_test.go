package mindtest

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
)

// replay takes the seed of a failure back: -replay=SEED.
var replay = flag.Uint64("replay", 0, "seed of the random stories")

// disk is what a store does: a snapshot, and the events that saved since, all of them as bytes.
type disk struct {
	t      *testing.T
	b      *Bench
	epochs int
	shot   []byte
	log    [][]byte
	times  []time.Time
	saved  int // steps
	// dieAt is the number of the saving step whose effects are lost; 0 for never. lose loses what is on the links too.
	dieAt int
	lose  bool
	// watch is called after each step that saved.
	watch func()
}

func newDisk(t *testing.T, b *Bench) *disk {
	d := &disk{t: t, b: b}
	d.snapshot()
	b.Took = d.took
	b.Query = func(path string) manager.Running {
		if _, there := b.machines[Key(App, path)]; there {
			return manager.IsRunning
		}
		return manager.NotRunning
	}
	return d
}

func (d *disk) snapshot() {
	d.shot = encoded(d.t, d.b.Manager)
	d.log, d.times = nil, nil
}

func encoded(t *testing.T, m *manager.Manager) []byte {
	t.Helper()
	data, err := manager.EncodeJournal(m.Journal())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (d *disk) took(ev mind.Event, effects []mind.Effect) []mind.Effect {
	if len(effects) == 0 {
		return effects
	}
	if _, saves := effects[0].(mind.Save); !saves {
		return effects
	}
	data, err := manager.EncodeEvent(manager.Recorded(ev, effects))
	if err != nil {
		d.t.Fatal(err)
	}
	d.log, d.times = append(d.log, data), append(d.times, d.b.Now)
	if d.saved++; d.saved == d.dieAt {
		return d.rise()
	}
	if d.watch != nil {
		d.watch()
	}
	return effects
}

// replay makes a mind from the disk alone.
func (d *disk) replay() *manager.Manager {
	j, err := manager.DecodeJournal(d.shot)
	if err != nil {
		d.t.Fatal(err)
	}
	d.epochs++
	m := manager.Restore(manager.Config{Epoch: fmt.Sprintf("manager-%d", d.epochs), CheckEvery: 5 * time.Second, Pretend: true}, j)
	for i, data := range d.log {
		ev, err := manager.DecodeEvent(data)
		if err != nil {
			d.t.Fatal(err)
		}
		m.Step(d.times[i], ev)
	}
	return m
}

// rise lets a new manager go on from the disk; it gives its first effects.
func (d *disk) rise() []mind.Effect {
	m := d.replay()
	d.b.KillManager(m, d.lose)
	d.b.step(m.Restored())
	d.b.step(mind.Connected{})
	return nil
}

// a life with everything in it: bulk starts, a new machine, one undeployed while it is made, removals, failures.
func life(b *Bench) {
	b.Do(manager.DeployAndStart{})
	b.Settle()
	b.Do(manager.Replicate{Path: vmTC, Name: "tc-vm-2"})
	b.Do(manager.DeployAndStart{Path: "/tc-vm-2"})
	b.Settle()
	b.Do(manager.Add{Parent: vmTC, Instance: &model.Instance{Name: "second", Component: "Tomcat"}})
	b.Do(start(vmTC + "/second"))
	b.Settle()
	b.Do(undeploy("/tc-vm-2"))
	b.Do(manager.Remove{Path: "/tc-vm-2", Deferred: true})
	b.Settle()
	b.Do(undeploy(vmTC + "/second"))
	b.Do(manager.Remove{Path: vmTC + "/second", Deferred: true})
	b.Settle()
	b.Do(undeploy(vmDB))
	b.Settle()
	b.Do(start(vmDB))
	b.Do(undeploy(vmDB))
	b.Settle()
	b.Do(manager.DeployAndStart{Path: vmDB})
	b.Settle()
	b.Do(stop(ap))
	b.Settle()
}

// Issue 4, manager.md 11.4, LC-111 to LC-113: the manager dies after each step that it recorded, before it did anything of it; whatever was on
// its way from it is lost too, or not. The end is the same, no machine is made twice, none is forgotten.
func TestManagerDiesAtEveryStep(t *testing.T) {
	b := New(Lamp())
	whole := newDisk(t, b)
	life(b)
	b.Advance(30 * time.Second)
	end, machines := b.States(), strings.Join(b.Machines(), ", ")
	if end == "" || whole.saved < 50 {
		t.Fatalf("the life is too short: %d steps", whole.saved)
	}
	for at := 1; at <= whole.saved; at++ {
		for _, lose := range []bool{false, true} {
			b := New(Lamp())
			d := newDisk(t, b)
			d.dieAt, d.lose = at, lose
			life(b)
			b.Advance(30 * time.Second)
			if got := b.States(); got != end {
				t.Errorf("died at step %d (messages lost: %t): the states are\n%s\nnot\n%s", at, lose, got, end)
			}
			if got := strings.Join(b.Machines(), ", "); got != machines {
				t.Errorf("died at step %d: the machines are %s, not %s", at, got, machines)
			}
			if b.Wrong != nil {
				t.Errorf("LC-135: died at step %d: %v", at, b.Wrong)
			}
			if n := pendings(b); n != 0 {
				t.Errorf("LC-113: died at step %d: %d messages wait for ever: %+v", at, n, b.Manager.Pendings(App))
			}
			if t.Failed() {
				return
			}
		}
	}
}

func pendings(b *Bench) int { return len(b.Manager.Pendings(App)) }

// Issue 4: what is replayed from any snapshot, by the steps alone that said Save, is what the living mind keeps.
func TestReplayIsTheLivingMind(t *testing.T) {
	seed := *replay
	if seed == 0 {
		seed = rand.Uint64()
	}
	chance := rand.New(rand.NewPCG(seed, 0))
	for story := range 60 {
		b := New([]func() *model.Application{Lamp, levels}[story%2]())
		b.Next = chance.IntN
		d := newDisk(t, b)
		d.watch = func() {
			if chance.IntN(10) == 0 && !bytes.Equal(encoded(t, d.replay()), encoded(t, b.Manager)) {
				t.Fatalf("-replay=%d, story %d: the replay of %d events differs from the living mind", seed, story, len(d.log))
			}
			if chance.IntN(25) == 0 {
				d.snapshot()
			}
		}
		rough(b, chance, d)
		if !bytes.Equal(encoded(t, d.replay()), encoded(t, b.Manager)) {
			t.Fatalf("-replay=%d, story %d: the replay differs from the living mind at the end", seed, story)
		}
		if b.Wrong != nil {
			t.Fatalf("LC-135: -replay=%d, story %d: %v\n%s", seed, story, b.Wrong, strings.Join(b.Effects, ", "))
		}
	}
}

// rough tells a story by chance, in which everything fails now and then.
func rough(b *Bench, chance *rand.Rand, d *disk) {
	b.Create = func(path string) string { return strings.Repeat("no quota", chance.IntN(6)/5) }
	b.Terminate = func(path string) string { return strings.Repeat("no answer", chance.IntN(6)/5) }
	for range 12 + chance.IntN(20) {
		var paths []string
		for _, s := range b.Manager.Statuses(App) {
			paths = append(paths, s.Path)
		}
		if len(paths) == 0 {
			return
		}
		path := paths[chance.IntN(len(paths))]
		switch chance.IntN(13) {
		case 0, 1:
			b.Do(manager.DeployAndStart{})
		case 2, 3:
			b.Do(manager.Request{Path: path, State: []lifecycle.State{lifecycle.NotDeployed, lifecycle.DeployedStopped, lifecycle.DeployedStarted}[chance.IntN(3)]})
		case 4:
			b.Do(manager.Replicate{Path: path, Name: fmt.Sprintf("r%d", chance.IntN(3))})
		case 5:
			b.Do(manager.Remove{Path: path, Deferred: chance.IntN(2) == 0})
		case 6:
			b.Do(manager.Rename{Path: path, Name: fmt.Sprintf("n%d", chance.IntN(3))})
		case 7:
			b.Do(manager.Cancel{ID: fmt.Sprintf("do-%d", chance.IntN(20))})
		case 8:
			b.Advance(time.Duration(chance.IntN(30)) * time.Second)
		case 9:
			if machines := b.Machines(); len(machines) > 0 {
				app, path, _ := strings.Cut(machines[chance.IntN(len(machines))], " ")
				if b.Agents[Key(app, path)] != nil {
					b.Boot(app, path, fmt.Sprintf("boot-%d", chance.IntN(2)), b.Kill(path))
				}
			}
		case 10:
			b.step([]mind.Event{mind.Lost{}, mind.Connected{}}[chance.IntN(2)])
		case 11:
			d.rise()
		default:
			for range chance.IntN(40) {
				b.Move()
			}
		}
	}
	b.Settle()
}
