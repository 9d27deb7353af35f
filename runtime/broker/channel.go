package broker

import (
	"slices"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// channel is one of a connection's conversations. The connection's goroutine owns it; what is said to be so is under the broker's lock.
type channel struct {
	conn    *conn
	number  uint16
	closing bool   // our close was sent; everything until the answer is ignored
	queue   string // declared last: what an empty name means

	// The publication that comes in.
	method   *wire.BasicPublish // nil when there is none
	publish  wire.BasicPublish
	headed   bool
	size     uint64
	props    []byte
	body     []byte
	prefetch uint16 // for the whole channel; 0 for any

	// Under the broker's lock.
	consumers map[string]*consumer
	lastTag   uint64
	lent      lentList
	out       int // lent to consumers
	each      uint16
	stopped   bool // by channel.flow
	ended     bool

	confirms  bool
	published uint64 // publications since confirms began
	owed      []owed
	dirty     bool
	awaits    uint64
}

// owed are publications up to a number that are to be confirmed when a batch is on disk.
type owed struct {
	upTo, batch uint64
	refused     bool
}

// consumer takes messages of a queue for a channel.
type consumer struct {
	channel  *channel
	tag      string
	queue    *mailbox
	noAck    bool
	priority int
	prefetch int // 0 for any
	out      int
}

// CanTake says whether it can have another message now.
func (c *consumer) CanTake() bool {
	ch := c.channel
	if ch.conn.paused || ch.stopped || ch.ended {
		return false
	}
	return c.noAck || (c.prefetch == 0 || c.out < c.prefetch) && (ch.prefetch == 0 || ch.out < int(ch.prefetch))
}

// Priority is the argument x-priority.
func (c *consumer) Priority() int { return c.priority }

// held is a message that is out.
type held struct {
	tag      uint64
	queue    *mailbox
	entry    *entry
	consumer *consumer // nil when it was asked for with basic.get
}

// lentList holds what is out on a channel, sorted by tag. Those that came back in the middle leave a hole.
type lentList struct {
	list []held
	head int
	n    int
}

func (l *lentList) push(h held) {
	if l.head > 64 && l.head > len(l.list)/2 {
		n := copy(l.list, l.list[l.head:])
		clear(l.list[n:])
		l.list, l.head = l.list[:n], 0
	}
	l.list = append(l.list, h)
	l.n++
}

// take removes the one of a tag; ok is false when it is not out.
func (l *lentList) take(tag uint64) (h held, ok bool) {
	i, found := slices.BinarySearchFunc(l.list[l.head:], tag, func(h held, tag uint64) int {
		switch {
		case h.tag < tag:
			return -1
		case h.tag > tag:
			return 1
		}
		return 0
	})
	at := &l.list
	if !found || (*at)[l.head+i].entry == nil {
		return held{}, false
	}
	h = (*at)[l.head+i]
	(*at)[l.head+i].entry = nil
	l.n--
	l.trim()
	return h, true
}

func (l *lentList) trim() {
	for l.head < len(l.list) && l.list[l.head].entry == nil {
		l.list[l.head] = held{}
		l.head++
	}
	if l.head == len(l.list) {
		l.list, l.head = l.list[:0], 0
		if cap(l.list) > 1024 {
			l.list = nil
		}
	}
}

// upTo removes all up to a tag, 0 for all, in order.
func (l *lentList) upTo(tag uint64) []held {
	var out []held
	for i := l.head; i < len(l.list) && (tag == 0 || l.list[i].tag <= tag); i++ {
		if l.list[i].entry != nil {
			out = append(out, l.list[i])
			l.list[i].entry = nil
			l.n--
		}
	}
	l.trim()
	return out
}

// touchAll lets the queues of all consumers look whether they can deliver.
func (ch *channel) touchAll() {
	for _, c := range ch.consumers {
		ch.conn.b.touch(c.queue)
	}
}

// quiet ends the channel's consumers, so that nothing which comes back goes to them.
func (ch *channel) quiet() {
	ch.ended = true
	for _, c := range ch.consumers {
		ch.drop(c)
	}
}

// end gives back what is out. The newest first: each finds its place at the front of its queue.
func (ch *channel) end(now int64) {
	ch.quiet()
	for _, h := range slices.Backward(ch.lent.upTo(0)) {
		ch.conn.b.requeue(ch, h, now)
	}
	ch.owed = nil
}

// drop ends a consumer. A queue that lived for its consumers ends with the last one.
func (ch *channel) drop(c *consumer) {
	b, q := ch.conn.b, c.queue
	delete(ch.consumers, c.tag)
	q.ready.Leave(c)
	if q.only == c {
		q.only = nil
	}
	if len(q.ready.Consumers()) == 0 {
		b.useNow(q)
		if q.decl.autoDelete && q.attended {
			b.deleteQueue(q)
		}
	}
	b.touch(q)
}

// onChannel handles a frame of a channel.
func (c *conn) onChannel(f wire.Frame) error {
	c.b.mu.Lock()
	ch := c.channels[f.Channel]
	c.b.mu.Unlock()
	if f.Type != wire.FrameMethod {
		return ch.content(c, f)
	}
	m, err := c.decode.Method(f.Payload)
	if err != nil {
		return err
	}
	if ch == nil {
		return c.openChannel(f.Channel, m)
	}
	if ch.closing {
		return ch.lastWords(m)
	}
	if ch.method != nil {
		return wire.Errorf(wire.UnexpectedFrame, "expected content for class 60, got method %d of class %d", m.ID().Number(), m.ID().Class())
	}
	return ch.finish(m.ID(), ch.handle(m))
}

// finish tells of an error on the channel; one that ends the connection is given back.
func (ch *channel) finish(id wire.ID, err error) error {
	e, ok := err.(*wire.Error)
	if !ok {
		return err
	}
	if e.Method == 0 {
		e.Method = id
	}
	if e.Hard() {
		return e
	}
	c := ch.conn
	c.log.Info("a channel is closed", "user", c.userName, "channel", ch.number, "err", e)
	ch.method, ch.body = nil, nil
	ch.closing = true
	c.b.do(func(now int64) {
		ch.sendConfirms()
		ch.end(now)
	})
	c.send(ch.number, &wire.ChannelClose{ReplyCode: e.Code, ReplyText: short(e.Text), ClassID: e.Method.Class(), MethodID: e.Method.Number()})
	return nil
}

// openChannel answers the first method on a number.
func (c *conn) openChannel(number uint16, m wire.Method) error {
	if _, ok := m.(*wire.ChannelOpen); !ok {
		if _, late := m.(*wire.ChannelCloseOk); late {
			return nil
		}
		breach := wire.Errorf(wire.ChannelError, "expected 'channel.open'")
		breach.Method = m.ID()
		return breach
	}
	if number > c.maxChannel {
		breach := wire.Errorf(wire.NotAllowed, "channel %d is above the agreed %d", number, c.maxChannel)
		breach.Method = m.ID()
		return breach
	}
	ch := &channel{conn: c, number: number, consumers: map[string]*consumer{}}
	c.b.mu.Lock()
	c.channels[number] = ch
	c.b.mu.Unlock()
	c.send(number, &wire.ChannelOpenOk{})
	return nil
}

// lastWords waits for the answer to our close.
func (ch *channel) lastWords(m wire.Method) error {
	switch m.(type) {
	case *wire.ChannelCloseOk:
	case *wire.ChannelClose:
		ch.conn.send(ch.number, &wire.ChannelCloseOk{})
	default:
		return nil
	}
	ch.forget()
	return nil
}

func (ch *channel) forget() {
	ch.conn.b.mu.Lock()
	defer ch.conn.b.mu.Unlock()
	delete(ch.conn.channels, ch.number)
}

// handle does what a method asks. An *wire.Error closes the channel, or the connection when it is Hard.
func (ch *channel) handle(m wire.Method) error {
	switch m := m.(type) {
	case *wire.BasicPublish:
		return ch.beginPublish(m)
	case *wire.BasicAck:
		return ch.settleTags(m.DeliveryTag, m.Multiple, ack)
	case *wire.BasicNack:
		return ch.settleTags(m.DeliveryTag, m.Multiple, fate(m.Requeue))
	case *wire.BasicReject:
		return ch.settleTags(m.DeliveryTag, false, fate(m.Requeue))
	case *wire.BasicGet:
		return ch.get(m)
	case *wire.BasicConsume:
		return ch.consume(m)
	case *wire.BasicCancel:
		return ch.cancel(m)
	case *wire.BasicCancelOk:
		return nil
	case *wire.BasicQos:
		return ch.qos(m)
	case *wire.BasicRecover:
		return ch.recoverAll(m.Requeue, true)
	case *wire.BasicRecoverAsync:
		return ch.recoverAll(m.Requeue, false)
	case *wire.ConfirmSelect:
		return ch.confirmSelect(m)
	}
	return ch.handleTopology(m)
}

func (ch *channel) handleTopology(m wire.Method) error {
	switch m := m.(type) {
	case *wire.ExchangeDeclare:
		return ch.exchangeDeclare(m)
	case *wire.ExchangeDelete:
		return ch.exchangeDelete(m)
	case *wire.ExchangeBind:
		to := binding{m.Source, m.Destination, true, m.RoutingKey, m.Arguments}
		return ch.bind(to, m.NoWait, &wire.ExchangeBindOk{})
	case *wire.ExchangeUnbind:
		to := binding{m.Source, m.Destination, true, m.RoutingKey, m.Arguments}
		return ch.unbind(to, m.NoWait, &wire.ExchangeUnbindOk{})
	case *wire.QueueDeclare:
		return ch.queueDeclare(m)
	case *wire.QueueBind:
		to := binding{m.Exchange, m.Queue, false, m.RoutingKey, m.Arguments}
		return ch.bind(to, m.NoWait, &wire.QueueBindOk{})
	case *wire.QueueUnbind:
		to := binding{m.Exchange, m.Queue, false, m.RoutingKey, m.Arguments}
		return ch.unbind(to, false, &wire.QueueUnbindOk{})
	case *wire.QueuePurge:
		return ch.queuePurge(m)
	case *wire.QueueDelete:
		return ch.queueDelete(m)
	case *wire.ChannelFlow:
		return ch.flow(m)
	case *wire.ChannelFlowOk:
		return nil
	case *wire.ChannelClose:
		return ch.close()
	case *wire.ChannelOpen:
		return wire.Errorf(wire.ChannelError, "second 'channel.open' seen")
	case *wire.TxSelect, *wire.TxCommit, *wire.TxRollback:
		return wire.Errorf(wire.NotImplemented, "transactions; confirms do what most need of them")
	}
	return wire.Errorf(wire.CommandInvalid, "method %d of class %d does not belong on a channel", m.ID().Number(), m.ID().Class())
}

func (ch *channel) close() error {
	ch.conn.b.do(func(now int64) {
		ch.sendConfirms()
		ch.end(now)
		delete(ch.conn.channels, ch.number)
	})
	ch.conn.send(ch.number, &wire.ChannelCloseOk{})
	return nil
}

func (ch *channel) flow(m *wire.ChannelFlow) error {
	ch.conn.b.do(func(int64) {
		ch.stopped = !m.Active
		ch.touchAll()
	})
	ch.conn.send(ch.number, &wire.ChannelFlowOk{Active: m.Active})
	return nil
}
