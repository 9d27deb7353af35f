package rabbit

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// dieWithParent makes the system send a signal to the child when this process ends, however it ends.
func dieWithParent(attr *syscall.SysProcAttr, atOnce bool) {
	attr.Pdeathsig = syscall.SIGTERM
	if atOnce {
		attr.Pdeathsig = syscall.SIGKILL
	}
}

// startTime tells when a process started, in ticks since the system did; an error when there is none, or only its remains.
func startTime(pid int) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The second field is a name in parentheses, which may hold anything: the fields are counted from its end.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return "", errors.New("read the state of a process: too few fields")
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return "", os.ErrProcessDone
	}
	return fields[19], nil
}
