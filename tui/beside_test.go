package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Applications are open side by side: what one exports to the outside answers the other.
func TestApplicationsSideBySide(t *testing.T) {
	p := sit(t, "lamp", 120, 40)
	shop := filepath.Join(t.TempDir(), "shop")
	for name, text := range map[string]string{
		"descriptor/application.properties": "name = Shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		"graph/main.graph":                  "VM {\n\tinstaller: target;\n\timports: external Lamp.ip, external Lomp.port;\n}\n",
	} {
		file := filepath.Join(shop, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p.command(">", "Open another folder")
	p.Type(shop)
	p.Keys("enter")
	p.See("Shop", "No application known here exports the prefix Lomp")
	if strings.Contains(p.Screen(), "exports the prefix Lamp") {
		t.Error("the lamp is open beside")
	}
	p.command(">", "Show another open application")
	p.See("Applications side by side", "Lamp")
	p.Keys("enter")
	p.See("graph/main.graph", "HAProxy {")
}
