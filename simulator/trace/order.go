package trace

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Move is an instance that reached a state: what a run looks like when its times do not matter.
type Move struct {
	Path string
	To   string // as in lifecycle.md 2; "" when the instance is gone
}

// Moves are the moves of a trace, in order. An entry that changes no state, such as a new import, is none.
func (t *Trace) Moves() []Move {
	var list []Move
	for e := range t.Since(0) {
		if e.Kind == State && e.From != e.To {
			list = append(list, Move{Path: e.Path, To: e.To})
		}
	}
	return list
}

// Order is what several runs of one story have in common: a partial order of moves. Runs in other places, with other times, are
// held against it.
type Order struct {
	runs   int
	paths  []string                   // sorted
	lives  map[string]map[string]bool // by path: each sequence of states that was seen, as text
	common []occurrence               // moves that every run makes, in the order of the first run
	before [][]bool                   // before[i][j]: in every run, common[i] comes before common[j]
}

// occurrence is the n-th time, from 1, that an instance reaches a state.
type occurrence struct {
	Move
	n int
}

func (o occurrence) String() string {
	if o.n == 1 {
		return o.Path + " " + o.To
	}
	return fmt.Sprintf("%s %s for time %d", o.Path, o.To, o.n)
}

// Agree gives the partial order that holds in every run: a move is before another if it is so in each of them. The more the runs
// differ in their times, the less is left that is mere chance.
func Agree(runs ...[]Move) *Order {
	o := &Order{runs: len(runs), lives: map[string]map[string]bool{}}
	var places []map[occurrence]int
	for _, run := range runs {
		places = append(places, number(run))
		for path, life := range livesOf(run) {
			if o.lives[path] == nil {
				o.lives[path] = map[string]bool{}
			}
			o.lives[path][life] = true
		}
	}
	o.paths = slices.Sorted(maps.Keys(o.lives))
	if len(runs) == 0 {
		return o
	}
	o.agree(runs[0], places)
	return o
}

func (o *Order) agree(first []Move, places []map[occurrence]int) {
	seen := map[Move]int{}
	for _, m := range first {
		seen[m]++
		at := occurrence{m, seen[m]}
		everywhere := !slices.ContainsFunc(places, func(p map[occurrence]int) bool { _, ok := p[at]; return !ok })
		if everywhere {
			o.common = append(o.common, at)
		}
	}
	o.before = make([][]bool, len(o.common))
	for i, a := range o.common {
		o.before[i] = make([]bool, len(o.common))
		for j, b := range o.common {
			o.before[i][j] = i != j && !slices.ContainsFunc(places, func(p map[occurrence]int) bool { return p[a] >= p[b] })
		}
	}
}

// number gives each move of a run its place.
func number(run []Move) map[occurrence]int {
	places := make(map[occurrence]int, len(run))
	seen := map[Move]int{}
	for i, m := range run {
		seen[m]++
		places[occurrence{m, seen[m]}] = i
	}
	return places
}

// livesOf gives the states that each instance goes through, as text.
func livesOf(run []Move) map[string]string {
	lives := map[string][]string{}
	for _, m := range run {
		to := m.To
		if to == "" {
			to = "gone"
		}
		lives[m.Path] = append(lives[m.Path], to)
	}
	texts := make(map[string]string, len(lives))
	for path, states := range lives { // in any order: another map is filled
		texts[path] = strings.Join(states, " -> ")
	}
	return texts
}

// Pairs is how many moves are ordered by the partial order: a check against few of them says little.
func (o *Order) Pairs() int {
	n := 0
	for _, row := range o.before {
		for _, b := range row {
			if b {
				n++
			}
		}
	}
	return n
}

// Differs says, in words, how a run does not fit: an instance that leads a life which no run led, or moves in an order that no run
// had. None means that it is one of the runs up to timing.
func (o *Order) Differs(run []Move) []string {
	var list []string
	lives := livesOf(run)
	for _, path := range slices.Sorted(maps.Keys(lives)) {
		switch known := o.lives[path]; {
		case known == nil:
			list = append(list, fmt.Sprintf("%s moves in no other run: %s", path, lives[path]))
		case !known[lives[path]]:
			list = append(list, fmt.Sprintf("%s goes %s; in %d runs it went %s",
				path, lives[path], o.runs, strings.Join(slices.Sorted(maps.Keys(known)), ", or ")))
		}
	}
	for _, path := range o.paths {
		if _, ok := lives[path]; !ok {
			list = append(list, path+" does not move")
		}
	}
	return append(list, o.disorder(number(run))...)
}

func (o *Order) disorder(places map[occurrence]int) []string {
	var list []string
	for i, a := range o.common {
		for j, b := range o.common {
			at, there := places[a]
			then, too := places[b]
			if o.before[i][j] && there && too && at > then {
				list = append(list, fmt.Sprintf("%s comes after %s; in %d runs it came before", a, b, o.runs))
			}
		}
	}
	return list
}
