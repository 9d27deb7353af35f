package graph_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/graph"
	"github.com/roboconf/workbench/model/load"
)

var language graph.Language

const descriptor = "name = Shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n" +
	"exports-prefix = Shop\nexports = Tomcat.port as door\n"

// shop is an application in which most things happen.
var shop = map[string]string{
	"graph/main.graph": `import types/software.graph;

# A machine of our own.
VM {
	installer: target;
	exports: ip;
	children: server, Tomcat;
}

facet server {
	exports: zone = "north, 1";
}
`,
	"graph/types/software.graph": `# The database.
# It keeps everything.
MySQL {
	installer: script;
	facets: server;
	exports: ip, port = 3306, random[port] admin, secret;
}

BigSQL {
	extends: MySQL;
	exports: port = 3307;
}

Tomcat {
	installer: puppet;
	imports: MySQL.ip, MySQL.port (optional), external Billing.url;
	exports: ip, port = 8080, base = /srv/$(ROBOCONF_CLEAN_INSTANCE_PATH);
	children: WebApp;
}

WebApp {
	installer: file;
	imports: Tomcat.*, Tomcat.context;
}
`,
	"graph/lonely.graph": "Lonely {\n\tinstaller: logger;\n}\n",
	"instances/model.instances": `instance of VM {
	name: vm;
	count: 2;

	instance of Tomcat {
		name: tomcat;
		port: 9090;
		channels: web, front;
	}
}

instance of VM {
	name: back;

	instance of MySQL {
		name: db;
		secret: "a;b";
	}
}
`,
}

// with gives the shop with one file replaced, its marker | taken out; at is where it stood.
func with(t testing.TB, file, marked string) (g ask.Ground, at int) {
	t.Helper()
	at = strings.IndexByte(marked, '|')
	if at < 0 {
		t.Fatalf("no marker in %q", marked)
	}
	files := map[string]string{}
	for name, text := range shop {
		files[name] = text
	}
	files[file] = marked[:at] + marked[at+1:]
	return ground(files), at
}

// spliced puts the marked line of a file of the shop in the place of the line that begins like it.
func spliced(t testing.TB, file, line, marked string) (ask.Ground, int) {
	t.Helper()
	text := shop[file]
	at := strings.Index(text, line)
	if at < 0 {
		t.Fatalf("%s has no %q", file, line)
	}
	return with(t, file, text[:at]+marked+text[at+len(line):])
}

func ground(files map[string]string) ask.Ground {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if _, there := files["descriptor/application.properties"]; !there {
		fsys["descriptor/application.properties"] = &fstest.MapFile{Data: []byte(descriptor)}
	}
	return ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys, Beside: []ask.Neighbour{billing()}}
}

// billing is another application, which exports something.
func billing() ask.Neighbour {
	fsys := fstest.MapFS{
		"descriptor/application.properties": {Data: []byte("name = Billing office\nversion = 1.0\ndsl-id = roboconf-1.0\n" +
			"graph-entry-point = main.graph\nexports-prefix = Billing\nexports = Front.ip as url, Front.port as door\n")},
		"graph/main.graph": {Data: []byte("Front {\n\tinstaller: target;\n\texports: ip, port = 80;\n}\n")},
	}
	return ask.Neighbour{Dir: "/billing", Result: load.Dir(fsys, load.Options{}, nil)}
}
