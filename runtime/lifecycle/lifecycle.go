// Package lifecycle holds the states of an instance with the moves between them.
package lifecycle

import "time"

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

// Action is what an agent does about a request (LC-10).
type Action uint8

// The actions.
const (
	Reject Action = iota
	Noop
	DoDeploy
	DoDeployStart
	DoStart
	DoRetry // start again from UNRESOLVED (D-3)
	DoStop
	DoUnarm
	DoUndeploy
	DoStopUndeploy
)

// Failure is the last failure of an instance (LC-140).
type Failure struct {
	Time      time.Time
	Operation string
	Request   string // id of the request, if any
	ExitCode  int
	Message   string
}
