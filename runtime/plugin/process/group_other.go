//go:build unix && !linux

package process

import (
	"syscall"
	"time"
)

// strays cannot be told where there is no /proc: only the first group is ended.
func strays(int) []int { return nil }

func alive(group int) bool { return syscall.Kill(-group, 0) == nil }

// remember needs /proc to tell one process from another with the same number.
func remember(*Command, int) func() { return func() {} }

// Reap finds nothing where there is no /proc.
func Reap(string, time.Duration) (found bool, err error) { return false, nil }
