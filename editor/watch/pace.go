package watch

import "time"

// Kind is what an event says.
type Kind uint8

// The kinds of events.
const (
	// Nothing happened: only time went by.
	Nothing Kind = iota
	// Touched: a file is not what it was.
	Touched
	// Moved: something was made, renamed or removed. Of folders that are made in one go, or removed and made again, the system
	// tells only a part; so there is a second look.
	Moved
)

// Pace decides when to look at a folder. Its zero value looks at every event; it reads no clock.
type Pace struct {
	Quiet time.Duration // how long nothing must happen before a look
	Limit time.Duration // how long a look waits for quiet at most; a second look comes as long after the first
	Poll  time.Duration // how long lies between looks while the system tells nothing

	polling     bool
	dirty       bool
	second      bool
	first, last time.Time // of the events since the last look
	looked      time.Time
}

// Polling says whether the system tells nothing, so that looking must go on by itself.
func (p *Pace) Polling(yes bool) { p.polling = yes }

// Step takes what happened by now. It says whether to look at once; else how long to wait before the next step if nothing
// happens, 0 for no end.
func (p *Pace) Step(now time.Time, k Kind) (look bool, wait time.Duration) {
	if k != Nothing {
		if !p.dirty {
			p.first = now
		}
		p.dirty, p.last = true, now
		p.second = p.second || k == Moved
	}
	due, some := p.due()
	switch {
	case !some:
		return false, 0
	case due.After(now):
		return false, due.Sub(now)
	}
	p.second = p.second && p.dirty // a second look is not followed by a third
	p.dirty = false
	p.looked = now
	return true, 0
}

// due is when the next look comes.
func (p *Pace) due() (at time.Time, some bool) {
	next := func(t time.Time) {
		if !some || t.Before(at) {
			at, some = t, true
		}
	}
	if p.dirty {
		next(p.last.Add(p.Quiet))
		next(p.first.Add(p.Limit))
	} else if p.second {
		next(p.looked.Add(p.Limit))
	}
	if p.polling {
		next(p.looked.Add(p.Poll))
	}
	return at, some
}
