package text

import (
	"slices"
	"time"
)

// Edit replaces Old, which stands at an offset, by New.
type Edit struct {
	At       int
	Old, New string
}

// change is what one act does to a text: edits in ascending order, not overlapping, at offsets of the text before it.
type change []Edit

// apply gives the text after the change.
func (c change) apply(t Text) Text {
	for i := len(c) - 1; i >= 0; i-- {
		t = t.Replace(spanOf(c[i].At, len(c[i].Old)), c[i].New)
	}
	return t
}

// inverse takes the change back.
func (c change) inverse() change {
	back, shift := make(change, len(c)), 0
	for i, e := range c {
		back[i] = Edit{At: e.At + shift, Old: e.New, New: e.Old}
		shift += len(e.New) - len(e.Old)
	}
	return back
}

// move tells where an offset of the text before stands after the change. What stood in a replaced part moves to its end.
func (c change) move(offset int) int {
	shift := 0
	for _, e := range c {
		if offset < e.At || offset == e.At && e.Old != "" {
			break
		}
		if offset < e.At+len(e.Old) {
			return e.At + shift + len(e.New)
		}
		shift += len(e.New) - len(e.Old)
	}
	return offset + shift
}

// kind groups acts: acts of one kind that follow each other at one place are undone in one go.
type kind uint8

const (
	alone kind = iota // never grouped
	typing
	erasing
)

// groupPause is how long a person may pause in a group.
const groupPause = 2 * time.Second

// Revision is one state of a text in its undo tree.
type Revision struct {
	ID     int
	Parent int // ID of the state before; -1 for the beginning
	When   time.Time
}

// revision is a node of the undo tree: what was done since its parent.
type revision struct {
	Revision
	next          int // the child that redo goes to; -1 for none
	changes       []change
	before, after []Cursor
}

// history is an undo tree. Nothing is ever cut off: what was undone stays reachable after other edits.
type history struct {
	all  []revision
	at   int
	open kind // what may still be added to the state at; alone when nothing may
}

func newHistory() history {
	return history{all: []revision{{Revision: Revision{ID: 0, Parent: -1}, next: -1}}}
}

// record notes an act.
func (h *history) record(k kind, c change, before, after []Cursor, now time.Time) {
	r := &h.all[h.at]
	if k != alone && k == h.open && r.next < 0 && now.Sub(r.When) <= groupPause && slices.Equal(r.after, before) {
		r.changes = appendChange(r.changes, c)
		r.after, r.When = after, now
		return
	}
	id := len(h.all)
	r.next = id
	h.all = append(h.all, revision{
		Revision: Revision{ID: id, Parent: h.at, When: now},
		next:     -1, changes: []change{c}, before: before, after: after,
	})
	h.at, h.open = id, k
}

// appendChange adds a change, as a part of the last one when it continues it.
func appendChange(changes []change, c change) []change {
	last := changes[len(changes)-1]
	if len(last) == 1 && len(c) == 1 {
		a, b := last[0], c[0]
		switch {
		case b.Old == "" && b.At == a.At+len(a.New): // typed on
			last[0].New += b.New
			return changes
		case a.New == "" && b.New == "" && b.At+len(b.Old) == a.At: // erased backwards
			last[0] = Edit{At: b.At, Old: b.Old + a.Old}
			return changes
		case a.New == "" && b.New == "" && b.At == a.At: // erased forwards
			last[0].Old += b.Old
			return changes
		}
	}
	return append(changes, c)
}

// undo is the change that leads to the parent; ok is false at the beginning.
func (h *history) undo() (changes []change, cursors []Cursor, ok bool) {
	r := h.all[h.at]
	h.open = alone
	if r.Parent < 0 {
		return nil, nil, false
	}
	for _, c := range slices.Backward(r.changes) {
		changes = append(changes, c.inverse())
	}
	h.all[r.Parent].next = h.at
	h.at = r.Parent
	return changes, r.before, true
}

// redo is the change that leads to the child that was left or made last; ok is false at an end.
func (h *history) redo() (changes []change, cursors []Cursor, ok bool) {
	h.open = alone
	next := h.all[h.at].next
	if next < 0 {
		return nil, nil, false
	}
	h.at = next
	r := h.all[next]
	return r.changes, r.after, true
}

// line is the way from the beginning to a state, both included.
func (h *history) line(id int) []int {
	var way []int
	for ; id >= 0; id = h.all[id].Parent {
		way = append(way, id)
	}
	slices.Reverse(way)
	return way
}
