package agentd_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/local"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/script"
)

// boss plays the manager: it sends what a test wants, gives files to those who ask, and keeps what comes.
type boss struct {
	t     testing.TB
	bus   bus.Bus
	blobs map[string][]byte // by digest

	mu   sync.Mutex
	ids  message.IDs
	seq  uint64
	got  []*message.Envelope
	news chan struct{} // closed at the next message, replaced then
}

func newBoss(t testing.TB, open bus.Opener) *boss {
	t.Helper()
	b := &boss{t: t, blobs: map[string][]byte{}, ids: message.NewIDs(t.Name(), 0), news: make(chan struct{})}
	var err error
	if b.bus, err = open(bus.Identity{Domain: "default"}, b); err != nil {
		t.Fatal(err)
	}
	b.bus.Bind(message.Manager("app"))
	t.Cleanup(func() {
		if err := b.bus.Close(context.Background()); err != nil {
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
	if want, ok := d.Msg.Body.(*message.BlobWant); ok {
		for _, digest := range want.Items {
			b.supply(d.Msg.From.Scope, digest)
		}
	}
}

func (b *boss) supply(scope, digest string) {
	data, have := b.blobs[digest]
	if !have {
		b.send(scope, &message.BlobChunk{SHA256: digest, Missing: true})
	}
	for at := 0; at < len(data); at += 1000 {
		b.send(scope, &message.BlobChunk{SHA256: digest, Offset: int64(at), Total: int64(len(data)), Data: data[at:min(at+1000, len(data))]})
	}
}

func (b *boss) send(scope string, body message.Body) string {
	b.t.Helper()
	return b.publish(message.Agent("app", scope), body)
}

func (b *boss) publish(to message.Target, body message.Body) string {
	b.t.Helper()
	b.mu.Lock()
	b.seq++
	e := &message.Envelope{
		ID: b.ids.Next(), Type: body.Type(), Time: time.Now(), Domain: "default", Body: body,
		From: message.From{Kind: message.FromManager, Epoch: "boss", Seq: b.seq},
	}
	b.mu.Unlock()
	if err := b.bus.Publish(to, e); err != nil {
		b.t.Error(err)
	}
	return e.ID
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// late is closed when a test has waited for too long.
func late(t testing.TB) <-chan struct{} {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx.Done()
}

// wait gives the first message, sent before or after, that a test is looking for.
func wait[T message.Body](b *boss, what string, is func(m *message.Envelope, body T) bool) T {
	b.t.Helper()
	late := late(b.t)
	for from := 0; ; {
		b.mu.Lock()
		got, news := b.got, b.news
		b.mu.Unlock()
		for ; from < len(got); from++ {
			if body, ok := got[from].Body.(T); ok && is(got[from], body) {
				return body
			}
		}
		select {
		case <-news:
		case <-late:
			for _, m := range got[max(0, len(got)-20):] {
				b.t.Logf("%s %+v", m.Type, m.Body)
			}
			b.t.Fatalf("%s does not come", what)
		}
	}
}

func (b *boss) result(request string) *message.RequestResult {
	b.t.Helper()
	return wait(b, "the result of "+request, func(_ *message.Envelope, r *message.RequestResult) bool { return r.Request == request })
}

func (b *boss) state(path string, s lifecycle.State) {
	b.t.Helper()
	wait(b, path+" "+s.String(), func(_ *message.Envelope, c *message.InstanceChanged) bool { return c.Path == path && c.Status == s })
}

// beat waits for a heartbeat of an agent: its queue is there.
func (b *boss) beat(scope string) {
	b.t.Helper()
	wait(b, "a heartbeat of "+scope, func(m *message.Envelope, _ *message.AgentHeartbeat) bool { return m.From.Scope == scope })
}

// forget drops what came so far.
func (b *boss) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = nil
}

// file makes the content of a file known, and refers to it.
func (b *boss) file(name, content string) message.File {
	sum := sha256.Sum256([]byte(content))
	digest := hex.EncodeToString(sum[:])
	b.blobs[digest] = []byte(content)
	return message.File{Name: name, SHA256: digest, Size: int64(len(content)), Mode: "0755"}
}

// world is a machine with a server, and a page that needs a database elsewhere.
func world(scope string) *message.ModelSet {
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Server"}, {Name: "Page"}}},
		{Name: "Server", Installer: model.Ref{Name: "script"}, Exports: []model.Variable{{Name: "ip"}, {Name: "port", Value: model.Text("80")}}},
		{Name: "Page", Installer: model.Ref{Name: "script"}, Imports: []model.Import{{Prefix: "Db", Name: "*"}}},
	}, nil)
	return &message.ModelSet{Revision: 1, Gen: 1, Graph: g, Root: &model.Instance{
		Name: scope[1:], Component: "VM", Children: []*model.Instance{{Name: "server", Component: "Server"}, {Name: "page", Component: "Page"}},
	}}
}

// agentOf runs an agent until the test or stop ends it.
type running struct {
	t    testing.TB
	stop context.CancelFunc
	done chan error
}

func run(t testing.TB, c agentd.Config) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- agentd.Run(ctx, c) }()
	t.Cleanup(func() {
		if r.done != nil {
			r.end()
		}
	})
	return r
}

// end asks the agent to end, and waits for it.
func (r *running) end() {
	r.t.Helper()
	r.stop()
	r.await()
}

// await waits for an agent that ends by itself.
func (r *running) await() {
	r.t.Helper()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Error(err)
		}
	case <-late(r.t):
		r.t.Fatal("the agent does not end")
	}
	r.done = nil
}

// site is a broker with a boss, and the settings of an agent on it.
func site(t *testing.T) (*boss, agentd.Config) {
	broker := local.New()
	b := newBoss(t, broker.Opener(local.Config{}))
	return b, agentd.Config{
		App: "app", Scope: "/vm", Address: "10.0.0.7", Dir: filepath.Join(t.TempDir(), "agent"), Version: "test", NoSync: true,
		Bus: broker.Opener(local.Config{}), Plugins: plugin.NewRegistry(script.New()), Heartbeat: time.Hour,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Environ: []string{"PATH=/usr/bin:/bin"},
	}
}

// started runs an agent that has its model.
func started(t *testing.T, b *boss, c agentd.Config) *running {
	t.Helper()
	r := run(t, c)
	wait(b, "the first heartbeat", func(_ *message.Envelope, h *message.AgentHeartbeat) bool { return h.ModelRequired })
	b.send(c.Scope, world(c.Scope))
	b.state(c.Scope, lifecycle.DeployedStarted)
	return r
}

func sh(line string, args ...any) string { return "#!/bin/sh\n" + fmt.Sprintf(line, args...) + "\n" }
