package journal

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

var seedFlag = flag.Uint64("seed", 0, "replay one random story")

// world is a machine with three servers and a page that needs a database elsewhere.
func world() *message.ModelSet {
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Server"}}},
		{
			Name: "Server", Installer: model.Ref{Name: "script"}, Children: []model.Ref{{Name: "Page"}},
			Exports: []model.Variable{{Name: "ip"}, {Name: "port", Value: model.Text("80")}},
		},
		{Name: "Page", Installer: model.Ref{Name: "script"}, Imports: []model.Import{{Prefix: "Db", Name: "*"}}},
	}, nil)
	root := &model.Instance{Name: "vm", Component: "VM"}
	for k := range 3 {
		root.Children = append(root.Children, &model.Instance{
			Name: fmt.Sprintf("s%d", k), Component: "Server", Children: []*model.Instance{{Name: "page", Component: "Page"}},
		})
	}
	return &message.ModelSet{Revision: 1, Gen: 1, Graph: g, Root: root}
}

var paths = []string{"/vm/s0", "/vm/s1", "/vm/s2", "/vm/s0/page", "/vm/s1/page"}

// facts are what is true outside at a moment: what a crash must not contradict.
type facts struct {
	acked []string       // ids of messages that the broker was told are safe
	begun map[string]int // recipes that were begun, by what they run for
	// pending are ids of publications that the bus has and the broker did not confirm.
	pending []string
}

func (f facts) clone() facts {
	return facts{slices.Clone(f.acked), maps.Clone(f.begun), slices.Clone(f.pending)}
}

// write is one that the journal made, with the facts before it.
type write struct {
	file     string // snapshot and log as they were before
	snapshot []byte
	from, to int64
	log      []byte // up to to
	before   facts
}

// story is an agent with a journal and a shell that is played.
type story struct {
	t         *testing.T
	seed      uint64
	chance    *rand.Rand
	dir       string
	j         *Journal
	a         *agent.Agent
	cfg       agent.Config
	ids       message.IDs
	now       time.Time
	facts     facts
	running   []agent.Run
	writes    []write
	images    map[string]bool // every journal that the mind ever had at the end of a step
	pending   []*message.Envelope
	seq       uint64
	image     *agent.Journal
	published []string        // ids of what others rely on, in order of steps
	pings     map[string]bool // ids of messages that change nothing, so that nobody remembers them
}

func newStory(t *testing.T, seed uint64, o Options) *story {
	s := &story{
		t: t, seed: seed, chance: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), ids: message.NewIDs(fmt.Sprint("story", seed), 0),
		now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), facts: facts{begun: map[string]int{}}, images: map[string]bool{}, pings: map[string]bool{},
		cfg: agent.Config{App: "app", Scope: "/vm", Address: "10.0.0.1", Epoch: "first", BootID: "boot", Heartbeat: time.Second},
	}
	o.NoSync = true
	j, left, err := Open(s.dir, "boot", o)
	if err != nil {
		t.Fatal(err)
	}
	s.j, s.a = j, agent.New(s.cfg, left.Memory)
	if err := j.Begin(s.cfg, s.a, "boot", left); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	s.remember()
	s.take(mind.Connected{})
	s.take(s.message(world()))
	return s
}

func (s *story) message(b message.Body) mind.Delivered {
	return mind.Delivered{Msg: &message.Envelope{
		ID: s.ids.Next(), Type: b.Type(), Time: s.now, Domain: "default", Body: b,
		From: message.From{Kind: message.FromManager, Epoch: "m", Seq: 1},
	}}
}

func (s *story) remember() {
	data, err := agent.EncodeJournal(s.a.Journal())
	if err != nil {
		s.t.Fatal(err)
	}
	s.images[string(data)] = true
}

