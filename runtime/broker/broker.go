// Package broker is a small AMQP 0-9-1 server, the default where nobody named one.
//
// It does what messaging.md 15 uses, and refuses the rest with the error that the protocol has for it. It knows nothing of agents.
package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"
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
	// Heartbeat is proposed to clients; 10 s when zero.
	Heartbeat time.Duration
	// MaxBody refuses larger messages; 16 MiB when zero.
	MaxBody int
	Log     *slog.Logger // nil for silence
}

// User is who may connect, with what it may do: regular expressions over names of queues and exchanges, anchored by themselves; "" is nothing.
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
	Blocked               bool          // publishers wait for consumers: Bytes is over the memory limit
}

// QueueStatus is what one queue holds.
type QueueStatus struct {
	Name      string
	Durable   bool
	Ready     int // messages that wait for a consumer
	Unacked   int // messages that a consumer holds without having acknowledged them
	Consumers int
	Bytes     int64 // of the messages, ready or unacknowledged
}

// ErrClosed is what a broker says after Close.
var ErrClosed = errors.New("the broker is closed")

// Broker is a running server.
type Broker struct{}

// Open starts a broker, with what its folder kept. One broker at a time may have a folder.
func Open(_ Config) (*Broker, error) { return nil, ErrClosed }

// Serve takes connections of a listener until it is closed, or the broker is: then it returns nil. It may be called for several.
func (b *Broker) Serve(_ net.Listener) error { return ErrClosed }

// Ensure makes a user be there with this password, these permissions (messaging.md 15.6). Connected clients feel it at their next operation.
func (b *Broker) Ensure(_ context.Context, _ User) error { return ErrClosed }

// Remove makes a user be gone, with its connections. One that is not there is a success.
func (b *Broker) Remove(_ context.Context, _ string) error { return ErrClosed }

// Status tells what the broker holds now.
func (b *Broker) Status() Status { return Status{} }

// Close ends every connection, then puts everything durable on disk.
func (b *Broker) Close() error { return nil }
