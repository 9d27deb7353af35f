package journal

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

func isLocked(err error) bool { return errors.Is(err, ErrLocked) }

// A log does not grow for ever, and what is compacted is what was there.
func TestCompact(t *testing.T) {
	s := newStory(t, 11, Options{Compact: 3 << 10})
	for k := range 300 {
		s.move()
		if s.j.Heavy(true) {
			s.compact()
		}
		if s.j.Size() > 8<<10 {
			t.Fatalf("after %d moves the log has %d bytes", k, s.j.Size())
		}
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	_, left, err := Open(copied(t, s.dir), "boot", Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	one, _ := agent.EncodeJournal(left.Memory)
	two, _ := agent.EncodeJournal(s.a.Journal())
	if string(one) != string(two) {
		t.Errorf("it knows\n%s\nnot\n%s", one, two)
	}
}

// LC-106: a reset leaves nothing behind.
func TestWipe(t *testing.T) {
	dir := t.TempDir()
	j, left, err := Open(dir, "boot", Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := agent.Config{App: "app", Scope: "/vm", Epoch: "e"}
	if err := j.Begin(c, agent.New(c, nil), "boot", left); err != nil {
		t.Fatal(err)
	}
	if err := j.Wipe(); err != nil {
		t.Fatal(err)
	}
	j, left, err = Open(dir, "boot", Options{})
	if err != nil || left.Memory != nil {
		t.Errorf("it still knows %v, %v", left.Memory, err)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

func FuzzReadLog(f *testing.F) {
	var b []byte
	ev, err := agent.AppendEvent([]byte{2, 0, 0}, mind.Woken{Timer: "answer"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	b = appendFrame(b, kindStep, ev)
	b = appendFrame(b, kindDone, nil)
	f.Add(appendFrame(b, kindConfirmed, []byte{7}))
	c := agent.Config{App: "app", Scope: "/vm", Epoch: "e"}
	f.Fuzz(func(t *testing.T, frames []byte) {
		s := &snapshot{about: about{Config: c}, memory: agent.New(c, nil).Journal()}
		left, err := s.replay(frames, true)
		if err == nil && left.Torn > len(frames) {
			t.Fatalf("%d of %d bytes are torn", left.Torn, len(frames))
		}
	})
}

func FuzzReadSnapshot(f *testing.F) {
	c := agent.Config{App: "app", Scope: "/vm", Epoch: "e"}
	j := &Journal{}
	p := Pending{To: message.Manager("app"), Msg: &message.Envelope{
		ID: "00000000-0000-8000-8000-000000000000", Type: "instance.removed", Domain: "d", Body: &message.InstanceRemoved{Path: "/a"},
		From: message.From{Kind: message.FromManager, Epoch: "m", Seq: 1},
	}}
	j.outbox.add(p)
	data, err := j.snapshot(about{Config: c, Published: 1}, agent.New(c, nil).Journal(), []*message.Envelope{p.Msg})
	if err != nil {
		f.Fatal(err)
	}
	if s, err := readSnapshot(data); err != nil || len(s.inbox) != 1 || len(s.outbox) != 1 {
		f.Fatalf("%+v, %v", s, err)
	}
	f.Add(data)
	f.Fuzz(func(_ *testing.T, data []byte) {
		if s, err := readSnapshot(data); err == nil {
			_, _ = s.replay(nil, true)
		}
	})
}

// benchJournal has an agent with a started page.
func benchJournal(b *testing.B, o Options) (*Journal, *agent.Agent) {
	j, left, err := Open(b.TempDir(), "boot", o)
	if err != nil {
		b.Fatal(err)
	}
	c := agent.Config{App: "app", Scope: "/vm", Epoch: "e", BootID: "boot"}
	a := agent.New(c, nil)
	if err := j.Begin(c, a, "boot", left); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = j.Close() })
	return j, a
}

// BenchmarkRecord is what stands between a message and the recipe that it starts.
func BenchmarkRecord(b *testing.B) {
	for name, o := range map[string]Options{"sync": {Compact: 1 << 40}, "no sync": {NoSync: true, Compact: 1 << 40}} {
		b.Run(name, func(b *testing.B) {
			j, a := benchJournal(b, o)
			m := &message.Envelope{
				ID: "00000000-0000-8000-8000-000000000000", Type: "import.add", Domain: "default",
				From: message.From{Kind: message.FromManager, Epoch: "m", Seq: 1},
				Body: &message.ImportAdd{App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: 1, Vars: []model.Variable{{Name: "Db.ip", Value: model.Text("1")}}},
			}
			raw, err := message.Encode(m)
			if err != nil {
				b.Fatal(err)
			}
			steps := []Step{{Event: mind.Delivered{Msg: m}, Raw: raw, Counts: a.Counts(), Saves: true}}
			b.ReportAllocs()
			for b.Loop() {
				if err := j.Record(steps, nil); err != nil {
					b.Fatal(err)
				}
				if err := j.Done(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen is a start after a death: an image, and a log of a thousand steps.
func BenchmarkOpen(b *testing.B) {
	j, a := benchJournal(b, Options{NoSync: true, Compact: 1 << 40})
	ids, start := message.NewIDs("bench", 0), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	send := func(body message.Body) {
		m := &message.Envelope{
			ID: ids.Next(), Type: body.Type(), Domain: "default", Body: body, From: message.From{Kind: message.FromManager, Epoch: "m", Seq: 1},
		}
		counts := a.Counts()
		effects := a.Step(start, mind.Delivered{Msg: m})
		if err := j.Record([]Step{{At: start, Event: mind.Delivered{Msg: m}, Counts: counts, Saves: true, Effects: effects}}, nil); err != nil {
			b.Fatal(err)
		}
	}
	send(world())
	for k := range 1000 {
		send(&message.InstanceRequest{Path: paths[k%len(paths)], Status: lifecycle.NotDeployed})
	}
	dir := j.dir
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		j, left, err := Open(dir, "boot", Options{})
		if err != nil || left.Steps+len(left.Inbox) != 1001 {
			b.Fatal(err, left.Steps, len(left.Inbox))
		}
		if err := j.lock.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