// take lets the mind take events as one batch, as the loop does.
func (s *story) take(events ...mind.Event) {
	var steps []Step
	var wishes []mind.Effect
	for _, ev := range events {
		s.now = s.now.Add(time.Second)
		step := Step{At: s.now, Event: ev, Counts: s.a.Counts()}
		if ev == (Mark{}) {
			s.image = s.a.Image()
			steps = append(steps, step)
			continue
		}
		from := len(wishes)
		for _, e := range s.a.Step(s.now, ev) {
			if _, save := e.(mind.Save); save {
				step.Saves = true
				continue
			}
			if p, ok := e.(mind.Publish); ok && agent.Lasting(p.Msg.Body) {
				s.published = append(s.published, p.Msg.ID)
			}
			wishes = append(wishes, e)
		}
		step.Effects = slices.Clone(wishes[from:])
		steps = append(steps, step)
		s.remember()
	}
	s.watched(func() error { return s.j.Record(steps, s.early(wishes)) })
	for _, ev := range events {
		if d, ok := ev.(mind.Delivered); ok {
			s.facts.acked = append(s.facts.acked, d.Msg.ID)
		}
	}
	s.watched(s.j.Done)
	for _, e := range wishes {
		s.do(e)
	}
}

// watched calls something that may write, and keeps what it wrote with the facts before.
func (s *story) watched(f func() error) {
	s.t.Helper()
	w := write{from: s.j.Size(), before: s.facts.clone(), file: s.j.logPath(s.j.about.Generation)}
	if err := f(); err != nil {
		s.t.Fatal(err)
	}
	w.to = s.j.Size()
	if w.to == w.from || w.file != s.j.logPath(s.j.about.Generation) {
		return
	}
	var err error
	if w.log, err = os.ReadFile(w.file); err != nil {
		s.t.Fatal(err)
	}
	if w.snapshot, err = os.ReadFile(filepath.Join(s.dir, "snapshot")); err != nil {
		s.t.Fatal(err)
	}
	s.writes = append(s.writes, w)
}

// early begins an update while the disk syncs, as the agent does; nil when there is none.
func (s *story) early(wishes []mind.Effect) func() {
	for _, e := range wishes {
		if r, ok := e.(agent.Run); ok && r.Op == lifecycle.Update {
			return func() { s.facts.begun[reason(r)]++ }
		}
	}
	return nil
}

func (s *story) do(e mind.Effect) {
	switch e := e.(type) {
	case agent.Run:
		if e.Op != lifecycle.Update {
			s.facts.begun[reason(e)]++
		}
		s.running = append(s.running, e)
	case mind.Publish:
		if agent.Lasting(e.Msg.Body) {
			s.pending = append(s.pending, e.Msg)
			s.facts.pending = append(s.facts.pending, e.Msg.ID)
		}
	}
}

// reason is what a recipe runs for: one recipe of one instance, for one message.
func reason(r agent.Run) string {
	id := "itself"
	if r.For != nil {
		id = r.For.ID
	}
	return fmt.Sprintf("%s of %s for %s", r.Op, r.View.Path, id)
}

func (s *story) tell(moves int) {
	for range moves {
		s.move()
	}
}

func (s *story) move() {
	if s.j.Heavy(true) && s.chance.IntN(2) == 0 {
		s.compact()
	}
	for len(s.pending) > 0 && s.chance.IntN(3) > 0 {
		s.j.Confirmed(s.pending[0])
		s.facts.pending = s.facts.pending[1:]
		s.pending = s.pending[1:]
	}
	var batch []mind.Event
	for range 1 + s.chance.IntN(3) {
		batch = append(batch, s.event())
	}
	s.take(batch...)
}

func (s *story) compact() {
	s.take(s.event(), Mark{}, s.message(&message.InstancesSend{}))
	if err := s.j.Compact(s.image); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) event() mind.Event {
	switch n := s.chance.IntN(12); {
	case len(s.running) > 0 && n < 6:
		e := agent.Ended{ID: s.running[0].ID, ExitCode: s.chance.IntN(5) / 4}
		s.running = s.running[1:]
		return e
	case n < 8:
		states := []lifecycle.State{lifecycle.NotDeployed, lifecycle.DeployedStopped, lifecycle.DeployedStarted, lifecycle.DeployedStarted}
		return s.message(&message.InstanceRequest{Path: paths[s.chance.IntN(len(paths))], Status: states[s.chance.IntN(4)]})
	case n < 10:
		s.seq++
		if s.chance.IntN(3) == 0 {
			return s.message(&message.ImportRemove{App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: s.seq, Origin: message.FromAgent})
		}
		v := []model.Variable{{Name: "Db.ip", Value: model.Text(fmt.Sprint(s.seq))}}
		return s.message(&message.ImportAdd{App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: s.seq, Vars: v})
	case n == 10:
		return mind.Woken{Timer: "heartbeat"}
	}
	ping := s.message(&message.Ping{Nonce: "n"})
	s.pings[ping.Msg.ID] = true
	return ping
}

