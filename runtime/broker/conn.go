package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// What is proposed to clients, what they are given.
const (
	frameMax      = 128 << 10
	channelMax    = 2047
	firstFrame    = 16 << 10 // until the size is agreed
	greetTime     = 10 * time.Second
	farewellTime  = 2 * time.Second // for the answer to our close
	journalBehind = 32 << 20        // bytes that wait for the disk: publishers wait, too
)

// conn is a client's connection. Its goroutine reads, and owns what is not said to be under the broker's lock.
type conn struct {
	b      *Broker
	nc     net.Conn
	log    *slog.Logger
	frames *wire.Reader
	decode wire.Decoder
	out    *outbox
	ctx    context.Context // ends with the connection, for waits of its own goroutine
	cancel context.CancelFunc

	maxFrame   int
	maxChannel uint16
	beat       time.Duration
	deadlineAt time.Time
	able       struct{ blocked, cancel, refusals bool } // what the client understands
	closing    atomic.Bool                              // our close was sent; its answer is waited for
	published  []*channel                               // with confirms that may be sent
	publishes  bool                                     // it has published

	allowed  map[rightKey]bool // what was looked up
	rightsOf uint64
	targets  []*mailbox

	// Under the broker's lock.
	userName   string
	user       *account
	channels   map[uint16]*channel
	exclusives map[*mailbox]struct{}
	paused     bool // much waits to be read: no deliveries
	publisher  bool
	toldBlock  bool
	over       bool
}

type rightKey struct {
	p    permission
	name string
}

func newConn(b *Broker, nc net.Conn) *conn {
	c := &conn{
		b: b, nc: nc, log: b.log.With("from", nc.RemoteAddr().String()), out: newOutbox(),
		channels: map[uint16]*channel{}, exclusives: map[*mailbox]struct{}{}, allowed: map[rightKey]bool{},
		maxFrame: frameMax, maxChannel: channelMax,
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// serve is the life of a connection.
func (c *conn) serve() {
	defer c.end()
	if err := c.greet(); err != nil {
		if !errors.Is(err, io.EOF) {
			c.log.Info("a client was not let in", "err", err)
		}
		return
	}
	var writing sync.WaitGroup
	w := &writer{out: c.out, nc: c.nc, maxFrame: c.maxFrame, relieve: c.relieve, beat: c.beat / 2}
	writing.Go(func() {
		if err := w.run(); err != nil {
			c.log.Debug("a client does not take what is sent", "err", err)
		}
		c.cancel()
		_ = c.nc.Close() // so that the reader ends, too
	})
	err := c.converse()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !c.closing.Load() {
		c.log.Info("a connection is lost", "user", c.userName, "err", err)
	}
	c.leave()
	c.out.close()
	// What was said last is still sent, if the client takes it soon.
	last := time.AfterFunc(farewellTime, func() { _ = c.nc.Close() })
	writing.Wait()
	last.Stop()
}

// end gives the place of the connection free.
func (c *conn) end() {
	c.cancel()
	_ = c.nc.Close() // it may be closed
	c.b.mu.Lock()
	c.over = true
	delete(c.b.conns, c)
	c.b.mu.Unlock()
}

// Read is what the frames come from: it is called when nothing is left to do but to wait for the client.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.published) > 0 {
		c.b.mu.Lock()
		c.confirmAll()
		c.b.mu.Unlock()
	}
	if c.beat > 0 && !c.closing.Load() {
		// A client that says nothing for two heartbeats is gone. The deadline is set now and then, not each time.
		if now := time.Now(); c.deadlineAt.Sub(now) < 2*c.beat {
			c.deadlineAt = now.Add(2*c.beat + c.beat/2)
			if err := c.nc.SetReadDeadline(c.deadlineAt); err != nil {
				return 0, err
			}
			if c.closing.Load() { // force may have come between
				c.hurry()
			}
		}
	}
	return c.nc.Read(p)
}

func (c *conn) confirmAll() {
	for _, ch := range c.published {
		ch.dirty = false
		ch.sendConfirms()
	}
	c.published = c.published[:0]
}

