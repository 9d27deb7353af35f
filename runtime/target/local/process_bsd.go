//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package local

import (
	"fmt"
	"os/exec"
	"strconv"
)

const columns = "pid=,ppid=,pgid=,state=,lstart=,command="

// inspect reads one process.
func inspect(pid int) (process, bool) {
	out, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", columns).Output()
	if err != nil {
		return process{}, false
	}
	found := fromPS(string(out), "")
	if len(found) != 1 {
		return process{}, false
	}
	return found[0], true
}

// table reads all processes of the host. These systems do not show environments: a machine's processes are found by the group of its
// agent, by their parents.
func table(id, _ string) ([]process, error) {
	out, err := exec.Command("ps", "-axww", "-o", columns).Output()
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	return fromPS(string(out), Marker+"="+id), nil
}

// carries says whether a process with a recorded number, a recorded start is of a machine: here its command line tells.
func carries(p process, rec record) bool { return p.dead() || p.runs(rec.Agent) }

// bootID is not told by these systems in a way that lasts: the start time of a process, which is a date here, is enough.
func bootID() string { return "" }
