// Package gen makes applications of any size for benchmarks, for tests of laws.
//
// The same arguments always give the same text.
package gen

import (
	"fmt"
	"strings"
)

// perMachine is how many components are deployed on one kind of machine; the machine counts.
const perMachine = 10

// perFile is how many kinds of machines one graph file declares, with what they hold.
const perFile = 20

// Application makes an application without a severe finding: files by their name below the application's folder. A tenth of
// the components are machines; the others import from their neighbour, and every ninth one extends it. Instances are machines
// with one instance of each component that they may hold, then machines of the next kind, round and round.
func Application(components, instances int) map[string]string {
	files := map[string]string{
		"descriptor/application.properties": "name = generated\nversion = 1.0\ndsl-id = roboconf-1.0\n" +
			"graph-entry-point = main.graph\ninstance-entry-point = model.instances\n",
		"instances/model.instances": Instances(components, instances),
	}
	var main strings.Builder
	for first := 0; first < components; first += perMachine * perFile {
		name := fmt.Sprintf("part%d.graph", first/(perMachine*perFile))
		fmt.Fprintf(&main, "import %s;\n", name)
		files["graph/"+name] = graph(first, min(first+perMachine*perFile, components))
	}
	files["graph/main.graph"] = main.String()
	return files
}

// Graph is the text of one graph file that declares so many components, with a facet for each kind of machine.
func Graph(components int) string { return graph(0, components) }

// GraphOfSize is the text of a graph file of about so many bytes.
func GraphOfSize(bytes int) string {
	const sample = 1000
	return Graph(max(perMachine, bytes*sample/len(Graph(sample))))
}

func graph(first, end int) string {
	var b strings.Builder
	for at := first; at < end; at += perMachine {
		machine(&b, at/perMachine)
		for i := at + 1; i < min(at+perMachine, end); i++ {
			component(&b, i)
		}
	}
	return b.String()
}

func machine(b *strings.Builder, k int) {
	fmt.Fprintf(b, "# Machines of kind %d.\n", k)
	fmt.Fprintf(b, "Machine%d {\n\tinstaller: target;\n\texports: ip, size = medium;\n\tchildren: OnMachine%d;\n}\n\n", k, k)
	fmt.Fprintf(b, "# What goes there.\nfacet OnMachine%d {\n\texports: zone = \"north, %d\";\n}\n\n", k, k)
}

// component writes the software with a number; the first one of a machine stands alone.
func component(b *strings.Builder, i int) {
	place := i % perMachine
	fmt.Fprintf(b, "# Software number %d, which answers on a port of its own.\nSoftware%d {\n\tinstaller: script;\n", i, i)
	if place != perMachine-1 { // the last one inherits the facet
		fmt.Fprintf(b, "\tfacets: OnMachine%d;  # where it runs\n", i/perMachine)
	}
	fmt.Fprintf(b, "\texports: ip, port = %d, path = /srv/%d;\n", 1024+i%60000, i)
	if place > 1 {
		fmt.Fprintf(b, "\timports: Software%d.port, Software%d.ip (optional);\n", i-1, i-1)
	}
	if place == perMachine-1 {
		fmt.Fprintf(b, "\textends: Software%d;\n", i-2)
	}
	b.WriteString("}\n\n")
}

// Instances is the text of one instances file with so many instances of a generated graph.
func Instances(components, instances int) string {
	var b strings.Builder
	kinds := (components + perMachine - 1) / perMachine
	for made, n := 0, 0; made < instances; n++ {
		k := n % max(kinds, 1)
		fmt.Fprintf(&b, "instance of Machine%d {\n\tname: machine %d;\n\tsize: large;\n", k, n)
		made++
		for i := k*perMachine + 1; i < min((k+1)*perMachine, components) && made < instances; i++ {
			fmt.Fprintf(&b, "\n\tinstance of Software%d {\n\t\tname: software %d;\n\t\tport: %d;\n\t}\n", i, i, 2000+i%60000)
			made++
		}
		b.WriteString("}\n\n")
	}
	return b.String()
}