// converse reads until the connection ends.
func (c *conn) converse() error {
	for {
		if err := c.breathe(); err != nil {
			return err
		}
		f, err := c.frames.Next()
		if err == nil {
			err = c.frame(f)
		}
		var breach *wire.Error
		switch {
		case err == nil:
		case errors.Is(err, errFarewell):
			return nil
		case c.closing.Load():
			return err
		case errors.As(err, &breach):
			c.refuse(breach)
		default:
			return err
		}
	}
}

// errFarewell ends a conversation in peace.
var errFarewell = errors.New("farewell")

// breathe waits while the client does not read what it asked for.
func (c *conn) breathe() error {
	for c.out.stuffed() {
		select {
		case <-c.out.room:
		case <-c.ctx.Done():
			return net.ErrClosed
		}
	}
	return nil
}

// frame handles a frame. An *wire.Error that is not Hard was told to its channel.
func (c *conn) frame(f wire.Frame) error {
	if f.Type == wire.FrameHeartbeat {
		if f.Channel != 0 || len(f.Payload) > 0 {
			return wire.Errorf(wire.FrameError, "a heartbeat with content, or on a channel")
		}
		return nil
	}
	if f.Type < wire.FrameMethod || f.Type > wire.FrameBody {
		return wire.Errorf(wire.FrameError, "a frame of the unknown type %d", f.Type)
	}
	if c.closing.Load() {
		return c.lastWords(f)
	}
	if f.Channel == 0 {
		return c.control(f)
	}
	return c.onChannel(f)
}

// lastWords waits for the answer to our close; everything else comes too late.
func (c *conn) lastWords(f wire.Frame) error {
	if f.Type != wire.FrameMethod || f.Channel != 0 {
		return nil
	}
	m, err := c.decode.Method(f.Payload)
	if err != nil {
		return nil
	}
	switch m.(type) {
	case *wire.ConnectionCloseOk:
		return errFarewell
	case *wire.ConnectionClose:
		c.send(0, &wire.ConnectionCloseOk{})
		return errFarewell
	}
	return nil
}

// control handles what concerns the whole connection.
func (c *conn) control(f wire.Frame) error {
	if f.Type != wire.FrameMethod {
		return wire.Errorf(wire.UnexpectedFrame, "content on channel 0")
	}
	m, err := c.decode.Method(f.Payload)
	if err != nil {
		return err
	}
	switch m := m.(type) {
	case *wire.ConnectionClose:
		c.leave()
		c.send(0, &wire.ConnectionCloseOk{})
		return errFarewell
	case *wire.ConnectionCloseOk:
		return errFarewell
	case *wire.ConnectionUpdateSecret:
		breach := wire.Errorf(wire.NotImplemented, "credentials that are renewed")
		breach.Method = m.ID()
		return breach
	}
	breach := wire.Errorf(wire.CommandInvalid, "method %d of class %d does not belong here", m.ID().Number(), m.ID().Class())
	if m.ID().Class() != 10 {
		breach = wire.Errorf(wire.ChannelError, "method %d of class %d on channel 0", m.ID().Number(), m.ID().Class())
	}
	breach.Method = m.ID()
	return breach
}

// send puts a method into the outbox. A string that is too long for the protocol cannot come up: names are short strings already.
func (c *conn) send(channel uint16, m wire.Method) {
	frame, err := wire.AppendMethod(nil, channel, m)
	if err != nil {
		c.log.Error("an answer cannot be sent", "method", fmt.Sprintf("%T", m), "err", err)
		return
	}
	c.out.push(item{kind: itemFrame, frame: frame})
}

// short cuts a text that people read to what the protocol takes.
func short(text string) string { return text[:min(len(text), 255)] }

// refuse tells of an error that ends the connection, then waits for the answer.
func (c *conn) refuse(e *wire.Error) {
	c.log.Info("a connection is refused", "user", c.userName, "err", e)
	c.leave()
	c.bye(e)
}

