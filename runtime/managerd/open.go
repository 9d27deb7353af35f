package managerd

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/managerd/template"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/store"
	"github.com/roboconf/workbench/runtime/target"
)

// filled gives a configuration its defaults.
func (c Config) filled() Config {
	if c.Domain == "" {
		c.Domain = "default"
	}
	if c.Workers <= 0 {
		c.Workers = 8
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// mindConfig is what the mind is told.
func (c Config) mindConfig() manager.Config {
	return manager.Config{Domain: c.Domain, Epoch: epoch(), CheckEvery: c.CheckEvery, Tolerated: c.Tolerated, Adopt: c.Adopt}
}

// epoch names this process in every message (messaging.md 12).
func epoch() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Open starts a manager: what an earlier process left is restored (LC-111, LC-112), then it runs until Close. The broker need not be there.
// An error is a mistake in the configuration, a folder that cannot be used, or another manager in it (MG-3).
func Open(ctx context.Context, c Config) (*Manager, error) {
	c = c.filled()
	if c.Bus == nil {
		return nil, errors.New("open a manager: no way to a broker was given")
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open a manager: make its folder: %w", err)
	}
	j, restored, err := openJournal(c)
	if err != nil {
		return nil, fmt.Errorf("open a manager: %w", err)
	}
	m, err := start(ctx, c, j, restored)
	if err != nil {
		return nil, fmt.Errorf("open a manager: %w", errors.Join(err, j.Close()))
	}
	return m, nil
}

// start makes the parts of a manager, connects them, lets them run.
func start(ctx context.Context, c Config, j *journal, restored mind.Event) (*Manager, error) {
	m := &Manager{
		cfg: c, log: c.Log, store: j, feed: feed.New(revisions(c.Now()), feed.Options{}),
		ids: message.NewIDs("operations of "+epoch(), 0), ended: make(chan struct{}), changed: make(chan struct{}),
		answers: map[string]chan []error{}, acks: map[*message.Envelope]func(){}, views: map[string]App{},
		written: map[string]uint64{}, exports: make(chan copies, 1),
	}
	seed, err := readSeed(c.Dir)
	if err != nil {
		return nil, err
	}
	if m.shelf, err = template.Open(filepath.Join(c.Dir, "application-templates")); err != nil {
		return nil, err
	}
	if _, err := j.Sweep(m.needed()); err != nil {
		c.Log.Warn("sweep", "error", err)
	}
	m.loop = drive.New(j.mind, hands{m}, drive.Options{Start: j.mind.Start, Now: c.Now})
	if restored != nil {
		m.loop.Post(restored) // before the bus says anything
	}
	if err = m.dial(); err != nil {
		return nil, fmt.Errorf("reach the broker: %w", err)
	}
	m.yard = m.newYard(seed)
	m.exported()
	m.run()
	if err := m.reconcile(ctx); err != nil {
		m.halt()
		return nil, errors.Join(err, m.bus.Close(ctx))
	}
	return m, nil
}

func (m *Manager) newYard(seed []byte) *yard {
	c := m.cfg
	return &yard{
		domain: c.Domain, targets: c.Targets, broker: way{c.Broker, c.Accounts}, agent: c.Agent, seed: seed, secret: c.Secret,
		scripts: m.scriptsOf, options: target.Options{Limits: c.Limits}, log: c.Log, post: m.loop.Post, queue: m.bus.DeleteAgent,
		making: make(chan struct{}, c.Workers), ending: make(chan struct{}, c.Workers), jobs: map[target.Key]*job{},
	}
}

// revisions begin above all that an earlier process gave: who comes back with one of those has missed something (MG-73).
func revisions(now time.Time) uint64 { return uint64(now.UnixMicro()) }

// run starts the goroutines; Close, or an error of the loop, ends them.
func (m *Manager) run() {
	m.show()
	ctx, stop := context.WithCancel(context.Background()) // of the manager's life, which Close ends
	m.stop = stop
	m.work.Go(func() {
		defer close(m.ended)
		defer stop()
		if m.why = m.loop.Run(ctx); m.why != nil {
			m.log.Error("the manager stops: it cannot remember", "error", m.why)
		}
	})
	m.work.Go(func() { m.export(ctx) })
}

// reconcile tells the mind of templates that a crash kept from it, and the log of those that only the mind knows.
func (m *Manager) reconcile(ctx context.Context) error {
	known := m.mindTemplates()
	for _, t := range m.shelf.All() {
		id := manager.TemplateID(t.ID)
		switch {
		case t.Damaged != nil:
			m.log.Error("a template is damaged", "template", t.ID.String(), "error", t.Damaged)
		case !slices.Contains(known, id):
			if err := m.keep(ctx, t); err != nil {
				m.log.Error("a template cannot be used", "template", t.ID.String(), "error", err)
			}
		}
		known = slices.DeleteFunc(known, func(k manager.TemplateID) bool { return k == id })
	}
	for _, id := range known { // a death between the mind and the shelf: nothing of such a template is kept (MG-11)
		if _, err := m.Do(ctx, "", manager.DeleteTemplate{ID: id, Targets: true}); err != nil {
			m.log.Error("the files of a template are gone; load it again", "template", id.String(), "error", err)
			continue
		}
		m.log.Warn("a template was not loaded to the end; load it again", "template", id.String())
	}
	return ctx.Err()
}

// mindTemplates and needed read the mind before the loop owns it.
func (m *Manager) mindTemplates() []manager.TemplateID { return m.known }

func (m *Manager) needed() map[string]bool {
	m.known = m.store.mind.Templates()
	needed := m.store.mind.Wanted()
	for _, t := range m.shelf.All() {
		for _, r := range t.Recipes {
			for _, f := range r.Files {
				needed[f.SHA256] = true
			}
		}
	}
	return needed
}

// scriptsOf is the folder of the scripts of a machine's target, in the template that brought the target (plugins.md 10).
func (m *Manager) scriptsOf(machine manager.Machine) string {
	for _, t := range m.shelf.All() {
		for _, found := range t.Targets {
			if found.ID == machine.Target && found.Scripts != "" {
				return filepath.Join(t.Dir, filepath.FromSlash(found.Scripts))
			}
		}
	}
	return ""
}

// Close stops (LC-110): timers, workers, then the bus, which sends what it still holds as long as ctx allows. Machines and agents go on. What
// was cut off is asked again by the next process.
func (m *Manager) Close(ctx context.Context) error {
	if !m.closed.CompareAndSwap(false, true) {
		return nil
	}
	m.halt()
	err := m.bus.Close(ctx)
	return errors.Join(err, m.store.close(), m.why)
}

// halt ends every goroutine.
func (m *Manager) halt() {
	m.stop()
	m.work.Wait() // the loop, the readable copies, files on their way
	m.yard.wait()
	m.exportLast()
	m.feed.Close()
}

// History gives what happened, the newest first (MG-73, manager.md 12).
func (m *Manager) History(q store.Query) ([]store.Record, error) { return m.store.History(q) }
