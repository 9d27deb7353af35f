package rpc

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// all reads until the end: contents as they are, what was skipped after a "!".
func all(r *Reader) (got []string, err error) {
	for {
		content, err := r.Read()
		if bad := (*BadFrame)(nil); errors.As(err, &bad) {
			got = append(got, "!"+bad.Why)
			continue
		}
		if err != nil {
			return got, err
		}
		got = append(got, string(content))
	}
}

func TestReaderSkipsWhatIsNoFrame(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		want         []string
		err          error
	}{
		{"nothing", "", nil, io.EOF},
		{"two frames", "Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull", []string{"{}", "null"}, io.EOF},
		{"type, other case, bare line ends", "content-type: x\ncontent-length:2\n\n{}", []string{"{}"}, io.EOF},
		{"empty content", "Content-Length: 0\r\n\r\n", []string{""}, io.EOF},
		{"no length", "Content-Type: x\r\n\r\nContent-Length: 2\r\n\r\n{}", []string{"!a header without Content-Length was skipped", "{}"}, io.EOF},
		{"a length that is none", "Content-Length: two\r\nContent-Length: 2\r\n\r\n{}", []string{`!" two" was skipped: it is no length`, "{}"}, io.EOF},
		{"negative", "Content-Length: -1\r\n\r\nContent-Length: 2\r\n\r\n{}", []string{`!" -1" was skipped: it is no length`, "{}"}, io.EOF},
		{"stray text", "hello\r\nContent-Length: 2\r\n\r\n{}", []string{`!"hello" was skipped: it is no line of a header`, "{}"}, io.EOF},
		{
			"too long", "Content-Length: 30\r\n\r\n" + strings.Repeat("x", 30) + "Content-Length: 2\r\n\r\n{}",
			[]string{"!a message of 30 bytes was skipped: at most 20 are taken", "{}"},
			io.EOF,
		},
		{"torn content", "Content-Length: 9\r\n\r\n{}", nil, io.ErrUnexpectedEOF},
		{"torn header", "Content-Length: 9\r\n", nil, io.ErrUnexpectedEOF},
		{"torn line", "Content-Le", nil, io.ErrUnexpectedEOF},
	} {
		r := NewReader(strings.NewReader(c.stream))
		r.Limit = 20
		got, err := all(r)
		if diff := cmp.Diff(c.want, got); diff != "" || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v\n%s", c.name, err, c.err, diff)
		}
	}
}

func TestLineWithoutEndIsNoHeader(t *testing.T) {
	r := NewReader(strings.NewReader(strings.Repeat("x", 1<<20+7)))
	got, err := all(r)
	if len(got) == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

func TestDecodeRefusesWhatIsNoMessage(t *testing.T) {
	for _, c := range []struct {
		text string
		want Message
		code int
	}{
		{`{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}`, Message{ID: "1", Method: "a", Params: []byte("[1]")}, 0},
		{`{"jsonrpc":"2.0","id":"\u0061","method":"a"}`, Message{ID: `"a"`, Method: "a"}, 0},
		{`{"jsonrpc":"2.0","method":"a"}`, Message{Method: "a"}, 0},
		{`{"jsonrpc":"2.0","id":1,"result":null}`, Message{ID: "1", Result: []byte("null")}, 0},
		{`{"jsonrpc":"2.0","id":1}`, Message{ID: "1", Result: []byte("null")}, 0},
		{`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}`, Message{ID: "1", Err: &Error{Code: 1, Message: "m"}}, 0},
		{`{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}`, Message{Err: &Error{Code: 1, Message: "m"}}, 0},
		{`{`, Message{}, ParseError},
		{`[]`, Message{}, InvalidRequest},
		{`{"jsonrpc":"1.0","id":1,"method":"a"}`, Message{ID: "1", Method: "a"}, InvalidRequest},
		{`{"jsonrpc":"2.0","id":true,"method":"a"}`, Message{Method: "a"}, InvalidRequest},
		{`{"jsonrpc":"2.0"}`, Message{}, InvalidRequest},
		{`{"jsonrpc":"2.0","id":1,"method":"a","result":1}`, Message{ID: "1", Method: "a", Result: []byte("1")}, InvalidRequest},
	} {
		got, err := Decode([]byte(c.text))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
		if err == nil && c.code != 0 || err != nil && err.Code != c.code {
			t.Errorf("%s: %v, want the code %d", c.text, err, c.code)
		}
	}
}

func TestAnswerWithoutResultIsNull(t *testing.T) {
	for _, c := range []struct {
		m    Message
		want string
	}{
		{Message{ID: "1"}, `{"jsonrpc":"2.0","id":1,"result":null}`},
		{Message{Err: Errorf(ParseError, "<no>")}, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"<no>"}}`},
		{Message{Method: "exit"}, `{"jsonrpc":"2.0","method":"exit"}`},
	} {
		if got, err := c.m.Encode(); err != nil || string(got) != c.want {
			t.Errorf("%s %v, want %s", got, err, c.want)
		}
	}
}

// slow takes what is written only when it is told to.
type slow struct {
	bytes.Buffer
	let chan bool
}

func (s *slow) Write(p []byte) (int, error) {
	if !<-s.let {
		return 0, io.ErrClosedPipe
	}
	return s.Buffer.Write(p)
}

// Old generations of findings are dropped while the other side does not read.
func TestOutboxDropsWhatIsOutOfDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{let: make(chan bool)}
		o := NewOutbox(s)
		o.Send("", []byte("1"))
		synctest.Wait() // the first one is being written
		o.Send("a", []byte("2"))
		o.Send("", []byte("3"))
		o.Send("a", []byte("4"))
		for range 3 {
			s.let <- true
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		got, _ := all(NewReader(&s.Buffer))
		if diff := cmp.Diff([]string{"1", "3", "4"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOutboxEndsWithItsStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{let: make(chan bool, 1)}
		s.let <- false
		o := NewOutbox(s)
		o.Send("", []byte("1"))
		synctest.Wait()
		o.Send("", []byte("2"))
		if err := o.Close(); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%v, want what the stream said", err)
		}
	})
}

// Whatever comes in, reading ends, and each frame that was written is read.
func FuzzReader(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}"))
	f.Add([]byte("Content-Length: 99999999999\r\n\r\n{}"))
	f.Add([]byte("\r\n\r\nContent-Length:\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := all(NewReader(bytes.NewReader(data))); err == nil {
			t.Error("reading never ends")
		}
		got, err := NewReader(bytes.NewReader(Frame(data))).Read()
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%q %v, want %q", got, err, data)
		}
	})
}

// What was decoded says the same once it was encoded.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"m","data":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, bad := Decode(data)
		if bad != nil {
			return
		}
		text, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, bad := Decode(text)
		if bad != nil || again.ID != m.ID || again.Method != m.Method || (again.Err == nil) != (m.Err == nil) {
			t.Errorf("%s became %s: %v", data, text, bad)
		}
	})
}
