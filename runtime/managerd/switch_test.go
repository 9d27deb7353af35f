package managerd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/local"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/mock"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/userdata"
)

// host is a target whose machines are real agents in this process, on brokers that their user data name.
type host struct {
	machines
	dir     string
	brokers map[string]*local.Broker // by address
	deaf    map[string]bool          // scopes that cannot reach another broker
	agents  map[target.Key]func()
	work    sync.WaitGroup
}

func (h *host) way(s bus.Settings) (bus.Opener, error) {
	if b := h.brokers[s.Addresses[0]]; b != nil && s.User != "" && s.Password != "" {
		return b.Opener(local.Config{}), nil
	}
	return nil, fmt.Errorf("no broker at %v for %q", s.Addresses, s.User)
}

func (h *host) Create(_ context.Context, s target.Spec) (target.Machine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.agents[s.Key] != nil {
		return h.machine(s.Key, target.Running), nil
	}
	d, err := userdata.Parse(s.UserData, nil)
	if err != nil {
		return target.Machine{}, err
	}
	open, err := h.way(d.Broker)
	if err != nil {
		return target.Machine{}, err
	}
	ctx, stop := context.WithCancel(context.Background())
	h.agents[s.Key] = stop
	h.work.Go(func() {
		_ = agentd.Run(ctx, agentd.Config{
			Domain: d.Domain, App: d.App, Scope: d.Scope, Address: "127.0.0.1", Dir: filepath.Join(h.dir, s.Key.Name(40)), Bus: open,
			NoSync: true, Environ: []string{}, Heartbeat: 100 * time.Millisecond,
			Any: mock.New("any", mock.Options{Ran: func(c *plugin.Call) {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.runs = append(h.runs, c.Op.String()+" "+c.View.Path)
			}}),
			Switch: func(_ string, settings map[string]string) (bus.Opener, error) {
				to, err := userdata.Of(settings, nil)
				if err == nil && h.deaf[d.Scope] {
					err = errors.New("there is a wall")
				}
				if err != nil {
					return nil, err
				}
				return h.way(to.Broker)
			},
		})
	})
	return h.machine(s.Key, target.Running), nil
}

func (h *host) Observe(_ context.Context, s target.Spec) (target.Machine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.agents[s.Key] == nil {
		return h.machine(s.Key, target.Absent), nil
	}
	return h.machine(s.Key, target.Running), nil
}

func (h *host) Destroy(_ context.Context, s target.Spec) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if stop := h.agents[s.Key]; stop != nil {
		stop()
		delete(h.agents, s.Key)
	}
	return nil
}

// users are the accounts of a broker.
type users struct {
	mu   sync.Mutex
	made []string
}

func (u *users) Ensure(_ context.Context, a bus.Account) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.made = append(u.made, a.Name)
	return nil
}

func (u *users) Remove(context.Context, string) error { return nil }

// moving is a world with two brokers, and the lamp that runs on the old one.
func moving(t *testing.T) (*world, *host) {
	t.Helper()
	h := &host{
		dir: t.TempDir(), brokers: map[string]*local.Broker{"old:1": local.New(), "new:1": local.New()}, deaf: map[string]bool{},
		agents: map[target.Key]func(){},
	}
	t.Cleanup(func() { // after the manager is closed
		h.mu.Lock()
		for _, stop := range h.agents {
			stop()
		}
		h.mu.Unlock()
		h.work.Wait()
	})
	targets, err := target.NewRegistry(h)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) {
		c.Targets, c.Switchable = targets, true
		c.Bus = h.brokers["old:1"].Opener(local.Config{})
		c.Broker, c.Accounts = bus.Settings{Addresses: []string{"old:1"}}, &users{}
	})
	w.sample(t, "lamp")
	w.do(t, "lamp", manager.DeployAndStart{})
	w.reach(t, "lamp", "everything started", allStarted)
	return w, h
}

