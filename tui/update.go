package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/overlay"
	"github.com/roboconf/workbench/tui/pane"
)

// Init asks the terminal about its background and begins to watch.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor}
	if m.watched {
		cmds = append(cmds, m.cfg.Watch(m.ws))
	}
	return tea.Batch(cmds...)
}

// Update takes one message. What has to be done outside of the loop comes back as a command.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.handle(msg)
	m.rearrange()
	m.pulse()
	cmds := m.cmds
	m.cmds = nil
	return m, tea.Batch(cmds...)
}

// later hands a command to the loop.
func (m *Model) later(cmd tea.Cmd) {
	if cmd != nil {
		m.cmds = append(m.cmds, cmd)
	}
}

func (m *Model) handle(msg tea.Msg) {
	m.dirty = true
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.retheme()
	case tea.KeyPressMsg:
		m.told = pane.Tell{}
		m.key(msg)
	case tea.PasteMsg:
		m.paste(msg)
	case tea.MouseMsg:
		m.pointer(msg)
	case tick:
		m.advance(msg)
	case Disk:
		m.touched(msg)
	case outcome:
		msg(m)
	default:
		m.dirty = false
	}
}

// resize takes a new size. A screen that becomes wide shows the explorer; on a narrower one it waits to be called.
func (m *Model) resize(w, h int) {
	before := sizeOf(m.arr.w, m.arr.h)
	m.arr.w, m.arr.h = w, h
	if now := sizeOf(w, h); now != before && now != tiny {
		m.arr.explorer = now == wide
	}
}

// outcome is how a command ended: it changes the model in the loop.
type outcome func(*Model)

// rearrange lays the panes out again.
func (m *Model) rearrange() {
	m.slots = arrange(m.arr)
	for _, s := range m.slots {
		m.arr.shown[s.name] = s.shown
	}
}

// key gives a key to the layer above, else to the pane with the focus where it has an action for it, else to the root, else
// to the pane as something typed.
func (m *Model) key(msg tea.KeyPressMsg) {
	key := msg.String()
	if top := m.top(); top != nil {
		m.layer(top, msg)
		return
	}
	if m.welcome != nil {
		m.welcomed(msg)
		return
	}
	focus := m.panes[m.arr.focus]
	for _, a := range focus.Actions() {
		if a.Key == key {
			m.doAll(focus.Update(msg))
			return
		}
	}
	if key != "esc" { // it goes to the pane first, which may have something to close
		if intents, ok := pane.Press(m.globals(), key); ok {
			m.doAll(intents)
			return
		}
	}
	intents := focus.Update(msg)
	m.doAll(intents)
	if key == "esc" && len(intents) == 0 {
		m.back()
	}
	if key == "ctrl+c" && len(intents) == 0 {
		m.do(pane.Tell{Text: "^Q quits"})
	}
}

// top is the layer that gets keys, nil when there is none.
func (m *Model) top() overlay.Overlay {
	if len(m.layers) == 0 {
		return nil
	}
	return m.layers[len(m.layers)-1]
}

// layer gives a message to a layer, which may be over then.
func (m *Model) layer(top overlay.Overlay, msg tea.Msg) {
	intents, done := top.Update(msg)
	if done {
		m.drop(top)
	}
	m.doAll(intents)
}

func (m *Model) drop(l overlay.Overlay) {
	for i, other := range m.layers {
		if other == l {
			m.layers = append(m.layers[:i], m.layers[i+1:]...)
			return
		}
	}
}

// back is one layer back: what covers the others goes away.
func (m *Model) back() {
	switch {
	case m.arr.zoomed:
		m.arr.zoomed = false
	case sizeOf(m.arr.w, m.arr.h) == medium && m.arr.lens == Design && (m.arr.explorer || m.inExplorer()):
		m.hideExplorer()
	}
}

func (m *Model) inExplorer() bool { return m.arr.focus == "files" || m.arr.focus == "instances" }

func (m *Model) hideExplorer() {
	m.arr.explorer = false
	if m.inExplorer() {
		m.focus("editor")
	}
}

// focus gives keys to a pane, and brings it in sight.
func (m *Model) focus(id string) {
	if m.panes[id] == nil {
		return
	}
	if m.arr.zoomed && m.arr.focus != id {
		m.arr.zoomed = false
	}
	if m.inExplorer() && id != "files" && id != "instances" && sizeOf(m.arr.w, m.arr.h) == medium && m.arr.lens == Design {
		m.arr.explorer = false
	}
	m.arr.focus = id
	m.rearrange()
}

