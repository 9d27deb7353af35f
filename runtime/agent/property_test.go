package agent

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

var (
	seedFlag = flag.Uint64("seed", 0, "replay one random story")
	stories  = flag.Int("stories", 400, "random stories to tell")
)

const prefixes = 4

// teller makes up a story for one agent and watches what it does.
type teller struct {
	t      *testing.T
	seed   uint64
	chance *rand.Rand
	a      *Agent
	cfg    Config
	ids    message.IDs
	now    time.Time
	states map[string]lifecycle.State // as notified
	last   []*message.Envelope        // for duplicates
	seqs   map[string]uint64
	added  int
	log    []string

	// For those who follow the story: each step, each new process; what the mind leaves behind, and whose configuration it had.
	each   func(before Counts, ev mind.Event, effects []mind.Effect)
	again  func()
	left   *Journal
	before Config
}

// LC-43: the invariants hold after every message of random stories; LC-5: nothing rests in a transitive state; LC-50: nothing
// starts while a mandatory import is missing; states move along the arrows only.
func TestRandomStories(t *testing.T) {
	if *seedFlag != 0 {
		newTeller(t, *seedFlag).tell(200)
		return
	}
	for seed := uint64(1); seed <= uint64(*stories); seed++ {
		newTeller(t, seed).tell(120)
		if t.Failed() {
			return
		}
	}
}

func newTeller(t *testing.T, seed uint64) *teller {
	p := &teller{
		t: t, seed: seed, chance: rand.New(rand.NewPCG(seed, 7)), ids: message.NewIDs("story", 0),
		now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), states: map[string]lifecycle.State{}, seqs: map[string]uint64{},
	}
	p.cfg = Config{App: "app", Scope: "/vm", Address: "10.0.0.1", Epoch: "e0", BootID: "b0", Heartbeat: time.Second}
	if p.chance.IntN(3) == 0 {
		p.cfg.Cascade = DeepestFirst
	}
	if p.chance.IntN(2) == 0 {
		p.cfg.AnswerEvery = 5 * time.Second
	}
	p.cfg.Transfer = p.chance.IntN(2) == 0
	p.a, p.before = New(p.cfg, nil), p.cfg
	p.step(mind.Connected{})
	p.send(p.world())
	for p.a.model == nil || p.a.order == nil || p.a.pause.id != 0 {
		if p.a.pause.id == 0 {
			p.send(p.world()) // the first one failed
			continue
		}
		p.answerPause()
	}
	return p
}

// world makes a graph of components that import each other, and a tree of them.
func (p *teller) world() *message.ModelSet {
	var components []*model.Component
	all := []model.Ref{}
	for k := range 6 {
		all = append(all, model.Ref{Name: fmt.Sprintf("C%d", k)})
	}
	for k := range 6 {
		c := &model.Component{Name: all[k].Name, Installer: model.Ref{Name: "script"}, Children: all}
		for range p.chance.IntN(3) {
			c.Imports = append(c.Imports, model.Import{Prefix: p.prefix(), Name: "*", Optional: p.chance.IntN(3) == 0})
		}
		if p.chance.IntN(2) == 0 {
			c.Exports = []model.Variable{{Name: "ip"}, {Name: "v", Value: model.Text("1")}}
		}
		components = append(components, c)
	}
	vm := &model.Component{Name: "VM", Installer: model.Ref{Name: "target"}, Children: all, Exports: []model.Variable{{Name: "ip"}}}
	root := &model.Instance{Name: "vm", Component: "VM"}
	places := []*model.Instance{root}
	for k := range 2 + p.chance.IntN(7) {
		i := &model.Instance{Name: fmt.Sprintf("i%d", k), Component: all[p.chance.IntN(len(all))].Name}
		parent := places[p.chance.IntN(len(places))]
		parent.Children = append(parent.Children, i)
		places = append(places, i)
	}
	return &message.ModelSet{
		Revision: 1, Gen: 1, Graph: model.NewGraph(append(components, vm), nil), Root: root, Scripts: p.files(),
	}
}

func (p *teller) prefix() string { return fmt.Sprintf("P%d", p.chance.IntN(prefixes)) }

func (p *teller) tell(moves int) {
	for range moves {
		p.move()
		if p.t.Failed() {
			p.t.Logf("replay with -seed=%d\n%s", p.seed, strings.Join(p.log, "\n"))
			return
		}
	}
}

