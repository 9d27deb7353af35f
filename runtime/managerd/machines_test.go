package managerd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/fake"
)

// bench is a yard without a manager: what it posts is kept.
type bench struct {
	*yard
	mu     sync.Mutex
	events []string
	users  map[string]bus.Account
	gone   []string
}

func (b *bench) Ensure(_ context.Context, a bus.Account) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.users[a.Name] = a
	return nil
}

func (b *bench) Remove(_ context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.users, name)
	return nil
}

func (b *bench) told() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.events...)
}

func newBench(t testing.TB, infra *fake.Infra) *bench {
	t.Helper()
	targets, err := target.NewRegistry(infra.Handler())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{users: map[string]bus.Account{}}
	b.yard = &yard{
		domain: "d", targets: targets, broker: way{accounts: b}, seed: []byte("seed"), log: slog.New(slog.DiscardHandler),
		scripts: func(manager.Machine) string { return "" },
		making:  make(chan struct{}, 4), ending: make(chan struct{}, 4), jobs: map[target.Key]*job{},
		queue: func(_ context.Context, app, scope string) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.gone = append(b.gone, app+scope)
			return nil
		},
		post: func(ev mind.Event) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.events = append(b.events, strings.TrimPrefix(fmt.Sprintf("%T%+v", ev, ev), "manager."))
		},
	}
	return b
}

func vm(path string, gen int) manager.Machine {
	return manager.Machine{App: "shop", Path: path, Component: "VM", Gen: gen, Target: "t", Handler: fake.Name, Properties: map[string]string{"handler": fake.Name, "fake.image": "debian"}}
}

// within runs something in virtual time.
func within(t *testing.T, script fake.Script, do func(ctx context.Context, b *bench, infra *fake.Infra)) {
	synctest.Test(t, func(t *testing.T) {
		script.Now = time.Now
		infra := fake.New(script)
		b := newBench(t, infra)
		ctx, cancel := context.WithCancel(t.Context())
		do(ctx, b, infra)
		cancel()
		b.wait()
	})
}

func settle() {
	time.Sleep(10 * time.Minute)
	synctest.Wait()
}

func TestAMachineIsMadeOnce(t *testing.T) { // LC-81, LC-135, MG-47, messaging 15.6
	within(t, fake.Script{}, func(ctx context.Context, b *bench, infra *fake.Infra) {
		for range 50 {
			b.create(ctx, vm("/a", 1))
		}
		settle()
		if got := infra.Left(); len(got) != 1 {
			t.Errorf("there are %v", got)
		}
		if got := b.told(); len(got) != 100 || !strings.HasPrefix(got[0], "MachineCreated{App:shop Path:/a Gen:1 MachineID:") || !strings.HasPrefix(got[1], "MachineConfigured") {
			t.Errorf("%d events: %v", len(got), got[:min(3, len(got))])
		}
		if len(b.users) != 1 {
			t.Errorf("accounts: %v", b.users)
		}
		b.terminate(ctx, manager.TerminateMachine{Machine: vm("/a", 1)})
		b.terminate(ctx, manager.TerminateMachine{Machine: vm("/a", 1), Stray: true})
		settle()
		if len(infra.Left()) != 0 || len(b.users) != 0 || len(b.gone) != 1 {
			t.Errorf("left: %v, accounts %v, queues deleted %v", infra.Left(), b.users, b.gone)
		}
	})
}

func TestEndingCancelsConfiguration(t *testing.T) { // TG-34
	within(t, fake.Script{}, func(ctx context.Context, b *bench, infra *fake.Infra) {
		defer infra.Fail(fake.Failure{Op: "advance", Class: target.Unavailable, Retry: true})()
		b.create(ctx, vm("/a", 1))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(infra.Left()) == 0 {
			t.Fatal("no machine was made")
		}
		b.terminate(ctx, manager.TerminateMachine{Machine: vm("/a", 1)})
		settle()
		got := b.told()
		if last := got[len(got)-1]; len(infra.Left()) != 0 || !strings.HasPrefix(last, "MachineTerminated") || !strings.HasSuffix(last, "Error:}") {
			t.Errorf("left %v, told %v", infra.Left(), got)
		}
	})
}

func TestWhatCannotBeMadeIsTold(t *testing.T) { // LC-81 step 6, LC-141
	within(t, fake.Script{}, func(ctx context.Context, b *bench, infra *fake.Infra) {
		infra.Fail(fake.Failure{Op: "create", Class: target.Quota})
		b.create(ctx, vm("/a", 1))
		unknown := vm("/b", 1)
		unknown.Handler = "docker"
		b.create(ctx, unknown)
		secret := vm("/c", 1)
		secret.Properties = map[string]string{"key": "${secret:aws}"}
		b.create(ctx, secret)
		b.query(ctx, unknown)
		settle()
		all := strings.Join(b.told(), "\n")
		for _, want := range []string{"Path:/a Gen:1 MachineID: Error:", `no handler is called "docker"; known ones: fake`, "there is no store of secrets", "MachineSeen{App:shop Path:/b Gen:1 Running:0}"} {
			if !strings.Contains(all, want) {
				t.Errorf("nobody says %q in\n%s", want, all)
			}
		}
	})
}

