package simulator

import (
	"strings"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/property"
)

// want remembers what an accepted operation asks for, by instance: a run ends well when it is reached.
func (w *World) want(op manager.Op) {
	switch op := op.(type) {
	case manager.Request:
		if op.State != lifecycle.DeployedStarted {
			w.wantBelow(op.Path, op.State) // what is below follows (LC-42)
		}
		w.wanted[op.Path] = op.State
	case manager.DeployAndStart:
		w.wantBelow(op.Path, lifecycle.DeployedStarted)
	case manager.StopAll:
		w.wantBelow(op.Path, lifecycle.DeployedStopped)
	case manager.UndeployAll:
		w.wantBelow(op.Path, lifecycle.NotDeployed)
	case manager.Remove:
		if op.Deferred {
			w.wantBelow(op.Path, lifecycle.NotDeployed)
		}
	case manager.Rename:
		clear(w.wanted) // only what is not deployed may be renamed: what was wanted of it is void
	}
}

// wantBelow wants a state of a whole subtree. Machines are never stopped (LC-65), and what is not deployed is not stopped.
func (w *World) wantBelow(path string, s lifecycle.State) {
	for _, i := range w.system().Instances {
		if path != "" && i.Path != path && !strings.HasPrefix(i.Path, path+"/") {
			continue
		}
		if s == lifecycle.DeployedStopped && (i.Machine || w.wanted[i.Path] != lifecycle.DeployedStarted) {
			continue
		}
		w.wanted[i.Path] = s
	}
}

// unmet are the instances that are not as somebody asked, parents first.
func (w *World) unmet() []*property.Instance {
	var list []*property.Instance
	for _, i := range w.system().Instances {
		if s, asked := w.wanted[i.Path]; asked && s != i.State {
			list = append(list, i)
		}
	}
	return list
}
