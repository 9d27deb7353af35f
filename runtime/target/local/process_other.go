//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package local

import (
	"errors"
	"os"
	"syscall"
)

// errUnsupported is what every operation on a machine answers on this system.
var errUnsupported = errors.New("local machines need processes in sessions, which this system does not have")

func inspect(int) (process, bool)             { return process{}, false }
func table(string, string) ([]process, error) { return nil, errUnsupported }
func carries(process, record) bool            { return false }
func bootID() string                          { return "" }
func tryLock(*os.File) (bool, error)          { return false, errUnsupported }
func mayWrite(string) error                   { return errUnsupported }
func ownSession() *syscall.SysProcAttr        { return nil }
func send(process, os.Signal) error           { return errUnsupported }
func reap(process) string                     { return "" }

var sigStop, sigContinue, sigEnd os.Signal = os.Kill, os.Kill, os.Kill
