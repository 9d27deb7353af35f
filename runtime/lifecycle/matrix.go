package lifecycle

import "fmt"

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

var actionNames = [...]string{
	"reject", "noop", "deploy", "deploy then start", "start", "start again", "stop", "unarm", "undeploy", "stop then undeploy",
}

// String says what is done.
func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return fmt.Sprintf("Action(%d)", uint8(a))
}

// matrix is LC-10: the columns are NOT_DEPLOYED, DEPLOYED_STOPPED, DEPLOYED_STARTED. An empty row rejects everything.
var matrix = [Problem + 1][3]Action{
	NotDeployed:        {Noop, DoDeploy, DoDeployStart},
	DeployedStopped:    {DoUndeploy, Noop, DoStart},
	Unresolved:         {DoUndeploy, DoUnarm, DoRetry},
	WaitingForAncestor: {DoUndeploy, DoUnarm, DoStart},
	DeployedStarted:    {DoStopUndeploy, DoStop, Noop},
}

// Decide says what an agent does when a state is requested of an instance that it manages (LC-2, LC-10).
func Decide(current, requested State) Action {
	if current > Problem {
		return Reject
	}
	switch requested {
	case NotDeployed:
		return matrix[current][0]
	case DeployedStopped:
		return matrix[current][1]
	case DeployedStarted:
		return matrix[current][2]
	}
	return Reject
}

// moves are the arrows of lifecycle.md 3, with those that its procedures imply: a move of a parent takes its descendants along.
var moves = map[State][]State{
	NotDeployed:        {Deploying},
	Deploying:          {DeployedStopped, NotDeployed},
	DeployedStopped:    {WaitingForAncestor, Unresolved, Starting, Undeploying},
	Unresolved:         {Starting, DeployedStopped, WaitingForAncestor, Undeploying},
	WaitingForAncestor: {Unresolved, Starting, DeployedStopped, Undeploying},
	Starting:           {DeployedStarted, DeployedStopped, Unresolved, WaitingForAncestor},
	DeployedStarted:    {Stopping},
	Stopping:           {DeployedStopped, Unresolved, WaitingForAncestor},
	Undeploying:        {NotDeployed, DeployedStopped},
}

// CanMove says whether an instance that is no machine may go from one state to another (lifecycle.md 3).
func CanMove(from, to State) bool { return has(moves[from], to) }

// machineMoves are the arrows of lifecycle.md 8, with "restore the previous state" of LC-81.6 and LC-82.7.
var machineMoves = map[State][]State{
	NotDeployed:     {Deploying, DeployedStarted}, // at once to started: an agent that was adopted (D-22)
	Deploying:       {NotDeployed, Problem, DeployedStarted, Undeploying},
	DeployedStarted: {Problem, Undeploying, NotDeployed},
	Problem:         {DeployedStarted, Undeploying, NotDeployed},
	Undeploying:     {NotDeployed, Problem, DeployedStarted, Deploying},
}

// CanMoveMachine says whether a machine may go from one state to another (lifecycle.md 8).
func CanMoveMachine(from, to State) bool { return has(machineMoves[from], to) }

func has(states []State, s State) bool {
	for _, one := range states {
		if one == s {
			return true
		}
	}
	return false
}