// bye sends our close, once, and sets the time that the client has to answer.
func (c *conn) bye(e *wire.Error) {
	if c.closing.Swap(true) {
		return
	}
	c.send(0, &wire.ConnectionClose{ReplyCode: e.Code, ReplyText: short(e.Text), ClassID: e.Method.Class(), MethodID: e.Method.Number()})
	c.hurry()
}

func (c *conn) hurry() {
	_ = c.nc.SetReadDeadline(time.Now().Add(farewellTime)) // a connection that has gone needs none
}

// force ends the connection from elsewhere, under the broker's lock or not.
func (c *conn) force(why string) {
	c.bye(wire.Errorf(wire.ConnectionForced, "%s", why))
	c.cancel()
}

// leave gives back everything that the client held: messages that were out, consumers, its exclusive queues.
func (c *conn) leave() {
	c.b.do(func(now int64) {
		if c.over {
			return
		}
		c.over = true
		c.published = nil
		for _, ch := range c.channels {
			ch.quiet()
		}
		for _, ch := range c.channels {
			ch.end(now)
		}
		for q := range c.exclusives {
			c.b.deleteQueue(q)
		}
		clear(c.channels)
	})
}

// relieve lets deliveries go on; the writer calls it.
func (c *conn) relieve() {
	c.b.do(func(int64) {
		c.paused = false
		for _, ch := range c.channels {
			ch.touchAll()
		}
	})
}

// tellBlocked tells a publisher that it has to wait, or not any more. It is called under the broker's lock.
func (c *conn) tellBlocked(reason string) {
	switch {
	case !c.able.blocked || c.over || reason != "" && !c.publisher || c.toldBlock == (reason != ""):
		return
	case reason != "":
		c.send(0, &wire.ConnectionBlocked{Reason: short(reason)})
	default:
		c.send(0, &wire.ConnectionUnblocked{})
	}
	c.toldBlock = reason != ""
}

// mayPublish waits, before a publication is read, while the broker takes none. Until a client publishes it is served as always: what
// it acknowledges makes room.
func (c *conn) mayPublish() {
	if c.publishes && !c.b.blocking.Load() {
		return
	}
	c.publishes = true
	c.b.mu.Lock()
	if !c.publisher {
		c.publisher = true
		c.tellBlocked(c.b.blocked)
	}
	for c.b.blocked != "" && !c.closing.Load() {
		c.tellBlocked(c.b.blocked)
		c.confirmAll()
		unblocked := c.b.unblocked
		c.b.mu.Unlock()
		select {
		case <-unblocked:
		case <-c.ctx.Done():
		}
		c.b.mu.Lock()
		c.deadlineAt = time.Time{} // the client may have spoken meanwhile
		if c.ctx.Err() != nil {
			break
		}
	}
	c.b.mu.Unlock()
}

// awaitDisk waits while the journal is far behind.
func (c *conn) awaitDisk() {
	for behind, flushed := c.b.disk.log.Pending(); behind > journalBehind && c.ctx.Err() == nil; behind, flushed = c.b.disk.log.Pending() {
		select {
		case <-flushed:
		case <-c.ctx.Done():
		}
	}
}

// may says whether the user has a permission on a name, nil when it has. It is called under the broker's lock.
func (c *conn) may(p permission, what, name string) error {
	if c.rightsOf != c.b.rights || len(c.allowed) > 4096 {
		c.rightsOf = c.b.rights
		c.user = c.b.users[c.userName]
		clear(c.allowed)
	}
	key := rightKey{p, name}
	ok, seen := c.allowed[key]
	if !seen {
		ok = c.user != nil && c.user.allows(p, name)
		c.allowed[key] = ok
	}
	if !ok {
		return wire.Errorf(wire.AccessRefused, "%s access to %s '%s' in vhost '/' refused for user '%s'", permissionNames[p], what, name, c.userName)
	}
	return nil
}

// certified gives the common name of the client's certificate, if it has one that was verified.
func (c *conn) certified() string {
	t, ok := c.nc.(*tls.Conn)
	if !ok {
		return ""
	}
	state := t.ConnectionState()
	if len(state.VerifiedChains) == 0 {
		return ""
	}
	return state.PeerCertificates[0].Subject.CommonName
}
