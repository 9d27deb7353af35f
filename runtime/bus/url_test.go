package bus

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSettingsThereAndBack(t *testing.T) {
	for _, s := range []Settings{
		{Addresses: []string{"localhost:5672"}},
		{Addresses: []string{"one:1", "[::1]:2"}, User: "u", Password: "p", VHost: "v"},
		{Addresses: []string{"h:5671"}, User: "u@#/?:%", Password: "p@:/#?%&=+ é", VHost: "a/b c%2F", TLS: true, ServerName: "x y", Insecure: true, Quorum: true},
		{Addresses: []string{"h:5671"}, TLS: true, CA: "-----BEGIN\n+/=\n", Cert: "c", Key: "k"},
	} {
		got, err := ParseURL(s.URL())
		if err != nil || !reflect.DeepEqual(got, s) || !got.Equal(s) {
			t.Errorf("%s gives %#v, %v, want %#v", s.URL(), got, err, s)
		}
	}
}

func TestAddressesAreRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]Settings{
		"amqp://localhost":             {Addresses: []string{"localhost:5672"}},
		"amqps://localhost/":           {Addresses: []string{"localhost:5671"}, TLS: true},
		"amqps://u:p@a,b:9/v":          {Addresses: []string{"a:5671", "b:9"}, TLS: true, User: "u", Password: "p", VHost: "v"},
		"amqp://[::1]":                 {Addresses: []string{"[::1]:5672"}},
		"amqp://[::1]:7/%2F":           {Addresses: []string{"[::1]:7"}},
		"amqps://a?cacertfile=" + file: {Addresses: []string{"a:5671"}, TLS: true, CA: "PEM"},
	} {
		got, err := ParseURL(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %#v, %v, want %#v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "localhost", "http://a", "amqp://", "amqp://u:secret@", "amqp://u:secret@a:b:c", "amqp://u:sec%ret@a", "amqp://a,,b", "amqp://u:secret@a?x=1",
		"amqp://a?verify=no", "amqp://a?queues=odd", "amqp://a?cacert=%", "amqps://a?keyfile=/nowhere/at/all",
	} {
		_, err := ParseURL(text)
		if err == nil || strings.Contains(err.Error(), "sec") {
			t.Errorf("%q is read with the error %v", text, err)
		}
	}
}

func TestNobodyPrintsASecret(t *testing.T) {
	s := Settings{Addresses: []string{"h:1"}, User: "u", Password: "hidden1", Key: "hidden2", TLS: true}
	for _, text := range []string{s.String(), fmt.Sprint(s), fmt.Sprintf("%v %+v", s, &s), s.LogValue().String()} {
		if strings.Contains(text, "hidden") || strings.Contains(text, "aGlkZGVu") || !strings.Contains(text, "u@h:1") {
			t.Errorf("printed as %s", text)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{"amqp://u:p@a,b:9/v?queues=quorum", "amqps://[::1]:7/%2F", "amqp://@/?cacert=QQ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file=") {
			return // no file is opened for chance
		}
		s, err := ParseURL(text)
		if err != nil {
			return
		}
		again, err := ParseURL(s.URL())
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Errorf("%q gives %#v, which is written %q and gives %#v, %v", text, s, s.URL(), again, err)
		}
	})
}
