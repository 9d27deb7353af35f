package refactor_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
)

// cursor marks the place where a name is changed.
const cursor = "¦"

// busyShop is an application with a bit of everything.
const busyShop = `
-- descriptor/application.properties --
name = Shop
version = 1.0
dsl-id = roboconf-1.0
graph-entry-point = main.graph
instance-entry-point = main.instances
exports-prefix = Shop
exports = Apache.ip as lb, Tomcat.port as web
-- graph/main.graph --
import tiers/back.graph;
# The machines.
VM {
	installer: target;
	exports: ip;
	children: server;
}
facet server {
	exports: zone = north;
}
Tomcat {
	installer: script;
	facets: server;
	exports: ip, port = 8080;
	imports: MySQL.ip, MySQL.port, external Bank.account (optional);
}
Apache {
	installer: script;
	facets: server;
	exports: ip;
	imports: Tomcat.*, Tomcat.port (optional), server.zone (optional);
}
Big {
	extends: Tomcat;
	exports: port = 9090;
	imports: Big.port (optional);
}
-- graph/tiers/back.graph --
MySQL {
	installer: puppet;
	facets: server;
	exports: ip, port = 3306;
}
-- graph/Tomcat/scripts/start.sh --
#!/bin/sh
# Listens on $port.
echo $port $zone $MySQL_0_ip "${MySQL_0_port}" $ANCESTOR_VM_ip $Bank_0_account
-- graph/Apache/scripts/update.sh --
#!/bin/bash
for ((i = 0; i < Tomcat_size; i++)); do
	name=Tomcat_${i}_port
	echo ${!name} $Tomcat_0_port
done
-- graph/MySQL/roboconf_mysql/manifests/start.pp --
class roboconf_mysql::start($runningState = undef, $port = undef) {
	notify { "on $port": }
}
-- graph/VM/target.properties --
id = small machines
handler = in-memory
name = Small
-- instances/main.instances --
instance of VM {
	name: vm;
	count: 2;
	instance of Tomcat {
		name: tomcat;
		port: 8081;
	}
}
instance of VM {
	name: front;
	instance of Apache {
		name: apache;
	}
}
-- commands/grow.commands --
define n = vm $(SMART_INDEX)
create VM as $(n)
create Tomcat as tomcat under /$(n)
deploy and start all /vm1/tomcat
replicate /front as other
stop all /other/apache
stop all instances of Tomcat
associate /front with small machines
-- commands/shrink.commands --
execute grow
rename /front as back
stop all /back/apache
-- rules.autonomic/busy.drl --
rule "busy"
	sleep period is 60 s
when
	too-busy
then
	grow ; shrink
end
-- probes/Tomcat.measures --
[EVENT file too-busy]
/tmp/busy
-- .roboconf/profile --
Tomcat start 1s..2s
"/vm1/tomcat" start 3s
`

