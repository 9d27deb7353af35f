package journal

import (
	"sync"

	"github.com/roboconf/workbench/runtime/message"
)

// outbox knows which publications the broker has not confirmed. They are numbered in order of publication.
type outbox struct {
	mu      sync.Mutex
	open    []numbered // the oldest first; confirmed ones are taken out at the front
	last    uint64     // number of the newest
	written uint64     // "confirmed through", as the log has it
}

type numbered struct {
	Pending
	number uint64
	gone   bool // confirmed
}

func (o *outbox) add(p Pending) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	o.open = append(o.open, numbered{Pending: p, number: o.last})
}

// confirm takes a message out; one about an instance takes out what was told of the same instance before, which the bus may have left
// away for it (MS-72).
func (o *outbox) confirm(m *message.Envelope) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for k := range o.open {
		if o.open[k].Msg.ID != m.ID {
			continue
		}
		o.open[k].gone = true
		if now, ok := m.Body.(*message.InstanceChanged); ok {
			o.supersede(o.open[:k], now.Path)
		}
		break
	}
	first := 0
	for first < len(o.open) && o.open[first].gone {
		o.open[first] = numbered{}
		first++
	}
	if o.open = o.open[first:]; len(o.open) == 0 {
		o.open = nil
	}
}

func (o *outbox) supersede(before []numbered, path string) {
	for k := range before {
		if b, ok := before[k].Msg.Body.(*message.InstanceChanged); ok && b.Path == path {
			before[k].gone = true
		}
	}
}

// confirmed gives the number up to which everything is confirmed, when the log does not have it yet.
func (o *outbox) confirmed() (through uint64, news bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	through = o.last
	if len(o.open) > 0 {
		through = o.open[0].number - 1
	}
	news = through > o.written
	o.written = through
	return through, news
}

func (o *outbox) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.open)
}

// append writes what is open, up to a number.
func (o *outbox) append(b []byte, upTo uint64) (_ []byte, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.open {
		if p.gone || p.number > upTo {
			continue
		}
		if b, err = p.append(b, p.number); err != nil {
			return b, err
		}
	}
	return b, nil
}
