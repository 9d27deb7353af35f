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
	look := Look{g.NotDeployed, s.Word(), theme.StateNotDeployed}
	switch s {
	case lifecycle.Deploying, lifecycle.Starting, lifecycle.Stopping, lifecycle.Undeploying:
		look.Glyph, look.Role = g.Moving, theme.StateMoving
	case lifecycle.DeployedStopped:
		look.Glyph, look.Role = g.Stopped, theme.StateStopped
	case lifecycle.Unresolved:
		look.Glyph, look.Role = g.Unresolved, theme.StateUnresolved
	case lifecycle.WaitingForAncestor:
		look.Glyph, look.Role = g.Waiting, theme.StateWaiting
	case lifecycle.DeployedStarted:
		look.Glyph, look.Role = g.Started, theme.StateStarted
	case lifecycle.Problem:
		look.Glyph, look.Role = g.Problem, theme.StateProblem
	}
	return look
}

// LookNamed gives the look of a state by its name, as a trace has it; "" is an instance that is gone.
func LookNamed(t *theme.Theme, name string) Look {
	s, err := lifecycle.ParseState(name)
	if err != nil {
		return Look{t.Glyphs().NotDeployed, "removed", theme.Muted}
	}
	return LookOf(t, s)
}
