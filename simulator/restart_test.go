package simulator

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/simulator/property"
)

// undying is a manager that dies now and then, after it recorded a step and before it did anything of it, then goes on from its record: a
// snapshot as bytes, and the events since.
type undying struct {
	w      *World
	luck   chance
	deaths float64 // per step that saves; each death asks about every machine, whose answers save: with more, it would never end
	lives  int
	shot   []byte
	log    [][]byte
	times  []time.Time
}

func (u *undying) install(w *World) {
	u.w, u.luck = w, luck(w.options.Seed, "undying", "")
	u.shot = u.bytes(w.manager)
	w.clients[0].mind = u
}

func (u *undying) bytes(m *manager.Manager) []byte {
	data, err := manager.EncodeJournal(m.Journal())
	if err != nil {
		panic(err)
	}
	return data
}

// Step is that of the mind in charge.
func (u *undying) Step(now time.Time, ev mind.Event) []mind.Effect {
	effects := u.w.manager.Step(now, ev)
	if len(effects) == 0 {
		return effects
	}
	if _, saves := effects[0].(mind.Save); !saves {
		return effects
	}
	u.record(now, manager.Recorded(ev, effects))
	if u.luck.hits(0.01) {
		u.shot, u.log, u.times = u.bytes(u.w.manager), nil, nil
	}
	if !u.luck.hits(u.deaths) {
		return effects
	}
	return u.rise(now, effects)
}

func (u *undying) record(now time.Time, ev mind.Event) {
	data, err := manager.EncodeEvent(ev)
	if err != nil {
		panic(err)
	}
	u.log, u.times = append(u.log, data), append(u.times, now)
}

// replay makes a mind from the record.
func (u *undying) replay() *manager.Manager {
	j, err := manager.DecodeJournal(u.shot)
	if err != nil {
		panic(err)
	}
	u.lives++
	m := manager.Restore(manager.Config{
		Epoch: fmt.Sprintf("manager/%d#%d", u.w.options.Seed, u.lives), CheckEvery: u.w.options.Heartbeat, Pretend: true,
	}, j)
	for i, data := range u.log {
		ev, err := manager.DecodeEvent(data)
		if err != nil {
			panic(err)
		}
		m.Step(u.times[i], ev)
	}
	return m
}

// rise gives the effects of a new process. What people were told of the old one's last step still counts: the world looks at it.
func (u *undying) rise(now time.Time, lost []mind.Effect) []mind.Effect {
	told := slices.DeleteFunc(slices.Clone(lost), func(e mind.Effect) bool {
		switch e.(type) {
		case manager.Answer, manager.Changed, mind.Wait:
			return false
		}
		return true
	})
	m := u.replay()
	if !bytes.Equal(u.bytes(m), u.bytes(u.w.manager)) {
		u.w.fail("a replay is the living mind", "", fmt.Sprintf("after %d events", len(u.log)))
	}
	u.w.manager = m
	told = append(told, m.Start(now)...)
	for _, ev := range []mind.Event{m.Restored(), mind.Connected{}} {
		if _, connected := ev.(mind.Connected); connected && !u.w.clients[0].link.connected {
			continue
		}
		u.record(now, ev)
		told = append(told, m.Step(now, ev)...)
	}
	return told
}

// Issue 4: the manager dies again and again in stories in which everything else fails too. What must hold at the end holds all the same, and each replay,
// from whatever snapshot, is the mind that died.
func TestManagerDiesInChaos(t *testing.T) {
	failures := 0
	for n, seed := range seeds(t) {
		if *replay == 0 && n%4 != 0 {
			continue
		}
		tr := newTrial(t, seed, true, func(w *World) []property.Broken {
			w.clients[0].mind.(*undying).deaths = 0 // so that it can come to rest
			return judgeChaos(w)
		})
		tr.begin = func(w *World) { (&undying{deaths: 0.06}).install(w) }
		if !tr.run(t) {
			if failures++; failures == 3 {
				t.Fatal("more stories fail: mend these first")
			}
		}
	}
}
