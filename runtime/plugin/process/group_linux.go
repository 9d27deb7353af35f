package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// member is what the process table says of a process.
type member struct {
	pid, group, session int
	state               byte
	started             string // ticks since the machine started
}

// members are the living processes of a session that a program was given, in whatever group they are: a shell with job control puts its
// jobs in groups of their own. What is dead and waits to be seen by its parent does not count.
func members(session int) (list []member) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if m, ok := lookup(pid); ok && (m.session == session || m.group == session) && m.state != 'Z' && m.state != 'X' {
			list = append(list, m)
		}
	}
	return list
}

// lookup reads /proc/PID/stat. The name of the program in it may hold anything, so the fields are counted from its last parenthesis.
func lookup(pid int) (member, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return member{}, false
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return member{}, false
	}
	m := member{pid: pid, state: fields[0][0], started: fields[19]}
	m.group, _ = strconv.Atoi(fields[2]) // the kernel writes numbers
	m.session, _ = strconv.Atoi(fields[3])
	return m, true
}

// strays are the members of a session that left its first group.
func strays(session int) (pids []int) {
	for _, m := range members(session) {
		if m.group != session {
			pids = append(pids, m.pid)
		}
	}
	return pids
}

func alive(group int) bool { return len(members(group)) > 0 }

// remember writes the file of Command.Group, and gives what removes it.
func remember(c *Command, pid int) func() {
	if c.Group == "" {
		return func() {}
	}
	m, _ := lookup(pid) // not there any more: then nothing is found by Reap either
	text := fmt.Sprintf("%d %s %s\n", pid, m.started, bootID())
	if err := os.WriteFile(c.Group, []byte(text), 0o600); err != nil {
		c.warn("cannot note which processes run, so a crash of the agent may leave them: " + err.Error())
	}
	return func() { _ = os.Remove(c.Group) } // one that stays is found out by Reap: the process is not there
}

func bootID() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // without it, one start of the machine looks like another
	return strings.TrimSpace(string(text))
}

// Reap ends what an earlier process of the agent left running when it died (LC-104): file is the Group of its commands. It terminates,
// waits for the grace, kills. It says whether something was there. Numbers that mean other processes by now are not touched: the time at
// which the program started and the start of the machine must be the same.
func Reap(file string, grace time.Duration) (found bool, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read which recipe ran: %w", err)
	}
	words := strings.Fields(string(text))
	if len(words) == 3 && words[2] == bootID() {
		if pid, err := strconv.Atoi(words[0]); err == nil && pid > 1 {
			found = reap(pid, words[1], orElse(grace, Grace))
		}
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return found, fmt.Errorf("forget which recipe ran in %s: %w", filepath.Dir(file), err)
	}
	return found, nil
}

func reap(pid int, started string, grace time.Duration) bool {
	if m, ok := lookup(pid); ok && m.started != started {
		return false // the number belongs to somebody else
	}
	if !alive(pid) {
		return false
	}
	terminate(pid)
	if !gone(pid, grace) {
		kill(pid)
		gone(pid, 5*time.Second)
	}
	return true
}

// gone waits until nothing of a group is left, for so long at most.
func gone(group int, patience time.Duration) bool {
	until := time.Now().Add(patience)
	for pause := time.Millisecond; alive(group); pause = min(2*pause, 100*time.Millisecond) {
		if time.Now().After(until) {
			return false
		}
		time.Sleep(pause)
	}
	return true
}
