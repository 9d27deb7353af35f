package site

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/target/local"
	"github.com/roboconf/workbench/samples"
)

func ground(t *testing.T, name string) Options {
	t.Helper()
	s, err := samples.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, s.FS); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Root: filepath.Join(t.TempDir(), "sites"), Source: dir, Agent: []string{self, "pretending-agent"}, Beat: 200 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// up opens a deployment and brings it to what its files say.
func up(t *testing.T, o Options) (*Site, Changes) {
	t.Helper()
	s, err := Open(soon(t), o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Changes(soon(t))
	if err == nil {
		err = s.Apply(soon(t), c)
	}
	if err == nil {
		err = s.Started(soon(t))
	}
	if err != nil {
		t.Error(err, s.Status())
		clean(t, o)
		t.FailNow()
	}
	return s, c
}

// clean sees that nothing is left, whatever the test did.
func clean(t *testing.T, o Options) {
	t.Helper()
	list, _ := List(o.Root)
	for _, f := range list {
		_ = sweep(context.Background(), f, func(string) {})
	}
}

func machines(t *testing.T, f Folder) int {
	t.Helper()
	list, err := local.New(local.Options{Root: f.Machines()}).List(t.Context(), map[string]string{"dir": f.Machines()}, f.Domain)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func edit(t *testing.T, file, old, text string) {
	t.Helper()
	was, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(was), old, text, 1)), 0o600)
	}
	if err != nil || !strings.Contains(string(was), old) {
		t.Fatal(err, string(was))
	}
}

func TestUpAgainDown(t *testing.T) { // issue 4, points 6 and 7; product.md 5.5, 5.6
	o := ground(t, "lamp")
	defer clean(t, o)
	s, first := up(t, o)
	if !first.New || len(first.Lines()) != len(s.Status().Instances) {
		t.Errorf("the first plan: %v", first.Lines())
	}
	made := machines(t, s.Folder)
	if c, err := s.Changes(soon(t)); err != nil || !c.Empty() {
		t.Errorf("nothing changed: %v, %v", c.Lines(), err)
	}
	edit(t, filepath.Join(o.Source, "instances", "main.instances"), "instance of", "instance of VM {\n\tname: more;\n\n\tinstance of Tomcat {\n\t\tname: tomcat;\n\t}\n}\n\ninstance of")
	c, err := s.Changes(soon(t))
	if err != nil || c.Empty() || c.Plan.Destroys() != 0 {
		t.Fatalf("an instance more: %v, %v", c.Lines(), err)
	}
	if err := errors.Join(s.Apply(soon(t), c), s.Started(soon(t))); err != nil {
		t.Fatal(err)
	}
	if n := machines(t, s.Folder); n != made+1 {
		t.Errorf("%d machines, want %d", n, made+1)
	}
	if st, err := ReadStatus(soon(t), s.Folder); err != nil || !st.Running || st.Pid != os.Getpid() {
		t.Errorf("another terminal sees %+v, %v", st, err)
	}
	if err := s.Leave(soon(t)); err != nil {
		t.Fatal(err)
	}
	st, err := ReadStatus(soon(t), s.Folder)
	if started, all := st.Started(); err != nil || st.Running || started != all || all == 0 {
		t.Errorf("after leaving: %+v, %v", st, err)
	}

	s, c = up(t, o) // the same machines, the same address
	if !c.Empty() || machines(t, s.Folder) != made+1 || s.Address != st.Broker.Address {
		t.Errorf("up again: %v, %d machines, broker at %s", c.Lines(), machines(t, s.Folder), s.Address)
	}
	if err := s.Down(soon(t), 10*time.Second, func(text string) { t.Log(text) }); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.Root); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestDownFromElsewhere(t *testing.T) { // product.md 5.6: after a crash, from another folder, twice
	o := ground(t, "hello")
	defer clean(t, o)
	s, _ := up(t, o)
	done := make(chan error, 1)
	go func() {
		<-s.Asked()
		done <- s.Down(context.Background(), 10*time.Second, func(string) {})
	}()
	if _, err := Down(soon(t), o.Root, "Hello", o.Log, func(text string) { t.Log(text) }); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := Down(soon(t), o.Root, o.Source, o.Log, func(string) {}); !errors.Is(err, ErrNone) {
		t.Errorf("a second time: %v", err)
	}

	s, _ = up(t, o)
	if err := s.Leave(soon(t)); err != nil { // as after kill -9: machines run, nobody looks after them
		t.Fatal(err)
	}
	if n := machines(t, s.Folder); n != 1 {
		t.Fatalf("%d machines", n)
	}
	if _, err := Down(soon(t), o.Root, o.Source, o.Log, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.Root); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A down that was killed while it removed the folder leaves no deployment, and the next one sweeps what is left.
func TestAKilledRemovalIsSwept(t *testing.T) {
	o := ground(t, "hello")
	defer clean(t, o)
	left := filepath.Join(o.Root, "hello-1"+removed)
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, recordFile), []byte(`{"format": 1, "name": "Hello"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Down(soon(t), o.Root, "Hello", o.Log, func(string) {}); !errors.Is(err, ErrNone) {
		t.Errorf("down finds %v", err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestOneAtATime(t *testing.T) { // MG-3
	o := ground(t, "hello")
	defer clean(t, o)
	s, _ := up(t, o)
	if _, err := Open(soon(t), o); !errors.Is(err, errHeld) {
		t.Errorf("a second up: %v", err)
	}
	if err := s.Leave(soon(t)); err != nil {
		t.Fatal(err)
	}
	o.Recipes = Run
	if _, err := Open(soon(t), o); err == nil || !strings.Contains(err.Error(), "roboconf down first") {
		t.Errorf("another way with recipes: %v", err)
	}
	o.Recipes, o.Broker = "", "amqp://u:secret@example.org"
	if _, err := Open(soon(t), o); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("another broker: %v", err)
	}
}

func TestWithRabbitMQ(t *testing.T) {
	require.RabbitMQ(t)
	o := ground(t, "hello")
	defer clean(t, o)
	o.Broker = RabbitMQ
	s, _ := up(t, o)
	if err := s.Down(soon(t), 10*time.Second, func(text string) { t.Log(text) }); err != nil {
		t.Fatal(err)
	}
}

func TestAddresses(t *testing.T) { // MS-76, product.md 5.10
	t.Setenv("ROBOCONF_BROKER_USER", "")
	t.Setenv("ROBOCONF_BROKER_PASSWORD", "")
	for _, c := range []struct{ address, want, user, wrong string }{
		{"amqp://u:p@h", "h:5672", "u", ""},
		{"amqps://u:p@h/v", "h:5671", "u", ""},
		{"amqp://u:p@h:1", "h:1", "u", ""},
		{"amqp://h", "", "", "ROBOCONF_BROKER_PASSWORD"},
		{"http://h", "", "", "none of embedded"},
		{"rabbit", "", "", "none of embedded"},
		{"http://u:secret@h", "", "", "none of embedded"},
	} {
		s, err := addressed(c.address)
		switch {
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: %v", c.address, err)
		case c.wrong == "" && (err != nil || s.Addresses[0] != c.want || s.User != c.user):
			t.Errorf("%s: %+v, %v", c.address, s.Addresses, err)
		}
	}
}
