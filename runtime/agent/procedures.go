package agent

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

func itoa(n int) string { return strconv.Itoa(n) }

// onRequest is the reason of what a request does.
var onRequest = message.Why{Kind: message.WhyRequest}

// request does what LC-10 to LC-12 say about a request.
func (a *Agent) request(r *message.InstanceRequest) {
	i, ok := a.paths[r.Path]
	switch {
	case a.model == nil:
		a.refuse("the agent of " + a.cfg.Scope + " has no model yet")
	case !ok:
		a.refuse(r.Path + " is not known here")
	case a.insts[i].parent < 0:
		a.refuse(r.Path + " is the machine of this agent: the manager creates and terminates it")
	case !a.served(i):
		a.refuse(r.Path + ": no plugin serves the installer " + strconv.Quote(a.insts[i].kind.installer) +
			" of " + a.insts[i].decl.Component)
	default:
		if reason := a.wrongFiles(r.Files); reason != "" {
			a.refuse(reason)
			return
		}
		a.act(i, r)
	}
}

// served says whether a plugin serves the installer of an instance (LC-12, PL-4).
func (a *Agent) served(i int32) bool {
	installer := a.insts[i].kind.installer
	if installer == "" || a.insts[i].kind.machine {
		return false
	}
	return len(a.cfg.Installers) == 0 ||
		slices.ContainsFunc(a.cfg.Installers, func(s string) bool { return strings.EqualFold(s, installer) })
}

func (a *Agent) act(i int32, r *message.InstanceRequest) {
	in := &a.insts[i]
	action := lifecycle.Decide(in.state, r.Status)
	if deploys := action == lifecycle.DoDeploy || action == lifecycle.DoDeployStart; deploys && !r.DryRun && a.await(r.Files) {
		return
	}
	if r.DryRun && action != lifecycle.Reject {
		a.settle(message.Noop, "dry run: "+in.path+" is "+in.state.String()+", the agent would "+action.String())
		return
	}
	switch action {
	case lifecycle.Noop:
		a.settle(message.Noop, in.path+" is "+in.state.String()+" already")
	case lifecycle.DoDeploy:
		a.deploy(i)
	case lifecycle.DoDeployStart:
		a.push(step{what: stepThenStart, inst: i, why: onRequest})
		a.deploy(i)
	case lifecycle.DoStart, lifecycle.DoRetry:
		a.start(i, onRequest)
	case lifecycle.DoStop:
		a.stop(i, onRequest)
	case lifecycle.DoUnarm:
		a.unarm(i)
	case lifecycle.DoUndeploy:
		a.undeploy(i, onRequest)
	case lifecycle.DoStopUndeploy:
		a.push(step{what: stepThenRemove, inst: i, why: onRequest})
		a.stop(i, onRequest)
	default:
		a.refuse(in.path + " is " + in.state.String() + ": it cannot become " + r.Status.String())
	}
}

// deploy is LC-20.
func (a *Agent) deploy(i int32) {
	if p := a.insts[i].parent; !a.insts[p].state.Deployed() {
		a.refuse(a.insts[i].path + " cannot be deployed: " + a.insts[p].path + ", above it, is " + a.insts[p].state.String() +
			"; deploy that first")
		return
	}
	a.move(i, lifecycle.Deploying, onRequest)
	a.run(i, lifecycle.Initialize, nil)
}

func (a *Agent) deployed(r running, e Ended) {
	switch {
	case e.Failed():
		a.move(r.inst, lifecycle.NotDeployed, outcome(r.op, e))
	case r.op == lifecycle.Initialize:
		a.run(r.inst, lifecycle.Deploy, nil)
	default:
		a.move(r.inst, lifecycle.DeployedStopped, outcome(r.op, e))
	}
}

