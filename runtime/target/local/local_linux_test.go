package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// TG-111, TG-120: the agent survives the manager that started it; the next one finds it, ends it.
func TestAgentSurvivesTheManager(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "serve")
	if (errand{Op: "create", N: -1, Spec: s}).run(t) {
		t.Fatal("the manager died")
	}
	m := l.up(s)
	if got := l.read(s.Key, "data/starts"); got != "." {
		t.Errorf("the agent was started %d times", len(got))
	}
	other := New(Options{Root: l.root}) // from another folder, without the property
	delete(s.Properties, keyDir)
	if seen, err := other.Observe(t.Context(), s); err != nil || seen != m {
		t.Errorf("from elsewhere the machine is %+v, %v; want %+v", seen, err, m)
	}
	if err := other.Destroy(t.Context(), s); err != nil {
		t.Error(err)
	}
	if rest := left(t, l.root); rest != nil {
		t.Errorf("left: %v", rest)
	}
}

// A number of a process that was given to somebody else, a record that was copied: nobody else is killed.
func TestStrangersAreLeftAlone(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "serve")
	l.up(s)
	if err := l.Kill(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command("sleep", "1000")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stranger.Process.Kill() // it may have been killed, which fails the test below
		_ = stranger.Wait()
	})
	p, there := inspect(stranger.Process.Pid)
	if !there {
		t.Fatal("the stranger is not there")
	}
	f := l.folder(s.Key)
	for name, forged := range map[string]run{
		"the number, another start":           {Pid: p.pid, Start: "1", Boot: bootID(), Starts: []time.Time{time.Now()}},
		"the number, the start, another boot": {Pid: p.pid, Start: p.start, Boot: "before", Starts: []time.Time{time.Now()}},
		"the very process, without a marker":  {Pid: p.pid, Start: p.start, Boot: bootID(), Starts: []time.Time{time.Now()}},
	} {
		if err := save(f.path("run.json"), forged); err != nil {
			t.Fatal(err)
		}
		if m, err := l.Observe(t.Context(), s); err != nil || m.Phase != target.Stopped {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
		if err := errors.Join(l.KillAgent(t.Context(), s), l.Kill(t.Context(), s), l.Suspend(t.Context(), s)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := l.Destroy(t.Context(), s); err != nil {
		t.Error(err)
	}
	if now, there := inspect(p.pid); !there || !now.is(p) || now.dead() || now.state == stopped {
		t.Errorf("the stranger is %+v", now)
	}
}

// LC-82: nothing of a machine is left, whatever its recipes started.
func TestDaemonsEndWithTheirMachine(t *testing.T) {
	for name, crash := range map[string]bool{"the agent lives": false, "the agent crashed": true} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			s := l.spec("/vm", "daemons")
			l.up(s)
			var daemons []process
			for n := range 3 {
				pid := number(l.read(s.Key, fmt.Sprintf("data/daemon%d", n)))
				p, there := inspect(pid)
				if !there {
					t.Fatalf("daemon %d is not there", n)
				}
				daemons = append(daemons, p)
			}
			if crash {
				// The one without marker, without a living agent, could be anybody's: it is in the session of the agent, no more.
				if err := l.KillAgent(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				daemons = slices.Delete(daemons, 1, 2)
				pid := number(l.read(s.Key, "data/daemon1"))
				t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
			}
			if err := l.Destroy(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			for n, p := range daemons {
				if alive(p) {
					t.Errorf("daemon %d of %d lives", n, len(daemons))
				}
			}
			if rest := left(t, l.root); rest != nil {
				t.Errorf("left: %v", rest)
			}
		})
	}
}

// An agent that does not want to end has its time, then no more.
func TestStubbornAgent(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "stubborn")
	s.Properties[keyGrace] = "0.3"
	l.up(s)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := l.Destroy(ctx, s) // the manager is stopped meanwhile
	if target.ClassOf(err) != target.Timeout {
		t.Errorf("want a timeout, got %v", err)
	}
	if m, err := l.Observe(t.Context(), s); err != nil || m.Phase != target.Deleting {
		t.Errorf("half destroyed, it is %+v, %v", m, err)
	}
	if _, err := l.Create(t.Context(), s); target.ClassOf(err) != target.Conflict || !target.MayRetry(err) {
		t.Errorf("create what is being destroyed: %v", err)
	}
	asked := l.has(s.Key, "data/asked")
	if err := l.Destroy(t.Context(), s); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < 300*time.Millisecond || !asked {
		t.Errorf("it was killed after %s, asked: %v", took, asked)
	}
	if rest := left(t, l.root); rest != nil {
		t.Errorf("left: %v", rest)
	}
}

