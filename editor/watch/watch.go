// Package watch tells when a folder is worth another look.
package watch

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The pace at which a folder is looked at.
const (
	quiet = 75 * time.Millisecond
	limit = 500 * time.Millisecond
	poll  = 2 * time.Second
)

// Look says that the folder should be read again: something may have changed in it, or nothing.
type Look struct {
	// Polling says, in words, why looks come at a fixed pace; "" while the system tells of changes.
	Polling string
}

// Dir watches a folder with everything in it, hidden folders left out, until ctx ends. It calls changed once the watch
// stands, so that nothing is missed between an earlier reading and the watch; then after each burst of changes. Calls come
// one at a time, from the goroutine that called Dir; they may take their time, events are kept meanwhile.
//
// Where the system cannot tell of changes (too many watches, a network file system, a folder that is gone), Dir calls
// changed every two seconds and tries again.
func Dir(ctx context.Context, dir string, changed func(Look)) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	w := &watcher{dir: abs, changed: changed, open: openSystem, pace: Pace{Quiet: quiet, Limit: limit, Poll: poll}}
	return w.run(ctx)
}

// Start is Dir on a goroutine of its own, which ends with ctx. The channel holds the newest look that nobody took; it is
// closed when the watch has ended.
func Start(ctx context.Context, dir string) <-chan Look {
	looks := make(chan Look, 1)
	go func() {
		defer close(looks)
		err := Dir(ctx, dir, func(l Look) {
			select {
			case <-looks: // older
			default:
			}
			looks <- l // nobody else sends: there is room
		})
		if err != nil {
			looks <- Look{Polling: err.Error()}
		}
	}()
	return looks
}

// system tells of changes in folders.
type system interface {
	// add watches a folder, not those in it. Adding it again does no harm.
	add(dir string) error
	// happened is ready when take has something to give.
	happened() <-chan struct{}
	// take gives what happened since it was last asked; lost says that the system will tell no more.
	take() (k Kind, lost bool)
	// close ends it and waits for its goroutines.
	close()
}

type watcher struct {
	dir     string
	changed func(Look)
	open    func() (system, error)
	sys     system // nil when there is none
	pace    Pace
}

func (w *watcher) run(ctx context.Context) error {
	defer func() {
		if w.sys != nil {
			w.sys.close()
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	k := Nothing
	w.look()
	w.pace.looked = time.Now()
	for {
		look, wait := w.pace.Step(time.Now(), k)
		if look {
			w.look()
			k = Nothing
			continue
		}
		timer.Stop()
		if wait > 0 {
			timer.Reset(wait)
		}
		var happened <-chan struct{}
		if w.sys != nil {
			happened = w.sys.happened()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			k = Nothing
		case <-happened:
			k = w.take()
		}
	}
}

func (w *watcher) take() Kind {
	k, lost := w.sys.take()
	if lost {
		w.sys.close()
		w.sys = nil
		return Moved // what it told last is not known
	}
	return k
}

// look watches every folder there is now, then tells. Watches come first: what happens after is told by the system, what
// happened before is seen by whoever looks.
func (w *watcher) look() {
	why := w.watch()
	w.pace.Polling(why != "")
	w.changed(Look{Polling: why})
}

// watch gives the reason why the system cannot tell of every change, "" when it can.
func (w *watcher) watch() string {
	if w.sys == nil {
		sys, err := w.open()
		if err != nil {
			return reason(err)
		}
		w.sys = sys
	}
	if info, err := os.Stat(w.dir); err != nil || !info.IsDir() {
		return "the folder is gone"
	}
	why := ""
	_ = filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // gone meanwhile, or closed to us
		case !d.IsDir():
			return nil
		case path != w.dir && hidden(d.Name()):
			return fs.SkipDir
		}
		// The folder is read after this: what is made in it from now on is told.
		if err := w.sys.add(path); err != nil && !os.IsNotExist(err) && why == "" {
			why = reason(err)
		}
		return nil
	})
	if why == "" && remote(w.dir) {
		why = "a network file system tells nothing of what others write"
	}
	return why
}

// hidden says whether a name is left out, as the workspace leaves it out.
func hidden(name string) bool { return strings.HasPrefix(name, ".") && name != ".roboconf" }

// reason puts an error of the system in words that say what to do, where we know.
func reason(err error) string {
	s := err.Error()
	switch {
	case strings.Contains(s, "no space left"):
		return "the system's limit of watches is reached (fs.inotify.max_user_watches)"
	case strings.Contains(s, "too many open files"):
		return "the system's limit of watchers is reached (fs.inotify.max_user_instances)"
	}
	return s
}
