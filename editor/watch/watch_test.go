package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a system that says what a test says.
type fake struct {
	mu     sync.Mutex
	wake   chan struct{}
	kind   Kind
	lost   bool
	dirs   []string
	refuse error
	closed bool
}

func (f *fake) add(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirs = append(f.dirs, dir)
	return f.refuse
}
func (f *fake) happened() <-chan struct{} { return f.wake }
func (f *fake) close()                    { f.closed = true }
func (f *fake) take() (Kind, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.kind
	f.kind = Nothing
	return k, f.lost
}

func (f *fake) say(k Kind, lost bool) {
	f.mu.Lock()
	f.kind, f.lost = max(f.kind, k), lost
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// story runs a watcher on virtual time; systems are handed out one after the other, nil ones refuse.
func story(t *testing.T, tell func(dir string, looks *journal), systems ...*fake) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var looks journal
		for _, f := range systems {
			if f != nil {
				f.wake = make(chan struct{}, 1)
			}
		}
		given := 0
		w := &watcher{dir: dir, pace: Pace{Quiet: quiet, Limit: limit, Poll: poll}}
		w.open = func() (system, error) {
			f := systems[min(given, len(systems)-1)]
			given++
			if f == nil {
				return nil, syscall.EMFILE
			}
			return f, nil
		}
		w.changed = func(l Look) { looks.add(fmt.Sprintf("%v %s", time.Since(start), l.Polling)) }
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.run(ctx) }()
		synctest.Wait()
		tell(dir, &looks)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		for _, f := range systems {
			if f != nil && given > 0 && !f.closed {
				t.Error("a system is left open")
			}
		}
	})
}

// journal holds what was told, and when.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

// pass lets time pass, then gives what was told since it was last asked.
func pass(d time.Duration, j *journal) []string {
	time.Sleep(d) // virtual
	synctest.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	was := j.lines
	j.lines = nil
	return was
}

func TestBurstsAreToldOnce(t *testing.T) {
	f := &fake{}
	story(t, func(_ string, looks *journal) {
		pass(time.Second, looks) // the first looks, while the watch is set up
		for range 100 {
			f.say(Touched, false)
			time.Sleep(time.Millisecond) // virtual
		}
		if got := pass(time.Second, looks); len(got) != 1 || got[0] != "1.174s " {
			t.Errorf("looks %q", got)
		}
		if got := pass(time.Hour, looks); len(got) != 0 {
			t.Errorf("an idle hour has looks %q", got)
		}
	}, f)
}

func TestALostSystemIsReplaced(t *testing.T) {
	first, second := &fake{}, &fake{}
	story(t, func(_ string, looks *journal) {
		pass(time.Second, looks)
		first.say(Nothing, true)
		if got := pass(100*time.Millisecond, looks); len(got) != 1 || got[0] != "1.075s " {
			t.Errorf("looks %q", got)
		}
		pass(time.Second, looks)
		second.say(Touched, false)
		if got := pass(100*time.Millisecond, looks); len(got) != 1 {
			t.Errorf("the new system tells nothing: %q", got)
		}
	}, first, second)
}

func TestLimitsFallBackToPolling(t *testing.T) {
	f := &fake{refuse: syscall.ENOSPC}
	story(t, func(_ string, looks *journal) {
		pass(time.Second, looks)
		got := pass(10*time.Second, looks)
		if len(got) != 5 || !strings.Contains(got[0], "max_user_watches") {
			t.Errorf("looks %q", got)
		}
		f.mu.Lock()
		f.refuse = nil
		f.mu.Unlock()
		pass(3*time.Second, looks)
		if got := pass(time.Hour, looks); len(got) != 0 {
			t.Errorf("polls on although the system tells again: %q", got)
		}
	}, f)
}

func TestNoSystemAtAll(t *testing.T) {
	story(t, func(_ string, looks *journal) {
		pass(time.Second, looks)
		if got := pass(10*time.Second, looks); len(got) != 5 || !strings.Contains(got[0], "max_user_instances") {
			t.Errorf("looks %q", got)
		}
	}, nil)
}

func TestAFolderThatComesBack(t *testing.T) {
	f := &fake{}
	story(t, func(dir string, looks *journal) {
		pass(time.Second, looks)
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		f.say(Moved, false)
		if got := pass(3*time.Second, looks); len(got) < 2 || !strings.Contains(got[0], "the folder is gone") {
			t.Errorf("looks %q", got)
		}
		if err := os.MkdirAll(filepath.Join(dir, "sub", ".git"), 0o755); err != nil {
			t.Fatal(err)
		}
		pass(3*time.Second, looks)
		if !slices.Contains(f.dirs, filepath.Join(dir, "sub")) || slices.Contains(f.dirs, filepath.Join(dir, "sub", ".git")) {
			t.Errorf("watched %q", f.dirs)
		}
		if got := pass(time.Hour, looks); len(got) != 0 {
			t.Errorf("polls on: %q", got)
		}
	}, f)
}

