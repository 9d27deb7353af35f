package tuitest

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
)

func TestPressGivesTheNameBack(t *testing.T) {
	for _, name := range []string{
		"a", "Z", "é", "/", "?", "+", "1", "enter", "esc", "tab", "shift+tab", "space", "backspace", "delete", "up", "down",
		"left", "right", "home", "end", "pgup", "pgdown", "f1", "f5", "f12", "shift+f5", "ctrl+s", "ctrl+/", "ctrl+space",
		"shift+left", "ctrl+right", "ctrl+shift+right", "ctrl+pgdown", "alt+x", "ctrl++",
	} {
		if got := Press(name).String(); got != name {
			t.Errorf("the key %q is called %q", name, got)
		}
	}
	for r, want := range map[rune]string{'\n': "enter", '\t': "tab", ' ': "space", 'x': "x", 'É': "É"} {
		if got := typed(r).String(); got != want {
			t.Errorf("typing %q presses %q, want %q", r, got, want)
		}
	}
	if typed(' ').Text != " " || Press("enter").Text != "" || Press("ctrl+a").Text != "" {
		t.Error("only what is printed has a text")
	}
}

// echo is a terminal that tells what it was sent, and that ticks as often as it is asked to.
type echo struct {
	d     *Driver
	w, h  int
	lines []string
	ticks int
}

type ticked time.Time

func (e *echo) Init() tea.Cmd {
	return tea.Batch(e.say("init"), nil, tea.Sequence(e.say("one"), e.say("two")))
}

func (e *echo) say(s string) tea.Cmd { return func() tea.Msg { return s } }

func (e *echo) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case string:
		e.lines = append(e.lines, msg)
	case tea.WindowSizeMsg:
		e.w, e.h = msg.Width, msg.Height
	case tea.PasteMsg:
		e.lines = append(e.lines, "pasted "+msg.Content)
	case tea.MouseMsg:
		e.lines = append(e.lines, msg.String())
	case tea.BackgroundColorMsg:
		e.lines = append(e.lines, map[bool]string{true: "dark", false: "light"}[msg.IsDark()])
	case ticked:
		e.lines = append(e.lines, time.Time(msg).Sub(Begin).String())
		if e.ticks--; e.ticks > 0 {
			return e, e.tick()
		}
	case tea.KeyPressMsg:
		switch msg.String() {
		case "ctrl+q":
			return e, tea.Quit
		case "ctrl+c":
			return e, tea.SetClipboard("copied")
		case "t":
			e.ticks = 3
			return e, e.tick()
		}
		e.lines = append(e.lines, msg.String())
	}
	return e, nil
}

func (e *echo) tick() tea.Cmd {
	return e.d.After(time.Second, func(at time.Time) tea.Msg { return ticked(at) })
}

func (e *echo) Grid() *cell.Grid {
	g := cell.New(e.w, e.h)
	for y, l := range e.lines {
		g.Put(0, y, l, cell.Style{})
	}
	return g
}

func (e *echo) View() tea.View {
	v := tea.NewView("")
	v.Cursor = tea.NewCursor(3, len(e.lines))
	return v
}

func start(t *testing.T) *Driver {
	return New(t, 20, 30, func(d *Driver) Terminal { return &echo{d: d} })
}

func TestDriverSettlesWhatMessagesCause(t *testing.T) {
	d := start(t)
	d.See("init\none\ntwo")
	d.Keys("x", "f5")
	d.Type("é\n")
	d.Paste("many words")
	d.Background(true)
	d.Background(false)
	d.See("x\nf5\né\nenter\npasted many words\ndark\nlight")
	d.Miss("ctrl+q")
	if x, y, ok := d.Find("many"); x != 7 || y != 7 || !ok {
		t.Errorf("found at %d, %d, %v", x, y, ok)
	}
	if x, y, shown := d.Cursor(); x != 3 || y != 10 || !shown {
		t.Errorf("cursor at %d, %d, %v", x, y, shown)
	}
	d.Keys("ctrl+c", "ctrl+q")
	if d.Clipboard != "copied" || !d.Ended {
		t.Errorf("clipboard %q, ended %v", d.Clipboard, d.Ended)
	}
	if d.String() != "20x30" {
		t.Errorf("the size is %s", d)
	}
}

func TestDriverHasAMouse(t *testing.T) {
	d := start(t)
	d.ClickOn("one")
	d.Wheel(1, 1, -1)
	d.Wheel(1, 1, 2)
	if got := strings.Count(d.Screen(), "left"); got != 2 { // pressed, let go
		t.Errorf("%d clicks\n%s", got, d.Screen())
	}
	if up, down := strings.Count(d.Screen(), "wheelup"), strings.Count(d.Screen(), "wheeldown"); up != 1 || down != 2 {
		t.Errorf("%d turns up, %d down\n%s", up, down, d.Screen())
	}
}

// Time passes when the test says so, and only then; a timer that sets another one is followed.
func TestDriverHasItsOwnTime(t *testing.T) {
	d := start(t)
	d.Keys("t")
	if d.Waiting() != 1 {
		t.Fatalf("%d timers", d.Waiting())
	}
	d.Advance(999 * time.Millisecond)
	d.Miss("1s")
	d.Advance(time.Millisecond)
	d.See("1s")
	d.Advance(500 * time.Millisecond)
	d.Miss("2s")
	d.Wait("the second tick", func(screen string) bool { return strings.Contains(screen, "2s") })
	if d.Now().Sub(Begin) != 2*time.Second {
		t.Errorf("it is %v", d.Now().Sub(Begin))
	}
	d.WaitRest()
	d.See("3s")
	if d.Waiting() != 0 {
		t.Errorf("%d timers at rest", d.Waiting())
	}
}
