package agent

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// through sends a journal through its form on disk, and sees that the form is stable.
func through(t testing.TB, j *Journal) *Journal {
	t.Helper()
	once, err := EncodeJournal(j)
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeJournal(once)
	if err != nil {
		t.Fatalf("%v\n%s", err, once)
	}
	twice, err := EncodeJournal(back)
	if err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("the form is not stable: %v\n%s\n%s", err, once, twice)
	}
	return back
}

// told says what an effect is, without addresses.
func told(t testing.TB, e mind.Effect) string {
	t.Helper()
	switch e := e.(type) {
	case mind.Publish:
		raw, err := message.Encode(e.Msg)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%v %s", e.To, raw)
	case Run:
		return fmt.Sprintf("run %d %v %v %+v %q %v", e.ID, e.Op, e.View, e.Change, e.Request(), e.Remove)
	}
	return fmt.Sprintf("%T%+v", e, e)
}

func tellAll(t testing.TB, effects []mind.Effect) string {
	var lines []string
	for _, e := range effects {
		lines = append(lines, told(t, e))
	}
	return strings.Join(lines, "\n")
}

// LC-104: a mind that goes through its image on disk at any event, in the middle of recipes too, does what one does that never
// did; and so does one that gets the events that are not volatile again, from any image on.
func TestImageAndReplay(t *testing.T) {
	seeds := uint64(40)
	if *seedFlag != 0 {
		seeds = 1
	}
	for n := range seeds {
		seed := n + 1
		if *seedFlag != 0 {
			seed = *seedFlag
		}
		tellTwice(t, seed)
		if t.Failed() {
			t.Fatalf("replay with -seed=%d", seed)
		}
	}
}

// noted is an event as a journal keeps it.
type noted struct {
	at     time.Time
	form   []byte
	counts Counts
	ids    []string // of what it made the mind publish and others rely on
}

func lasting(effects []mind.Effect) (ids []string) {
	for _, e := range effects {
		if p, ok := e.(mind.Publish); ok && Lasting(p.Msg.Body) {
			ids = append(ids, p.Msg.ID)
		}
	}
	return ids
}

func tellTwice(t *testing.T, seed uint64) {
	p := newTeller(t, seed)
	twin := Resume(p.cfg, through(t, p.a.Image()))
	image, since := through(t, p.a.Image()), []noted(nil)
	chance := rand.New(rand.NewPCG(seed, 9))
	p.each = func(before Counts, ev mind.Event, effects []mind.Effect) {
		saves := false
		for _, e := range effects {
			_, save := e.(mind.Save)
			saves = saves || save
		}
		if chance.IntN(3) == 0 {
			twin = Resume(p.cfg, through(t, twin.Image()))
		}
		if one, two := tellAll(t, effects), tellAll(t, twin.Step(p.now, ev)); one != two {
			t.Errorf("%T: a mind from its image does something else:\n%s\n\n%s", ev, one, two)
		}
		if one, two := dump(p.a), dump(twin); one != two {
			t.Errorf("%T: a mind from its image thinks something else:\n%s\n\n%s", ev, one, two)
		}
		if !Volatile(ev, saves) {
			form, err := AppendEvent(nil, ev, nil)
			if err != nil {
				t.Fatal(err)
			}
			since = append(since, noted{p.now, form, before, lasting(effects)})
		}
		if chance.IntN(20) == 0 {
			replay(t, p, image, since)
			image, since = through(t, p.a.Image()), nil
		}
	}
	p.again = func() { // another process
		replay(t, p, image, since)
		twin = New(p.cfg, through(t, twin.Journal()))
		image, since = through(t, p.a.Image()), nil
	}
	p.tell(80)
}

