package agent

import (
	"maps"
	"slices"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// memory is what survives a crash (LC-104). Slices inside are never changed in place but appended to, so that a copy of the
// outer ones is a copy of everything.
type memory struct {
	model    *message.ModelSet // the last one received; nil before
	revision int               // of the model with what was added and removed since
	gen      int
	bindings map[string][]string
	bootID   string

	kinds  map[string]*kind
	insts  []instance // by slot
	free   []int32    // slots without instance
	paths  map[string]int32
	order  []int32            // breadth first; replaced, never changed
	byPref map[string][]int32 // importers of a prefix, in that order; replaced, never changed
	digest string             // "" when it must be computed again

	pubSeqs uint64 // highest number published by an instance that was removed since: one that takes its path goes on from there

	heard      map[source]heard
	nextPurge  time.Time
	seen, past map[string]*message.RequestResult // the last ids; two generations of at most remembered
	queue      []item                            // what waits, the oldest first
	current    *message.Envelope                 // what is being handled
	result     message.RequestResult             // how the current request ends, if it is one
	began      time.Time
	fetching   bool // it waits for its files: nothing of it was begun

	restored bool    // by New, and not yet announced
	again    []int32 // what must be started again after a reboot
}

// remembered is how many ids one generation holds (MS-60).
const remembered = 10_000

// item is something that waits for its turn: a message, or an unconfirmed import to be forgotten.
type item struct {
	msg    *message.Envelope
	forget *source
}

// source is the identity of an import (LC-54).
type source struct{ app, prefix, path string }

// heard is the last thing heard of a source (MS-60).
type heard struct {
	gen     int
	seq     uint64
	gone    bool // withdrawn: a tombstone
	final   bool // the whole generation is over
	suspect bool // restored, not yet confirmed
	at      time.Time
	vars    []model.Variable
}

// instance is an instance of the scope.
type instance struct {
	path     string
	decl     *model.Instance // its children are not looked at
	kind     *kind
	parent   int32 // -1 for the scoped instance
	depth    int32 // below the scoped instance
	children []int32
	state    lifecycle.State
	tried    bool // an automatic start failed while it waited for its parent (D-30)
	problem  *lifecycle.Failure
	stateSeq uint64
	imports  [][]message.Import // by rank of the prefix in its kind
	listed   []message.Import   // the same as one list

	vars   []model.Variable // effective exports
	groups []group          // the same by prefix, with what is seen from outside
	known  bool             // vars and groups are up to date
	above  []Ancestor       // nil when it must be gathered again
	pubSeq uint64
	live   bool             // published, not withdrawn
	sent   []publication    // the last one, one entry for each of the groups of that time
	ears   []message.Target // bindings held for export requests
}

// publication is what was sent for one group.
type publication struct {
	add      *message.ImportAdd
	external bool
}

// group is what is published under one prefix.
type group struct {
	prefix   string
	external bool
	vars     []model.Variable
}

// flat gives the imports as one list, sorted by prefix, then in order of arrival.
func (in *instance) flat() []message.Import {
	if in.listed != nil {
		return in.listed
	}
	filled, last := 0, -1
	for k := range in.imports {
		if len(in.imports[k]) > 0 {
			filled, last = filled+1, k
		}
	}
	switch filled {
	case 0:
		return nil
	case 1:
		in.listed = in.imports[last]
	default:
		in.listed = slices.Concat(in.imports...)
	}
	return in.listed
}

func (m *memory) clone() memory {
	c := *m
	c.bindings, c.kinds = maps.Clone(m.bindings), maps.Clone(m.kinds)
	c.insts = slices.Clone(m.insts)
	c.free = slices.Clone(m.free)
	c.paths = maps.Clone(m.paths)
	c.heard = maps.Clone(m.heard)
	c.seen, c.past = maps.Clone(m.seen), maps.Clone(m.past)
	c.queue = slices.Clone(m.queue)
	c.again = slices.Clone(m.again)
	for i := range c.insts {
		in := &c.insts[i]
		in.imports = slices.Clone(in.imports)
		for k := range in.imports {
			in.imports[k] = slices.Clip(in.imports[k]) // an append must not reach the memory of the other
		}
	}
	return c
}

// Clone copies the mind: what happens to one does not show in the other.
func (a *Agent) Clone() *Agent {
	c := *a
	c.memory = a.memory.clone()
	c.seqs, c.binds = maps.Clone(a.seqs), maps.Clone(a.binds)
	c.work = slices.Clone(a.work)
	c.answered, c.unanswered = maps.Clone(a.answered), slices.Clone(a.unanswered)
	c.out = nil
	return &c
}

// remember notes a message; it says whether it is new (MS-60).
func (m *memory) remember(id string) bool {
	if _, twice := m.recall(id); twice {
		return false
	}
	if m.seen == nil {
		m.seen = map[string]*message.RequestResult{}
	}
	m.seen[id] = nil
	if len(m.seen) >= remembered {
		m.seen, m.past = nil, m.seen
	}
	return true
}

func (m *memory) recall(id string) (*message.RequestResult, bool) {
	if r, ok := m.seen[id]; ok {
		return r, true
	}
	r, ok := m.past[id]
	return r, ok
}

func (m *memory) conclude(id string, r *message.RequestResult) {
	if _, ok := m.past[id]; ok {
		m.past[id] = r
		return
	}
	if m.seen == nil {
		m.seen = map[string]*message.RequestResult{}
	}
	m.seen[id] = r
}

// InState counts the instances of the scope in a state; for tests and pictures.
func (a *Agent) InState(s lifecycle.State) int {
	n := 0
	for _, i := range a.order {
		if a.insts[i].state == s {
			n++
		}
	}
	return n
}
