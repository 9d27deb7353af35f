// Package lifecycle holds the states of an instance with the moves between them.
package lifecycle

import (
	"fmt"
	"strings"
	"time"
)

// State is what an instance is in (lifecycle.md 2).
type State uint8

// The states.
const (
	NotDeployed State = iota
	Deploying
	DeployedStopped
	Unresolved
	WaitingForAncestor
	Starting
	DeployedStarted
	Stopping
	Undeploying
	Problem // machines only
)

// States are all states, in the order of their constants.
func States() []State {
	all := make([]State, len(stateNames))
	for i := range all {
		all[i] = State(i)
	}
	return all
}

var stateNames = [...]string{
	NotDeployed:        "NOT_DEPLOYED",
	Deploying:          "DEPLOYING",
	DeployedStopped:    "DEPLOYED_STOPPED",
	Unresolved:         "UNRESOLVED",
	WaitingForAncestor: "WAITING_FOR_ANCESTOR",
	Starting:           "STARTING",
	DeployedStarted:    "DEPLOYED_STARTED",
	Stopping:           "STOPPING",
	Undeploying:        "UNDEPLOYING",
	Problem:            "PROBLEM",
}

// String is the name that travels and is kept on disk (LC-4).
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

var stateWords = [...]string{
	NotDeployed:        "not deployed",
	Deploying:          "deploying",
	DeployedStopped:    "stopped",
	Unresolved:         "unresolved",
	WaitingForAncestor: "waiting",
	Starting:           "starting",
	DeployedStarted:    "started",
	Stopping:           "stopping",
	Undeploying:        "undeploying",
	Problem:            "problem",
}

// Word is the name for people, short.
func (s State) Word() string {
	if int(s) < len(stateWords) {
		return stateWords[s]
	}
	return s.String()
}

// ParseState reads a name in any letter case (LC-4).
func ParseState(name string) (State, error) {
	for i, n := range stateNames {
		if strings.EqualFold(n, name) {
			return State(i), nil
		}
	}
	return NotDeployed, fmt.Errorf("read a state: %q is none of %s", name, strings.Join(stateNames[:], ", "))
}

// MarshalText gives the name (LC-4).
func (s State) MarshalText() ([]byte, error) {
	if int(s) >= len(stateNames) {
		return nil, fmt.Errorf("write a state: there is no state %d", uint8(s))
	}
	return []byte(stateNames[s]), nil
}

// UnmarshalText reads a name in any letter case (LC-4).
func (s *State) UnmarshalText(text []byte) error {
	read, err := ParseState(string(text))
	if err == nil {
		*s = read
	}
	return err
}

// Stable says whether an instance may rest in s (LC-1).
func (s State) Stable() bool {
	switch s {
	case NotDeployed, DeployedStopped, Unresolved, WaitingForAncestor, DeployedStarted:
		return true
	}
	return false
}

// Transitive says whether s is only passed through, while something is being done.
func (s State) Transitive() bool { return !s.Stable() && s != Problem }

// Requestable says whether a person may ask for s (LC-2).
func (s State) Requestable() bool {
	return s == NotDeployed || s == DeployedStopped || s == DeployedStarted
}

// Deployed says whether s allows children to be deployed (LC-20).
func (s State) Deployed() bool { return s.Stable() && s != NotDeployed }

// Waits says whether s means "starts by itself as soon as it can".
func (s State) Waits() bool { return s == Unresolved || s == WaitingForAncestor }

// Settled is the state of an instance whose process died while it was in s (LC-104).
func (s State) Settled() State {
	switch s {
	case Deploying:
		return NotDeployed
	case Starting, Stopping, Undeploying:
		return DeployedStopped
	}
	return s
}

// Operation is a recipe that a plugin runs (plugins.md 1).
type Operation uint8

// The operations.
const (
	Initialize Operation = iota
	Deploy
	Start
	Update
	Stop
	Undeploy
)

var operationNames = [...]string{"initialize", "deploy", "start", "update", "stop", "undeploy"}

// String is the name of the recipe.
func (o Operation) String() string {
	if int(o) < len(operationNames) {
		return operationNames[o]
	}
	return fmt.Sprintf("Operation(%d)", uint8(o))
}

// ParseOperation reads the name of a recipe.
func ParseOperation(name string) (Operation, error) {
	for i, n := range operationNames {
		if n == name {
			return Operation(i), nil
		}
	}
	return Initialize, fmt.Errorf("read an operation: %q is none of %s", name, strings.Join(operationNames[:], ", "))
}

// Failure is the last failure of an instance (LC-140). It is immutable.
type Failure struct {
	Time      time.Time
	Operation string // a recipe, or what was done to a machine
	Request   string // id of the request, if any
	ExitCode  int
	Message   string
}
