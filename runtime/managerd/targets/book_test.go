package targets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/runtime/managerd/template"
)

func open(t *testing.T, dir string) *Book {
	t.Helper()
	b, damaged, err := Open(dir)
	if err != nil || damaged != nil {
		t.Fatal(err, damaged)
	}
	return b
}

func add(t *testing.T, b *Book, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := b.Add("# of " + id + "\nid = " + id + "\nhandler = fake\nx = {{ ip }}\n"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhichTargetServesAMachine(t *testing.T) { // MG-45, TG-10, conformance 3: path x component x default x none
	for bits := range 8 {
		dir := t.TempDir()
		b := open(t, dir)
		add(t, b, "path", "component", "default")
		want := ""
		for i, e := range []Element{{Name: "shop"}, Component("shop", "", "VM"), {Name: "shop", Of: "/vm 1/inner.x"}} {
			if bits>>i&1 == 1 {
				want = []string{"default", "component", "path"}[i]
				if err := b.Associate(e, want); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, b := range []*Book{b, open(t, dir)} {
			got, err := b.Choose("shop", "/vm 1/inner.x", "VM")
			if got.ID != want || (err != nil) != (want == "") || err != nil && !errors.Is(err, ErrNone) {
				t.Errorf("%03b: %q, %v, want %q", bits, got.ID, err, want)
			}
			if other, err := b.Choose("other", "/vm 1/inner.x", "VM"); err == nil {
				t.Errorf("another application gets %q", other.ID)
			}
		}
	}
}

func TestThereIsOneDefault(t *testing.T) { // D-18, MG-45
	dir := t.TempDir()
	b := open(t, dir)
	add(t, b, "a", "b")
	for _, id := range []string{"a", "b", "a", "b"} {
		if err := b.Associate(Element{Name: "shop"}, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "a", associationFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file of the former default: %v", err)
	}
	if got, _ := open(t, dir).Choose("shop", "/vm", "VM"); got.ID != "b" {
		t.Errorf("after a restart the default is %q", got.ID)
	}
	if err := b.Associate(Element{Name: "shop"}, "none"); err == nil || !strings.Contains(err.Error(), "there are a, b") {
		t.Errorf("an unknown target: %v", err)
	}
	if err := b.Delete("b"); err == nil { // D-1
		t.Error("a target that is referenced was deleted")
	}
	if err := b.Associate(Element{Name: "shop"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete("b"); err != nil || len(open(t, dir).All()) != 1 {
		t.Error(err)
	}
}

func TestTargetsOfTemplates(t *testing.T) { // TG-4, TG-5, TG-13, TG-14, TG-15, MG-13
	dir := t.TempDir()
	b := open(t, dir)
	files := fstest.MapFS{"graph/VM/target/dm.configure.script.sh": {Data: []byte("#!/bin/sh\n"), Mode: 0o755}}
	tpl := &template.Template{ID: template.ID{Name: "Shop", Version: "1.0"}, Targets: []template.Target{
		{ID: "one", Text: "handler = fake\n", Component: "VM", Default: true, Scripts: "graph/VM/target"}, {ID: "two", Text: "handler = fake\n", Component: "VM"},
	}}
	if _, err := b.Register(tpl, files); err != nil {
		t.Fatal(err)
	}
	if err := b.Copy(tpl.ID, "shop"); err != nil {
		t.Fatal(err)
	}
	add(t, b, "mine")
	b = open(t, dir)
	got, err := b.Choose("shop", "/vm", "VM")
	if err != nil || got.ID != "one" || got.Creator != "Shop - 1.0" {
		t.Fatal(got, err)
	}
	if script := filepath.Join(got.Scripts(), "dm.configure.script.sh"); got.Scripts() == "" {
		t.Error("no scripts")
	} else if info, err := os.Stat(script); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Error(info, err)
	}
	if n := len(b.Possible("shop", tpl.ID)); n != 3 {
		t.Errorf("%d possible targets", n)
	}
	if n := len(b.Possible("other", template.ID{Name: "Other", Version: "1"})); n != 1 {
		t.Errorf("%d possible targets for another template", n)
	}
	other := &template.Template{ID: template.ID{Name: "Other", Version: "1"}, Targets: []template.Target{
		{ID: "three", Text: "handler = fake\n"}, {ID: "one", Text: "handler = fake\n"},
	}}
	if _, err := b.Register(other, nil); err == nil || len(open(t, dir).All()) != 3 {
		t.Errorf("a conflict leaves nothing: %v, %d targets", err, len(open(t, dir).All()))
	}
	tpl.Targets = tpl.Targets[:1]
	tpl.Targets[0].Text = "handler = fake\nchanged = yes\n"
	tpl.Targets[0].Scripts = ""
	if _, err := b.Register(tpl, nil); err != nil {
		t.Fatal(err)
	}
	again, err := open(t, dir).Choose("shop", "/vm", "VM")
	if err != nil || again.Properties()["changed"] != "yes" || again.Scripts() != "" || len(again.Hints) != 1 {
		t.Errorf("redefined: %+v, %v", again, err)
	}
	other.Targets = other.Targets[:1]
	undo, err := b.Register(other, nil)
	if err != nil {
		t.Fatal(err)
	}
	if undo(); len(open(t, dir).All()) != 3 {
		t.Errorf("undone, there are %v", open(t, dir).All())
	}
	if err := errors.Join(b.Forget("shop", ""), b.Forget("Shop", "1.0")); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir).Choose("shop", "/vm", "VM"); !errors.Is(err, ErrNone) {
		t.Errorf("forgotten: %v", err)
	}
}

func TestAssociationsFollowARename(t *testing.T) { // D-16
	dir := t.TempDir()
	b := open(t, dir)
	add(t, b, "a", "b", "c")
	for path, id := range map[string]string{"/vm": "a", "/vm/in": "b", "/vm2": "c"} {
		if err := b.Associate(Element{Name: "shop", Of: path}, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Rename("shop", "/vm", "/new"); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir)
	for path, want := range map[string]string{"/new": "a", "/new/in": "b", "/vm2": "c", "/vm": "", "/vm/in": ""} {
		if got := b.Of(Element{Name: "shop", Of: path}); got != want {
			t.Errorf("%s has %q, want %q", path, got, want)
		}
	}
}

func TestUpdateKeepsTheRest(t *testing.T) { // TG-6, MG-40, MG-41
	dir := t.TempDir()
	b := open(t, dir)
	add(t, b, "a")
	if got, _ := b.Find("a"); got.Text != "# of a\nhandler = fake\nx = {{ ip }}\n" {
		t.Errorf("kept as %q", got.Text)
	}
	for _, text := range []string{"", "x = 1"} {
		if err := b.Update("a", text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if err := errors.Join(b.Associate(Element{Name: "shop"}, "a"), b.Update("a", "handler = other\nid = b\n")); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir)
	if got, _ := b.Choose("shop", "/vm", "VM"); got.ID != "a" || got.Properties()["handler"] != "other" {
		t.Errorf("%+v", got)
	}
	if b.Update("none", "handler = x") == nil {
		t.Error("an unknown target was changed")
	}
	if _, err := b.Add("id = a\nhandler = x"); err == nil {
		t.Error("an id was used twice")
	}
}

func TestDamagedTargetsAreTold(t *testing.T) { // MG-53
	dir := t.TempDir()
	add(t, open(t, dir), "good")
	for file, text := range map[string]string{"bad/x": "", "worse/target.properties": "handler = x", "worse/associations.properties": "1 = nothing", ".new-1/target.properties": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, damaged, err := Open(dir)
	if err != nil || len(damaged) != 2 || len(b.All()) != 1 {
		t.Errorf("%v, %v, %v", b.All(), damaged, err)
	}
}

func TestEffective(t *testing.T) { // targets.md 4: TG-20, TG-21
	got := Effective(map[string]string{"id": "a", "handler": "h", "endpoint": "tcp://{{ ip }}:{{ip}}", "x": "1"}, "10.0.0.$1",
		map[string]string{"x": "2", "ec2.elastic.ip": "{{ ip }}", "handler": "evil", "machine.id": "m"})
	want := map[string]string{"id": "a", "handler": "h", "endpoint": "tcp://10.0.0.$1:10.0.0.$1", "x": "2", "ec2.elastic.ip": "{{ ip }}", "machine.id": "m"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("shop", "1.0", "/vm")
	f.Add("a:b", "", "@C")
	f.Fuzz(func(t *testing.T, name, version, of string) {
		e := Element{name, version, of}
		got, ok := parseKey(e.key())
		if name == "" || version == "null" || of == "null" || name+version == "" || of != "" && of[0] != '/' && of[0] != '@' {
			return
		}
		for _, part := range []string{name, version} {
			for i := range len(part) {
				if part[i] == ':' {
					return
				}
			}
		}
		if !ok || got != e {
			t.Errorf("%q became %+v", e.key(), got)
		}
	})
}
