// Package broker is a small AMQP 0-9-1 server, the default where nobody named one.
//
// It does what messaging.md 15 uses, and refuses the rest with the error that the protocol has for it. It knows nothing of agents.
//
// Below it: wire (the form of frames), route (which queues a message goes to), queue (order, limits, whose turn it is), record,
// journal (what is on disk). They decide; here are the connections. One lock guards all state: it is held for the microseconds
// of a decision, never while a socket or a disk is waited for. So an operation on several queues is seen whole or not at all,
// and nothing can wait in a circle. Each connection has a goroutine that reads, one that writes; what a client does not read
// stays in its queues.
//
// Differences from RabbitMQ that a client can see: queues of the type quorum are durable queues of this one server, with a
// delivery limit; transactions, streams, priorities of messages are refused; arguments that mean nothing here are refused, not
// ignored; there is one virtual host, "/".
package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roboconf/workbench/runtime/broker/route"
)

// Config holds the settings of a broker.
type Config struct {
	// Dir keeps durable queues, their messages, exchanges, bindings; "" keeps everything in memory.
	Dir string
	// TLS, when not nil, is asked of every client; with ClientCAs the common name of a certificate is a user (EXTERNAL).
	TLS *tls.Config
	// Users may connect; more come and go with Ensure and Remove. There is no default account.
	Users []User
	// MemoryLimit, in bytes of messages held, blocks publishers until consumers caught up; 256 MiB when zero.
	MemoryLimit int64
	// Heartbeat is proposed to clients; 10 s when zero, none when negative.
	Heartbeat time.Duration
	// MaxBody refuses larger messages; 16 MiB when zero.
	MaxBody int
	// MaxConnections are served at once; 4096 when zero.
	MaxConnections int
	Log            *slog.Logger // nil for silence
}

// User is who may connect, with what it may do: regular expressions over names of queues and exchanges, anchored by themselves; "" is nothing.
// Without a password, only a client certificate proves who it is.
type User struct {
	Name, Password         string
	Configure, Write, Read string
}

// Status is what a broker holds at a moment.
type Status struct {
	Connections, Channels int
	Queues                []QueueStatus // by name
	Messages              int           // in queues, ready or out to a consumer
	Bytes                 int64         // of their bodies, headers, bookkeeping, once for each message
	Blocked               bool          // publishers wait for consumers: Bytes is over the memory limit, or the disk takes nothing
	Reason                string        // of Blocked
}

// QueueStatus is what one queue holds.
type QueueStatus struct {
	Name      string
	Durable   bool
	Ready     int // messages that wait for a consumer
	Unacked   int // messages that a consumer holds without having acknowledged them
	Consumers int
	Bytes     int64 // of the bodies, ready or unacknowledged
}

// ErrClosed is what a broker says after Close.
var ErrClosed = errors.New("the broker is closed")

// Broker is a running server.
type Broker struct {
	cfg Config
	log *slog.Logger

	mu        sync.Mutex
	users     map[string]*account
	rights    uint64 // changes with each change of a user
	router    *route.Router
	queues    map[string]*mailbox
	numbers   uint64 // of the queue made last
	conns     map[*conn]struct{}
	listeners map[net.Listener]struct{}
	closed    bool

	touched   []*mailbox // to be settled before the lock is let go
	alarms    alarms
	held      int64 // bytes of messages
	blocked   string
	blocking  atomic.Bool   // blocked is not empty
	trouble   string        // of the disk
	unblocked chan struct{} // closed when blocked ends

	disk    *disk // nil when everything is in memory
	closing chan struct{}
	serving sync.WaitGroup // connections
	working sync.WaitGroup // the broker's own goroutines
}

// Open starts a broker, with what its folder kept. One broker at a time may have a folder.
func Open(cfg Config) (*Broker, error) {
	defaults(&cfg)
	b := &Broker{
		cfg: cfg, log: cfg.Log,
		users: map[string]*account{}, router: route.New(), queues: map[string]*mailbox{},
		conns: map[*conn]struct{}{}, listeners: map[net.Listener]struct{}{},
		unblocked: make(chan struct{}), closing: make(chan struct{}),
	}
	b.alarms.changed = make(chan struct{}, 1)
	if cfg.Dir != "" {
		if err := b.openDisk(); err != nil {
			return nil, fmt.Errorf("open the broker: %w", err)
		}
	}
	for _, u := range cfg.Users {
		a, err := newAccount(u)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open the broker: %w", err), b.Close())
		}
		b.users[u.Name] = a
	}
	b.working.Go(b.watchClock)
	if b.disk != nil {
		b.working.Go(b.tidyUp)
	}
	return b, nil
}

