package link

import (
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// outbox is what a client still has to do with the broker, in order of calls: publications, bindings, removals. It is a value without
// lock or clock; Client guards it. An entry leaves it when the broker has answered, never when it was merely sent (MS-72).
type outbox struct {
	limit, byteLimit int
	head, tail       *entry
	cursor           *entry // nothing before it may be sent now
	last             uint64 // order of the newest entry
	lastPublished    uint64 // order of the newest publication

	count, bytes int // of publications
	flying       int // sent and not answered, of publications and dead letters

	bound  map[message.Target]bool   // what the broker has bound, or was asked to
	counts map[message.Target]int    // of Bind without Unbind (MS-11)
	turns  map[message.Target]*entry // the newest bind or unbind, as long as it was not sent
	states map[stateKey]*entry       // the newest instance.changed of an instance that waits
	parked map[message.Target]*pause // targets that take nothing at the moment
}

// entry is one thing to do.
type entry struct {
	prev, next *entry
	order      uint64
	kind       entryKind
	state      entryState
	to         message.Target
	msg        *message.Envelope
	body       []byte
	instead    []*message.Envelope // older states that this one replaces
	returned   bool                // in its present flight
	told       bool                // its first return was told
	dead       *Dead
	act        *act
}

type entryKind uint8

const (
	publication entryKind = iota
	binding
	unbinding
	deadLetter
	removal
)

type entryState uint8

const (
	waiting entryState = iota
	flying
	held // its target is parked
)

// stateKey is the instance that an instance.changed speaks of.
type stateKey struct {
	to   message.Target
	path string
}

// pause is how long a target is left alone. When it is over, one message goes alone: only when it has arrived the others follow, so
// that their order holds.
type pause struct {
	until time.Time
	tries int
	probe *entry // that goes alone
}

// window is how many messages may be sent and not confirmed: what a lost line repeats must be within the memory of receivers (MS-60).
const window = 1024

func newOutbox(limit, bytes int) outbox {
	return outbox{
		limit: limit, byteLimit: bytes,
		bound: map[message.Target]bool{}, counts: map[message.Target]int{}, turns: map[message.Target]*entry{},
		states: map[stateKey]*entry{}, parked: map[message.Target]*pause{},
	}
}

// publish appends a message. Offline, it takes the place of an older state of the same instance.
func (o *outbox) publish(to message.Target, msg *message.Envelope, body []byte, offline bool) error {
	key, isState := stateOf(to, msg)
	old := o.states[key]
	replaces := isState && offline && old != nil && old.state != flying
	count, bytes := o.count, o.bytes
	if replaces {
		count, bytes = count-1, bytes-len(old.body)
	}
	if count >= o.limit || bytes+len(body) > o.byteLimit {
		return bus.ErrFull
	}
	e := &entry{kind: publication, to: to, msg: msg, body: body}
	if replaces {
		o.replace(old, e)
	}
	o.count++
	o.bytes += len(body)
	o.push(e)
	o.lastPublished = e.order
	if isState {
		o.states[key] = e
	}
	return nil
}

// stateOf gives the instance that a message tells the whole state of.
func stateOf(to message.Target, msg *message.Envelope) (stateKey, bool) {
	if msg == nil {
		return stateKey{}, false
	}
	if changed, ok := msg.Body.(*message.InstanceChanged); ok {
		return stateKey{to, changed.Path}, true
	}
	return stateKey{}, false
}

func (o *outbox) replace(old, by *entry) {
	by.instead = append(append(by.instead, old.instead...), old.msg)
	o.remove(old)
}

// bind and unbind count; the first and the last are things to do (MS-11).
func (o *outbox) bind(to message.Target) {
	o.counts[to]++
	if o.counts[to] == 1 {
		o.turn(binding, to)
	}
}

func (o *outbox) unbind(to message.Target) {
	switch n := o.counts[to]; {
	case n == 1:
		delete(o.counts, to)
		o.turn(unbinding, to)
	case n > 1:
		o.counts[to] = n - 1
	}
}

// turn takes back an opposite turn that was not sent, unless something was published in between that relies on it. Turns of one target
// alternate, so what is left says the same.
func (o *outbox) turn(kind entryKind, to message.Target) {
	if e := o.turns[to]; e != nil && e.order > o.lastPublished {
		o.remove(e)
		return
	}
	e := &entry{kind: kind, to: to}
	o.turns[to] = e
	o.push(e)
}

func (o *outbox) push(e *entry) {
	o.last++
	e.order = o.last
	e.prev = o.tail
	if o.tail == nil {
		o.head = e
	} else {
		o.tail.next = e
	}
	o.tail = e
	if o.cursor == nil {
		o.cursor = e
	}
}

// remove takes an entry out, whatever its state.
func (o *outbox) remove(e *entry) {
	if e.prev == nil {
		o.head = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		o.tail = e.prev
	} else {
		e.next.prev = e.prev
	}
	if o.cursor == e {
		o.cursor = e.next
	}
	if e.state == flying && (e.kind == publication || e.kind == deadLetter) {
		o.flying--
	}
	switch e.kind {
	case publication:
		o.count--
		o.bytes -= len(e.body)
		if key, ok := stateOf(e.to, e.msg); ok && o.states[key] == e {
			delete(o.states, key)
		}
		if p := o.parked[e.to]; p != nil && p.probe == e {
			p.probe = nil
		}
	case binding, unbinding:
		if o.turns[e.to] == e {
			delete(o.turns, e.to)
		}
	}
	e.prev, e.next = nil, nil
}

// next gives what may be sent now, or nil. A removal waits until all before it is answered.
func (o *outbox) next(now time.Time) *entry {
	for e := o.cursor; e != nil; e = e.next {
		o.cursor = e
		switch {
		case e.state == flying:
		case e.kind == publication && o.holds(e, now):
			e.state = held
		case o.flying >= window, e.kind == removal && o.flying > 0:
			return nil
		default:
			return e
		}
	}
	o.cursor = nil
	return nil
}

// holds says whether a publication has to wait because its target takes nothing.
func (o *outbox) holds(e *entry, now time.Time) bool {
	if len(o.parked) == 0 {
		return false
	}
	p := o.parked[e.to]
	if p == nil {
		return false
	}
	if p.probe == nil && !now.Before(p.until) {
		p.probe = e
	}
	return p.probe != e
}

// sent marks an entry as under way.
func (o *outbox) sent(e *entry) {
	e.state, e.returned = flying, false
	switch e.kind {
	case publication, deadLetter:
		o.flying++
	case binding, unbinding:
		if o.turns[e.to] == e {
			delete(o.turns, e.to)
		}
		if e.kind == binding {
			o.bound[e.to] = true
		} else {
			delete(o.bound, e.to)
		}
	}
}

// again puts an entry that flew back in its place; the target is left alone for a while.
func (o *outbox) again(e *entry, now time.Time, first, longest time.Duration) {
	o.flying--
	e.state = held
	p := o.parked[e.to]
	if p == nil {
		p = &pause{}
		o.parked[e.to] = p
	}
	if p.probe != nil && p.probe != e || now.Before(p.until) {
		return // a whole flight came back: one pause for all of it
	}
	p.probe = nil
	p.until = now.Add(min(first<<min(p.tries, 10), longest))
	p.tries++
}

// arrived says that a target took a message: what is held for it may follow.
func (o *outbox) arrived(e *entry) {
	if p := o.parked[e.to]; p != nil && p.probe == e {
		delete(o.parked, e.to)
		o.release(e.to)
	}
}

// release lets the held messages of a target go again, in their order.
func (o *outbox) release(to message.Target) {
	for e := o.head; e != nil; e = e.next {
		if e.state == held && e.to == to {
			e.state = waiting
			o.rewind(e)
		}
	}
}

// rewind moves the cursor back to an entry, never forward.
func (o *outbox) rewind(e *entry) {
	if o.cursor == nil || e.order < o.cursor.order {
		o.cursor = e
	}
}

// ripe lets the targets whose pause is over try again. It gives the moment of the next one, zero when there is none.
func (o *outbox) ripe(now time.Time) (next time.Time) {
	for to, p := range o.parked {
		switch {
		case p.probe != nil:
		case now.Before(p.until):
			if next.IsZero() || p.until.Before(next) {
				next = p.until
			}
		default:
			if !o.waits(to) {
				delete(o.parked, to)
				continue
			}
			o.rewindTo(to)
		}
	}
	return next
}

func (o *outbox) waits(to message.Target) bool {
	for e := o.head; e != nil; e = e.next {
		if e.state == held && e.to == to {
			return true
		}
	}
	return false
}

func (o *outbox) rewindTo(to message.Target) {
	for e := o.head; e != nil; e = e.next {
		if e.state == held && e.to == to {
			o.rewind(e)
			return
		}
	}
}

// lost takes everything back that was not answered: the line is gone. Dead letters are forgotten, their messages will come again.
// What is bound, or perhaps bound, is bound anew when the next line is configured.
func (o *outbox) lost() {
	var after *entry
	for e := o.head; e != nil; e = after {
		after = e.next
		flew := e.state == flying
		switch {
		case e.kind == deadLetter, e.kind == binding && flew:
			o.remove(e)
			continue
		case e.kind == unbinding && flew:
			o.bound[e.to] = true
		}
		e.state, e.returned = waiting, false
		if key, ok := stateOf(e.to, e.msg); ok {
			if old := o.states[key]; old != nil && old.order < e.order {
				o.replace(old, e)
			}
			o.states[key] = e
		}
	}
	o.flying, o.cursor = 0, o.head
	clear(o.parked)
}

// idle says whether nothing is left that could be sent soon: what found no queue does not count.
func (o *outbox) idle() bool {
	for e := o.head; e != nil; e = e.next {
		if e.kind == publication && e.state != held {
			return false
		}
	}
	return true
}
