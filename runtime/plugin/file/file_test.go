package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin/plugintest"
	"github.com/roboconf/workbench/runtime/plugin/settings"
)

func TestContract(t *testing.T) {
	plugintest.Run(t, New(Options{}), map[string]string{"a": "text", instructions: "start.1.copy = a -> b\nstop.1.delete = b\n"})
}

func run(t *testing.T, op lifecycle.Operation, text string) (*plugintest.Record, string) {
	t.Helper()
	c := plugintest.NewCall(t, op, map[string]string{"a": "text of a", "dir/x": "x", "dir/deep/y": "y", instructions: text})
	c.View.Exports = []model.Variable{{Name: "X.where", Value: model.Text("dir")}}
	return c, New(Options{}).Run(t.Context(), &c.Call).Error
}

func content(t *testing.T, c *plugintest.Record, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.Dir, name))
	if err != nil {
		return "none"
	}
	return string(text)
}

// PL-60: the actions, keys in any case, variables, positions of any number in their order.
func TestActions(t *testing.T) {
	c, err := run(t, lifecycle.Deploy, `Deploy.10.MOVE = b -> ${where}/c
deploy.2.copy = a -> b
deploy.9.delete = dir/deep
deploy.11.delete = never/was
start.1.delete = a
`)
	if err != "" {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "text of a", "b": "none", "dir/c": "text of a", "dir/x": "x", "dir/deep/y": "none"} {
		if got := content(t, c, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if c.Text() != "copy a -> b\ndelete dir/deep\nmove b -> dir/c\ndelete never/was" {
		t.Errorf("%q", c.Text())
	}
}

// PL-60: no instructions are a success with a warning.
func TestNoInstructions(t *testing.T) {
	c := plugintest.NewCall(t, lifecycle.Deploy, nil)
	if r := New(Options{}).Run(t.Context(), &c.Call); r.Failed() || !strings.Contains(c.Warnings(), instructions) {
		t.Errorf("%+v %q", r, c.Warnings())
	}
}

// PL-61: the first failure ends the operation and says where; what is wrong in the file fails before anything is done. The editor finds
// the same.
func TestFailures(t *testing.T) {
	for text, want := range map[string]string{
		"deploy.1.copy = none -> b\ndeploy.2.delete = a": "instructions.properties, line 1: deploy.1.copy: stat ",
		"deploy.1.delete = a\nbad":                       "line 2: bad: a key is an action, a position, a verb",
		"deploy.1.delete = a\nbuild.1.delete = b":        `line 2: build.1.delete: "build" is no action`,
		"deploy.1.delete = a\ndeploy.0.delete = b":       `the position "0" is no positive number`,
		"deploy.1.delete = a\ndeploy.x.delete = b":       `the position "x" is no positive number`,
		"deploy.1.delete = a\ndeploy.2.link = b":         `"link" is no verb`,
		"deploy.1.delete = a\ndeploy.2.delete =":         "it names nothing to delete",
		"deploy.1.delete = a\ndeploy.2.copy = b":         "its value is a file -> another",
		"deploy.1.delete = a\ndeploy.2.move = b -> ":     "its value is a file -> another",
		"deploy.1.delete = a\ndeploy.01.copy = b -> c":   "line 1 has the same position",
		"deploy.1.delete = a\nstart.2.download = -> c":   "its value is an address",
	} {
		c, err := run(t, lifecycle.Deploy, text)
		if !strings.Contains(err, want) || content(t, c, "a") == "none" {
			t.Errorf("%q: %q; a is %q", text, err, content(t, c, "a"))
		}
		wrong := 0
		for _, i := range recipe.ReadInstructions(properties.Parse(text)) {
			if i.Flaw != recipe.Sound {
				wrong++
			}
		}
		if (wrong > 0) != (!strings.Contains(want, "stat ")) {
			t.Errorf("%q: the editor finds %d", text, wrong)
		}
	}
}

// PL-60: what no recipe can mean is refused.
func TestSafety(t *testing.T) {
	for text, want := range map[string]string{
		"deploy.1.delete = ${unset}/":      "${unset}: the recipe is told no such variable",
		"deploy.1.delete = ${where":        "is not closed",
		"deploy.1.delete = /":              "the directory of the instance is in it",
		"deploy.1.delete = .":              "the directory of the instance is in it",
		"deploy.1.delete = ../..":          "the directory of the instance is in it",
		"deploy.1.copy = a -> dir":         "is a folder",
		"deploy.1.move = a -> dir":         "is a folder",
		"deploy.1.copy = dir -> b":         "is no plain file",
		"deploy.1.move = none -> b":        "none",
		"deploy.1.download = ftp://x/y":    "is no address of http, https, file",
		"deploy.1.download = file://far/x": "names another machine",
	} {
		c, err := run(t, lifecycle.Deploy, text)
		if !strings.Contains(err, want) || content(t, c, "a") != "text of a" {
			t.Errorf("%q: %q", text, err)
		}
	}
}

// PL-60: to another disk a move is a copy, then a deletion, of folders too.
func TestMoveToAnotherDisk(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	for name, text := range map[string]string{"x": "1", "deep/y": "2"} {
		path := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("x", filepath.Join(from, "link")); err != nil {
		t.Fatal(err)
	}
	if err := moveFar(from, to); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"x": "1", "deep/y": "2", "link": "1"} {
		if text, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
	if info, err := os.Stat(filepath.Join(to, "x")); err != nil || info.Mode() != 0o640 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := os.Stat(from); err == nil {
		t.Error("it is still there")
	}
	// With a second disk on this machine, the way of the program itself.
	if other, err := os.MkdirTemp("/dev/shm", "roboconf-test-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(other) })
		if err := move(to, filepath.Join(other, "back")); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(filepath.Join(other, "back", "deep", "y")); err != nil || string(text) != "2" {
			t.Errorf("%q %v", text, err)
		}
	}
}

// server has a page, one that is not there, one that never ends, one that sends on for ever.
func server(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the page")) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("begins"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// PL-60: downloads with target or without, the digest, both spellings of the file that everybody shares.
func TestDownload(t *testing.T) {
	url := server(t)
	sum := sha256.Sum256([]byte("the page"))
	digest := hex.EncodeToString(sum[:])
	text := "deploy.1.download = " + url + "/page\ndeploy.2.copy = roboconf-tmp-file -> one\ndeploy.3.copy = " + os.TempDir() + "/roboconf_tmp_file -> two\n" +
		"deploy.4.move = roboconf_tmp_file -> three\ndeploy.5.download = " + url + "/page#sha256=" + digest + " -> ${where}/four\n"
	c, err := run(t, lifecycle.Deploy, text)
	if err != "" {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three", "dir/four"} {
		if got := content(t, c, name); got != "the page" {
			t.Errorf("%s: %q", name, got)
		}
	}
	c, err = run(t, lifecycle.Deploy, "deploy.1.copy = a -> "+filepath.ToSlash("b c")+"\ndeploy.2.download = file://"+c.Dir+"/one -> d")
	if err != "" || content(t, c, "d") != "the page" {
		t.Errorf("%q, %q", err, content(t, c, "d"))
	}
}

// PL-60: a download that fails says why, and leaves nothing in its place.
func TestBadDownloads(t *testing.T) {
	url := server(t)
	for address, want := range map[string]string{
		url + "/none": "answers 404 Not Found",
		url + "/page#sha256=" + strings.Repeat("00", 32): "its SHA-256 is",
		url + "/page#sha256=12":                          "is no SHA-256 of 64 hexadecimal digits",
		url + "/round":                                   "sent on more than ten times",
		url + "/slow":                                    "it is not here after 300ms",
		"http://127.0.0.1:1/x":                           "connection refused",
		"http://[::1":                                    "read the address",
		"file:///none/x":                                 "no such file",
	} {
		c := plugintest.NewCall(t, lifecycle.Deploy, map[string]string{instructions: "deploy.1.download = " + address + " -> out"})
		r := New(Options{Download{Total: 300 * time.Millisecond}}).Run(t.Context(), &c.Call)
		if !strings.Contains(r.Error, want) {
			t.Errorf("%s: %q", address, r.Error)
		}
		if list, _ := os.ReadDir(c.Dir); len(list) != 1 {
			t.Errorf("%s: left %v", address, list)
		}
	}
	c := plugintest.NewCall(t, lifecycle.Deploy, map[string]string{instructions: "deploy.1.download = " + url + "/page -> out"})
	if r := New(Options{Download{Bytes: 3}}).Run(t.Context(), &c.Call); !strings.Contains(r.Error, "more than 3 bytes") {
		t.Errorf("%+v", r)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	c = plugintest.NewCall(t, lifecycle.Deploy, map[string]string{instructions: "deploy.1.download = " + url + "/slow -> out"})
	if r := New(Options{}).Run(ctx, &c.Call); !strings.HasPrefix(r.Error, "timeout after ") {
		t.Errorf("PL-70: %+v", r)
	}
}

// FuzzRead: what the agent takes, the editor takes, and the reverse, but for addresses, which only the editor looks at.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"deploy.1.copy = a -> b", "Start.12.DELETE: x", "a.b.c=d", "deploy.1.move = a -> b -> c", "stop.2.delete=\nstop.2.delete=x", "deploy.+1.delete=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "download") || strings.Contains(text, `\`) || !utf8.ValidString(text) {
			return
		}
		_, err := read(settings.Parse(text), "deploy")
		flawed := false
		for _, i := range recipe.ReadInstructions(properties.Parse(text)) {
			flawed = flawed || i.Flaw != recipe.Sound
		}
		if flawed != (err != nil) {
			t.Errorf("%q: the agent says %v, the editor %v", text, err, flawed)
		}
	})
}
