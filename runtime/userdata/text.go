package userdata

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/bus"
)

// The keys of user data (MS-43, TG-40). Those of the broker are the reference's; those behind are ours.
const (
	keyApp    = "application.name"
	keyScope  = "scoped.instance.path"
	keyDomain = "domain"
	keyType   = "net.roboconf.messaging.type"

	rabbit      = "net.roboconf.messaging.rabbitmq."
	keyServer   = rabbit + "server.ip" // host or host:port; several are separated by commas
	keyUser     = rabbit + "server.username"
	keyPassword = rabbit + "server.password"
	keyTLS      = rabbit + "ssl.use"
	keyTrust    = rabbit + "ssl.trust.store.path" // PEM
	keyTrustAs  = rabbit + "ssl.trust.store.type"
	keyOwn      = rabbit + "ssl.key.store.path" // PEM: the certificate of the client
	keyOwnAs    = rabbit + "ssl.key.store.type"

	keyHost     = rabbit + "virtual.host"
	keyPrivate  = rabbit + "ssl.private.key.path" // PEM; the key may stand beside the certificate as well
	keyName     = rabbit + "ssl.server.name"
	keyInsecure = rabbit + "ssl.insecure"
	keyQueues   = rabbit + "queue.type" // quorum or classic

	// Agent settings (manager.md 10) stand behind this.
	agentPrefix = "agent."
	// A file that a property names is embedded as base64 under this and its key.
	embedded = "@file@"
)

// RabbitMQ is the only type of messaging that an agent has; our own broker speaks the same protocol.
const RabbitMQ = "rabbitmq"

// MaxBytes is how large user data may be: what the largest infrastructure takes, with room.
const MaxBytes = 256 << 10

// Format writes user data as a text in the form of Java properties (MS-43, TG-40), the same text for the same data. Files are embedded.
func Format(d Data) string {
	var b strings.Builder
	put := func(key, value string) {
		if value != "" {
			b.WriteString(escape(key, true) + " = " + escape(value, false) + "\n")
		}
	}
	file := func(key, name, content string) {
		if content != "" {
			put(key, name)
			put(embedded+key, base64.StdEncoding.EncodeToString([]byte(content)))
		}
	}
	put(keyApp, d.App)
	put(keyScope, d.Scope)
	put(keyDomain, d.Domain)
	put(keyType, RabbitMQ)
	s := d.Broker
	put(keyServer, strings.Join(s.Addresses, ","))
	put(keyHost, s.VHost)
	put(keyUser, s.User)
	put(keyPassword, s.Password)
	if s.TLS {
		put(keyTLS, "true")
	}
	file(keyTrust, "ca.pem", s.CA)
	file(keyOwn, "agent.pem", s.Cert)
	file(keyPrivate, "agent.key", s.Key)
	put(keyName, s.ServerName)
	if s.Insecure {
		put(keyInsecure, "true")
	}
	if s.Quorum {
		put(keyQueues, "quorum")
	}
	for _, key := range slices.Sorted(maps.Keys(d.Agent)) {
		if key != "" {
			b.WriteString(escape(agentPrefix+key, true) + " = " + escape(d.Agent[key], false) + "\n")
		}
	}
	return b.String()
}

// Parse reads user data. open gives files that it names without embedding them; with nil they are a mistake. What an agent cannot do
// without is missing: that is an error (TG-42), which names every key concerned and never a value.
func Parse(text string, open func(name string) ([]byte, error)) (Data, error) {
	keys, err := Keys(text)
	if err != nil {
		return Data{}, err
	}
	return Of(keys, open)
}

// Keys reads user data as keys and values, whatever they mean.
func Keys(text string) (map[string]string, error) {
	keys, err := properties(text)
	if err != nil {
		return nil, fmt.Errorf("read user data: %w", err)
	}
	return keys, nil
}

// Of gives what keys mean, as Parse does.
func Of(keys map[string]string, open func(name string) ([]byte, error)) (Data, error) {
	p := &parsed{open: open, keys: keys}
	d := p.data()
	if err := errors.Join(p.errs...); err != nil {
		return Data{}, fmt.Errorf("read user data: %w", err)
	}
	return d, nil
}

