package simulator

import (
	"fmt"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/explain"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/simulator/property"
	"github.com/roboconf/workbench/simulator/scenario"
	"github.com/roboconf/workbench/simulator/trace"
)

// longest is how long a story may take to settle when it does not say so itself, in virtual time.
const longest = 24 * time.Hour

// Unmet is an instance that is not in the state that was asked for.
type Unmet struct {
	Path  string
	Want  lifecycle.State
	State lifecycle.State
	Why   string // in words
	// Answer is the whole story, down to what a person may do; given for the first unmet instances only.
	Answer explain.Answer
}

// explained is for how many unmet instances the whole story is told.
const explained = 20

// Report is how a run went.
type Report struct {
	Seed    uint64
	Events  int           // taken by the minds
	Virtual time.Duration // at the end
	Trace   *trace.Trace
	Hash    string // of the trace

	Settled bool // false when something went on until the limit
	Unmet   []Unmet
	Broken  []property.Broken
	Failed  []string // what the story expected, or wanted to break, in vain: file lines with words
}

// OK says whether everything that was asked for is reached and nothing is broken.
func (r *Report) OK() bool {
	return r.Settled && len(r.Unmet) == 0 && len(r.Broken) == 0 && len(r.Failed) == 0
}

// Summary is the last line of a run.
func (r *Report) Summary() string {
	return fmt.Sprintf("seed=%d events=%d virtual=%s trace=%s", r.Seed, r.Events, r.Virtual, r.Hash)
}

// Run tells a story in a new world, up to its end, and checks the world at rest.
func Run(app *model.Application, o Options) *Report {
	w := New(app, o)
	story := o.Scenario
	if story == nil {
		story = scenario.Default()
	}
	return w.Tell(story)
}

// Tell tells a story from now on, and reports.
func (w *World) Tell(story *scenario.Story) *Report {
	t := w.teller(story)
	for _, act := range story.Acts {
		if t.over() {
			break
		}
		t.act(act)
	}
	return t.report()
}

// teller tells one story.
type teller struct {
	*World
	settled bool
	failed  []string
	counted []runKey // the recipes whose runs the story expects
	mark    mark     // at the last thing that the story did
}

// runKey is a recipe of an instance.
type runKey struct {
	path string
	op   lifecycle.Operation
}

// mark is what is counted from the last Do or Break on.
type mark struct {
	trace, refused int
	runs           map[runKey]int // at that moment, of what ran by then
}

func (w *World) teller(story *scenario.Story) *teller {
	t := &teller{World: w, settled: true}
	for _, a := range story.Acts {
		if s, ok := a.Step.(scenario.ExpectRuns); ok {
			t.counted = append(t.counted, runKey{s.Path, s.Op})
		}
	}
	t.mark = t.marked()
	return t
}

func (t *teller) marked() mark {
	m := mark{trace: t.trace.Len(), refused: t.refused, runs: map[runKey]int{}}
	for _, k := range t.counted {
		m.runs[k] = t.Runs(k.path, k.op)
	}
	return m
}

func (t *teller) over() bool { return t.options.Until > 0 && t.now >= t.options.Until }

// limit is the latest moment for a step that may last.
func (t *teller) limit(last time.Duration) time.Duration {
	if t.options.Until > 0 {
		return min(t.now+last, t.options.Until)
	}
	return t.now + last
}

func (t *teller) act(a scenario.Act) {
	switch s := a.Step.(type) {
	case scenario.Do:
		t.mark = t.marked()
		t.Do(s.Op)
	case scenario.Break:
		t.mark = t.marked()
		if err := t.Break(s.Fault); err != nil {
			t.fails(a, err.Error())
		}
	case scenario.Run:
		t.Run(t.limit(s.For))
	case scenario.Settle:
		t.settle(s.Limit)
	default:
		if words := t.expect(a.Step); words != "" {
			t.fails(a, words)
		}
	}
}

func (t *teller) settle(last time.Duration) {
	if last == 0 {
		last = longest
	}
	limit := t.limit(last)
	if !t.Settle(limit) && limit != t.options.Until {
		t.settled = false
	}
}

