package names_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// The marks around the words that a test is about.
const (
	opening = "«"
	closing = "»"
)

const descriptor = `-- descriptor/application.properties --
name = Shop
version = 1.0
dsl-id = roboconf-1.0
graph-entry-point = main.graph
instance-entry-point = main.instances
`

// read loads the files of an archive; what stands between marks comes back apart, sorted by file and place.
func read(t testing.TB, archive string) (ask.Ground, []source.Place) {
	t.Helper()
	if !strings.Contains(archive, "-- descriptor/application.properties --") {
		archive = descriptor + archive
	}
	fsys := fstest.MapFS{}
	var marks []source.Place
	for _, f := range txtar.Parse([]byte(archive)).Files {
		text, places := unmark(t, f.Name, string(f.Data))
		fsys[f.Name] = &fstest.MapFile{Data: []byte(text)}
		marks = append(marks, places...)
	}
	return ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}, marks
}

func unmark(t testing.TB, file, text string) (string, []source.Place) {
	t.Helper()
	var b strings.Builder
	var places []source.Place
	for {
		before, rest, marked := strings.Cut(text, opening)
		b.WriteString(before)
		if !marked {
			return b.String(), places
		}
		word, after, closed := strings.Cut(rest, closing)
		if !closed {
			t.Fatalf("%s: a mark is not closed", file)
		}
		start := b.Len()
		b.WriteString(word)
		places = append(places, source.Place{File: file, Span: source.Span{Start: start, End: b.Len()}})
		text = after
	}
}

// all checks that the marked words are the occurrences of one name, and that each of them leads to that name.
func all(t *testing.T, archive string, want names.Name) {
	t.Helper()
	g, marks := read(t, archive)
	var got []string
	for _, u := range names.Uses(g, want) {
		if u.Place.Span.Len() > 0 {
			got = append(got, show(g, u.Place))
		}
	}
	var wanted []string
	for _, m := range marks {
		wanted = append(wanted, show(g, m))
		for _, at := range []int{m.Span.Start, m.Span.End} {
			u, ok := names.At(g, m.File, at)
			if !ok || u.Name != want || u.Place != m {
				t.Errorf("%s, offset %d: gives %v %v %s, want %v", show(g, m), at, ok, u.Name, show(g, u.Place), want)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		t.Errorf("%v: gives\n  %s\nwant\n  %s", want, strings.Join(got, "\n  "), strings.Join(wanted, "\n  "))
	}
}

func show(g ask.Ground, p source.Place) string {
	text, _ := g.Text(p.File)
	line := strings.Count(text[:min(p.Span.Start, len(text))], "\n") + 1
	whole := source.NewLines(text).Span(line).Of(text)
	return strings.Join([]string{p.File, ":", source.NewLines(text).Span(line).Of("")}, "") + " " + p.Span.Of(text) + " in " + whole
}

// DSL-10, MOD-40, MOD-70, MOD-110, MOD-130.
func TestComponent(t *testing.T) {
	all(t, `-- descriptor/application.properties --
name = Shop
graph-entry-point = main.graph
instance-entry-point = main.instances
exports-prefix = Shop
exports = «Tomcat».port as p, Big.port as q
-- graph/main.graph --
VM {
	installer: target;
	children: «Tomcat», Tomcats, Apache;
}
«Tomcat» {
	installer: script;
	exports: «Tomcat».port = 80, Tomcats.port = 2, other.port = 3;
	imports: «Tomcat».port (optional), external Tomcat.port, Tomcats.x;
}
Big {
	extends: «Tomcat»;
	exports: «Tomcat».port = 8080;
}
Apache {
	installer: script;
	imports: «Tomcat».*, «Tomcat».port;
}
-- graph/stray.graph --
facet on {
	children: «Tomcat»;
}
-- instances/main.instances --
instance of VM {
	name: vm;
	instance of «Tomcat» {
		name: Tomcat;
		«Tomcat».port: 9;
		Tomcat: x;
	}
	instance of Big {
		name: b;
		«Tomcat».port: 9;
		Big.port: 10;
	}
}
`, names.Name{Kind: names.Component, Text: "Tomcat"})
}

func TestFacet(t *testing.T) {
	all(t, `-- graph/main.graph --
facet «web» {
	exports: port = 80;
	children: «web», App;
}
facet more {
	extends: «web»;
	exports: «web».port = 8;
}
App {
	facets: more, «web»;
	imports: «web».port (optional);
}
`, names.Name{Kind: names.Facet, Text: "web"})
}

// MOD-72: an own variable of the same local name redeclares the inherited one; MOD-74: it is published under other prefixes.
func TestVariableWithHeirs(t *testing.T) {
	all(t, `-- descriptor/application.properties --
name = Shop
graph-entry-point = main.graph
instance-entry-point = main.instances
exports-prefix = Shop
exports = Low.«port» as port, My.ip as ip
-- graph/main.graph --
My {
	installer: target;
	exports: ip, «port» = 3306, other = port;
}
Sub {
	extends: My;
	exports: «port» = 1;
}
Low {
	extends: Sub;
	exports: My.«port» = 2;
}
Own {
	extends: My;
	exports: Own.port = 3;
}
User {
	installer: target;
	imports: My.«port», Sub.«port», Low.«port» (optional), Own.port, My.*, external My.port, Foreign.port;
}
-- instances/main.instances --
instance of My {
	name: a;
	«port»: 1;
	My.«port»: 2;
	data.port: 3;
}
instance of Low {
	name: b;
	«port»: 1;
	Sub.«port»: 1;
	ports: 2;
}
instance of Own {
	name: c;
	Own.port: 3;
	My.«port»: 3;
}
`, names.Name{Kind: names.Variable, Owner: "My", Text: "port"})
}

// MOD-71, MOD-75: facets hand their variables on; one redeclaration may join those of several.
func TestVariableOfFacets(t *testing.T) {
	all(t, `-- graph/main.graph --
facet F {
	exports: «a» = 1;
}
facet G {
	exports: «a» = 2;
}
facet H {
	extends: F;
	exports: a = 5, F.«a» = 6;
}
C {
	installer: target;
	facets: G, F;
	exports: «a» = 9;
}
D {
	installer: target;
	facets: G, H;
	imports: F.«a» (optional), G.«a» (optional), H.a (optional), C.«a», D.«a»;
}
-- instances/main.instances --
instance of C {
	name: c;
	«a»: 3;
	C.«a»: 3;
	F.«a»: 4;
}
`, names.Name{Kind: names.Variable, Owner: "F", Text: "a"})
}
