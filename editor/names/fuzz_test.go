package names_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/load"
)

// whole is an application with a file of each language, to be replaced one by one.
const whole = descriptor + `exports-prefix = Shop
exports = App.port as p
-- graph/main.graph --
VM {
	installer: target;
	children: App;
}
facet role {
	exports: zone = 1;
}
App {
	installer: script;
	facets: role;
	exports: ip, port = 80;
	imports: App.port (optional), external Bank.x;
}
-- instances/main.instances --
instance of VM {
	name: vm;
	count: 2;
	instance of App {
		name: a;
		port: 81;
	}
}
-- graph/VM/t.properties --
id = small
-- graph/App/scripts/start.sh --
echo $App_0_port $zone
-- graph/App/scripts/start.template --
{{#imports}}{{vars.port}}{{/imports}}
-- graph/App/roboconf_a/manifests/init.pp --
class roboconf_a($port = undef) { $app }
-- commands/c.commands --
define n = vm $(SMART_INDEX)
create VM as $(n)
rename /vm1 as x
stop all /x/a
associate /vm2 with small
execute c
-- rules.autonomic/r.drl --
rule "r"
when e
then c
end
-- probes/App.measures --
[EVENT file e]
/a
-- .roboconf/profile --
App start 1s
"/vm1/a" stop 2s
`

// FuzzAt puts any text in the place of a file: every name that is found in it is among its own occurrences, which stand where they
// say.
func FuzzAt(f *testing.F) {
	for i, file := range txtar.Parse([]byte(whole)).Files {
		f.Add(i, string(file.Data), 5)
		f.Add(i, strings.ReplaceAll(string(file.Data), "\n", "\r\n"), 40)
	}
	graphs, _ := filepath.Glob("../../samples/*/graph/*.graph")
	scripts, _ := filepath.Glob("../../samples/*/graph/*/scripts/*.sh")
	for i, list := range map[int][]string{1: graphs, 4: scripts} {
		for _, name := range list {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, string(text), 100)
		}
	}
	for seed := range uint64(20) {
		f.Add(1+int(seed%2), gen.Mess(seed, 20), 30)
	}
	f.Fuzz(func(t *testing.T, which int, text string, at int) {
		files := txtar.Parse([]byte(whole)).Files
		if which < 0 || which >= len(files) || len(text) > 1<<14 {
			return
		}
		fsys := fstest.MapFS{}
		for i, file := range files {
			if i == which {
				file.Data = []byte(text)
			}
			fsys[file.Name] = &fstest.MapFile{Data: file.Data}
		}
		g := ask.Ground{Result: load.Dir(fsys, load.Options{}, nil), FS: fsys}
		u, ok := names.At(g, files[which].Name, at)
		if !ok {
			return
		}
		uses := names.Uses(g, u.Name)
		if !slices.Contains(uses, u) {
			t.Errorf("%v is not among the occurrences %v", u, uses)
		}
		for _, use := range uses {
			if s := use.Place.Span; s.Start < 0 || s.End < s.Start || s.End > len(fsys[use.Place.File].Data) {
				t.Errorf("%v leaves its file", use)
			}
		}
	})
}
