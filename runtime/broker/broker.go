// Package broker is a small AMQP 0-9-1 server, the default where nobody named one.
//
// It does what messaging.md 15 uses, and refuses the rest with the error that the protocol has for it. It knows nothing of agents.
package broker

import (
	"crypto/tls"
	"log/slog"
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
