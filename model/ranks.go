package model

import (
	"slices"
	"strings"
)

// ranks gives names their ranks. While few names change it goes on with the table of an earlier graph: making a table costs more than
// all the rest of a change.
type ranks struct {
	base  map[string]int32
	moved []int32          // rank now of each rank in base, none for names that are gone; nil when they are the same
	extra map[string]int32 // names that are not in base
}

// mostExtra is how many names may be beside the table before there is a new one.
const mostExtra = 64

func (x *ranks) get(name string) int32 {
	if r, known := x.base[name]; known {
		if x.moved != nil {
			r = x.moved[r]
		}
		if r != none {
			return r
		}
	}
	if r, known := x.extra[name]; known {
		return r
	}
	return none
}

// ranked are types in alphabetical order.
type ranked[T any] struct {
	kept, sorted []T // in declaration order, each name once; by rank
	ranks        ranks
	at           []int32 // rank of each of kept
}

// rankByName keeps the first declaration of each name and orders names alphabetically.
func rankByName[T any](all []T, name func(T) string) ranked[T] {
	x := ranked[T]{kept: make([]T, 0, len(all)), ranks: ranks{base: make(map[string]int32, len(all))}}
	names := make([]string, 0, len(all))
	for _, t := range all {
		n := name(t)
		x.ranks.base[n] = int32(len(names))
		if len(x.ranks.base) > len(names) {
			x.kept, names = append(x.kept, t), append(names, n)
		}
	}
	order := make([]int32, len(names))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(names[a], names[b]) })
	x.arrange(order)
	for i, n := range names {
		x.ranks.base[n] = x.at[i]
	}
	return x
}

// arrange puts the kept types in an order.
func (x *ranked[T]) arrange(order []int32) {
	x.sorted, x.at = make([]T, len(order)), make([]int32, len(order))
	for r, i := range order {
		x.sorted[r] = x.kept[i]
		x.at[i] = int32(r)
	}
}

// again is rankByName for types of which nearly all had a rank before: those stay in their order. was are the earlier ranks, by the
// new ones, none for new names.
func (x ranked[T]) again(all []T, name func(T) string) (y ranked[T], was []int32) {
	y.kept = make([]T, 0, len(all))
	had := make([]int32, 0, len(all))
	slots := make([]int32, len(x.sorted)) // by earlier rank: position in kept
	for r := range slots {
		slots[r] = none
	}
	fresh := make(map[string]int32)
	for i, t := range all {
		w := x.rankOf(i, len(all), name(t), name)
		switch _, again := fresh[name(t)]; {
		case w == none && again, w != none && slots[w] != none:
			continue // declared twice
		case w == none:
			fresh[name(t)] = int32(len(had))
		default:
			slots[w] = int32(len(had))
		}
		y.kept, had = append(y.kept, t), append(had, w)
	}
	if len(fresh)+len(x.ranks.extra) > mostExtra {
		y = rankByName(all, name)
		was = make([]int32, len(y.sorted))
		for r, t := range y.sorted {
			was[r] = x.ranks.get(name(t))
		}
		return y, was
	}
	y.arrange(between(slots, fresh, func(i int32) string { return name(y.kept[i]) }))
	was = make([]int32, len(had))
	for i, w := range had {
		was[y.at[i]] = w
	}
	y.ranks = x.ranks.move(was, len(x.sorted), fresh, y.at)
	return y, was
}

// rankOf is the rank of the i-th of n declarations. It usually stands where it stood, counted from one of the ends.
func (x *ranked[T]) rankOf(i, n int, wanted string, name func(T) string) int32 {
	if i < len(x.kept) && name(x.kept[i]) == wanted {
		return x.at[i]
	}
	if k := i + len(x.kept) - n; k >= 0 && k < len(x.kept) && name(x.kept[k]) == wanted {
		return x.at[k]
	}
	return x.ranks.get(wanted)
}

// between puts fresh names among those that keep their order.
func between(slots []int32, fresh map[string]int32, name func(int32) string) (order []int32) {
	var added []int32
	for _, i := range fresh { // sorted below
		added = append(added, i)
	}
	slices.SortFunc(added, func(a, b int32) int { return strings.Compare(name(a), name(b)) })
	order = make([]int32, 0, len(slots)+len(added))
	for _, i := range slots {
		if i == none {
			continue
		}
		for len(added) > 0 && name(added[0]) < name(i) {
			order, added = append(order, added[0]), added[1:]
		}
		order = append(order, i)
	}
	return append(order, added...)
}

// move gives names the ranks that they have now.
func (x *ranks) move(was []int32, before int, fresh map[string]int32, at []int32) ranks {
	now := make([]int32, before)
	for w := range now {
		now[w] = none
	}
	for r, w := range was {
		if w != none {
			now[w] = int32(r)
		}
	}
	y := ranks{base: x.base, moved: make([]int32, len(x.base)), extra: make(map[string]int32, len(x.extra)+len(fresh))}
	for b := range y.moved {
		w := int32(b)
		if x.moved != nil {
			w = x.moved[b]
		}
		if y.moved[b] = none; w != none {
			y.moved[b] = now[w]
		}
	}
	for n, w := range x.extra {
		if now[w] != none {
			y.extra[n] = now[w]
		}
	}
	for n, i := range fresh {
		y.extra[n] = at[i]
	}
	return y
}
