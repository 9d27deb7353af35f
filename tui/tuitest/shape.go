package tuitest

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// arms is how thick the lines of a box character are to the left, to the right, upwards, downwards: 0, 1 light, 2 heavy.
type arms [4]int

// boxes are the box characters, which fonts rarely join from cell to cell.
var boxes = map[rune]arms{
	'─': {1, 1, 0, 0}, '│': {0, 0, 1, 1}, '┌': {0, 1, 0, 1}, '┐': {1, 0, 0, 1}, '└': {0, 1, 1, 0}, '┘': {1, 0, 1, 0},
	'├': {0, 1, 1, 1}, '┤': {1, 0, 1, 1}, '┬': {1, 1, 0, 1}, '┴': {1, 1, 1, 0}, '┼': {1, 1, 1, 1},
	'━': {2, 2, 0, 0}, '┃': {0, 0, 2, 2}, '┏': {0, 2, 0, 2}, '┓': {2, 0, 0, 2}, '┗': {0, 2, 2, 0}, '┛': {2, 0, 2, 0},
	'┣': {0, 2, 2, 2}, '┫': {2, 0, 2, 2}, '┳': {2, 2, 0, 2}, '┻': {2, 2, 2, 0}, '╋': {2, 2, 2, 2},
	'╴': {1, 0, 0, 0}, '╵': {0, 0, 1, 0}, '╶': {0, 1, 0, 0}, '╷': {0, 0, 0, 1},
	'╸': {2, 0, 0, 0}, '╹': {0, 0, 2, 0}, '╺': {0, 2, 0, 0}, '╻': {0, 0, 0, 2},
	'╼': {1, 2, 0, 0}, '╾': {2, 1, 0, 0}, '╽': {0, 0, 1, 2}, '╿': {0, 0, 2, 1},
	'╭': {0, 1, 0, 1}, '╮': {1, 0, 0, 1}, '╰': {0, 1, 1, 0}, '╯': {1, 0, 1, 0},
}

// dashes are the lines with gaps: along x, or along y.
var dashes = map[rune]struct{ upright, heavy bool }{'┄': {}, '┆': {upright: true}, '┅': {heavy: true}, '┇': {upright: true, heavy: true}}

// blocks are the parts of a cell that are filled, in eighths: x0, y0, x1, y1.
var blocks = map[rune][4]int{
	'█': {0, 0, 8, 8}, '▌': {0, 0, 4, 8}, '▐': {4, 0, 8, 8}, '▀': {0, 0, 8, 4}, '▄': {0, 4, 8, 8}, '▁': {0, 7, 8, 8}, '▔': {0, 0, 8, 1},
}

// paintShape draws the characters that are shapes rather than letters; it says whether this one is.
func paintShape(img *image.RGBA, area image.Rectangle, r rune, c color.RGBA) bool {
	if a, ok := boxes[r]; ok {
		paintBox(img, area, a, c)
		return true
	}
	if d, ok := dashes[r]; ok {
		paintDashes(img, area, d.upright, d.heavy, c)
		return true
	}
	if b, ok := blocks[r]; ok {
		fill(img, area, b[0]*CellW/8, b[1]*CellH/8, b[2]*CellW/8, b[3]*CellH/8, c)
		return true
	}
	if outline, ok := outlines[r]; ok {
		paintOutline(img, area, outline, c)
		return true
	}
	return false
}

// Where the light line and the heavy one of a box character lie.
const (
	midX, midY = CellW / 2, CellH / 2
)

func paintBox(img *image.RGBA, area image.Rectangle, a arms, c color.RGBA) {
	thick := max(a[0], a[1], a[2], a[3])
	for side, weight := range a {
		if weight == 0 {
			continue
		}
		lowX, highX, lowY, highY := midX, midX+weight, midY, midY+weight
		switch side {
		case 0:
			lowX, highX = 0, midX+thick
		case 1:
			highX = CellW
		case 2:
			lowY, highY = 0, midY+thick
		case 3:
			highY = CellH
		}
		fill(img, area, lowX, lowY, highX, highY, c)
	}
}

func paintDashes(img *image.RGBA, area image.Rectangle, upright, heavy bool, c color.RGBA) {
	thick := 1
	if heavy {
		thick = 2
	}
	if upright {
		for y := 1; y < CellH; y += 5 {
			fill(img, area, midX, y, midX+thick, y+3, c)
		}
		return
	}
	for x := 0; x < CellW; x += 3 {
		fill(img, area, x, midY, x+2, midY+thick, c)
	}
}

