package plan_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mindtest"
	"github.com/roboconf/workbench/runtime/plan"
)

var seed = flag.Uint64("seed", 0, "replay a random test with this seed; 0 draws one")

// have is what a bench's manager knows.
func have(b *mindtest.Bench, files []*model.Instance) plan.Have {
	return plan.Have{
		Graph: b.Manager.Graph(mindtest.App), Instances: b.Manager.Instances(mindtest.App), Statuses: b.Manager.Statuses(mindtest.App),
		Recipes: b.Manager.Recipes(mindtest.App), Files: files,
	}
}

// apply does a plan as a shell would: each step once those it waits for are reached.
func apply(t *testing.T, b *mindtest.Bench, p plan.Plan) {
	t.Helper()
	for _, s := range p.Steps {
		for _, n := range s.After {
			if n >= s.Number {
				t.Fatalf("step %d waits for a later one:\n%s", s.Number, p)
			}
			settle(b)
			if !p.Steps[n-1].Reached(b.Manager.Statuses(mindtest.App)) {
				t.Fatalf("step %d is never reached:\n%s\nstates: %s", n, p, b.States())
			}
		}
		if s.Op == nil {
			continue
		}
		if errs := b.Do(s.Op); errs != nil {
			t.Fatalf("step %d: %v\n%s\nstates: %s", s.Number, errs, p, b.States())
		}
	}
	settle(b)
}

func settle(b *mindtest.Bench) {
	b.Settle()
	for range 3 {
		b.Advance(6 * time.Second)
		b.Settle()
	}
}

