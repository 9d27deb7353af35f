package broker

import (
	"net"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// Sizes of what waits for a client that does not read, in bytes.
const (
	congested = 256 << 10 // no more deliveries
	relieved  = 64 << 10  // deliveries again
	stuffed   = 4 << 20   // its requests are not read any more
	writeSize = 64 << 10
)

// sendTimeout is how long a client may leave what was sent to it unread before it is given up.
const sendTimeout = 30 * time.Second

// kind says what an item of the outbox is.
type kind uint8

const (
	itemFrame kind = iota // ready to send
	itemDeliver
	itemGet
	itemReturn
	itemAck
	itemNack
)

// item is something to send. What comes with each message is kept as values, and put into its form by the writer.
type item struct {
	kind     kind
	again    bool // redelivered; multiple of a confirm
	channel  uint16
	count    uint32 // messages that wait, of a get
	tag      uint64
	consumer string
	msg      *message
	props    []byte // instead of those of msg, when not nil
	frame    []byte
}

func (i *item) size() int {
	if i.msg == nil {
		return len(i.frame) + 32
	}
	return len(i.msg.body) + len(i.msg.props) + len(i.props) + 128
}

// outbox holds what is to be sent to one client; a goroutine of the connection sends it.
type outbox struct {
	mu     sync.Mutex
	items  []item
	size   int           // bytes, being sent included
	tell   bool          // somebody wants to know when size is small again
	closed bool          // nothing comes any more
	wake   chan struct{} // holds one
	room   chan struct{} // holds one: size went below stuffed
}

func newOutbox() *outbox {
	return &outbox{wake: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// push adds an item; it says whether so much waits now that deliveries should pause. The writer will then call relieve.
func (o *outbox) push(i item) (full bool) {
	o.mu.Lock()
	first := len(o.items) == 0
	if !o.closed {
		o.items = append(o.items, i)
		o.size += i.size()
	}
	full = o.size > congested
	o.tell = o.tell || full
	o.mu.Unlock()
	if first {
		o.ring()
	}
	return full
}

func (o *outbox) ring() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// close lets the writer end when everything is sent.
func (o *outbox) close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.ring()
}

func (o *outbox) stuffed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.size > stuffed && !o.closed
}

// take gives what is to be sent, in exchange for the last list; done says that there is nothing, for ever.
func (o *outbox) take(last []item) (items []item, done bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(last)
	if cap(last) > 1024 {
		last = nil
	}
	items, o.items = o.items, last[:0]
	return items, o.closed && len(items) == 0
}

// sent tells what has gone; it says whether deliveries that paused can go on.
func (o *outbox) sent(bytes int) (relief bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.size
	o.size -= bytes
	if before > stuffed && o.size <= stuffed {
		select {
		case o.room <- struct{}{}:
		default:
		}
	}
	if relief = o.tell && o.size < relieved; relief {
		o.tell = false
	}
	return relief
}

// writer sends what an outbox holds.
type writer struct {
	out      *outbox
	nc       net.Conn
	maxFrame int
	relieve  func()        // deliveries may go on
	beat     time.Duration // between two frames at most; 0 for any

	buf      []byte
	deliver  wire.BasicDeliver
	get      wire.BasicGetOk
	returned wire.BasicReturn
	ack      wire.BasicAck
	nack     wire.BasicNack
}

// heartbeat is the frame that says that a peer lives.
var heartbeat = wire.AppendFrame(nil, wire.FrameHeartbeat, 0, nil)

// run sends until the outbox is closed and empty, or the client cannot be reached.
func (w *writer) run() error {
	var tick <-chan time.Time
	if w.beat > 0 {
		ticker := time.NewTicker(w.beat)
		defer ticker.Stop()
		tick = ticker.C
	}
	var items []item
	var done bool
	idle := true
	for {
		if items, done = w.out.take(items); done {
			return nil
		}
		if len(items) > 0 {
			if err := w.send(items); err != nil {
				return err
			}
			idle = false
			continue
		}
		select {
		case <-w.out.wake:
		case <-tick:
			if idle {
				if err := w.flush(heartbeat); err != nil {
					return err
				}
			}
			idle = true
		}
	}
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// send puts items into their form, and writes them in large pieces.
func (w *writer) send(items []item) error {
	// Buffers are lent for a moment: an idle connection has none.
	lent := buffers.Get().(*[]byte)
	w.buf = (*lent)[:0]
	defer func() {
		if cap(w.buf) <= 4*writeSize {
			*lent = w.buf
		}
		w.buf = nil
		buffers.Put(lent)
	}()
	gone := 0
	for i := range items {
		it := &items[i]
		if err := w.encode(it); err != nil {
			return err
		}
		gone += it.size()
		if len(w.buf) >= writeSize {
			if err := w.flushed(gone); err != nil {
				return err
			}
			gone = 0
		}
	}
	return w.flushed(gone)
}

// flushed writes the buffer, and tells the outbox.
func (w *writer) flushed(gone int) error {
	err := w.flush(w.buf)
	w.buf = w.buf[:0]
	if w.out.sent(gone) {
		w.relieve()
	}
	return err
}

func (w *writer) flush(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if err := w.nc.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	_, err := w.nc.Write(b)
	return err
}

func (w *writer) encode(it *item) error {
	switch it.kind {
	case itemFrame:
		w.buf = append(w.buf, it.frame...)
		return nil
	case itemAck:
		w.ack = wire.BasicAck{DeliveryTag: it.tag, Multiple: it.again}
		return w.method(it.channel, &w.ack)
	case itemNack:
		w.nack = wire.BasicNack{DeliveryTag: it.tag, Multiple: it.again}
		return w.method(it.channel, &w.nack)
	}
	var err error
	switch m := it.msg; it.kind {
	case itemDeliver:
		w.deliver = wire.BasicDeliver{ConsumerTag: it.consumer, DeliveryTag: it.tag, Redelivered: it.again, Exchange: m.exchange, RoutingKey: m.key}
		err = w.method(it.channel, &w.deliver)
	case itemGet:
		w.get = wire.BasicGetOk{DeliveryTag: it.tag, Redelivered: it.again, Exchange: m.exchange, RoutingKey: m.key, MessageCount: it.count}
		err = w.method(it.channel, &w.get)
	case itemReturn:
		w.returned = wire.BasicReturn{ReplyCode: wire.NoRoute, ReplyText: "NO_ROUTE", Exchange: m.exchange, RoutingKey: m.key}
		err = w.method(it.channel, &w.returned)
	}
	if err != nil {
		return err
	}
	return w.content(it)
}

func (w *writer) method(channel uint16, m wire.Method) (err error) {
	w.buf, err = wire.AppendMethod(w.buf, channel, m)
	return err
}

// content appends the header with the body, in frames of the agreed size. Large bodies are written from where they are.
func (w *writer) content(it *item) error {
	props := it.props
	if props == nil {
		props = it.msg.props
	}
	body := it.msg.body
	w.buf = wire.AppendHeader(w.buf, it.channel, uint64(len(body)), props)
	for len(body) > 0 {
		part := body[:min(len(body), w.maxFrame-wire.Overhead)]
		body = body[len(part):]
		w.buf = wire.AppendFrameHead(w.buf, wire.FrameBody, it.channel, len(part))
		if len(part) >= writeSize/2 {
			if err := w.flush(w.buf); err != nil {
				return err
			}
			if err := w.flush(part); err != nil {
				return err
			}
			w.buf = w.buf[:0]
		} else {
			w.buf = append(w.buf, part...)
		}
		w.buf = wire.AppendFrameEnd(w.buf)
	}
	return nil
}
