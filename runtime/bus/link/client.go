package link

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

// Client is a bus.Bus over lines that come and go.
type Client struct {
	cfg    Config
	id     bus.Identity
	dial   Dial
	teller *teller
	quit   context.CancelFunc
	ended  chan struct{} // the supervisor's goroutine is over

	mu      sync.Mutex
	out     outbox
	machine machine
	blocked string
	closing bool
	flushed chan struct{} // closed when nothing is left to send after closing began
	session *session      // the line that is used; nil when there is none
	counts  Counts
	odd     map[string]bool // unknown types that were logged
}

// Counts are of messages that were not handed to the listener.
type Counts struct {
	Unknown int // of a type that this version does not know
	Foreign int // of another domain
	Expired int
	Dead    int // sent to the dead letters
}

// Open starts a client; it returns at once (MS-76: the broker may come later).
func Open(cfg Config, id bus.Identity, l bus.Listener, dial Dial) (*Client, error) {
	if len(cfg.Addresses) == 0 {
		return nil, errors.New("open a bus: no address of a broker is given")
	}
	if id.Domain == "" {
		id.Domain = "default"
	}
	cfg = cfg.withDefaults()
	ctx, quit := context.WithCancel(context.Background())
	c := &Client{
		cfg: cfg, id: id, dial: dial, teller: newTeller(l), quit: quit, ended: make(chan struct{}), flushed: make(chan struct{}),
		out: newOutbox(cfg.Outbox, cfg.OutboxBytes), odd: map[string]bool{},
	}
	chance := cfg.Chance
	if chance == nil {
		chance = rand.Float64
	}
	c.machine = machine{pace: cfg.Pace, addresses: slices.Clone(cfg.Addresses), chance: chance}
	c.teller.drained = c.poke
	go c.teller.run()
	go c.supervise(ctx)
	return c, nil
}

// Publish implements bus.Bus.
func (c *Client) Publish(to message.Target, msg *message.Envelope) error {
	body, err := c.cfg.Codec.Encode(msg)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return bus.ErrClosed
	}
	if err := c.out.publish(to, msg, body, c.machine.status != bus.Ready); err != nil {
		return err
	}
	c.pokeLocked()
	return nil
}

// Bind implements bus.Bus.
func (c *Client) Bind(to message.Target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.bind(to)
	c.pokeLocked()
}

// Unbind implements bus.Bus.
func (c *Client) Unbind(to message.Target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.unbind(to)
	c.pokeLocked()
}

// DeleteAgent implements bus.Bus: what was published before is answered first.
func (c *Client) DeleteAgent(ctx context.Context, app, scope string) error {
	return c.act(ctx, func(ctx context.Context, l Line) error { return l.DeleteAgent(ctx, app, scope) })
}

// DeleteApplication implements bus.Bus: what was published before is answered first.
func (c *Client) DeleteApplication(ctx context.Context, app string) error {
	return c.act(ctx, func(ctx context.Context, l Line) error { return l.DeleteApplication(ctx, app) })
}

// act is a removal that somebody waits for.
type act struct {
	ctx  context.Context // of the caller, who waits as long as the act exists
	do   func(context.Context, Line) error
	done chan error
}

func (c *Client) act(ctx context.Context, do func(context.Context, Line) error) error {
	a := &act{ctx: ctx, do: do, done: make(chan error, 1)}
	e := &entry{kind: removal, act: a}
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return bus.ErrClosed
	}
	c.out.push(e)
	c.pokeLocked()
	c.mu.Unlock()
	select {
	case err := <-a.done:
		return err
	case <-c.ended:
		return bus.ErrClosed
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.state == waiting && (e.prev != nil || e.next != nil || c.out.head == e) {
		c.out.remove(e)
	}
	return ctx.Err()
}

// State implements bus.Bus.
func (c *Client) State() bus.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := bus.State{
		Status: c.machine.status, Reason: c.machine.reason, Address: c.machine.address,
		Outbox: c.out.count, Bytes: c.out.bytes, Blocked: c.blocked,
	}
	if s.Reason == "" {
		s.Reason = c.cfg.Warning
	}
	return s
}

// Counts gives how many messages were not handed over, by reason.
func (c *Client) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts
}

// Close implements bus.Bus. Deliveries that were not handed over stay in the queue. It must not be called by the listener.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	if first {
		c.teller.mute()
		c.settle()
	}
	c.mu.Unlock()
	var err error
	select {
	case <-c.flushed:
	case <-c.ended:
	case <-ctx.Done():
		err = ctx.Err()
	}
	c.quit()
	<-c.ended
	c.teller.end(ctx)
	return err
}

// settle says that nothing is left, once. mu is held.
func (c *Client) settle() {
	if !c.closing || !c.out.idle() {
		return
	}
	select {
	case <-c.flushed:
	default:
		close(c.flushed)
	}
}

// poke wakes the pump of the session.
func (c *Client) poke() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pokeLocked()
}

func (c *Client) pokeLocked() {
	if c.session != nil {
		c.session.poke()
	}
}

// supervise does what the machine wishes until the client is closed. It owns the sessions.
func (c *Client) supervise(ctx context.Context) {
	defer close(c.ended)
	s := &shell{c: c}
	what, err := begun, error(nil)
	for {
		if ctx.Err() != nil {
			what, err = ended, nil
		}
		deeds := c.step(what, err)
		if what, err = s.do(ctx, deeds); what == ended {
			s.do(ctx, c.step(ended, nil))
			return
		}
	}
}

func (c *Client) step(what fact, err error) []deed {
	c.mu.Lock()
	defer c.mu.Unlock()
	deeds := c.machine.step(time.Now(), what, err)
	if err != nil {
		c.cfg.Log.Debug("bus", "from", c.id.Own(), "status", c.machine.status.String(), "error", err)
	}
	return deeds
}