func defaults(cfg *Config) {
	if cfg.MemoryLimit == 0 {
		cfg.MemoryLimit = 256 << 20
	}
	if cfg.Heartbeat == 0 {
		cfg.Heartbeat = 10 * time.Second
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 16 << 20
	}
	if cfg.MaxConnections == 0 {
		cfg.MaxConnections = 4096
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
}

// Serve takes connections of a listener until it is closed, or the broker is: then it returns nil. It may be called for several.
func (b *Broker) Serve(l net.Listener) error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return errors.Join(ErrClosed, l.Close())
	}
	b.listeners[l] = struct{}{}
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.listeners, l)
		b.mu.Unlock()
	}()
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			b.welcome(nc)
		case errors.Is(err, net.ErrClosed):
			return nil
		case !b.patient(err):
			return fmt.Errorf("take connections at %s: %w", l.Addr(), err)
		}
	}
}

// patient waits a moment after an error that will pass, such as too many open files; it gives false for any other one.
func (b *Broker) patient(err error) bool {
	var temporary interface{ Temporary() bool }
	if !errors.As(err, &temporary) || !temporary.Temporary() {
		return false
	}
	b.log.Warn("a connection was not taken; trying again", "err", err)
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-b.closing:
	case <-timer.C:
	}
	return true
}

// welcome serves a connection on goroutines of its own.
func (b *Broker) welcome(nc net.Conn) {
	c := newConn(b, nc)
	b.mu.Lock()
	ok := !b.closed && len(b.conns) < b.cfg.MaxConnections
	if ok {
		b.conns[c] = struct{}{}
		b.serving.Add(1)
	}
	b.mu.Unlock()
	if !ok {
		b.log.Warn("a connection is refused: there are too many", "from", nc.RemoteAddr(), "limit", b.cfg.MaxConnections)
		_ = nc.Close() // nobody waits for it
		return
	}
	go func() {
		defer b.serving.Done()
		c.serve()
	}()
}

// Status tells what the broker holds now.
func (b *Broker) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Status{Connections: len(b.conns), Bytes: b.held, Blocked: b.blocked != "", Reason: b.blocked}
	for c := range b.conns {
		s.Channels += len(c.channels)
	}
	for _, q := range b.queues {
		s.Queues = append(s.Queues, QueueStatus{
			Name: q.name, Durable: q.decl.durable, Ready: q.ready.Len(), Unacked: q.unacked,
			Consumers: len(q.ready.Consumers()), Bytes: q.ready.Bytes() + q.unackedBytes,
		})
		s.Messages += q.ready.Len() + q.unacked
	}
	slices.SortFunc(s.Queues, func(a, b QueueStatus) int { return strings.Compare(a.Name, b.Name) })
	return s
}

// Close ends every connection, then puts everything durable on disk.
func (b *Broker) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		b.serving.Wait()
		b.working.Wait()
		return nil
	}
	b.closed = true
	close(b.closing)
	for l := range b.listeners {
		_ = l.Close() // Serve says what is wrong with it
	}
	for c := range b.conns {
		c.force("broker is shutting down")
	}
	b.mu.Unlock()
	b.serving.Wait()
	b.working.Wait()
	if b.disk == nil {
		return nil
	}
	if err := b.disk.log.Close(); err != nil {
		return fmt.Errorf("close the broker: %w", err)
	}
	return nil
}

// wait waits until a batch is on disk; 0 is there already.
func (b *Broker) wait(ctx context.Context, batch uint64) error {
	for batch != 0 && !b.disk.log.Safe(batch) {
		_, flushed := b.disk.log.Pending()
		if b.disk.log.Safe(batch) {
			break
		}
		select {
		case <-flushed:
		case <-ctx.Done():
			return ctx.Err()
		case <-b.closing:
			return ErrClosed
		}
	}
	return nil
}
