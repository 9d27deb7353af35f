package brokertest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// secured is a broker behind TLS with the authority that it trusts.
type secured struct {
	Secured
	ca *authority
}

// runTLS makes the checks of messaging.md 15.6 that need a secured listener.
func runTLS(t *testing.T, b *bench) {
	if b.TLS == nil {
		t.Skip("this broker has no secured listener")
	}
	ca := newAuthority(t, "authority of a test")
	cert, key := ca.issue(t, "localhost", time.Now().Add(time.Hour))
	s := &secured{b.TLS(t, Certificates{CA: string(ca.pem), Cert: string(cert), Key: string(key)}), ca}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *secured)
	}{
		{"the right authority, the right name (15.6)", tlsRight},
		{"a wrong authority, a wrong name, an expired certificate are told apart (15.6)", tlsWrong},
		{"a client without TLS is refused (15.6)", tlsWithout},
		{"versions before 1.2 are refused (15.6)", tlsOld},
		{"a wrong password is told as such", tlsPassword},
		{"EXTERNAL: the name in a client's certificate is its user (15.6)", tlsExternal},
		{"EXTERNAL: certificates of strangers, expired ones, none at all are refused (15.6)", tlsStrangers},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

// dial connects with a client's settings, which may be changed before.
func (s *secured) dial(t *testing.T, auth amqp.Authentication, change func(*tls.Config)) (*amqp.Connection, error) {
	t.Helper()
	config, err := clientTLS(s.ca.pem, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(config)
	}
	if auth == nil {
		auth = &amqp.PlainAuth{Username: s.User, Password: s.Password}
	}
	conn, err := amqp.DialConfig("amqps://"+s.Address+"/", amqp.Config{
		SASL: []amqp.Authentication{auth}, TLSClientConfig: config, Heartbeat: 10 * time.Second, Dial: amqp.DefaultDial(patience),
	})
	if err == nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

func tlsRight(t *testing.T, s *secured) {
	for _, name := range []string{"localhost", "127.0.0.1"} {
		conn, err := s.dial(t, nil, func(c *tls.Config) { c.ServerName = name })
		if err != nil {
			t.Fatal(err)
		}
		ch := plainChannel(t, conn)
		if err := echo(within(t).Done(), ch, "amq.direct", unique(t)); err != nil {
			t.Error(err)
		}
		if conn.ConnectionState().Version < tls.VersionTLS12 {
			t.Errorf("agreed on %x", conn.ConnectionState().Version)
		}
	}
}

func tlsWrong(t *testing.T, s *secured) {
	_, err := s.dial(t, nil, func(c *tls.Config) {
		other, err := poolOf(newAuthority(t, "somebody else").pem)
		if err != nil {
			t.Fatal(err)
		}
		c.RootCAs = other
	})
	if unknown := (x509.UnknownAuthorityError{}); !errors.As(err, &unknown) {
		t.Errorf("a wrong authority: %v", err)
	}
	_, err = s.dial(t, nil, func(c *tls.Config) { c.ServerName = "broker.example.com" })
	if name := (x509.HostnameError{}); !errors.As(err, &name) {
		t.Errorf("a wrong name: %v", err)
	}
	_, err = s.dial(t, nil, func(c *tls.Config) { c.Time = func() time.Time { return time.Now().Add(2 * time.Hour) } })
	if expired := (x509.CertificateInvalidError{}); !errors.As(err, &expired) || expired.Reason != x509.Expired {
		t.Errorf("an expired certificate: %v", err)
	}
}

func tlsWithout(t *testing.T, s *secured) {
	plain := &bench{Server: Server{Address: s.Address}}
	if conn, err := plain.dialAs(s.User, s.Password); err == nil {
		conn.Close()
		t.Error("it is let in")
	}
}

func tlsOld(t *testing.T, s *secured) {
	if _, err := s.dial(t, nil, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }); err == nil {
		t.Error("TLS 1.1 is let in")
	}
}

func tlsPassword(t *testing.T, s *secured) {
	if _, err := s.dial(t, &amqp.PlainAuth{Username: s.User, Password: "wrong"}, nil); !errors.Is(err, amqp.ErrCredentials) {
		t.Errorf("got %v", err)
	}
}

// agent makes a user without a password: only a certificate lets it in.
func (s *secured) agent(t *testing.T) string {
	t.Helper()
	if s.Users == nil {
		t.Skip("nobody manages the users of this broker")
	}
	name := unique(t)
	if err := s.Users.Ensure(within(t), Account{Name: name, Configure: "amq\\.gen-.*", Write: ".*", Read: ".*"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Users.Remove(withinCleanup(t), name); err != nil {
			t.Error(err)
		}
	})
	return name
}

func tlsExternal(t *testing.T, s *secured) {
	name := s.agent(t)
	show := func(c *tls.Config) {
		c.Certificates = []tls.Certificate{s.ca.client(t, name, time.Now().Add(time.Hour))}
	}
	conn, err := s.dial(t, &amqp.ExternalAuth{}, show)
	if err != nil {
		t.Fatal(err)
	}
	ch := channelOf(t, conn)
	q, err := ch.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !send(t, ch, "", q.Name, amqp.Publishing{UserId: name}) {
		t.Error("it is not the user of the certificate's name")
	}
	_, err = plainChannel(t, conn).QueueDeclare(unique(t), false, true, true, false, nil)
	refused(t, "what its user may not", err, amqp.AccessRefused)
	// A certificate is no password for somebody else.
	if _, err := s.dial(t, &amqp.PlainAuth{Username: name, Password: ""}, show); !errors.Is(err, amqp.ErrCredentials) {
		t.Errorf("an empty password: %v", err)
	}
	// With a certificate one may come by password, too.
	if _, err := s.dial(t, nil, show); err != nil {
		t.Errorf("by password: %v", err)
	}
}

func tlsStrangers(t *testing.T, s *secured) {
	name := s.agent(t)
	for what, cert := range map[string]tls.Certificate{
		"of a stranger":      newAuthority(t, "authority of a test").client(t, name, time.Now().Add(time.Hour)),
		"expired":            s.ca.client(t, name, time.Now().Add(-time.Hour)),
		"of an unknown user": s.ca.client(t, unique(t), time.Now().Add(time.Hour)),
	} {
		// The library must show it even where the server would rather see another.
		_, err := s.dial(t, &amqp.ExternalAuth{}, func(c *tls.Config) {
			c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
		})
		if err == nil {
			t.Errorf("a certificate %s is let in", what)
		}
	}
	if _, err := s.dial(t, &amqp.ExternalAuth{}, nil); err == nil {
		t.Error("EXTERNAL without a certificate is let in")
	}
}