// canonical is a model without order, without random ports, without some paths.
func canonical(g *model.Graph, roots []*model.Instance, but ...string) string {
	var lines []string
	for path, i := range model.Walk(roots) {
		if slices.Contains(but, path) {
			continue
		}
		bare := *i
		bare.Overrides = nil
		random := model.Unset(g, &bare)
		var set []string
		for _, o := range i.Overrides {
			if !slices.Contains(random, o.Name) {
				set = append(set, o.Name+"="+o.Value)
			}
		}
		slices.Sort(set)
		lines = append(lines, fmt.Sprint(path, " ", i.Component, " ", set, " ", i.Data, " ", i.Channels))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func lamp(lines ...string) *model.Application {
	a := mindtest.Lamp()
	if lines != nil {
		a.Instances = mindtest.Tree(lines...)
	}
	return a
}

func files(contents ...string) []manager.Recipe {
	byComponent := map[string][]message.File{}
	for _, c := range contents {
		component, file, _ := strings.Cut(c, "/")
		name, content, _ := strings.Cut(file, "=")
		byComponent[component] = append(byComponent[component], message.File{Name: name, SHA256: strings.Repeat(content, 64), Size: 1, Mode: "0644"})
	}
	var list []manager.Recipe
	for _, c := range slices.Sorted(maps.Keys(byComponent)) {
		list = append(list, manager.Recipe{Component: c, Files: byComponent[c]})
	}
	return list
}

var everything = []string{"/db-vm VM", "/db-vm/mysql MySQL", "/tc-vm-1 VM", "/tc-vm-1/tomcat Tomcat", "/lb-vm VM", "/lb-vm/apache Apache"}

// The text that people see, for each kind of change, while everything runs.
func TestPlans(t *testing.T) {
	graph := func(texts ...string) *model.Graph { return mindtest.Graph(append([]string{"VM target"}, texts...)...) }
	mysql, tomcat, apache := "MySQL < VM exports ip port=3306", "Tomcat < VM exports ip portAJP=8009 imports MySQL.ip MySQL.port", "Apache < VM imports Tomcat.ip Tomcat.portAJP"
	for _, c := range []struct {
		name   string
		change func(w *plan.Want, h *plan.Have)
		want   string
	}{
		{"nothing", func(*plan.Want, *plan.Have) {}, ``},
		{"one more", func(w *plan.Want, _ *plan.Have) {
			w.Start = true
			w.App.Instances = mindtest.Tree(append(everything, "/tc-vm-2 VM", "/tc-vm-2/tomcat Tomcat", "/db-vm/tomcat Tomcat")...)
		}, `
1 [-]  add instance /db-vm/tomcat  wanted, not there
2 [1]  start /db-vm/tomcat         new instances are started
3 [-]  add instance /tc-vm-2       wanted, not there
4 [3]  start /tc-vm-2              new instances are started`},
		{"one less", func(w *plan.Want, _ *plan.Have) { w.App.Instances = mindtest.Tree(everything[:4]...) }, `
1 [-]  undeploy /lb-vm         there, not wanted any more
2 [1]  remove instance /lb-vm  there, not wanted any more`},
		{"another name", func(w *plan.Want, _ *plan.Have) {
			w.App.Instances = mindtest.Tree("/db-vm VM", "/db-vm/mysql MySQL", "/tc-vm-1 VM", "/tc-vm-1/tc Tomcat", "/lb-vm VM", "/lb-vm/apache Apache")
		}, `
1 [-]  undeploy /tc-vm-1/tomcat         renamed to tc: a name cannot change while its machine is deployed
2 [1]  remove instance /tc-vm-1/tomcat  renamed to tc: a name cannot change while its machine is deployed
3 [-]  add instance /tc-vm-1/tc         was /tc-vm-1/tomcat
4 [3]  start /tc-vm-1/tc                it was started before`},
		{"another component", func(w *plan.Want, _ *plan.Have) {
			w.App.Instances = mindtest.Tree("/db-vm VM", "/db-vm/mysql Tomcat", "/tc-vm-1 VM", "/tc-vm-1/tomcat Tomcat", "/lb-vm VM", "/lb-vm/apache Apache")
		}, `
1 [-]  undeploy /db-vm/mysql         was MySQL, is Tomcat
2 [1]  remove instance /db-vm/mysql  was MySQL, is Tomcat
3 [2]  add instance /db-vm/mysql     was MySQL, is Tomcat
4 [3]  start /db-vm/mysql            it was started before`},
		{"a component is gone, one is new", func(w *plan.Want, _ *plan.Have) {
			w.App.Graph = graph(mysql, tomcat, "Nginx < VM imports Tomcat.ip")
			w.App.Instances = mindtest.Tree(append(everything[:5:5], "/lb-vm/nginx Nginx")...)
		}, `
1 [-]  undeploy /lb-vm/apache         there, not wanted any more
2 [1]  remove instance /lb-vm/apache  there, not wanted any more
3 [2]  change graph                   Apache is gone; Nginx is new; VM: children
4 [3]  add instance /lb-vm/nginx      wanted, not there`},
		{"another installer", func(w *plan.Want, _ *plan.Have) {
			w.App.Graph = graph(mysql, tomcat, apache)
			*w.App.Graph.Component("Apache") = func(c model.Component) model.Component { c.Installer.Name = "puppet"; return c }(*w.App.Graph.Component("Apache"))
			w.App.Graph = model.NewGraph(w.App.Graph.Components(), nil)
		}, `
1 [-]    undeploy /lb-vm/apache         the installer of Apache was script, is puppet
2 [1]    remove instance /lb-vm/apache  the installer of Apache was script, is puppet
3 [-]    change graph                   Apache: installer
4 [2,3]  add instance /lb-vm/apache     the installer of Apache was script, is puppet
5 [4]    start /lb-vm/apache            it was started before`},
		{"an import", func(w *plan.Want, _ *plan.Have) {
			w.App.Graph = graph(mysql, tomcat, "Apache < VM imports Tomcat.ip")
		}, `
1 [-]  change graph  Apache: imports`},
		{"a value of a machine, of what is on it", func(w *plan.Want, _ *plan.Have) {
			w.App.Instances = mindtest.Tree(everything...)
			w.App.Instances[0].Data = map[string]string{"ec2.elastic.ip": "1.2.3.4"}
			w.App.Instances[0].Children[0].Overrides = []model.Override{{Name: "port", Value: "3307"}}
		}, `
1 [-]  undeploy /db-vm/mysql         the value of port is set
2 [1]  remove instance /db-vm/mysql  the value of port is set
3 [2]  add instance /db-vm/mysql     the value of port is set
4 [3]  start /db-vm/mysql            it was started before
! [-]  cannot change /db-vm          the data ec2.elastic.ip is set; its machine keeps what it was made with: undeploy it first`},
		{"recipes", func(w *plan.Want, h *plan.Have) {
			h.Recipes = files("Tomcat/start.sh=a", "Tomcat/stop.sh=a", "MySQL/start.sh=a")
			w.Recipes = files("Tomcat/start.sh=b", "Tomcat/stop.sh=a", "MySQL/start.sh=a", "Apache/update.sh=c")
		}, `
1 [-]  change recipes of Apache, Tomcat  files changed
2 [1]  update files /tc-vm-1/tomcat      start.sh changed: for its next recipe, nothing is started again
3 [1]  update files /lb-vm/apache        update.sh changed: for its next recipe, nothing is started again`},
		{"the descriptor", func(w *plan.Want, h *plan.Have) {
			h.Descriptor = model.Descriptor{Name: "lamp", ExportsPrefix: "LAMP"}
			w.App.Descriptor = model.Descriptor{Name: "shop", Description: "A shop", ExportsPrefix: "SHOP"}
		}, `
1 [-]  change description               the descriptor says so
! [-]  cannot change the name to shop   an application keeps its name lamp; create the application again from its files
! [-]  cannot change the external exports  other applications may hold them; create the application again from its files`},
		{"a port that was fixed is not any more", func(w *plan.Want, h *plan.Have) {
			w.App.Graph = graph(strings.ReplaceAll(mysql, "3306", "random"), tomcat, apache)
			h.Graph, h.Files = w.App.Graph, mindtest.Tree(everything...)
			h.Files[0].Children[0].Overrides = []model.Override{{Name: "port", Value: "3307"}}
			h.Instances = h.Files
		}, `
1 [-]  undeploy /db-vm/mysql         the value of port is not set any more
2 [1]  remove instance /db-vm/mysql  the value of port is not set any more
3 [2]  add instance /db-vm/mysql     the value of port is not set any more
4 [3]  start /db-vm/mysql            it was started before`},
		{"added while it ran", func(_ *plan.Want, h *plan.Have) {
			h.Files = mindtest.Tree(everything...)
			h.Instances = mindtest.Tree(append(everything, "/tc-vm-2 VM", "/tc-vm-2/tomcat Tomcat", "/db-vm/tomcat Tomcat")...)
		}, `
= [-]  keep instance /db-vm/tomcat    added while the application ran, not in its files
= [-]  keep instance /tc-vm-2         added while the application ran, not in its files
= [-]  keep instance /tc-vm-2/tomcat  added while the application ran, not in its files`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := mindtest.New(lamp())
			b.Do(manager.DeployAndStart{})
			settle(b)
			w, h := plan.Want{App: lamp()}, have(b, nil)
			c.change(&w, &h)
			p := plan.Make(w, h)
			if got, want := words(p.String()), words(strings.TrimPrefix(c.want, "\n")); got != want {
				t.Errorf("the plan is\n%s\nwant\n%s", p, strings.TrimPrefix(c.want, "\n"))
			}
			if p.Empty() != (c.want == "" || len(p.Kept) > 0) {
				t.Errorf("empty: %v", p.Empty())
			}
			for _, s := range p.Steps {
				if s.Destroy != (s.Kind == plan.Undeploy || s.Kind == plan.Remove) {
					t.Errorf("step %d ends something that runs: %v", s.Number, s.Destroy)
				}
			}
		})
	}
}

// words leaves the width of columns out: they depend on the longest line, which the test of the layout looks at.
func words(text string) string {
	lines := strings.Split(text, "\n")
	for n := range lines {
		lines[n] = strings.Join(strings.Fields(lines[n]), " ")
	}
	return strings.Join(lines, "\n")
}

func TestColumns(t *testing.T) {
	p := plan.Make(plan.Want{App: lamp(everything[:3]...)}, plan.Have{Graph: lamp().Graph, Instances: lamp().Instances})
	want := `
1 [-]  remove instance /tc-vm-1/tomcat  there, not wanted any more
2 [-]  remove instance /lb-vm           there, not wanted any more`
	if got := p.String(); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the plan is\n%s", got)
	}
	if p.Destroys() != 0 {
		t.Errorf("nothing runs, yet %d steps end something", p.Destroys())
	}
}

