// Package tuitest plays a person at the terminal in tests: keys in, screens out, no real time.
package tuitest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
)

// Begin is the moment at which the clock of a driver starts.
var Begin = time.Date(2026, time.January, 1, 9, 0, 0, 0, time.UTC)

// Terminal is what a driver drives.
type Terminal interface {
	tea.Model
	// Grid is the screen drawn by the last View.
	Grid() *cell.Grid
}

// Driver is a terminal in the hands of a test. Time passes only when the test lets it. What a message causes is done before
// the call that sent it returns: a screen is never looked at too early.
type Driver struct {
	t      testing.TB
	model  tea.Model
	now    time.Time
	timers []timer
	queue  []tea.Cmd

	// Clipboard is what was copied last.
	Clipboard string
	// Ended says that the program was asked to end.
	Ended bool
}

// timer is a message that comes at a moment.
type timer struct {
	at   time.Time
	make func(time.Time) tea.Msg
}

// New starts a terminal of w by h cells. open makes it, with the clock and the timers of the driver: Now and After.
func New(t testing.TB, w, h int, open func(d *Driver) Terminal) *Driver {
	t.Helper()
	d := &Driver{t: t, now: Begin}
	d.model = open(d)
	d.queue = append(d.queue, d.model.Init())
	d.Settle()
	d.Resize(w, h)
	return d
}

// After sends what a function makes of the time once the clock of the driver got so far.
func (d *Driver) After(in time.Duration, make func(time.Time) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		d.timers = append(d.timers, timer{d.now.Add(in), make})
		return nil
	}
}

// Now is the time on the clock of the driver.
func (d *Driver) Now() time.Time { return d.now }

// Send gives messages to the terminal, one after the other, each with everything that comes of it.
func (d *Driver) Send(msgs ...tea.Msg) {
	d.t.Helper()
	for _, msg := range msgs {
		d.update(msg)
		d.Settle()
	}
}

func (d *Driver) update(msg tea.Msg) {
	model, cmd := d.model.Update(msg)
	d.model = model
	d.model.View() // the program draws after each message
	d.queue = append(d.queue, cmd)
}

// most is how many commands one message may cause; more is a circle.
const most = 10_000

// Settle does what was asked for until nothing is left but timers.
func (d *Driver) Settle() {
	d.t.Helper()
	for n := 0; len(d.queue) > 0; n++ {
		if n > most {
			d.t.Fatalf("more than %d commands came of one message\n%s", most, d.Screen())
		}
		cmd := d.queue[0]
		d.queue = d.queue[1:]
		if cmd != nil {
			d.receive(cmd())
		}
	}
}

// receive takes what a command brings: what is meant for the program is done here, the rest is for the model.
func (d *Driver) receive(msg tea.Msg) {
	if msg == nil {
		return
	}
	if _, over := msg.(tea.QuitMsg); over {
		d.Ended = true
		return
	}
	v := reflect.ValueOf(msg)
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd](): // a batch, or a sequence
		for i := range v.Len() {
			d.queue = append(d.queue, v.Index(i).Interface().(tea.Cmd))
		}
	case v.Type().Name() == "setClipboardMsg":
		d.Clipboard = v.String()
	default:
		d.update(msg)
	}
}

// Keys presses keys by their names.
func (d *Driver) Keys(names ...string) {
	d.t.Helper()
	for _, name := range names {
		d.Send(Press(name))
	}
}

// Type types a text, character by character.
func (d *Driver) Type(text string) {
	d.t.Helper()
	for _, r := range text {
		d.Send(typed(r))
	}
}

// Paste gives a text as a terminal with bracketed paste does.
func (d *Driver) Paste(text string) {
	d.t.Helper()
	d.Send(tea.PasteMsg{Content: text})
}

// Click presses the left button of the mouse on a cell of the screen, then lets it go.
func (d *Driver) Click(x, y int) {
	d.t.Helper()
	at := tea.Mouse{X: x, Y: y, Button: tea.MouseLeft}
	d.Send(tea.MouseClickMsg(at), tea.MouseReleaseMsg(at))
}

