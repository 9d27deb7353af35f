package tuitest

import (
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

var pictures = flag.String("png", "", "a folder for the pictures that tests paint")

// ink counts the pixels of a cell that do not have the colour of the ground, by colour.
func ink(img *image.RGBA, x, y int, ground color.RGBA) map[color.RGBA]int {
	found := map[color.RGBA]int{}
	for py := y * CellH; py < (y+1)*CellH; py++ {
		for px := x * CellW; px < (x+1)*CellW; px++ {
			if c := img.RGBAAt(px, py); c != ground {
				found[c]++
			}
		}
	}
	return found
}

func paint(t *testing.T, g *cell.Grid, on Ground) *image.RGBA {
	t.Helper()
	img, err := Picture(g, on)
	if err != nil {
		t.Fatal(err)
	}
	if *pictures != "" {
		if err := PNG(g, on, filepath.Join(*pictures, t.Name()+".png")); err != nil {
			t.Fatal(err)
		}
	}
	return img
}

func TestPictureHasTheColoursOfTheCells(t *testing.T) {
	red, blue := ansi.RGBColor{R: 0xff}, ansi.RGBColor{B: 0xff}
	g := cell.New(8, 1)
	g.Put(0, 0, "A", cell.Style{})
	g.Put(1, 0, "B", cell.Style{Fg: red})
	g.Put(2, 0, " ", cell.Style{Bg: blue})
	g.Put(3, 0, "D", cell.Style{Fg: red, Bg: blue, Attrs: uv.AttrReverse})
	g.Put(4, 0, "E", cell.Style{Attrs: uv.AttrFaint})
	g.Put(5, 0, " ", cell.Style{Underline: uv.UnderlineCurly, UnderlineColor: red})
	g.Put(6, 0, "█", cell.Style{Fg: blue})
	img := paint(t, g, Dark)

	if w, h := img.Bounds().Dx(), img.Bounds().Dy(); w != 8*CellW || h != CellH {
		t.Fatalf("the picture has %dx%d pixels", w, h)
	}
	r, b := rgb(0xff0000), rgb(0x0000ff)
	for _, tt := range []struct {
		what  string
		x     int
		c     color.RGBA
		atCap int // at least so many pixels
	}{
		{"plain text", 0, Dark.Fg, 3},
		{"red text", 1, r, 3},
		{"blue ground", 2, b, CellW * CellH},
		{"reverse: red ground", 3, r, CellW * CellH / 2},
		{"reverse: blue text", 3, b, 3},
		{"faint text", 4, mix(Dark.Fg, Dark.Bg), 3},
		{"red wave", 5, r, 2 * CellW},
		{"full block", 6, b, CellW * CellH},
	} {
		if got := ink(img, tt.x, 0, Dark.Bg)[tt.c]; got < tt.atCap {
			t.Errorf("%s: %d pixels of %v, want %d: %v", tt.what, got, tt.c, tt.atCap, ink(img, tt.x, 0, Dark.Bg))
		}
	}
	if got := ink(img, 4, 0, Dark.Bg)[Dark.Fg]; got != 0 {
		t.Errorf("faint text has %d pixels of the full colour", got)
	}
	if got := len(ink(img, 7, 0, Dark.Bg)); got != 0 {
		t.Errorf("a blank cell has %d colours", got)
	}
}

func TestPictureJoinsLines(t *testing.T) {
	g := cell.New(3, 3)
	for y, line := range []string{"┌─┐", "│ │", "└─┘"} {
		g.Put(0, y, line, cell.Style{})
	}
	img := paint(t, g, Light)
	mid := func(x, y int) color.RGBA { return img.RGBAAt(x, y) }
	for x := CellW / 2; x <= 2*CellW+CellW/2; x++ {
		if mid(x, CellH/2) != Light.Fg || mid(x, 2*CellH+CellH/2) != Light.Fg {
			t.Fatalf("the line has a gap at column %d", x)
		}
	}
	for y := CellH / 2; y <= 2*CellH+CellH/2; y++ {
		if mid(CellW/2, y) != Light.Fg || mid(2*CellW+CellW/2, y) != Light.Fg {
			t.Fatalf("the line has a gap at row %d", y)
		}
	}
	if c := mid(CellW/2-1, CellH/2); c != Light.Bg {
		t.Errorf("the corner sticks out: %v", c)
	}
}

// Every sign of the themes has a form of its own: none is missing from the font, no two look alike.
func TestPictureKnowsTheSignsOfTheThemes(t *testing.T) {
	gl := theme.Unicode()
	signs := []string{
		gl.H, gl.V, gl.TL, gl.TR, gl.BL, gl.BR, gl.TeeL, gl.TeeR, gl.TeeT, gl.TeeB, gl.Cross,
		gl.HeavyH, gl.HeavyV, gl.HeavyTL, gl.HeavyTR, gl.HeavyBL, gl.HeavyBR, gl.ArrowL, gl.ArrowR, gl.ArrowU, gl.ArrowD,
		gl.Ellipsis, gl.NotDeployed, gl.Moving, gl.Stopped, gl.Unresolved, gl.Waiting, gl.Started, gl.Problem,
	}
	g := cell.New(len(signs)+1, 1)
	for i, s := range signs {
		g.Put(i, 0, s, cell.Style{})
	}
	g.Put(len(signs), 0, "\U000F0000", cell.Style{}) // nobody has it: a frame
	img := paint(t, g, Dark)
	seen := map[string]string{}
	for i := range len(signs) + 1 {
		name := "a frame"
		if i < len(signs) {
			name = signs[i]
		}
		form := string(img.SubImage(image.Rect(i*CellW, 0, (i+1)*CellW, CellH)).(*image.RGBA).Pix[:0])
		for y := range CellH {
			for x := range CellW {
				form += string(rune(img.RGBAAt(i*CellW+x, y).G))
			}
		}
		if other, taken := seen[form]; taken {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[form] = name
	}
}

func TestPNGIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "screen.png")
	if err := PNG(cell.New(10, 4), Dark, path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := png.DecodeConfig(f)
	if err != nil || size.Width != 10*CellW || size.Height != 4*CellH {
		t.Errorf("read back: %+v, %v", size, err)
	}
}

func BenchmarkPicture(b *testing.B) {
	g := cell.New(120, 40)
	for y := range 40 {
		g.Put(0, y, "│ The quick brown fox jumps over the lazy dog ─────── and goes home ●", cell.Style{Fg: ansi.RGBColor{R: 0x80}})
	}
	for b.Loop() {
		if _, err := Picture(g, Dark); err != nil {
			b.Fatal(err)
		}
	}
}