// start is LC-21.
func (a *Agent) start(i int32, why message.Why) {
	in := &a.insts[i]
	back := in.state
	if back != lifecycle.DeployedStopped && !back.Waits() {
		return
	}
	if p := &a.insts[in.parent]; p.state != lifecycle.DeployedStarted {
		a.waitForParent(i, p)
		return
	}
	if missing := a.missing(i); missing != "" {
		if back != lifecycle.Unresolved {
			a.move(i, lifecycle.Unresolved, message.Why{Kind: message.WhyMissing, Prefix: missing})
		}
		a.requestAll([]int32{i})
		a.settle(message.Done, in.path+" waits for "+missing)
		return
	}
	a.move(i, lifecycle.Starting, why)
	a.run(i, lifecycle.Start, nil)
	a.running.back = back
}

// waitForParent is step 2 of LC-21.
func (a *Agent) waitForParent(i int32, p *instance) {
	in := &a.insts[i]
	switch {
	case !p.state.Waits():
		a.refuse(in.path + " cannot be started: " + p.path + ", above it, is " + p.state.String() + "; start that first")
	case in.state == lifecycle.WaitingForAncestor:
		a.settle(message.Noop, in.path+" waits for its parent "+p.path+" already")
	default:
		a.move(i, lifecycle.WaitingForAncestor, message.Why{Kind: message.WhyParentWaits, Path: p.path})
		a.settle(message.Done, in.path+" waits for its parent "+p.path)
	}
}

// missing names the mandatory prefixes without import (LC-50); "" when the instance is resolved.
func (a *Agent) missing(i int32) string {
	in := &a.insts[i]
	missing := ""
	for k := range in.kind.prefixes {
		p := &in.kind.prefixes[k]
		if !p.mandatory || len(in.imports[k]) > 0 {
			continue
		}
		if missing != "" {
			missing += ", "
		}
		missing += p.name
	}
	return missing
}

// started is the end of LC-21.
func (a *Agent) started(r running, e Ended) {
	i := r.inst
	if e.Failed() {
		a.insts[i].tried = r.back == lifecycle.WaitingForAncestor
		a.move(i, r.back, outcome(r.op, e))
		return
	}
	a.insts[i].tried = false
	a.move(i, lifecycle.DeployedStarted, outcome(r.op, e))
	a.listen(i)
	a.publish(i, "")
	a.push(step{what: stepChildren, inst: i})
}

// startChildren is step 6 of LC-21: the children that wait start, theirs follow when they are started (D-6).
func (a *Agent) startChildren(p int32) {
	why := message.Why{Kind: message.WhyParentStarted, Path: a.insts[p].path}
	var steps []step
	for _, c := range a.insts[p].children {
		if in := &a.insts[c]; in.state == lifecycle.WaitingForAncestor && !in.kind.machine {
			in.tried = false
			steps = append(steps, step{what: stepStart, inst: c, why: why})
		}
	}
	// Breadth first: what other parents still have to start comes before the children of these.
	at := len(a.work)
	for at > 0 && a.work[at-1].what == stepStart {
		at--
	}
	slices.Reverse(steps)
	a.work = slices.Insert(a.work, at, steps...)
}

// stop is LC-22: why is a request, or an import that was lost.
func (a *Agent) stop(i int32, why message.Why) {
	below := a.deepestFirst(i)
	stopping := below[:0:0]
	above := why
	for _, d := range below {
		if a.insts[d].state != lifecycle.DeployedStarted {
			continue
		}
		stopping = append(stopping, d)
		if d != i {
			above = message.Why{Kind: message.WhyAncestor, Path: a.insts[i].path}
		} else {
			above = why
		}
		a.move(d, lifecycle.Stopping, above)
		a.unlisten(d)
		a.withdraw(d)
	}
	a.push(step{what: stepStopped, inst: i, why: why})
	a.runRecipes(i, stopping, lifecycle.Stop)
}

// runRecipes runs the recipe of i, or those of everything affected (LC-45).
func (a *Agent) runRecipes(i int32, affected []int32, op lifecycle.Operation) {
	if a.cfg.Cascade == ParentOnly {
		a.run(i, op, nil)
		return
	}
	steps := make([]step, len(affected))
	for k, d := range affected {
		steps[k] = step{what: stepRun, inst: d, op: op}
	}
	a.push(steps...)
}

