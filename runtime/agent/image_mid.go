package agent

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// midForm is what a mind has in its head besides what survives a crash.
type midForm struct {
	IDs, ToManager, Runs, Pauses             uint64       `json:",omitempty"`
	Seqs, Binds                              []countForm  `json:",omitempty"`
	Online, Leaving, Resetting, Failed, Have bool         `json:",omitempty"`
	Work                                     []workForm   `json:",omitempty"`
	Running                                  *runningForm `json:",omitempty"`
	Pause                                    *pauseForm   `json:",omitempty"`
	Answered                                 map[string]time.Time
	Unanswered                               []string `json:",omitempty"`
}

type countForm struct {
	To message.Target
	N  uint64
}

type workForm struct {
	What      what
	Inst, Pos int32
	Op        lifecycle.Operation
	Why       message.Why
	News      *newsForm `json:",omitempty"`
}

type newsForm struct {
	importForm
	Lost bool `json:",omitempty"`
}

type runningForm struct {
	ID        uint64
	Inst      int32
	Op        lifecycle.Operation
	Back      lifecycle.State
	Cancelled bool `json:",omitempty"`
	Since     time.Time
	Told      int `json:",omitempty"`
}

type pauseForm struct {
	ID      uint64
	What    pauseKind
	Missing []string `json:",omitempty"`
}

func (a *Agent) midForm() *midForm {
	f := &midForm{
		IDs: a.ids.Given(), ToManager: a.toManager, Runs: a.runs, Pauses: a.pauses, Online: a.online, Leaving: a.leaving,
		Resetting: a.resetting, Failed: a.failed, Have: a.have, Answered: a.answered, Unanswered: a.unanswered,
	}
	for _, to := range slices.SortedFunc(maps.Keys(a.seqs), message.Target.Compare) {
		f.Seqs = append(f.Seqs, countForm{to, a.seqs[to]})
	}
	for _, to := range sortedTargets(a.binds) {
		f.Binds = append(f.Binds, countForm{to, uint64(a.binds[to])})
	}
	for _, s := range a.work {
		w := workForm{What: s.what, Inst: s.inst, Pos: s.pos, Op: s.op, Why: s.why}
		if n := s.news; n != nil {
			w.News = &newsForm{importForm{n.prefix, n.app, n.path, varForms(n.vars)}, n.lost}
		}
		f.Work = append(f.Work, w)
	}
	if r := a.running; r.id != 0 {
		f.Running = &runningForm{r.id, r.inst, r.op, r.back, r.cancelled, r.since.UTC(), r.told}
	}
	if p := a.pause; p.id != 0 {
		f.Pause = &pauseForm{p.id, p.what, p.missing}
	}
	return f
}

// mind makes a mind with everything but its configuration and its memory, m, which it is held against.
func (f *midForm) mind(m *memory) (*Agent, error) {
	a := &Agent{
		ids: message.NewIDs("", f.IDs), toManager: f.ToManager, runs: f.Runs, pauses: f.Pauses, online: f.Online, leaving: f.Leaving,
		resetting: f.Resetting, failed: f.Failed, have: f.Have, answered: f.Answered, unanswered: f.Unanswered,
		seqs: make(map[message.Target]uint64, len(f.Seqs)), binds: make(map[message.Target]int, len(f.Binds)),
	}
	for _, c := range f.Seqs {
		a.seqs[c.To] = c.N
	}
	for _, c := range f.Binds {
		a.binds[c.To] = int(c.N)
	}
	for _, w := range f.Work {
		s := step{what: w.What, inst: w.Inst, pos: w.Pos, op: w.Op, why: w.Why}
		if n := w.News; n != nil {
			s.news = &news{source: source{n.App, n.Prefix, n.Path}, lost: n.Lost, vars: fromVarForms(n.Vars)}
		}
		if err := m.sound(s); err != nil {
			return nil, err
		}
		a.work = append(a.work, s)
	}
	if r := f.Running; r != nil && r.ID != 0 {
		if err := m.knows([]int32{r.Inst}); err != nil || r.Op > lifecycle.Undeploy || r.Back > lifecycle.Problem {
			return nil, fmt.Errorf("the recipe that runs: %w", err)
		}
		a.running = running{r.ID, r.Inst, r.Op, r.Back, r.Cancelled, r.Since, r.Told}
	}
	if p := f.Pause; p != nil && p.ID != 0 {
		if m.current == nil && p.What == forFiles || p.What > forScripts || p.What == forScripts && len(m.order) == 0 {
			return nil, fmt.Errorf("nothing waits for the shell")
		}
		a.pause = pause{p.ID, p.What, p.Missing}
	}
	return a, nil
}

// sound says whether a step can be taken.
func (m *memory) sound(s step) error {
	switch s.what {
	case stepImport:
		if s.news == nil || s.pos < 0 {
			return fmt.Errorf("news without content")
		}
		return nil
	case stepSweep, stepRelease:
		if s.pos < 0 {
			return fmt.Errorf("a step begins before the first instance")
		}
		return nil
	case stepScripts, stepReady:
		if len(m.order) == 0 {
			return errTree
		}
		return nil
	}
	if s.what > stepReady || s.op > lifecycle.Undeploy {
		return fmt.Errorf("there is no step %d", s.what)
	}
	return m.knows([]int32{s.inst})
}
