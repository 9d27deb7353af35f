package names_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/names"
)

const tiers = `-- graph/main.graph --
VM {
	installer: target;
	children: Tomcat, Apache, Queue;
}
Tomcat {
	installer: script;
	exports: ip, «port» = 8080, name-of-it = x;
}
Apache {
	installer: script;
	exports: own = 1;
	imports: Tomcat.*, Tomcat.«port» (optional), external Bank.account;
}
Queue {
	installer: puppet;
	exports: maxSize = 3;
	imports: Tomcat.«port»;
}
`

// PL-35, PL-38, PL-45, PL-52: what recipes are told.
func TestVariableInRecipes(t *testing.T) {
	all(t, tiers+`-- graph/Apache/scripts/update.sh --
#!/bin/bash
# $Tomcat_0_port is a comment
echo $Tomcat_0_«port» ${Tomcat_1_«port»:-80} $own $port $Tomcat_0_ports
for ((i = 0; i < Tomcat_size; i++)); do
	name=Tomcat_${i}_«port»
	echo ${!name} $ROBOCONF_IMPORT_CHANGED_«port»
done
-- graph/Apache/roboconf-templates/start.template --
{{#importLists}}{{#imports}}{{instancePath}}:{{vars.«port»}}{{/imports}}{{/importLists}}
-- graph/Tomcat/scripts/start.sh --
#!/bin/sh
echo $«port» $ip
-- graph/Tomcat/scripts/stop.sh --
#!/bin/sh
port=9
echo $port
-- graph/Queue/roboconf_queue/manifests/start.pp --
class roboconf_queue::start($runningState = undef, $maxsize = undef, $tomcat = undef) {
	notify { "$maxsize $port": }
}
`, names.Name{Kind: names.Variable, Owner: "Tomcat", Text: "port"})
}

func TestComponentInRecipes(t *testing.T) {
	all(t, strings.NewReplacer("«port»", "port", "children: Tomcat", "children: «Tomcat»", "\nTomcat {", "\n«Tomcat» {", "Tomcat.*, Tomcat.", "«Tomcat».*, «Tomcat».",
		"imports: Tomcat.«port»;", "imports: «Tomcat».port;").Replace(tiers)+`-- graph/Apache/scripts/update --
#!/bin/bash
echo $«Tomcat»_0_port $«Tomcat»_size ${«Tomcat»_0_name} $MyTomcat_0_port $Tomcats_0_port
name=«Tomcat»_${i}_name
echo ${!name} Tomcat_${i}_path
-- graph/Apache/scripts/start.py --
#!/usr/bin/env python3
print(os.environ["«Tomcat»_0_port"])
-- graph/Queue/roboconf_queue/manifests/start.pp --
class roboconf_queue::start($runningState = undef, $«tomcat» = undef) {
	each(${«tomcat»}) |$k, $v| { notify { "$k $tomcats": } }
}
-- probes/Apache.measures --
[EVENT file e]
/Tomcat
`, names.Name{Kind: names.Component, Text: "Tomcat"})
}

func TestSmallVariableOfPuppet(t *testing.T) {
	all(t, strings.NewReplacer("«port»", "port", "maxSize", "«maxSize»").Replace(tiers)+`-- graph/Queue/roboconf_queue/manifests/start.pp --
class roboconf_queue::start($«maxsize» = undef) {
	notify { "${«maxsize»}": }
}
`, names.Name{Kind: names.Variable, Owner: "Queue", Text: "maxSize"})
}

const automated = `-- graph/main.graph --
Host {
	installer: target;
	children: Server;
}
Server {
	installer: script;
}
`

// CMD-16, CMD-30, MOD-100, commands-rules-probes.md 2.7: paths of copies, of what instructions make, by variables.
func TestInstance(t *testing.T) {
	g, _ := read(t, automated+`-- instances/main.instances --
instance of Host {
	name: h ;
	count: 12;
	instance of Server {
		name: srv;
	}
}
-- commands/a.commands --
define s = srv
stop all /h 03/$(s)
`)
	n := names.Name{Kind: names.Instance, Text: "/h 01/srv"}
	hidden := names.Hidden(g, n)
	if len(hidden) != 1 || hidden[0].Span.Of(text(g, hidden[0].File)) != "$(s)" {
		t.Errorf("hidden: %v", hidden)
	}
	all(t, automated+`-- instances/main.instances --
instance of Host {
	name: «h »;
	count: 12;
	instance of Server {
		name: srv;
	}
}
-- commands/a.commands --
define s = srv
stop all /«h »03/$(s) # /h 03
create Server as more under /«h »12
rename /«h »12 as other
stop all /other/srv
change status of /«h »04/srv to \
   not deployed
deploy and start all /h 13/srv
-- .roboconf/profile --
"/«h »01/srv" start 3s # /h 01
h start 2s
`, names.Name{Kind: names.Instance, Text: "/h 01"})
	all(t, automated+`-- instances/main.instances --
instance of Host {
	name: h;
	instance of Server {
		name: «srv»;
	}
}
-- commands/a.commands --
rename /h as other
stop all /other/«srv»
replicate /other as third
stop all /third/«srv»
rename /third/«srv» as fourth
stop all /third/fourth
stop all /other/«srv»
`, names.Name{Kind: names.Instance, Text: "/h/srv"})
	all(t, automated+`-- instances/main.instances --
instance of Host {
	name: h;
}
-- commands/a.commands --
create Server as «s 1» under /h
stop all /h/«s 1»
-- commands/b.commands --
stop all /h/s 1
`, names.Name{Kind: names.Instance, Owner: "commands/a.commands", Text: "/h/s 1"})
}

