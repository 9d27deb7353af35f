package agent

import (
	"slices"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// Journal is what an agent keeps on disk (LC-104): immutable once returned.
type Journal struct {
	kept memory
	mid  *Agent // the mind that an Image was taken of; its own memory is not looked at
}

// Journal is what must survive a crash at this moment.
func (a *Agent) Journal() *Journal { return &Journal{kept: a.memory.clone()} }

// Empty says whether the journal holds nothing: the agent has no model, or was reset.
func (j *Journal) Empty() bool { return j == nil || j.kept.model == nil && len(j.kept.queue) == 0 }

// restore goes on where an earlier process died (LC-104).
func (a *Agent) restore(j *Journal) {
	a.memory = j.kept.clone()
	a.restored = a.model != nil
	for from, h := range a.heard {
		if !h.gone {
			h.suspect = true
			a.heard[from] = h
		}
	}
	if a.fetching {
		a.queue = append([]item{{msg: a.current}}, a.queue...)
		a.current, a.fetching = nil, false
	}
	if a.current != nil {
		a.result.Outcome, a.result.Reason = message.Failed, "interrupted: the agent died meanwhile"
	}
	if len(a.order) > 0 {
		a.settleMachine()
	}
	reboot := a.bootID != a.cfg.BootID && a.cfg.OnReboot == Restart
	a.bootID = a.cfg.BootID
	for _, i := range a.order {
		in := &a.insts[i]
		in.ears, in.known, in.above = nil, false, nil // the address may be another one
		a.normalise(i, reboot)
	}
}

// settleMachine starts the machine when the process died while the scripts of the target ran: they are not run again.
func (a *Agent) settleMachine() {
	if root := &a.insts[a.order[0]]; root.state != lifecycle.DeployedStarted {
		root.state = lifecycle.DeployedStarted
		root.problem = &lifecycle.Failure{Operation: scriptOperation, Message: "interrupted"}
	}
}

// normalise gives an instance the state that it has after the death of the agent or of the machine. Parents come first.
func (a *Agent) normalise(i int32, reboot bool) {
	in := &a.insts[i]
	if in.parent < 0 {
		return
	}
	if in.state.Transitive() {
		in.problem = &lifecycle.Failure{Operation: interruptedOperation(in.state), Message: "interrupted"}
		in.state = in.state.Settled()
		return
	}
	if reboot && (in.state == lifecycle.DeployedStarted || in.state.Waits()) {
		in.state = lifecycle.DeployedStopped
		a.again = append(a.again, i)
		return
	}
	p := a.insts[in.parent].state
	if (in.state == lifecycle.Unresolved || in.state == lifecycle.DeployedStarted) && p != lifecycle.DeployedStarted ||
		in.state == lifecycle.WaitingForAncestor && !p.Waits() && p != lifecycle.DeployedStarted {
		in.state = lifecycle.DeployedStopped // LC-43: nothing waits below what is stopped
	}
}

func interruptedOperation(s lifecycle.State) string {
	switch s {
	case lifecycle.Deploying:
		return lifecycle.Deploy.String()
	case lifecycle.Starting:
		return lifecycle.Start.String()
	case lifecycle.Stopping:
		return lifecycle.Stop.String()
	}
	return lifecycle.Undeploy.String()
}

// returns is what a restored agent says on its first connection (LC-104, steps 4 and 5).
func (a *Agent) returns() {
	a.restored, a.dirty = false, true
	a.finish() // of what was interrupted
	for _, i := range a.order {
		a.returnOne(i)
	}
	a.bindImports(a.order)
	a.requestAll(a.order)
	a.publishStarted()
	for _, i := range a.order {
		a.notify(i, a.whyReturned(i))
	}
	if len(a.heard) > 0 {
		a.do(mind.Wait{Timer: timerResync, After: a.cfg.ResyncGrace})
	}
	a.push(a.unfinished()...)
}

// unfinished is what the earlier process did not come to: withdrawals that it had heard, starts after a reboot, then whatever
// may start by itself.
func (a *Agent) unfinished() []step {
	var steps []step
	if a.cfg.ScriptsOnRestart {
		steps = append(steps, step{what: stepScripts})
	}
	for _, n := range a.leftovers() {
		steps = append(steps, step{what: stepImport, news: n})
	}
	for _, i := range a.again {
		steps = append(steps, step{what: stepThenStart, inst: i, why: message.Why{Kind: message.WhyReboot}})
	}
	a.again = nil
	for _, i := range a.order {
		if in := &a.insts[i]; in.state == lifecycle.Unresolved && (in.problem == nil || in.problem.Operation != lifecycle.Start.String()) {
			steps = append(steps, step{what: stepArmed, inst: i})
		}
	}
	return append(steps, step{what: stepSweep})
}

// leftovers are imports that an instance still holds although they were withdrawn: the agent died before it told them all.
func (a *Agent) leftovers() []*news {
	var list []*news
	for _, i := range a.order {
		for _, held := range a.insts[i].flat() {
			from := source{held.App, held.Prefix, held.Path}
			known := slices.ContainsFunc(list, func(n *news) bool { return n.source == from })
			if h, ok := a.heard[from]; !known && (!ok || h.gone) {
				list = append(list, &news{source: from, lost: true})
			}
		}
	}
	return list
}

// returnOne listens for what still runs, and takes back what does not run any more.
func (a *Agent) returnOne(i int32) {
	in := &a.insts[i]
	if p := in.problem; p != nil && p.Message == "interrupted" && p.Time.IsZero() {
		stamped := *p
		stamped.Time = a.now
		in.problem = &stamped
	}
	if in.state == lifecycle.DeployedStarted {
		a.listen(i)
		return
	}
	if in.sent != nil {
		a.withdrawAll(i, in.sent)
		in.live = false
	}
}

func (a *Agent) whyReturned(i int32) message.Why {
	in := &a.insts[i]
	switch p := in.problem; {
	case p != nil && p.Message == "interrupted" && p.Time.Equal(a.now): // now, not in an earlier life
		return message.Why{Kind: message.WhyInterrupted, Detail: p.Operation}
	case slices.Contains(a.again, i):
		return message.Why{Kind: message.WhyReboot}
	}
	return message.Why{Kind: message.WhyReport}
}
