package process

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// isolate has nothing to do: a process group is a thing of Unix.
func isolate(_ *exec.Cmd, runAs string) error {
	if runAs != "" {
		return fmt.Errorf("run as %s: Windows asks for the password of a user; start the agent as %s", runAs, runAs)
	}
	return nil
}

// Own has nothing to do: isolate refuses other users.
func Own(path, runAs string) error { return nil }

func terminate(group int) { kill(group) }

func kill(group int) {
	if p, err := os.FindProcess(group); err == nil {
		_ = p.Kill() // it may have ended
		_ = p.Release()
	}
}

// alive counts the program alone, and Wait has seen it end.
func alive(int) bool { return false }

func remember(*Command, int) func() { return func() {} }

// Reap finds nothing on Windows.
func Reap(string, time.Duration) (found bool, err error) { return false, nil }

func bySignal(*os.ProcessState) (name string, number int, killed bool) { return "", 0, false }

func isBusy(error) bool      { return false }
func isNoProgram(error) bool { return false }
func isTooBig(error) bool    { return false }
