package editor

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/pane"
	"github.com/roboconf/workbench/tui/theme"
)

// document is a text of n lines.
func document(n int) string {
	var b strings.Builder
	for i := range n / 5 {
		b.WriteString("Component" + string(rune('a'+i%26)) + " {\n\tinstaller: script; # how\n\texports: ip, port = 8080;\n}\n\n")
	}
	return b.String()
}

func BenchmarkDraw(b *testing.B) {
	d := drive(b, 200, 60)
	d.open(graph, document(10_000))
	g := cell.New(200, 60)
	var at pane.Point
	fr := pane.Frame{Theme: theme.Dark(), Focused: true, Cursor: &at}
	d.send(pane.Show{File: graph, Span: source.Span{Start: 100_000, End: 100_000}})
	b.ReportAllocs()
	for b.Loop() {
		d.p.Draw(g, fr)
	}
}

// benchmarkKey is a key until its frame: the pane's part, with the colours of its own parser.
func benchmarkKey(b *testing.B, lines int) {
	d := drive(b, 200, 60)
	d.open(graph, document(lines))
	d.send(pane.Show{File: graph, Span: source.Span{Start: 100_000, End: 100_000}})
	g := cell.New(200, 60)
	var at pane.Point
	fr := pane.Frame{Theme: theme.Dark(), Focused: true, Cursor: &at}
	keys := []tea.KeyPressMsg{press("x"), press("backspace")}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		d.p.Update(keys[n%2])
		d.p.Draw(g, fr)
	}
}

func BenchmarkKeyToFrame10000Lines(b *testing.B)  { benchmarkKey(b, 10_000) }
func BenchmarkKeyToFrame100000Lines(b *testing.B) { benchmarkKey(b, 100_000) }
