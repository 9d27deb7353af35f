package pane

import "github.com/roboconf/workbench/runtime/lifecycle"

// First is the first reason that there is: why an action is off.
func First(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

// NotStartable says why it makes no sense to start an instance in a state; "" when it does.
func NotStartable(s lifecycle.State) string {
	if s == lifecycle.DeployedStarted {
		return "it is started"
	}
	return ""
}

// NotStoppable says why an instance in a state cannot be stopped; "" when it can.
func NotStoppable(s lifecycle.State, machine bool) string {
	switch {
	case machine:
		return "a machine is deployed or undeployed, not stopped"
	case s == lifecycle.NotDeployed || s == lifecycle.DeployedStopped:
		return "it is not started"
	}
	return ""
}

// NotDeployed says why an instance in a state cannot be undeployed; "" when it can.
func NotDeployed(s lifecycle.State) string {
	if s == lifecycle.NotDeployed {
		return "it is not deployed"
	}
	return ""
}
