package link

import (
	"errors"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
)

// machine is the supervisor as a value (MS-76): what happened in, what to do next out. It reads no clock, draws no chance of its own.
type machine struct {
	pace      Pace
	addresses []string
	chance    func() float64 // in [0,1)

	status  bus.Status
	left    []string // addresses of this round that were not tried
	address string   // the one that is tried or used
	reason  string   // of the last trouble
	delay   time.Duration
	since   time.Time // ready since
}

// fact is what happened to a supervisor.
type fact uint8

const (
	begun      fact = iota // the client was made
	opened                 // the line is open
	configured             // queue and bindings are there
	passive                // another client consumes the queue: the line waits
	broke                  // dialing, configuring or the line ended with an error
	due                    // a wait is over
	ended                  // the client is closed
)

// deed is what a supervisor wants done. Those of one step are done in order.
type deed struct {
	do      deedKind
	address string        // dial
	after   time.Duration // wait
	err     error         // tellLost, tellFailed
}

type deedKind uint8

const (
	dial deedKind = iota
	configure
	serve      // tell Connected, send what waits
	hangUp     // end the line
	tellLost   // of a line that was ready
	tellFailed // of what trying again will not cure soon
	wait
)

// step takes one fact. err belongs to passive and broke.
func (m *machine) step(now time.Time, what fact, err error) []deed {
	if m.status == bus.Closed {
		return nil
	}
	switch what {
	case begun, due:
		return m.round()
	case opened:
		m.status = bus.Configuring
		return []deed{{do: configure}}
	case configured:
		m.status, m.reason, m.since = bus.Ready, "", now
		return []deed{{do: serve}}
	case passive:
		m.status, m.reason = bus.Failing, err.Error()
		return []deed{{do: tellFailed, err: err}}
	case broke:
		return m.broke(now, err)
	}
	had := m.status == bus.Configuring || m.status == bus.Ready || m.status == bus.Failing
	m.status = bus.Closed
	if had {
		return []deed{{do: hangUp}}
	}
	return nil
}

// round begins to try every address once, in random order.
func (m *machine) round() []deed {
	m.left = append(m.left[:0], m.addresses...)
	for i := len(m.left) - 1; i > 0; i-- {
		j := int(m.chance() * float64(i+1))
		m.left[i], m.left[j] = m.left[j], m.left[i]
	}
	return m.next()
}

func (m *machine) next() []deed {
	m.status = bus.Connecting
	m.address, m.left = m.left[0], m.left[1:]
	return []deed{{do: dial, address: m.address}}
}

func (m *machine) broke(now time.Time, err error) []deed {
	var deeds []deed
	was := m.status
	m.reason = err.Error()
	if was != bus.Connecting {
		deeds = append(deeds, deed{do: hangUp})
	}
	if was == bus.Ready {
		deeds = append(deeds, deed{do: tellLost, err: err})
		if now.Sub(m.since) >= m.pace.Steady {
			m.delay = 0
		}
	}
	if hopeless := (*Hopeless)(nil); errors.As(err, &hopeless) {
		m.status = bus.Failing
		return append(deeds, deed{do: tellFailed, err: err}, deed{do: wait, after: m.jitter(m.pace.Failing)})
	}
	if was == bus.Connecting && len(m.left) > 0 {
		return m.next()
	}
	m.status = bus.Backoff
	m.delay = min(max(2*m.delay, m.pace.First), m.pace.Longest)
	return append(deeds, deed{do: wait, after: m.jitter(m.delay)})
}

// jitter moves a pause by up to a fifth, so that a thousand agents do not come back in the same moment.
func (m *machine) jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*m.chance()))
}
