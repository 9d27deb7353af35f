package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/plan"
	"github.com/roboconf/workbench/runtime/site"
)

// upWriter prints what up does: results to out, talk to err. Plans and changes come from two goroutines.
type upWriter struct {
	s    streams
	json bool
	mu   sync.Mutex
}

func newUpWriter(s streams, format string) *upWriter { return &upWriter{s: s, json: format == "json"} }

// The lines for programs: each has one of the keys.
type (
	upLine struct {
		Plan  *upPlan      `json:"plan,omitempty"`
		Event *feed.Event  `json:"event,omitempty"`
		Stuck *site.Status `json:"stuck,omitempty"`
	}
	upPlan struct {
		App     string   `json:"app"`
		New     bool     `json:"new"`
		Empty   bool     `json:"empty"`
		Kept    int      `json:"kept"`
		Steps   []upStep `json:"steps"`
		Refused []string `json:"refused"`
	}
	upStep struct {
		Do      string `json:"do"`
		Path    string `json:"path,omitempty"`
		Reason  string `json:"reason"`
		Destroy bool   `json:"destroy,omitempty"`
	}
)

func (w *upWriter) line(l upLine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = writeJSON(w.s.out, l, "") // whoever reads it is gone: nothing is lost
}

func (w *upWriter) print(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(w.s.out, format+"\n", args...)
}

func (w *upWriter) say(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.s.say("%s", text)
}

// plan shows what will be done, before it is.
func (w *upWriter) plan(name string, c site.Changes) {
	if w.json {
		w.line(upLine{Plan: planForPrograms(name, c)})
		return
	}
	switch {
	case c.Empty():
		w.print("%s: nothing to do, everything is as the files say", name)
		return
	case c.New:
		w.print("%s: nothing of it is there, this will be made:", name)
	default:
		w.print("%s: the deployment differs from the files; %d instances stay, this will be done:", name, c.Kept)
	}
	w.print("  %s", strings.Join(c.Lines(), "\n  "))
	if n := c.Plan.Destroys(); n > 0 {
		w.print("  these end something that runs: %d", n)
	}
}

func planForPrograms(name string, c site.Changes) *upPlan {
	p := &upPlan{App: name, New: c.New, Empty: c.Empty(), Kept: c.Kept, Steps: []upStep{}, Refused: []string{}}
	for path, component := range c.Created() {
		p.Steps = append(p.Steps, upStep{Do: plan.Add.String(), Path: path, Reason: "wanted, not there: " + component})
	}
	for _, s := range c.Plan.Steps {
		p.Steps = append(p.Steps, upStep{Do: s.Kind.String(), Path: s.Path, Reason: s.Reason, Destroy: s.Destroy})
	}
	for _, b := range c.Begin {
		p.Steps = append(p.Steps, upStep{Do: plan.Start.String(), Path: b.Path, Reason: b.Reason})
	}
	for _, r := range c.Plan.Refused {
		p.Refused = append(p.Refused, strings.TrimSpace(r.Text+" "+r.Path)+": "+r.Reason)
	}
	return p
}

// event shows a change.
func (w *upWriter) event(e feed.Event) {
	if w.json {
		w.line(upLine{Event: &e})
		return
	}
	at := e.Time.Local().Format("15:04:05.000")
	switch {
	case e.Path == "" && e.What == feed.Said:
		w.say(at + " " + e.Text)
	case e.Path == "" || e.What == feed.Created || e.What == feed.Finished && e.Cause != "rejected":
	case e.What == feed.Deleted:
		w.print("%s %s is removed", at, e.Path)
	case e.What == feed.Finished:
		w.print("%s %s: refused: %s", at, e.Path, e.Text)
	case e.From == e.To && e.Failure == nil:
	default:
		w.print("%s %s %s -> %s  %s%s", at, e.Path, e.From.Word(), e.To.Word(), e.Cause, failureOf(e.Failure))
	}
}

func failureOf(f *lifecycle.Failure) string {
	if f == nil {
		return ""
	}
	text := fmt.Sprintf(" (%s: %s", f.Operation, f.Message)
	if f.ExitCode != 0 {
		text += fmt.Sprintf(", exit code %d", f.ExitCode)
	}
	return text + ")"
}

// stuck shows what is not started, and why.
func (w *upWriter) stuck(st site.Status) {
	if w.json {
		w.line(upLine{Stuck: &st})
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range st.Instances {
		if i.State != lifecycle.DeployedStarted {
			_, _ = io.WriteString(w.s.out, notStarted(i))
		}
	}
}

func notStarted(i site.Instance) string {
	text := fmt.Sprintf("%s is %s", i.Path, i.State.Word())
	if i.Problem != "" {
		text += ": " + i.Problem
	}
	for _, why := range i.Waits {
		text += "\n  " + why
	}
	return text + "\n"
}
