//go:build !unix

package managerd

import "os/exec"

// ownGroup: this system has no process groups; the program alone is ended.
func ownGroup(*exec.Cmd) {}

func killGroup(*exec.Cmd) {}
