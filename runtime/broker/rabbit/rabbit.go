//go:build unix

package rabbit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Server is a RabbitMQ that runs, until Stop, Kill or its death.
type Server struct {
	home   *home
	opt    Options
	lock   io.Closer
	epmd   *child
	broker *child
	done   chan struct{}

	mu      sync.Mutex
	stopped bool // on purpose
	asked   int  // how often something was evaluated inside it
}

// Start runs RabbitMQ and waits until it takes clients: about 4 s. What a killed predecessor left running in the folder is stopped
// first. Cancelling ctx before that stops everything again; afterwards it has no meaning. Errors hold the end of RabbitMQ's log.
func Start(ctx context.Context, opt Options) (*Server, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
	h, err := newHome(&opt)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(h.dir)
	if err != nil {
		return nil, fmt.Errorf("start RabbitMQ in %s: %w", h.dir, err)
	}
	for try := 0; ; try++ {
		s, err := startOnce(ctx, h, opt)
		// A port that was free a moment ago may be taken by the time that RabbitMQ wants it: on a first start, others will do.
		if errors.Is(err, ErrPort) && h.fresh && opt.Port == 0 && try < 3 {
			if err = h.forgetPorts(); err == nil {
				continue
			}
		}
		if err != nil {
			lock.Close()
			return nil, fmt.Errorf("start RabbitMQ in %s: %w", h.dir, err)
		}
		s.lock = lock
		go s.watch()
		return s, nil
	}
}

func startOnce(ctx context.Context, h *home, opt Options) (*Server, error) {
	if err := clean(ctx, h, opt.Log); err != nil {
		return nil, err
	}
	if err := h.write(&opt); err != nil {
		return nil, err
	}
	if err := h.portsAreFree(); err != nil {
		return nil, err
	}
	s := &Server{home: h, opt: opt, done: make(chan struct{})}
	if err := s.launch(ctx); err != nil {
		s.abandon()
		return nil, err
	}
	opt.Log.Info("RabbitMQ serves", "address", s.Endpoint().Address, "folder", h.dir)
	return s, nil
}

// launch starts both processes and waits until clients are answered.
func (s *Server) launch(ctx context.Context) error {
	s.opt.Progress("starting the port mapper of Erlang")
	out, err := os.OpenFile(filepath.Join(s.home.dir, outFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close() // the children have their own
	if err := s.startEpmd(ctx, out); err != nil {
		return err
	}
	s.opt.Progress("starting RabbitMQ")
	cmd := exec.Command(s.opt.Program)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = s.home.env(), s.home.dir, out, out
	if s.broker, err = startChild(cmd, false); err != nil {
		return fmt.Errorf("run %s: %w", s.opt.Program, err)
	}
	if err := s.remember(); err != nil {
		return err
	}
	s.opt.Progress("waiting until RabbitMQ takes clients")
	return s.answers(ctx)
}

// startEpmd runs the port mapper as a child of ours: RabbitMQ would leave its own behind.
func (s *Server) startEpmd(ctx context.Context, out *os.File) error {
	program, err := findErlang("epmd")
	if err != nil {
		return err
	}
	cmd := exec.Command(program, "-port", strconv.Itoa(s.home.state.EpmdPort), "-address", "127.0.0.1")
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = s.home.env(), s.home.dir, out, out
	if s.epmd, err = startChild(cmd, true); err != nil {
		return fmt.Errorf("run %s: %w", program, err)
	}
	if err := s.remember(); err != nil {
		return err
	}
	// RabbitMQ starts a port mapper when none answers.
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(s.home.state.EpmdPort))
	return poll(ctx, s.epmd.done, func() (bool, error) {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return false, nil
		}
		return true, conn.Close()
	}, func() error { return s.home.failure("the port mapper of Erlang ended at once") })
}

// answers waits for the first bytes that a broker says to a client; TLS is behind a listener that opens at the same moment.
func (s *Server) answers(ctx context.Context) error {
	return poll(ctx, s.broker.done, func() (bool, error) {
		return speaks(ctx, s.home.address(), s.opt.TLS != nil), nil
	}, func() error { return s.home.failure("RabbitMQ ended while it started") })
}

// speaks says whether an AMQP server answers the protocol header.
func speaks(ctx context.Context, address string, tls bool) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	if tls {
		return true
	}
	deadline, _ := ctx.Deadline()
	conn.SetDeadline(deadline)
	if _, err := conn.Write([]byte("AMQP\x00\x00\x09\x01")); err != nil {
		return false
	}
	first := make([]byte, 1)
	_, err = io.ReadFull(conn, first)
	return err == nil && first[0] == 1 // a method frame: connection.start
}

// poll asks ready until it says yes; gone, closed meanwhile, is told as the error that failed makes.
func poll(ctx context.Context, gone <-chan struct{}, ready func() (bool, error), failed func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		yes, err := ready()
		if err != nil {
			return err
		}
		select {
		case <-gone:
			return failed()
		default:
		}
		if yes {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until it serves: %w", ctx.Err())
		case <-gone:
			return failed()
		case <-tick.C:
		}
	}
}

// Endpoint tells how the administrator reaches the server.
func (s *Server) Endpoint() Endpoint {
	e := Endpoint{Address: s.home.address(), User: s.home.state.User, Password: s.home.state.Password}
	if s.opt.TLS != nil {
		e.CA = s.opt.TLS.CA
	}
	return e
}

// Pid is the process that serves, for whoever measures it.
func (s *Server) Pid() int { return s.broker.pid }

// Done is closed when the server is gone, wanted or not; Err says which.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err is nil while the server runs, after Stop, after Kill; else it says how it ended, with the end of its log.
func (s *Server) Err() error {
	select {
	case <-s.done:
	default:
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	return s.home.failure(fmt.Sprintf("RabbitMQ ended by itself (%v)", s.broker.err))
}

// Stop asks the server to end, which puts its messages on disk within about a second; when ctx ends first, it is killed. Nothing of it
// runs when Stop returns. A second call waits for the first.
func (s *Server) Stop(ctx context.Context) error {
	s.wanted()
	s.broker.terminate()
	var err error
	select {
	case <-s.broker.done:
	case <-ctx.Done():
		err = fmt.Errorf("stop RabbitMQ in %s: it was killed: %w", s.home.dir, ctx.Err())
		s.broker.kill()
	}
	<-s.done
	return err
}

// Kill ends the server as a crash does. Nothing of it runs when Kill returns; Start finds what was on disk.
func (s *Server) Kill() {
	s.wanted()
	s.broker.kill()
	<-s.done
}

// Crash kills the server without a word to anybody: Done and Err tell it as they tell an accident. For tests of whoever watches.
func (s *Server) Crash() { s.broker.kill() }

func (s *Server) wanted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

// watch owns the end of both processes.
func (s *Server) watch() {
	select {
	case <-s.broker.done:
	case <-s.epmd.done: // the broker goes on without, but administration by other tools would not find it
		<-s.broker.done
	}
	s.abandon()
	close(s.done)
}

// abandon ends whatever runs, then gives the folder back.
func (s *Server) abandon() {
	for _, c := range []*child{s.broker, s.epmd} {
		if c != nil {
			c.kill()
			<-c.done
		}
	}
	os.Remove(filepath.Join(s.home.dir, processFile)) // nothing runs; a stale file would be recognised as such
	if s.lock != nil {
		s.lock.Close()
	}
}
