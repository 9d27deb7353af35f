package tui

import (
	"github.com/roboconf/workbench/runtime/explain"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
)

// explain opens the answer to "why is this instance so?".
func (m *Model) explain(path string) {
	if m.run == nil {
		m.told = pane.Tell{Text: "nothing runs; F5 starts the simulation"}
		return
	}
	m.push(overlay.NewPage("Why is "+path+" so?", m.why(path)))
}

// why gives the answer: what the instance is, what it waits for, what to do.
func (m *Model) why(path string) []overlay.Line {
	v := m.run.View()
	if _, ok := v.Status(path); !ok {
		return []overlay.Line{{Text: path + " is not in the run."}}
	}
	answer := explain.Why(v.App.Graph, v.Statuses, path)
	lines := []overlay.Line{{Text: path + " is " + pane.LookOf(m.look, answer.State).Word + ".", Heading: true}}
	for _, l := range answer.Lines() {
		lines = append(lines, overlay.Line{Text: l})
	}
	return lines
}
