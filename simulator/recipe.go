package simulator

import (
	"fmt"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/property"
	"github.com/roboconf/workbench/simulator/trace"
)

// tally is what is known of the runs of one recipe of an instance, or of an act of a target to it.
type tally struct {
	count int32 // runs so far
	fail  int32 // the next runs that must fail
}

// draw says how the next run goes. Each run has a luck of its own: what the others do does not disturb it.
func (w *World) draw(t *tally, path, what string, r profile.Rule) (took time.Duration, fails bool) {
	t.count++
	c := luck(w.options.Seed+uint64(t.count)<<32, what, path)
	took = c.between(r.Min, r.Max)
	fails = c.hits(r.Rate) || int(t.count) <= r.First || t.fail > 0
	t.fail = max(t.fail-1, 0)
	return took, fails
}

// running is the recipe that an agent runs; id 0 is none.
type running struct {
	id    uint64
	path  string
	op    lifecycle.Operation
	began time.Duration
	rule  profile.Rule
	fails bool
}

// begin pretends to run a recipe.
func (w *World) begin(c *client, r agent.Run) {
	w.readiness(r)
	rule := w.options.Profile.Recipe(r.View.Path, w.kindsOf(r.View.Component), r.Op)
	i := w.knownTo(c, r.View.Path)
	if i == nil {
		i = &instance{} // an agent may know what the manager forgot
	}
	took, fails := w.draw(&i.recipes[r.Op], r.View.Path, r.Op.String(), rule)
	if i.slow > 1 {
		took = time.Duration(float64(took) * i.slow).Round(grain)
	}
	c.run = running{id: r.ID, path: r.View.Path, op: r.Op, began: w.now, rule: rule, fails: fails}
	if took > 0 {
		w.note(trace.Entry{Kind: trace.Recipe, Path: r.View.Path, From: r.Op.String(), To: trace.Began, Text: about(r)})
	}
	w.at(c, onEnded, took, r.ID<<16|uint64(c.box.starts)&0xffff)
}

// Runs is the number of runs of a recipe so far.
func (w *World) Runs(path string, op lifecycle.Operation) int {
	if i := w.known(path); i != nil {
		return int(i.recipes[op].count)
	}
	return 0
}

// readiness checks that what starts has what it needs (LC-21, LC-50).
func (w *World) readiness(r agent.Run) {
	if r.Op != lifecycle.Start && r.Op != lifecycle.Update {
		return
	}
	has := func(prefix string) bool {
		for _, i := range r.View.Imports {
			if i.Prefix == prefix {
				return len(i.From) > 0
			}
		}
		return false
	}
	if missing := property.Missing(w.graph, r.View.Component, has); len(missing) > 0 {
		w.fail("LC-50", r.View.Path, fmt.Sprintf("runs %s without %v", r.Op, missing))
	}
}

// about says what an update is about.
func about(r agent.Run) string {
	switch {
	case r.Change == nil:
		return ""
	case r.Change.Status == lifecycle.DeployedStopped:
		return r.Change.Prefix + " disappeared, from " + r.Change.Path
	}
	return r.Change.Prefix + " appeared or changed, from " + r.Change.Path
}

// ended ends the recipe of an agent.
func (w *World) ended(c *client, arg uint64) {
	r := c.run
	if c.mind == nil || r.id != arg>>16 || uint64(c.box.starts)&0xffff != arg&0xffff {
		return
	}
	if !r.fails {
		w.conclude(c, 0, "")
		return
	}
	words := r.rule.Message
	if words == "" {
		words = "the recipe failed, as it was told to"
	}
	w.conclude(c, max(r.rule.Exit, 1), words)
}

// conclude tells the mind how its recipe ended.
func (w *World) conclude(c *client, exit int, words string) {
	r := c.run
	c.run = running{}
	took := w.now - r.began
	e := trace.Entry{Kind: trace.Recipe, Path: r.path, From: r.op.String(), To: trace.Ended}
	switch {
	case exit != 0:
		e.To, e.Problem = trace.Failed, true
		e.Text = fmt.Sprintf("exit code %d after %s: %s", exit, took, words)
		w.note(e)
	case took > 0:
		e.Text = "after " + took.String()
		w.note(e)
	}
	w.step(c, agent.Ended{ID: r.id, ExitCode: exit, Error: words, Took: took})
}

// cancel kills a recipe; the mind hears of it as of a failure (LC-132).
func (w *World) cancel(c *client, e agent.Cancel) {
	if c.run.id == e.ID {
		c.run.fails = true
		c.run.rule.Message, c.run.rule.Exit = "killed", 137
		w.at(c, onEnded, 0, e.ID<<16|uint64(c.box.starts)&0xffff)
	}
}

// kindsOf is a component with what it extends, nearest first, for profiles.
func (w *World) kindsOf(component string) []string {
	if kinds, ok := w.kinds[component]; ok {
		return kinds
	}
	kinds := []string{component}
	if c := w.graph.Component(component); c != nil {
		kinds = kinds[:0]
		for _, s := range w.graph.Supers(c) {
			kinds = append(kinds, s.Name)
		}
	}
	w.kinds[component] = kinds
	return kinds
}
