package logfile

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 5e6, time.UTC)

// PL-72: logs/PATH/TIME-OPERATION.log holds the lines, error output marked, and how it ended.
func TestLog(t *testing.T) {
	d := Folder{Path: filepath.Join(t.TempDir(), "logs")}
	f, err := d.Create("/VM 1/tomcat", lifecycle.Start, noon)
	if err != nil {
		t.Fatal(err)
	}
	f.Line(plugin.Line{Stream: "out", Text: "hello"})
	f.Line(plugin.Line{Stream: "err", Text: "oops"})
	if err := f.Close(plugin.Result{ExitCode: 1, Error: "exit code 1"}); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(d.Path, "VM%201+tomcat", "20260304T120000.005-start.log")
	text, err := os.ReadFile(want)
	if err != nil || f.Path() != want || string(text) != "hello\n-- ERROR -- oops\n-- exit code 1 --\n" {
		t.Errorf("%s: %q, %v", f.Path(), text, err)
	}
	if info, _ := os.Stat(want); info.Mode() != 0o600 {
		t.Error(info.Mode())
	}
	if err := d.Remove("/VM 1/tomcat"); err != nil || d.Remove("/VM 1/tomcat") != nil {
		t.Error(err)
	}
}

// PL-72: so many files, so many bytes; the newest stays whatever its size; other instances are left alone.
func TestRotation(t *testing.T) {
	for what, c := range map[string]struct {
		d    Folder
		size int
		kept int
	}{"count": {Folder{Count: 3}, 10, 3}, "bytes": {Folder{Bytes: 1000}, 400, 2}, "one too large": {Folder{Bytes: 1000}, 5000, 1}} {
		c.d.Path = t.TempDir()
		other, err := c.d.Create("/other", lifecycle.Stop, noon)
		if err != nil || other.Close(plugin.Result{}) != nil {
			t.Fatal(err)
		}
		last := ""
		for i := range 6 {
			f, err := c.d.Create("/vm", lifecycle.Start, noon.Add(time.Duration(i/2)*time.Second)) // two of each time
			if err != nil {
				t.Fatal(err)
			}
			f.Line(plugin.Line{Stream: "out", Text: strings.Repeat("x", c.size)})
			if err := f.Close(plugin.Result{}); err != nil {
				t.Fatal(err)
			}
			last = f.Path()
		}
		list, err := os.ReadDir(filepath.Join(c.d.Path, "vm"))
		if err != nil || len(list) != c.kept {
			t.Errorf("%s: %v %v", what, list, err)
		}
		if _, err := os.Stat(last); err != nil {
			t.Errorf("%s: the newest is gone", what)
		}
		if _, err := os.Stat(other.Path()); err != nil {
			t.Errorf("%s: another instance's is gone", what)
		}
	}
}

// A full disk is told at the end, and fails nothing before; lines may come from several goroutines.
func TestFullDisk(t *testing.T) {
	d := Folder{Path: t.TempDir()}
	f, err := d.Create("/vm", lifecycle.Start, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.f.Close(); err != nil { // whatever is written now fails
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				f.Line(plugin.Line{Stream: "err", Text: strings.Repeat("x", 100)})
			}
		})
	}
	all.Wait()
	if err := f.Close(plugin.Result{}); err == nil || !strings.Contains(err.Error(), "keep "+f.Path()) {
		t.Error(err)
	}
}