func TestReasons(t *testing.T) {
	if got := reason(errors.New("strange")); got != "strange" {
		t.Error(got)
	}
}

// folder is a real folder under watch. At each look it is read, as the workspace does. Tests wait for a reading that shows
// what they did, never for time to pass; a watch that stays silent fails by the time limit of the run.
type folder struct {
	t     *testing.T
	dir   string
	looks chan map[string]string
	seen  int
}

func watched(t *testing.T) *folder {
	t.Helper()
	f := &folder{t: t, dir: t.TempDir(), looks: make(chan map[string]string, 10_000)}
	polling := make(chan string, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Dir(ctx, f.dir, func(l Look) {
			select {
			case polling <- l.Polling:
			default:
			}
			f.looks <- f.read()
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if why := <-polling; why != "" {
		t.Skip("this folder is polled:", why)
	}
	<-f.looks
	return f
}

// read gives every file with its text.
func (f *folder) read() map[string]string {
	texts := map[string]string{}
	_ = filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !hidden(d.Name()) {
			if data, err := os.ReadFile(path); err == nil {
				name, _ := filepath.Rel(f.dir, path)
				texts[filepath.ToSlash(name)] = string(data)
			}
		}
		return nil
	})
	return texts
}

// until waits for a look that shows files with their texts, and nothing else.
func (f *folder) until(files ...string) {
	f.t.Helper()
	want := map[string]string{}
	for i := 0; i < len(files); i += 2 {
		want[files[i]] = files[i+1]
	}
	for !maps.Equal(<-f.looks, want) {
		f.seen++
	}
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	f.must(os.WriteFile(f.path(name), []byte(text), 0o644))
}

func TestRealFiles(t *testing.T) {
	f := watched(t)
	f.write("a.graph", "one")
	f.until("a.graph", "one")
	f.write("a.graph", "two")
	f.until("a.graph", "two")
	f.write(".a.swp", "three") // an editor that saves by renaming
	f.must(os.Rename(f.path(".a.swp"), f.path("a.graph")))
	f.until("a.graph", "three")
	f.write("a.graph", "four") // the name is watched still, though it is another file
	f.until("a.graph", "four")
	f.must(os.Remove(f.path("a.graph")))
	f.until()
}

func TestNewFoldersAreWatched(t *testing.T) {
	f := watched(t)
	f.must(os.MkdirAll(f.path("a/b"), 0o755))
	f.write("a/b/deep.graph", "one")
	f.until("a/b/deep.graph", "one")
	f.write("a/b/deep.graph", "two")
	f.until("a/b/deep.graph", "two")
	f.must(os.Rename(f.path("a"), f.path("c")))
	f.until("c/b/deep.graph", "two")
	f.write("c/b/deep.graph", "three")
	f.until("c/b/deep.graph", "three")
}

func TestAFolderRemovedAndMadeAgainIsWatched(t *testing.T) {
	f := watched(t)
	for i := range 3 {
		f.must(os.MkdirAll(f.path("a/b"), 0o755))
		f.write("a/b/x.graph", fmt.Sprint("first ", i))
		f.until("a/b/x.graph", fmt.Sprint("first ", i))
		f.must(os.RemoveAll(f.path("a")))
		f.must(os.MkdirAll(f.path("a/b"), 0o755))
		f.write("a/b/x.graph", fmt.Sprint("second ", i))
		f.until("a/b/x.graph", fmt.Sprint("second ", i))
		f.write("a/b/x.graph", fmt.Sprint("third ", i))
		f.until("a/b/x.graph", fmt.Sprint("third ", i))
		f.must(os.RemoveAll(f.path("a")))
		f.until()
	}
}

func TestStart(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	looks := Start(ctx, dir)
	<-looks
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		<-looks
	}
	stop()
	for range looks { // until it is closed
	}
}

func TestABurstOfAThousandWrites(t *testing.T) {
	f := watched(t)
	var want []string
	for i := range 1000 {
		name := fmt.Sprintf("f%d.graph", i%50)
		f.write(name, fmt.Sprint(i))
		if i >= 950 {
			want = append(want, name, fmt.Sprint(i))
		}
	}
	f.until(want...)
	if f.seen > 100 {
		t.Errorf("%d looks for 1000 writes", f.seen)
	}
}