func (t *teller) fails(a scenario.Act, words string) {
	t.failed = append(t.failed, fmt.Sprintf("line %d: %s: %s", a.Line, a.Step, words))
	t.note(trace.Entry{Kind: trace.Note, Text: a.Step.String() + ": " + words, Problem: true})
}

// expect checks what a story expects; "" when it is so.
func (t *teller) expect(s scenario.Step) string {
	switch s := s.(type) {
	case scenario.Expect:
		return t.expectState(s)
	case scenario.ExpectGone:
		if t.known(s.Path) != nil {
			return "it is still there"
		}
	case scenario.ExpectRuns:
		k := runKey{s.Path, s.Op}
		if n := t.Runs(s.Path, s.Op) - t.mark.runs[k]; n != s.Times {
			return fmt.Sprintf("it ran %d times", n)
		}
	case scenario.ExpectImports:
		return t.expectImports(s)
	case scenario.ExpectQuiet:
		return t.expectQuiet()
	case scenario.ExpectRefused:
		if t.refused == t.mark.refused {
			return "nothing was refused"
		}
	}
	return ""
}

func (t *teller) expectState(s scenario.Expect) string {
	i := t.known(s.Path)
	switch {
	case i == nil:
		return "there is no such instance"
	case i.State != s.State:
		return "it is " + trace.Word(i.State.String())
	}
	return ""
}

func (t *teller) expectImports(s scenario.ExpectImports) string {
	i := t.known(s.Path)
	if i == nil {
		return "there is no such instance"
	}
	n := 0
	for _, imp := range i.Imports {
		if imp.Prefix == s.Prefix {
			n++
		}
	}
	if n != s.Count {
		return fmt.Sprintf("it holds %d", n)
	}
	return ""
}

func (t *teller) expectQuiet() string {
	for e := range t.trace.Since(t.mark.trace) {
		if e.Kind == trace.State || e.Kind == trace.Recipe {
			return "something happened: " + strings.TrimSpace(e.String())
		}
	}
	return ""
}

// report checks the world and sums up.
func (t *teller) report() *Report {
	if t.settled && t.calm() {
		t.check()
	}
	r := &Report{
		Seed: t.options.Seed, Events: t.steps, Virtual: t.now, Trace: &t.trace, Hash: t.trace.Hash(),
		Settled: t.settled, Broken: t.broken, Failed: t.failed,
	}
	for _, i := range t.unmet() {
		u := Unmet{Path: i.Path, Want: t.wanted[i.Path], State: i.State, Why: t.why(i)}
		if len(r.Unmet) < explained {
			u.Answer = explain.Why(t.graph, t.Statuses(), i.Path)
		}
		r.Unmet = append(r.Unmet, u)
	}
	return r
}

// calm says whether what must hold at rest can be asked for: nothing is going on, no link is broken.
func (w *World) calm() bool {
	if w.queue.busy > 0 || w.travelling() || w.away {
		return false
	}
	for _, c := range w.clients {
		if c.link.cut || c.link.drop > 0 || c.box != nil && c.mind == nil && c.box.power != gone {
			return false
		}
	}
	return true
}

// check is what must hold at rest, in truth and in the eyes of the manager.
func (w *World) check() {
	s := w.system()
	for _, b := range s.AtRest() {
		w.failed(b)
	}
	known := map[string]lifecycle.State{}
	for _, status := range w.Statuses() {
		known[status.Path] = status.State
	}
	for _, b := range s.Same(known) {
		w.failed(b)
	}
}

// why says in words why an instance is as it is.
func (w *World) why(i *property.Instance) string {
	if status, ok := w.manager.Status(w.app, i.Path); ok && status.Failure != nil {
		return "failed to " + status.Failure.Operation + ": " + status.Failure.Message
	}
	switch {
	case i.State == lifecycle.Unresolved:
		return "waits for " + strings.Join(property.Missing(w.graph, i.Declared.Component, i.Holds), ", ")
	case i.State == lifecycle.WaitingForAncestor && i.Parent != nil:
		return "waits for its parent " + i.Parent.Path
	}
	return "is " + trace.Word(i.State.String())
}
