package userdata

import (
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/bus"
)

func full() Data {
	return Data{
		Domain: "salle é", App: "my shop", Scope: "/tc vm 1/inner",
		Broker: bus.Settings{
			Addresses: []string{"10.0.0.1:5671", "[fe80::1]:5671"}, VHost: "/a b", User: "agent:1", Password: ` p\a=s:s#w! `, TLS: true, ServerName: "broker",
			CA: "-----BEGIN CERTIFICATE-----\nca\n", Cert: "-----BEGIN CERTIFICATE-----\nme\n", Key: "-----BEGIN PRIVATE KEY-----\nmine\n",
			Insecure: true, Quorum: true,
		},
		Agent: map[string]string{"ip-address-of-the-agent": "10.0.0.7", "heartbeat": "5s", "empty": ""},
	}
}

// MS-43, TG-40: what a machine is told comes back byte for byte.
func TestRoundTrip(t *testing.T) {
	small := Data{Domain: "default", App: "a", Scope: "/vm"}
	for _, d := range []Data{full(), small} {
		text := Format(d)
		back, err := Parse(text, nil)
		if err != nil || !reflect.DeepEqual(d, back) {
			t.Errorf("%v\n%+v\n%+v\n%s", err, d, back, text)
		}
	}
}

// MS-43: the reference's text is read: escaped colons, files beside it, several ways to write a pair.
func TestReference(t *testing.T) {
	text := "# user data\r\n! of a machine\n\napplication.name: shop\nscoped.instance.path=/tc\\u0020vm\ndomain default2\n" +
		"net.roboconf.messaging.type = rabbitmq\nnet.roboconf.messaging.rabbitmq.server.ip = 10.0.0.1\\:5672\n" +
		"net.roboconf.messaging.rabbitmq.server.username=ro\\\n   bot\nnet.roboconf.messaging.rabbitmq.ssl.use = TRUE\n" +
		"net.roboconf.messaging.rabbitmq.ssl.trust.store.path = /etc/ca.pem\nnet.roboconf.messaging.rabbitmq.ssl.key.store.path=/etc/me.pem\n" +
		"unknown.key = kept out\n"
	files := map[string]string{"/etc/ca.pem": "CA", "/etc/me.pem": "CERT -----BEGIN PRIVATE KEY-----"}
	d, err := Parse(text, func(name string) ([]byte, error) { return []byte(files[name]), nil })
	want := Data{Domain: "default2", App: "shop", Scope: "/tc vm", Broker: bus.Settings{
		Addresses: []string{"10.0.0.1:5672"}, User: "robot", TLS: true, CA: "CA", Cert: files["/etc/me.pem"], Key: files["/etc/me.pem"],
	}}
	if err != nil || !reflect.DeepEqual(d, want) {
		t.Errorf("%v\n%+v\n%+v", err, d, want)
	}
}

// TG-42: what is missing or wrong is named, all of it at once; no value is told, as one may be a password.
func TestRefused(t *testing.T) {
	tests := map[string]string{
		"": "net.roboconf.messaging.type is missing",
		"net.roboconf.messaging.type = http\napplication.name = a\nscoped.instance.path = vm": "scoped.instance.path is no path",
		"net.roboconf.messaging.type = http":                                                  "agents do not have",
		"domain = d":                                                                          "application.name is missing",
		"net.roboconf.messaging.rabbitmq.ssl.trust.store.type = JKS":                          "is not PEM",
		"net.roboconf.messaging.rabbitmq.ssl.trust.store.path = x":                            "is not embedded",
		"@file@net.roboconf.messaging.rabbitmq.ssl.trust.store.path = secret":                 "cannot be read",
		"net.roboconf.messaging.rabbitmq.ssl.use = secret":                                    "is none of false, true",
		"= secret":                          "has no key",
		"a = \\u12":                         "four hexadecimal digits",
		"a = \xff":                          "not UTF-8",
		strings.Repeat("a", MaxBytes) + "b": "are allowed",
	}
	for text, why := range tests {
		_, err := Parse(text, nil)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.60q: %v, want %q", text, err, why)
		}
	}
	_, err := Parse(keyTrust+" = x", func(string) ([]byte, error) { return nil, errors.New("no such file") })
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Format(full()))
	f.Add("a\\\n b : c\n#x\n!\\\n\\u0041=\\\\")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := properties(text)
		if err == nil {
			var b strings.Builder
			for k, v := range keys {
				b.WriteString(escape(k, true) + " = " + escape(v, false) + "\n")
			}
			if back, err := properties(b.String()); b.Len() <= MaxBytes && (err != nil || !maps.Equal(keys, back)) {
				t.Fatalf("%v\n%q\n%q\n%q", err, keys, back, b.String())
			}
		}
		d, err := Parse(text, nil)
		if err != nil {
			return
		}
		if back, err := Parse(Format(d), nil); err != nil || !reflect.DeepEqual(d, back) {
			t.Fatalf("%v\n%+v\n%+v", err, d, back)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := Format(full())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text, nil); err != nil {
			b.Fatal(err)
		}
	}
}
