package amqp

import (
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"
)

// acker acknowledges deliveries: many that are done with together cost one frame. Ack functions never wait for the network.
type acker struct {
	ch   acknowledger
	wake chan struct{}

	sending sync.Mutex // one flush at a time: tags of acknowledgements must not go back

	mu   sync.Mutex
	out  []ack // in order of tags
	base uint64
}

// acknowledger is the channel that consumes.
type acknowledger interface {
	Ack(tag uint64, multiple bool) error
}

var _ acknowledger = (*amqp.Channel)(nil)

type ack uint8

const (
	pending ack = iota // handed out
	done               // to be acknowledged
	told               // acknowledged already, before older ones
)

func newAcker(ch acknowledger) *acker {
	return &acker{ch: ch, wake: make(chan struct{}, 1), base: 1}
}

// track gives the function that acknowledges a delivery. Tags come one after another, from 1.
func (a *acker) track(tag uint64) func() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.base+uint64(len(a.out)) <= tag {
		a.out = append(a.out, pending)
	}
	return func() { a.ack(tag) }
}

func (a *acker) ack(tag uint64) {
	a.mu.Lock()
	if tag >= a.base && a.out[tag-a.base] == pending {
		a.out[tag-a.base] = done
	}
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *acker) run(quit <-chan struct{}) {
	for {
		select {
		case <-a.wake:
			a.flush()
		case <-quit:
			return
		}
	}
}

// flush sends what is to be acknowledged. Errors end the channel, which is told elsewhere: the deliveries come again.
func (a *acker) flush() {
	a.sending.Lock()
	defer a.sending.Unlock()
	upTo, alone := a.take()
	if upTo > 0 {
		_ = a.ch.Ack(upTo, true)
	}
	for _, tag := range alone {
		_ = a.ch.Ack(tag, false)
	}
}

// take gives the last tag of the run that is done from the oldest on (0 for none), and those that are done behind a gap.
func (a *acker) take() (upTo uint64, alone []uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(a.out) && a.out[n] != pending {
		if a.out[n] == done {
			upTo = a.base + uint64(n)
		}
		n++
	}
	a.out = a.out[n:]
	a.base += uint64(n)
	for i := range a.out {
		if a.out[i] == done {
			a.out[i] = told
			alone = append(alone, a.base+uint64(i))
		}
	}
	return upTo, alone
}
