package link

import (
	"context"
	"errors"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

// shell is the hands of a supervisor. Its goroutine is that of supervise.
type shell struct {
	c       *Client
	session *session
}

// goodbye is how long a line may take to end in peace.
const goodbye = 2 * time.Second

// do carries wishes out and gives the next fact: of the last wish, or the next thing that happens.
func (s *shell) do(ctx context.Context, deeds []deed) (fact, error) {
	var timer <-chan time.Time
	for _, d := range deeds {
		switch d.do {
		case dial:
			return s.dial(ctx, d.address)
		case configure:
			return s.configure(ctx)
		case serve:
			s.serve()
		case hangUp:
			s.hangUp(ctx)
		case tellLost:
			s.c.teller.tell(event{kind: lostEvent, err: d.err})
		case tellFailed:
			s.c.cfg.Log.Warn("the broker cannot be used as it is", "from", s.c.id.Own(), "error", d.err)
			s.c.teller.tell(event{kind: failedEvent, err: d.err})
		case wait:
			t := time.NewTimer(d.after)
			defer t.Stop()
			timer = t.C
		}
	}
	var broken <-chan error
	if s.session != nil {
		broken = s.session.broken
	}
	select {
	case <-ctx.Done():
		return ended, nil
	case <-timer:
		return due, nil
	case err := <-broken:
		return broke, err
	}
}

func (s *shell) dial(ctx context.Context, address string) (fact, error) {
	session := newSession(s.c)
	line, err := s.c.dial(ctx, address, session)
	switch {
	case ctx.Err() != nil:
		if line != nil {
			line.Abort()
			line.Close(ctx)
		}
		return ended, nil
	case err != nil:
		return broke, err
	}
	session.line = line
	s.session = session
	return opened, nil
}

// configure waits for the line; what happens to the line meanwhile ends the wait.
func (s *shell) configure(ctx context.Context) (fact, error) {
	session := s.session
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	watched, stop := make(chan struct{}), make(chan struct{})
	var first error
	go func() {
		defer close(watched)
		select {
		case first = <-session.broken:
		case <-ctx.Done():
		case <-stop:
			return
		}
		cancel()
		session.line.Abort()
	}()
	err := session.line.Configure(within, s.c.wanted(), func(err error) {
		for _, d := range s.c.step(passive, err) {
			s.c.teller.tell(event{kind: failedEvent, err: d.err})
		}
	})
	close(stop)
	<-watched
	hopeless := (*Hopeless)(nil)
	switch {
	case ctx.Err() != nil:
		return ended, nil
	case errors.As(err, &hopeless), first == nil && err != nil:
		return broke, err
	case first != nil:
		return broke, first
	}
	return configured, nil
}

// wanted are the bindings that a new line needs.
func (c *Client) wanted() []message.Target {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]message.Target, 0, len(c.out.bound))
	for to := range c.out.bound {
		list = append(list, to)
	}
	return list
}

// serve tells that the line is ready, then lets messages flow both ways.
func (s *shell) serve() {
	s.c.teller.tell(event{kind: connectedEvent})
	s.c.mu.Lock()
	s.c.session = s.session
	s.c.mu.Unlock()
	s.session.pumping = make(chan struct{})
	go s.session.pump()
	s.session.line.Serve()
}

// hangUp ends the line: in peace when the client is closed, at once when the line broke.
func (s *shell) hangUp(ctx context.Context) {
	if s.session == nil {
		return
	}
	close(s.session.over)
	// The context of the client is over already when it closes: the goodbye has its own time.
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if ctx.Err() == nil {
		s.session.line.Abort()
	}
	s.session.line.Close(bye)
	if s.session.pumping != nil {
		<-s.session.pumping
	}
	s.c.mu.Lock()
	s.c.session, s.c.blocked = nil, ""
	s.c.out.lost()
	s.c.mu.Unlock()
	s.session = nil
}
