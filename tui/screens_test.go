package tui_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/tui"
	"github.com/roboconf/workbench/tui/tuitest"
)

// sizes are the screens that people have most: the classic one, half a large one, a large one.
var sizes = [][2]int{{80, 24}, {120, 40}, {160, 50}}

// scenes bring a fresh terminal to a screen worth keeping.
var scenes = []struct {
	name string
	play func(p *person)
}{
	{"open", func(*person) {}},
	{"broken", func(p *person) {
		p.goTo(mainGraph, "imports: Tomcat.ip, Tomcat.port;")
		p.Keys("end", "left", "backspace")
	}},
	{"run", func(p *person) { p.Keys("f5") }},
	{"started", func(p *person) {
		p.Keys("f5")
		p.WaitRest()
	}},
	{"picture", func(p *person) { p.command(">", "go to the picture"); p.Keys("f4") }},
	{"help", func(p *person) { p.Keys("f1") }},
	{"palette", func(p *person) { p.Keys("ctrl+p"); p.Type(">sim") }},
	{"leader", func(p *person) { p.Keys("ctrl+k") }},
	{"copy", func(p *person) { p.choose("/app2"); p.Keys("a") }},
	{"quit", func(p *person) { p.Type("x"); p.Keys("ctrl+q") }},
}

func TestScreens(t *testing.T) {
	for _, size := range sizes {
		for _, s := range scenes {
			name := fmt.Sprintf("%s-%dx%d", s.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				p := sit(t, "lamp", size[0], size[1])
				s.play(p)
				golden.Equal(t, "screens/"+name+".txt", []byte(p.Screen()))
				p.frame(name)
			})
		}
	}
}

func TestScreenTooSmall(t *testing.T) {
	p := sit(t, "lamp", 50, 12)
	p.See("50 by 12", "0 problems")
	golden.Equal(t, "screens/small-50x12.txt", []byte(p.Screen()))
	p.Resize(70, 20)
	golden.Equal(t, "screens/narrow-70x20.txt", []byte(p.Screen()))
	p.See("# A web application in three tiers")
}

// What the colours say, the signs say too: without colour no style has one, and every state can still be told.
func TestScreenWithoutColour(t *testing.T) {
	for _, env := range []string{"NO_COLOR=1", "TERM=dumb"} {
		p := sit(t, "lamp", 80, 24, env)
		scenes[1].play(p)
		styles := p.Styles()
		if strings.Contains(styles, "fg=") || strings.Contains(styles, "bg=") || strings.Contains(styles, "ul=") {
			t.Errorf("%s: a colour is used\n%s", env, styles)
		}
		golden.Equal(t, "screens/plain-"+strings.ToLower(env[:4])+"-80x24.txt", []byte(p.Screen()+styles))
		if env == "TERM=dumb" {
			for _, r := range p.Screen() {
				if r >= 0x80 {
					t.Errorf("a dumb terminal gets %q\n%s", r, p.Screen())
					break
				}
			}
		}
	}
}

func TestScreensOnBothGrounds(t *testing.T) {
	for _, dark := range []bool{true, false} {
		name := map[bool]string{true: "dark", false: "light"}[dark]
		p := sit(t, "lamp", 80, 24)
		p.Background(dark)
		scenes[1].play(p)
		golden.Equal(t, "screens/"+name+"-80x24.txt", []byte(p.Styles()))
		if *pictures != "" {
			ground := map[bool]tuitest.Ground{true: tuitest.Dark, false: tuitest.Light}[dark]
			if err := tuitest.PNG(p.Grid(), ground, filepath.Join(*pictures, name+".png")); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWelcome(t *testing.T) {
	dir := sit(t, "hello", 80, 24).dir
	var m *tui.Model
	d := drive(t, 80, 24, tui.Config{
		Version: "v1", Getenv: getenv(), Samples: []tui.Sample{
			{Name: "lamp", Title: "A guest book in three tiers", Open: func() (string, error) { return "", fmt.Errorf("the disk is full") }},
			{Name: "hello", Title: "The smallest application", Open: func() (string, error) { return dir, nil }},
		},
	}, &m)
	golden.Equal(t, "screens/welcome-80x24.txt", []byte(d.Screen()))
	d.Keys("enter")
	d.See("open the sample lamp: the disk is full")
	d.Keys("down", "enter")
	d.See("main.graph", "Problems")
	d.Resize(120, 40)
	d.See("Hello", "Topology")

	d = drive(t, 80, 24, tui.Config{Getenv: getenv()}, &m)
	d.See("This program carries no sample")
	d.Keys("o")
	d.Type(dir)
	d.Keys("enter")
	d.See("main.graph")
	d = drive(t, 80, 24, tui.Config{Getenv: getenv()}, &m)
	d.Keys("o")
	d.Type("/there/is/no/such")
	d.Keys("enter")
	d.See("there is no such folder")
	d.Keys("q")
	if !d.Ended {
		t.Error("q does not leave the first screen")
	}
}

// Engineering 2.2: idle means idle. Nothing ticks before a run, during a pause, at rest.
func TestNothingMovesAtRest(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	if p.Waiting() != 0 {
		t.Errorf("%d timers before a run", p.Waiting())
	}
	p.Keys("f5")
	if p.Waiting() != 1 {
		t.Errorf("%d timers in a run", p.Waiting())
	}
	p.Keys("ctrl+k", "space")
	p.Advance(time.Second)
	if p.Waiting() != 0 {
		t.Errorf("%d timers in a pause", p.Waiting())
	}
	p.See("paused")
	p.Keys("ctrl+k", "space")
	p.WaitRest()
	frame := p.Screen()
	p.Advance(time.Hour)
	if p.Screen() != frame || p.Waiting() != 0 {
		t.Errorf("an hour later\n%s", p.Screen())
	}
}

// Every size, in every state: the frame has the size of the terminal, nothing panics.
func TestEverySize(t *testing.T) {
	for _, state := range []string{"open", "started", "help", "palette", "leader", "picture"} {
		p := sit(t, "lamp", 80, 24)
		for _, s := range scenes {
			if s.name == state {
				s.play(p)
			}
		}
		step := 1
		if state != "open" && state != "started" {
			step = 4 // they lie above the same panes
		}
		for w := 10; w <= 200; w += step {
			p.fits(state, w, 5+w%56)
		}
		for h := 5; h <= 60; h += step {
			for _, w := range []int{10, 59, 60, 79, 80, 119, 120, 200} {
				p.fits(state, w, h)
			}
		}
	}
}

func (p *person) fits(state string, w, h int) {
	p.t.Helper()
	p.Resize(w, h)
	gw, gh := p.Grid().Size()
	if gw != w || gh != h || strings.Count(p.Screen(), "\n") != h {
		p.t.Fatalf("%s: %dx%d is drawn as %dx%d", state, w, h, gw, gh)
	}
	if x, y, shown := p.Cursor(); shown && (x < 0 || y < 0 || x >= w || y >= h) {
		p.t.Fatalf("%s, %dx%d: the cursor is at %d, %d", state, w, h, x, y)
	}
}

// A size that comes back brings the same screen back.
func TestResizeForgetsNothing(t *testing.T) {
	for _, s := range scenes {
		p := sit(t, "lamp", 120, 40)
		s.play(p)
		before := p.Screen()
		for _, size := range [][2]int{{200, 60}, {121, 41}, {120, 40}} {
			p.Resize(size[0], size[1])
		}
		if p.Screen() != before {
			t.Errorf("%s: the screen is another one\n%s\nbefore\n%s", s.name, p.Screen(), before)
		}
	}
}
