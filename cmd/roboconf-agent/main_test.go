package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/userdata"
)

// TestMain lets the test program play the agent's own.
func TestMain(m *testing.M) {
	if os.Getenv("PLAY_AGENT") != "" {
		os.Exit(run())
	}
	os.Exit(m.Run())
}

// boss plays the manager over the embedded broker.
type boss struct {
	t        testing.TB
	settings bus.Settings
	bus      bus.Bus

	mu   sync.Mutex
	ids  message.IDs
	seq  uint64
	got  []*message.Envelope
	news chan struct{}
}

func newBoss(t testing.TB) *boss {
	t.Helper()
	server, err := broker.Open(broker.Config{Users: []broker.User{{Name: "u", Password: "p", Configure: ".*", Write: ".*", Read: ".*"}}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	b := &boss{
		t: t, settings: bus.Settings{Addresses: []string{l.Addr().String()}, User: "u", Password: "p"}, ids: message.NewIDs(t.Name(), 0),
		news: make(chan struct{}),
	}
	if b.bus, err = amqp.Opener(amqp.Config{Settings: b.settings})(bus.Identity{}, b); err != nil {
		t.Fatal(err)
	}
	b.bus.Bind(message.Manager("app"))
	t.Cleanup(func() {
		_ = b.bus.Close(context.Background())
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *boss) Connected()                                 {}
func (b *boss) Lost(error)                                 {}
func (b *boss) Confirmed(*message.Envelope)                {}
func (b *boss) Returned(message.Target, *message.Envelope) {}
func (b *boss) Blocked(string)                             {}
func (b *boss) Failed(error)                               {}

func (b *boss) Delivered(d bus.Delivery) {
	b.mu.Lock()
	b.got = append(b.got, d.Msg)
	close(b.news)
	b.news = make(chan struct{})
	b.mu.Unlock()
	d.Ack()
}

func (b *boss) send(body message.Body) string {
	b.mu.Lock()
	b.seq++
	e := &message.Envelope{
		ID: b.ids.Next(), Type: body.Type(), Time: time.Now(), Domain: "default", Body: body,
		From: message.From{Kind: message.FromManager, Epoch: "boss", Seq: b.seq},
	}
	b.mu.Unlock()
	if err := b.bus.Publish(message.Agent("app", "/vm"), e); err != nil {
		b.t.Error(err)
	}
	return e.ID
}

// wait gives the first message that a test is looking for, from the n-th on, and its number.
func (b *boss) wait(what string, n int, is func(*message.Envelope) bool) (*message.Envelope, int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		b.mu.Lock()
		got, news := b.got, b.news
		b.mu.Unlock()
		for ; n < len(got); n++ {
			if is(got[n]) {
				return got[n], n
			}
		}
		select {
		case <-news:
		case <-ctx.Done():
			b.t.Fatalf("%s does not come; %d messages came", what, len(got))
		}
	}
}

func (b *boss) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

func (b *boss) result(id string) *message.RequestResult {
	b.t.Helper()
	m, _ := b.wait("the result of "+id, 0, func(m *message.Envelope) bool {
		r, ok := m.Body.(*message.RequestResult)
		return ok && r.Request == id
	})
	return m.Body.(*message.RequestResult)
}

func isBeat(m *message.Envelope) bool { _, ok := m.Body.(*message.AgentHeartbeat); return ok }

func world() *message.ModelSet {
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Server"}}},
		{Name: "Server", Installer: model.Ref{Name: "script"}},
	}, nil)
	root := &model.Instance{Name: "vm", Component: "VM"}
	for k := range 8 {
		root.Children = append(root.Children, &model.Instance{Name: fmt.Sprint("s", k), Component: "Server"})
	}
	return &message.ModelSet{Revision: 1, Gen: 1, Graph: g, Root: root}
}

// inline is a file that travels in its request.
func inline(name, content string) message.File {
	sum := sha256.Sum256([]byte(content))
	return message.File{Name: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), Mode: "0755", Data: []byte(content)}
}

