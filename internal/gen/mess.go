package gen

import (
	"math/rand/v2"
	"strings"
)

// Mess makes a text of so many lines from pieces that mean something to the language, put together without care: sound
// constructs, torn ones, odd blanks, odd line ends.
func Mess(seed uint64, lines int) string {
	r := rand.New(rand.NewPCG(seed, 17))
	var b strings.Builder
	if r.IntN(30) == 0 {
		b.WriteString("\uFEFF")
	}
	for range lines {
		writeLine(&b, r)
	}
	text := b.String()
	if r.IntN(3) == 0 {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

func writeLine(b *strings.Builder, r *rand.Rand) {
	b.WriteString(pick(r, "", "", "\t", "\t\t", "  ", " \t"))
	switch r.IntN(12) {
	case 0:
	case 1:
		b.WriteString(pick(r, "# a note", "#", "## two", "#}", "# x {"))
	case 2, 3:
		b.WriteString("}" + pick(r, "", "", "", " # end", ";", " VM {", "}"))
	case 4, 5:
		b.WriteString(header(r))
	case 6:
		b.WriteString(pick(r, "import a.graph;", "import a.graph", "import ;", "import", "IMPORT  b/c.graph ; # why", "import x; y", "import {", "import{"))
	case 7:
		b.WriteString(pick(r, "{", "VM", "foo bar", "a = b;", "{ {", "\"", "\u00a0", "\x01", "instance", "facet", ":", ";", "-"))
	default:
		b.WriteString(messyProperty(r))
	}
	b.WriteString(pick(r, "\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\r\r\n", "  \n"))
}

func header(r *rand.Rand) string {
	word := pick(r, "", "", "facet ", "facet\t", "FACET ", "facet", "instance of ", "instance of ", "instance  of\t", "instanceof ", "Instance Of ", "inst\rance of ")
	name := pick(r, "VM", "App", "a.b", "x y", "", "facet", "import", "instance of", "é", "-a")
	end := pick(r, " {", " {", " {", "{", "", " {{", " { # note", " { }", " { a: b; }", " # {", " {\r")
	return word + name + end
}

func messyProperty(r *rand.Rand) string {
	before := pick(r, "", "", "", "", "", "words ", "instance of ", "import ")
	name := pick(r, "installer", "children", "exports", "exports", "imports", "facets", "extends", "name", "name", "count",
		"channels", "channel", "instance-data", "instance-state", "data.k", "DATA.k", "port", "alias", "icon", "Exports", "é")
	value := pick(r, "target", "script ", "A", "A, B", "A,B,,", ",A", "A, ;", "A , B.c ", "", "  ", "ip, port = 8080", "a = \"x; y, z\", b = \"\"",
		"a = \" p \", c=d=e", "random[port] p", "RANDOM[x]q = 1", "a = \"x\" y", "a = \"x", "p = \"v1, v2, q = \"v3, v 4\"", "a = \"x # y\"",
		"A.ip, A.*", "external A.ip(optional)", "exTernal  L.x (OPTIONAL) , A.b.c", "port", "*", "vm ", "10", "+3", "0", "1 ", "\"quoted # text\"", "\"a;b\" ",
		"a = b, c = d , e", "deployed_started", "iaas", "a, , b", "a\rb", "x = \"\", x", "external x", "n, ", "=5", "\"a\" # c \"d\"")
	colon := pick(r, ":", ":", ": ", ": ", ": ", " : ", ":\t")
	end := pick(r, ";", ";", ";", ";", ";", " ;", "", "; # why", ";x", " ; ; ", "; y: z;", "\r;")
	return before + name + colon + value + end
}

func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }
