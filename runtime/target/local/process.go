package local

import (
	"slices"
	"strings"
)

// process is one line of the process table.
type process struct {
	pid, parent int
	group       int
	session     int    // 0 where the system does not tell
	start       string // with the pid, it names a process for ever (until the next boot)
	state       byte
	marked      bool // it carries the marker that was asked for
	words       []string
}

// The states that matter.
const (
	stopped = 'T'
	zombie  = 'Z'
	dying   = 'X'
)

func (p process) dead() bool { return p.state == zombie || p.state == dying }

// leads says whether it is the leader of a session, or of a group where sessions are not told.
func (p process) leads() bool { return p.pid == p.session || p.session == 0 && p.pid == p.group }

// runs compares the command line. A script has its interpreter before it.
func (p process) runs(command []string) bool {
	return len(p.words) >= len(command) && slices.Equal(p.words[len(p.words)-len(command):], command)
}

func (p process) is(q process) bool { return p.pid == q.pid && p.start == q.start }

// belonging picks the processes of a machine out of a table: those with its marker, those in the session of its agent, those that were
// known to belong to it, and all that descend from them. Neither this process nor the first one ever belongs; what
// descends from them does by its own marks only.
func belonging(all []process, agent process, known []process, self int) []process {
	ours := map[int]bool{}
	for _, p := range all {
		byAgent := agent.pid != 0 && (p.is(agent) || p.session == agent.pid && agent.session == agent.pid || p.group == agent.pid && agent.group == agent.pid)
		if p.pid > 1 && p.pid != self && (p.marked || byAgent || slices.ContainsFunc(known, p.is)) {
			ours[p.pid] = true
		}
	}
	for grew := true; grew; {
		grew = false
		for _, p := range all {
			if !ours[p.pid] && ours[p.parent] && p.pid != self {
				ours[p.pid], grew = true, true
			}
		}
	}
	var found []process
	for _, p := range all {
		if ours[p.pid] && !p.dead() {
			found = append(found, p)
		}
	}
	return found
}

// fromPS reads what `ps -o pid=,ppid=,pgid=,state=,lstart=,command=` prints: the table of systems without /proc. Environments are not
// told there; a process is marked when its command line names the marker.
func fromPS(text, marker string) []process {
	var all []process
	for _, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		const command = 9 // after three numbers, the state, five words of the start
		if len(w) < command+1 {
			continue
		}
		p := process{
			pid: number(w[0]), parent: number(w[1]), group: number(w[2]), state: w[3][0],
			start: strings.Join(w[4:command], " "), words: w[command:],
		}
		p.marked = marker != "" && strings.Contains(line, marker)
		if p.pid > 0 {
			all = append(all, p)
		}
	}
	return all
}

// number is 0 for what is none.
func number(text string) int {
	n := 0
	for _, r := range text {
		if r < '0' || r > '9' || n > 1<<30 {
			return 0
		}
		n = 10*n + int(r-'0')
	}
	return n
}