func (p *teller) move() {
	p.now = p.now.Add(time.Second)
	switch n := p.chance.IntN(20); {
	case p.a.pause.id != 0 && n < 12:
		p.answerPause()
	case p.a.running.id != 0 && n < 10:
		e := Ended{ID: p.a.running.id}
		if p.chance.IntN(5) == 0 {
			e.ExitCode = 1
		}
		p.step(e)
	case n < 13:
		states := []lifecycle.State{lifecycle.NotDeployed, lifecycle.DeployedStopped, lifecycle.DeployedStarted, lifecycle.DeployedStarted}
		p.send(&message.InstanceRequest{Path: p.path(), Status: states[p.chance.IntN(len(states))], Files: p.files()})
	case n < 17:
		p.gossip()
	case n == 17 && len(p.last) > 0:
		p.deliver(p.last[p.chance.IntN(len(p.last))])
	default:
		p.rare()
	}
}

func (p *teller) path() string {
	i := p.a.order[p.chance.IntN(len(p.a.order))]
	return p.a.insts[i].path
}

// gossip lets an exporter elsewhere publish or withdraw; sometimes late.
func (p *teller) gossip() {
	prefix, path := p.prefix(), fmt.Sprintf("/other/%d", p.chance.IntN(2))
	key := prefix + path
	seq := p.seqs[key] + 1
	if p.chance.IntN(6) == 0 && seq > 2 {
		seq -= 2
	}
	p.seqs[key] = max(p.seqs[key], seq)
	if p.chance.IntN(2) == 0 {
		p.send(&message.ImportRemove{App: "app", Prefix: prefix, Path: path, Gen: 1, Seq: seq, Origin: message.FromAgent})
		return
	}
	value := model.Text(fmt.Sprint(seq % 3))
	p.send(&message.ImportAdd{App: "app", Prefix: prefix, Path: path, Gen: 1, Seq: seq, Vars: []model.Variable{{Name: prefix + ".v", Value: value}}})
}

func (p *teller) rare() {
	switch p.chance.IntN(12) {
	case 8:
		p.step(mind.Woken{Timer: timerAnswer})
	case 9:
		p.send(&message.ProbesSet{Path: p.path(), Files: p.files()})
	case 10:
		p.step(mind.Lost{Reason: "cut"})
	case 11:
		p.step(mind.Connected{})
	case 0:
		p.added++
		p.send(&message.InstanceAdd{Parent: p.path(), Node: &model.Instance{Name: fmt.Sprintf("n%d", p.added), Component: "C1"}, Revision: 1 + p.added})
	case 1:
		p.send(&message.InstanceRemove{Path: p.path()})
	case 2:
		p.send(&message.ExportsResync{})
	case 3:
		p.send(&message.ImportRequest{App: "app", Prefix: fmt.Sprintf("C%d", p.chance.IntN(6))})
	case 4:
		if c := p.a.current; c != nil {
			p.send(&message.OperationCancel{Request: c.ID})
		}
	case 5:
		p.copy()
	case 6:
		p.step(mind.Woken{Timer: timerHeartbeat})
	default:
		p.restart()
	}
}

// files are what a request brings: none, some, or one whose name must not be.
func (p *teller) files() []message.File {
	var list []message.File
	for k := range p.chance.IntN(3) {
		list = append(list, message.File{Name: fmt.Sprintf("scripts/%d", k), SHA256: digest(k), Size: 4, Mode: "0755"})
	}
	return list
}

func digest(k int) string { return strings.Repeat(fmt.Sprintf("%02x", k), 32) }

// answerPause lets the shell or the manager answer what the message in hand waits for.
func (p *teller) answerPause() {
	at := p.a.pause
	switch {
	case at.what != forFiles:
		e := Written{ID: at.id}
		if p.chance.IntN(4) == 0 {
			e.ExitCode, e.Error = 1, "exit code 1"
		}
		p.step(e)
	case at.missing == nil:
		e := Looked{ID: at.id}
		for k := range len(p.a.files()) {
			if p.chance.IntN(2) == 0 {
				e.Missing = append(e.Missing, digest(k))
			}
		}
		p.step(e)
	case p.chance.IntN(8) == 0:
		p.step(mind.Woken{Timer: timerFiles})
	default:
		sum := at.missing[0]
		p.send(&message.BlobChunk{SHA256: sum, Total: 4, Data: []byte("1234"), Missing: p.chance.IntN(10) == 0})
		if p.a.pause.id == at.id {
			p.step(Kept{SHA256: sum, Complete: p.chance.IntN(2) == 0, Error: []string{"", "", "", "disk full"}[p.chance.IntN(4)]})
		}
	}
}

// copy goes on with a copy, which must do what the original does.
func (p *teller) copy() {
	c := p.a.Clone()
	ev := mind.Delivered{Msg: p.wrap(&message.InstancesSend{})}
	before := p.a.Counts()
	one, two := p.a.Step(p.now, ev), c.Step(p.now, ev)
	if !reflect.DeepEqual(one, two) {
		p.t.Errorf("a copy does something else: %v, %v", one, two)
	}
	p.a = c
	if p.each != nil {
		p.left = c.Journal()
		p.each(before, ev, two)
	}
}

