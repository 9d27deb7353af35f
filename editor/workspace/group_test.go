package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/roboconf/workbench/model/diag"
)

const shopDescriptor = "name = shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n"

const lobbyDescriptor = "name = lobby\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n" +
	"exports-prefix = Lobby\nexports = Vm.ip as address\n"

// side is a root with two applications: the shop imports what the lobby exports.
func side(t *testing.T) (root string) {
	root = t.TempDir()
	for name, text := range map[string]string{
		"shop/descriptor/application.properties":    shopDescriptor,
		"shop/graph/main.graph":                     "Vm {\n    installer: target;\n    imports: external Lobby.address;\n}\n",
		"lobby/descriptor/application.properties":   lobbyDescriptor,
		"lobby/graph/main.graph":                    "Vm {\n    installer: target;\n    exports: ip;\n}\n",
		"recipes/mysql/graph/mysql.graph":           "MySQL {\n    installer: script;\n}\n",
		".hidden/descriptor/application.properties": shopDescriptor,
		"notes/readme.txt":                          "nothing",
	} {
		put(t, filepath.Join(root, name), text)
	}
	return root
}

func TestDiscoverFindsApplicationsAndRecipes(t *testing.T) {
	root := side(t)
	got, err := Discover(root)
	want := []string{filepath.Join(root, "lobby"), filepath.Join(root, "recipes", "mysql"), filepath.Join(root, "shop")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("found %q %v, want %q", got, err, want)
	}
	if got, err := Discover(want[0]); err != nil || !slices.Equal(got, want[:1]) {
		t.Errorf("in an application: %q %v", got, err)
	}
	if _, err := Discover(filepath.Join(root, "none")); err == nil {
		t.Error("a folder that is not there holds applications")
	}
}

func has(s *Snapshot, c diag.Code) bool {
	return slices.ContainsFunc(s.Problems, func(p diag.Problem) bool { return p.Code == c })
}

// MOD-133: an external import is answered by an application that is open beside.
func TestExternalImportsAreResolvedAcrossApplications(t *testing.T) {
	root := side(t)
	g, err := OpenGroup(filepath.Join(root, "shop"))
	if err != nil {
		t.Fatal(err)
	}
	shop := g.Workspaces()[0]
	if has(shop.Snapshot(), diag.XUnboundExternalPrefix) {
		t.Fatalf("alone, nobody can tell: %v", shop.Snapshot().Problems)
	}
	if _, err := g.Add(filepath.Join(root, "recipes", "mysql")); err != nil {
		t.Fatal(err)
	}
	lobby, err := g.Add(filepath.Join(root, "lobby"))
	if err != nil {
		t.Fatal(err)
	}
	affected := func() bool {
		list := g.Affected(lobby)
		for _, w := range list {
			if w != shop {
				w.Snapshot() // what is looked at is up to date again
			}
		}
		return slices.Contains(list, shop)
	}
	if !affected() {
		t.Error("not affected by the lobby's coming")
	}
	if has(shop.Snapshot(), diag.XUnboundExternalPrefix) {
		t.Errorf("the lobby is open: %v", shop.Snapshot().Problems)
	}
	if beside := shop.Snapshot().Ground(diag.English).Beside; len(beside) != 2 || beside[0].Dir != lobby.Dir() || beside[0].Result != lobby.Snapshot().Result {
		t.Errorf("beside the shop: %v", beside)
	}
	if affected() {
		t.Error("affected by nothing")
	}
	lobby.Edit("graph/main.graph", "Vm {\n    installer: target;\n    exports: ip, size;\n}\n")
	if affected() {
		t.Error("affected by what is not exported to the outside")
	}
	lobby.Edit("descriptor/application.properties", shopDescriptor)
	if !affected() || !has(shop.Snapshot(), diag.XUnboundExternalPrefix) {
		t.Errorf("not affected when the prefix goes: %v", shop.Snapshot().Problems)
	}
	lobby.Revert("descriptor/application.properties")
	if has(shop.Snapshot(), diag.XUnboundExternalPrefix) {
		t.Error("the prefix is back")
	}
	g.Remove(lobby.Dir())
	if !has(shop.Snapshot(), diag.XUnboundExternalPrefix) || len(g.Workspaces()) != 2 {
		t.Error("the lobby was closed")
	}
	if s := lobby.Snapshot(); s != lobby.Snapshot() {
		t.Error("a closed application is analysed again and again")
	}
}

func TestFindGivesTheApplicationOfAFile(t *testing.T) {
	root := side(t)
	g, err := OpenGroup(filepath.Join(root, "shop"), filepath.Join(root, "lobby"))
	if err != nil {
		t.Fatal(err)
	}
	w, file, ok := g.Find(filepath.Join(root, "lobby", "graph", "main.graph"))
	if !ok || w.Dir() != filepath.Join(root, "lobby") || file != "graph/main.graph" {
		t.Errorf("found %v %q %v", w, file, ok)
	}
	if _, _, ok := g.Find(filepath.Join(root, "notes", "readme.txt")); ok {
		t.Error("the notes belong to no application")
	}
	if again, err := g.Add(w.Dir()); err != nil || again != w {
		t.Errorf("opened again: %v", err)
	}
	if _, err := OpenGroup(filepath.Join(root, "none")); err == nil {
		t.Error("a folder that is not there was opened")
	}
}

// Applications that change at the same time do not wait for each other in a circle.
func TestApplicationsChangeAtTheSameTime(t *testing.T) {
	root := side(t)
	g, err := OpenGroup(filepath.Join(root, "shop"), filepath.Join(root, "lobby"))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for _, w := range g.Workspaces() {
		wait.Go(func() {
			for i := range 50 {
				text := lobbyDescriptor
				if i%2 == 0 {
					text = shopDescriptor
				}
				w.Edit("descriptor/application.properties", text)
				g.Affected(w)
				w.Snapshot().Ground(diag.French)
			}
		})
	}
	wait.Wait()
	shop := g.Workspaces()[1]
	lobby := g.Workspaces()[0]
	shop.Revert("descriptor/application.properties")
	lobby.Revert("descriptor/application.properties")
	if has(shop.Snapshot(), diag.XUnboundExternalPrefix) {
		t.Errorf("at the end: %v", shop.Snapshot().Problems)
	}
	if _, err := os.Stat(lobby.Dir()); err != nil {
		t.Fatal(err)
	}
}
