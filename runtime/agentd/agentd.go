// Package agentd runs an agent as a process.
//
// It gives the mind hands: a bus, a journal on disk, a store of files, plugins. Nothing of it is shared by the whole program, so that a
// process may hold a thousand agents.
package agentd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/agentd/journal"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/files"
	"github.com/roboconf/workbench/runtime/plugin/process"
)

// Config is who an agent is and what it works with.
type Config struct {
	Domain     string // "default" when empty
	App, Scope string // the application, the path of the scoped instance
	// Address of the machine, which its heartbeats announce; FindAddress helps who has none.
	Address string
	// Dir is the agent's own folder, made when needed: journal, contents of files, directories of instances, logs.
	Dir     string
	Version string // of the program
	BootID  string // of the machine; that of the system when ""
	// Bus opens the connection to the broker.
	Bus bus.Opener
	// Plugins serve installers; Any serves those that they do not, nil for none (LC-12, PL-6).
	Plugins plugin.Registry
	Any     plugin.Plugin

	Heartbeat        time.Duration // 60 s when zero (LC-90)
	ResyncGrace      time.Duration // two heartbeats when zero (LC-104)
	Cascade          agent.Cascade
	OnReboot         agent.OnReboot
	ScriptsOnRestart bool
	MaxRecipeBytes   int64         // of the files of one request; 64 MiB when zero (MS-65)
	Timeout          time.Duration // of a recipe that names no other; 15 min when zero (PL-70)
	// Drain is how long a recipe may go on when the agent is asked to end; then it is cancelled. 60 s when zero.
	Drain time.Duration
	// Environ is what recipes inherit, as "KEY=value" (PL-35); that of the process, without the agent's own settings, when nil.
	Environ []string
	// Secrets are masked wherever a recipe prints them (PL-72).
	Secrets []string
	RunAs   map[string]string // the user that runs the recipes of an installer, by its name in lower case (PL-73)
	// Turn is held while a recipe runs; agents of one process that share a machine share it (LC-136). Nil for none.
	Turn sync.Locker
	// Switch makes the way to another broker (MS-90); nil when the agent stays with its own.
	Switch func(kind string, settings map[string]string) (bus.Opener, error)
	// Switched is told once the agent has left its old broker for good: the settings of the new one are to be kept. Nil for nobody.
	Switched func(kind string, settings map[string]string)
	// Inject is a folder of templates of configuration files (PL-80); "" for none.
	Inject string
	// Own is the agent's own configuration file, absolute, which no template replaces; "" for none.
	Own string
	// Level is what log.level changes; nil when nothing can be changed.
	Level *slog.LevelVar
	// Reset makes the agent undeploy everything and forget who it is (LC-106), as the manager's agent.reset does.
	Reset bool
	// NoSync leaves out the syncs of the disk; for many agents in one process.
	NoSync bool
	Log    *slog.Logger // nil for silence
}

// Run is an agent: it works until the context ends or the manager resets it, then drains (LC-105): the recipe in hand is finished, the
// goodbye is sent. What is left continues with the next Run in the same folder. Errors are those of settings, of the folder, of the disk.
func Run(ctx context.Context, c Config) error {
	if err := c.complete(); err != nil {
		return fmt.Errorf("start the agent: %w", err)
	}
	if err := c.inject(); err != nil {
		c.Log.Warn("write configuration files", "error", err) // PL-80: it does not keep the agent from working
	}
	if found, err := process.Reap(c.group(), 0); found || err != nil {
		c.Log.Warn("ended a recipe that an earlier process of this agent left running", "error", err)
	}
	h, left, err := open(c)
	if err != nil {
		return fmt.Errorf("start the agent of %s: %w", c.Scope, err)
	}
	return h.live(ctx, left)
}

// complete checks the settings and fills in what was left out.
func (c *Config) complete() error {
	switch {
	case c.App == "" || c.Scope == "":
		return errors.New("it has no identity: give it an application and the path of a scoped instance")
	case c.Scope[0] != '/' || strings.HasSuffix(c.Scope, "/"):
		return fmt.Errorf("%q is no path of an instance, such as /vm", c.Scope)
	case c.Dir == "":
		return errors.New("it has no folder to work in")
	case c.Bus == nil:
		return errors.New("it has no broker")
	}
	if c.Domain == "" {
		c.Domain = "default"
	}
	if c.BootID == "" {
		c.BootID = systemBoot()
	}
	if c.Timeout <= 0 {
		c.Timeout = 15 * time.Minute
	}
	if c.Drain <= 0 {
		c.Drain = time.Minute
	}
	if c.Environ == nil {
		c.Environ = OwnEnviron()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = c.Log.With("app", c.App, "instance", c.Scope)
	dir, err := filepath.Abs(c.Dir)
	c.Dir = dir
	return err
}

// Prefix is what the names of the agent's settings begin with in an environment.
const Prefix = "ROBOCONF_AGENT_"

// OwnEnviron is the environment of the process without the settings of the agent, which hold its secrets (PL-35).
func OwnEnviron() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, Prefix) })
}

func (c *Config) path(name string) string { return filepath.Join(c.Dir, name) }
func (c *Config) group() string           { return c.path("running") }

