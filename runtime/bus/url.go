package bus

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
)

// The parameters of an address, as in amqps://user:password@one:5671,two:5671/vhost?cacertfile=ca.pem&queues=quorum.
const (
	paramName   = "server_name_indication" // expected in the certificate
	paramVerify = "verify"                 // verify_none: any certificate will do
	paramQueues = "queues"                 // quorum or classic
	paramCA     = "cacert"                 // PEM in base64 (of URLs); with "file" behind the name: the path of a file
	paramCert   = "cert"
	paramKey    = "key"
)

// ParseURL reads settings from an amqp:// or amqps:// address: user, password, one or more hosts separated by commas (ports 5672 and
// 5671 when they are left out), a virtual host. Parameters: server_name_indication, verify=verify_none, queues=quorum, and
// cacertfile, certfile, keyfile, which name files that are read now. An error never shows the password.
func ParseURL(text string) (Settings, error) {
	scheme, _, found := strings.Cut(text, "://")
	if !found || scheme != "amqp" && scheme != "amqps" {
		return Settings{}, fmt.Errorf("read the address of a broker: %q is no scheme: write amqp://host or amqps://host", scheme)
	}
	// Several hosts are no URL for net/url: the first one stands for all.
	head, hosts, tail := split(strings.TrimPrefix(text, scheme+"://"))
	u, err := url.Parse(scheme + "://" + head + "host" + tail)
	if err != nil {
		return Settings{}, errors.New("read the address of a broker: it is no URL: signs such as / @ : % in a name or a password are written %2F %40 %3A %25")
	}
	s := Settings{User: u.User.Username(), TLS: scheme == "amqps"}
	s.Password, _ = u.User.Password()
	for host := range strings.SplitSeq(hosts, ",") {
		address, err := withPort(host, s.TLS)
		if err != nil {
			return Settings{}, fmt.Errorf("read the address of a broker: host %q: %w", host, err)
		}
		s.Addresses = append(s.Addresses, address)
	}
	if s.VHost, err = url.PathUnescape(strings.TrimPrefix(u.EscapedPath(), "/")); err != nil {
		return Settings{}, fmt.Errorf("read the address of a broker: virtual host: %w", err)
	}
	if s.VHost == "/" {
		s.VHost = ""
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Settings{}, fmt.Errorf("read the address of a broker: parameters: %w", err)
	}
	if err := s.parameters(query); err != nil {
		return Settings{}, fmt.Errorf("read the address of a broker: %w", err)
	}
	return s, nil
}

// split cuts what follows the scheme into user with @, hosts, the rest.
func split(text string) (head, hosts, tail string) {
	authority := text
	if end := strings.IndexAny(text, "/?#"); end >= 0 {
		authority, tail = text[:end], text[end:]
	}
	at := strings.LastIndex(authority, "@") + 1
	return authority[:at], authority[at:], tail
}

func withPort(host string, secure bool) (string, error) {
	port := "5672"
	if secure {
		port = "5671"
	}
	name := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if n, p, err := net.SplitHostPort(host); err == nil {
		name = n
		if p != "" {
			port = p
		}
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return net.JoinHostPort(name, port), nil
	}
	if name == "" || strings.ContainsFunc(name+port, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("[]:%@/?#,", r) }) {
		return "", errors.New("it is neither name nor address with a port")
	}
	return net.JoinHostPort(name, port), nil
}

func (s *Settings) parameters(query url.Values) error {
	for name, values := range query {
		value := values[0]
		switch name {
		case paramName:
			s.ServerName = value
		case paramVerify:
			if value != "verify_none" && value != "verify_peer" {
				return fmt.Errorf("verify=%s: write verify_peer or verify_none", value)
			}
			s.Insecure = value == "verify_none"
		case paramQueues:
			if value != "quorum" && value != "classic" {
				return fmt.Errorf("queues=%s: write quorum or classic", value)
			}
			s.Quorum = value == "quorum"
		case paramCA, paramCert, paramKey:
			pem, err := base64.RawURLEncoding.DecodeString(value)
			if err != nil {
				return fmt.Errorf("%s: it is not in base64", name)
			}
			*s.pem(name) = string(pem)
		case paramCA + "file", paramCert + "file", paramKey + "file":
			pem, err := os.ReadFile(value)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			*s.pem(strings.TrimSuffix(name, "file")) = string(pem)
		default:
			return fmt.Errorf("nobody knows the parameter %s", name)
		}
	}
	return nil
}

func (s *Settings) pem(name string) *string {
	switch name {
	case paramCA:
		return &s.CA
	case paramCert:
		return &s.Cert
	}
	return &s.Key
}

// URL writes settings as an address that ParseURL reads, with the secrets in it: it is for files that only their owner reads.
func (s Settings) URL() string {
	u := url.URL{Scheme: "amqp"}
	if s.TLS {
		u.Scheme = "amqps"
	}
	head := ""
	if s.User != "" || s.Password != "" {
		head = url.UserPassword(s.User, s.Password).String() + "@"
	}
	query := url.Values{}
	set := func(name, value string, when bool) {
		if when {
			query.Set(name, value)
		}
	}
	set(paramName, s.ServerName, s.ServerName != "")
	set(paramVerify, "verify_none", s.Insecure)
	set(paramQueues, "quorum", s.Quorum)
	for _, name := range []string{paramCA, paramCert, paramKey} {
		set(name, base64.RawURLEncoding.EncodeToString([]byte(*s.pem(name))), *s.pem(name) != "")
	}
	text := u.Scheme + "://" + head + strings.Join(s.Addresses, ",") + "/" + url.PathEscape(s.VHost)
	if len(query) > 0 {
		text += "?" + query.Encode()
	}
	return text
}

// String shows settings without their secrets.
func (s Settings) String() string {
	s.Password, s.Key, s.Cert, s.CA = "", "", "", ""
	text := s.URL()
	return strings.Replace(text, ":@", "@", 1)
}

// LogValue implements slog.LogValuer: no secret reaches a log.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Equal says whether two settings lead to the same broker as the same user: nothing has to be connected anew (MS-41).
func (s Settings) Equal(o Settings) bool {
	a, b := slices.Clone(s.Addresses), slices.Clone(o.Addresses)
	slices.Sort(a)
	slices.Sort(b)
	s.Addresses, o.Addresses = nil, nil
	return slices.Equal(a, b) && s.URL() == o.URL()
}