// agent is a process of the program.
type agent struct {
	t   testing.TB
	cmd *exec.Cmd
	err bytes.Buffer
}

// folder is where an agent works, with its user data.
func (b *boss) folder(extra map[string]string) string {
	b.t.Helper()
	dir := b.t.TempDir()
	d := userdata.Data{App: "app", Scope: "/vm", Domain: "default", Broker: b.settings, Agent: extra}
	if err := os.WriteFile(filepath.Join(dir, "told"), []byte(userdata.Format(d)), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return dir
}

func start(t testing.TB, program, dir string, environ ...string) *agent {
	t.Helper()
	a := &agent{t: t, cmd: exec.Command(program)}
	a.cmd.Env = append([]string{
		"PLAY_AGENT=1", "PATH=/usr/bin:/bin", "ROBOCONF_AGENT_PARAMETERS=file://" + filepath.Join(dir, "told"),
		"ROBOCONF_AGENT_DATA=" + filepath.Join(dir, "data"), "ROBOCONF_AGENT_IP_ADDRESS_OF_THE_AGENT=127.0.0.9",
	}, environ...)
	a.cmd.Stderr, a.cmd.Stdout = &a.err, &a.err
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.cmd.Process.Kill(); _ = a.cmd.Wait() })
	return a
}

func self(t testing.TB) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// end sends a signal and waits for the process; it gives the exit code.
func (a *agent) end(s os.Signal) int {
	a.t.Helper()
	if err := a.cmd.Process.Signal(s); err != nil {
		a.t.Fatal(err)
	}
	_ = a.cmd.Wait() // the code says it
	return a.cmd.ProcessState.ExitCode()
}

// LC-105: SIGTERM finishes, says goodbye, ends with code 0. Wrong settings end with code 2.
func TestTerminate(t *testing.T) {
	b := newBoss(t)
	dir := b.folder(nil)
	a := start(t, self(t), dir)
	b.wait("a heartbeat", 0, isBeat)
	if code := a.end(syscall.SIGTERM); code != 0 {
		t.Errorf("code %d\n%s", code, a.err.String())
	}
	b.wait("the goodbye", 0, func(m *message.Envelope) bool { _, ok := m.Body.(*message.AgentGoodbye); return ok })
	wrong := start(t, self(t), dir, "ROBOCONF_AGENT_NONSENSE=1")
	_ = wrong.cmd.Wait() // the code says it
	if code := wrong.cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(wrong.err.String(), "ROBOCONF_AGENT_NONSENSE") {
		t.Errorf("code %d\n%s", code, wrong.err.String())
	}
}