// Nothing is deployed: a new name is only a new name.
func TestRename(t *testing.T) {
	b := mindtest.New(lamp())
	w := plan.Want{App: lamp("/db VM", "/db/mysql MySQL", "/tc-vm-1 VM", "/tc-vm-1/tc Tomcat", "/lb-vm VM", "/lb-vm/apache Apache")}
	p := plan.Make(w, have(b, nil))
	want := `
1 [-]  rename instance /db-vm to db           only the name changed
2 [-]  rename instance /tc-vm-1/tomcat to tc  only the name changed`
	if got := p.String(); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the plan is\n%s", got)
	}
	apply(t, b, p)
	if got, want := canonical(w.App.Graph, b.Manager.Instances(mindtest.App)), canonical(w.App.Graph, w.App.Instances); got != want {
		t.Errorf("it became\n%s\nwant\n%s", got, want)
	}
}

// Whatever runs, whatever changes in the files: the steps give the new model, what ran runs again, nothing else ends; then there is
// nothing left to do.
func TestRandomChanges(t *testing.T) {
	first := *seed
	if first == 0 {
		first = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", first)
	for n := range uint64(400) {
		change(t, first+n)
		if t.Failed() {
			t.Fatalf("replay with -seed=%d", first+n)
		}
	}
}

func change(t *testing.T, seed uint64) {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 2))
	old, now := random(chance), random(chance)
	b := mindtest.New(old)
	for path := range model.Walk(old.Instances) {
		switch s, _ := b.Manager.Status(mindtest.App, path); {
		case chance.IntN(3) == 0:
			b.Do(manager.DeployAndStart{Path: path})
		case chance.IntN(4) == 0 && !s.Machine:
			b.Do(manager.Request{Path: path, State: lifecycle.DeployedStopped})
		}
	}
	if roots := b.Manager.Instances(mindtest.App); len(roots) > 0 && chance.IntN(2) == 0 { // a person adds something, without the files
		children := old.Graph.Children(old.Graph.Component("VM"))
		b.Do(manager.Add{Parent: "/" + roots[chance.IntN(len(roots))].Name, Instance: &model.Instance{Name: "extra", Component: children[chance.IntN(len(children))].Name}})
	}
	settle(b)
	w := plan.Want{App: now, Recipes: recipes(chance, now)}
	before := have(b, old.Instances)
	p := plan.Make(w, before)
	if again := plan.Make(w, before); again.String() != p.String() {
		t.Errorf("the same change gives two plans:\n%s\n---\n%s", p, again)
	}
	touched := map[string]bool{}
	for _, s := range p.Steps {
		touched[s.Path] = true
	}
	apply(t, b, p)
	after := have(b, now.Instances)
	if got, want := canonical(now.Graph, after.Instances, p.Kept...), canonical(now.Graph, now.Instances); got != want && len(p.Refused) == 0 {
		t.Errorf("seed %d:\n%s\ngave\n%s\nwant\n%s", seed, p, got, want)
	}
	for _, s := range before.Statuses {
		is, there := b.Manager.Status(mindtest.App, s.Path)
		if !within(touched, s.Path) && (!there || (is.State == lifecycle.NotDeployed) != (s.State == lifecycle.NotDeployed)) {
			t.Errorf("seed %d: %s was %s, is %s (there: %v), though no step is about it:\n%s", seed, s.Path, s.State, is.State, there, p)
		}
	}
	if rest := plan.Make(w, after); len(rest.Steps) > 0 {
		t.Errorf("seed %d: after\n%s\nthere is still\n%s", seed, p, rest)
	}
}

