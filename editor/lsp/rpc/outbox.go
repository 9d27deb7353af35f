package rpc

import (
	"io"
	"sync"
)

// Outbox sends frames in order, from one goroutine, so that nobody who has something to say waits for the other side to read.
type Outbox struct {
	mu     sync.Mutex
	ready  sync.Cond // something is waiting, or it is closed
	queue  []letter
	closed bool
	err    error
	done   chan struct{}
}

type letter struct {
	key   string
	frame []byte
}

// NewOutbox starts to send to a stream. The goroutine ends after Close, or when the stream takes no more.
func NewOutbox(w io.Writer) *Outbox {
	o := &Outbox{done: make(chan struct{})}
	o.ready.L = &o.mu
	go o.run(w)
	return o
}

func (o *Outbox) run(w io.Writer) {
	defer close(o.done)
	for {
		l, more := o.next()
		if !more {
			return
		}
		if _, err := w.Write(l.frame); err != nil {
			o.fail(err)
			return
		}
	}
}

func (o *Outbox) next() (letter, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.queue) == 0 && !o.closed {
		o.ready.Wait()
	}
	if len(o.queue) == 0 {
		return letter{}, false
	}
	l := o.queue[0]
	o.queue[0] = letter{}
	o.queue = o.queue[1:]
	return l, true
}

func (o *Outbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err, o.closed, o.queue = err, true, nil
}

// Send puts a message at the end of the queue. One with a key takes the place of an older one with the same key that still
// waits: what it says is out of date.
func (o *Outbox) Send(key string, content []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if key != "" {
		for i, l := range o.queue {
			if l.key == key {
				o.queue = append(o.queue[:i], o.queue[i+1:]...)
				break
			}
		}
	}
	o.queue = append(o.queue, letter{key, Frame(content)})
	o.ready.Signal()
}

// Close sends what waits, then ends. It gives the error that ended the sending, if one did.
func (o *Outbox) Close() error {
	o.mu.Lock()
	o.closed = true
	o.ready.Signal()
	o.mu.Unlock()
	<-o.done
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}