// filesOf gives the files of an archive.
func filesOf(archive string) folder {
	out := folder{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

// everything is a renaming with its mentions in recipes.
func everything(r refactor.Renaming) source.Change {
	c := r.Change
	c.Edits = slices.Concat(c.Edits, r.Recipes)
	return c
}

// differing are the lines that differ between two states, "- old" and "+ new", behind the name of their file.
func differing(before, after folder) (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, there := after[name]; !there {
			lines = append(lines, "gone "+name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		old, there := before[name]
		if !there {
			lines = append(lines, "new "+name)
			continue
		}
		a, b := strings.Split(old, "\n"), strings.Split(after[name], "\n")
		for i := range a {
			if a[i] != b[i] {
				lines = append(lines, name+": "+strings.TrimSpace(b[i]))
			}
		}
	}
	return lines
}

// at puts the cursor on a word of the shop: "file: line with ¦".
func at(t *testing.T, fsys folder, where string) (string, int) {
	t.Helper()
	file, line, _ := strings.Cut(where, ": ")
	before, after, marked := strings.Cut(line, cursor)
	text := fsys[file]
	n := strings.Index(text, before+after)
	if !marked || n < 0 {
		t.Fatalf("no place %q", where)
	}
	return file, n + len(before)
}

func TestRename(t *testing.T) {
	for _, c := range []struct {
		name, where, to string
		want            []string
	}{
		{"component with folder, probes, profile", "graph/main.graph: ¦Tomcat {", "Web", []string{
			"gone graph/Tomcat/scripts/start.sh", "gone probes/Tomcat.measures",
			".roboconf/profile: Web start 1s..2s",
			"commands/grow.commands: create Web as tomcat under /$(n)", "commands/grow.commands: stop all instances of Web",
			"descriptor/application.properties: exports = Apache.ip as lb, Web.port as web",
			"graph/Apache/scripts/update.sh: for ((i = 0; i < Web_size; i++)); do",
			"graph/Apache/scripts/update.sh: name=Web_${i}_port", "graph/Apache/scripts/update.sh: echo ${!name} $Web_0_port",
			"new graph/Web/scripts/start.sh",
			"graph/main.graph: Web {", "graph/main.graph: imports: Web.*, Web.port (optional), server.zone (optional);",
			"graph/main.graph: extends: Web;",
			"instances/main.instances: instance of Web {", "new probes/Web.measures",
		}},
		{"PL-38 a name that scripts write otherwise", "graph/main.graph: MySQL.¦port", "tcp-port", []string{
			"graph/MySQL/roboconf_mysql/manifests/start.pp: class roboconf_mysql::start($runningState = undef, $tcp_port = undef) {",
			"graph/MySQL/roboconf_mysql/manifests/start.pp: notify { \"on $tcp_port\": }",
			"graph/Tomcat/scripts/start.sh: echo $port $zone $MySQL_0_ip \"${MySQL_0_tcp_port}\" $ANCESTOR_VM_ip $Bank_0_account",
			"graph/main.graph: imports: MySQL.ip, MySQL.tcp-port, external Bank.account (optional);",
			"graph/tiers/back.graph: exports: ip, tcp-port = 3306;",
		}},
		{"MOD-72 variable with its heirs", "graph/main.graph: imports: Big.po¦rt", "web", []string{
			"descriptor/application.properties: exports = Apache.ip as lb, Tomcat.web as web",
			"graph/Apache/scripts/update.sh: name=Tomcat_${i}_web", "graph/Apache/scripts/update.sh: echo ${!name} $Tomcat_0_web",
			"graph/Tomcat/scripts/start.sh: echo $web $zone $MySQL_0_ip \"${MySQL_0_port}\" $ANCESTOR_VM_ip $Bank_0_account",
			"graph/main.graph: exports: ip, web = 8080;",
			"graph/main.graph: imports: Tomcat.*, Tomcat.web (optional), server.zone (optional);",
			"graph/main.graph: exports: web = 9090;", "graph/main.graph: imports: Big.web (optional);",
			"instances/main.instances: web: 8081;",
		}},
		{"facet", "graph/main.graph: imports: Tomcat.*, Tomcat.port (optional), ser¦ver.zone", "tier", []string{
			"graph/main.graph: children: tier;", "graph/main.graph: facet tier {", "graph/main.graph: facets: tier;", "graph/main.graph: facets: tier;",
			"graph/main.graph: imports: Tomcat.*, Tomcat.port (optional), tier.zone (optional);",
			"graph/tiers/back.graph: facets: tier;",
		}},
		{"machine", "graph/main.graph: ¦VM {", "Host", []string{
			"gone graph/VM/target.properties",
			"commands/grow.commands: create Host as $(n)", "new graph/Host/target.properties",
			"graph/Tomcat/scripts/start.sh: echo $port $zone $MySQL_0_ip \"${MySQL_0_port}\" $ANCESTOR_Host_ip $Bank_0_account",
			"graph/main.graph: Host {", "instances/main.instances: instance of Host {", "instances/main.instances: instance of Host {",
		}},
		{"MOD-100 instance with a count", "commands/grow.commands: deploy and start all /v¦m1", "box", []string{
			".roboconf/profile: \"/box1/tomcat\" start 3s", "commands/grow.commands: deploy and start all /box1/tomcat",
			"instances/main.instances: name: box;",
		}},
		{"instance that commands copy, rename", "instances/main.instances: name: apa¦che;", "httpd", []string{
			"commands/grow.commands: stop all /other/httpd", "commands/shrink.commands: stop all /back/httpd", "instances/main.instances: name: httpd;",
		}},
		{"instance that a command makes", "commands/shrink.commands: stop all /ba¦ck/apache", "rear", []string{
			"commands/shrink.commands: rename /front as rear", "commands/shrink.commands: stop all /rear/apache",
		}},
		{"command", "rules.autonomic/busy.drl: gr¦ow", "add machine", []string{
			"gone commands/grow.commands", "new commands/add machine.commands", "commands/shrink.commands: execute add machine",
			"rules.autonomic/busy.drl: add machine ; shrink",
		}},
		{"rule with its file", "rules.autonomic/busy.drl: rule \"¦busy", "slow", []string{"gone rules.autonomic/busy.drl", "new rules.autonomic/slow.drl"}},
		{"event", "probes/Tomcat.measures: file ¦too-busy", "overload", []string{
			"probes/Tomcat.measures: [EVENT file overload]", "rules.autonomic/busy.drl: overload",
		}},
		{"target", "graph/VM/target.properties: id = ¦small", "tiny", []string{
			"commands/grow.commands: associate /front with tiny", "graph/VM/target.properties: id = tiny",
		}},
		{"variable of a command", "commands/grow.commands: $(¦n)", "next", []string{
			"commands/grow.commands: define next = vm $(SMART_INDEX)", "commands/grow.commands: create VM as $(next)",
			"commands/grow.commands: create Tomcat as tomcat under /$(next)",
		}},
		{"alias", "descriptor/application.properties: as ¦lb", "balancer", []string{
			"descriptor/application.properties: exports = Apache.ip as balancer, Tomcat.port as web",
		}},
		{"prefix", "descriptor/application.properties: exports-prefix = ¦Shop", "Store", []string{"descriptor/application.properties: exports-prefix = Store"}},
		{"DSL-71 file that keeps its folder", "graph/main.graph: import tiers/¦back.graph", "data.graph", []string{
			"gone graph/tiers/back.graph", "graph/main.graph: import tiers/data.graph;", "new graph/tiers/data.graph",
		}},
		{"MOD-13 entry point that gets a folder", "descriptor/application.properties: graph-entry-point = ¦main.graph", "all/in.graph", []string{
			"gone graph/main.graph", "descriptor/application.properties: graph-entry-point = all/in.graph", "new graph/all/in.graph",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := filesOf(busyShop)
			file, offset := at(t, fsys, c.where)
			g := ground(fsys, load.Options{})
			span, word, err := refactor.Renamable(g, file, offset)
			if err != nil || !span.Contains(offset) || word != span.Of(fsys[file]) {
				t.Errorf("renamable: %v %q %v", span, word, err)
			}
			r, err := refactor.Rename(g, file, offset, c.to)
			if err != nil {
				t.Fatal(err)
			}
			got := differing(fsys, done(t, fsys, everything(r)))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