// MS-74, LC-104, MS-72: wherever the log is cut, no message that was acknowledged is lost, no recipe that was begun is begun again, the
// mind knows what it knew after the last whole record, and the publications that nobody confirmed are sent first, in order.
func TestCutAnywhere(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if *seedFlag != 0 {
		seeds = []uint64{*seedFlag}
	}
	for _, seed := range seeds {
		o := Options{Compact: []int64{1 << 20, 4 << 10}[seed%2]}
		s := newStory(t, seed, o)
		s.tell(40)
		for _, w := range s.writes {
			cuts := []int64{w.from, w.from + 1, w.to - 1, w.to}
			for range 4 {
				cuts = append(cuts, w.from+s.chance.Int64N(w.to-w.from))
			}
			for _, cut := range cuts {
				s.revive(w, cut)
				if t.Failed() {
					t.Fatalf("replay with -seed=%d", seed)
				}
			}
		}
	}
}

// revive reads what is left when the log is cut, and looks at what a new process makes of it.
func (s *story) revive(w write, cut int64) {
	t := s.t
	t.Helper()
	snap, err := readSnapshot(w.snapshot)
	if err != nil {
		t.Fatal(err)
	}
	left, err := snap.replay(w.log[headLen:cut], true)
	if err != nil {
		t.Fatal(err)
	}
	data, err := agent.EncodeJournal(left.Memory)
	if err != nil {
		t.Fatal(err)
	}
	if !s.images[string(data)] {
		t.Errorf("cut at %d: the mind never knew this:\n%s", cut, data)
	}
	s.resent(left, w, cut)
	c := s.cfg
	c.Epoch = "second"
	a := agent.New(c, left.Memory)
	var runs []agent.Run
	step := func(ev mind.Event) {
		for _, e := range a.Step(s.now, ev) {
			if r, ok := e.(agent.Run); ok {
				runs = append(runs, r)
			}
		}
	}
	for _, m := range left.Inbox {
		step(mind.Delivered{Msg: m})
	}
	for _, id := range w.before.acked {
		if !a.Knows(id) && !s.pings[id] {
			t.Errorf("cut at %d: the acknowledged message %s is lost", cut, id)
		}
	}
	step(mind.Connected{})
	for k := 0; k < len(runs); k++ {
		if r := runs[k]; r.For != nil && w.before.begun[reason(r)] > 0 {
			t.Errorf("cut at %d: %s begins twice", cut, reason(r))
		}
		step(agent.Ended{ID: runs[k].ID})
	}
	if left := a.InState(lifecycle.Starting) + a.InState(lifecycle.Deploying) + a.InState(lifecycle.Stopping); left > 0 {
		t.Errorf("LC-5: cut at %d: %d instances rest in a transitive state", cut, left)
	}
}

// resent looks at the publications that are sent first: in order, under their ids, all that the broker does not have.
func (s *story) resent(left Left, w write, cut int64) {
	s.t.Helper()
	from := 0
	for _, p := range left.Outbox {
		at := slices.Index(s.published[from:], p.Msg.ID)
		if at < 0 {
			s.t.Fatalf("MS-72: cut at %d: %s was never published under this id, or comes too late", cut, p.Msg.ID)
		}
		from += at + 1
	}
	for _, id := range w.before.pending {
		if !slices.ContainsFunc(left.Outbox, func(p Pending) bool { return p.Msg.ID == id }) {
			s.t.Errorf("MS-72: cut at %d: %s was published, not confirmed, is not sent again", cut, id)
		}
	}
}

