package export

import (
	"fmt"
	"io"
	"strings"

	"github.com/roboconf/workbench/tui/canvas"
)

// Mermaid writes a graph as a flowchart. Names of the diagram are counted, since Mermaid takes few characters in them.
func Mermaid(w io.Writer, g canvas.Graph, o Options) error {
	g, holds := shown(g, o.Zoom)
	m := mermaid{g: g, o: o, holds: holds, id: map[string]string{}}
	for i, n := range g.Nodes {
		m.id[n.ID] = fmt.Sprintf("n%d", i+1)
	}
	fmt.Fprintf(&m.b, "---\ntitle: %s\n---\nflowchart LR\n", yaml(o.title()))
	m.nodes("", 1)
	for _, e := range g.Edges {
		m.edge(e)
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}

type mermaid struct {
	b     strings.Builder
	g     canvas.Graph
	o     Options
	holds map[string]bool
	id    map[string]string
}

func (m *mermaid) nodes(parent string, depth int) {
	indent := strings.Repeat("    ", depth)
	for _, n := range m.g.Nodes {
		if n.Parent != parent {
			continue
		}
		list := caption(n, m.o.Zoom)
		for i := range list {
			list[i] = entities(list[i])
		}
		label := strings.Join(list, "<br/>")
		if !m.holds[n.ID] {
			fmt.Fprintf(&m.b, "%s%s[\"%s\"]\n", indent, m.id[n.ID], label)
			continue
		}
		fmt.Fprintf(&m.b, "%ssubgraph %s[\"%s\"]\n", indent, m.id[n.ID], label)
		m.nodes(n.ID, depth+1)
		fmt.Fprintf(&m.b, "%send\n", indent)
	}
}

func (m *mermaid) edge(e canvas.Edge) {
	if e.From != e.To && (within(m.g, e.From, e.To) || within(m.g, e.To, e.From)) {
		// Mermaid refuses a diagram with an edge between a box and what holds it.
		fmt.Fprintf(&m.b, "    %%%% %s needs %s, one inside the other: %s\n", m.id[e.From], m.id[e.To], entities(e.Label))
		return
	}
	arrow := "-->"
	if e.Optional {
		arrow = "-.->"
	}
	if e.Label != "" {
		arrow += `|"` + entities(e.Label) + `"|`
	}
	fmt.Fprintf(&m.b, "    %s %s %s\n", m.id[e.From], arrow, m.id[e.To])
}

// entities writes a text of Mermaid: whatever may have a meaning there is written as a number.
func entities(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "?") {
		switch {
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 || r == 0x85:
			b.WriteByte(' ')
		case r >= 0x80, 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(" -_./,:=$+", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// yaml writes a string of the front matter.
func yaml(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))) + `"`
}
