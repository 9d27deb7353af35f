// Package rabbit runs RabbitMQ as a private process of this host.
//
// Everything that it writes stays in one folder; ports, credentials, cookie are its own, so that a RabbitMQ of the system is neither
// used nor disturbed. The process dies with its parent. It is the reference broker: our own one is held against it.
package rabbit

import (
	"errors"
	"log/slog"
)

// Options say where a RabbitMQ lives, what it may use.
type Options struct {
	// Dir keeps everything: settings, data, logs, credentials. It is made when it is not there. One Server at a time has it; the next
	// one finds the data, the ports, the credentials of the last.
	Dir string
	// Program is the path of rabbitmq-server; Find when empty.
	Program string
	// IP is the address to listen on; 127.0.0.1 when empty.
	IP string
	// Port is where clients come; when zero, the last one of Dir, else a free one.
	Port int
	// TLS is asked of every client when not nil; nobody can connect without it then.
	TLS *TLS
	// MemoryLimit, in bytes of the whole process, blocks publishers above it; 2 GiB when zero: a thousand agents take 0.6. RabbitMQ itself takes 150 of them.
	MemoryLimit int64
	// Progress, when not nil, is told in a few words what Start waits for.
	Progress func(string)
	Log      *slog.Logger // nil for silence
}

// TLS is what a listener shows, whom it trusts, as PEM (messaging.md 15.6).
type TLS struct {
	CA        string // signs Cert, signs the certificates of clients
	Cert, Key string
	// Demand refuses clients without a certificate; else they may come with a password alone. The common name of a certificate is the
	// name of a user for a client that asks for EXTERNAL.
	Demand bool
}

// Endpoint is how the administrator reaches a Server. Whoever prints it leaves out Password.
type Endpoint struct {
	Address        string // host:port
	User, Password string
	CA             string // PEM, when the listener asks for TLS
}

// ErrBusy says that another process has the folder.
var ErrBusy = errors.New("the folder belongs to a broker that runs")

// ErrPort says that another program has the port.
var ErrPort = errors.New("another program has the port")

// Account is a user with what it may do: regular expressions over whole names of queues and exchanges; "" is nothing (messaging.md 15.6).
type Account struct {
	Name, Password         string
	Configure, Write, Read string
}