// TG-110: an agent that crashes is started again, not at once, not for ever; then the error says what it said.
func TestCrashingAgent(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "crash")
	s.Properties[keyRestarts] = "2"
	s.Properties[keySettle] = "0.2"
	_, err := target.Converge(t.Context(), l, s, target.Up, target.Options{Limits: fastLimits()})
	for _, words := range []string{"ended 3 times", "exit status 3", "no broker answers  [31mat all [0m", "agent.log"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("the error does not say %q: %v", words, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "\x1b") {
		t.Errorf("the error holds what the agent does to a terminal: %q", err)
	}
	m, err := l.Observe(t.Context(), s)
	if err != nil || m.Phase != target.Failing {
		t.Errorf("it is %+v, %v", m, err)
	}
	// Ten minutes later it may be tried again.
	later := New(Options{Now: func() time.Time { return time.Now().Add(window) }})
	if m, err := later.Observe(t.Context(), s); err != nil || m.Phase != target.Stopped {
		t.Errorf("later it is %+v, %v", m, err)
	}
}

func TestRestartsBackOff(t *testing.T) {
	now := time.Now()
	var starts []time.Time
	want := []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond}
	for _, w := range want {
		if got := due(starts, now, firstGap); got != w {
			t.Errorf("after %d starts: %s, want %s", len(starts), got, w)
		}
		starts = append(starts, now)
	}
	if got := due(slices.Repeat([]time.Time{now}, 1000), now, firstGap); got != lastGap {
		t.Errorf("after many starts: %s, want %s", got, lastGap)
	}
	if got := due([]time.Time{now.Add(time.Hour)}, now, firstGap); got != 0 {
		t.Errorf("after the clock was set back: %s", got)
	}
}

// The agent's own data are those of before: it recovers by itself (LC-104).
func TestCrashKeepsData(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "serve")
	first := l.up(s)
	for n, fault := range []func(context.Context, target.Spec) error{l.KillAgent, l.Kill} {
		if err := fault(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		m, err := l.Observe(t.Context(), s)
		if err != nil || m.Phase != target.Stopped {
			t.Errorf("fault %d: %+v, %v", n, m, err)
		}
		eventually(t, "how it ended is told", func() bool { // its threads end one after another
			m, err := l.Observe(t.Context(), s)
			return err == nil && strings.Contains(m.Reason, "signal: killed")
		})
		again := l.up(s)
		if again.ID != first.ID || again.Address != first.Address {
			t.Errorf("fault %d: another machine: %+v, %+v", n, first, again)
		}
		eventually(t, "the agent is started again", func() bool { return l.read(s.Key, "data/starts") == strings.Repeat(".", n+2) })
	}
}

