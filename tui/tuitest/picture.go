package tuitest

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/gomonobolditalic"
	"golang.org/x/image/font/gofont/gomonoitalic"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/roboconf/workbench/tui/cell"
)

// The size of a cell in pixels, and where its letters stand.
const (
	CellW, CellH = 9, 19
	baseline     = 14
	emSize       = 15
)

// faces are the four forms of the font: plain, bold, italic, both.
var faces = sync.OnceValues(func() ([4]font.Face, error) {
	var all [4]font.Face
	for i, ttf := range [][]byte{gomono.TTF, gomonobold.TTF, gomonoitalic.TTF, gomonobolditalic.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return all, fmt.Errorf("parse font: %w", err)
		}
		all[i], err = opentype.NewFace(f, &opentype.FaceOptions{Size: emSize, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return all, fmt.Errorf("size font: %w", err)
		}
	}
	return all, nil
})

// Picture paints a grid as a terminal on a ground shows it.
func Picture(g *cell.Grid, on Ground) (*image.RGBA, error) {
	faces, err := faces()
	if err != nil {
		return nil, err
	}
	w, h := g.Size()
	img := image.NewRGBA(image.Rect(0, 0, w*CellW, h*CellH))
	draw.Draw(img, img.Bounds(), image.NewUniform(on.Bg), image.Point{}, draw.Src)
	for y := range h {
		for x := range w {
			paintCell(img, g, on, faces, x, y)
		}
	}
	return img, nil
}

// PNG writes the picture of a grid to a file, whose folder is made.
func PNG(g *cell.Grid, on Ground, path string) error {
	img, err := Picture(g, on)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img); err != nil {
		f.Close()
		return fmt.Errorf("write picture %s: %w", path, err)
	}
	return f.Close()
}

func paintCell(img *image.RGBA, g *cell.Grid, on Ground, faces [4]font.Face, x, y int) {
	text, style := g.At(x, y)
	if text == "" {
		return // the second half of a wide character
	}
	area := image.Rect(x*CellW, y*CellH, (x+max(1, cell.Width(text)))*CellW, (y+1)*CellH)
	fg, bg, line := on.colours(style)
	draw.Draw(img, area, image.NewUniform(bg), image.Point{}, draw.Src)
	if text != " " && !paintShape(img, area, []rune(text)[0], fg) {
		paintText(img, area, text, faces[face(style)], fg)
	}
	underline(img, area, style.Underline, line)
	if style.Attrs&uv.AttrStrikethrough != 0 {
		fill(img, area, 0, CellH/2, area.Dx(), CellH/2+1, fg)
	}
}

// face is the form of the font that a style asks for.
func face(s cell.Style) int {
	n := 0
	if s.Attrs&uv.AttrBold != 0 {
		n++
	}
	if s.Attrs&uv.AttrItalic != 0 {
		n += 2
	}
	return n
}

// paintText draws a grapheme; one that the font does not have becomes a frame of its width.
func paintText(img *image.RGBA, area image.Rectangle, text string, f font.Face, c color.RGBA) {
	if _, has := f.GlyphAdvance([]rune(text)[0]); !has {
		frame(img, area.Inset(2), c)
		return
	}
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: f, Dot: fixed.P(area.Min.X, area.Min.Y+baseline)}
	d.DrawString(text)
}

// underline draws the line below a cell; the wave of a curly one goes on from cell to cell.
func underline(img *image.RGBA, area image.Rectangle, u uv.Underline, c color.RGBA) {
	switch u {
	case uv.UnderlineNone:
	case uv.UnderlineCurly:
		for x := area.Min.X; x < area.Max.X; x++ {
			y := [...]int{0, 0, 1, 2, 2, 1}[x%6]
			fill(img, area, x-area.Min.X, CellH-4+y, x-area.Min.X+1, CellH-2+y, c)
		}
	case uv.UnderlineDouble:
		fill(img, area, 0, CellH-4, area.Dx(), CellH-3, c)
		fill(img, area, 0, CellH-2, area.Dx(), CellH-1, c)
	case uv.UnderlineDotted, uv.UnderlineDashed:
		for x := 0; x < area.Dx(); x += 3 {
			fill(img, area, x, CellH-3, x+2, CellH-2, c)
		}
	default:
		fill(img, area, 0, CellH-3, area.Dx(), CellH-2, c)
	}
}

// fill paints a rectangle, given from the corner of a cell.
func fill(img *image.RGBA, area image.Rectangle, x0, y0, x1, y1 int, c color.RGBA) {
	r := image.Rect(x0, y0, x1, y1).Add(area.Min).Intersect(area)
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func frame(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	w, h := r.Dx(), r.Dy()
	fill(img, r, 0, 0, w, 1, c)
	fill(img, r, 0, h-1, w, h, c)
	fill(img, r, 0, 0, 1, h, c)
	fill(img, r, w-1, 0, w, h, c)
}
