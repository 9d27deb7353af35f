package template

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/samples"
)

// sample writes a sample into a folder, with more files.
func sample(t *testing.T, name string, more map[string]string) string {
	t.Helper()
	s, err := samples.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, s.FS); err != nil {
		t.Fatal(err)
	}
	write(t, dir, more)
	return dir
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for file, text := range files {
		file = filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func shelf(t *testing.T) (*Shelf, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "application-templates")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestLoadKeepsACopyThatSurvives(t *testing.T) { // MG-10, MG-11
	s, dir := shelf(t)
	source := sample(t, "lamp", map[string]string{".git/HEAD": "ref", "graph/MySQL/.git/x": "y", ".rbcignore": "*.bak\n", "graph/MySQL/old.bak": "x"})
	loaded, err := s.Load(t.Context(), source, Loading{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(source); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := again.Find(loaded.ID)
	if !ok || len(again.All()) != 1 || len(got.Recipes) != len(loaded.Recipes) || len(got.App.Instances) == 0 {
		t.Fatalf("after a restart: %v, %d recipes, want %d", again.All(), len(got.Recipes), len(loaded.Recipes))
	}
	for _, r := range got.Recipes {
		for _, f := range r.Files {
			if strings.HasSuffix(f.Name, ".bak") || strings.Contains(f.Name, ".git") {
				t.Errorf("%s of %s is sent, though it is left out (PL-11)", f.Name, r.Component)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(got.Dir, ".git")); err == nil {
		t.Error("the history of the application was copied")
	}
	if err := again.Delete(got.ID); err != nil || len(names(t, dir)) != 0 {
		t.Errorf("after deletion: %v, %v", err, names(t, dir))
	}
	if err := again.Delete(got.ID); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) { // MG-10, MG-11, PL-11, MG-14
	link := func(t *testing.T, dir string) {
		if err := os.Symlink("/etc/passwd", filepath.Join(dir, "graph/Server/scripts/passwd")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, want string
		more       map[string]string
		change     func(*testing.T, string)
	}{
		{"a severe finding", "severe", map[string]string{"graph/main.graph": "VM {\n\tinstaller: target\n}\n"}, nil},
		{"no application", "severe", nil, func(t *testing.T, dir string) { _ = os.RemoveAll(filepath.Join(dir, "descriptor")) }},
		{"a link", "symbolic link", nil, link},
		{"a second target with one id", "conflict", map[string]string{"graph/VM/more.properties": "id = hello-docker\nhandler = local\n"}, nil},
		{"a list that is no list", "is no pattern", map[string]string{".rbcignore": "[\n"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := shelf(t)
			source := sample(t, "hello", c.more)
			if c.change != nil {
				c.change(t, source)
			}
			_, err := s.Load(t.Context(), source, Loading{})
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), c.want) {
				t.Errorf("loaded: %v, want an error about %q", err, c.want)
			}
			if left := names(t, dir); len(left) != 0 || len(s.All()) != 0 {
				t.Errorf("%v is left of it", left)
			}
		})
	}
}

func TestLoadTwice(t *testing.T) { // MG-10, MG-11 step 2
	s, dir := shelf(t)
	source := sample(t, "hello", nil)
	if _, err := s.Load(t.Context(), source, Loading{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), source, Loading{}); !errors.Is(err, ErrKnown) {
		t.Errorf("the second time: %v", err)
	}
	if _, err := s.Load(t.Context(), filepath.Join(dir, "Hello - 1.0"), Loading{Replace: true}); err == nil || !strings.Contains(err.Error(), "manager's own folder") {
		t.Errorf("from the storage itself: %v", err)
	}
	write(t, source, map[string]string{"graph/Server/scripts/update.sh": "#!/bin/sh\n"})
	failing := errors.New("no room")
	if _, err := s.Load(t.Context(), source, Loading{Replace: true, Keep: func(*Template) error { return failing }}); !errors.Is(err, failing) {
		t.Errorf("when a part cannot be kept: %v", err)
	}
	if old, _ := s.Find(ID{"Hello", "1.0"}); len(old.Recipes) != 1 || len(old.Recipes[0].Files) != 4 {
		t.Errorf("a failed replacement left %+v", old.Recipes)
	}
	replaced, err := s.Load(t.Context(), source, Loading{Replace: true})
	if err != nil || len(replaced.Recipes[0].Files) != 5 || len(names(t, dir)) != 1 {
		t.Errorf("replaced: %v, %v, %v", replaced, err, names(t, dir))
	}
}

func TestAPrefixBelongsToOneTemplate(t *testing.T) { // MG-11 step 2
	s, _ := shelf(t)
	descriptor := "name = %\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\nexports-prefix = H\nexports = Server.ip as ip\n"
	for i, name := range []string{"One", "Two"} {
		_, err := s.Load(t.Context(), sample(t, "hello", map[string]string{"descriptor/application.properties": strings.Replace(descriptor, "%", name, 1)}), Loading{})
		if (err != nil) != (i == 1) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedTemplatesAreListed(t *testing.T) { // MG-53
	s, dir := shelf(t)
	if _, err := s.Load(t.Context(), sample(t, "hello", nil), Loading{}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"Bad - 2.0/graph/main.graph": "}", ".new-123/x": "y"})
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := again.All()
	if len(all) != 2 || all[0].ID != (ID{"Bad", "2.0"}) || all[0].Damaged == nil || all[1].Damaged != nil {
		t.Fatalf("after a restart: %+v", all)
	}
	if _, ok := again.Find(all[0].ID); ok {
		t.Error("a damaged template is found")
	}
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("an unfinished loading is still there: %v", got)
	}
}

func TestRecipes(t *testing.T) { // PL-10, PL-11, PL-12
	part := func(name, installer, super string) *model.Component {
		return &model.Component{Name: name, Installer: model.Ref{Name: installer}, Extends: model.Ref{Name: super}}
	}
	g := model.NewGraph([]*model.Component{part("VM", "target", ""), part("Base", "script", ""), part("Derived", "", "Base"), part("Own", "", "Base"), part("Bare", "script", "")}, nil)
	fsys := fstest.MapFS{
		"graph/VM/vm.properties":          {Data: []byte("id = x")},
		"graph/Base/scripts/start.sh":     {Data: []byte("start"), Mode: 0o755},
		"graph/Base/notes.txt":            {Data: []byte("notes"), Mode: 0o600},
		"graph/Base/scripts/old/deep.sh":  {Data: []byte("deep")},
		"graph/Base/.rbcignore":           {Data: []byte("# what we do not need\n*.txt\nscripts/old/\n!keep.txt\n")},
		"graph/Base/keep.txt":             {Data: []byte("kept")},
		"graph/Base/.svn/entries":         {Data: []byte("12")},
		"graph/Own/scripts/start.sh":      {Data: []byte("start")},
		"probes/Derived.measures":         {Data: []byte("m")},
		"probes/Base.measures.properties": {Data: []byte("alone")},
	}
	list, err := Recipes(fsys, g)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range list {
		for i, f := range r.Files {
			got[r.Component] += f.Name + ":" + f.Mode + " "
			if r.Sources[i] == "" || f.Size == 0 || len(f.SHA256) != 64 {
				t.Errorf("%s of %s: %+v", f.Name, r.Component, f)
			}
		}
	}
	want := map[string]string{"Base": "keep.txt:0644 scripts/start.sh:0755 ", "Derived": "Derived.measures:0644 keep.txt:0644 scripts/start.sh:0755 ", "Own": "scripts/start.sh:0644 "}
	for c, files := range want {
		if got[c] != files {
			t.Errorf("%s: %q, want %q", c, got[c], files)
		}
	}
	if len(got) != len(want) {
		t.Errorf("recipes of %v", got)
	}
	for name, file := range map[string]*fstest.MapFile{
		"graph/Base/a\nb": {Data: []byte("x")}, "graph/Base/link": {Data: []byte("x"), Mode: fs.ModeSymlink},
		"graph/Derived/Derived.measures": {Data: []byte("x")},
	} {
		bad := fstest.MapFS{name: file}
		for k, v := range fsys {
			bad[k] = v
		}
		if _, err := Recipes(bad, g); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestTargets(t *testing.T) { // 4.2, TG-4, MG-40, D-17
	g := model.NewGraph([]*model.Component{{Name: "VM", Installer: model.Ref{Name: "target"}}}, nil)
	list, err := Targets(fstest.MapFS{
		"graph/VM/a.properties": {Data: []byte("# mine\nid = a\nhandler = local\n")}, "graph/VM/a/dm.configure.script.sh": {Data: []byte("x")},
		"graph/VM/target.properties": {Data: []byte("handler = local\nid=b\nx = 1")},
	}, g)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	a, b := list[0], list[1]
	if a.Default || a.Scripts != "graph/VM/a" || a.Text != "# mine\nhandler = local\n" || !b.Default || b.Properties()["x"] != "1" || b.Properties()["id"] != "b" {
		t.Errorf("%+v\n%+v", a, b)
	}
	for _, id := range []string{"", "..", "../x", "a/b", ".x", "a b ", "a\x00", strings.Repeat("x", 101)} {
		if ValidID(id) {
			t.Errorf("%q may be an id", id)
		}
	}
}

// archive packs entries; a name that ends with "@" becomes a link.
func archive(t testing.TB, names ...string) *zip.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		h := &zip.FileHeader{Name: strings.TrimSuffix(name, "@"), Method: zip.Deflate}
		h.SetMode(0o644)
		if strings.HasSuffix(name, "@") {
			h.SetMode(0o777 | fs.ModeSymlink)
		}
		f, err := w.CreateHeader(h)
		if err == nil && !strings.HasSuffix(name, "/") {
			_, err = f.Write(bytes.Repeat([]byte("0123456789"), 100))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		t.Fatal(err)
	}
	return r
}

func TestArchivesThatAttack(t *testing.T) { // MG-14
	for _, c := range []struct {
		entries []string
		want    string
	}{
		{[]string{"a/", "a/b", "c"}, ""},
		{[]string{"../evil"}, "names must be relative"},
		{[]string{"a/../../evil"}, "names must be relative"},
		{[]string{"/etc/evil"}, "names must be relative"},
		{[]string{`a\evil`}, "names must be relative"},
		{[]string{"C:evil"}, "names must be relative"},
		{[]string{"a\x01"}, "names must be relative"},
		{[]string{"link@"}, "a link"},
		{[]string{"a", "a"}, "two entries"},
		{[]string{"a", "A"}, "two entries"},
		{[]string{"a", "a/b"}, "make a"},
		{[]string{"1", "2", "3", "4", "5", "6"}, "entries, more than"},
		{[]string{"1", "2", "3", "4", "5"}, "unpacked"},
	} {
		dir := t.TempDir()
		err := unpack(archive(t, c.entries...), dir, 5, 4_500)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.entries, err, c.want)
		}
	}
}

func TestLoadArchive(t *testing.T) { // MG-14
	source := sample(t, "hello", nil)
	if err := os.Chmod(filepath.Join(source, "graph/Server/scripts/deploy.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if err := w.AddFS(os.DirFS(filepath.Dir(source))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hello.zip")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := shelf(t)
	got, err := s.LoadArchive(t.Context(), file, Loading{})
	if err != nil || got.Name != "Hello" || len(got.Recipes) != 1 || got.Recipes[0].Files[0].Mode != "0755" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add("a/b", "../x", byte(0))
	f.Add("a", "a/b", byte(1))
	f.Add("/x", "C:\\y", byte(0))
	f.Fuzz(func(t *testing.T, one, two string, link byte) {
		if link%2 == 1 {
			two += "@"
		}
		if strings.HasSuffix(one, "/") || strings.HasSuffix(two, "/") || len(one)+len(two) > 1000 {
			return
		}
		above := t.TempDir()
		dir := filepath.Join(above, "in")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		_ = unpack(archive(t, one, two), dir, 5, 10_000)
		if got := names(t, above); len(got) != 1 {
			t.Errorf("%q, %q: wrote outside: %v", one, two, got)
		}
	})
}
