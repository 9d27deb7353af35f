package managerd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/template"
	"github.com/roboconf/workbench/runtime/store"
)

// App is an application as it was at one moment. Nobody may change what it holds.
type App struct {
	manager.Summary
	Version   uint64
	Graph     *model.Graph
	Instances []*model.Instance
	Statuses  []manager.Status // parents first
	Recipes   []manager.Recipe
	Damaged   string // why it could not be read (MG-53); everything else is empty then
}

// Status finds one instance.
func (a App) Status(path string) (manager.Status, bool) {
	i := slices.IndexFunc(a.Statuses, func(s manager.Status) bool { return s.Path == path })
	if i < 0 {
		return manager.Status{}, false
	}
	return a.Statuses[i], true
}

// All says whether every instance is in a state. An application without instances is.
func (a App) All(state lifecycle.State) bool {
	return !slices.ContainsFunc(a.Statuses, func(s manager.Status) bool { return s.State != state })
}

// Info sums an application up (MG-72): how many instances are in each state, the worst problem, "" for none.
func (a App) Info() (count map[lifecycle.State]int, worst string) {
	count = map[lifecycle.State]int{}
	rank := 0
	for _, s := range a.Statuses {
		count[s.State]++
		serious := 0
		switch {
		case s.State == lifecycle.Problem:
			serious = 2
		case s.Failure != nil:
			serious = 1
		}
		if serious > rank {
			rank, worst = serious, s.Path
			if s.Failure != nil {
				worst += ": " + s.Failure.Operation + ": " + s.Failure.Message
			}
		}
	}
	return count, worst
}

// show looks at every application that changed. The loop calls it, after each batch: the mind is its own, and only it changes the views. So
// nobody who reads has to wait while they are made.
func (m *Manager) show() {
	names := m.store.mind.Apps()
	damaged := m.store.mind.DamagedApps()
	next := map[string]App{}
	same := len(names)+len(damaged) == len(m.views)
	for _, name := range names {
		old, known := m.views[name]
		if version := m.store.mind.Version(name); !known || old.Version != version || old.Damaged != "" {
			same = false
			summary, _ := m.store.mind.Summary(name)
			old = App{
				Summary: summary, Version: version, Graph: m.store.mind.Graph(name), Instances: m.store.mind.Instances(name),
				Statuses: m.store.mind.Statuses(name), Recipes: m.store.mind.Recipes(name),
			}
		}
		next[name] = old
	}
	for name, reason := range damaged {
		next[name] = App{Summary: manager.Summary{Name: name}, Damaged: reason}
		same = same && m.views[name].Damaged == reason
	}
	if !same {
		m.mu.Lock()
		m.views = next
		close(m.changed)
		m.changed = make(chan struct{})
		m.mu.Unlock()
	}
	m.offer()
}

// Apps are the applications, sorted by name, damaged ones among them.
func (m *Manager) Apps() []App {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]App, 0, len(m.views))
	for _, name := range slices.Sorted(maps.Keys(m.views)) {
		list = append(list, m.views[name])
	}
	return list
}

// App is one application; false when there is none of that name.
func (m *Manager) App(name string) (App, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.views[name]
	return a, ok
}

// Wait waits until a condition holds of an application. An application that does not exist is the zero App. The condition is asked whenever
// something changed, from the goroutine that waits.
func (m *Manager) Wait(ctx context.Context, name string, holds func(App) bool) error {
	for {
		m.mu.Lock()
		app, changed := m.views[name], m.changed
		m.mu.Unlock()
		if holds(app) {
			return nil
		}
		select {
		case <-changed:
		case <-m.ended:
			return m.over()
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", name, ctx.Err())
		}
	}
}

// over is the error of whoever asks a manager that does not run.
func (m *Manager) over() error {
	if m.why != nil {
		return fmt.Errorf("the manager stopped: %w", m.why)
	}
	return errors.New("the manager stopped")
}

// exportEvery is how often readable copies are written at most (MG-50).
const exportEvery = 200 * time.Millisecond

// copies are what people may read of applications that changed.
type copies struct {
	files []store.File
	gone  []string
}

// exported tells which copies an earlier process left: those of applications that are gone are removed, others written anew.
func (m *Manager) exported() {
	entries, err := os.ReadDir(filepath.Join(m.cfg.Dir, "applications"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.log.Warn("look for readable copies", "error", err)
	}
	for _, e := range entries {
		m.written[e.Name()] = 0
	}
}

// readable gathers what changed since the last copies. The loop calls it, or who knows that the loop has ended.
func (m *Manager) readable() (c copies) {
	for name, a := range m.views {
		if a.Damaged == "" && m.written[name] != a.Version {
			c.files = append(c.files, store.Readable(m.store.mind, name)...)
			m.written[name] = a.Version
		}
	}
	for name := range m.written {
		if _, there := m.views[name]; !there {
			c.gone = append(c.gone, name)
			delete(m.written, name)
		}
	}
	return c
}

// offer hands copies to the goroutine that writes them, when it is ready for more; otherwise a later batch does.
func (m *Manager) offer() {
	if len(m.exports) > 0 {
		return
	}
	if c := m.readable(); len(c.files)+len(c.gone) > 0 {
		m.exports <- c // it has room: only the loop puts something in
	}
}

// export writes readable copies until ctx ends.
func (m *Manager) export(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(exportEvery):
		}
		select {
		case <-ctx.Done():
			return
		case c := <-m.exports:
			m.write(c)
		}
	}
}

func (m *Manager) write(c copies) {
	if len(c.files) > 0 {
		if err := m.store.Export(c.files); err != nil {
			m.log.Warn("write the readable copy of applications", "error", err)
		}
	}
	for _, name := range c.gone {
		if err := m.store.Unexport("applications/" + name); err != nil {
			m.log.Warn("remove the readable copy of an application", "app", name, "error", err)
		}
	}
}

// exportLast writes what is left when the loop has ended.
func (m *Manager) exportLast() {
	select {
	case c := <-m.exports:
		m.write(c)
	default:
	}
	m.write(m.readable())
}

// Templates are those on the shelf, damaged ones among them (MG-53).
func (m *Manager) Templates() []*template.Template { return m.shelf.All() }

// Bus is the way to the broker, for people who want to know how it is.
func (m *Manager) Bus() bus.Bus { return m.bus }
