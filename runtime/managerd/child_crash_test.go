//go:build unix

package managerd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/rpc"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/store"
	"github.com/roboconf/workbench/runtime/target"
)

// The moments at which the process of a manager is killed.
const (
	beforeRecord  = "before a record"
	afterRecord   = "after a record"
	beforeCall    = "before a call of a target"
	afterCall     = "after a call of a target"
	beforePublish = "before a publication"
	afterPublish  = "after a publication"
	beforeAck     = "before an acknowledgement"
	afterAck      = "after an acknowledgement"
)

// childEnv holds what a process of a manager is told, as JSON.
const childEnv = "ROBOCONF_TEST_MANAGER"

// orders are what a process is told.
type orders struct {
	Dir, Source     string // of the manager, of the template
	Broker, Outside string // addresses
	Kind            string // of the moment of its death; "" for a process that lives
	N               int    // such moments before, and with, that of its death
}

// reaper kills its own process at a moment.
type reaper struct {
	orders
	mu    sync.Mutex
	count map[string]int
}

func (r *reaper) at(kind string) (count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count[kind]++; kind == r.Kind && r.count[kind] == r.N {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more happens, with the lock held
	}
	return r.count[kind]
}

// TestProcessOfAManager is no test: it is the process that the others kill.
func TestProcessOfAManager(t *testing.T) {
	text := os.Getenv(childEnv)
	if text == "" {
		t.Skip("it is run by others")
	}
	r := &reaper{count: map[string]int{}}
	if err := json.Unmarshal([]byte(text), &r.orders); err != nil {
		t.Fatal(err)
	}
	go func() { // whoever started it is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	client, err := rpc.Dial("tcp", r.Outside)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	m := r.open(t, client)
	s := &story{Manager: m, source: r.Source}
	if err := s.tell(ctx); err != nil {
		t.Fatalf("%v\n%s", err, s.now())
	}
	s.check()
	if err := m.Close(ctx); err != nil {
		t.Error(err)
	}
	for _, w := range s.wrong {
		t.Error(w)
	}
}

// open is Open, with a death in it. A snapshot is written now and then, so that a restart has one with steps behind it.
func (r *reaper) open(t *testing.T, client *rpc.Client) *Manager {
	targets, err := target.NewRegistry(&remote{r, client})
	if err != nil {
		t.Fatal(err)
	}
	settings := bus.Settings{Addresses: []string{r.Broker}}
	agents := settings
	settings.User, settings.Password = managerName, managerPass
	open := amqp.Opener(wired(settings))
	c := Config{
		Dir: r.Dir, Targets: targets, Broker: agents, Accounts: &remote{r, client}, CheckEvery: 200 * time.Millisecond, Tolerated: 20,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Bus: func(id bus.Identity, l bus.Listener) (bus.Bus, error) {
			b, err := open(id, ears{l, r})
			return mouth{b, r}, err
		},
	}.filled()
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	j, restored, err := openJournal(c)
	if err != nil {
		t.Fatal(err)
	}
	j.die = func(after bool) error {
		if !after {
			r.at(beforeRecord)
			return nil
		}
		if r.at(afterRecord)%7 == 6 {
			j.compact()
		}
		return nil
	}
	m, err := start(t.Context(), c, j, restored)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mouth and ears are a bus with deaths in it.
type mouth struct {
	bus.Bus
	r *reaper
}

func (m mouth) Publish(to message.Target, msg *message.Envelope) error {
	m.r.at(beforePublish)
	err := m.Bus.Publish(to, msg)
	m.r.at(afterPublish)
	return err
}

type ears struct {
	bus.Listener
	r *reaper
}

func (e ears) Delivered(d bus.Delivery) {
	ack := d.Ack
	d.Ack = func() {
		e.r.at(beforeAck)
		ack()
		e.r.at(afterAck)
	}
	e.Listener.Delivered(d)
}

// remote is the target, with the accounts of the broker: both are outside.
type remote struct {
	r      *reaper
	client *rpc.Client
}

func ask[A any](ctx context.Context, h *remote, what string, a any) (answer A, err error) {
	if ctx.Err() != nil {
		return answer, ctx.Err()
	}
	h.r.at(beforeCall)
	err = h.client.Call("Outside."+what, a, &answer)
	h.r.at(afterCall)
	return answer, err
}

func (h *remote) Describe() target.Description {
	return target.Description{Handler: "outside", Nested: true}
}
func (h *remote) Check(map[string]string) []target.Finding       { return nil }
func (h *remote) Probe(context.Context, map[string]string) error { return nil }
func (h *remote) Create(ctx context.Context, s target.Spec) (target.Machine, error) {
	return ask[target.Machine](ctx, h, "Create", s)
}

func (h *remote) Observe(ctx context.Context, s target.Spec) (target.Machine, error) {
	return ask[target.Machine](ctx, h, "Observe", s)
}

func (h *remote) Advance(context.Context, target.Spec, target.Machine) (bool, time.Duration, error) {
	return true, 0, nil
}

func (h *remote) Destroy(ctx context.Context, s target.Spec) error {
	_, err := ask[struct{}](ctx, h, "Destroy", s)
	return err
}

func (h *remote) List(ctx context.Context, _ map[string]string, domain string) ([]target.Machine, error) {
	return ask[[]target.Machine](ctx, h, "List", domain)
}

func (h *remote) Ensure(ctx context.Context, a bus.Account) error {
	_, err := ask[struct{}](ctx, h, "Ensure", a)
	return err
}

func (h *remote) Remove(ctx context.Context, name string) error {
	_, err := ask[struct{}](ctx, h, "Remove", name)
	return err
}

// story is what the processes do, one after another: what an earlier one asked is not asked again.
type story struct {
	*Manager
	source string
	wrong  []string
}

const theApp = "shop"

// chapter is an operation, then what must come of it before the next is asked.
type chapter struct {
	op    manager.Op
	holds func(App) bool
}

func chapters() []chapter {
	anything := func(App) bool { return true }
	grown := func(a App) bool {
		s, ok := a.Status("/vm3/tomcat/web")
		return ok && s.State == lifecycle.DeployedStarted && allStarted(a)
	}
	more := &model.Instance{Name: "vm3", Component: "VM", Children: []*model.Instance{
		{Name: "tomcat", Component: "Tomcat", Children: []*model.Instance{{Name: "web", Component: "Web"}}},
	}}
	return []chapter{
		{manager.DeployAndStart{}, allStarted},
		{manager.Add{Instance: more}, anything},
		{manager.DeployAndStart{Path: "/vm3"}, grown},
		{manager.Request{Path: "/db/mysql", State: lifecycle.DeployedStopped}, func(a App) bool {
			return states(a, lifecycle.DeployedStopped, "/db/mysql") && states(a, lifecycle.Unresolved, "/app/tomcat/web", "/vm3/tomcat/web")
		}},
		{manager.Request{Path: "/db/mysql", State: lifecycle.DeployedStarted}, allStarted},
		{manager.UndeployAll{Path: "/vm3"}, anything},
		{manager.Remove{Path: "/vm3", Deferred: true}, func(a App) bool {
			_, there := a.Status("/vm3")
			return !there && len(a.Statuses) == 5 && allStarted(a)
		}},
		{manager.UndeployAll{}, nothing},
		{manager.Delete{}, func(a App) bool { return a.Name == "" }},
	}
}

func states(a App, state lifecycle.State, paths ...string) bool {
	return !slices.ContainsFunc(paths, func(p string) bool {
		s, ok := a.Status(p)
		return !ok || s.State != state
	})
}

func (s *story) tell(ctx context.Context) error {
	if len(s.Templates()) == 0 {
		if _, err := s.Load(ctx, s.source, false); err != nil {
			return err
		}
	}
	if !s.asked(manager.Create{}) {
		if err := s.Create(ctx, theApp, s.Templates()[0].ID, ""); err != nil {
			return err
		}
	}
	list := chapters()
	for i, c := range list {
		if i+1 < len(list) && s.asked(list[i+1].op) {
			continue
		}
		if !s.asked(c.op) {
			if _, err := s.Do(ctx, theApp, c.op); err != nil {
				return fmt.Errorf("%s: %w", operationWords(c.op), err)
			}
		}
		if err := s.Wait(ctx, theApp, c.holds); err != nil {
			return fmt.Errorf("after %s: %w", operationWords(c.op), err)
		}
	}
	return nil
}

func (s *story) asked(op manager.Op) bool {
	return slices.ContainsFunc(s.records("operation"), func(r store.Record) bool { return r.Text == operationWords(op) })
}

// records are the history, the oldest first.
func (s *story) records(kind string) []store.Record {
	list, err := s.History(store.Query{Kind: kind, Limit: 10_000})
	if err != nil {
		s.wrong = append(s.wrong, err.Error())
	}
	slices.Reverse(list)
	return list
}

func (s *story) now() string {
	a, _ := s.App(theApp)
	var b strings.Builder
	for _, st := range a.Statuses {
		fmt.Fprintf(&b, "%s %s %v\n", st.Path, st.State, st.Failure)
	}
	for _, r := range s.records("") {
		fmt.Fprintf(&b, "%d %s %s %s->%s %s\n", r.Seq, r.Kind, r.Instance, r.From, r.To, r.Text)
	}
	return b.String()
}

// check holds the history against the story: each operation once, in order, with its result; states without a gap; one end for each machine.
func (s *story) check() {
	bad := func(format string, a ...any) { s.wrong = append(s.wrong, fmt.Sprintf(format, a...)) }
	var want, got []string
	want = append(want, operationWords(manager.LoadTemplate{}), operationWords(manager.Create{}))
	for _, c := range chapters() {
		want = append(want, operationWords(c.op))
	}
	for _, r := range s.records("operation") {
		got = append(got, r.Text)
	}
	for len(got) > 1 && got[0] == want[0] && got[1] != want[1] { // it died between the mind and the shelf
		got = slices.Delete(got, 0, 1)
		if got[0] == operationWords(manager.DeleteTemplate{}) {
			got = got[1:]
		}
	}
	if !slices.Equal(got, want) {
		bad("operations of the history: %q, want %q", got, want)
	}
	at := map[string]string{}
	for _, r := range s.records("change") {
		if r.From != "" && at[r.Instance] != "" && at[r.Instance] != r.From {
			bad("record %d: %s goes from %s, it was %s", r.Seq, r.Instance, r.From, at[r.Instance])
		}
		at[r.Instance] = r.To
	}
	machines := map[string]int{}
	for _, r := range s.records("machine") {
		machines[r.Instance+": "+r.Text]++
	}
	for _, path := range []string{"/db", "/app", "/vm3"} {
		for _, words := range []string{"create, generation 1, of target the-target", "end, generation 1"} {
			if machines[path+": "+words] == 0 {
				bad("the history does not know %s of %s: %v", words, path, machines)
			}
		}
	}
	for _, r := range s.records("refusal") {
		bad("refused: %s", r.Text)
	}
	for _, r := range s.records("result") {
		if !strings.HasPrefix(r.Text, string(message.Done)) {
			bad("result of %s: %s", r.Instance, r.Text)
		}
	}
	if apps := s.Apps(); len(apps) != 0 {
		bad("applications are left: %v", apps)
	}
}
