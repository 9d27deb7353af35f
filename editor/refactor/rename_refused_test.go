package refactor_test

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/load"
)

// A new name is refused where it would mean something else, with a word that says what.
func TestRenameRefuses(t *testing.T) {
	for _, c := range []struct {
		name, where, to, says string
		more                  folder // files that are added, or replaced
	}{
		{"DSL-10 no type", "graph/main.graph: ¦Tomcat {", "a.b", "no name of a type", nil},
		{"DSL-10 nothing", "graph/main.graph: ¦Tomcat {", " ", "no name of a type", nil},
		{"DSL-23 a keyword", "graph/main.graph: ¦Tomcat {", "import", "word of the language", nil},
		{"DSL-23 a keyword of facets", "graph/main.graph: ¦Tomcat {", "Facet", "word of the language", nil},
		{"MOD-36 a component of that name", "graph/main.graph: ¦Tomcat {", "MySQL", "taken: see graph/tiers/back.graph:1", nil},
		{"MOD-35 a facet of that name", "graph/main.graph: ¦Tomcat {", "server", "taken: see graph/main.graph:8", nil},
		{"MOD-131 the prefix of the exports", "graph/main.graph: ¦Tomcat {", "Shop", "exports variables under this prefix", nil},
		{"MOD-133 a prefix of others", "graph/main.graph: ¦Tomcat {", "Bank", "mentions that name already", nil},
		{"MOD-55 a folder of that name", "graph/main.graph: ¦Tomcat {", "Old", "folder graph/Old", folder{"graph/Old/scripts/start.sh": "x"}},
		{"PRB-1 a probe of that name", "graph/main.graph: ¦Tomcat {", "Old", "mentions that name already", folder{"probes/Old.measures": "x"}},
		{"PRB-1 parameters of that name", "graph/main.graph: ¦Tomcat {", "Old", "there is a file", folder{
			"probes/Tomcat.measures.properties": "a = b", "probes/Old.measures.properties": "a = b",
		}},
		{"MOD-70 a variable under that prefix", "graph/main.graph: ¦Tomcat {", "Old", "Old.x is a variable", folder{
			"graph/tiers/back.graph": "MySQL {\n\tinstaller: puppet;\n\tfacets: server;\n\texports: ip, port = 3306, Old.x = 1;\n}\n",
		}},
		{"MOD-110 an override under that prefix", "graph/main.graph: ¦Tomcat {", "Old", "Old.port is set", folder{
			"instances/main.instances": "instance of VM {\n\tname: vm;\n\tinstance of Tomcat {\n\t\tname: t;\n\t\tOld.port: 1;\n\t}\n}\n",
		}},
		{"a dangling mention", "graph/main.graph: ¦Tomcat {", "Old", "commands/old.commands:1 mentions", folder{
			"commands/old.commands": "stop all instances of Old\n",
		}},
		{"DSL-95 a block that cannot be read", "graph/main.graph: ¦Tomcat {", "Web", "graph/tiers/back.graph:4 cannot be read", folder{
			"graph/tiers/back.graph": "MySQL {\n\tinstaller: puppet;\n\tfacets: server;\n\timports: Tomcat.ip\n\texports: ip, port = 3306;\n}\n",
		}},
		{"no variable", "graph/main.graph: exports: ip, ¦port = 8080", "8080", "no name of a variable", nil},
		{"DSL-23 a property of instances", "graph/main.graph: exports: ip, ¦port = 8080", "count", "no instance could", nil},
		{"DSL-23 private data", "graph/main.graph: exports: ip, ¦port = 8080", "data.x", "no instance could", nil},
		{"DSL-60 a property of types", "graph/main.graph: exports: ip, ¦port = 8080", "exports", "no instance could", nil},
		{"MOD-77 to a network variable", "graph/main.graph: exports: ip, ¦port = 8080", "IP", "address of the machine", nil},
		{"MOD-77 from a network variable", "graph/main.graph: Tomcat {\n\tinstaller: script;\n\tfacets: server;\n\texports: ¦ip", "host", "it would have none", nil},
		{"MOD-70 a dot behind a type", "graph/main.graph: exports: ip, ¦port = 8080", "VM.x", "is a type", nil},
		{"MOD-72 a variable of that name", "graph/main.graph: exports: ip, ¦port = 8080", "zone", "Tomcat exports a variable of that name", nil},
		{"MOD-72 a variable of an heir", "graph/main.graph: exports: ¦zone = north", "port", "exports a variable of that name", nil},
		{"PL-38 the same in scripts", "graph/main.graph: exports: ¦zone = north", "por_t", "called the same in scripts", folder{
			"graph/tiers/back.graph": "MySQL {\n\tinstaller: puppet;\n\tfacets: server;\n\texports: ip, port = 3306, por-t = 1;\n}\n",
		}},
		{"MOD-110 an override of that name", "graph/main.graph: exports: ip, ¦port = 8080", "own", "of its own", folder{
			"instances/main.instances": "instance of VM {\n\tname: vm;\n\tinstance of Tomcat {\n\t\tname: t;\n\t\town: 1;\n\t}\n}\n",
		}},
		{"MOD-110 an override of several", "graph/main.graph: exports: ¦zone = north", "area", "several variables at once", folder{
			"graph/tiers/back.graph":   "facet other {\n\texports: zone = south;\n}\nMySQL {\n\tinstaller: puppet;\n\tfacets: server, other;\n\texports: ip, port = 3306;\n}\n",
			"instances/main.instances": "instance of VM {\n\tname: vm;\n\tinstance of MySQL {\n\t\tname: m;\n\t\tzone: east;\n\t}\n}\n",
		}},
		{"MOD-93 a sibling", "instances/main.instances: name: fr¦ont", "vm2", "an instance /vm2 already", nil},
		{"MOD-102 a copy", "instances/main.instances: name: v¦m;", "front", "an instance /front1 already", folder{
			"instances/main.instances": "instance of VM {\n\tname: vm;\n\tcount: 2;\n}\ninstance of VM {\n\tname: front1;\n}\n",
		}},
		{"DSL-11 no name of an instance", "instances/main.instances: name: fr¦ont", "a/b", "no name of an instance", nil},
		{"a path of a command", "instances/main.instances: name: fr¦ont", "other", "taken: see commands/grow.commands:5", nil},
		{"CMD-30 a path by a variable", "instances/main.instances: name: fr¦ont", "rear", "by a variable", folder{
			"commands/more.commands": "define f = front\nstop all /$(f)\n",
		}},
		{"CMD-42 a name with an index", "instances/main.instances: name: fr¦ont 7", "rear", "commands/more.commands:2 leads to it", folder{
			"instances/main.instances": "instance of VM {\n\tname: front 7;\n}\n",
			"commands/more.commands":   "define n = front $(EXISTING_INDEX MAX)\ncreate Tomcat as t under /$(n)\n",
			"commands/grow.commands":   "create VM as x\n",
			"commands/shrink.commands": "create VM as y\n",
			".roboconf/profile":        "",
		}},
		{"CMD-33 an index that is free", "instances/main.instances: name: fr¦ont", "box 1", "commands/more.commands:3 would no longer run", folder{
			"instances/main.instances": "instance of VM {\n\tname: front;\n}\n",
			"commands/more.commands":   "define n = box $(SMART_INDEX)\ncreate VM as $(n)\ncreate VM as box 2\n",
			"commands/grow.commands":   "create VM as x\n",
			"commands/shrink.commands": "create VM as y\n",
			".roboconf/profile":        "",
		}},
		{"a path without quotes in the profile", "instances/main.instances: name: fr¦ont", "front door", ".roboconf/profile:1 writes its path without quotes", folder{
			".roboconf/profile": "/front start 1s\n",
		}},
		{"MOD-15 a command of that name", "rules.autonomic/busy.drl: gr¦ow", "shrink", "taken", nil},
		{"RUL-6 what separates commands", "rules.autonomic/busy.drl: gr¦ow", "a;b", "cannot stand in such a name", nil},
		{"RUL-7 an extension", "rules.autonomic/busy.drl: gr¦ow", "a.commands", "without the extension", nil},
		{"a word of rules", "rules.autonomic/busy.drl: gr¦ow", "END", "word of the language", nil},
		{"an event with blanks", "rules.autonomic/busy.drl: too-¦busy", "too busy", "cannot stand in such a name", nil},
		{"an event of that name", "rules.autonomic/busy.drl: too-¦busy", "idle", "taken", folder{"probes/Tomcat.measures": "[EVENT file too-busy]\n/a\n[EVENT file idle]\n/b\n"}},
		{"a rule of that name", "rules.autonomic/busy.drl: \"bu¦sy", "idle", "taken", folder{"rules.autonomic/i.drl": "rule \"idle\"\nwhen\n\te\nthen\n\tgrow\nend\n"}},
		{"a file of that name", "rules.autonomic/busy.drl: \"bu¦sy", "idle", "there is a file", folder{"rules.autonomic/idle.drl": "rule \"i\"\nwhen\n\te\nthen\n\tgrow\nend\n"}},
		{"CMD-34 a generator", "commands/grow.commands: define ¦n", "UUID", "gives a value", nil},
		{"CMD-31 a variable of that name", "commands/grow.commands: define ¦n", "m", "taken", folder{"commands/grow.commands": "define n = a\ndefine m = b\ncreate VM as $(n)\ncreate VM as $(m)\n"}},
		{"RM alias of that name", "descriptor/application.properties: as ¦lb", "web", "taken", nil},
		{"the prefix is a type", "descriptor/application.properties: exports-prefix = ¦Shop", "VM", "taken", nil},
		{"nobody exports the prefix", "graph/main.graph: external ¦Bank", "Bunk", "no application that is open", nil},
		{"nobody declares it", "graph/main.graph: children: ¦server", "x", "declared nowhere", folder{
			"graph/main.graph": "VM {\n\tinstaller: target;\n\tchildren: server;\n}\n",
		}},
		{"a file of that name", "graph/main.graph: import tiers/¦back", "other.graph", "taken", folder{"graph/tiers/other.graph": "facet f {\n}\n"}},
		{"another extension", "graph/main.graph: import tiers/¦back", "back.txt", "extension", nil},
		{"outside of the graph", "graph/main.graph: import tiers/¦back", "../back.graph", "must stay below", nil},
		{"a hidden file", "graph/main.graph: import tiers/¦back", ".back.graph", "hidden", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := filesOf(busyShop)
			for name, text := range c.more {
				fsys[name] = text
			}
			file, offset := at(t, fsys, c.where)
			r, err := refactor.Rename(ground(fsys, load.Options{}), file, offset, c.to)
			if err == nil {
				t.Fatalf("it is done: %v", r)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %q, want %q", err, c.says)
			}
			if !r.Empty() || len(r.Recipes) > 0 {
				t.Error("there are edits beside the error")
			}
		})
	}
}

// Where no name stands, there is nothing to rename and nothing to say.
func TestNothingToRename(t *testing.T) {
	fsys := filesOf(busyShop)
	g := ground(fsys, load.Options{})
	file, offset := at(t, fsys, "graph/main.graph: # The mach¦ines")
	if span, word, err := refactor.Renamable(g, file, offset); span.Len() != 0 || word != "" || err != nil {
		t.Errorf("renamable: %v %q %v", span, word, err)
	}
	if r, err := refactor.Rename(g, file, offset, "x"); err != nil || !r.Empty() {
		t.Errorf("rename: %v %v", r, err)
	}
}
