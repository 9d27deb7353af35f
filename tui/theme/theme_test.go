package theme

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"

	"github.com/roboconf/workbench/tui/cell"
)

// Unreadable light themes are the complaint most heard: every colour of a text has a contrast of at least 4.5 (WCAG AA) with
// the backgrounds that terminals have, lines one of 2, and a selected row one of 4.5 for text.
func TestContrast(t *testing.T) {
	for _, tt := range []struct {
		theme   *Theme
		grounds []uint32
	}{
		{Dark(), []uint32{0x000000, 0x1e1e1e, 0x0d1117}},
		{Light(), []uint32{0xffffff, 0xfafafa}},
	} {
		for r := range roles {
			s := tt.theme.Style(r)
			if s.Fg == nil {
				continue
			}
			want := 4.5
			if r == Border {
				want = 2
			}
			for _, ground := range tt.grounds {
				bg := color.Color(rgb(ground))
				if s.Bg != nil {
					bg = s.Bg
				}
				if got := contrast(s.Fg, bg); got < want {
					t.Errorf("%s, role %d (%s) on %06x: contrast %.1f, want %.1f", tt.theme.Name(), r, cell.Describe(s), ground, got, want)
				}
			}
		}
		for _, r := range []Role{Severe, Warning, SynType, SynValue, StateStarted, StateMoving} {
			if got := contrast(tt.theme.Style(r).Fg, tt.theme.Style(Selection).Bg); got < 3 {
				t.Errorf("%s: role %d on a selected row: contrast %.1f", tt.theme.Name(), r, got)
			}
		}
	}
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func TestPlainThemesHaveNoColour(t *testing.T) {
	for _, th := range []*Theme{Plain(), ASCII()} {
		for r := range roles {
			if s := th.Style(r); s.Fg != nil || s.Bg != nil || th.Underlined(s, Severe).UnderlineColor != nil {
				t.Errorf("%s: role %d has a colour: %s", th.Name(), r, cell.Describe(s))
			}
		}
	}
}

func TestGlyphs(t *testing.T) {
	for _, th := range []*Theme{Dark(), ASCII()} {
		g := th.Glyphs()
		v := reflect.ValueOf(*g)
		for i := range v.NumField() {
			s := v.Field(i).String()
			if cell.Width(s) != 1 {
				t.Errorf("%s: %s = %q is not one cell wide", th.Name(), v.Type().Field(i).Name, s)
			}
			if th.Name() == "ascii" && s[0] >= 0x80 {
				t.Errorf("ascii: %s = %q", v.Type().Field(i).Name, s)
			}
		}
		states := []string{g.NotDeployed, g.Moving, g.Stopped, g.Unresolved, g.Waiting, g.Started, g.Problem}
		seen := map[string]bool{}
		for _, s := range states {
			if seen[s] {
				t.Errorf("%s: two states look like %q without colour", th.Name(), s)
			}
			seen[s] = true
		}
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		env   map[string]string
		dark  bool
		name  string
		ascii bool
		line  uv.Underline
	}{
		{map[string]string{"TERM": "xterm-256color"}, true, "dark", false, uv.UnderlineSingle},
		{map[string]string{"TERM": "xterm-kitty"}, false, "light", false, uv.UnderlineCurly},
		{map[string]string{"TERM": "tmux-256color", "NO_COLOR": "1"}, true, "plain", false, uv.UnderlineCurly},
		{map[string]string{"TERM": "dumb"}, true, "ascii", true, uv.UnderlineSingle},
		{map[string]string{"TERM": "linux"}, true, "dark", true, uv.UnderlineSingle},
		{map[string]string{"TERM": "xterm", "LANG": "C"}, true, "dark", true, uv.UnderlineSingle},
		{map[string]string{"TERM": "xterm", "LC_ALL": "fr_FR.UTF-8", "LANG": "C", "VTE_VERSION": "6800"}, true, "dark", false, uv.UnderlineCurly},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, true, "dark", false, uv.UnderlineSingle},
	}
	for _, tt := range tests {
		th := Choose(func(k string) string { return tt.env[k] }, tt.dark)
		if th.Name() != tt.name || (th.Glyphs().H == "-") != tt.ascii || th.Underlined(cell.Style{}, Severe).Underline != tt.line {
			t.Errorf("%v: %s, H %q, underline %v", tt.env, th.Name(), th.Glyphs().H, th.Underlined(cell.Style{}, Severe).Underline)
		}
	}
}
