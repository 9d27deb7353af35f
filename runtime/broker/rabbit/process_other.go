//go:build unix && !linux

package rabbit

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent: this system has no such promise; the next Start cleans what is left.
func dieWithParent(*syscall.SysProcAttr, bool) {}

// startTime tells when a process started; an error when there is none, or only its remains.
func startTime(pid int) (string, error) {
	out, err := exec.Command("ps", "-o", "state=,lstart=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(out))
	if strings.HasPrefix(text, "Z") {
		return "", os.ErrProcessDone
	}
	_, started, _ := strings.Cut(text, " ")
	return strings.TrimSpace(started), nil
}