// manager.md 10: the settings are read again when somebody asks; "@reset@" forgets everything (TG-41, LC-106).
func TestHangup(t *testing.T) {
	b := newBoss(t)
	dir := b.folder(nil)
	config := filepath.Join(dir, "conf")
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("heartbeat = 1h")
	a := start(t, self(t), dir, "ROBOCONF_AGENT_CONFIG="+config)
	b.wait("a heartbeat", 0, isBeat)
	b.send(world())
	b.result(b.send(&message.InstanceRequest{Path: "/vm/s0", Status: lifecycle.DeployedStarted}))
	write("heartbeat = 50ms")
	if err := a.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	from := b.count()
	for range 3 {
		_, from = b.wait("a heartbeat of the new period", from+1, func(m *message.Envelope) bool {
			h, ok := m.Body.(*message.AgentHeartbeat)
			return ok && !h.ModelRequired
		})
	}
	if code := a.end(syscall.SIGTERM); code != 0 {
		t.Errorf("code %d\n%s", code, a.err.String())
	}
	r := start(t, self(t), dir, "ROBOCONF_AGENT_PARAMETERS=@reset@")
	b.wait("the goodbye", 0, func(m *message.Envelope) bool {
		g, ok := m.Body.(*message.AgentGoodbye)
		return ok && g.Reason == message.Released
	})
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, r.err.String())
	}
	left, err := os.ReadDir(filepath.Join(dir, "data"))
	if err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Name() != "agent.log" }) {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

// LC-104, MS-60, messaging.md 19.4: an agent that is killed at any moment, again and again, handles every request, and runs no recipe
// of it twice.
func TestKilledAgainAndAgain(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	b := newBoss(t)
	dir := b.folder(map[string]string{"heartbeat": "1h"})
	a := start(t, self(t), dir)
	b.wait("a heartbeat", 0, isBeat)
	b.send(world())
	b.wait("the machine", 0, func(m *message.Envelope) bool {
		c, ok := m.Body.(*message.InstanceChanged)
		return ok && c.Path == "/vm"
	})
	marks := filepath.Join(dir, "marks")
	var ids []string
	for round := range 12 {
		for k := range 4 {
			path := fmt.Sprintf("/vm/s%d", (4*round+k)%8)
			line := fmt.Sprintf("#!/bin/sh\necho \"$ROBOCONF_ACTION $ROBOCONF_REQUEST_ID\" >> %s\n", marks)
			status := lifecycle.DeployedStarted
			if (4*round+k)/8%2 == 1 {
				status = lifecycle.NotDeployed
			}
			ids = append(ids, b.send(&message.InstanceRequest{Path: path, Status: status, Files: []message.File{
				inline("scripts/deploy.sh", line), inline("scripts/start.sh", line), inline("scripts/stop.sh", line), inline("scripts/undeploy.sh", line),
			}}))
		}
		pause(time.Duration(chance.IntN(120)) * time.Millisecond)
		_ = a.end(syscall.SIGKILL)
		a = start(t, self(t), dir)
	}
	interrupted := 0
	for _, id := range ids {
		if r := b.result(id); strings.Contains(r.Reason, "interrupted") {
			interrupted++
		}
	}
	ran := map[string]int{}
	for _, line := range lines(t, marks) {
		if ran[line]++; ran[line] > 1 {
			t.Errorf("%s ran %d times", line, ran[line])
		}
	}
	t.Logf("%d requests, %d recipes ran, %d requests were interrupted", len(ids), len(ran), interrupted)
	if code := a.end(syscall.SIGTERM); code != 0 {
		t.Errorf("code %d\n%s", code, a.err.String())
	}
}

// pause lets real processes run for a moment that a seed chose.
func pause(d time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	<-ctx.Done()
}

func lines(t *testing.T, path string) (list []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		list = append(list, s.Text())
	}
	return list
}

// The program stays small, with one foreign module: a person sees every change of the list.
func TestDependencies(t *testing.T) {
	const ours = "github.com/roboconf/workbench/"
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(strings.ReplaceAll(string(out), ours, ""))
	slices.Sort(list)
	golden.Equal(t, "depaware.txt", []byte(strings.Join(list, "\n")+"\n"))
}

// built is the program as it is shipped.
func built(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roboconf-agent")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// The limits of the program: 12 MB on disk, static, 12 MiB of memory when idle; from its start to its first heartbeat 50 ms, with room here
// for machines that do other things as well.
func TestSmallAndQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	program := built(t)
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 12_000_000 {
		t.Errorf("the program has %d bytes", info.Size())
	}
	b := newBoss(t)
	dir := b.folder(nil)
	quickest := time.Hour
	memory := 0
	for n := range 5 {
		begun := time.Now()
		from := b.count()
		a := start(t, program, dir)
		b.wait("a heartbeat", from, isBeat)
		quickest = min(quickest, time.Since(begun))
		if n == 0 {
			b.send(world())
		}
		memory = resident(t, a.cmd.Process.Pid)
		if code := a.end(syscall.SIGTERM); code != 0 {
			t.Fatalf("code %d\n%s", code, a.err.String())
		}
	}
	t.Logf("%d bytes; %v from its start to the first heartbeat; %d KiB of memory", info.Size(), quickest, memory)
	if quickest > 500*time.Millisecond {
		t.Errorf("the first heartbeat takes %v", quickest)
	}
	if memory > 16<<10 {
		t.Errorf("it takes %d KiB of memory", memory)
	}
}

// resident is the memory that a process has, in KiB; 0 where nobody knows.
func resident(t testing.TB, pid int) int {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