// stopped gives the final states of a stop (LC-22, step 5).
func (a *Agent) stopped(i int32, why message.Why) {
	lost := why.Kind == message.WhyImportLost
	changed := a.rewrite(i, func(d int32, s lifecycle.State) lifecycle.State {
		switch {
		case s == lifecycle.WaitingForAncestor && lost, s != lifecycle.WaitingForAncestor && s != lifecycle.Stopping && s != lifecycle.Unresolved:
			return s
		case !lost:
			return lifecycle.DeployedStopped
		case d == i:
			return lifecycle.Unresolved
		}
		return lifecycle.WaitingForAncestor
	})
	a.notifyBelow(i, changed, why)
}

// rewrite gives i and its descendants new states, all of them before anybody is told; it returns those that changed.
func (a *Agent) rewrite(i int32, next func(d int32, s lifecycle.State) lifecycle.State) []int32 {
	var changed []int32
	for _, d := range a.below(i) {
		in := &a.insts[d]
		if s := next(d, in.state); s != in.state {
			in.state, in.tried = s, false
			changed = append(changed, d)
		}
	}
	return changed
}

// notifyBelow tells about instances that changed because of i.
func (a *Agent) notifyBelow(i int32, changed []int32, why message.Why) {
	follow := message.Why{Kind: message.WhyAncestor, Path: a.insts[i].path}
	for _, d := range changed {
		if d == i {
			a.notify(d, why)
		} else {
			a.notify(d, follow)
		}
	}
}

// undeploy is LC-23.
func (a *Agent) undeploy(i int32, why message.Why) {
	a.failed = false
	var affected []int32
	for _, d := range a.deepestFirst(i) {
		if a.insts[d].state == lifecycle.NotDeployed {
			continue
		}
		affected = append(affected, d)
		reason := why
		if d != i {
			reason = message.Why{Kind: message.WhyAncestor, Path: a.insts[i].path}
		}
		a.move(d, lifecycle.Undeploying, reason)
		a.unlisten(d)
		a.withdraw(d)
	}
	a.push(step{what: stepUndeployed, inst: i, why: why})
	a.runRecipes(i, affected, lifecycle.Undeploy)
}

// undeployed gives the final states of an undeployment (LC-23, step 4).
func (a *Agent) undeployed(i int32, why message.Why) {
	end := lifecycle.NotDeployed
	if a.failed {
		end = lifecycle.DeployedStopped
	}
	changed := a.rewrite(i, func(_ int32, s lifecycle.State) lifecycle.State {
		if s == lifecycle.Undeploying {
			return end
		}
		return s
	})
	a.notifyBelow(i, changed, why)
}

// unarm is LC-24.
func (a *Agent) unarm(i int32) {
	changed := a.rewrite(i, func(d int32, s lifecycle.State) lifecycle.State {
		if d == i || s == lifecycle.WaitingForAncestor {
			return lifecycle.DeployedStopped
		}
		return s
	})
	a.notifyBelow(i, changed, onRequest)
}

// below is i with its descendants, breadth first.
func (a *Agent) below(i int32) []int32 {
	list := append(make([]int32, 0, 1+len(a.insts[i].children)), i)
	for k := 0; k < len(list); k++ {
		list = append(list, a.insts[list[k]].children...)
	}
	return list
}

// deepestFirst is the same, the deepest first, siblings in order of creation.
func (a *Agent) deepestFirst(i int32) []int32 {
	list := a.below(i)
	slices.SortStableFunc(list, func(x, y int32) int { return int(a.insts[y].depth) - int(a.insts[x].depth) })
	return list
}

// final gives the effective exports of an instance, computed once for each model (MOD-115).
func (a *Agent) final(i int32) []model.Variable {
	a.know(i)
	return a.insts[i].vars
}
