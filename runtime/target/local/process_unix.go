//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// errUnsupported is what other systems answer.
var errUnsupported = errors.New("local machines need processes in sessions, which this system does not have")

// tryLock takes the lock of an open folder, or says that somebody has it.
func tryLock(f *os.File) (bool, error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
	}
}

// mayWrite asks the system, which knows of accounts, lists, read-only disks.
func mayWrite(dir string) error {
	const write, enter = 2, 1
	if err := syscall.Access(dir, write|enter); err != nil {
		return &fs.PathError{Op: "write into", Path: dir, Err: err}
	}
	return nil
}

// ownSession lets a process survive this one, its terminal.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// send sends a signal to a process, only if it is still that process: the handle is taken first, then compared, so that a number that
// was given to a stranger meanwhile is left alone.
func send(p process, s os.Signal) error {
	handle, err := os.FindProcess(p.pid)
	if err != nil {
		return nil // it is gone
	}
	defer handle.Release() // a handle has nothing to flush
	if now, there := inspect(p.pid); !there || now.start != p.start || now.dead() {
		return nil
	}
	if err := handle.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("send %s to process %d: %w", s, p.pid, err)
	}
	return nil
}

// reap takes the end of a child of ours away from the process table; it says how it ended, "" when that is somebody else's child.
func reap(p process) string {
	if p.parent != os.Getpid() {
		return ""
	}
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(p.pid, &status, syscall.WNOHANG, nil); err != nil || pid != p.pid {
		return ""
	}
	if status.Signaled() {
		return "signal: " + status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}

var (
	sigStop     os.Signal = syscall.SIGSTOP
	sigContinue os.Signal = syscall.SIGCONT
	sigEnd      os.Signal = syscall.SIGTERM
)
