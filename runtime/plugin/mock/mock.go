// Package mock pretends to run recipes.
//
// It serves any installer (PL-6): by itself it only logs; a script gives it durations, outcomes, output. What it draws by chance depends on
// the seed, the instance, the operation, the number of the run: goroutines that run at once do not disturb it.
package mock

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// Rule is how a pretended operation goes. The zero value succeeds at once.
type Rule struct {
	Min, Max time.Duration // how long it lasts: drawn in between; Min when Max is less
	Rate     float64       // the probability of a failure, from 0 to 1
	First    int           // so many first runs on an instance fail, whatever Rate says
	ExitCode int           // of a failure; 1 when zero
	Error    string        // what a failure says; "exit code N" when ""
	Output   []string      // lines that it prints, before its duration passes
}

// Key says which operations a rule is about.
type Key struct {
	Subject   string // the path of an instance, the name of a component, or "*"
	Operation string // such as "start", or "*"
}

// Script gives rules to operations: the rule of a path before that of a component before that of "*"; with each, that of the operation
// before that of "*".
type Script map[Key]Rule

// rule finds what a script says; the zero rule when nothing.
func (s Script) rule(path, component, op string) Rule {
	for _, subject := range [...]string{path, component, "*"} {
		for _, operation := range [...]string{op, "*"} {
			if r, ok := s[Key{subject, operation}]; ok {
				return r
			}
		}
	}
	return Rule{}
}

// Options of a plugin.
type Options struct {
	Script Script
	Seed   uint64
	// Log takes a line for each operation; nil for none.
	Log *slog.Logger
	// Ran is called for each operation before it is pretended, from the goroutine of the call; nil for nobody.
	Ran func(c *plugin.Call)
}

// Plugin pretends; see New. Its methods may be called from many goroutines.
type Plugin struct {
	installer string
	o         Options

	mu   sync.Mutex
	runs map[string]int // of an operation on an instance
}

// New makes the mock of an installer.
func New(installer string, o Options) *Plugin {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Plugin{installer: strings.ToLower(installer), o: o, runs: map[string]int{}}
}

// All makes a mock for each installer.
func All(o Options, installers ...string) plugin.Registry {
	r := plugin.Registry{}
	for _, name := range installers {
		p := New(name, o)
		r[p.installer] = p
	}
	return r
}

// Installer is the name that it serves.
func (p *Plugin) Installer() string { return p.installer }

// Preflight lacks nothing.
func (p *Plugin) Preflight(context.Context) error { return nil }

// Initialize pretends the operation "initialize".
func (p *Plugin) Initialize(ctx context.Context, c *plugin.Call) error {
	if r := p.pretend(ctx, c, lifecycle.Initialize); r.Failed() {
		return fmt.Errorf("pretend to initialize %s: %s", c.View.Path, r.Error)
	}
	return nil
}

// Run pretends an operation: it prints, waits, ends as the script says. The end of the context ends it as it ends a recipe.
func (p *Plugin) Run(ctx context.Context, c *plugin.Call) plugin.Result {
	return p.pretend(ctx, c, c.Op)
}

func (p *Plugin) pretend(ctx context.Context, c *plugin.Call, op lifecycle.Operation) plugin.Result {
	if p.o.Ran != nil {
		p.o.Ran(c)
	}
	rule := p.o.Script.rule(c.View.Path, c.View.Component, op.String())
	run, chance := p.next(c.View.Path, op)
	p.o.Log.Info("pretend", "instance", c.View.Path, "installer", p.installer, "operation", op.String(), "run", run)
	for _, text := range rule.Output {
		c.Print(text)
	}
	lasts := rule.Min
	if rule.Max > rule.Min {
		lasts += time.Duration(chance.Int64N(int64(rule.Max-rule.Min) + 1))
	}
	fails := run <= rule.First || chance.Float64() < rule.Rate
	if why := wait(ctx, lasts); why != "" {
		return plugin.Result{Error: why}
	}
	if !fails {
		return plugin.Result{}
	}
	r := plugin.Result{ExitCode: rule.ExitCode, Error: rule.Error}
	if r.ExitCode == 0 {
		r.ExitCode = 1
	}
	if r.Error == "" {
		r.Error = fmt.Sprintf("exit code %d", r.ExitCode)
	}
	return r
}

// next counts a run, and gives its own source of chance.
func (p *Plugin) next(path string, op lifecycle.Operation) (run int, chance *rand.Rand) {
	key := op.String() + path
	p.mu.Lock()
	p.runs[key]++
	run = p.runs[key]
	p.mu.Unlock()
	h := fnv.New64a()
	fmt.Fprint(h, key, " ", run)
	return run, rand.New(rand.NewPCG(p.o.Seed, h.Sum64()))
}

// wait lets time pass; it says why it could not.
func wait(ctx context.Context, d time.Duration) string {
	began := time.Now()
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return ""
		case <-ctx.Done():
		}
	}
	return plugin.Over(ctx, began)
}