// cycle moves the focus over every pane that can be seen without calling it, tabs included.
func (m *Model) cycle(by int) {
	a := m.arr
	a.zoomed = false
	var all []string
	for _, s := range arrange(a) {
		all = append(all, s.panes...)
	}
	for i, id := range all {
		if id == m.arr.focus {
			zoomed := m.arr.zoomed
			m.focus(all[(i+by+len(all))%len(all)])
			m.arr.zoomed = zoomed
			return
		}
	}
	m.focus("editor")
}

func (m *Model) paste(msg tea.PasteMsg) {
	if top := m.top(); top != nil {
		m.layer(top, msg)
		return
	}
	if p := m.panes[m.arr.focus]; p != nil {
		m.doAll(p.Update(msg))
	}
}

// pointer gives the mouse to what lies under it: a layer, a tab, a pane. Who got a press gets the movements up to the release.
func (m *Model) pointer(msg tea.MouseMsg) {
	at := msg.Mouse()
	if top := m.top(); top != nil {
		m.pointLayer(top, msg)
		return
	}
	if m.welcome != nil {
		m.welcomed(msg)
		return
	}
	switch msg.(type) {
	case tea.MouseClickMsg:
		if m.clickHead(at.X, at.Y) {
			return
		}
		for _, s := range m.slots {
			if s.body().Contains(at.X, at.Y) {
				m.focus(s.shown)
				m.grabbed = s.shown
				m.point(s, msg)
			}
		}
	case tea.MouseWheelMsg:
		for _, s := range m.slots {
			if s.area.Contains(at.X, at.Y) {
				m.point(s, msg)
			}
		}
	default:
		for _, s := range m.slots {
			if s.shown == m.grabbed {
				m.point(s, msg)
			}
		}
		if _, released := msg.(tea.MouseReleaseMsg); released {
			m.grabbed = ""
		}
	}
}

// point hands the mouse to the pane of a slot, in its own coordinates.
func (m *Model) point(s slot, msg tea.MouseMsg) {
	if p := m.panes[s.shown]; p != nil {
		m.doAll(p.Update(shifted(msg, s.body())))
	}
}

// pointLayer hands the mouse to a layer; a click beside it closes it.
func (m *Model) pointLayer(top overlay.Overlay, msg tea.MouseMsg) {
	place, at := top.Place(m.arr.w, m.arr.h), msg.Mouse()
	if _, click := msg.(tea.MouseClickMsg); click && !place.Contains(at.X, at.Y) {
		m.drop(top)
		return
	}
	m.layer(top, shifted(msg, place))
}

func shifted(msg tea.MouseMsg, r cell.Rect) tea.Msg {
	at := msg.Mouse()
	at.X, at.Y = at.X-r.X, at.Y-r.Y
	switch msg.(type) {
	case tea.MouseClickMsg:
		return tea.MouseClickMsg(at)
	case tea.MouseReleaseMsg:
		return tea.MouseReleaseMsg(at)
	case tea.MouseWheelMsg:
		return tea.MouseWheelMsg(at)
	}
	return tea.MouseMotionMsg(at)
}

// beat is the time between two frames of a run.
const beat = 33 * time.Millisecond

// tick says that a beat is over.
type tick struct{ at time.Time }

// pulse keeps the heart of a run beating while there is something to wait for; else nothing moves, nothing is written.
func (m *Model) pulse() {
	if m.run == nil || m.ticking || !m.run.Awake() {
		return
	}
	m.ticking = true
	m.later(m.cfg.After(beat, func(t time.Time) tea.Msg { return tick{t} }))
}

// advance lets the time pass that has really passed; after a rest, or a moment in which the machine was busy, a little.
func (m *Model) advance(t tick) {
	m.ticking = false
	if m.run == nil || !m.run.Awake() {
		m.ticked = time.Time{}
		m.dirty = false
		return
	}
	passed := beat
	if !m.ticked.IsZero() {
		passed = max(0, min(t.at.Sub(m.ticked), 4*beat))
	}
	m.ticked = t.at
	m.run.Advance(passed)
	if !m.run.Awake() {
		m.ticked = time.Time{}
	}
	m.run.Compare(m.snap.Result.App)
	m.tellRun()
}
