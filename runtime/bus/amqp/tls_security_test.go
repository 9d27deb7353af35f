package amqp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/message"
)

// authority signs the certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"}, NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue signs a certificate for a name, valid until a time, for servers and clients.
func (a *authority) issue(t *testing.T, name string, until time.Time) (cert, key string) {
	t.Helper()
	own := newKey(t)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &own.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// secured starts a broker of each kind that shows a certificate, and holds something on it.
func secured(t *testing.T, ca *authority, until time.Time, hold func(t *testing.T, s *server)) {
	listener := &rabbit.TLS{CA: ca.pem}
	listener.Cert, listener.Key = ca.issue(t, "the broker", until)
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		s := embeddedServer(t, listener)
		s.settings.TLS, s.settings.CA = true, ca.pem
		hold(t, s)
	})
	t.Run("rabbitmq", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := rabbit.Start(ctx, rabbit.Options{Dir: t.TempDir(), Program: require.RabbitMQ(t), TLS: listener})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Kill)
		e := r.Endpoint()
		hold(t, rabbitServer(r, bus.Settings{Addresses: []string{e.Address}, User: e.User, Password: e.Password, TLS: true, CA: ca.pem}))
	})
}

// outcome opens a client, waits until it is connected or tells a failure, and gives that failure.
func outcome(t *testing.T, s bus.Settings, id bus.Identity) (*Client, error) {
	t.Helper()
	ears := bustest.NewEars(t)
	c, err := Open(Config{Settings: s, Pace: quick, DialTimeout: 10 * time.Second}, id, ears)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSoon(t, c) })
	ears.Wait("the connection or a failure", func(h *bustest.Heard) bool { return h.Connected > 0 || len(h.Failed) > 0 })
	if h := ears.Heard(); h.Connected == 0 {
		return c, h.Failed[0]
	}
	return c, nil
}

// messaging.md 15.6, 19.7: who the broker is gets verified; what is wrong is told apart, with what to do.
func TestTLS(t *testing.T) {
	ca := newAuthority(t)
	secured(t, ca, time.Now().Add(time.Hour), func(t *testing.T, s *server) {
		domain := "tls-" + strings.ToLower(rand.Text()[:8])
		id := bus.Identity{Domain: domain}
		t.Run("the right authority", func(t *testing.T) {
			c, ears := open(t, s.settings, id)
			ids := message.NewIDs("tls", 1)
			msg := &message.Envelope{
				ID: ids.Next(), Type: "ping", Time: time.Now(), Domain: domain,
				From: message.From{Kind: message.FromManager, Epoch: "e", Seq: 1}, Body: &message.Ping{Text: "over TLS", Nonce: "n"},
			}
			if err := c.Publish(message.Manager(""), msg); err != nil {
				t.Fatal(err)
			}
			ears.Wait("its own message", func(h *bustest.Heard) bool { return len(h.Delivered) == 1 })
		})
		for _, c := range []struct {
			what  string
			set   func(*bus.Settings)
			wants []string
		}{
			{"a wrong authority", func(s *bus.Settings) { s.CA = newAuthority(t).pem }, []string{"trust the broker", "unknown authority", "check the certificate authority"}},
			{"the roots of the system", func(s *bus.Settings) { s.CA = "" }, []string{"trust the broker", "unknown authority"}},
			{"a wrong name", func(s *bus.Settings) { s.ServerName = "broker.example.com" }, []string{"trust the broker", "broker.example.com"}},
			{"a wrong password", func(s *bus.Settings) { s.Password = "wrong" }, []string{"log in", s.settings.User, "check the name and the password"}},
			{"a client's certificate of a stranger", func(x *bus.Settings) {
				x.User, x.Password = "", ""
				x.Cert, x.Key = newAuthority(t).issue(t, s.settings.User, time.Now().Add(time.Hour))
			}, []string{"unknown certificate authority", "check the certificate of the client"}},
			{"an expired certificate of the client", func(x *bus.Settings) {
				x.User, x.Password = "", ""
				x.Cert, x.Key = ca.issue(t, s.settings.User, time.Now().Add(-time.Hour))
			}, []string{"expired certificate", "check the certificate of the client"}},
		} {
			t.Run(c.what, func(t *testing.T) {
				t.Parallel() // a broker may make whoever guesses wait
				settings := s.settings
				c.set(&settings)
				client, err := outcome(t, settings, id)
				if err == nil {
					t.Fatal("it is let in")
				}
				for _, want := range append(c.wants, s.settings.Addresses[0]) {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%q does not speak of %q", err, want)
					}
				}
				if st := client.State(); st.Status == bus.Ready || strings.Contains(err.Error()+st.Reason, s.settings.Password) {
					t.Errorf("the client is %v: %s", st.Status, st.Reason)
				}
			})
		}
		t.Run("a client's certificate is a user (EXTERNAL)", func(t *testing.T) { t.Parallel(); external(t, s, ca, domain) })
		t.Run("TLS 1.1 is refused", func(t *testing.T) { oldVersions(t, s) })
		t.Run("insecure is warned of", func(t *testing.T) { insecure(t, s, id) })
	})
}