// mindConfig is what the mind is told.
func (c *Config) mindConfig() agent.Config {
	m := agent.Config{
		Domain: c.Domain, App: c.App, Scope: c.Scope, Address: c.Address, Epoch: rand.Text(), BootID: c.BootID, Version: c.Version,
		Heartbeat: c.Heartbeat, ResyncGrace: c.ResyncGrace, Cascade: c.Cascade, OnReboot: c.OnReboot, Transfer: true,
		MaxRecipeBytes: c.MaxRecipeBytes, ScriptsOnRestart: c.ScriptsOnRestart,
	}
	if c.Any == nil {
		for name := range c.Plugins {
			m.Installers = append(m.Installers, name)
		}
		slices.Sort(m.Installers)
		if m.Installers == nil {
			m.Installers = []string{plugin.Reserved} // no list means that every installer is served
		}
	}
	return m
}

// find gives the plugin of an installer.
func (c *Config) find(installer string) (plugin.Plugin, bool) {
	if p, ok := c.Plugins.Find(installer); ok {
		return p, true
	}
	return c.Any, c.Any != nil
}

// open reads what an earlier process left, and makes the hands.
func open(c Config) (*hands, journal.Left, error) {
	j, left, err := journal.Open(c.path("journal"), c.BootID, journal.Options{NoSync: c.NoSync})
	if err != nil {
		return nil, left, err
	}
	if o := left.Config; left.Memory != nil && (o.App != c.App || o.Scope != c.Scope || o.Domain != c.Domain) {
		err := fmt.Errorf("%s belongs to the agent of %s in %s, domain %s: give this one another folder", c.Dir, o.Scope, o.App, o.Domain)
		return nil, left, errors.Join(err, j.Close())
	}
	blobs, err := files.OpenBlobs(c.path("blobs"), 0)
	if err != nil {
		return nil, left, errors.Join(err, j.Close())
	}
	m := c.mindConfig()
	a := agent.New(m, left.Memory)
	if err := j.Begin(m, a, c.BootID, left); err != nil {
		return nil, left, errors.Join(err, j.Close())
	}
	if left.Torn > 0 {
		c.Log.Warn("the end of the journal was not whole: nothing of it had been acknowledged", "bytes", left.Torn)
	}
	h := &hands{
		c: c, journal: j, blobs: blobs, watched: &watched{a: a}, deliveries: map[*messageEnvelope]bus.Delivery{},
		tasks: make(chan struct{}, 1), runs: make(chan agent.Run, 1),
	}
	h.loop = drive.New(h.watched, h, drive.Options{Start: a.Start})
	return h, left, nil
}

// live works until the end.
func (h *hands) live(ctx context.Context, left journal.Left) (err error) {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.stop = stop
	defer func() {
		stop()
		h.all.Wait()
		err = errors.Join(err, h.leave())
	}()
	for _, m := range left.Inbox { // before anything that the bus brings
		h.loop.Post(mind.Delivered{Msg: m})
	}
	if h.c.Reset {
		h.loop.Post(h.resetItself())
	}
	if h.bus, err = h.dial(); err != nil {
		return fmt.Errorf("open the bus of %s: %w", h.c.Scope, err)
	}
	for _, p := range left.Outbox {
		h.publish(mind.Publish(p))
	}
	h.all.Go(func() { h.store(work) })
	h.all.Go(func() { h.recipes(work) })
	h.all.Go(func() { h.drain(ctx, work) })
	h.c.Log.Info("the agent works", "domain", h.c.Domain, "dir", h.c.Dir, "address", h.c.Address, "replayed", left.Steps)
	if err := h.loop.Run(work); err != nil {
		return fmt.Errorf("the agent of %s: %w", h.c.Scope, err)
	}
	return nil
}

// resetItself is what the manager would send to recycle the machine (TG-41, "@reset@").
func (h *hands) resetItself() mind.Delivered {
	now := time.Now().UTC()
	ids := message.NewIDs(rand.Text(), 0)
	body := &message.AgentReset{Reason: "asked on the machine"}
	return mind.Delivered{Msg: &message.Envelope{
		ID: ids.Next(), Type: body.Type(), Time: now, Domain: h.c.Domain, Body: body,
		From: message.From{Kind: message.FromAgent, App: h.c.App, Scope: h.c.Scope, Epoch: "itself", Seq: 1},
	}}
}

// drain asks the mind to end when the context does, and cancels the recipe that takes too long.
func (h *hands) drain(ctx, work context.Context) {
	select {
	case <-work.Done():
		return
	case <-ctx.Done():
	}
	h.c.Log.Info("the agent is asked to end")
	h.loop.Post(agent.Stopping{Reason: "shutdown"})
	late := time.NewTimer(h.c.Drain)
	defer late.Stop()
	select {
	case <-work.Done():
	case <-late.C:
		h.c.Log.Warn("the recipe in hand takes too long: it is cancelled")
		h.cancelRecipe(errors.New("the agent ends"))
	}
}

// flushLimit is how long the last words may take.
const flushLimit = 5 * time.Second

// leave sends the last words, and gives everything back.
func (h *hands) leave() error {
	ctx, cancel := context.WithTimeout(context.Background(), flushLimit)
	defer cancel()
	var err error
	if h.bus != nil {
		err = h.bus.Close(ctx)
	}
	if err != nil {
		h.c.Log.Warn("not everything was sent; the next process sends the rest", "error", err)
	}
	if !h.released {
		return h.journal.Close()
	}
	err = h.journal.Wipe()
	for _, name := range []string{"blobs", "instances", "logs", "running", "journal", "user-data"} {
		err = errors.Join(err, os.RemoveAll(h.c.path(name)))
	}
	return err
}
