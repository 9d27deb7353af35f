package lsp

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"time"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
)

// query is what a question is answered from. It belongs to one goroutine; what it points to is immutable.
type query struct {
	desk
	ctx context.Context
	// file is what the question is about, in the folder of the desk's site; "" for one about everything.
	file string
	text *protocol.Text
	// sites are all that are open, for questions about everything.
	sites []*site
	// before is the last answer about tokens of the file.
	before tokens
	// left are the edits of recipes that a renaming left over.
	left *leftover
	// after is done by the goroutine that decides, before the answer goes out.
	after func(*server)
	temp  func(name, text string) (protocol.URI, error)
}

// language is what answers for the file; false when it is none of ours.
func (q *query) language() (ask.Language, bool) {
	l := assist.Of(q.file)
	return l, l != nil
}

// running is a question that is being answered.
type running struct {
	path   string // of the document it is about; "" for none
	text   *protocol.Text
	strict bool // an answer about an older text is of no use
	quick  bool // late is worse than never
	cancel context.CancelFunc
	timer  *time.Timer
}

// about is a question about one document.
type about interface{ Document() protocol.URI }

// way changes how a question is asked.
type way func(*running)

// whileUnchanged is for answers that mean nothing once the text changed.
func whileUnchanged(r *running) { r.strict = true }

// patience is how long somebody waits who saves a file, or looks for a menu.
const patience = 3 * time.Second

// quick is for answers that somebody waits for, who would rather go on without.
func quick(r *running) { r.quick = true }

// asked is a question about one document.
func asked[P about, R any](answer func(*query, P) (R, error), ways ...way) func(*server, rpc.Message) *rpc.Error {
	return func(s *server, m rpc.Message) *rpc.Error {
		p, bad := decode[P](m.Method, m.Params)
		if bad != nil {
			return bad
		}
		path, err := p.Document().Path()
		if err != nil {
			return rpc.Errorf(rpc.InvalidParams, "%s: %v", m.Method, err)
		}
		r := &running{path: path}
		for _, w := range ways {
			w(r)
		}
		s.start(m, r, func(q *query) (any, error) { return answer(q, p) })
		return nil
	}
}

// everywhere is a question about all that is open.
func everywhere[P, R any](answer func(*query, P) (R, error)) func(*server, rpc.Message) *rpc.Error {
	return func(s *server, m rpc.Message) *rpc.Error {
		p, bad := decode[P](m.Method, m.Params)
		if bad != nil {
			return bad
		}
		s.start(m, &running{}, func(q *query) (any, error) { return answer(q, p) })
		return nil
	}
}

// start answers a question on a goroutine of its own, as soon as what it is about is open.
func (s *server) start(m rpc.Message, r *running, answer func(*query) (any, error)) {
	ctx, cancel := context.WithCancel(s.ctx)
	r.cancel = cancel
	s.running[m.ID] = r
	if r.quick {
		r.timer = time.AfterFunc(patience, func() { s.post(func() { s.expire(m, r) }) })
	}
	s.whenOpen(r.path, func() {
		if s.running[m.ID] != r {
			return // it was cancelled while it waited
		}
		q, bad := s.query(ctx, r)
		if bad != nil {
			s.finish(m, r, nil, nil, bad)
			return
		}
		s.begin(func(context.Context) { s.answer(m, r, q, answer) })
	})
}

// query gathers what a question is answered from.
func (s *server) query(ctx context.Context, r *running) (*query, *rpc.Error) {
	s.lay()
	q := &query{ctx: ctx, left: s.left, temp: s.tempFiles(), desk: s.desk(nil)}
	if r.path == "" {
		q.sites = s.allSites()
		return q, nil
	}
	site, file, ok := s.siteOf(r.path)
	if !ok {
		return nil, rpc.Errorf(rpc.InvalidParams, "%s: it is not open, and no application holds it", r.path)
	}
	q.desk, q.file, q.before = s.desk(site), file, s.tokens[r.path]
	q.text = q.textOf(site.dir, file)
	r.text = s.docs[r.path].text
	return q, nil
}

// answer runs on a goroutine of its own.
func (s *server) answer(m rpc.Message, r *running, q *query, answer func(*query) (any, error)) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-q.ctx.Done():
		return
	}
	if q.ctx.Err() != nil {
		return
	}
	var value json.RawMessage
	bad := rpc.Errorf(rpc.InternalError, "%s: an error of the server itself; its log tells more", m.Method)
	defer func() {
		if p := recover(); p != nil {
			s.broken(m.Method, p, debug.Stack())
			q.after = nil
		}
		s.post(func() { s.finish(m, r, q.after, value, bad) })
	}()
	result, err := answer(q)
	if err == nil {
		value, err = rpc.Value(result)
	}
	bad = nil
	if err != nil {
		bad = rpc.AsError(err)
	}
}

// finish gives an answer, if it is still waited for.
func (s *server) finish(m rpc.Message, r *running, after func(*server), value json.RawMessage, bad *rpc.Error) {
	if s.running[m.ID] != r {
		return
	}
	s.forget(m.ID, r)
	if bad == nil && r.strict && s.docs[r.path].text != r.text {
		bad = rpc.Errorf(rpc.ContentModified, "%s: the text changed meanwhile", m.Method)
	}
	if bad == nil && after != nil {
		after(s)
	}
	s.respond(m.ID, value, bad)
}

func (s *server) forget(id rpc.ID, r *running) {
	delete(s.running, id)
	r.cancel()
	if r.timer != nil {
		r.timer.Stop()
	}
}

// expire gives up on an answer that somebody waits for.
func (s *server) expire(m rpc.Message, r *running) {
	if s.running[m.ID] == r {
		s.forget(m.ID, r)
		s.respond(m.ID, nil, rpc.Errorf(rpc.RequestFailed, "%s: it took longer than %s", m.Method, patience))
	}
}

// cancel answers a request that is not needed any more; what is being computed for it is dropped.
func (s *server) cancel(p protocol.CancelParams) {
	m, _ := rpc.Decode([]byte(`{"jsonrpc":"2.0","method":"-","id":` + string(p.ID) + `}`)) // one form for ids
	if r := s.running[m.ID]; r != nil {
		s.forget(m.ID, r)
		s.respond(m.ID, nil, rpc.Errorf(rpc.RequestCancelled, "cancelled"))
	}
}
