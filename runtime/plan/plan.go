// Package plan compares what is wanted with what is observed: ordered steps, each with its reason.
//
// It is about an application whose files changed while it runs: what that will do, before it is done. Steps are data; whoever does
// them decides nothing (product.md, decision 5).
package plan

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// Have is the application as the manager knows it.
type Have struct {
	Descriptor model.Descriptor
	Graph      *model.Graph
	Instances  []*model.Instance // Manager.Instances
	Statuses   []manager.Status  // Manager.Statuses; an instance without one is not deployed
	Recipes    []manager.Recipe  // Manager.Recipes
	// Files are the instances as the files said before the change. What runs without ever having been in the files was added while it ran:
	// it stays. nil: the files are the whole truth, all that is not in them goes.
	Files []*model.Instance
}

// Want is what the files say now. The model is one without severe findings.
type Want struct {
	App     *model.Application
	Recipes []manager.Recipe
	Start   bool // new instances are started too, where their machine is deployed or new itself
}

// Kind is what a step does.
type Kind uint8

// The kinds, in the order in which they are done where nothing else asks for another one.
const (
	Describe Kind = iota // the description of the application
	Undeploy             // an instance, with all below it; a machine is destroyed
	Remove               // an instance, with all below it, once nothing of it is deployed
	Rename               // an instance of which nothing is deployed
	Graph                // the types
	Recipes              // the files of recipes
	Files                // of one running instance: they reach it with its next recipe; no operation of its own
	Add                  // an instance, with all below it
	Start                // what was started before, or is wanted started
)

// String is the kind for people.
func (k Kind) String() string {
	return [...]string{
		"change description", "undeploy", "remove instance", "rename instance", "change graph", "change recipes", "update files", "add instance", "start",
	}[k]
}

// Step is one thing to do.
type Step struct {
	Number  int   // from 1
	After   []int // numbers of the steps that must have been reached before (Reached)
	Kind    Kind
	Path    string // of the instance; "" for the application
	Detail  string // what it becomes, which files: for people
	Reason  string
	Destroy bool       // something that runs ends: it is counted apart (TG-131)
	Op      manager.Op // what to ask of the manager; nil when there is nothing to ask
}

// Refusal is a change of the files that cannot be made while the application is as it is.
type Refusal struct{ Path, Text, Reason string }

// Plan is what a change will do. The zero value says that nothing changed.
type Plan struct {
	Steps   []Step
	Refused []Refusal
	Kept    []string // paths that are not in the files, added while the application ran
}

// Empty says that nothing is to be done, nothing is refused.
func (p Plan) Empty() bool { return len(p.Steps) == 0 && len(p.Refused) == 0 }

// Destroys counts the steps that end something that runs.
func (p Plan) Destroys() int {
	n := 0
	for _, s := range p.Steps {
		if s.Destroy {
			n++
		}
	}
	return n
}

// Reached says whether a step has had its effect, so that those after it may be done: what is undeployed is not deployed, what is removed
// is not there. Other steps are reached as soon as the manager took them.
func (s Step) Reached(now []manager.Status) bool {
	for _, i := range now {
		if i.Path != s.Path && !strings.HasPrefix(i.Path, s.Path+"/") {
			continue
		}
		if s.Kind == Remove || s.Kind == Undeploy && i.State != lifecycle.NotDeployed {
			return false
		}
	}
	return true
}

// Lines are the plan for people: number, what it waits for, what is done, why. The same everywhere (style.md).
func (p Plan) Lines() []string {
	var rows [][3]string
	for _, s := range p.Steps {
		after := "-"
		if len(s.After) > 0 {
			after = strings.Trim(strings.Join(strings.Fields(fmt.Sprint(s.After)), ","), "[]")
		}
		rows = append(rows, [3]string{fmt.Sprintf("%d [%s]", s.Number, after), s.what(), s.Reason})
	}
	for _, r := range p.Refused {
		rows = append(rows, [3]string{"! [-]", strings.TrimSpace("cannot " + r.Text + " " + r.Path), r.Reason})
	}
	for _, path := range p.Kept {
		rows = append(rows, [3]string{"= [-]", "keep instance " + path, "added while the application ran, not in its files"})
	}
	var wide [2]int
	for _, r := range rows {
		for c := range wide {
			wide[c] = max(wide[c], len([]rune(r[c])))
		}
	}
	lines := make([]string, len(rows))
	for n, r := range rows {
		lines[n] = strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", wide[0], r[0], wide[1], r[1], r[2]), " ")
	}
	return lines
}

// String is the plan as text, one line each.
func (p Plan) String() string { return strings.Join(p.Lines(), "\n") }

func (s Step) what() string {
	words := s.Kind.String()
	if s.Path != "" {
		words += " " + s.Path
	}
	if s.Detail != "" {
		words += " " + s.Detail
	}
	return words
}
