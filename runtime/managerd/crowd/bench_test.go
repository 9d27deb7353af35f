//go:build unix

// Package crowd_test measures a manager with a thousand agents, each part a process of its own.
package crowd_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/broker/rabbit"
	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd"
	"github.com/roboconf/workbench/runtime/target"
)

// importers is how many machines hear of a change.
const importers = 1000

// patience is how long a measurement waits for what must come: issue 4 gives a thousand agents 60 s, this is for slow machines.
const patience = 3 * time.Minute

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(rabbittest.Main(m))
	case "broker":
		serveBroker()
	case "agents":
		hostAgents()
	}
}

// contender is a broker under measurement.
type contender struct {
	settings, agents bus.Settings // the manager's, those in user data
	accounts         bus.Accounts
}

// embedded is our own broker, as a process: its memory is not the manager's.
func embedded(b *testing.B) contender {
	c := spawn(b, "broker")
	line, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	s := bus.Settings{Addresses: []string{strings.TrimSpace(line)}, User: brokerUser, Password: brokerPassword}
	return contender{settings: s, agents: s}
}

// rabbitmq is a RabbitMQ where every agent has a user of its own, as roboconf runs it.
func rabbitmq(b *testing.B) contender {
	server := rabbittest.Shared(b)
	at := server.Endpoint()
	s := bus.Settings{Addresses: []string{at.Address}, User: at.User, Password: at.Password}
	agents := s
	agents.User, agents.Password = "", ""
	return contender{settings: s, agents: agents, accounts: users{server.Accounts()}}
}

type users struct{ rabbit.Accounts }

func (u users) Ensure(ctx context.Context, a bus.Account) error {
	return u.Accounts.Ensure(ctx, rabbit.Account(a))
}

// host is a target whose machines are goroutines of another process.
type host struct {
	child *child
	mu    sync.Mutex
	up    map[target.Key]bool
}

func (h *host) Describe() target.Description                   { return target.Description{Handler: "crowd"} }
func (h *host) Check(map[string]string) []target.Finding       { return nil }
func (h *host) Probe(context.Context, map[string]string) error { return nil }
func (h *host) Destroy(context.Context, target.Spec) error     { return nil } // the process ends with the measurement
func (h *host) machine(k target.Key, p target.Phase) target.Machine {
	return target.Machine{Key: k, ID: k.Name(60), Phase: p, Address: "127.0.0.1"}
}

func (h *host) Create(_ context.Context, s target.Spec) (target.Machine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.up[s.Key] {
		if _, err := fmt.Fprintln(h.child.in, strconv.Quote(s.UserData)); err != nil {
			return target.Machine{}, fmt.Errorf("tell the process of agents of a machine: %w", err)
		}
		h.up[s.Key] = true
	}
	return h.machine(s.Key, target.Running), nil
}

func (h *host) Observe(_ context.Context, s target.Spec) (target.Machine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.up[s.Key] {
		return h.machine(s.Key, target.Absent), nil
	}
	return h.machine(s.Key, target.Running), nil
}

func (h *host) Advance(context.Context, target.Spec, target.Machine) (bool, time.Duration, error) {
	return true, 0, nil
}

func (h *host) List(context.Context, map[string]string, string) ([]target.Machine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []target.Machine
	for k := range h.up {
		list = append(list, h.machine(k, target.Running))
	}
	return list, nil
}