// restart kills the process; sometimes the machine reboots, too.
func (p *teller) restart() {
	j := p.a.Journal()
	p.cfg.Epoch += "'"
	if p.chance.IntN(2) == 0 {
		p.cfg.BootID += "'"
	}
	p.log = append(p.log, "restart, boot "+p.cfg.BootID)
	p.left = j
	p.a = New(p.cfg, j)
	if p.again != nil {
		p.again()
	}
	p.before = p.cfg
	clear(p.states)
	p.step(mind.Connected{})
	p.step(mind.Woken{Timer: timerResync})
}

func (p *teller) wrap(b message.Body) *message.Envelope {
	return &message.Envelope{ID: p.ids.Next(), Type: b.Type(), Domain: "default", Time: p.now, Body: b}
}

func (p *teller) send(b message.Body) {
	e := p.wrap(b)
	p.last = append(p.last, e)
	p.deliver(e)
}

func (p *teller) deliver(e *message.Envelope) { p.step(mind.Delivered{Msg: e}) }

func (p *teller) step(ev mind.Event) {
	if d, ok := ev.(mind.Delivered); ok {
		p.log = append(p.log, fmt.Sprintf("%s %+v", d.Msg.Body.Type(), d.Msg.Body))
	} else {
		p.log = append(p.log, fmt.Sprintf("%T%+v", ev, ev))
	}
	before := p.a.Counts()
	effects := slices.Clone(p.a.Step(p.now, ev))
	for _, e := range effects {
		p.watch(e)
	}
	if p.each != nil {
		p.left = p.a.Journal()
		p.each(before, ev, effects)
	}
	if p.a.running.id == 0 && p.a.pause.id == 0 {
		p.invariants()
	}
}

func (p *teller) watch(e mind.Effect) {
	switch e := e.(type) {
	case mind.Publish:
		if c, ok := e.Msg.Body.(*message.InstanceChanged); ok {
			p.log = append(p.log, "    "+c.Path+" "+c.Status.String())
			p.moved(c)
		}
	case Run:
		p.log = append(p.log, "    run "+e.Op.String()+" "+e.View.Path)
		if without := p.needs(e.View); (e.Op == lifecycle.Start || e.Op == lifecycle.Update) && without != "" {
			p.t.Errorf("LC-50, LC-25: %s of %s without %s", e.Op, e.View.Path, without)
		}
		if e.Op == lifecycle.Update && (e.Change == nil || p.a.insts[p.a.paths[e.View.Path]].state != lifecycle.DeployedStarted) {
			p.t.Errorf("LC-25: update of %s", e.View.Path)
		}
	}
}

// needs is a mandatory prefix that a recipe sees nothing of, read from the model; "" when there is none.
func (p *teller) needs(v View) string {
	g := p.a.model.Graph
	for _, imp := range g.Imports(g.Component(v.Component)) {
		seen := slices.ContainsFunc(v.Imports, func(i Imports) bool { return i.Prefix == imp.Prefix && len(i.From) > 0 })
		if !imp.Optional && !seen {
			return imp.Prefix
		}
	}
	return ""
}

func (p *teller) moved(c *message.InstanceChanged) {
	from, known := p.states[c.Path]
	p.states[c.Path] = c.Status
	if known && from != c.Status && c.Path != "/vm" && !lifecycle.CanMove(from, c.Status) {
		p.t.Errorf("%s went from %s to %s", c.Path, from, c.Status)
	}
}

func (p *teller) invariants() {
	for _, i := range p.a.order {
		in := &p.a.insts[i]
		if in.parent < 0 {
			continue
		}
		up := p.a.insts[in.parent].state
		switch s := in.state; {
		case s.Transitive() || s == lifecycle.Problem:
			p.t.Errorf("LC-5: %s rests in %s", in.path, s)
		case (s == lifecycle.DeployedStarted || s == lifecycle.Unresolved) && up != lifecycle.DeployedStarted:
			p.t.Errorf("LC-43: %s is %s under %s", in.path, s, up)
		case s == lifecycle.WaitingForAncestor && !up.Waits() && !(up == lifecycle.DeployedStarted && in.tried):
			p.t.Errorf("LC-43: %s is %s under %s", in.path, s, up)
		case up == lifecycle.NotDeployed && s != lifecycle.NotDeployed:
			p.t.Errorf("LC-43: %s is %s under %s", in.path, s, up)
		case in.live != (s == lifecycle.DeployedStarted && len(in.groups) > 0):
			p.t.Errorf("LC-62: %s is %s, and published: %v", in.path, s, in.live)
		}
		if known := p.states[in.path]; known != in.state && p.a.stateSeqOf(i) > 0 {
			p.t.Errorf("LC-142: the manager knows %s as %s, it is %s", in.path, known, in.state)
		}
	}
}

func (a *Agent) stateSeqOf(i int32) uint64 { return a.insts[i].stateSeq }