// MS-74: what is acknowledged and was not begun is handled after a restart, once; after a reboot, where nobody knows, it is interrupted.
func TestHandedOver(t *testing.T) {
	for _, boot := range []string{"boot", "another boot", ""} {
		s := newStory(t, 7, Options{})
		request := s.message(&message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.DeployedStopped})
		step := Step{At: s.now, Event: request, Counts: s.a.Counts(), Saves: true, Effects: slices.Clone(s.a.Step(s.now, request))}
		if err := s.j.Record([]Step{step}, nil); err != nil { // and it dies here, before Done
			t.Fatal(err)
		}
		dir := copied(t, s.dir)
		j, left, err := Open(dir, boot, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := s.cfg
		c.Epoch, c.BootID = "second", boot
		a := agent.New(c, left.Memory)
		if err := j.Begin(c, a, boot, left); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if handed := len(left.Inbox) == 1; handed != (boot == "boot") {
			t.Fatalf("boot %q: %d messages are handed over", boot, len(left.Inbox))
		}
		if boot != "boot" {
			if results := results(a.Step(s.now, mind.Connected{})); len(results) != 1 || results[0].Outcome != message.Failed {
				t.Errorf("boot %q: told %+v", boot, results)
			}
			continue
		}
		// It dies once more before it takes them.
		j, again, err := Open(dir, boot, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		if len(again.Inbox) != 1 || again.Inbox[0].ID != request.Msg.ID {
			t.Errorf("after a second death %d messages are handed over", len(again.Inbox))
		}
		a = agent.New(c, again.Memory)
		a.Step(s.now, mind.Delivered{Msg: again.Inbox[0]})
		effects := a.Step(s.now, mind.Connected{})
		if n := slices.IndexFunc(effects, func(e mind.Effect) bool { r, ok := e.(agent.Run); return ok && r.Request() == request.Msg.ID }); n < 0 {
			t.Error("its recipe does not run")
		}
	}
}

func results(effects []mind.Effect) (list []*message.RequestResult) {
	for _, e := range effects {
		if p, ok := e.(mind.Publish); ok {
			if r, ok := p.Msg.Body.(*message.RequestResult); ok {
				list = append(list, r)
			}
		}
	}
	return list
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// MS-72: what the broker did not confirm is sent again by the next process, in order, under the same ids; what it did is not, and a
// later word about an instance stands for the earlier ones.
func TestOutboxAfterADeath(t *testing.T) {
	s := newStory(t, 8, Options{})
	for _, m := range s.pending {
		s.j.Confirmed(m)
	}
	s.pending = nil
	for _, p := range []string{"/vm/s0", "/vm/s1"} {
		s.take(s.message(&message.InstanceRequest{Path: p, Status: lifecycle.DeployedStopped}))
		for len(s.running) > 0 {
			r := s.running[0]
			s.running = s.running[1:]
			s.take(agent.Ended{ID: r.ID})
		}
	}
	want := s.pending
	if len(want) != 6 { // DEPLOYING, DEPLOYED_STOPPED, a result; twice
		t.Fatalf("%d publications", len(want))
	}
	s.j.Confirmed(want[1]) // says more than want[0], which never came
	s.j.Confirmed(want[3])
	s.take(s.message(&message.InstancesSend{})) // writes what is confirmed
	_, left, err := Open(copied(t, s.dir), "boot", Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range left.Outbox {
		got = append(got, p.Msg.ID)
		if p.To != message.Manager("app") {
			t.Errorf("%s goes to %+v", p.Msg.Type, p.To)
		}
	}
	at := slices.Index(got, want[2].ID)
	if at < 0 || slices.Contains(got, want[0].ID) || slices.Contains(got, want[1].ID) || !slices.Equal(got[at:at+4], ids(want[2:6])) {
		t.Errorf("sent again: %v\nof %v", got, ids(want))
	}
}

func ids(list []*message.Envelope) (all []string) {
	for _, m := range list {
		all = append(all, m.ID)
	}
	return all
}

// One process at a time has a folder; one that a later version wrote is left alone; one that is damaged is not taken for a new one.
func TestOpenRefuses(t *testing.T) {
	s := newStory(t, 9, Options{})
	if _, _, err := Open(s.dir, "boot", Options{}); err == nil || !isLocked(err) {
		t.Errorf("a second process: %v", err)
	}
	tests := []struct {
		name string
		harm func(data []byte) []byte
	}{
		{"newer", func(d []byte) []byte { d[headLen-1]++; return d }},
		{"damaged", func(d []byte) []byte { d[len(d)/2] ^= 1; return d }},
		{"cut", func(d []byte) []byte { return d[:len(d)/2] }},
		{"empty", func([]byte) []byte { return nil }},
	}
	for _, test := range tests {
		dir := copied(t, s.dir)
		data, err := os.ReadFile(filepath.Join(dir, "snapshot"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "snapshot"), test.harm(bytes.Clone(data)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Open(dir, "boot", Options{}); err == nil {
			t.Errorf("a snapshot that is %s is read", test.name)
		}
	}
}
