package agent

import (
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// step is a small piece of what a message asks for. What is left of a message is a pile of steps, as plain data: the mind can be
// copied in the middle of anything.
type step struct {
	what what
	inst int32
	pos  int32 // stepImport: where to go on in the importers; stepSweep: in the order
	op   lifecycle.Operation
	why  message.Why
	news *news
}

type what uint8

const (
	stepStart      what = iota // start inst, if it can be
	stepThenStart              // start inst, if it was deployed
	stepArmed                  // start inst, if it is resolved by now
	stepThenRemove             // undeploy inst, if it was stopped
	stepChildren               // start the children that wait for inst
	stepRun                    // run recipe op of inst
	stepStopped                // final states of a stop of inst
	stepUndeployed             // final states of an undeployment of inst
	stepImport                 // tell the importers of news, from pos on
	stepSweep                  // start what waits for a started parent, from pos on
	stepReset                  // undeploy inst, as far as it goes
	stepRelease                // say goodbye, forget everything
	stepScripts                // run the scripts of the target
	stepReady                  // the machine is started
)

// running is the recipe that runs; id 0 is none.
type running struct {
	id        uint64
	inst      int32
	op        lifecycle.Operation
	back      lifecycle.State // before a start
	cancelled bool
	since     time.Time
	told      int // bytes of its output
}

// push puts steps on the pile; the first is done first.
func (a *Agent) push(steps ...step) {
	slices.Reverse(steps)
	a.work = append(a.work, steps...)
}

// drain goes on until a recipe runs or nothing is left.
func (a *Agent) drain() {
	for a.running.id == 0 && a.pause.id == 0 && !a.gone {
		if a.restored { // what an earlier process left is settled first, when others can be told
			if a.leaving {
				a.leave(message.Shutdown)
			}
			return
		}
		if n := len(a.work); n > 0 {
			s := a.work[n-1]
			a.work = a.work[:n-1]
			a.perform(s)
			continue
		}
		a.finish()
		if a.leaving {
			a.leave(message.Shutdown)
			return
		}
		if len(a.queue) == 0 {
			a.queue = nil
			return
		}
		next := a.queue[0]
		a.queue = a.queue[1:]
		a.dirty = true
		a.begin(next)
	}
}

func (a *Agent) perform(s step) {
	switch s.what {
	case stepStart:
		a.start(s.inst, s.why)
	case stepThenStart:
		if a.insts[s.inst].state == lifecycle.DeployedStopped {
			a.start(s.inst, s.why)
		}
	case stepArmed:
		if a.insts[s.inst].state == lifecycle.Unresolved && a.missing(s.inst) == "" {
			a.start(s.inst, message.Why{Kind: message.WhyReport})
		}
	case stepThenRemove:
		if a.insts[s.inst].state == lifecycle.DeployedStopped {
			a.undeploy(s.inst, s.why)
		}
	case stepChildren:
		a.startChildren(s.inst)
	case stepRun:
		a.run(s.inst, s.op, nil)
	case stepStopped:
		a.stopped(s.inst, s.why)
	case stepUndeployed:
		a.undeployed(s.inst, s.why)
	case stepImport:
		a.tellImporters(s.news, s.pos)
	case stepSweep:
		a.sweep(s.pos)
	case stepReset:
		a.clear(s)
	case stepRelease:
		a.release()
	case stepScripts:
		a.scripts()
	case stepReady:
		a.ready()
	}
}

// delivered takes a message from the bus: a few are answered beside the loop (LC-131), the others wait for their turn (LC-130).
func (a *Agent) delivered(m *message.Envelope) {
	if m.Domain != a.cfg.Domain || m.Expired(a.now) {
		return
	}
	switch b := m.Body.(type) {
	case *message.Ping:
		a.reply(m, &message.Pong{Text: b.Text, Nonce: b.Nonce, Busy: a.busy()})
		return
	case *message.OperationCancel:
		a.cancel(b.Request)
		return
	case *message.BlobChunk:
		a.chunk(b)
		return
	}
	a.dirty = true
	if !a.remember(m.ID) {
		if r, _ := a.recall(m.ID); r != nil {
			a.reply(m, r) // the result of a known request is sent again (MS-60)
		}
		return
	}
	a.queue = append(a.queue, item{msg: m})
}

// begin handles the next message.
func (a *Agent) begin(next item) {
	if next.forget != nil {
		a.forget(*next.forget)
		return
	}
	m := next.msg
	a.current, a.began, a.have = m, a.now, false
	a.result = message.RequestResult{Request: m.ID, Outcome: message.Done}
	a.dispatch()
}

// dispatch does what the message in hand asks for; it comes here twice when that has to wait for files.
func (a *Agent) dispatch() {
	switch b := a.current.Body.(type) {
	case *message.InstanceRequest:
		a.result.Path = b.Path
		a.request(b)
	case *message.ImportAdd:
		a.hearAdd(b)
	case *message.ImportRemove:
		a.hearRemove(b)
	case *message.ImportRequest:
		a.answer(b)
	default:
		a.dispatchRare(a.current)
	}
}

func (a *Agent) dispatchRare(m *message.Envelope) {
	switch b := m.Body.(type) {
	case *message.ModelSet:
		a.setModel(b)
	case *message.InstanceAdd:
		a.result.Path = b.Parent + "/" + b.Node.Name
		a.add(b)
	case *message.InstanceRemove:
		a.result.Path = b.Path
		a.remove(b)
	case *message.BindingChange:
		a.changeBinding(b)
	case *message.InstancesSend:
		for _, i := range a.order {
			a.notify(i, message.Why{Kind: message.WhyReport})
		}
	case *message.ExportsResync:
		a.publishStarted()
	case *message.AgentReset:
		a.reset(b)
	case *message.ProbesSet:
		a.result.Path = b.Path
		a.setProbes(b)
	case *message.LogLevel:
		a.do(SetLogLevel{Level: b.Level, Logger: b.Logger})
	case *message.LogsGather:
		a.do(GatherLogs{For: m, MaxBytes: b.MaxBytes, Since: b.Since})
	case *message.MessagingSwitch:
		a.do(SwitchBus{For: m, To: b})
	}
}

// finish ends the message in hand. The result of a request is told always, that of another message when it was refused or failed.
func (a *Agent) finish() {
	m := a.current
	if m == nil {
		return
	}
	if a.reports(m) {
		r := a.result
		r.Took = a.now.Sub(a.began)
		a.conclude(m.ID, &r)
		a.tell(&r)
	}
	a.current = nil
}

// reports says whether the manager is told how the message in hand ended.
func (a *Agent) reports(m *message.Envelope) bool {
	switch m.Body.(type) {
	case *message.InstanceRequest:
		return true
	case *message.ModelSet, *message.ProbesSet:
		return a.result.Outcome == message.Rejected || a.result.Outcome == message.Failed
	}
	return a.result.Outcome == message.Rejected
}

// run begins a recipe.
func (a *Agent) run(i int32, op lifecycle.Operation, change *Change) {
	a.runs++
	a.running = running{id: a.runs, inst: i, op: op, since: a.now}
	a.do(Run{ID: a.runs, Op: op, View: a.view(i), Change: change, For: a.current, Remove: a.removes(i, op)})
}

// removes are the directories that go with the last recipe of an undeployment, unless one before it failed (LC-23).
func (a *Agent) removes(i int32, op lifecycle.Operation) []Place {
	n := len(a.work) - 1
	if op != lifecycle.Undeploy || a.failed || n < 0 || a.work[n].what != stepUndeployed {
		return nil
	}
	below := a.below(i)
	list := make([]Place, len(below))
	for k, d := range below {
		list[k] = a.place(d)
	}
	return list
}

// ended goes on after a recipe.
func (a *Agent) ended(e Ended) {
	r := a.running
	if r.id == 0 || e.ID != r.id {
		return // a recipe of an earlier life
	}
	a.running = running{}
	cleared := a.judge(r, e)
	a.dirty = a.dirty || cleared || e.Failed() || !a.forgettable(r)
	switch r.op {
	case lifecycle.Initialize, lifecycle.Deploy:
		a.deployed(r, e)
	case lifecycle.Start:
		a.started(r, e)
	case lifecycle.Update:
		if e.Failed() || cleared {
			a.notify(r.inst, outcome(r.op, e))
		}
	}
}

// forgettable says whether nothing is lost when the end of a recipe that went well is: an update because of an import changes no state,
// and who hears of it again after a crash ignores it. That saves a sync of the disk for each change that others publish.
func (a *Agent) forgettable(r running) bool {
	if r.op != lifecycle.Update || a.current == nil {
		return false
	}
	switch a.current.Body.(type) {
	case *message.ImportAdd, *message.ImportRemove:
		return true
	}
	return false
}

// judge keeps or clears the last failure (LC-140), and says in the result of the request what went wrong.
func (a *Agent) judge(r running, e Ended) (cleared bool) {
	in := &a.insts[r.inst]
	if !e.Failed() {
		if p := in.problem; p != nil && sameKind(p.Operation, r.op) {
			in.problem = nil
			return true
		}
		return false
	}
	f := &lifecycle.Failure{Time: a.now, Operation: r.op.String(), ExitCode: e.ExitCode, Message: words(r, e)}
	if a.current != nil {
		if _, asked := a.current.Body.(*message.InstanceRequest); asked {
			f.Request = a.current.ID
		}
	}
	in.problem = f
	a.failed = true
	a.blame(r, f)
	return false
}

// blame puts a failure into the result of the request in hand. A failing stop fails nothing: the instance counts as stopped.
func (a *Agent) blame(r running, f *lifecycle.Failure) {
	if a.result.Outcome != message.Done {
		return
	}
	a.result.ExitCode = f.ExitCode
	a.result.Reason = r.op.String() + " of " + a.insts[r.inst].path + ": " + f.Message
	switch {
	case r.cancelled:
		a.result.Outcome = message.Cancelled
	case r.op == lifecycle.Stop:
		a.result.Reason += "; it counts as stopped"
	default:
		a.result.Outcome = message.Failed
	}
}

func sameKind(failed string, op lifecycle.Operation) bool {
	return failed == op.String() || op == lifecycle.Deploy && failed == lifecycle.Initialize.String()
}

func words(r running, e Ended) string {
	switch {
	case r.cancelled:
		return "cancelled"
	case e.Error != "":
		return e.Error
	}
	return "exit code " + itoa(e.ExitCode)
}

// outcome is the reason of the change that follows a recipe.
func outcome(op lifecycle.Operation, e Ended) message.Why {
	if e.Failed() {
		return message.Why{Kind: message.WhyFailed, Detail: op.String()}
	}
	return message.Why{Kind: message.WhyRecipe, Detail: op.String()}
}

// cancel drops a request that waits, or kills the recipe that it runs (LC-132).
func (a *Agent) cancel(request string) {
	if a.current != nil && a.current.ID == request && a.running.id != 0 && !a.running.cancelled {
		a.running.cancelled = true
		a.do(Cancel{ID: a.running.id})
		return
	}
	if a.current != nil && a.current.ID == request && a.pause.id != 0 && a.pause.what == forFiles {
		a.abandon(message.Cancelled, "cancelled while its files were on their way")
		return
	}
	for k, waiting := range a.queue {
		if waiting.msg == nil || waiting.msg.ID != request {
			continue
		}
		a.dirty = true
		a.queue = slices.Delete(slices.Clone(a.queue), k, k+1)
		r := &message.RequestResult{Request: request, Outcome: message.Cancelled, Reason: "cancelled before it began"}
		if b, ok := waiting.msg.Body.(*message.InstanceRequest); ok {
			r.Path = b.Path
		}
		a.conclude(request, r)
		a.reply(waiting.msg, r)
		return
	}
}

var _ mind.Mind = (*Agent)(nil)
