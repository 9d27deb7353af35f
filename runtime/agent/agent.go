// Package agent is the mind of the process that manages one machine.
package agent

import (
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// Config is the identity of an agent and its settings.
type Config struct {
	Domain    string        // "default" when empty
	App       string        // the application it works for
	Scope     string        // path of its scoped instance
	Address   string        // address of its machine, announced by heartbeats
	Epoch     string        // drawn by the shell at each start of the process
	BootID    string        // changes when the machine reboots
	Version   string        // of the program, announced by heartbeats
	Heartbeat time.Duration // period; 60 s when zero
	// ResyncGrace is how long imports of an earlier process may stay unconfirmed (LC-104); two heartbeats when zero.
	ResyncGrace time.Duration
	// AnswerEvery is how often requests for one prefix are answered at most: an answer is for everybody (MS-22), so that those who
	// ask at the same time share one. The first request is answered at once. 1 s when zero, no limit when negative.
	AnswerEvery time.Duration
	Cascade     Cascade
	OnReboot    OnReboot
	// Installers are those that have a plugin, in any letter case (LC-12); empty means that every installer has one.
	Installers []string
	// Transfer says that the shell moves files: Look, Keep, WriteProbes, RunScripts are answered. Without it, where recipes are
	// pretended, files are taken to be there.
	Transfer bool
	// MaxRecipeBytes limits the files of one request, together (MS-65); message.MaxFileSize when zero.
	MaxRecipeBytes int64
	// ScriptsOnRestart runs the scripts of the target again when the process starts again (plugins.md 10).
	ScriptsOnRestart bool
}

// Cascade says whose recipes run when a parent stops (LC-45).
type Cascade uint8

// The cascades.
const (
	ParentOnly Cascade = iota
	DeepestFirst
)

// OnReboot says what becomes of started instances when the machine was restarted (LC-104).
type OnReboot uint8

// The choices.
const (
	Restart OnReboot = iota // they are stopped, and started again in hierarchical order
	Trust                   // they are still started
)

// The names of the timers.
const (
	timerHeartbeat = "heartbeat"
	timerResync    = "resync"
	timerAnswer    = "answer"
	timerFiles     = "files"
)

// Agent is the mind. It is not safe for concurrent use: one goroutine owns it.
type Agent struct {
	cfg Config
	memory

	ids       message.IDs
	toManager uint64                    // last sequence number towards the manager
	seqs      map[message.Target]uint64 // and towards everybody else
	binds     map[message.Target]int    // reference counts (MS-11)
	online    bool
	leaving   bool // asked to end: nothing new is begun
	gone      bool // said goodbye
	resetting bool // no heartbeat meanwhile (LC-90)

	work    []step // what is left of the current message, the next on top
	running running
	failed  bool   // a recipe failed since the undeployment in hand began
	runs    uint64 // recipes begun by this process
	pause   pause  // what the message in hand waits for
	pauses  uint64 // times that one waited
	have    bool   // its files are here
	beat    *message.AgentHeartbeat

	answered   map[string]time.Time // last answer for each prefix; those of the last AnswerEvery only
	unanswered []string             // prefixes whose requests share the next answer

	// Within a Step only; the next one takes the room of out again.
	now     time.Time
	out     []mind.Effect
	dirty   bool // the journal changed
	unicast message.Target
}

// New makes an agent; journal is what an earlier process left, nil at the first start.
func New(c Config, journal *Journal) *Agent {
	if c.Domain == "" {
		c.Domain = "default"
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = time.Minute
	}
	if c.ResyncGrace <= 0 {
		c.ResyncGrace = 2 * c.Heartbeat
	}
	a := &Agent{
		cfg: c, ids: message.NewIDs(c.Epoch, 0), unicast: message.Manager(c.App),
		seqs: map[message.Target]uint64{}, binds: map[message.Target]int{},
	}
	if c.AnswerEvery == 0 {
		a.cfg.AnswerEvery = time.Second
	}
	if journal != nil {
		a.restore(journal)
	}
	return a
}

// Start gives the effects of the first moment: timers. Connected comes later, as an event.
func (a *Agent) Start(now time.Time) []mind.Effect {
	return []mind.Effect{mind.Wait{Timer: timerHeartbeat, After: a.cfg.Heartbeat}}
}

// Step takes one event (LC-130: messages are handled one at a time, each to completion, in order of arrival).
// Whatever must survive a crash is announced by a Save, which comes before every other effect.
func (a *Agent) Step(now time.Time, ev mind.Event) []mind.Effect {
	if a.gone {
		return nil
	}
	clear(a.out)
	a.now, a.dirty, a.out = now, false, append(a.out[:0], mind.Save{})
	a.take(ev)
	a.drain()
	if !a.dirty {
		return a.out[1:]
	}
	return a.out
}

func (a *Agent) take(ev mind.Event) {
	switch ev := ev.(type) {
	case mind.Delivered:
		a.delivered(ev.Msg)
	case Ended:
		a.ended(ev)
	case mind.Woken:
		a.woken(ev.Timer)
	case mind.Connected:
		a.connected()
	case mind.Lost:
		a.lost()
	case Stopping:
		a.stopping()
	case Output:
		a.printed(ev)
	default:
		a.takeRare(ev)
	}
}

func (a *Agent) takeRare(ev mind.Event) {
	switch ev := ev.(type) {
	case Looked:
		a.looked(ev)
	case Kept:
		a.kept(ev)
	case Written:
		a.written(ev)
	case LogPart:
		a.reply(ev.For, &ev.Part)
	case Switched:
		a.switched(ev)
	}
}

// stopping ends the process when the recipe that runs is over (LC-105). A message that waits for its files waits for the next
// process: nothing of it was begun.
func (a *Agent) stopping() {
	a.leaving = true
	if a.pause.id != 0 && a.pause.what == forFiles {
		a.endPause()
		a.queue = append([]item{{msg: a.current}}, a.queue...)
		a.current = nil
	}
}

// lost stops counting the time of files that cannot come (MS-65).
func (a *Agent) lost() {
	a.online = false
	if a.pause.id != 0 && a.pause.what == forFiles {
		a.do(mind.Wait{Timer: timerFiles, After: -1})
	}
}

func (a *Agent) woken(timer string) {
	switch timer {
	case timerHeartbeat:
		a.heartbeat()
		a.do(mind.Wait{Timer: timerHeartbeat, After: a.cfg.Heartbeat})
	case timerResync:
		a.forgetSuspects()
	case timerAnswer:
		a.answerAll()
	case timerFiles:
		a.tired()
	}
}

// do wishes for an effect.
func (a *Agent) do(e mind.Effect) { a.out = append(a.out, e) }

// fill completes an envelope; it is caused by the message in hand.
func (a *Agent) fill(e *message.Envelope, body message.Body, seq uint64) {
	*e = message.Envelope{
		ID: a.ids.Next(), Type: body.Type(), Time: a.now, Domain: a.cfg.Domain, Body: body,
		From: message.From{Kind: message.FromAgent, App: a.cfg.App, Scope: a.cfg.Scope, Epoch: a.cfg.Epoch, Seq: seq},
	}
	if c := a.current; c != nil {
		e.Corr, e.Cause, e.Trace = c.Corr, c.ID, c.Trace
	}
}

// tell sends to the manager.
func (a *Agent) tell(body message.Body) {
	a.post(new(message.Envelope), body)
}

// reply tells the manager about a message that is not the one in hand (LC-131).
func (a *Agent) reply(to *message.Envelope, body message.Body) {
	inHand := a.current
	a.current = to
	a.tell(body)
	a.current = inHand
}

// post sends to the manager in an envelope that is there already.
func (a *Agent) post(e *message.Envelope, body message.Body) {
	a.toManager++
	a.fill(e, body, a.toManager)
	a.do(mind.Publish{To: a.unicast, Msg: e})
}

// spread sends to other agents.
func (a *Agent) spread(to message.Target, body message.Body) {
	seq := a.seqs[to] + 1
	a.seqs[to] = seq
	e := new(message.Envelope)
	a.fill(e, body, seq)
	a.do(mind.Publish{To: to, Msg: e})
}

// heartbeat says that the agent lives (LC-90, LC-91). The body is shared as long as nothing in it changes.
func (a *Agent) heartbeat() {
	if !a.online || a.resetting {
		return
	}
	b := message.AgentHeartbeat{
		Address: a.cfg.Address, ModelRequired: a.model == nil, ModelRevision: a.revision, ModelDigest: a.modelDigest(),
		BootID: a.cfg.BootID, Version: a.cfg.Version, Queue: len(a.queue), Busy: a.busy(),
	}
	if a.beat == nil || b.Busy != nil || *a.beat != b {
		changed := b
		a.beat = &changed
	}
	a.toManager++
	e := new(message.Envelope)
	a.fill(e, a.beat, a.toManager)
	e.Corr, e.Cause, e.Trace = "", "", ""
	e.Expires = a.now.Add(2 * a.cfg.Heartbeat)
	a.do(mind.Publish{To: a.unicast, Msg: e})
	a.purge()
}

func (a *Agent) busy() *message.Busy {
	if a.running.id == 0 {
		return nil
	}
	return &message.Busy{Path: a.insts[a.running.inst].path, Operation: a.running.op, Since: a.running.since}
}

// connected binds, says hello, then speaks of what others may have missed (MS-76, LC-104).
func (a *Agent) connected() {
	a.online = true
	a.do(mind.Bind{To: message.Agent(a.cfg.App, a.cfg.Scope)})
	for _, to := range sortedTargets(a.binds) {
		a.do(mind.Bind{To: to})
	}
	a.heartbeat()
	if len(a.pause.missing) > 0 {
		a.want()
		a.progress()
	}
	if a.model == nil {
		return
	}
	if a.restored {
		a.returns()
		return
	}
	a.requestAll(a.order)
	a.publishStarted()
}

// leave says goodbye as soon as nothing is being done (LC-105).
func (a *Agent) leave(reason string) {
	if a.online {
		a.tell(&message.AgentGoodbye{Reason: reason})
	}
	a.do(mind.Wait{Timer: timerHeartbeat, After: -1})
	a.do(Exit{Released: reason == message.Released})
	a.gone = true
}

// refuse ends the message in hand with a reason (LC-13).
func (a *Agent) refuse(reason string) {
	a.result.Outcome, a.result.Reason = message.Rejected, reason
}

// settle fixes how the request in hand ends, unless something went wrong before.
func (a *Agent) settle(o message.Outcome, reason string) {
	if a.result.Outcome == message.Done {
		a.result.Outcome, a.result.Reason = o, reason
	}
}

// move changes the state of an instance, then notifies.
func (a *Agent) move(i int32, to lifecycle.State, why message.Why) {
	a.insts[i].state = to
	a.notify(i, why)
}

// notify tells the manager the whole truth about an instance.
func (a *Agent) notify(i int32, why message.Why) {
	a.dirty = true
	in := &a.insts[i]
	in.stateSeq++
	p := &struct { // the message that is sent most often: one piece of memory
		e message.Envelope
		b message.InstanceChanged
	}{b: message.InstanceChanged{
		Path: in.path, Status: in.state, Imports: in.flat(), Problem: in.problem, StateSeq: in.stateSeq, Why: why,
	}}
	a.post(&p.e, &p.b)
}
