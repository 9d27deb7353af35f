package tui_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/workspace"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/simulator"
	"github.com/roboconf/workbench/tui"
	"github.com/roboconf/workbench/tui/session"
	"github.com/roboconf/workbench/tui/tuitest"
)

// pictures is where pictures of named frames go: go test ./tui -run 'Story|Screens' -args -png DIR
var pictures = flag.String("png", "", "a folder for pictures of the screens that the tests go through")

// person sits at a terminal that shows one application.
type person struct {
	*tuitest.Driver
	t   testing.TB
	m   *tui.Model
	dir string
	ws  *workspace.Workspace
	// worlds are the simulations that were started, the newest last.
	worlds []*simulator.World
}

// environment is that of a terminal which can do everything.
var environment = map[string]string{"TERM": "xterm-kitty", "LANG": "en_GB.UTF-8"}

// getenv looks up what the terminal can, with some variables changed: "NO_COLOR=1".
func getenv(changed ...string) func(string) string {
	return func(name string) string {
		for _, c := range changed {
			if value, ok := strings.CutPrefix(c, name+"="); ok {
				return value
			}
		}
		return environment[name]
	}
}

// sit opens the terminal on a copy of a sample.
func sit(t testing.TB, sample string, w, h int, env ...string) *person {
	t.Helper()
	dir := filepath.Join(t.TempDir(), sample)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "samples", sample))); err != nil {
		t.Fatal(err)
	}
	return sitAt(t, dir, w, h, env...)
}

// sitAt opens the terminal on a folder.
func sitAt(t testing.TB, dir string, w, h int, env ...string) *person {
	t.Helper()
	group := &workspace.Group{}
	ws, err := group.Add(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, dir: dir, ws: ws}
	p.Driver = drive(t, w, h, tui.Config{
		Workspace: ws, Group: group, Seed: 1, Getenv: getenv(env...),
		NewWorld: func(app *model.Application, o simulator.Options) session.World {
			p.worlds = append(p.worlds, simulator.New(app, o))
			return p.worlds[len(p.worlds)-1]
		},
	}, &p.m)
	return p
}

// drive starts a terminal in the hands of a test.
func drive(t testing.TB, w, h int, cfg tui.Config, m **tui.Model) *tuitest.Driver {
	return tuitest.New(t, w, h, func(d *tuitest.Driver) tuitest.Terminal {
		cfg.Now, cfg.After = d.Now, d.After
		cfg.Watch = func(*workspace.Workspace) tea.Cmd { return nil } // write tells of changes
		*m = tui.New(cfg)
		return *m
	})
}

// write plays another program that writes a file of the application.
func (p *person) write(file, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
	p.Send(tui.Disk{Workspace: p.ws})
}

// read gives what is on the disk.
func (p *person) read(file string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(file)))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// text is what a file holds here, unsaved text included.
func (p *person) text(file string) string {
	p.t.Helper()
	doc, err := p.ws.Read(file)
	if err != nil {
		p.t.Fatal(err)
	}
	return doc.Text
}

// goTo puts the cursor of the editor at the beginning of a line that holds a text.
func (p *person) goTo(file, text string) {
	p.t.Helper()
	p.command("", file)
	for i, line := range strings.Split(p.text(file), "\n") {
		if strings.Contains(line, text) {
			p.Keys("ctrl+home")
			for range i {
				p.Keys("down")
			}
			return
		}
	}
	p.t.Fatalf("%s has no line with %q", file, text)
}

// command finds something with the palette and does it.
func (p *person) command(prefix, words string) {
	p.t.Helper()
	p.Keys("ctrl+p")
	p.Type(prefix + words)
	p.Keys("enter")
}

// frame keeps a picture of the screen, when pictures are wanted.
func (p *person) frame(name string) {
	p.t.Helper()
	if *pictures == "" {
		return
	}
	if err := tuitest.PNG(p.Grid(), tuitest.Dark, filepath.Join(*pictures, name+".png")); err != nil {
		p.t.Fatal(err)
	}
}
