package bind

import (
	"slices"

	"github.com/roboconf/workbench/model"
)

// Order groups instance paths by the wave in which they can start when everything goes well; what is left over
// (missing providers, cycles) comes back apart. Waves and leftovers are sorted.
//
// An instance starts after its parent, and after one publisher of each prefix that it imports mandatorily (MOD-147).
// External imports are taken for satisfied: what they need is not in this application.
func Order(app *model.Application) (waves [][]string, never []string) {
	q := newQueue(occurrences(app))
	for len(q.ready) > 0 {
		waves = append(waves, q.start())
	}
	for k, o := range q.all {
		if !q.started[k] {
			never = append(never, o.path)
		}
	}
	slices.Sort(never)
	return waves, never
}

// queue holds what each instance still waits for.
type queue struct {
	all       []occurrence
	missing   []int            // how many conditions are open
	started   []bool           // by position in all
	ready     []int            // those whose conditions are met
	waiting   map[string][]int // prefix to those who need it
	children  map[string][]int
	published map[string]bool
}

func newQueue(all []occurrence) *queue {
	q := &queue{
		all: all, missing: make([]int, len(all)), started: make([]bool, len(all)),
		waiting: make(map[string][]int), children: make(map[string][]int), published: make(map[string]bool),
	}
	for k, o := range all {
		if o.parent != "" {
			q.missing[k]++
			q.children[o.parent] = append(q.children[o.parent], k)
		}
		for _, need := range o.needs {
			if !need.Optional {
				q.missing[k]++
				q.waiting[need.Prefix] = append(q.waiting[need.Prefix], k)
			}
		}
		if !o.known {
			q.missing[k]++ // nobody knows how to start it
		}
		if q.missing[k] == 0 {
			q.ready = append(q.ready, k)
		}
	}
	return q
}

// start starts what is ready, then looks at whom this sets free.
func (q *queue) start() (wave []string) {
	now := q.ready
	q.ready = nil
	for _, k := range now {
		q.started[k] = true
		wave = append(wave, q.all[k].path)
	}
	for _, k := range now {
		q.release(q.children[q.all[k].path])
		for _, prefix := range q.all[k].prefixes {
			if !q.published[prefix] {
				q.published[prefix] = true
				q.release(q.waiting[prefix])
			}
		}
	}
	slices.Sort(wave)
	return wave
}

func (q *queue) release(list []int) {
	for _, k := range list {
		if q.missing[k]--; q.missing[k] == 0 {
			q.ready = append(q.ready, k)
		}
	}
}
