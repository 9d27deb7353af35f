package local

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/targettest"
)

// TestMain lets the test's own program play the agent, what an agent leaves behind, a manager that dies.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "agent":
			playAgent(os.Args[2])
		case "manager":
			playManager(os.Args[2])
		}
	}
	os.Exit(m.Run())
}

// playAgent behaves as an agent of a kind, then ends.
func playAgent(kind string) {
	data := os.Getenv("ROBOCONF_AGENT_DATA")
	if kind == "crash" {
		fmt.Println("reading the configuration")
		fmt.Println("no broker answers \x1b[31mat all\x1b[0m")
		os.Exit(3)
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	parameters, err := url.Parse(os.Getenv("ROBOCONF_AGENT_PARAMETERS"))
	if err != nil {
		panic(err)
	}
	told, err := os.ReadFile(parameters.Path)
	if err != nil {
		panic(err)
	}
	if kind == "daemons" {
		daemons(data)
	}
	starts, _ := os.ReadFile(filepath.Join(data, "starts"))
	mustWrite(filepath.Join(data, "starts"), append(starts, '.'))
	mustWrite(filepath.Join(data, "env"), []byte(strings.Join(os.Environ(), "\n")))
	mustWrite(filepath.Join(data, "seen"), told)
	<-end
	if kind == "stubborn" {
		mustWrite(filepath.Join(data, "asked"), nil)
		select {}
	}
	os.Exit(0)
}

// daemons leaves behind what bad recipes do: one in a session of its own, one that forgot its environment.
func daemons(data string) {
	for n, cmd := range []*exec.Cmd{exec.Command("sleep", "1000"), exec.Command("sleep", "1000"), exec.Command("sh", "-c", "trap '' TERM HUP; sleep 1000 & wait")} {
		switch n {
		case 0:
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		case 1:
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		}
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		mustWrite(filepath.Join(data, fmt.Sprintf("daemon%d", n)), []byte(strconv.Itoa(cmd.Process.Pid)))
	}
}

func mustWrite(path string, text []byte) {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		panic(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		panic(err)
	}
}

// errand is what a manager that dies was doing.
type errand struct {
	Op   targettest.Op
	N    int // the step before which it is killed; below zero it lives
	Spec target.Spec
	Late time.Duration // how far its clock is ahead
}

func playManager(text string) {
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		panic(err)
	}
	h := New(Options{Now: func() time.Time { return time.Now().Add(e.Late) }})
	h.step = func(string) {
		if e.N == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nobody is left to hear an error
			select {}
		}
		e.N--
	}
	if err := targettest.Do(context.Background(), h, e.Op, e.Spec); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run does an errand in another process; false when it came to its end.
func (e errand) run(t testing.TB) (died bool) {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(myself(t), "manager", string(text))
	cmd.Env = append(os.Environ(), "GORACE="+quick)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	if strings.Contains(err.Error(), "killed") {
		return true
	}
	t.Errorf("%s: %v: %s", e.Op, err, out)
	return false
}

func myself(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// eventually waits for a condition that processes bring about.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for !is() {
		if err := target.Pause(ctx, 2*time.Millisecond); err != nil {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// fast starts agents again sooner than people would like.
func fast() *Handler {
	h := New(Options{})
	h.gap = 5 * time.Millisecond
	return h
}

func fastLimits() target.Limits {
	l := target.DefaultLimits()
	l.First, l.Longest = 5*time.Millisecond, 100*time.Millisecond
	return l
}

// quick: a program under the race detector otherwise waits for a second when it ends.
const quick = "atexit_sleep_ms=0"

// lab is a root folder for one test, whose machines go with it.
type lab struct {
	testing.TB
	root  string
	agent string
	*Handler
}

func newLab(t testing.TB) *lab {
	t.Helper()
	l := &lab{t, filepath.Join(t.TempDir(), "machines"), myself(t), fast()}
	t.Cleanup(func() {
		for _, m := range l.machines() {
			s := l.spec(m.Key.Scope, "serve")
			s.Key = m.Key
			if err := l.Destroy(context.Background(), s); err != nil {
				t.Errorf("clean: %v", err)
			}
		}
	})
	return l
}

func (l *lab) machines() []target.Machine {
	l.Helper()
	all, err := l.List(context.Background(), map[string]string{keyDir: l.root}, "")
	if err != nil {
		l.Fatal(err)
	}
	return all
}

func (l *lab) properties(kind string) map[string]string {
	return map[string]string{keyAgent: l.agent, keyArgs: "agent " + kind, keyDir: l.root, keySettle: "0.01", keyGrace: "2", "env.GORACE": quick}
}

func (l *lab) spec(scope, kind string) target.Spec {
	return target.Spec{
		Key: target.Key{Domain: "d", App: "lamp", Scope: scope, Gen: 1}, Component: "VM",
		Properties: l.properties(kind), UserData: "application.name = lamp\n",
	}
}

func (l *lab) folder(k target.Key) folder { return settings{root: l.root}.folder(k) }

// up waits until the agent of a machine is at work.
func (l *lab) up(s target.Spec) target.Machine {
	l.Helper()
	m, err := target.Converge(context.Background(), l, s, target.Up, target.Options{Limits: fastLimits()})
	if err != nil {
		l.Fatal(err)
	}
	eventually(l, "the agent reads its user data", func() bool { return l.has(s.Key, "data/seen") })
	return m
}

func (l *lab) has(k target.Key, file string) bool {
	_, err := os.Stat(l.folder(k).path(file))
	return err == nil
}

func (l *lab) read(k target.Key, file string) string {
	text, _ := os.ReadFile(l.folder(k).path(file)) // "" until it is there
	return string(text)
}

// left names the files of a root, the processes that were born in it.
func left(t testing.TB, root string) []string {
	t.Helper()
	var all []string
	entries, err := os.ReadDir(root)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		env, err := os.ReadFile("/proc/" + p.Name() + "/environ")
		if err == nil && strings.Contains(string(env), "TMPDIR="+root+"/") {
			all = append(all, "process "+p.Name())
		}
	}
	return all
}