func TestOnlyWhatIsGoneIsDead(t *testing.T) { // LC-96, LC-112, TG-112
	within(t, fake.Script{}, func(ctx context.Context, b *bench, infra *fake.Infra) {
		made := vm("/a", 1)
		b.create(ctx, made)
		settle()
		answer := func() string {
			b.query(ctx, made)
			settle()
			got := b.told()
			last := got[len(got)-1]
			return last[strings.LastIndex(last, ":")+1 : len(last)-1]
		}
		if got := answer(); got != fmt.Sprint(manager.IsRunning) {
			t.Errorf("a machine that runs: %s", got)
		}
		infra.Blind(true)
		if got := answer(); got != fmt.Sprint(manager.CannotTell) {
			t.Errorf("without network: %s", got)
		}
		infra.Blind(false)
		infra.Kill(b.key(made), target.Absent, "shot")
		if got := answer(); got != fmt.Sprint(manager.NotRunning) {
			t.Errorf("one that vanished: %s", got)
		}
	})
}

func TestAStopCutsNothingShort(t *testing.T) { // LC-110, conformance 4
	within(t, fake.Script{}, func(ctx context.Context, b *bench, infra *fake.Infra) {
		inner, stop := context.WithCancel(ctx)
		b.create(inner, vm("/a", 1))
		stop()
		b.wait()
		for _, e := range b.told() {
			if !strings.HasSuffix(e, "Error:}") {
				t.Errorf("the stop is told as a failure: %v", e)
			}
		}
		b.create(ctx, vm("/a", 1))
		settle()
		if len(infra.Left()) != 1 {
			t.Errorf("after the restart: %v", infra.Left())
		}
	})
}

func TestAccountsOfAgents(t *testing.T) { // messaging 15.6
	key := target.Key{Domain: "d", App: "shop", Scope: "/vm", Gen: 1}
	a, again := account([]byte("x"), key), account([]byte("x"), key)
	if a != again {
		t.Error("the password of a machine changes")
	}
	key.Gen = 2
	if next := account([]byte("x"), key); next.Password == a.Password || next.Read != a.Read || next.Read == "" {
		t.Errorf("the next machine has the account %v", next.Name)
	}
	dir := t.TempDir()
	one, err := readSeed(dir)
	two, err2 := readSeed(dir)
	if err = errors.Join(err, err2); err != nil || string(one) != string(two) || len(one) != 32 {
		t.Error(err, one, two)
	}
	if info, _ := os.Stat(filepath.Join(dir, "seed")); info.Mode().Perm() != 0o600 {
		t.Errorf("the seed is %s", info.Mode())
	}
}

func TestSecretsAreReferences(t *testing.T) { // TG-160, TG-161
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ROBOCONF_TEST_SECRET", "env")
	store := func(name string) (string, error) { return "<" + name + ">", nil }
	got, err := resolve("a ${env:ROBOCONF_TEST_SECRET} ${file:"+file+"} ${secret:x} ${other}", store)
	if err != nil || got != "a env s3cret <x> ${other}" {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"${file:" + file + "}", "${env:ROBOCONF_NOT_SET}", "${file:/nowhere}"} {
		if _, err := resolve(text, store); err == nil {
			t.Errorf("%s is resolved", text)
		}
	}
}

func TestScriptsOfTargets(t *testing.T) { // plugins.md 10
	for _, c := range []struct{ name, text, want, print string }{
		{"fine", "#!/bin/sh\necho $IP_ADDRESS $APPLICATION_NAME $SCOPED_INSTANCE_PATH $DOMAIN $USER_DATA $PWD $SECRET\n", "", "10.0.0.1 shop /a d user data"},
		{"fails", "#!/bin/sh\necho no disk >&2\nexit 3\n", "exit status 3: no disk", ""},
		{"binary", "#!/nowhere/sh\n", "no such file", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a.DM.configure.script.sh"), []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Setenv("SECRET", "of the manager")
			var log strings.Builder
			y := &yard{domain: "d", log: slog.New(slog.NewTextHandler(&log, nil)), scripts: func(manager.Machine) string { return dir }}
			err := y.configure(t.Context(), vm("/a", 1), target.Spec{UserData: "user data"}, target.Machine{Address: "10.0.0.1"})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if !strings.Contains(log.String(), c.print) || strings.Contains(log.String(), "of the manager") {
				t.Errorf("logged: %s", log.String())
			}
		})
	}
}

func TestAScriptThatHangsIsEnded(t *testing.T) { // PL-71
	dir := t.TempDir()
	file := filepath.Join(dir, "x")
	if err := os.WriteFile(file, []byte("#!/bin/sh\ntrap '' TERM\nsleep 1000 &\necho $! > pid\nwhile :; do sleep 0.05; done\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if text, err := os.ReadFile(filepath.Join(dir, "pid")); err == nil && len(text) > 0 {
				cancel()
			}
		}
	}()
	if _, err := runScript(ctx, file, []string{"PATH=" + os.Getenv("PATH")}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	proc := "/proc/" + strings.TrimSpace(string(text)) + "/stat"
	for end := time.Now().Add(5 * time.Second); ; { // a process that was killed needs a moment
		stat, err := os.ReadFile(proc)
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("its child lives: %s", stat)
		}
	}
}
