package site

import (
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/explain"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// Status is a deployment, for people and for programs.
type Status struct {
	Name      string     `json:"name"`
	Source    string     `json:"source"`
	Domain    string     `json:"domain"`
	Running   bool       `json:"running"` // a roboconf up looks after it; otherwise this is what the last one left
	Pid       int        `json:"pid,omitempty"`
	Recipes   string     `json:"recipes"` // pretend or run
	Broker    BrokerInfo `json:"broker"`
	Instances []Instance `json:"instances"`
}

// BrokerInfo is the broker of a deployment.
type BrokerInfo struct {
	Kind    string `json:"kind"` // embedded, rabbitmq, or an address
	Address string `json:"address,omitempty"`
	State   string `json:"state"`            // in words
	Reason  string `json:"reason,omitempty"` // of the last trouble
}

// Instance is one instance of the application.
type Instance struct {
	Path      string          `json:"path"`
	Component string          `json:"component"`
	Machine   bool            `json:"machine"`
	State     lifecycle.State `json:"state"`
	Since     time.Time       `json:"since"`
	Address   string          `json:"address,omitempty"`
	MachineID string          `json:"machineId,omitempty"`
	Problem   string          `json:"problem,omitempty"` // the last failure
	Waits     []string        `json:"waits,omitempty"`   // why it is not started
}

// instances describes what the manager knows.
func instances(g *model.Graph, list []manager.Status) []Instance {
	out := make([]Instance, len(list))
	for i, s := range list {
		out[i] = Instance{
			Path: s.Path, Component: s.Component, Machine: s.Machine, State: s.State, Since: s.Since, Address: s.Address, MachineID: s.MachineID,
		}
		if s.Failure != nil {
			out[i].Problem = s.Failure.Operation + ": " + s.Failure.Message
		}
		if g != nil && s.State.Waits() {
			out[i].Waits = explain.Answer{Reasons: explain.Why(g, list, s.Path).Reasons}.Lines()
		}
	}
	return out
}

// Started says how many instances there are, and how many of them are started.
func (s Status) Started() (started, all int) {
	for _, i := range s.Instances {
		if i.State == lifecycle.DeployedStarted {
			started++
		}
	}
	return started, len(s.Instances)
}
