package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.etcd.io/bbolt"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/mindtest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456789, time.UTC)

func opened(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // closed twice, it does nothing
	return s
}

func loaded(t testing.TB, s *Store) *Loaded {
	t.Helper()
	l, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func events(n int) []Step {
	steps := make([]Step, n)
	for i := range steps {
		steps[i] = Step{At: noon.Add(time.Duration(i)), Event: manager.MachineCreated{App: "shop", Path: "/vm", Gen: i + 1, MachineID: "m"}}
	}
	return steps
}

// manager.md 5.2: what was appended is there, in order, to the nanosecond; a snapshot takes the place of what it covers.
func TestStepsComeBack(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if l := loaded(t, s); !l.Empty() || l.Damaged != nil {
		t.Errorf("a new store holds %+v", l)
	}
	steps := events(7)
	for _, batch := range [][]Step{steps[:1], steps[1:5], nil, steps[5:]} {
		if err := s.Append(batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	if l := loaded(t, s); !reflect.DeepEqual(l.Steps, steps) {
		t.Errorf("loaded %+v", l.Steps)
	}
	m := manager.New(manager.Config{Epoch: "m"})
	m.Step(noon, manager.Do{App: "shop", Op: manager.Create{Template: mindtest.Lamp()}})
	mark := s.Mark()
	if err := s.Append(events(2)); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(m.Journal(), mark); err != nil {
		t.Fatal(err)
	}
	l := loaded(t, s)
	if l.Journal == nil || len(manager.Restore(manager.Config{}, l.Journal).Apps()) != 1 || len(l.Steps) != 2 {
		t.Errorf("after the compaction: %+v", l)
	}
	if err := s.Compact(m.Journal(), s.Mark()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	if s.Mark() != 9 {
		t.Errorf("numbers begin again: the last is %d", s.Mark())
	}
}

// MG-3: a second one is refused, and told who has it.
func TestSecondIsRefused(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir)
	_, err := Open(dir, Options{})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("MG-3: %v", err)
	}
}

// MG-52: a newer format is refused without a change; an older one is copied aside, then brought up to date, all of it or nothing.
func TestFormats(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if err := s.Append(events(3)); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	fails := []migration{func(tx *bbolt.Tx) error {
		if err := tx.Bucket(eventBucket).Delete(number(1)); err != nil {
			return err
		}
		return errors.New("no")
	}}
	if _, err := open(dir, Options{}, fails); err == nil || !strings.Contains(err.Error(), "from format 1 to 2: no") {
		t.Errorf("MG-52: %v", err)
	}
	works := []migration{func(tx *bbolt.Tx) error { return tx.Bucket(eventBucket).Delete(number(1)) }}
	s, err := open(dir, Options{}, works)
	if err != nil {
		t.Fatal(err)
	}
	if l := loaded(t, s); len(l.Steps) != 2 {
		t.Errorf("MG-52: %d steps", len(l.Steps))
	}
	_ = s.Close()
	copies, _ := filepath.Glob(filepath.Join(dir, "state.db.format-1.*"))
	if len(copies) != 2 {
		t.Errorf("MG-52: the copies are %v", copies)
	}
	before, _ := os.ReadFile(filepath.Join(dir, fileName))
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "its format is 2") {
		t.Errorf("MG-52: %v", err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, fileName)); !bytes.Equal(before, after) {
		t.Error("MG-52: a refused store was changed")
	}
}

// MG-53: what cannot be read is reported, not fatal: an application, an event, a file that is no store.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	m := manager.New(manager.Config{Epoch: "m"})
	for _, name := range []string{"one", "two"} {
		m.Step(noon, manager.Do{App: name, Op: manager.Create{Template: mindtest.Lamp()}})
	}
	if err := s.Compact(m.Journal(), 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(events(4)); err != nil {
		t.Fatal(err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		journal := append([]byte(nil), tx.Bucket(metaBucket).Get(journalKey)...)
		at := bytes.LastIndex(journal, []byte("tomcat"))
		journal[at]++
		if err := tx.Bucket(metaBucket).Put(journalKey, journal); err != nil {
			return err
		}
		event := append([]byte(nil), tx.Bucket(eventBucket).Get(number(3))...)
		event[len(event)-1] ^= 1
		return tx.Bucket(eventBucket).Put(number(3), event)
	})
	if err != nil {
		t.Fatal(err)
	}
	l := loaded(t, s)
	if len(l.Steps) != 2 || len(l.Damaged) != 2 || !strings.Contains(l.Damaged[0], "event 3") || !strings.Contains(l.Damaged[1], "the application two") {
		t.Errorf("MG-53: %d steps, damaged: %q", len(l.Steps), l.Damaged)
	}
	back := manager.Restore(manager.Config{}, l.Journal)
	if got := back.Apps(); !reflect.DeepEqual(got, []string{"one"}) || back.DamagedApps()["two"] == "" {
		t.Errorf("MG-53: the applications are %v", got)
	}
	if copies, _ := filepath.Glob(filepath.Join(dir, "state.db.damaged.*")); len(copies) != 1 {
		t.Errorf("MG-53: copies: %v", copies)
	}
	_ = s.Close()
	if err := os.WriteFile(filepath.Join(dir, fileName), bytes.Repeat([]byte("no store "), 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("MG-53: %v", err)
	}
}

// The history is bounded, newest first, asked by application, instance, operation, time.
func TestHistory(t *testing.T) {
	s, err := Open(t.TempDir(), Options{History: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 300 {
		step := events(1)[0]
		step.History = []Record{{
			At: noon.Add(time.Duration(i) * time.Second), Kind: "change", App: []string{"shop", "mail"}[i%2],
			Instance: []string{"/vm", "/vm/db", "/vm2"}[i%3], Operation: fmt.Sprint(i / 10), To: "STARTED",
		}}
		if err := s.Append([]Step{step}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Note(Record{At: noon, Kind: "plan", Text: "nothing to do"}); err != nil {
		t.Fatal(err)
	}
	ask := func(q Query) []Record {
		list, err := s.History(q)
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(list); i++ {
			if list[i].Seq >= list[i-1].Seq {
				t.Fatalf("%+v: not the newest first", q)
			}
		}
		return list
	}
	if n := len(ask(Query{Limit: 1000})); n < 100 || n > 106 {
		t.Errorf("%d records are kept", n)
	}
	for _, r := range ask(Query{App: "shop", Instance: "/vm", Limit: 1000}) {
		if r.App != "shop" || r.Instance == "/vm2" {
			t.Errorf("asked for /vm of shop: %+v", r)
		}
	}
	if got := ask(Query{Operation: "29"}); len(got) != 10 || got[0].To != "STARTED" {
		t.Errorf("of the operation: %+v", got)
	}
	if got := ask(Query{From: noon.Add(290 * time.Second), To: noon.Add(295 * time.Second)}); len(got) != 5 {
		t.Errorf("of those seconds: %+v", got)
	}
	page := ask(Query{Limit: 7})
	if next := ask(Query{Limit: 7, Before: page[6].Seq}); len(next) != 7 || next[0].Seq != page[6].Seq-1 {
		t.Errorf("the next page is %+v", next)
	}
	if got := ask(Query{Kind: "plan"}); len(got) != 1 || got[0].Text != "nothing to do" {
		t.Errorf("plans: %+v", got)
	}
}

// MS-65: files are kept once, read in pieces, swept when nobody wants them.
func TestBlobs(t *testing.T) {
	s := opened(t, t.TempDir())
	a, size, err := s.PutBlob(strings.NewReader("#!/bin/sh\n"))
	if err != nil || size != 10 {
		t.Fatal(size, err)
	}
	if again, _, err := s.PutBlob(strings.NewReader("#!/bin/sh\n")); err != nil || again != a {
		t.Fatal(again, err)
	}
	b, _, err := s.PutBlob(strings.NewReader("other"))
	if err != nil {
		t.Fatal(err)
	}
	piece, total, err := s.Blob(a, 3, 4)
	if string(piece) != "bin/" || total != 10 || err != nil {
		t.Errorf("MS-65: %q of %d, %v", piece, total, err)
	}
	if piece, _, err := s.Blob(a, 99, 4); len(piece) != 0 || err != nil {
		t.Errorf("MS-65: beyond the end: %q, %v", piece, err)
	}
	if _, _, err := s.Blob("../../etc/passwd", 0, 4); err == nil {
		t.Error("MS-65: a path is taken for a digest")
	}
	if n, err := s.Sweep(map[string]bool{a: true}); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, _, err := s.Blob(b, 0, 4); !errors.Is(err, ErrNoBlob) {
		t.Errorf("swept, but %v", err)
	}
}

// MG-50, MG-51: the export is the language of instances: it is loaded again, with what the language can carry.
func TestExportIsReadable(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	m := manager.New(manager.Config{Epoch: "m"})
	app := mindtest.Lamp()
	app.Instances[0].Data = map[string]string{"size": "large", "odd": "two\nlines"}
	app.Instances[0].Overrides = []model.Override{{Name: "note", Value: ` "quoted" `}}
	do := func(name string, op manager.Op) {
		t.Helper()
		for _, e := range m.Step(noon, manager.Do{App: name, Op: op}) {
			if a, ok := e.(manager.Answer); ok && a.Errors != nil {
				t.Fatal(a.Errors)
			}
		}
	}
	do("", manager.SetTarget{Target: manager.Target{ID: "here", Text: "# mine\nhandler: local\n", Properties: map[string]string{"handler": "local"}}})
	do("shop", manager.Create{Template: app, Description: "a shop: with = signs"})
	do("shop", manager.Associate{Target: "here"})
	do("shop", manager.Request{Path: "/db-vm", State: lifecycle.DeployedStarted})
	m.Step(noon, manager.MachineCreated{App: "shop", Path: "/db-vm", Gen: 1, MachineID: "i, 1"})
	m.Step(noon, mind.Connected{})
	m.Step(noon, mind.Delivered{Msg: &message.Envelope{
		ID: "0", Domain: "default", From: message.From{Kind: message.FromAgent, App: "shop", Scope: "/db-vm", Epoch: "e"},
		Body: &message.AgentHeartbeat{Address: "10.0.0.7", ModelRequired: true},
	}})
	if err := s.Export(append(Readable(m, "shop"), ReadableTargets(m)...)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "applications/shop/instances/current.instances"))
	if err != nil {
		t.Fatal(err)
	}
	var graph strings.Builder
	for _, c := range app.Graph.Components() {
		fmt.Fprintf(&graph, "%s {\n\tinstaller: %s;\n\tchildren: ", c.Name, app.Graph.Installer(c))
		for i, child := range app.Graph.Children(c) {
			graph.WriteString(strings.Repeat(", ", min(i, 1)) + child.Name)
		}
		graph.WriteString(";\n}\n")
	}
	r := load.Dir(fstest.MapFS{
		"descriptor/application.properties": {Data: []byte("application-name = shop\ngraph-entry-point = g.graph\ninstance-entry-point = i.instances\n")},
		"graph/g.graph":                     {Data: []byte(strings.ReplaceAll(graph.String(), "\tchildren: ;\n", ""))},
		"instances/i.instances":             {Data: text},
	}, load.Options{}, nil)
	db := model.Find(r.App.Instances, "/db-vm")
	if len(model.Find(r.App.Instances, "/db-vm").Children) != 1 || db.State != "DEPLOYED_STARTED" || db.Data["size"] != "large" ||
		db.Data["ip.address"] != "10.0.0.7" || db.Data["application.name"] != "shop" || db.Data["machine.id"] != "" || db.Data["odd"] != "" ||
		len(db.Overrides) != 1 || db.Overrides[0].Value != ` "quoted" ` {
		t.Errorf("MG-50: loaded again: %+v\n%s", db, text)
	}
	for name, want := range map[string]string{
		"applications/shop/descriptor/application.properties": "application-description = a shop: with = signs\n",
		"targets/here/target.properties":                      "# mine\nhandler: local\n",
		"targets/here/associations.properties":                `shop\:\:null\:\:null = `,
		"targets/here/usage.properties":                       `shop\:\:null\:\:/db-vm = here`,
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("MG-50: %s is %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "targets/here/hints.properties")); err == nil {
		t.Error("targets.md 2: a file without content is there")
	}
	if err := s.Unexport("applications/shop"); err != nil {
		t.Fatal(err)
	}
	if err := s.Export([]File{{Name: "applications/../../x", Data: []byte("x")}}); err == nil {
		t.Error("MG-50: an export leaves its folder")
	}
}

// child is set in the process that TestKilledWhileAppending kills.
const child = "STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(child); dir != "" {
		appendForEver(dir)
	}
	os.Exit(m.Run())
}

// appendForEver appends batches of growing numbers, and says each number once it was acknowledged.
func appendForEver(dir string) {
	s, err := Open(dir, Options{CompactAfter: 1 << 14})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	m := manager.New(manager.Config{Epoch: "m"})
	n := int(s.Mark())
	for {
		batch := events(1 + n%3)
		for i := range batch {
			n++
			batch[i].Event = manager.MachineCreated{App: "shop", Path: "/vm", Gen: n}
		}
		if err := s.Append(batch); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(n)
		if s.Due() {
			if err := s.Compact(m.Journal(), s.Mark()-5); err != nil {
				fmt.Println("error", err)
				os.Exit(1)
			}
		}
	}
}

// Issue 4, manager.md 11.4: the process is killed in the middle of what it does; nothing that was acknowledged is lost, batches are whole, in order.
func TestKilledWhileAppending(t *testing.T) {
	dir := t.TempDir()
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	for round := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), child+"="+dir)
		var said bytes.Buffer
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		enough := 20 + chance.IntN(400) // bytes of numbers: a moment by chance
		buffer := make([]byte, 64)
		for said.Len() < enough {
			n, err := out.Read(buffer)
			said.Write(buffer[:n])
			if err != nil {
				break
			}
		}
		_ = cmd.Process.Kill()
		rest := make([]byte, 1<<20)
		n, _ := out.Read(rest)
		said.Write(rest[:n])
		_ = cmd.Wait() // it was killed
		if strings.Contains(said.String(), "error") {
			t.Fatalf("seed %d: %s", seed, said.String())
		}
		lines := strings.Fields(said.String()[:strings.LastIndexByte(said.String(), '\n')+1])
		var last uint64
		if _, err := fmt.Sscan(lines[len(lines)-1], &last); err != nil {
			t.Fatal(err)
		}
		s := opened(t, dir)
		if s.Mark() < last {
			t.Fatalf("seed %d, round %d: %d was acknowledged, %d is there", seed, round, last, s.Mark())
		}
		l := loaded(t, s)
		for i, step := range l.Steps {
			want := int(s.Mark()) - len(l.Steps) + i + 1
			if got := step.Event.(manager.MachineCreated).Gen; got != want {
				t.Fatalf("seed %d, round %d: step %d is %d", seed, round, want, got)
			}
		}
		if l.Damaged != nil || len(l.Steps) == 0 {
			t.Fatalf("seed %d: %d steps, damaged: %q", seed, len(l.Steps), l.Damaged)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzUnframe: bytes of a disk are read or refused, never believed half.
func FuzzUnframe(f *testing.F) {
	data, err := manager.EncodeEvent(mind.Woken{Timer: "check"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame(noon, data))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if step, err := unframe(b); err == nil && step.Event == nil {
			t.Error("nothing was read")
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := opened(b, b.TempDir())
			steps := events(n)
			for b.Loop() {
				if err := s.Append(steps); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

// fleet is a manager of so many machines with nine instances each.
func fleet(b *testing.B, machines int) *manager.Manager {
	b.Helper()
	graph := mindtest.Lamp().Graph
	var roots []*model.Instance
	for i := range machines {
		root := &model.Instance{Name: fmt.Sprintf("vm-%d", i), Component: "VM"}
		for k := range 9 {
			root.Children = append(root.Children, &model.Instance{Name: fmt.Sprintf("tomcat-%d", k), Component: "Tomcat"})
		}
		roots = append(roots, root)
	}
	m := manager.New(manager.Config{Epoch: "m", Pretend: true})
	m.Step(noon, manager.Do{App: "fleet", Op: manager.Create{Template: &model.Application{Graph: graph, Instances: roots}}})
	m.Step(noon, manager.Do{App: "fleet", Op: manager.DeployAndStart{}})
	if n := len(m.Statuses("fleet")); n != machines*10 {
		b.Fatalf("%d instances", n)
	}
	return m
}

// BenchmarkLoad reads 10,000 instances, with a request that waits for each.
func BenchmarkLoad(b *testing.B) {
	s := opened(b, b.TempDir())
	if err := s.Compact(fleet(b, 1_000).Journal(), 0); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := s.Load()
		if err != nil {
			b.Fatal(err)
		}
		manager.Restore(manager.Config{}, l.Journal)
	}
}

// BenchmarkJournal takes the journal of 1,000 agents; then writes it as bytes.
func BenchmarkJournal(b *testing.B) {
	m := fleet(b, 1_000)
	b.Run("take", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Journal()
		}
	})
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			data, err := manager.EncodeJournal(m.Journal())
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
		}
	})
}