// within says whether a step is about a path or something above it.
func within(touched map[string]bool, path string) bool {
	for at := len(path); at > 0; at = strings.LastIndexByte(path[:at], '/') {
		if touched[path[:at]] {
			return true
		}
	}
	return false
}

// random makes a small application out of few names, so that two of them have much in common.
func random(chance *rand.Rand) *model.Application {
	one := func(words ...string) string { return words[chance.IntN(len(words))] }
	texts := []string{"VM target", "Db < VM " + one("exports ip port=3306", "exports ip port=random"), "App < VM Docker imports Db." + one("ip", "port")}
	if chance.IntN(2) == 0 {
		texts = append(texts, "Docker < VM target")
	} else {
		texts = append(texts, "Docker < VM exports ip")
	}
	if chance.IntN(2) == 0 {
		texts = append(texts, "Web < VM exports ip imports Db.ip?")
	}
	g := mindtest.Graph(texts...)
	if chance.IntN(3) == 0 {
		g.Component("App").Installer.Name = "puppet"
		g = model.NewGraph(g.Components(), nil)
	}
	var roots []*model.Instance
	for _, name := range []string{"vm1", "vm2", "vm3"} {
		if chance.IntN(4) > 0 {
			root := &model.Instance{Name: name, Component: "VM"}
			grow(chance, g, root, 2)
			roots = append(roots, root)
		}
	}
	return &model.Application{Graph: g, Instances: roots}
}

