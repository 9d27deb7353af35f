package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
)

func digest(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// file comes inline.
func file(name, mode, data string) message.File {
	return message.File{Name: name, Mode: mode, SHA256: digest(data), Size: int64(len(data)), Data: []byte(data)}
}

// MS-65, PL-22: every bad name is refused, before anything is touched.
func TestBadNamesAreRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "instance")
	if err := Write(dir, []message.File{file("scripts/old.sh", "0755", "old")}, 0, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"", ".", "..", "../x", "../../etc/x", "a/../../x", "a/../x", "/etc/passwd", "//x", "a//b", "a/", "./a", "a/.", "a/..",
		`a\b`, `..\x`, `C:\x`, "C:x", "c:/x", "a\x00b", "a\nb", "a\x7fb", "a\u0085b", "\xff", strings.Repeat("x", MaxName+1),
		".unfinished", ".unfinished/x",
	} {
		err := Write(dir, []message.File{file(name, "0644", "x")}, 0, nil)
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "scripts/old.sh")); err != nil {
		t.Error("a refused request emptied the directory:", err)
	}
	for _, name := range []string{"a", "..a", "a..b", "...", "scripts/start.sh", "é/à b", "ab:c", strings.Repeat("x/", 255) + "x"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// MS-65: modes, sizes, numbers, names that meet.
func TestBadFilesAreRefused(t *testing.T) {
	ok := file("a", "0644", "x")
	change := func(do func(*message.File)) message.File {
		f := ok
		do(&f)
		return f
	}
	for what, list := range map[string][]message.File{
		"mode":              {change(func(f *message.File) { f.Mode = "4755" })},
		"no mode":           {change(func(f *message.File) { f.Mode = "" })},
		"size":              {change(func(f *message.File) { f.Size, f.Data = 101, nil })},
		"negative size":     {change(func(f *message.File) { f.Size, f.Data = -1, nil })},
		"size of all":       {change(func(f *message.File) { f.Size, f.Data = 60, nil }), change(func(f *message.File) { f.Name, f.Size, f.Data = "b", 60, nil })},
		"size of content":   {change(func(f *message.File) { f.Size = 2 })},
		"digest":            {change(func(f *message.File) { f.SHA256 = "../x" })},
		"same name":         {ok, ok},
		"file, then folder": {ok, file("a/b", "0644", "y")},
		"folder, then file": {file("a/b", "0644", "y"), ok},
		"deep":              {file("a/b/c", "0644", "y"), file("a/b", "0644", "y")},
		"too many":          slices.Repeat([]message.File{ok}, MaxFiles+1),
	} {
		if err := Check(list, 100); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := Check([]message.File{ok, file("b/a", "0755", "y"), file("b/c", "0755", "y")}, 100); err != nil {
		t.Error(err)
	}
}

// PL-20, PL-21, PL-73: the directory holds what came, nothing else, with our modes.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "instances", "script", "vm+a")
	blobs, err := OpenBlobs(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	large, err := blobs.Add([]byte("by digest"))
	if err != nil {
		t.Fatal(err)
	}
	list := []message.File{
		file("scripts/start.sh", "0755", "#!/bin/sh\n"), file("scripts/lib/x", "0644", "x"), file("files/deep/page.html", "0644", "p"), file("files/run", "0755", "r"),
		{Name: "by.digest", Mode: "0644", SHA256: large, Size: 9},
		{Name: "empty", Mode: "0644", SHA256: digest("")},
	}
	if err := Write(dir, []message.File{file("older/file", "0644", "x")}, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, list, 0, blobs.Open); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	want := []string{
		". drwx------", "by.digest -rw-------", "empty -rw-------", "files drwxr-xr-x", "files/deep drwxr-xr-x", "files/deep/page.html -rw-r--r--",
		"files/run -rwxr-xr-x", "scripts drwx------", "scripts/lib drwx------", "scripts/lib/x -rw-------", "scripts/start.sh -rwx------",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "by.digest")); string(text) != "by digest" {
		t.Errorf("%q", text)
	}
	// plugins.md 9: probes are added later.
	if err := Add(dir, []message.File{file("empty", "0644", "full"), file("VM.measures", "0644", "m")}, 0, nil); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "empty")); string(text) != "full" || len(tree(t, dir)) != len(want)+1 {
		t.Errorf("%q, %q", text, tree(t, dir))
	}
	if err := Remove(dir); err != nil || Remove(dir) != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it is still there")
	}
}