// The keys that say who an agent is (MS-43), and what those of its messaging begin with.
const (
	KeyApp       = keyApp
	KeyScope     = keyScope
	KeyDomain    = keyDomain
	KeyType      = keyType
	KeyServer    = keyServer
	KeyUser      = keyUser
	KeyPassword  = keyPassword
	Messaging    = "net.roboconf.messaging."
	AgentSetting = agentPrefix
	Embedded     = embedded
)

// parsed is user data that is being read.
type parsed struct {
	keys map[string]string
	open func(name string) ([]byte, error)
	errs []error
}

func (p *parsed) data() Data {
	d := Data{
		Domain: p.keys[keyDomain], App: p.keys[keyApp], Scope: p.keys[keyScope],
		Broker: bus.Settings{
			VHost: p.keys[keyHost], User: p.keys[keyUser], Password: p.keys[keyPassword], TLS: p.flag(keyTLS), ServerName: p.keys[keyName],
			Insecure: p.flag(keyInsecure), Quorum: p.choice(keyQueues, "classic", "quorum") == "quorum",
		},
	}
	if d.Domain == "" {
		d.Domain = "default"
	}
	switch {
	case p.keys[keyType] == "":
		p.wrong(keyType, "is missing")
	case !strings.EqualFold(p.keys[keyType], RabbitMQ):
		p.wrong(keyType, "names a type of messaging that agents do not have; rabbitmq is the one")
	}
	if d.App == "" {
		p.wrong(keyApp, "is missing")
	}
	if d.Scope == "" {
		p.wrong(keyScope, "is missing")
	} else if d.Scope[0] != '/' || strings.HasSuffix(d.Scope, "/") || strings.Contains(d.Scope, "//") {
		p.wrong(keyScope, "is no path of an instance, such as /vm")
	}
	for address := range strings.SplitSeq(p.keys[keyServer], ",") {
		if address = strings.TrimSpace(address); address != "" {
			d.Broker.Addresses = append(d.Broker.Addresses, address)
		}
	}
	p.stores(&d.Broker)
	for _, key := range slices.Sorted(maps.Keys(p.keys)) {
		if name, ours := strings.CutPrefix(key, agentPrefix); ours && name != "" {
			if d.Agent == nil {
				d.Agent = map[string]string{}
			}
			d.Agent[name] = p.keys[key]
		}
	}
	return d
}

// stores reads certificates and keys.
func (p *parsed) stores(s *bus.Settings) {
	for _, key := range []string{keyTrustAs, keyOwnAs} {
		if as := p.keys[key]; as != "" && !strings.EqualFold(as, "PEM") {
			p.wrong(key, "is not PEM: convert the store, for instance with openssl")
		}
	}
	s.CA, s.Cert, s.Key = p.file(keyTrust), p.file(keyOwn), p.file(keyPrivate)
	if s.Key == "" && strings.Contains(s.Cert, "PRIVATE KEY-----") {
		s.Key = s.Cert // both in one file
	}
}

func (p *parsed) wrong(key, why string) { p.errs = append(p.errs, fmt.Errorf("%s %s", key, why)) }

func (p *parsed) flag(key string) bool { return p.choice(key, "false", "true") == "true" }

func (p *parsed) choice(key string, choices ...string) string {
	value := strings.ToLower(p.keys[key])
	if value != "" && !slices.Contains(choices, value) {
		p.wrong(key, "is none of "+strings.Join(choices, ", "))
	}
	return value
}

// file gives the content of a file that a property names (MS-43); "" when none is named.
func (p *parsed) file(key string) string {
	var content []byte
	var err error
	switch text, inside := p.keys[embedded+key]; {
	case inside:
		content, err = base64.StdEncoding.DecodeString(text)
	case p.keys[key] == "":
		return ""
	case p.open == nil:
		err = errors.New("the file that it names is not embedded")
	default:
		content, err = p.open(p.keys[key])
	}
	if err == nil && !utf8.Valid(content) {
		err = errors.New("it is no PEM file")
	}
	if err != nil {
		p.wrong(key, "cannot be read: "+err.Error())
	}
	return string(content)
}