// messaging.md 15.6: a certificate that is over is refused.
func TestTLSOfAnExpiredBroker(t *testing.T) {
	ca := newAuthority(t)
	secured(t, ca, time.Now().Add(-time.Hour), func(t *testing.T, s *server) {
		_, err := outcome(t, s.settings, bus.Identity{Domain: "expired"})
		if err == nil || !strings.Contains(err.Error(), "expired") || !strings.Contains(err.Error(), "the dates") {
			t.Errorf("told %v", err)
		}
	})
}

// external is an agent whose certificate is all that it has: it does what agents do, with the rights of agents.
func external(t *testing.T, s *server, ca *authority, domain string) {
	id := bus.Identity{Domain: domain, App: "shop", Scope: "/vm 1"}
	account := bus.AgentAccount(id.Domain, id.App, id.Scope)
	settings := s.account(t, account)
	settings.User, settings.Password = "", ""
	settings.Cert, settings.Key = ca.issue(t, account.Name, time.Now().Add(time.Hour))
	open(t, settings, id)
	// It is that agent, no other.
	_, err := outcome(t, settings, bus.Identity{Domain: domain, App: "shop", Scope: "/vm 2"})
	if err == nil || !strings.Contains(err.Error(), "does not allow") {
		t.Errorf("as another agent: %v", err)
	}
	settings.Cert, settings.Key = ca.issue(t, "nobody "+rand.Text(), time.Now().Add(time.Hour))
	if _, err := outcome(t, settings, id); err == nil {
		t.Error("the certificate of an unknown user is let in")
	}
}

// oldVersions: neither the broker nor the client speaks what is older than TLS 1.2.
func oldVersions(t *testing.T, s *server) {
	old := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true}
	if conn, err := tls.Dial("tcp", s.settings.Addresses[0], old); err == nil {
		conn.Close()
		t.Errorf("the broker agrees on %x", conn.ConnectionState().Version)
	}
	ca := newAuthority(t)
	pair, err := tls.X509KeyPair(bytesOf(ca.issue(t, "an old broker", time.Now().Add(time.Hour))))
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // its failure is what the client sees
			conn.Close()
		}
	})
	t.Cleanup(func() { l.Close(); serving.Wait() })
	d, err := newDialer(Config{Settings: bus.Settings{Addresses: []string{l.Addr().String()}, TLS: true, CA: ca.pem}}, bus.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.connect(t.Context(), l.Addr().String()); err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("the client says of an old broker: %v", err)
	}
}

func bytesOf(cert, key string) ([]byte, []byte) { return []byte(cert), []byte(key) }

// insecure: whoever asks for it gets in, and is told for as long as it lasts.
func insecure(t *testing.T, s *server, id bus.Identity) {
	var log bytes.Buffer
	settings := s.settings
	settings.CA, settings.ServerName, settings.Insecure = "", "somebody else", true
	ears := bustest.NewEars(t)
	c, err := Open(Config{Settings: settings, Pace: quick, DialTimeout: 10 * time.Second, Log: slog.New(slog.NewTextHandler(&log, nil))}, id, ears)
	if err != nil {
		t.Fatal(err)
	}
	warned := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "not verified")
	t.Cleanup(func() { closeSoon(t, c) })
	ears.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
	if st := c.State(); st.Status != bus.Ready || !warned || !strings.Contains(st.Reason, "not verified") {
		t.Errorf("warned in the log: %v; the state is %+v", warned, st)
	}
}
