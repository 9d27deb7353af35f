// Package amqp is a bus over AMQP 0-9-1.
//
// RabbitMQ and our own broker are spoken to alike. The objects of messaging.md 15 are declared by whoever connects, never deleted
// because they differ; what outlives a connection is in package link.
package amqp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

// Config of the clients of one broker. The zero values of everything but Settings are the defaults.
type Config struct {
	Settings bus.Settings
	// MaxBytes limits an envelope: 1 MiB, and 8 MiB at most (MS-50).
	MaxBytes int
	// Outbox is how many messages wait at most, OutboxBytes how many bytes of them: 10,000 and 64 MiB (MS-72).
	Outbox, OutboxBytes int
	// Prefetch is how many messages are out unacknowledged; 32, 256 for the manager (MS-74).
	Prefetch int
	// Heartbeat of the protocol (10 s), DialTimeout until a connection is open (5 s) (MS-76).
	Heartbeat, DialTimeout time.Duration
	// Retry is the pause before an agent sends again what found no queue; 10 s (MS-72).
	Retry time.Duration
	// Conflict is how long another consumer of the queue is taken for an older connection of this client that the broker has not missed yet;
	// 25 s for a client that was connected, 3 s for a new one (messaging.md 15.2).
	Conflict time.Duration
	// VerifySender makes dead letters of messages in the name of others: the broker vouches for the user that published (MS-72). An agent
	// whose user is an AgentAccount verifies in any case: where agents have users of their own, everybody has one.
	VerifySender bool
	Pace         link.Pace
	// Connect opens a TCP connection; a net.Dialer when nil.
	Connect func(ctx context.Context, network, address string) (net.Conn, error)
	// Chance gives numbers in [0,1); the global source when nil.
	Chance func() float64
	Log    *slog.Logger // nil for silence
}

// Client is a bus.Bus over AMQP.
type Client = link.Client

// Open starts a client; it returns at once, whether or not the broker is there. An error is a mistake in the settings.
func Open(cfg Config, id bus.Identity, l bus.Listener) (*Client, error) {
	d, err := newDialer(cfg, id)
	if err != nil {
		return nil, fmt.Errorf("open the bus of %s: %w", clientName(id), err)
	}
	warning := ""
	if cfg.Settings.TLS && cfg.Settings.Insecure {
		warning = "the certificate of the broker is not verified (insecure): anybody in between can read and write messages"
		d.cfg.Log.Warn(warning)
	}
	return link.Open(link.Config{
		Addresses: cfg.Settings.Addresses, Codec: message.Codec{MaxBytes: cfg.MaxBytes}, Outbox: cfg.Outbox, OutboxBytes: cfg.OutboxBytes,
		Retry: cfg.Retry, Pace: cfg.Pace, Warning: warning, Trusts: d.trusts(), Chance: cfg.Chance, Log: d.cfg.Log,
	}, d.id, l, d.dial)
}

// Opener gives Open as a bus.Opener.
func Opener(cfg Config) bus.Opener {
	return func(id bus.Identity, l bus.Listener) (bus.Bus, error) {
		c, err := Open(cfg, id, l)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}

func newDialer(cfg Config, id bus.Identity) (*dialer, error) {
	if id.Domain == "" {
		id.Domain = "default"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if len(cfg.Settings.Addresses) == 0 {
		return nil, errors.New("no address of a broker is given")
	}
	for _, address := range cfg.Settings.Addresses {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return nil, fmt.Errorf("address of the broker: %w: write host:port", err)
		}
	}
	if cfg.Prefetch <= 0 {
		cfg.Prefetch = 32
		if id.Manager() {
			cfg.Prefetch = 256
		}
	}
	cfg.Heartbeat = or(cfg.Heartbeat, 10*time.Second)
	cfg.DialTimeout = or(cfg.DialTimeout, 5*time.Second)
	if cfg.Connect == nil {
		cfg.Connect = (&net.Dialer{}).DialContext
	}
	d := &dialer{cfg: cfg, id: id}
	var err error
	if cfg.Settings.TLS {
		d.tls, err = tlsConfig(cfg.Settings)
	}
	return d, err
}

func or(given, other time.Duration) time.Duration {
	if given <= 0 {
		return other
	}
	return given
}

// clientName is what people see in the list of connections of a broker (MS-76).
func clientName(id bus.Identity) string {
	if id.Manager() {
		return "rbc-manager " + id.Domain
	}
	return "rbc-agent " + id.App + ":" + id.Scope
}
