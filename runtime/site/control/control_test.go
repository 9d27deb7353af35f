package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// serve answers count, fail, wait.
func serve(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ctl") // short: the name of a socket has about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	s, err := Listen(path, func(ctx context.Context, q Question, send func(any) error) error {
		switch q.Do {
		case "count":
			var n int
			if err := q.Read(&n); err != nil {
				return err
			}
			for i := range n {
				if err := send(i); err != nil {
					return err
				}
			}
			return nil
		case "wait":
			if err := send("waiting"); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		}
		return fmt.Errorf("nobody knows %q", q.Do)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
		_ = os.Remove(dir)
	})
	return path
}

func TestAsk(t *testing.T) {
	path := serve(t)
	var got []string
	take := func(part json.RawMessage) error { got = append(got, string(part)); return nil }
	if err := Ask(t.Context(), path, "count", 3, take); err != nil || strings.Join(got, " ") != "0 1 2" {
		t.Errorf("count: %v, %v", got, err)
	}
	if err := Ask(t.Context(), path, "count", "three", nil); err == nil || !strings.Contains(err.Error(), "read what count comes with") {
		t.Errorf("a bad question: %v", err)
	}
	if err := Ask(t.Context(), path, "dance", nil, nil); err == nil || err.Error() != `nobody knows "dance"` {
		t.Errorf("an unknown question: %v", err)
	}
	enough := errors.New("enough")
	if err := Ask(t.Context(), path, "count", 5, func(json.RawMessage) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("a client that has enough: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info.Mode(), err)
	}
}

func TestAClientThatGoesEndsTheAnswer(t *testing.T) {
	path := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := Ask(ctx, path, "wait", nil, func(json.RawMessage) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	} // Close, in the cleanup, would wait for ever for an answer that goes on
}

func TestSocketsOfTheDead(t *testing.T) {
	path := serve(t)
	if _, err := Listen(path, nil); err == nil || !strings.Contains(err.Error(), "another program listens") {
		t.Errorf("a second server: %v", err)
	}
	dead := filepath.Join(filepath.Dir(path), "dead")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Ask(t.Context(), dead, "count", 1, nil); !errors.Is(err, ErrNobody) {
		t.Errorf("asking the dead: %v", err)
	}
	s, err := Listen(dead, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func FuzzQuestion(f *testing.F) {
	path := serve(f)
	for _, text := range []string{`{"do":"count","with":2}`, `{`, ``, `null`, `{"do":5}`, "\x00\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\n") || strings.Contains(text, "wait") || strings.Contains(text, `\u`) || len(text) > 1000 {
			return
		}
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte(text + "\n")); err != nil {
			t.Fatal(err)
		}
		in, last := bufio.NewScanner(conn), ""
		for n := 0; in.Scan() && n < 1000; n++ {
			last = in.Text()
		}
		if !json.Valid([]byte(last)) || !strings.Contains(last, `"end":true`) && !strings.Contains(last, `"part"`) {
			t.Errorf("%q is answered by %q", text, last)
		}
	})
}
