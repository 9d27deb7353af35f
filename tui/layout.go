package tui

import (
	"github.com/roboconf/workbench/tui/cell"
)

// Lens is what a person looks at: the same panes, other places.
type Lens uint8

// The lenses.
const (
	Design Lens = iota // text in the middle
	Run                // instances, picture, timeline
)

// size is how much room a screen has.
type size uint8

const (
	tiny   size = iota // a sentence
	narrow             // one pane at a time
	medium             // the explorer comes when it is called, the picture is a tab beside the text
	wide               // everything at once
)

// sizeOf sorts screens as engineering.md 2.4 does.
func sizeOf(w, h int) size {
	switch {
	case w < 60 || h < 15:
		return tiny
	case w < 80:
		return narrow
	case w < 120:
		return medium
	}
	return wide
}

// slot is a place for panes, of which one is shown.
type slot struct {
	name  string
	area  cell.Rect // the head line included
	panes []string
	shown string
}

// body is where the pane draws.
func (s slot) body() cell.Rect {
	return cell.Rect{X: s.area.X, Y: s.area.Y + 1, W: s.area.W, H: max(0, s.area.H-1)}
}

func (s slot) has(id string) bool {
	for _, p := range s.panes {
		if p == id {
			return true
		}
	}
	return false
}

// arrangement is everything that the places of panes depend on.
type arrangement struct {
	w, h     int
	lens     Lens
	explorer bool              // called, on a medium screen; on a wide one: not sent away
	zoomed   bool              // the pane with the focus has the whole screen
	focus    string            // the pane with the focus
	shown    map[string]string // by slot: the pane chosen among its tabs
}

// arrange gives the slots of a screen, in the order of F6. The first and the last line belong to the title and the status bar.
func arrange(a arrangement) []slot {
	area := cell.Rect{X: 0, Y: 1, W: a.w, H: a.h - 2}
	var slots []slot
	switch kind := sizeOf(a.w, a.h); {
	case kind == tiny:
		return nil
	case kind == narrow:
		slots = []slot{{name: "all", area: area, panes: []string{"files", "editor", "topology", "instances", "problems", "timeline"}, shown: a.focus}}
	case a.zoomed:
		slots = []slot{{name: "zoom", area: area, panes: []string{a.focus}}}
	case a.lens == Run:
		slots = runSlots(area)
	default:
		slots = designSlots(a, area, kind)
	}
	for i := range slots {
		slots[i].choose(a)
	}
	return slots
}

// choose shows the pane with the focus, else the one chosen last, else the first.
func (s *slot) choose(a arrangement) {
	s.shown = s.panes[0]
	if chosen := a.shown[s.name]; s.has(chosen) {
		s.shown = chosen
	}
	if s.has(a.focus) {
		s.shown = a.focus
	}
}

func designSlots(a arrangement, area cell.Rect, kind size) []slot {
	top, bottom := split(area, clamp(area.H/4, 4, 12))
	var slots []slot
	if kind == wide && a.explorer || kind == medium && (a.explorer || a.focus == "files" || a.focus == "instances") {
		left, rest := column(top, clamp(area.W/5, 26, 40))
		upper, lower := split(left, left.H*5/10)
		slots = append(slots,
			slot{name: "files", area: upper, panes: []string{"files"}},
			slot{name: "instances", area: lower, panes: []string{"instances"}})
		top = rest
	}
	if kind == wide {
		centre, right := column(top, top.W-clamp(area.W*3/8, 40, 90))
		slots = append(slots,
			slot{name: "centre", area: centre, panes: []string{"editor"}},
			slot{name: "right", area: right, panes: []string{"topology"}})
	} else {
		slots = append(slots, slot{name: "centre", area: top, panes: []string{"editor", "topology"}})
	}
	return append(slots, slot{name: "bottom", area: bottom, panes: []string{"problems", "timeline"}})
}

func runSlots(area cell.Rect) []slot {
	top, bottom := split(area, clamp(area.H*2/5, 6, 24))
	left, right := column(top, clamp(area.W*2/5, 38, 70))
	return []slot{
		{name: "instances", area: left, panes: []string{"instances", "files"}},
		{name: "run", area: right, panes: []string{"topology", "editor"}},
		{name: "happened", area: bottom, panes: []string{"timeline", "problems"}},
	}
}

// split cuts the lower lines off.
func split(r cell.Rect, lower int) (top, bottom cell.Rect) {
	lower = clamp(lower, 0, r.H)
	return cell.Rect{X: r.X, Y: r.Y, W: r.W, H: r.H - lower}, cell.Rect{X: r.X, Y: r.Y + r.H - lower, W: r.W, H: lower}
}

// column cuts the left columns off; one column between the parts stays free for a line.
func column(r cell.Rect, left int) (a, b cell.Rect) {
	left = clamp(left, 0, r.W-1)
	return cell.Rect{X: r.X, Y: r.Y, W: left, H: r.H}, cell.Rect{X: r.X + left + 1, Y: r.Y, W: r.W - left - 1, H: r.H}
}

func clamp(n, low, high int) int { return max(low, min(n, high)) }