func tree(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		rel, _ := filepath.Rel(dir, path) // both are absolute
		list = append(list, filepath.ToSlash(rel)+" "+info.Mode().String())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// PL-22: nothing is written through links, whether a recipe left them in the directory or in its place.
func TestLinksAreNotFollowed(t *testing.T) {
	outside := t.TempDir()
	precious := filepath.Join(outside, "precious")
	if err := os.WriteFile(precious, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	for what, prepare := range map[string]func(dir string) error{
		"the directory": func(dir string) error { return os.Symlink(outside, dir) },
		"a folder": func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Symlink(outside, filepath.Join(dir, "scripts")))
		},
		"a file": func(dir string) error {
			return errors.Join(os.MkdirAll(filepath.Join(dir, "scripts"), 0o700), os.Symlink(precious, filepath.Join(dir, "scripts", "precious")))
		},
	} {
		for name, write := range map[string]func(string, []message.File, int64, Opener) error{"Write": Write, "Add": Add} {
			dir := filepath.Join(base, strings.ReplaceAll(what, " ", "-")+name)
			if err := prepare(dir); err != nil {
				t.Fatal(err)
			}
			if name == "Add" && what == "the directory" {
				continue // it is asked for after a Write
			}
			err := write(dir, []message.File{file("scripts/precious", "0644", "changed")}, 0, nil)
			if text, _ := os.ReadFile(precious); string(text) != "keep" {
				t.Fatalf("%s, %s: wrote through a link (%v)", what, name, err)
			}
			if name == "Write" && err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// MS-65: what was announced is what is written.
func TestContentIsVerified(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x")
	give := func(data string) Opener {
		return func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }
	}
	f := message.File{Name: "a", Mode: "0644", SHA256: digest("right"), Size: 5}
	for data, want := range map[string]string{"wrong": ErrDigest.Error(), "short"[:3]: "has not the 5 bytes", "longer than that": "has not the 5 bytes"} {
		if err := Write(dir, []message.File{f}, 0, give(data)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "write a of the recipe") {
			t.Errorf("%q: %v", data, err)
		}
		if list := tree(t, dir); len(list) != 1 {
			t.Errorf("%q: left %q", data, list)
		}
	}
	if err := Write(dir, []message.File{f}, 0, nil); err == nil {
		t.Error("a file without content was written")
	}
	bad := file("a", "0644", "inline")
	bad.SHA256 = digest("other")
	if err := Write(dir, []message.File{bad}, 0, nil); !errors.Is(err, ErrDigest) {
		t.Error(err)
	}
}

// plugins.md 8: an instance whose name is odd has a directory of its own; two instances never share one (PL-20).
func TestDirectoriesAreInjective(t *testing.T) {
	seen := map[string]string{}
	for _, p := range []string{
		"/a/b", "/a_b", "/a+b", "/a%2Fb", "/a b", "/a%20b", "/ab", "/a'b", "/a\"b", "/a\nb", "/é", "/a.b", "/A/b", "/a/b/c", "/..", "/../x", "/.", "/*",
		"/" + strings.Repeat("x", 300), "/" + strings.Repeat("x", 301), "/" + strings.Repeat("long-name/", 60) + "a", "/" + strings.Repeat("long-name/", 60) + "b",
	} {
		d := Dir("/data", "Script", p)
		if other := seen[d]; other != "" {
			t.Errorf("%q and %q share %s", p, other, d)
		}
		seen[d] = p
		name, inside := strings.CutPrefix(d, "/data/instances/script/")
		if !inside || strings.ContainsAny(name, "/ \n\"'.") || len(name) > 200 || name == "" {
			t.Errorf("%q: %s", p, d)
		}
	}
	if got := Dir("/data", "Script", "/VM 1/my-server"); got != "/data/instances/script/VM%201+my-server" {
		t.Error(got)
	}
}

// FuzzCheckName: a name that is accepted stays below the directory, whatever the bytes.
func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"a", "../a", "a/../b", "/a", `a\b`, "a//b", "c:a", "é", "a\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) != nil {
			return
		}
		if !filepath.IsLocal(name) || len(name) > MaxName || filepath.Clean(name) != name {
			t.Errorf("accepted %q", name)
		}
	})
}
