// Package control lets one program of a person ask another one that runs already.
//
// The socket belongs to one user. A client sends one question, a line of JSON; the server answers with lines, then with a line that says
// how it ended.
package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Question is what a client asks.
type Question struct {
	Do   string          `json:"do"`
	With json.RawMessage `json:"with,omitempty"`
}

// Read decodes what the question comes with.
func (q Question) Read(into any) error {
	if len(q.With) == 0 {
		return nil
	}
	if err := json.Unmarshal(q.With, into); err != nil {
		return fmt.Errorf("read what %s comes with: %w", q.Do, err)
	}
	return nil
}

// line is one line of an answer: a part of it, or its end.
type line struct {
	Part  json.RawMessage `json:"part,omitempty"`
	End   bool            `json:"end,omitempty"`
	Error string          `json:"error,omitempty"`
}

// Answerer answers a question: it hands over parts by calling send, as often as it likes. ctx ends when the client is gone, or the server
// closes.
type Answerer func(ctx context.Context, q Question, send func(part any) error) error

const (
	longestQuestion = 1 << 20
	longestPart     = 64 << 20
	patience        = 10 * time.Second // for a question to come, for a line to be taken
)

// ErrNobody says that no program listens at a socket.
var ErrNobody = errors.New("nobody listens")

// Server listens at a socket.
type Server struct {
	listener *net.UnixListener
	answer   Answerer
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// Listen opens a socket that only this user can use. A socket that a dead program left behind is replaced; one where somebody answers is
// an error.
func Listen(path string, answer Answerer) (*Server, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the socket: %w", err)
	}
	if conn, err := net.DialTimeout("unix", path, patience); err == nil {
		_ = conn.Close()
		return nil, fmt.Errorf("listen at %s: another program listens there", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the socket that was left behind: %w", err)
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("keep %s to ourselves: %w", path, err)
	}
	ctx, stop := context.WithCancel(context.Background()) // of the server's life, which Close ends
	s := &Server{listener: listener, answer: answer, stop: stop}
	s.work.Go(func() { s.accept(ctx) })
	return s, nil
}

func (s *Server) accept(ctx context.Context) {
	for {
		conn, err := s.listener.AcceptUnix()
		if err != nil {
			return // closed
		}
		s.work.Go(func() { s.serve(ctx, conn) })
	}
}

// serve answers one question. A client that hangs up ends the answer.
func (s *Server) serve(ctx context.Context, conn *net.UnixConn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer conn.Close()
	unhook := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer unhook()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return
	}
	in := bufio.NewReader(io.LimitReader(conn, longestQuestion))
	text, err := in.ReadBytes('\n')
	if err != nil {
		return
	}
	var gone sync.WaitGroup
	defer gone.Wait()
	defer cancel()
	if err := conn.SetReadDeadline(time.Time{}); err != nil || ctx.Err() != nil {
		return
	}
	gone.Go(func() {
		_, _ = in.ReadByte() // nothing more is said: this is the end of the connection
		cancel()
	})
	send := func(l line) error {
		if err := conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		text, err := json.Marshal(l)
		if err == nil {
			_, err = conn.Write(append(text, '\n'))
		}
		return err
	}
	end := line{End: true}
	if err := s.reply(ctx, text, send); err != nil {
		end.Error = err.Error()
	}
	_ = send(end) // a client that is gone does not care
}

func (s *Server) reply(ctx context.Context, text []byte, send func(line) error) error {
	var q Question
	if err := json.Unmarshal(text, &q); err != nil {
		return fmt.Errorf("read the question: %w", err)
	}
	return s.answer(ctx, q, func(part any) error {
		encoded, err := json.Marshal(part)
		if err != nil {
			return fmt.Errorf("write an answer to %s: %w", q.Do, err)
		}
		if err := send(line{Part: encoded}); err != nil {
			return fmt.Errorf("answer %s: %w", q.Do, err)
		}
		return nil
	})
}

// Close ends every answer, waits for them, removes the socket.
func (s *Server) Close() {
	s.stop()
	_ = s.listener.Close() // it removes the socket
	s.work.Wait()
}

// Ask puts a question to the program at a socket and hands each part of its answer to take, whose error ends it. Where no program listens
// it is ErrNobody.
func Ask(ctx context.Context, path, do string, with any, take func(part json.RawMessage) error) error {
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("ask the program at %s: %w", path, errors.Join(ErrNobody, err))
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	q := Question{Do: do}
	if with != nil {
		if q.With, err = json.Marshal(with); err != nil {
			return fmt.Errorf("ask for %s: %w", do, err)
		}
	}
	text, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", do, err)
	}
	if _, err := conn.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("ask for %s: %w", do, err)
	}
	err = parts(conn, take)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func parts(conn net.Conn, take func(json.RawMessage) error) error {
	in := bufio.NewScanner(conn)
	in.Buffer(make([]byte, 0, 64<<10), longestPart)
	for in.Scan() {
		var l line
		switch err := json.Unmarshal(in.Bytes(), &l); {
		case err != nil:
			return fmt.Errorf("read the answer: %w", err)
		case l.Error != "":
			return errors.New(l.Error)
		case l.End:
			return nil
		case take == nil:
			continue
		}
		if err := take(l.Part); err != nil {
			return err
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return errors.New("the program ended before its answer did")
}