func TestSuspend(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "daemons")
	l.up(s)
	pid := number(l.read(s.Key, "data/daemon0"))
	inState := func(want bool) func() bool {
		return func() bool {
			p, there := inspect(pid)
			return there && (p.state == stopped) == want
		}
	}
	for range 2 {
		if err := l.Suspend(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the recipe stops", inState(true))
		if m, err := l.Observe(t.Context(), s); err != nil || m.Phase != target.Running || m.Reason != "suspended" {
			t.Errorf("suspended, it is %+v, %v", m, err)
		}
		if m := l.up(s); m.Reason != "suspended" {
			t.Errorf("a convergence let it go on: %+v", m)
		}
		if err := l.Resume(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the recipe goes on", inState(false))
	}
	if err := l.Suspend(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := l.Destroy(t.Context(), s); err != nil {
		t.Error(err)
	}
	if err := l.Suspend(t.Context(), s); target.ClassOf(err) != target.NotFound {
		t.Errorf("suspend what is gone: %v", err)
	}
	if rest := left(t, l.root); rest != nil {
		t.Errorf("left: %v", rest)
	}
}

// TG-41: each machine has an address of its own; one that is free is given again.
func TestAddresses(t *testing.T) {
	l := newLab(t)
	const many = 40
	given := map[string]string{}
	for n := range many {
		s := l.spec(fmt.Sprintf("/vm%d", n), "serve")
		s.Properties[keyAgent], s.Properties[keyArgs] = "sleep", "1000"
		m, err := l.Create(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if other := given[m.Address]; other != "" || !strings.HasPrefix(m.Address, "127.") {
			t.Errorf("%s has the address %s, which is %q's too", s, m.Address, other)
		}
		given[m.Address] = m.Key.Scope
	}
	for ip := range given {
		owner, err := os.ReadFile(filepath.Join(l.root, addresses, ip))
		if err != nil || !folder(filepath.Join(l.root, string(owner))).exists() {
			t.Errorf("%s is %q's: %v", ip, owner, err)
		}
	}
	fixed := l.spec("/fixed", "serve")
	fixed.Properties[keyAddress] = "127.0.0.1"
	if m := l.up(fixed); m.Address != "127.0.0.1" {
		t.Errorf("the address that was asked for is 127.0.0.1, it has %s", m.Address)
	}
	if got := l.read(fixed.Key, "data/env"); !strings.Contains(got, "ROBOCONF_AGENT_IP_ADDRESS_OF_THE_AGENT=127.0.0.1") {
		t.Errorf("the agent was not told its address: %s", got)
	}
	fixed.Properties[keyAddress] = "8.8.8.8"
	if found := l.Check(fixed.Properties); len(found) != 1 || found[0].Key != keyAddress || !found[0].Severe {
		t.Errorf("somebody else's address: %v", found)
	}
}

// Two machines want the same address first: the second takes the next one; what an owner left behind is free.
func TestAddressesThatAreTaken(t *testing.T) {
	l := newLab(t)
	with := settings{root: l.root, address: auto}
	k := l.spec("/vm", "serve").Key
	take := func() string {
		ip, err := l.address(with, k, with.folder(k))
		if err != nil {
			t.Fatal(err)
		}
		return ip
	}
	first := take()
	if again := take(); again != first {
		t.Errorf("the same owner got %s, then %s", first, again)
	}
	path := filepath.Join(l.root, addresses, first)
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if ip := take(); ip != first {
		t.Errorf("the address of nobody is not taken: %s, %s", first, ip)
	}
	if err := errors.Join(os.WriteFile(path, []byte("other"), 0o600), os.Mkdir(filepath.Join(l.root, "other"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if ip := take(); ip == first {
		t.Errorf("two have the address %s", ip)
	}
}

// TG-161, plugins.md 7: nobody else reads what the agent is told; the agent inherits nothing of the manager's but what it needs.
func TestSecretsStayInside(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "of the manager")
	l := newLab(t)
	s := l.spec("/vm", "serve")
	s.Properties["env.MODE"] = "training"
	m := l.up(s)
	env := l.read(s.Key, "data/env")
	for _, want := range []string{"MODE=training", Marker + "=" + m.ID, "ROBOCONF_AGENT_SIMULATE_PLUGINS=true", "PATH=", "TMPDIR=" + l.root} {
		if !strings.Contains("\n"+env, "\n"+want) {
			t.Errorf("the agent's environment lacks %s:\n%s", want, env)
		}
	}
	if strings.Contains(env, "AWS_") {
		t.Errorf("the agent has the manager's secrets:\n%s", env)
	}
	err := filepath.WalkDir(string(l.folder(s.Key)), func(path string, d fs.DirEntry, err error) error {
		info, infoErr := d.Info()
		if err := errors.Join(err, infoErr); err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %s", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	s.Properties[keyRecipes] = "run"
	s.Key.Scope = "/real"
	l.up(s)
	if env := l.read(s.Key, "data/env"); !strings.Contains(env, "ROBOCONF_AGENT_SIMULATE_PLUGINS=false") {
		t.Errorf("real recipes were asked for:\n%s", env)
	}
}

// TG-114: what a person did wrong, what the host lacks, in words, before anything is made.
func TestErrorsSayWhatToDo(t *testing.T) {
	l := newLab(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key, value string
		class      target.Class
		words      []string
	}{
		{keyAgent, "/nobody/here", target.NotFound, []string{"/nobody/here", "no such file", "roboconf-agent"}},
		{keyAgent, "no-such-program-in-path", target.NotFound, []string{"no-such-program-in-path", "PATH"}},
		{keyAgent, file, target.Invalid, []string{file, "permission denied", "may run"}},
		{keyAgent, "", target.Invalid, []string{"agent is required"}},
		{keyDir, filepath.Join(file, "below"), target.Invalid, []string{"not a directory", "property dir"}},
		{keyDir, "/sys/roboconf", target.Credentials, []string{"/sys/roboconf", "another folder"}},
		{keyRecipes, "maybe", target.Invalid, []string{"recipes is one of pretend, run"}},
		{"wait.creating", "soon", target.Invalid, []string{"wait.creating", "seconds"}},
	} {
		s := l.spec("/vm", "serve")
		s.Properties[c.key] = c.value
		_, err := target.Converge(t.Context(), l, s, target.Up, target.Options{})
		if target.ClassOf(err) != c.class {
			t.Errorf("%s=%s: class %s, want %s: %v", c.key, c.value, target.ClassOf(err), c.class, err)
			continue
		}
		for _, w := range append(c.words, "/vm") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s=%s: the error does not say %q: %v", c.key, c.value, w, err)
			}
		}
	}
	if rest := left(t, l.root); rest != nil {
		t.Errorf("left: %v", rest)
	}
	for code, class := range map[syscall.Errno]target.Class{
		syscall.ENOSPC: target.Quota, syscall.EDQUOT: target.Quota, syscall.EMFILE: target.Quota, syscall.EAGAIN: target.Quota, syscall.EROFS: target.Credentials,
		syscall.EACCES: target.Credentials, syscall.EIO: target.Unavailable, syscall.ENAMETOOLONG: target.Invalid,
	} {
		var e *target.Error
		if err := failure("write", l.spec("/vm", ""), &fs.PathError{Op: "write", Path: "x", Err: code}); !errors.As(err, &e) || e.Class != class || e.Code == "" {
			t.Errorf("%v: %+v", code, err)
		}
	}
}

// A disk without room: the error says so, nothing half made is seen; a machine can still be destroyed.
func TestDiskFull(t *testing.T) {
	l := newLab(t)
	if err := os.MkdirAll(l.root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", l.root, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(l.root, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s := l.spec("/vm", "serve")
	l.up(s)
	big := l.spec("/big", "serve")
	big.UserData = strings.Repeat("x", 100<<10)
	_, err := l.Create(t.Context(), big)
	if target.ClassOf(err) != target.Quota || !strings.Contains(err.Error(), "make room") {
		t.Errorf("a full disk: %v", err)
	}
	if m, err := l.Observe(t.Context(), big); err != nil || m.Phase != target.Absent {
		t.Errorf("what had no room is %+v, %v", m, err)
	}
	fill := make([]byte, 1)
	for n := 64 << 10; n > 0; n /= 2 {
		fill = append(fill, make([]byte, n)...)
		_ = os.WriteFile(filepath.Join(string(l.folder(s.Key)), "data", strconv.Itoa(n)), fill, 0o600) // until nothing goes in
	}
	if err := l.Destroy(t.Context(), s); err != nil {
		t.Errorf("destroy on a full disk: %v", err)
	}
	if all := l.machines(); len(all) != 0 {
		t.Errorf("left: %v", all)
	}
}

// Numbers of processes mean nothing after the host was started again: the machine stopped, that is all.
func TestHostStartedAgain(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "serve")
	m := l.up(s)
	if err := l.Kill(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f := l.folder(s.Key)
	last, err := f.run()
	if err != nil {
		t.Fatal(err)
	}
	last.Boot, last.Pid, last.Start = "another", os.Getpid(), "1"
	if err := save(f.path("run.json"), last); err != nil {
		t.Fatal(err)
	}
	seen, err := l.Observe(t.Context(), s)
	if err != nil || seen.Phase != target.Stopped || !strings.Contains(seen.Reason, "started again") {
		t.Errorf("after a boot it is %+v, %v", seen, err)
	}
	if again := l.up(s); again.ID != m.ID {
		t.Errorf("it came back as another machine: %+v", again)
	}
}

// Folders of people, records that cannot be read: never taken for absent, never removed.
func TestFoldersOfOthers(t *testing.T) {
	l := newLab(t)
	s := l.spec("/vm", "serve")
	f := l.folder(s.Key)
	if err := errors.Join(os.MkdirAll(filepath.Join(l.root, "my-own"), 0o700), os.MkdirAll(string(f), 0o700)); err != nil {
		t.Fatal(err)
	}
	if all := l.machines(); len(all) != 0 {
		t.Errorf("folders without a record are listed: %v", all)
	}
	if m, err := l.Observe(t.Context(), s); err == nil || m.Phase != target.Unknown {
		t.Errorf("a folder without record is %+v, %v", m, err)
	}
	other := l.spec("/other", "serve")
	text, err := json.Marshal(record{Format: format, Labels: other.Key.Labels(), ID: "x", Agent: []string{"sleep"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"of another machine": string(text), "half written": `{"format":1,"lab`, "of a later version": `{"format":2}`} {
		if err := os.WriteFile(f.path("machine.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := l.Observe(t.Context(), s); err == nil || m.Phase != target.Unknown {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
		_, createErr := l.Create(t.Context(), s)
		if createErr == nil || l.Destroy(t.Context(), s) == nil || !f.exists() {
			t.Errorf("%s: it was taken, or destroyed: %v", name, createErr)
		}
	}
	if err := os.RemoveAll(string(f)); err != nil {
		t.Fatal(err)
	}
}

// A recipe that takes our right to remove its folder away does not keep it.
func TestFoldersWithoutRights(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustWrite(filepath.Join(dir, "a", "b", "file"), nil)
	if err := errors.Join(os.Chmod(filepath.Join(dir, "a", "b"), 0), os.Chmod(filepath.Join(dir, "a"), 0o500)); err != nil {
		t.Fatal(err)
	}
	if err := removeAll(dir); err != nil {
		t.Error(err)
	}
}

// A log does not fill the disk over many starts.
func TestLogIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.log")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, maxLog+1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f, err := openLog(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("words\n"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "words\nwords\n" {
		t.Errorf("the log is %d bytes, %v", len(text), err)
	}
	if info, err := os.Stat(path + ".1"); err != nil || info.Size() != maxLog+1 {
		t.Errorf("what was put aside: %v, %v", info, err)
	}
}
