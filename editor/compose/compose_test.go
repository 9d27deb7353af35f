package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

func TestTheShopBecomesAnApplication(t *testing.T) {
	app, err := Read(t.Context(), "testdata/shop/compose.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range app.Files {
		if strings.HasSuffix(f.Name, ".sh") && !strings.HasPrefix(f.Name, "graph/Api/") && !strings.HasSuffix(f.Name, "/start.sh") {
			continue // those of the other components are alike
		}
		fmt.Fprintf(&b, "-- %s --\n%s", f.Name, f.Text)
	}
	golden.Equal(t, "shop.golden", []byte(b.String()))
	if found := findings(app); len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
}

// findings are what the checker says of an application.
func findings(app *Application) []diag.Problem {
	fsys := fstest.MapFS{}
	for _, f := range app.Files {
		fsys[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	_, found := check.Dir(fsys, load.Options{})
	return found
}

// read converts the text of a Compose file.
func read(t *testing.T, text string) (*Application, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), file, "demo")
}

func (a *Application) text(name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

func (a *Application) says(fate Fate, service, key string) bool {
	return slices.ContainsFunc(a.Notes, func(n Note) bool { return n.Fate == fate && n.Service == service && n.Key == key })
}

func TestWhatWouldWaitInACircleIsOptional(t *testing.T) {
	app, err := read(t, "services:\n  a: {image: x, environment: {B_URL: 'http://b:81'}}\n  b: {image: x, environment: {A_URL: 'http://a:82'}}\n")
	if err != nil {
		t.Fatal(err)
	}
	graph := app.text("graph/main.graph")
	if !strings.Contains(graph, "imports: B.ip, B.port;") || !strings.Contains(graph, "imports: A.ip (optional), A.port (optional);") {
		t.Errorf("the circle:\n%s", graph)
	}
	if !app.says(Changed, "b", "environment") {
		t.Errorf("nobody tells: %v", app.Notes)
	}
	if found := findings(app); len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
}

func TestSecretsStayOutOfTheModel(t *testing.T) {
	app, err := read(t, `
services:
  db:
    image: mysql
    environment:
      MYSQL_ROOT_PASSWORD: hunter2
      DSN: "mysql://root:hunter2@db2:3306/x"
      FROM_OUTSIDE:
      PLAIN: "it's plain"
  db2: {image: mysql}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range app.Files {
		if strings.Contains(f.Text, "hunter2") {
			t.Errorf("%s holds the secret", f.Name)
		}
	}
	env := app.text("graph/Db/scripts/environment.sh")
	if !strings.Contains(env, "for needed in DSN FROM_OUTSIDE MYSQL_ROOT_PASSWORD; do") || !strings.Contains(env, `export PLAIN='it'\''s plain'`) {
		t.Error(env)
	}
}

func TestHostsAreFoundInValues(t *testing.T) {
	for value, want := range map[string]string{
		"db":                             "'db'",
		"db:5432":                        `"${Db_0_ip:-}:${Db_0_port:-}"`,
		"http://db/x":                    `'http://'"${Db_0_ip:-}"'/x'`,
		"amqp://db:5672,cache:6379":      `'amqp://'"${Db_0_ip:-}:${Db_0_port:-}"','"${Cache_0_ip:-}:${Cache_0_port:-}"`,
		"mydb":                           "'mydb'",
		"http://db.example.org/":         "'http://db.example.org/'",
		"user@db?timeout=1":              `'user@'"${Db_0_ip:-}"'?timeout=1'`,
		"--host=db --port=5432":          `'--host='"${Db_0_ip:-}"' --port=5432'`,
		"http://web/itself/is/not/meant": "'http://web/itself/is/not/meant'",
	} {
		app, err := read(t, fmt.Sprintf("services:\n  db: {image: x}\n  cache: {image: x}\n  web:\n    image: x\n    environment:\n      WHERE: %q\n", value))
		if err != nil {
			t.Fatal(err)
		}
		if env := app.text("graph/Web/scripts/environment.sh"); !strings.Contains(env, "export WHERE="+want+"\n") {
			t.Errorf("%s: want %s in\n%s", value, want, env)
		}
	}
}

func TestNamesAreFitAndDifferent(t *testing.T) {
	app, err := read(t, "services:\n  web-app: {image: x}\n  web_app: {image: x}\n  2nd.try: {image: x, scale: 0}\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"\nWebApp {", "\nWebApp2 {", "\nS2ndTry {", "\nWebAppMachine {", "\nWebApp2Machine {"} {
		if !strings.Contains(app.text("graph/main.graph"), name) {
			t.Errorf("no %q in\n%s", name, app.text("graph/main.graph"))
		}
	}
	if strings.Contains(app.text("instances/main.instances"), "S2ndTry") {
		t.Error("a service without copies has an instance")
	}
	if found := findings(app); diag.Has(found, diag.Warning) {
		t.Errorf("findings: %v", found)
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	for name, text := range map[string]string{
		"no service":  "name: x\n",
		"no YAML":     "services: [\n",
		"not Compose": "services:\n  a: {imagee: x}\n",
		"a circle":    "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n",
		"nobody":      "services:\n  a: {image: x, depends_on: [b]}\n",
	} {
		if app, err := read(t, text); err == nil {
			t.Errorf("%s: %v", name, app.Files)
		}
	}
	if _, err := Read(t.Context(), "testdata/none.yaml", ""); err == nil || !strings.Contains(err.Error(), "read testdata/none.yaml") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Read(t.Context(), "testdata", ""); err == nil {
		t.Error("a folder was read")
	}
}

// Whatever Compose accepts becomes an application without severe findings.
func FuzzRead(f *testing.F) {
	shop, err := os.ReadFile("testdata/shop/compose.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(shop))
	f.Add("services:\n  a: {image: 'x', environment: {B: 'http://a.b:80'}}\n")
	f.Add("services:\n  '0': {image: x, ports: ['1-3:1-3/udp']}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "include") || strings.Contains(text, "extends") || strings.Contains(text, "_file") {
			t.Skip("they would read other files of this machine")
		}
		app, err := read(t, text)
		if err != nil {
			return
		}
		if found := findings(app); diag.Has(found, diag.Severe) {
			t.Errorf("%v\n%s", found, app.text("graph/main.graph"))
		}
	})
}
