package pane

import (
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/tui/theme"
)

// Look is how a state of an instance is shown: told apart by its glyph alone, by its word alone, or by its colour.
type Look struct {
	Glyph, Word string
	Role        theme.Role
}

// LookOf gives the look of a state.
func LookOf(t *theme.Theme, s lifecycle.State) Look {
	g := t.Glyphs()
	switch s {
	case lifecycle.Deploying:
		return Look{g.Moving, s.Word(), theme.StateMoving}
	case lifecycle.DeployedStopped:
		return Look{g.Stopped, s.Word(), theme.StateStopped}
	case lifecycle.Unresolved:
		return Look{g.Unresolved, s.Word(), theme.StateUnresolved}
	case lifecycle.WaitingForAncestor:
		return Look{g.Waiting, s.Word(), theme.StateWaiting}
	case lifecycle.Starting:
		return Look{g.Moving, s.Word(), theme.StateMoving}
	case lifecycle.DeployedStarted:
		return Look{g.Started, s.Word(), theme.StateStarted}
	case lifecycle.Stopping:
		return Look{g.Moving, s.Word(), theme.StateMoving}
	case lifecycle.Undeploying:
		return Look{g.Moving, s.Word(), theme.StateMoving}
	case lifecycle.Problem:
		return Look{g.Problem, s.Word(), theme.StateProblem}
	}
	return Look{g.NotDeployed, s.Word(), theme.StateNotDeployed}
}

// LookNamed gives the look of a state by its name, as a trace has it; "" is an instance that is gone.
func LookNamed(t *theme.Theme, name string) Look {
	s, err := lifecycle.ParseState(name)
	if err != nil {
		return Look{t.Glyphs().NotDeployed, "removed", theme.Muted}
	}
	return LookOf(t, s)
}