func grow(chance *rand.Rand, g *model.Graph, i *model.Instance, depth int) {
	if chance.IntN(8) == 0 && i.Component != "VM" {
		i.Data = map[string]string{"zone": []string{"a", "b"}[chance.IntN(2)]}
	}
	if i.Component == "Db" && chance.IntN(3) == 0 {
		i.Overrides = []model.Override{{Name: "port", Value: "3307"}}
	}
	children := g.Children(g.Component(i.Component))
	if depth == 0 || len(children) == 0 {
		return
	}
	for _, name := range []string{"a", "b"} {
		if chance.IntN(2) == 0 {
			child := &model.Instance{Name: name, Component: children[chance.IntN(len(children))].Name}
			grow(chance, g, child, depth-1)
			i.Children = append(i.Children, child)
		}
	}
}

func recipes(chance *rand.Rand, a *model.Application) []manager.Recipe {
	var contents []string
	for _, c := range a.Graph.Components() {
		if chance.IntN(2) == 0 && c.Name != "VM" {
			contents = append(contents, c.Name+"/start.sh="+string(rune('a'+chance.IntN(2))))
		}
	}
	return files(contents...)
}

func BenchmarkMake(b *testing.B) {
	a := lamp()
	a.Instances = nil
	var statuses []manager.Status
	for n := range 3000 {
		vm := fmt.Sprintf("/vm%d", n)
		a.Instances = append(a.Instances, mindtest.Tree(vm+" VM", vm+"/mysql MySQL", vm+"/tomcat Tomcat")...)
		for _, path := range []string{vm, vm + "/mysql", vm + "/tomcat"} {
			statuses = append(statuses, manager.Status{Path: path, State: lifecycle.DeployedStarted})
		}
	}
	now := *a
	now.Instances = append(slices.Clone(a.Instances[10:]), mindtest.Tree("/new VM")...)
	h := plan.Have{Graph: a.Graph, Instances: a.Instances, Statuses: statuses}
	b.ReportAllocs()
	for b.Loop() {
		if p := plan.Make(plan.Want{App: &now}, h); len(p.Steps) != 21 {
			b.Fatalf("%d steps", len(p.Steps))
		}
	}
}
