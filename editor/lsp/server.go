package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/editor/workspace"
)

// phase is where the conversation stands.
type phase uint8

const (
	fresh   phase = iota // nothing was said
	greeted              // initialize was answered
	leaving              // shutdown was answered
	gone                 // exit was said
)

// server is the state, owned by the goroutine that decides.
type server struct {
	Options
	ctx    context.Context
	out    *rpc.Outbox
	events chan func() // what goroutines bring back
	work   sync.WaitGroup
	slots  chan struct{}

	phase  phase
	code   int
	parent int
	client client

	docs    docs
	dirty   map[string]bool // paths of documents whose text was not laid over the files yet
	roots   []string
	group   *workspace.Group
	sites   sites
	board   board
	refresh bool // the client should ask for diagnostics again
	// pullsAll says that it asked for the diagnostics of everything, so none are published.
	pullsAll bool

	running map[rpc.ID]*running
	calls   map[rpc.ID]func(result json.RawMessage, err *rpc.Error)
	lastID  int
	tokens  map[string]tokens // what was last answered, by path
	left    *leftover

	tempOnce sync.Once
	temp     string // folder of texts that are shown
	tempErr  error
}

func newServer(ctx context.Context, out *rpc.Outbox, o Options) *server {
	return &server{
		Options: o, ctx: ctx, out: out,
		events:  make(chan func(), batch),
		slots:   make(chan struct{}, slots()),
		client:  newClient(protocol.ClientCapabilities{}, o.Language),
		docs:    docs{},
		dirty:   map[string]bool{},
		group:   &workspace.Group{},
		sites:   newSites(),
		board:   board{},
		running: map[rpc.ID]*running{},
		calls:   map[rpc.ID]func(json.RawMessage, *rpc.Error){},
		tokens:  map[string]tokens{},
	}
}

// post brings something to the goroutine that decides; for all others.
func (s *server) post(do func()) {
	select {
	case s.events <- do:
	case <-s.ctx.Done():
	}
}

// begin starts work that the server waits for before it ends.
func (s *server) begin(do func(ctx context.Context)) {
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		defer func() {
			if p := recover(); p != nil {
				s.broken("work", p, debug.Stack())
			}
		}()
		do(s.ctx)
	}()
}

// guard does something and survives it.
func (s *server) guard(what string, do func()) {
	defer func() {
		if p := recover(); p != nil {
			s.broken(what, p, debug.Stack())
		}
	}()
	do()
}

// broken tells of a panic; safe for all goroutines.
func (s *server) broken(what string, p any, stack []byte) {
	s.Log.Error("panic", "in", what, "value", p, "stack", string(stack))
	s.notify("window/logMessage", protocol.MessageParams{
		Type: protocol.MessageError, Message: fmt.Sprintf("%s: an error of the server itself: %v\n%s", what, p, stack),
	})
}

// take does what one message asks for.
func (s *server) take(a arrival) {
	switch {
	case a.skipped != "":
		s.Log.Warn("skipped", "why", a.skipped)
		s.notify("window/logMessage", protocol.MessageParams{Type: protocol.MessageWarning, Message: a.skipped})
	case a.bad != nil && a.message.IsResponse() && a.bad.Code != rpc.ParseError && a.message.ID != "":
		s.Log.Warn("a response that is none", "why", a.bad.Message)
	case a.bad != nil:
		s.send("", rpc.Message{ID: a.message.ID, Err: a.bad})
	case a.message.IsResponse():
		s.answered(a.message)
	case a.message.IsRequest():
		if err := s.request(a.message); err != nil {
			s.respond(a.message.ID, nil, err)
		}
	default:
		s.guard(a.message.Method, func() { s.notified(a.message) })
	}
}

// request starts to answer; an error is the answer.
func (s *server) request(m rpc.Message) (err *rpc.Error) {
	defer func() {
		if p := recover(); p != nil {
			s.broken(m.Method, p, debug.Stack())
			err = rpc.Errorf(rpc.InternalError, "%s: an error of the server itself: %v", m.Method, p)
		}
	}()
	switch {
	case s.phase == fresh && m.Method != "initialize":
		return rpc.Errorf(rpc.ServerNotInitialized, "%s: initialize comes first", m.Method)
	case s.phase != fresh && m.Method == "initialize":
		return rpc.Errorf(rpc.InvalidRequest, "initialize: it was said already")
	case s.phase == leaving:
		return rpc.Errorf(rpc.InvalidRequest, "%s: the server was shut down", m.Method)
	case s.running[m.ID] != nil:
		return rpc.Errorf(rpc.InvalidRequest, "%s: another request has the id %s", m.Method, m.ID)
	}
	answer, known := requests[m.Method]
	if !known {
		return rpc.Errorf(rpc.MethodNotFound, "%s: no such request is known here", m.Method)
	}
	return answer(s, m)
}

// notified does what a notification says; what is not known is ignored, as the protocol has it.
func (s *server) notified(m rpc.Message) {
	if m.Method != "exit" && s.phase != greeted {
		return
	}
	do, known := notifications[m.Method]
	if !known {
		return
	}
	if err := do(s, m.Params); err != nil {
		s.Log.Warn("bad notification", "method", m.Method, "why", err.Message)
		s.notify("window/logMessage", protocol.MessageParams{Type: protocol.MessageWarning, Message: err.Message})
	}
}

// answered gives the answer to one of our requests to who waits for it.
func (s *server) answered(m rpc.Message) {
	then := s.calls[m.ID]
	delete(s.calls, m.ID)
	if then != nil {
		s.guard("answer", func() { then(m.Result, m.Err) })
	}
}

// call asks the client for something; then may be nil.
func (s *server) call(method string, params any, then func(result json.RawMessage, err *rpc.Error)) {
	s.lastID++
	id := rpc.NumberID(s.lastID)
	if then == nil {
		then = func(json.RawMessage, *rpc.Error) {}
	}
	s.calls[id] = then
	s.sendParams("", rpc.Message{ID: id, Method: method}, params)
}

// notify tells the client something; safe for all goroutines.
func (s *server) notify(method string, params any) {
	s.sendParams("", rpc.Message{Method: method}, params)
}

func (s *server) sendParams(key string, m rpc.Message, params any) {
	value, err := rpc.Value(params)
	if err != nil {
		s.Log.Error("encode", "method", m.Method, "why", err)
		return
	}
	m.Params = value
	s.send(key, m)
}

// respond answers a request.
func (s *server) respond(id rpc.ID, result json.RawMessage, err *rpc.Error) {
	if err == nil && result == nil {
		result = json.RawMessage("null")
	}
	s.send("", rpc.Message{ID: id, Result: result, Err: err})
}

func (s *server) send(key string, m rpc.Message) {
	content, err := m.Encode()
	if err != nil {
		s.Log.Error("encode", "method", m.Method, "why", err)
		return
	}
	s.out.Send(key, content)
}
