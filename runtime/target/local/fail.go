package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/roboconf/workbench/runtime/target"
)

// errNoProgram is about the program of the agent.
var errNoProgram = errors.New("the agent's program cannot be run")

// program gives the absolute path of the agent's program; a name without slash is looked for in PATH.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoProgram, err)
	}
	return filepath.Abs(path)
}

// full says that the disk, or this account's part of it, has no room.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// failure classifies what the system said (TG-114); nil stays nil.
func failure(op string, s target.Spec, err error) error {
	if err == nil {
		return nil
	}
	if done := (*target.Error)(nil); errors.As(err, &done) {
		return err
	}
	e := &target.Error{Op: op, Target: Name, Scope: s.Key.Scope, Err: err}
	if code := syscall.Errno(0); errors.As(err, &code) {
		e.Code = code.Error()
	}
	is := func(codes ...error) bool {
		for _, c := range codes {
			if errors.Is(err, c) {
				return true
			}
		}
		return false
	}
	switch {
	case is(errUnsupported):
		e.Class, e.Advice = target.Invalid, "use another handler on this system"
	case is(errNoProgram) && !is(fs.ErrNotExist, exec.ErrNotFound):
		e.Class, e.Advice = target.Invalid, "the property agent names a program that this account may run"
	case is(errNoProgram):
		e.Class, e.Advice = target.NotFound, "the property agent names the program roboconf-agent"
	case is(context.DeadlineExceeded, context.Canceled, os.ErrDeadlineExceeded):
		e.Class, e.Retry = target.Timeout, true
	case full(err):
		e.Class, e.Advice = target.Quota, "make room on the disk, or name another folder with the property dir"
	case is(syscall.EMFILE, syscall.ENFILE, syscall.EAGAIN, syscall.ENOMEM):
		e.Class, e.Retry, e.Advice = target.Quota, true, "this host, or this account, has no room for more processes"
	case is(fs.ErrPermission, syscall.EROFS):
		e.Class, e.Advice = target.Credentials, "let this account write there, or name another folder with the property dir"
	case is(errNotFolder, syscall.ENOTDIR, syscall.ENAMETOOLONG):
		e.Class, e.Advice = target.Invalid, "name a folder with the property dir"
	case is(errGone):
		e.Class, e.Retry = target.Conflict, true
	case is(syscall.EIO, syscall.EBUSY, syscall.ESTALE):
		e.Class, e.Retry = target.Unavailable, true
	}
	return e
}
