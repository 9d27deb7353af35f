// Package profile says how long pretended recipes last, with how they fail.
package profile

import (
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Rule says how one pretended act goes. The zero value takes no time and never fails.
type Rule struct {
	Min, Max time.Duration // how long it lasts: drawn in between, both included
	// Rate is the probability of a failure, from 0 to 1.
	Rate float64
	// First makes the first runs fail, whatever Rate says.
	First   int
	Exit    int    // exit code of a failure; 1 when zero
	Message string // what a failure says; a sentence of our own when empty
}

// Act is something that a target does to a machine.
type Act uint8

// The acts of a target.
const (
	Create Act = iota
	Configure
	Boot
	Terminate
	Query
	acts
)

var actNames = [acts]string{"create", "configure", "boot", "terminate", "query"}

// String is the word of a profile for the act.
func (a Act) String() string { return actNames[a] }

const operations = int(lifecycle.Undeploy) + 1

// Profile is read from .roboconf/profile; the zero value, like nil, is the default.
type Profile struct {
	recipes  map[recipeKey]Rule
	machines map[machineKey]Rule
	// latency is how long a message travels between a client and the broker; unset means the default.
	latency *Rule
}

type recipeKey struct {
	subject string // a path, a component, or "*"
	op      int    // an operation, or anyOp
}

type machineKey struct {
	subject string
	act     Act
}

// anyOp stands for a line about every operation.
const anyOp = -1

var (
	defaultRecipes = [operations]Rule{
		lifecycle.Initialize: {},
		lifecycle.Deploy:     {Min: 1 * time.Second, Max: 4 * time.Second},
		lifecycle.Start:      {Min: 1 * time.Second, Max: 3 * time.Second},
		lifecycle.Update:     {Min: 200 * time.Millisecond, Max: time.Second},
		lifecycle.Stop:       {Min: 500 * time.Millisecond, Max: 2 * time.Second},
		lifecycle.Undeploy:   {Min: 500 * time.Millisecond, Max: 2 * time.Second},
	}
	defaultActs = [acts]Rule{
		Create:    {Min: 2 * time.Second, Max: 4 * time.Second},
		Configure: {Min: 200 * time.Millisecond, Max: 500 * time.Millisecond},
		Boot:      {Min: 3 * time.Second, Max: 6 * time.Second},
		Terminate: {Min: 1 * time.Second, Max: 3 * time.Second},
		Query:     {Min: 100 * time.Millisecond, Max: 300 * time.Millisecond},
	}
	defaultLatency = Rule{Min: 1 * time.Millisecond, Max: 5 * time.Millisecond}
)

// Recipe finds the rule of a recipe. kinds are the component of the instance, then what it extends, nearest first. A line
// about the path wins over one about a kind, a kind over *; on the same subject a named operation wins over *.
func (p *Profile) Recipe(path string, kinds []string, op lifecycle.Operation) Rule {
	if p != nil && len(p.recipes) > 0 {
		if r, ok := p.recipe(path, op); ok {
			return r
		}
		for _, k := range kinds {
			if r, ok := p.recipe(k, op); ok {
				return r
			}
		}
		if r, ok := p.recipe("*", op); ok {
			return r
		}
	}
	return defaultRecipes[op]
}

func (p *Profile) recipe(subject string, op lifecycle.Operation) (Rule, bool) {
	if r, ok := p.recipes[recipeKey{subject, int(op)}]; ok {
		return r, true
	}
	r, ok := p.recipes[recipeKey{subject, anyOp}]
	return r, ok
}

// Machine finds the rule of what a target does, as Recipe does.
func (p *Profile) Machine(path string, kinds []string, act Act) Rule {
	if p != nil && len(p.machines) > 0 {
		if r, ok := p.machines[machineKey{path, act}]; ok {
			return r
		}
		for _, k := range kinds {
			if r, ok := p.machines[machineKey{k, act}]; ok {
				return r
			}
		}
		if r, ok := p.machines[machineKey{"machine", act}]; ok {
			return r
		}
	}
	return defaultActs[act]
}

// Latency is how long a message travels between a client and the broker.
func (p *Profile) Latency() Rule {
	if p != nil && p.latency != nil {
		return *p.latency
	}
	return defaultLatency
}
