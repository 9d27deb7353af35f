package amqp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/link"
)

// dialer opens the lines of one client, one at a time.
type dialer struct {
	cfg       Config
	id        bus.Identity
	tls       *tls.Config // nil for none
	refusals  int         // silent ends of a login, one after another
	connected bool        // a line was ready before
}

// tlsConfig turns settings into what crypto/tls wants (messaging.md 15.6).
func tlsConfig(s bus.Settings) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.ServerName, InsecureSkipVerify: s.Insecure}
	if s.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(s.CA)) {
			return nil, errors.New("the certificate of the authority is not in PEM form")
		}
	}
	if s.Cert == "" && s.Key == "" {
		return c, nil
	}
	pair, err := tls.X509KeyPair([]byte(s.Cert), []byte(s.Key))
	if err != nil {
		return nil, fmt.Errorf("read the certificate of the client with its key: %w", err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}

// connect opens a connection of AMQP: TCP, TLS, login, all within DialTimeout. The raw connection can cut it at once.
func (d *dialer) connect(ctx context.Context, address string) (*amqp.Connection, net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.DialTimeout)
	defer cancel()
	raw, err := d.cfg.Connect(ctx, "tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to the broker: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	conn, err := d.login(ctx, raw, address)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		raw.Close()
		return nil, nil, d.loginError(err, address)
	}
	d.refusals = 0
	return conn, raw, nil
}

func (d *dialer) login(ctx context.Context, raw net.Conn, address string) (*amqp.Connection, error) {
	if d.tls != nil {
		c := d.tls.Clone()
		if c.ServerName == "" {
			c.ServerName, _, _ = net.SplitHostPort(address) // checked when the client was made
		}
		secure := tls.Client(raw, c)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		raw = &alarmed{Conn: secure}
	}
	vhost := d.cfg.Settings.VHost
	if vhost == "" {
		vhost = "/"
	}
	conn, err := amqp.Open(raw, amqp.Config{
		SASL: d.sasl(), Vhost: vhost, Heartbeat: d.cfg.Heartbeat, Locale: "en_US", FrameSize: 131072,
		Properties: amqp.Table{"product": "roboconf", "platform": "Go", "connection_name": clientName(d.id)},
	})
	if a, ok := raw.(*alarmed); ok && err != nil {
		if alarm := a.alarm.Load(); alarm != nil {
			return nil, *alarm
		}
	}
	return conn, err
}

// alarmed remembers why the broker ended TLS: in version 1.3 it judges the certificate of the client after the handshake, and the
// library of the protocol keeps the words of an error alone.
type alarmed struct {
	net.Conn
	alarm atomic.Pointer[error]
}

func (a *alarmed) Read(p []byte) (int, error) {
	n, err := a.Conn.Read(p)
	if err != nil && isAlert(err) {
		a.alarm.Store(&err)
	}
	return n, err
}

// isAlert says whether the other side ended TLS with a reason.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// sasl prefers the certificate of the client where no user is named.
func (d *dialer) sasl() []amqp.Authentication {
	s := d.cfg.Settings
	if s.User == "" && s.Cert != "" {
		return []amqp.Authentication{&amqp.ExternalAuth{}}
	}
	return []amqp.Authentication{&amqp.PlainAuth{Username: s.User, Password: s.Password}}
}

// loginError says what is wrong in words for people; what the settings must cure is hopeless.
func (d *dialer) loginError(err error, address string) error {
	var (
		cert  *tls.CertificateVerificationError
		plain tls.RecordHeaderError
	)
	as := "user " + d.cfg.Settings.User
	if d.cfg.Settings.User == "" {
		as = "the client's certificate"
	}
	switch {
	case errors.As(err, &cert):
		return hopeless("trust the broker at %s: %w: check the certificate authority, the server's name, the dates", address, err)
	case errors.As(err, &plain):
		return hopeless("speak TLS with the broker at %s: %w: is this the port for TLS?", address, err)
	case isAlert(err):
		return hopeless("speak TLS with the broker at %s: it refuses: %w: check the certificate of the client", address, err)
	case errors.Is(err, amqp.ErrSASL):
		return hopeless("log in at the broker %s as %s: it offers no way that is known: %w", address, as, err)
	case errors.Is(err, amqp.ErrCredentials):
		// A broker that refuses a login may simply cut the connection. So does one that is being stopped: the second time it is believed.
		if d.refusals++; d.refusals < 2 {
			return fmt.Errorf("log in at the broker %s as %s: %w", address, as, err)
		}
		return hopeless("log in at the broker %s as %s: %w: check the name and the password", address, as, err)
	}
	return classified(fmt.Sprintf("log in at the broker %s as %s", address, as), err)
}

func hopeless(format string, args ...any) error {
	return &link.Hopeless{Err: fmt.Errorf(format, args...)}
}

// classified says what was tried, and whether trying again can help: refused rights and objects that are declared otherwise will stay so.
func classified(what string, err error) error {
	var said *amqp.Error
	if errors.As(err, &said) && said.Server {
		switch said.Code {
		case amqp.AccessRefused, amqp.NotAllowed:
			return hopeless("%s: the broker does not allow it: %w", what, err)
		case amqp.PreconditionFailed:
			return hopeless("%s: it exists with other settings than this version wants: %w: remove it when it is empty, or use another domain", what, err)
		case amqp.ResourceLocked, amqp.NotImplemented:
			return hopeless("%s: %w", what, err)
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// dial opens a line. It is called by one goroutine.
func (d *dialer) dial(ctx context.Context, address string, ear link.Ear) (link.Line, error) {
	conn, raw, err := d.connect(ctx, address)
	if err != nil {
		return nil, err
	}
	l := &line{d: d, ear: ear, conn: conn, raw: raw, quit: make(chan struct{}), apps: map[string]bool{}, routes: map[route]names{}}
	if err := l.open(); err != nil {
		l.Abort()
		l.Close(ctx)
		return nil, classified("open channels at the broker "+address, err)
	}
	return l, nil
}

// grace is how long a second consumer is taken for a connection that the broker has not missed yet.
func (d *dialer) grace() time.Duration {
	switch {
	case d.cfg.Conflict > 0:
		return d.cfg.Conflict
	case d.connected:
		return 2*d.cfg.Heartbeat + 5*time.Second
	}
	return 3 * time.Second
}
