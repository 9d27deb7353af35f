package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/tui/canvas"
)

// shop is a balancer, two application servers, a database; a cache that one can do without; a cluster of two.
func shop() canvas.Graph {
	node := func(id, kind string, machine bool, lines ...string) canvas.Node {
		cut := strings.LastIndexByte(id, '/')
		return canvas.Node{ID: id, Parent: id[:cut], Name: id[cut+1:], Kind: kind, Machine: machine, Mark: true, Lines: lines, Summary: "1 inside"}
	}
	return canvas.Graph{
		Nodes: []canvas.Node{
			node("/front", "VM", true), node("/front/lb", "Balancer", false, "needs App: ip"),
			node("/one", "VM", true), node("/one/app", "App", false, "needs DB: ip, port"), node("/one/app/shop", "Shop", false),
			node("/two", "VM", true), node("/two/app", "App", false, "needs DB: ip, port"),
			node("/back", "VM", true), node("/back/db", "DB", false, "gives ip, port = 3306"),
			node("/back/cache", "Cache", false),
		},
		Edges: []canvas.Edge{
			{From: "/front/lb", To: "/one/app", Label: "App"},
			{From: "/front/lb", To: "/two/app", Label: "App"},
			{From: "/one/app/shop", To: "/back/db", Label: "DB"},
			{From: "/two/app", To: "/back/db", Label: "DB"},
			{From: "/one/app/shop", To: "/one/app", Label: "Home"},
			{From: "/two/app", To: "/back/cache", Label: "Cache", Optional: true},
			{From: "/back/db", To: "/back/db", Label: "DB", Optional: true},
		},
	}
}

// hostile has names that mean something in each of the formats.
func hostile(name string) canvas.Graph {
	return canvas.Graph{
		Nodes: []canvas.Node{{ID: "/a" + name, Name: name, Kind: name, Lines: []string{name}}, {ID: "/b", Name: name, Parent: "/a" + name, Summary: name}, {ID: name, Name: name}},
		Edges: []canvas.Edge{{From: "/b", To: name, Label: name}, {From: "/b", To: "/a" + name, Label: name}},
	}
}

func write(t testing.TB, format string, g canvas.Graph, o Options) string {
	t.Helper()
	w, err := Find(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := w(&b, g, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDocuments(t *testing.T) {
	for _, f := range Formats() {
		golden.Equal(t, "shop."+f, []byte(write(t, f, shop(), Options{Title: "Shop <1> & \"more\"", Zoom: canvas.Names})))
		golden.Equal(t, "shop-details."+f, []byte(write(t, f, shop(), Options{Title: "Shop", Zoom: canvas.Details})))
		golden.Equal(t, "shop-machines."+f, []byte(write(t, f, shop(), Options{Title: "Shop", Zoom: canvas.Machines, ASCII: true})))
		golden.Equal(t, "nothing."+f, []byte(write(t, f, canvas.Graph{}, Options{})))
		golden.Equal(t, "hostile."+f, []byte(write(t, f, hostile("a\"b'<c>&d\\l]}|#;%%\n--> end `é"), Options{Zoom: canvas.Details})))
	}
}

func TestFindNamesTheFormats(t *testing.T) {
	if _, err := Find("png"); err == nil || !strings.Contains(err.Error(), "svg, dot, mermaid, text") {
		t.Errorf("error: %v", err)
	}
}

func TestTheGraphIsNotChanged(t *testing.T) {
	g := shop()
	for _, f := range Formats() {
		write(t, f, g, Options{})
	}
	if !g.Nodes[0].Mark {
		t.Error("a document changed the graph it was made from")
	}
}

// wellFormed reads XML to its end and checks that no ID comes twice.
func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, is := token.(xml.StartElement); is {
			for _, a := range e.Attr {
				if a.Name.Local == "id" && ids[a.Value] {
					return errors.New("id " + a.Value + " comes twice")
				} else if a.Name.Local == "id" {
					ids[a.Value] = true
				}
			}
		}
	}
}

func TestSVGIsWellFormedAndTold(t *testing.T) {
	text := write(t, "svg", shop(), Options{Title: "Shop", Zoom: canvas.Names})
	if err := wellFormed(text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<title id="title">Shop</title>`, `aria-labelledby="title desc"`, `id="box-.one.app.shop"`, "/one/app/shop needs /back/db."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestTextInASCII(t *testing.T) {
	text := write(t, "text", hostile("é日"), Options{ASCII: true})
	if i := strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 }); i >= 0 {
		t.Errorf("%q at %d", text[i:], i)
	}
}

// dotStrings reads the quoted strings of DOT; ok is false when one does not end on its line.
func dotStrings(text string) (out []string, ok bool) {
	for line := range strings.Lines(text) {
		for rest := line; ; {
			i := strings.IndexByte(rest, '"')
			if i < 0 {
				break
			}
			end := i + 1
			for end < len(rest) && rest[end] != '"' {
				if rest[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(rest) {
				return nil, false
			}
			out = append(out, rest[i+1:end])
			rest = rest[end+1:]
		}
	}
	return out, true
}

// Whatever a name holds, it stays a name: the documents keep their form.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"plain", `a"b`, `c\`, "<x>&amp;", "]]>", "\x00\x1b[31m", "#35;", "end", "日本", "\u2028\ufffe", "\xff", "--", `"]; x --> y`, "%%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		o := Options{Title: name, Zoom: canvas.Details}
		if err := wellFormed(write(t, "svg", hostile(name), o)); err != nil {
			t.Errorf("svg: %v", err)
		}
		if _, ok := dotStrings(write(t, "dot", hostile(name), o)); !ok {
			t.Error("dot: a string does not end")
		}
		_, body, _ := strings.Cut(write(t, "mermaid", hostile(name), o), "flowchart LR\n")
		shape := func(text string) (marks []string) {
			for line := range strings.Lines(text) {
				marks = append(marks, strings.Map(func(r rune) rune {
					if strings.ContainsRune("[]\"|<>()%", r) {
						return r
					}
					return -1
				}, line))
			}
			return marks
		}
		plain := hostile("x")
		if name == "" || name == "/b" || name == "/a"+name || name == "/a" {
			return // other nodes fall together
		}
		_, want, _ := strings.Cut(write(t, "mermaid", plain, o), "flowchart LR\n")
		if got := shape(body); !slices.Equal(got, shape(want)) {
			t.Errorf("mermaid: the form changed:\n%s", body)
		}
		write(t, "text", hostile(name), o)
	})
}
