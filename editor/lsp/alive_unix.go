//go:build unix

package lsp

import (
	"errors"
	"syscall"
)

// alive says whether a process runs: signal 0 only asks.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