func (h *host) other(u *users) Other {
	return Other{
		Bus: h.brokers["new:1"].Opener(local.Config{}), Broker: bus.Settings{Addresses: []string{"new:1"}}, Accounts: u, Within: 5 * time.Second,
	}
}

// MS-90, MG-63: agents follow while pings go round; no instance changes its state, no recipe runs, and the old broker may go.
func TestSwitchUnderLoad(t *testing.T) {
	w, h := moving(t)
	w.quiet(t, h)
	runs := len(h.ran())
	sub := w.Feed().Subscribe(0)
	defer sub.Close()
	load, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	pings := 0
	work.Go(func() {
		for load.Err() == nil {
			if _, err := w.Do(t.Context(), "lamp", manager.Ping{Nonce: fmt.Sprint(pings)}); err == nil {
				pings++
			}
		}
	})
	u := &users{}
	lost, err := w.Switch(t.Context(), h.other(u))
	stop()
	work.Wait()
	if err != nil || len(lost) != 0 {
		t.Fatalf("lost %v, %v", lost, err)
	}
	h.brokers["old:1"].SetAway(true)
	app, _ := w.App("lamp")
	hosts := 0
	for _, s := range app.Statuses {
		if s.Machine {
			hosts++
		}
	}
	if len(u.made) != hosts || pings == 0 {
		t.Errorf("%d accounts for %d machines, %d pings", len(u.made), hosts, pings)
	}
	if !app.All(lifecycle.DeployedStarted) || len(h.ran()) != runs {
		t.Errorf("recipes ran: %v", h.ran()[runs:])
	}
	w.do(t, "lamp", manager.StopAll{}) // through the new broker
	w.reach(t, "lamp", "children stopped", func(a App) bool {
		for _, s := range a.Statuses {
			if !s.Machine && s.State != lifecycle.DeployedStopped {
				return false
			}
		}
		return true
	})
	if again, err := w.Switch(t.Context(), h.other(u)); err != nil || again != nil || len(u.made) != hosts {
		t.Errorf("MS-41: the same settings: %v, %v", again, err)
	}
	for e := range sub.Events {
		if e.What == feed.Said && strings.HasPrefix(e.Text, fmt.Sprintf("%d of %d agents", hosts, hosts)) {
			break
		}
	}
}

// quiet waits until what a start causes is over: no update recipe is on its way.
func (w *world) quiet(t *testing.T, h *host) {
	t.Helper()
	for last := -1; last != len(h.ran()); {
		last = len(h.ran())
		timer := time.NewTimer(500 * time.Millisecond)
		<-timer.C
	}
}

// MS-90, step 1: a broker that does not answer changes nothing.
func TestSwitchToNowhere(t *testing.T) {
	w, h := moving(t)
	h.brokers["new:1"].SetAway(true)
	to := h.other(&users{})
	to.Within = 300 * time.Millisecond
	if _, err := w.Switch(t.Context(), to); err == nil || !strings.Contains(err.Error(), "nothing has changed") {
		t.Errorf("a broker that is away was taken: %v", err)
	}
	w.do(t, "lamp", manager.UndeployAll{})
	w.reach(t, "lamp", "nothing deployed", nothing)
}

// MS-90, step 3: an agent that cannot go there is PROBLEM because of messaging; others go on.
func TestSwitchLosesAnAgent(t *testing.T) {
	w, h := moving(t)
	h.deaf["/app1"] = true
	lost, err := w.Switch(t.Context(), h.other(&users{}))
	if err != nil || len(lost) != 1 || lost[0] != "lamp /app1" {
		t.Fatalf("lost %v, %v", lost, err)
	}
	w.reach(t, "lamp", "the machine in trouble", func(a App) bool {
		s, _ := a.Status("/app1")
		f, _ := a.Status("/front")
		return s.State == lifecycle.Problem && s.Failure != nil && s.Failure.Message == "messaging" && f.State == lifecycle.DeployedStarted
	})
}
