package tui_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/tuitest"
)

// pressed are the keys of the fuzz, by number: all that mean something somewhere, and some that do not.
var pressed = strings.Fields(`
up down left right home end pgup pgdown enter esc tab shift+tab space backspace delete
f1 f2 f3 f4 f5 shift+f5 f6 shift+f6 f7 shift+f7 f8 f9 shift+f9 f12 shift+f12 ctrl+space
ctrl+a ctrl+c ctrl+d ctrl+e ctrl+f ctrl+g ctrl+k ctrl+o ctrl+p ctrl+r ctrl+s ctrl+t ctrl+u ctrl+v ctrl+w ctrl+x ctrl+y ctrl+z ctrl+/
ctrl+home ctrl+end ctrl+left ctrl+right ctrl+up ctrl+down shift+left shift+right shift+up shift+down shift+end ctrl+pgup ctrl+pgdown
a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 + - . / : ; { } # @ > é 日`)

// deed does what a byte of the fuzz says.
func (p *person) deed(b byte) {
	switch n := int(b); {
	case n < len(pressed) && pressed[n] == "enter" && strings.Contains(p.Screen(), " folder ─"):
		p.Keys("esc") // no folder of this machine is opened by chance
	case n < len(pressed):
		p.Keys(pressed[n])
	case n < 140:
		p.Advance(time.Duration(n-len(pressed)) * 50 * time.Millisecond)
	case n < 150:
		p.Paste("instance of VM {\n\tname: pasted" + fmt.Sprint(n) + ";\n}\n")
	case n < 200:
		p.Click((n-150)*3%120, (n-150)*7%40)
	case n < 210:
		p.Wheel((n-200)*12, 5, n-205)
	case n < 230:
		p.Resize(30+(n-210)*9, 8+(n-210)*2)
	case n < 240:
		p.Send(tea.MouseMotionMsg{X: n, Y: n / 8, Button: tea.MouseLeft})
	default:
		p.Send(nil, tea.FocusMsg{}, tea.BlurMsg{}, tea.BackgroundColorMsg{Color: tuitest.Light.Bg})
	}
}

// Whatever is pressed, in whatever order: nothing panics, the screen keeps its size, and no text is lost. Undone as far as
// it goes, every file is what it was when it was opened.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"", "\x14\x08\x08", "abc\x12xyz", "\x1c\x05\x40\x41\x42", "\x15\x15\x15wst\x10\x00", "\xa0\xb0\xc0\xd0\xe0\xf0\x90\x91"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, deeds []byte) { play(t, deeds[:min(len(deeds), 60)]) })
}

// firstSeed of the random people: replay one with -run RandomPeople -args -seed N -people 1.
var (
	firstSeed = flag.Uint64("seed", 1, "seed of the first random person")
	people    = flag.Int("people", 12, "how many random people sit down")
)

// What FuzzKeys promises, for people who go on for longer.
func TestRandomPeople(t *testing.T) {
	for seed := *firstSeed; seed < *firstSeed+uint64(*people); seed++ {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(seed, 0))
			deeds := make([]byte, 120)
			for i := range deeds {
				deeds[i] = byte(chance.IntN(256))
				if chance.IntN(3) > 0 {
					deeds[i] = byte(chance.IntN(len(pressed)))
				}
			}
			play(t, deeds)
		})
	}
}

// play lets a person do a list of things, then looks whether everything is still there.
func play(t *testing.T, deeds []byte) {
	p := sit(t, "lamp", 120, 40)
	was := map[string]string{}
	for name := range p.ws.Snapshot().Result.Files {
		was[name] = p.text(name)
	}
	for _, b := range deeds {
		if p.deed(b); p.Ended {
			break
		}
	}
	p.Resize(120, 40)
	p.fits("after all of it", 120, 40)
	for name, text := range was {
		if _, err := p.ws.Read(name); err != nil {
			continue // a change has moved it
		}
		p.undone(name, text)
	}
}

// undone takes back what was done to a file, up to the text that it had.
func (p *person) undone(name, text string) {
	p.t.Helper()
	for range 8 {
		p.Keys("esc") // whatever is open closes
	}
	if p.text(name) == text {
		return
	}
	p.command("", name)
	p.Keys("esc") // the field of a search
	for range 200 {
		if p.Keys("ctrl+z"); p.text(name) == text {
			return
		}
	}
	p.t.Errorf("%s does not come back:\n%q\nwas\n%q\n%s", name, p.text(name), text, p.Screen())
}
