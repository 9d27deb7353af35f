package tui

import (
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/session"
)

// firstSpeed is the pace of a new run: the deployment of a small application lasts a few seconds.
const firstSpeed session.Speed = 5

// start runs the simulation, applies the difference, or goes on: what F5 means now.
func (m *Model) start() {
	switch {
	case m.run == nil:
		m.begin()
	case m.run.View().Behind:
		m.applyDifference()
	default:
		m.run.Pause(false)
		m.tellRun()
	}
}

// begin refuses a model that is not sound; else it reads the profile of the project outside of the loop, then starts.
func (m *Model) begin() {
	if err := session.Refusal(m.snap.Problems); err != nil {
		m.told = pane.Tell{Text: "cannot run: " + err.Error(), Problem: true}
		m.focus("problems")
		return
	}
	ws := m.ws
	m.later(func() tea.Msg {
		var p *profile.Profile
		doc, err := ws.Read(".roboconf/profile")
		if err == nil {
			p, err = profile.Parse(".roboconf/profile", doc.Text)
		} else {
			err = nil // most projects have none
		}
		return outcome(func(m *Model) {
			if m.ws == ws && m.run == nil {
				m.launch(p, err)
			}
		})
	})
}

// launch makes the world, asks for everything, and shows what happens.
func (m *Model) launch(p *profile.Profile, mistakes error) {
	if err := session.Refusal(m.snap.Problems); err != nil {
		return // the text was broken meanwhile
	}
	app := m.snap.Result.App
	m.run = session.New(m.cfg.NewWorld(app, simulator.Options{Seed: m.cfg.Seed, Profile: p}), app, firstSpeed)
	m.run.Do(manager.DeployAndStart{})
	m.lens(Run, "instances")
	m.tellRun()
	if mistakes != nil {
		m.told = pane.Tell{Text: firstLine(mistakes), Problem: true}
	}
}

func firstLine(err error) string {
	var first *profile.Error
	if errors.As(err, &first) {
		return first.Error()
	}
	return err.Error()
}

// applyDifference gives the newest text to the run; what would take something away that lives is shown first.
func (m *Model) applyDifference() {
	if err := session.Refusal(m.snap.Problems); err != nil {
		m.told = pane.Tell{Text: "cannot apply: " + err.Error(), Problem: true}
		m.focus("problems")
		return
	}
	app := m.snap.Result.App
	changes := m.run.Difference(app)
	var lines []string
	undeploys := false
	for i, c := range changes {
		lines = append(lines, fmt.Sprintf("%d  %s", i+1, c.Text))
		undeploys = undeploys || c.Undeploys
	}
	apply := func() {
		m.run.Apply(app, changes)
		m.tellRun()
		m.told = pane.Tell{Text: fmt.Sprintf("applied: %s", joined(changes))}
	}
	if !undeploys {
		apply()
		return
	}
	m.do(pane.Confirm{Title: "Apply the difference to the run?", Lines: lines, Then: func() []pane.Intent { apply(); return nil }})
}

func joined(changes []session.Change) string {
	switch len(changes) {
	case 0:
		return "nothing to change"
	case 1:
		return changes[0].Text
	}
	return fmt.Sprintf("%s, %d more", changes[0].Text, len(changes)-1)
}

// stop ends the simulation; nothing of it stays.
func (m *Model) stop() {
	m.run = nil
	m.tellRun()
	m.lens(Design, "editor")
	m.told = pane.Tell{Text: "the simulation has ended; F5 starts a new one"}
}

func (m *Model) pace(by int) {
	m.run.SetSpeed(m.run.Next(by))
	m.tellRun()
	m.told = pane.Tell{Text: "speed " + m.run.Speed().String()}
}

func (m *Model) operate(o pane.Operate) {
	if m.run == nil {
		m.told = pane.Tell{Text: "nothing runs; F5 starts the simulation"}
		return
	}
	m.run.Do(o.Op)
	m.tellRun()
}

// lens changes what is looked at.
func (m *Model) lens(l Lens, focus string) {
	m.arr.lens, m.arr.zoomed = l, false
	m.focus(focus)
}
