package local

import (
	"slices"
	"testing"
)

// The table of systems without /proc, as their ps prints it.
const psText = `    1     0     1 Ss   Mon Nov 16 08:00:00 2026 /sbin/launchd
  412     1   412 Ss   Mon Nov 16 09:12:44 2026 /opt/roboconf-agent --quiet
  413   412   412 S    Mon Nov 16 09:12:45 2026 bash start.sh ROBOCONF_MACHINE=lamp-vm-0000.11
  500     1   500 Z    Mon Nov 16 09:13:00 2026 (roboconf-agent)
  not a line
`

func TestProcessTableOfPS(t *testing.T) {
	all := fromPS(psText, "ROBOCONF_MACHINE=lamp-vm-0000.11")
	if len(all) != 4 {
		t.Fatalf("%d processes: %+v", len(all), all)
	}
	agent := all[1]
	if agent.pid != 412 || agent.parent != 1 || !agent.leads() || agent.start != "Mon Nov 16 09:12:44 2026" || !agent.runs([]string{"/opt/roboconf-agent", "--quiet"}) {
		t.Errorf("the agent is read as %+v", agent)
	}
	if agent.marked || !all[2].marked || all[2].leads() || !all[3].dead() {
		t.Errorf("marks, leaders, the dead: %+v", all)
	}
}

// LC-82: who belongs to a machine, who does not.
func TestBelonging(t *testing.T) {
	agent := process{pid: 10, parent: 1, group: 10, session: 10, start: "a"}
	all := []process{
		{pid: 1, marked: true}, // never the first
		agent,
		{pid: 11, parent: 10, group: 11, session: 10},                    // in its session
		{pid: 12, parent: 11, group: 12, session: 12},                    // its grandchild, in a session of its own
		{pid: 13, parent: 1, group: 13, session: 13, marked: true},       // it daemonised
		{pid: 14, parent: 13, group: 13, session: 13},                    // its child
		{pid: 15, parent: 1, group: 15, session: 15, start: "known"},     // it was known before its parents ended
		{pid: 16, parent: 1, group: 16, session: 16, start: "another"},   // its number was given away
		{pid: 17, parent: 1, group: 17, session: 17},                     // a stranger
		{pid: 18, parent: 10, group: 10, session: 10, state: zombie},     // dead
		{pid: 99, parent: 10, group: 10, session: 10, marked: true},      // ourselves
		{pid: 20, parent: 99, group: 99, session: 99, state: 'S'},        // our own child
		{pid: 21, parent: 17, group: 17, session: 17, state: 'S'},        // a stranger's child
		{pid: 22, parent: 1, group: 10, session: 10, start: "orphan"},    // orphaned in its session
		{pid: 23, parent: 1, group: 23, session: 10, start: "backgroun"}, // a job of a shell
	}
	pids := func(agent process) (list []int) {
		for _, p := range belonging(all, agent, []process{{pid: 15, start: "known"}, {pid: 16, start: "before"}}, 99) {
			list = append(list, p.pid)
		}
		return list
	}
	if got, want := pids(agent), []int{10, 11, 12, 13, 14, 15, 22, 23}; !slices.Equal(got, want) {
		t.Errorf("with a living agent: %v, want %v", got, want)
	}
	if got, want := pids(process{}), []int{13, 14, 15}; !slices.Equal(got, want) {
		t.Errorf("without an agent its session proves nothing: %v, want %v", got, want)
	}
}

func FuzzProcessTableOfPS(f *testing.F) {
	f.Add(psText, "MARK")
	f.Add("1 1 1 S a b c d e f", "")
	f.Fuzz(func(t *testing.T, text, marker string) {
		for _, p := range fromPS(text, marker) {
			if p.pid <= 0 || len(p.words) == 0 || p.start == "" {
				t.Errorf("a process without number, command, or start: %+v", p)
			}
		}
	})
}