// ClickOn clicks the first character of the first place where a text stands on the screen.
func (d *Driver) ClickOn(text string) {
	d.t.Helper()
	x, y, ok := d.Find(text)
	if !ok {
		d.t.Fatalf("%q is not on the screen\n%s", text, d.Screen())
	}
	d.Click(x, y)
}

// Find gives the cell at which a text begins on the screen.
func (d *Driver) Find(text string) (x, y int, ok bool) {
	for y, line := range strings.Split(d.Screen(), "\n") {
		if at := strings.Index(line, text); at >= 0 {
			return cell.Width(line[:at]), y, true
		}
	}
	return 0, 0, false
}

// Wheel turns the wheel of the mouse over a cell by n steps, downwards or, below zero, upwards.
func (d *Driver) Wheel(x, y, n int) {
	d.t.Helper()
	button := tea.MouseWheelDown
	if n < 0 {
		button, n = tea.MouseWheelUp, -n
	}
	for range n {
		d.Send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
	}
}

// Resize gives the terminal another size.
func (d *Driver) Resize(w, h int) {
	d.t.Helper()
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Background answers what the terminal was asked about its background.
func (d *Driver) Background(dark bool) {
	d.t.Helper()
	d.Send(background(dark))
}

// Waiting says how many timers are set: none when the terminal is at rest.
func (d *Driver) Waiting() int { return len(d.timers) }

// Advance lets time pass; timers that are due fire in order, those they set too.
func (d *Driver) Advance(by time.Duration) {
	d.t.Helper()
	for end := d.now.Add(by); ; {
		if !d.fire(end) {
			d.now = end
			return
		}
	}
}

// fire lets the next timer fire that is due until a moment; false when there is none.
func (d *Driver) fire(until time.Time) bool {
	d.t.Helper()
	next := -1
	for i, t := range d.timers {
		if !t.at.After(until) && (next < 0 || t.at.Before(d.timers[next].at)) {
			next = i
		}
	}
	if next < 0 {
		return false
	}
	t := d.timers[next]
	d.timers = append(d.timers[:next:next], d.timers[next+1:]...)
	d.now = t.at
	d.Send(t.make(t.at))
	return true
}

// Patience is how long Wait lets time pass.
const Patience = 10 * time.Minute

// Wait lets time pass, timer by timer, until a condition holds on the screen; what names it when it never does.
func (d *Driver) Wait(what string, cond func(screen string) bool) {
	d.t.Helper()
	for end := d.now.Add(Patience); ; {
		if cond(d.Screen()) {
			return
		}
		if !d.fire(end) {
			d.t.Fatalf("%s: not within %v, %d timers left\n%s", what, d.now.Sub(Begin), len(d.timers), d.Screen())
		}
	}
}

// WaitRest lets time pass until nothing is left to happen.
func (d *Driver) WaitRest() {
	d.t.Helper()
	for end := d.now.Add(Patience); len(d.timers) > 0; {
		if !d.fire(end) {
			d.t.Fatalf("no rest within %v, %d timers left\n%s", Patience, len(d.timers), d.Screen())
		}
	}
}

// Grid is the screen as it is now.
func (d *Driver) Grid() *cell.Grid {
	d.model.View()
	return d.model.(Terminal).Grid()
}

// Screen is the text plane of the screen.
func (d *Driver) Screen() string { return d.Grid().Plain() + "\n" }

// Styles is the style plane of the screen.
func (d *Driver) Styles() string { return d.Grid().Styles() }

// Cursor is where the terminal's cursor stands, if it shows.
func (d *Driver) Cursor() (x, y int, shown bool) {
	c := d.model.View().Cursor
	if c == nil {
		return 0, 0, false
	}
	return c.X, c.Y, true
}

// See fails the test unless all of these texts stand on the screen.
func (d *Driver) See(texts ...string) {
	d.t.Helper()
	screen := d.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("%q is not on the screen\n%s", text, screen)
		}
	}
}

// Miss fails the test when one of these texts stands on the screen.
func (d *Driver) Miss(texts ...string) {
	d.t.Helper()
	screen := d.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			d.t.Fatalf("%q is on the screen\n%s", text, screen)
		}
	}
}

// String tells the size of the screen, for messages of tests.
func (d *Driver) String() string {
	w, h := d.Grid().Size()
	return fmt.Sprintf("%dx%d", w, h)
}