// application writes two databases, and n pages that import both: one more stops nobody, but everybody is told.
func application(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	var roots strings.Builder
	for _, name := range []string{"db1", "db2"} {
		fmt.Fprintf(&roots, "instance of VM {\n\tname: %s;\n\n\tinstance of Db {\n\t\tname: db;\n\t}\n}\n\n", name)
	}
	for k := range n {
		fmt.Fprintf(&roots, "instance of VM {\n\tname: vm%d;\n\n\tinstance of Page {\n\t\tname: page;\n\t}\n}\n\n", k)
	}
	for name, text := range map[string]string{
		"descriptor/application.properties": "name = Crowd\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n",
		"graph/main.graph": "VM {\n\tinstaller: target;\n\tchildren: Db, Page;\n}\n\nDb {\n\tinstaller: logger;\n\texports: ip, port = 3306;\n}\n\n" +
			"Page {\n\tinstaller: logger;\n\timports: Db.ip, Db.port;\n}\n",
		"graph/VM/target.properties": "id = crowd\nname = of the measurement\nhandler = crowd\n",
		"instances/model.instances":  roots.String(),
	} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkThousandAgents is issue 4's manager with a thousand agents: the time until every heartbeat was seen, until everything is
// started; the memory of the manager's process; then how long it takes until a thousand importers begin their update recipe once a
// database starts or stops. The agents are goroutines of a second process, the broker is a third one.
func BenchmarkThousandAgents(b *testing.B) {
	for _, broker := range []struct {
		name string
		open func(*testing.B) contender
	}{{"embedded", embedded}, {"rabbitmq", rabbitmq}} {
		b.Run(broker.name, func(b *testing.B) { crowd(b, broker.open(b)) })
	}
}

func crowd(b *testing.B, c contender) {
	ctx, cancel := context.WithTimeout(b.Context(), 2*patience)
	defer cancel()
	h := &host{child: spawn(b, "agents"), up: map[target.Key]bool{}}
	targets, err := target.NewRegistry(h)
	if err != nil {
		b.Fatal(err)
	}
	source := application(b, importers)
	heap := heapMiB()
	m, err := managerd.Open(ctx, managerd.Config{
		Dir: b.TempDir(), Bus: amqp.Opener(amqp.Config{Settings: c.settings, VerifySender: c.accounts != nil}), Broker: c.agents, Accounts: c.accounts, Targets: targets,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := m.Close(context.Background()); err != nil {
			b.Error(err)
		}
	}()
	t, err := m.Load(ctx, source, false)
	if err != nil {
		b.Fatal(err)
	}
	const app = "crowd"
	if err := m.Create(ctx, app, t.ID, ""); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	do(b, m, app, manager.DeployAndStart{})
	await(b, ctx, m, app, "every machine", func(s manager.Status) bool {
		return strings.Count(s.Path, "/") > 1 || s.State == lifecycle.DeployedStarted
	})
	connected := time.Since(begun)
	await(b, ctx, m, app, "everything", func(s manager.Status) bool { return s.State == lifecycle.DeployedStarted })
	started := time.Since(begun)
	held, resident := heapMiB()-heap, residentMiB(b, os.Getpid())
	h.child.settle(b, ctx) // with the second database, many were told a second time
	var longest time.Duration
	states := []lifecycle.State{lifecycle.DeployedStopped, lifecycle.DeployedStarted}
	told := 0
	for b.Loop() {
		begun := time.Now()
		before := h.child.updates.Load()
		do(b, m, app, manager.Request{Path: "/db2/db", State: states[told%2]})
		h.child.reach(b, ctx, before+importers)
		longest = max(longest, time.Since(begun))
		told++
	}
	b.ReportMetric(float64(told*importers)/b.Elapsed().Seconds(), "recipes/s")
	b.ReportMetric(longest.Seconds()*1000, "ms-slowest")
	b.ReportMetric(connected.Seconds(), "s-connected")
	b.ReportMetric(started.Seconds(), "s-started")
	b.ReportMetric(held, "heap-MiB")
	b.ReportMetric(resident, "manager-MiB")
	b.ReportMetric(residentMiB(b, h.child.cmd.Process.Pid), "agents-MiB")
}

func do(b *testing.B, m *managerd.Manager, app string, op manager.Op) {
	b.Helper()
	if _, err := m.Do(b.Context(), app, op); err != nil {
		b.Fatal(err)
	}
}

// await waits until something holds of every instance.
func await(b *testing.B, ctx context.Context, m *managerd.Manager, app, what string, holds func(manager.Status) bool) {
	b.Helper()
	missing := 0
	err := m.Wait(ctx, app, func(a managerd.App) bool {
		missing = 0
		for _, s := range a.Statuses {
			if !holds(s) {
				missing++
			}
		}
		return len(a.Statuses) > 0 && missing == 0
	})
	if err != nil {
		b.Fatalf("%s is to be started, %d are not: %v", what, missing, err)
	}
}

func heapMiB() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// residentMiB is the most memory that a process ever had; 0 where the system does not tell.
func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "VmHWM:"); found {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				b.Fatal(err)
			}
			return float64(kib) / 1024
		}
	}
	return 0
}
