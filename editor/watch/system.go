package watch

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// notifier is the system's own way to tell of changes.
type notifier struct {
	fs   *fsnotify.Watcher
	wake chan struct{}
	done sync.WaitGroup

	mu   sync.Mutex
	kind Kind
	lost bool
}

func openSystem() (system, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &notifier{fs: w, wake: make(chan struct{}, 1)}
	n.done.Go(n.drain)
	return n, nil
}

func (n *notifier) add(dir string) error { return n.fs.Add(dir) }

func (n *notifier) happened() <-chan struct{} { return n.wake }

func (n *notifier) take() (Kind, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.kind
	n.kind = Nothing
	return k, n.lost
}

func (n *notifier) close() {
	_ = n.fs.Close() // ends drain
	n.done.Wait()
}

// drain takes events as fast as they come, whatever the watcher is doing: the system's queue overflows otherwise.
func (n *notifier) drain() {
	for {
		select {
		case e, ok := <-n.fs.Events:
			if !ok {
				n.note(Moved, true)
				return
			}
			if k := kindOf(e); k != Nothing {
				n.note(k, false)
			}
		case err, ok := <-n.fs.Errors:
			if !ok {
				n.note(Moved, true)
				return
			}
			n.note(Moved, !errors.Is(err, fsnotify.ErrEventOverflow))
		}
	}
}

func (n *notifier) note(k Kind, lost bool) {
	n.mu.Lock()
	n.kind = max(n.kind, k)
	n.lost = n.lost || lost
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default: // it will wake anyway
	}
}

// kindOf leaves out what cannot matter: changed modes, hidden files such as those that editors keep beside ours.
func kindOf(e fsnotify.Event) Kind {
	name := filepath.Base(e.Name)
	switch {
	case strings.HasPrefix(name, ".") && name != ".roboconf":
		return Nothing
	case e.Op&(fsnotify.Create|fsnotify.Rename|fsnotify.Remove) != 0:
		return Moved
	case e.Op&fsnotify.Write != 0:
		return Touched
	}
	return Nothing
}
