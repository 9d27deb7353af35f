//go:build unix

package site

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// errHeld says that another program holds a lock.
var errHeld = errors.New("another roboconf is at work there")

// lock takes a file for this process alone; the system gives it back when the process ends, however it ends.
func lock(file string) (unlock func(), err error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(file) // only for the words
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (process %s); wait until it is done, or end it", errHeld, strings.TrimSpace(string(holder)))
		}
		return nil, fmt.Errorf("lock %s: %w", file, err)
	}
	mine, err := f.Stat()
	if there, gone := os.Stat(file); err != nil || gone != nil || !os.SameFile(mine, there) {
		_ = f.Close()
		return nil, fmt.Errorf("%w: it was removed just now; try again", errHeld)
	}
	_ = f.Truncate(0) // who holds it is only for the words of others
	_, _ = f.WriteAt([]byte(fmt.Sprintln(os.Getpid())), 0)
	return func() { _ = f.Close() }, nil
}
