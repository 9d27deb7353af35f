// Package lsp serves the languages of an application to any editor.
//
// One goroutine reads, one writes, one decides: it takes changes in order and owns all state. Questions are answered on
// goroutines of their own, over a snapshot that never changes; what they find comes back to the one that decides.
package lsp

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// Options of a server. The zero value works.
type Options struct {
	// Version is told to the client.
	Version string
	// Language is that of sentences, until the client says another one.
	Language diag.Language
	// Log takes what only a developer wants to know; nil for nowhere.
	Log *slog.Logger
	// Simulate is nil where nothing can be simulated.
	Simulate Simulation
	// Alive says whether a process runs; nil asks the system. The server ends with the process that started it.
	Alive func(pid int) bool
	// Temp is the folder in which texts are written to be shown; "" for that of the system.
	Temp string
}

// Simulation runs an application in memory and gives what happened as text. dir is the folder of the application, r what is in
// it with unsaved text, problems what is wrong with that.
type Simulation func(ctx context.Context, dir string, r *load.Result, problems []diag.Problem) (string, error)

func (o Options) orDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Alive == nil {
		o.Alive = alive
	}
	if o.Temp == "" {
		o.Temp = os.TempDir()
	}
	return o
}

// watchParent is how often the server looks whether the process that started it is still there.
const watchParent = 10 * time.Second

// batch is how many messages are taken before findings are told, when they come without a pause.
const batch = 256

// Serve talks to a client until it says exit, its stream ends, its process ends, or ctx does. The code is 0 when the client
// took leave as it should, or its stream ended; 1 otherwise. Reading goes on until the stream ends or is closed.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) (code int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	s := newServer(ctx, rpc.NewOutbox(out), o.orDefaults())
	incoming := make(chan arrival, batch)
	go read(ctx, in, incoming)
	code = s.loop(ctx, incoming)
	cancel()
	s.work.Wait()
	s.cleanUp()
	if err := s.out.Close(); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		return 1, err
	}
	return code, nil
}

// arrival is what the reader brings: a message, or why there is none.
type arrival struct {
	message rpc.Message
	bad     *rpc.Error
	skipped string
}

// read brings messages in order until the stream ends.
func read(ctx context.Context, in io.Reader, to chan<- arrival) {
	defer close(to)
	for r := rpc.NewReader(in); ; {
		content, err := r.Read()
		var a arrival
		if skipped := (*rpc.BadFrame)(nil); errors.As(err, &skipped) {
			a.skipped = skipped.Why
		} else if err != nil {
			return
		} else {
			a.message, a.bad = rpc.Decode(content)
		}
		select {
		case to <- a:
		case <-ctx.Done():
			return
		}
	}
}

// loop is the goroutine that decides.
func (s *server) loop(ctx context.Context, incoming <-chan arrival) int {
	parent := time.NewTicker(watchParent)
	defer parent.Stop()
	for {
		select {
		case a, open := <-incoming:
			if !open {
				return 0
			}
			s.take(a)
			s.takeMore(incoming)
		case do := <-s.events:
			s.guard("event", do)
			s.takeMore(incoming)
		case <-parent.C:
			if s.parent > 0 && !s.Alive(s.parent) {
				s.Log.Info("the process that started the server is gone", "pid", s.parent)
				return 1
			}
		case <-ctx.Done():
			return 1
		}
		if s.phase == gone {
			return s.code
		}
		s.guard("findings", s.settle)
	}
}

// takeMore takes what is waiting, so that findings are computed once for several changes.
func (s *server) takeMore(incoming <-chan arrival) {
	for range batch {
		select {
		case a, open := <-incoming:
			if !open || s.phase == gone {
				return
			}
			s.take(a)
		case do := <-s.events:
			s.guard("event", do)
		default:
			return
		}
	}
}

// slots is how many questions are answered at the same time.
func slots() int { return max(2, runtime.GOMAXPROCS(0)) }