// RUL-7, RUL-20, PRB-11: commands and events go by name.
func TestCommandsAndEvents(t *testing.T) {
	archive := automated + `-- commands/sub/grow.commands --
execute «other»
execute «other».commands
-- commands/other.commands --
create Host as x
-- rules.autonomic/r.drl --
rule "other"
when other-event(a) or @other
then «other» # other
end
-- probes/Host.measures --
[EVENT file other-event]
/other
`
	all(t, archive, names.Name{Kind: names.Command, Text: "other"})
	all(t, strings.NewReplacer("«", "", "»", "", "other-event", "«other-event»").Replace(archive), names.Name{Kind: names.Event, Text: "other-event"})
	all(t, strings.NewReplacer("«", "", "»", "", `"other"`, `"«other»"`).Replace(archive), names.Name{Kind: names.Rule, Text: "other"})
}

// MOD-56, CMD-30: targets, variables of commands.
func TestTargetsAndVariables(t *testing.T) {
	all(t, automated+`-- graph/Host/one.properties --
id = «small one»
-- graph/Host/deep/two.properties --
id = small one
-- instances/main.instances --
instance of Host {
	name: h;
}
-- commands/a.commands --
associate /h with «small one»
`, names.Name{Kind: names.Target, Text: "small one"})
	all(t, automated+`-- commands/a.commands --
define «my name» = h $(SMART_INDEX)
create Host as $(«my name»)
email a@b with $(«my name») $(my names)
-- commands/b.commands --
define my name = x
`, names.Name{Kind: names.Script, Owner: "commands/a.commands", Text: "my name"})
}

// DSL-71, DSL-73, MOD-13.
func TestFiles(t *testing.T) {
	all(t, `-- descriptor/application.properties --
name = Shop
graph-entry-point = «main.graph»
-- graph/main.graph --
import a/b.graph;
-- graph/a/b.graph --
import «main.graph»;
import «a/../main.graph»;
import a/main.graph;
import main.graphs;
`, names.Name{Kind: names.File, Text: "graph/main.graph"})
}

// MOD-130 to MOD-133: other applications import by prefix and alias.
func TestBeside(t *testing.T) {
	bank, _ := read(t, `-- descriptor/application.properties --
name = Bank
graph-entry-point = main.graph
exports-prefix = Bank
exports = Vault.gold as account
-- graph/main.graph --
Vault {
	installer: target;
	exports: gold = 1, account = 2;
}
`)
	shop, _ := read(t, strings.ReplaceAll(strings.ReplaceAll(tiers, "«", ""), "»", "")+`-- graph/Apache/scripts/start.sh --
echo $Bank_0_account
`)
	shop.Beside = []ask.Neighbour{{Dir: "/bank", Result: bank.Result}}
	bank.Beside = []ask.Neighbour{{Dir: "/shop", Result: shop.Result}}
	for _, c := range []struct {
		name string
		g    ask.Ground
		n    names.Name
		want []string
	}{
		{"alias from the importer", shop, names.Name{Kind: names.Alias, Owner: "Bank", Text: "account"}, []string{
			" graph/main.graph reference", " graph/Apache/scripts/start.sh recipe", "/bank descriptor/application.properties declaration",
		}},
		{"alias from the exporter", bank, names.Name{Kind: names.Alias, Owner: "Bank", Text: "account"}, []string{
			" descriptor/application.properties declaration", "/shop graph/main.graph reference",
		}},
		{"prefix from the exporter", bank, names.Name{Kind: names.Prefix, Text: "Bank"}, []string{
			" descriptor/application.properties declaration", "/shop graph/main.graph reference",
		}},
	} {
		var got []string
		for _, u := range names.Uses(c.g, c.n) {
			got = append(got, u.Dir+" "+u.Place.File+" "+[]string{"declaration", "reference", "recipe"}[u.Role])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func text(g ask.Ground, file string) string {
	s, _ := g.Text(file)
	return s
}