// outline adds the paths of a shape; the even-odd places of points are x, y from the middle of the cell.
type outline func(p *path)

// path collects polygons round the middle of a cell.
type path struct {
	*vector.Rasterizer
	x, y float32
}

func (p *path) polygon(points ...float32) {
	for i := 0; i+1 < len(points); i += 2 {
		if i == 0 {
			p.MoveTo(p.x+points[0], p.y+points[1])
			continue
		}
		p.LineTo(p.x+points[i], p.y+points[i+1])
	}
	p.ClosePath()
}

// arc adds a part of a circle, from an angle to another in turns, closed by its chord; a negative radius goes the other way
// round, which cuts a hole.
func (p *path) arc(radius, from, to float64) {
	const steps = 24
	points := make([]float32, 0, 2*steps+2)
	for i := range steps + 1 {
		turn := from + (to-from)*float64(i)/steps
		if radius < 0 {
			turn = to - (to-from)*float64(i)/steps
		}
		sin, cos := math.Sincos(2 * math.Pi * turn)
		points = append(points, float32(math.Abs(radius)*cos), float32(math.Abs(radius)*sin))
	}
	p.polygon(points...)
}

// ring is a circle line.
func (p *path) ring(radius, width float64) {
	p.arc(radius, 0, 1)
	p.arc(-(radius - width), 0, 1)
}

// stroke is a straight line of some width.
func (p *path) stroke(x0, y0, x1, y1, width float32) {
	dx, dy := x1-x0, y1-y0
	n := width / 2 / float32(math.Hypot(float64(dx), float64(dy)))
	p.polygon(x0-dy*n, y0+dx*n, x1-dy*n, y1+dx*n, x1+dy*n, y1-dx*n, x0+dy*n, y0-dx*n)
}

// outlines are the signs of the themes.
var outlines = map[rune]outline{
	'▸': func(p *path) { p.polygon(-2.5, -3.5, 3, 0, -2.5, 3.5) },
	'◂': func(p *path) { p.polygon(2.5, -3.5, 2.5, 3.5, -3, 0) },
	'▾': func(p *path) { p.polygon(-3.5, -2.5, 3.5, -2.5, 0, 3) },
	'▴': func(p *path) { p.polygon(-3.5, 2.5, 0, -3, 3.5, 2.5) },
	'▶': func(p *path) { p.polygon(-3.5, -4.5, 4, 0, -3.5, 4.5) },
	'◀': func(p *path) { p.polygon(3.5, -4.5, 3.5, 4.5, -4, 0) },
	'▼': func(p *path) { p.polygon(-4.5, -3.5, 4.5, -3.5, 0, 4) },
	'▲': func(p *path) { p.polygon(-4.5, 3.5, 0, -4, 4.5, 3.5) },
	'●': func(p *path) { p.arc(3.7, 0, 1) },
	'○': func(p *path) { p.ring(3.7, 1.1) },
	'◐': func(p *path) { p.ring(3.7, 1.1); p.arc(2.8, 0.25, 0.75) },
	'◌': func(p *path) {
		for i := range 8 {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / 8)
			x, y := float32(3.4*cos), float32(3.4*sin)
			p.polygon(x-0.8, y-0.8, x+0.8, y-0.8, x+0.8, y+0.8, x-0.8, y+0.8)
		}
	},
	'■': func(p *path) { p.polygon(-3.2, -3.2, 3.2, -3.2, 3.2, 3.2, -3.2, 3.2) },
	'◆': func(p *path) { p.polygon(0, -4.2, 4.2, 0, 0, 4.2, -4.2, 0) },
	'◇': func(p *path) {
		p.polygon(0, -4.2, 4.2, 0, 0, 4.2, -4.2, 0)
		p.polygon(0, -2.7, -2.7, 0, 0, 2.7, 2.7, 0)
	},
	'✗': func(p *path) { p.stroke(-3, -3.5, 3, 3.5, 1.6); p.stroke(-3, 3.5, 3, -3.5, 1.6) },
	'✓': func(p *path) { p.stroke(-3.5, 0, -1, 3, 1.6); p.stroke(-1, 3, 3.5, -4, 1.6) },
}

func paintOutline(img *image.RGBA, area image.Rectangle, o outline, c color.RGBA) {
	p := path{Rasterizer: vector.NewRasterizer(CellW, CellH), x: float32(CellW) / 2, y: float32(CellH)/2 + 0.5}
	o(&p)
	p.Rasterizer.Draw(img, image.Rect(0, 0, CellW, CellH).Add(area.Min), image.NewUniform(c), image.Point{})
}
