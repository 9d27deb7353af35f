package lifecycle

import (
	"slices"
	"strings"
	"testing"
)

// LC-1, LC-2: which states are stable, which may be requested.
func TestKindsOfStates(t *testing.T) {
	stable := []State{NotDeployed, DeployedStopped, Unresolved, WaitingForAncestor, DeployedStarted}
	requestable := []State{NotDeployed, DeployedStopped, DeployedStarted}
	transitive := []State{Deploying, Starting, Stopping, Undeploying}
	for _, s := range States() {
		if got, want := s.Stable(), slices.Contains(stable, s); got != want {
			t.Errorf("LC-1: %s stable = %v, want %v", s, got, want)
		}
		if got, want := s.Requestable(), slices.Contains(requestable, s); got != want {
			t.Errorf("LC-2: %s requestable = %v, want %v", s, got, want)
		}
		if got, want := s.Transitive(), slices.Contains(transitive, s); got != want {
			t.Errorf("%s transitive = %v, want %v", s, got, want)
		}
	}
}

// LC-4: names are upper case on the wire, any case is read.
func TestNames(t *testing.T) {
	for _, s := range States() {
		if s.String() != strings.ToUpper(s.String()) {
			t.Errorf("LC-4: %s is not upper case", s)
		}
		for _, name := range []string{s.String(), strings.ToLower(s.String()), strings.ToTitle(s.String())} {
			if got, err := ParseState(name); err != nil || got != s {
				t.Errorf("LC-4: ParseState(%q) = %v, %v", name, got, err)
			}
		}
		text, err := s.MarshalText()
		var back State
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("LC-4: %s does not come back from %q", s, text)
		}
	}
	for _, bad := range []string{"", "STARTED", "DEPLOYED STARTED", " NOT_DEPLOYED"} {
		if _, err := ParseState(bad); err == nil {
			t.Errorf("LC-4: ParseState(%q) is accepted", bad)
		}
	}
	if _, err := State(200).MarshalText(); err == nil {
		t.Error("a state that does not exist is written")
	}
	for o := Initialize; o <= Undeploy; o++ {
		if got, err := ParseOperation(o.String()); err != nil || got != o {
			t.Errorf("ParseOperation(%q) = %v, %v", o, got, err)
		}
	}
}

// LC-10: the request matrix, word for word.
func TestRequestMatrix(t *testing.T) {
	want := map[State][3]Action{
		NotDeployed:        {Noop, DoDeploy, DoDeployStart},
		DeployedStopped:    {DoUndeploy, Noop, DoStart},
		Unresolved:         {DoUndeploy, DoUnarm, DoRetry},
		WaitingForAncestor: {DoUndeploy, DoUnarm, DoStart},
		DeployedStarted:    {DoStopUndeploy, DoStop, Noop},
		Deploying:          {}, Starting: {}, Stopping: {}, Undeploying: {}, Problem: {},
	}
	for _, current := range States() {
		for column, requested := range []State{NotDeployed, DeployedStopped, DeployedStarted} {
			if got := Decide(current, requested); got != want[current][column] {
				t.Errorf("LC-10: Decide(%s, %s) = %s, want %s", current, requested, got, want[current][column])
			}
		}
		for _, requested := range []State{Deploying, Unresolved, WaitingForAncestor, Starting, Stopping, Undeploying, Problem} {
			if got := Decide(current, requested); got != Reject {
				t.Errorf("LC-2: Decide(%s, %s) = %s, want reject", current, requested, got)
			}
		}
	}
}

// LC-5: every transitive state can be left, towards stable states only.
func TestMoves(t *testing.T) {
	for _, from := range States() {
		left := false
		for _, to := range States() {
			if !CanMove(from, to) {
				continue
			}
			left = true
			if from.Transitive() && from == to {
				t.Errorf("%s moves to itself", from)
			}
			if from.Transitive() && !to.Stable() && !(from == Starting && to == DeployedStarted) {
				t.Errorf("LC-5: %s leads to %s, which is not stable", from, to)
			}
			if to == Problem {
				t.Errorf("%s leads to PROBLEM, which is for machines", from)
			}
		}
		if !left && from != Problem {
			t.Errorf("LC-5: nothing leaves %s", from)
		}
	}
	for _, bad := range [][2]State{
		{NotDeployed, DeployedStarted},
		{DeployedStopped, DeployedStarted},
		{DeployedStarted, DeployedStopped},
		{DeployedStarted, Undeploying},
		{Unresolved, DeployedStarted},
		{NotDeployed, Unresolved},
	} {
		if CanMove(bad[0], bad[1]) {
			t.Errorf("%s leads to %s", bad[0], bad[1])
		}
	}
}

// lifecycle.md 8: a machine is never stopped, unresolved nor waiting.
func TestMachineMoves(t *testing.T) {
	never := []State{DeployedStopped, Unresolved, WaitingForAncestor, Starting, Stopping}
	for _, from := range States() {
		for _, to := range States() {
			if CanMoveMachine(from, to) && (slices.Contains(never, from) || slices.Contains(never, to)) {
				t.Errorf("a machine goes from %s to %s", from, to)
			}
		}
	}
	for _, good := range [][2]State{
		{NotDeployed, Deploying},
		{Deploying, Problem},
		{DeployedStarted, Problem},
		{Problem, DeployedStarted},
		{Problem, Undeploying},
		{Undeploying, NotDeployed},
	} {
		if !CanMoveMachine(good[0], good[1]) {
			t.Errorf("a machine cannot go from %s to %s", good[0], good[1])
		}
	}
}

// LC-104: what an interrupted operation leaves.
func TestSettled(t *testing.T) {
	want := map[State]State{Deploying: NotDeployed, Starting: DeployedStopped, Stopping: DeployedStopped, Undeploying: DeployedStopped}
	for _, s := range States() {
		expected, transitive := want[s]
		if !transitive {
			expected = s
		}
		if got := s.Settled(); got != expected {
			t.Errorf("LC-104: %s settles as %s, want %s", s, got, expected)
		}
	}
}

func FuzzParseState(f *testing.F) {
	for _, s := range States() {
		f.Add(s.String())
	}
	f.Fuzz(func(t *testing.T, name string) {
		if s, err := ParseState(name); err == nil && !strings.EqualFold(s.String(), name) {
			t.Errorf("%q is read as %s", name, s)
		}
	})
}
