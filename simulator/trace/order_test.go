package trace

import (
	"slices"
	"strings"
	"testing"
)

// run reads "a:UP b:DOWN" as moves.
func run(text string) []Move {
	var list []Move
	for _, word := range strings.Fields(text) {
		path, to, _ := strings.Cut(word, ":")
		list = append(list, Move{Path: path, To: to})
	}
	return list
}

func TestAnOrderIsWhatEveryRunHas(t *testing.T) {
	o := Agree(
		run("a:ON b:WAITS b:ON c:ON"),
		run("b:WAITS a:ON c:ON b:ON"),
		run("c:ON a:ON b:WAITS b:ON"),
	)
	for text, want := range map[string][]string{
		"c:ON b:WAITS a:ON b:ON": nil,
		"b:WAITS b:ON a:ON c:ON": {"a ON comes after b ON; in 3 runs it came before"},
		"a:ON b:ON c:ON":         {"b goes ON; in 3 runs it went WAITS -> ON"},
		"a:ON b:WAITS b:ON":      {"c does not move"},
		"a:ON b:WAITS b:ON c:ON d:ON": {
			"d moves in no other run: ON",
		},
	} {
		if got := o.Differs(run(text)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if o.Pairs() != 2 { // a ON, then b ON; b WAITS, then b ON
		t.Errorf("%d pairs are ordered, want 2", o.Pairs())
	}
}

func TestTheSameStateTwiceIsTwoMoves(t *testing.T) {
	o := Agree(run("a:ON b:ON a:OFF a:ON"), run("a:ON a:OFF b:ON a:ON"))
	if got := o.Differs(run("b:ON a:ON a:OFF a:ON")); len(got) != 1 || got[0] != "a ON comes after b ON; in 2 runs it came before" {
		t.Errorf("%q", got)
	}
	if got := o.Differs(run("a:ON a:OFF a:ON b:ON")); len(got) != 1 || got[0] != "b ON comes after a ON for time 2; in 2 runs it came before" {
		t.Errorf("%q", got)
	}
}

func TestMovesLeaveOutWhatMovesNothing(t *testing.T) {
	var tr Trace
	tr.Add(Entry{Kind: State, Path: "/a", From: "UNRESOLVED", To: "UNRESOLVED"})
	tr.Add(Entry{Kind: Recipe, Path: "/a", From: "start", To: Began})
	tr.Add(Entry{Kind: State, Path: "/a", From: "UNRESOLVED", To: "STARTING"})
	if got := tr.Moves(); len(got) != 1 || got[0] != (Move{"/a", "STARTING"}) {
		t.Errorf("%v", got)
	}
}