// replay gives the events since an image to a mind: what would survive a crash is the same then.
func replay(t *testing.T, p *teller, image *Journal, since []noted) {
	t.Helper()
	a := Resume(p.before, image)
	for _, n := range since {
		ev, err := DecodeEvent(n.form)
		if err != nil {
			t.Fatal(err)
		}
		a.Recount(n.counts)
		if ids := lasting(a.Step(n.at, ev)); !slices.Equal(ids, n.ids) {
			t.Errorf("MS-72: %T publishes %v when it is replayed, %v before", ev, ids, n.ids)
		}
	}
	one, err := EncodeJournal(p.left)
	if err != nil {
		t.Fatal(err)
	}
	two, err := EncodeJournal(a.Journal())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Errorf("what was replayed differs:\n%s\n%s", one, two)
	}
}

// MS-72, MS-74: every event that is not volatile comes back from the disk.
func TestEventForms(t *testing.T) {
	asked := &message.Envelope{
		ID: noID, Type: "ping", Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Domain: "default", From: nobody,
		Body: &message.Ping{Nonce: "n"},
	}
	for _, ev := range []mind.Event{
		mind.Delivered{Msg: asked},
		mind.Connected{},
		mind.Lost{Reason: "gone"},
		mind.Woken{Timer: timerAnswer},
		Stopping{Reason: "term"},
		Ended{ID: 7, ExitCode: -1, Error: "timeout", Took: time.Second},
		Looked{ID: 1, Missing: []string{"a"}},
		Kept{SHA256: "a", Complete: true},
		Written{ID: 3, ExitCode: 2, Error: "no"},
		Switched{For: asked, Error: "refused"},
	} {
		form, err := AppendEvent(nil, ev, nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeEvent(form)
		if err != nil || !reflect.DeepEqual(ev, back) {
			t.Errorf("%T came back as %+v, %v", ev, back, err)
		}
	}
	if _, err := AppendEvent(nil, 7, nil); err == nil {
		t.Error("a number is kept as an event")
	}
}

// A journal of a later version is left alone, one that makes no sense is refused.
func TestJournalRefused(t *testing.T) {
	if _, err := DecodeJournal([]byte(`{"Format":2}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer journal: %v", err)
	}
	for _, form := range []string{
		``, `[]`, `{"Format":1,"Fetching":true}`, `{"Format":1,"Free":[0]}`, `{"Format":1,"Insts":[{"Path":"/a","Parent":-1}]}`,
		`{"Format":1,"Again":[3]}`, `{"Format":1,"Model":{"v":1}}`, `{"Format":1,"Mid":{"Work":[{"What":200}]}}`,
	} {
		if _, err := DecodeJournal([]byte(form)); err == nil {
			t.Errorf("%s is read", form)
		}
	}
}

// sampleJournals are images of a mind in several moods.
func sampleJournals(t testing.TB) [][]byte {
	x := newBench()
	var list [][]byte
	add := func(j *Journal) {
		data, err := EncodeJournal(j)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, data)
	}
	add(New(Config{App: "a", Scope: "/vm", Epoch: "e"}, nil).Journal())
	add(x.a.Journal())
	x.all(lifecycle.DeployedStarted)
	x.a.Step(x.now, mind.Delivered{Msg: &message.Envelope{
		ID: x.ids.Next(), Domain: "default", Body: &message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.NotDeployed},
	}})
	add(x.a.Image())
	return list
}

func FuzzDecodeJournal(f *testing.F) {
	for _, data := range sampleJournals(f) {
		f.Add(data)
	}
	c := Config{App: "app", Scope: "/vm", Epoch: "f", Transfer: true}
	f.Fuzz(func(t *testing.T, data []byte) {
		j, err := DecodeJournal(data)
		if err != nil {
			return
		}
		for _, a := range []*Agent{New(c, j), Resume(c, j)} {
			a.Step(time.Time{}, mind.Connected{})
			a.Step(time.Time{}, mind.Delivered{Msg: &message.Envelope{ID: noID, Domain: "default", Body: &message.InstancesSend{}}})
		}
		if _, err := EncodeJournal(j); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(`E{"ID":3,"ExitCode":1}`))
	f.Add([]byte(`Wheartbeat`))
	f.Add([]byte(`k{"SHA256":"a","Complete":true}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ev, err := DecodeEvent(data)
		if err != nil {
			return
		}
		New(Config{App: "a", Scope: "/vm", Epoch: "f"}, nil).Step(time.Time{}, ev)
		if _, err := AppendEvent(nil, ev, nil); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}

func BenchmarkEncodeJournal(b *testing.B) {
	x := newBench()
	x.all(lifecycle.DeployedStarted)
	b.ReportAllocs()
	for b.Loop() {
		data, err := EncodeJournal(x.a.Image())
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
	}
}

func BenchmarkDecodeJournal(b *testing.B) {
	x := newBench()
	x.all(lifecycle.DeployedStarted)
	data, err := EncodeJournal(x.a.Image())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeJournal(data); err != nil {
			b.Fatal(err)
		}
	}
}

// dump prints all of a mind but what it can compute again, so that a field that nobody writes to the disk shows.
func dump(a *Agent) string {
	c := a.Clone()
	var b strings.Builder
	for i := range c.insts {
		in := &c.insts[i]
		if in.kind != nil {
			fmt.Fprintf(&b, "%+v %s %+v", *in.kind, in.decl.Component, in.decl.Overrides)
		}
		if in.problem != nil {
			fmt.Fprintf(&b, " %+v", *in.problem)
		}
		for _, p := range in.sent {
			fmt.Fprintf(&b, " %+v %v", *p.add, p.external)
		}
		in.decl, in.kind, in.problem, in.sent, in.listed, in.vars, in.groups, in.above, in.known = nil, nil, nil, nil, nil, nil, nil, nil, false
		for k := range in.imports {
			in.imports[k] = slices.Clone(in.imports[k])
		}
		fmt.Fprintf(&b, " %+v\n", *in)
	}
	for _, it := range c.queue {
		if it.msg != nil {
			b.WriteString(it.msg.ID)
		} else {
			fmt.Fprint(&b, *it.forget)
		}
		b.WriteString(" waits\n")
	}
	if c.current != nil {
		fmt.Fprintln(&b, c.current.ID)
	}
	for k := range c.work {
		if n := c.work[k].news; n != nil {
			fmt.Fprintf(&b, "%+v\n", *n)
		}
		c.work[k].news = nil
	}
	for _, seen := range []map[string]*message.RequestResult{c.seen, c.past} {
		for _, id := range slices.Sorted(maps.Keys(seen)) {
			if seen[id] != nil {
				fmt.Fprintf(&b, "%s %+v\n", id, *seen[id])
			}
		}
	}
	fmt.Fprintln(&b, c.ids.Given(), len(c.seen), len(c.past), slices.Sorted(maps.Keys(c.kinds)), c.byPref)
	c.ids, c.model, c.kinds, c.insts, c.queue, c.current, c.seen, c.past, c.byPref, c.digest = message.IDs{}, nil, nil, nil, nil, nil, nil, nil, nil, ""
	c.out, c.beat, c.now, c.dirty = nil, nil, time.Time{}, false
	fmt.Fprintf(&b, "%+v", *c)
	return b.String()
}

// What stories seldom come to is kept, too.
func TestImageKeepsTheRare(t *testing.T) {
	x := newBench()
	x.all(lifecycle.DeployedStopped)
	x.a.Step(x.now, mind.Delivered{Msg: &message.Envelope{
		ID: x.ids.Next(), Domain: "default", Body: &message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.DeployedStarted},
	}})
	if x.a.running.id == 0 {
		t.Fatal("no recipe runs")
	}
	x.a.insts[1].tried, x.a.pubSeqs, x.a.running.told, x.a.running.cancelled, x.a.resetting = true, 7, 3, true, true
	x.a.queue = append(x.a.queue, item{forget: &source{"a", "p", "/x"}})
	x.a.heard = map[source]heard{{"a", "p", "/x"}: {gen: 2, seq: 9, gone: true, final: true}}
	if one, two := dump(x.a), dump(Resume(x.a.cfg, through(t, x.a.Image()))); one != two {
		t.Errorf("something is lost:\n%s\n\n%s", one, two)
	}
}
