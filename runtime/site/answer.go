package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/site/control"
	"github.com/roboconf/workbench/runtime/site/logbook"
)

// LogQuery asks for what recipes printed.
type LogQuery struct {
	Path   string `json:"path"`
	Follow bool   `json:"follow"`
}

// answer is what other programs of the person get.
func (s *Site) answer(ctx context.Context, q control.Question, send func(any) error) error {
	switch q.Do {
	case "status":
		return send(s.Status())
	case "events":
		var since uint64
		if err := q.Read(&since); err != nil {
			return err
		}
		return s.events(ctx, since, send)
	case "logs":
		var query LogQuery
		if err := q.Read(&query); err != nil {
			return err
		}
		return s.logs(ctx, query, send)
	case "letters":
		var query LetterQuery
		if err := q.Read(&query); err != nil {
			return err
		}
		found, err := s.broker.letters(ctx, s.Domain, query)
		if err != nil {
			return err
		}
		return send(found)
	case "down":
		return s.downFor(ctx, send)
	}
	return fmt.Errorf("this roboconf does not know %q; use one version for all", q.Do)
}

func (s *Site) events(ctx context.Context, since uint64, send func(any) error) error {
	sub := s.Feed().Subscribe(since)
	defer sub.Close()
	for {
		select {
		case e, open := <-sub.Events:
			if !open {
				return sub.Err()
			}
			if err := send(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *Site) logs(ctx context.Context, q LogQuery, send func(any) error) error {
	lines, stop := s.book.Follow()
	defer stop()
	kept, err := logbook.Read(s.path("recipes.log"), q.Path)
	if err != nil {
		return err
	}
	for _, l := range kept {
		if err := send(l); err != nil {
			return err
		}
	}
	for q.Follow {
		select {
		case l, open := <-lines:
			if !open {
				return nil
			}
			if l.About(q.Path) {
				if err := send(l); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// downFor lets the up that runs take everything down. The answer ends when the server closes: recipes and machines are gone then, the rest is
// a matter of a moment.
func (s *Site) downFor(ctx context.Context, send func(any) error) error {
	select {
	case s.downs <- struct{}{}:
	default:
	}
	if err := send("the roboconf up that runs takes it down"); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// ReadStatus is how a deployment is: as the up that runs says, else as the last one left it.
func ReadStatus(ctx context.Context, f Folder) (Status, error) {
	var st Status
	err := control.Ask(ctx, f.Socket(), "status", nil, func(part json.RawMessage) error { return json.Unmarshal(part, &st) })
	if !errors.Is(err, control.ErrNobody) {
		return st, err
	}
	return left(f)
}

// ReadLogs gives what recipes printed, to the end, or as long as ctx lasts.
func ReadLogs(ctx context.Context, f Folder, q LogQuery, take func(logbook.Line) error) error {
	err := control.Ask(ctx, f.Socket(), "logs", q, func(part json.RawMessage) error {
		var l logbook.Line
		if err := json.Unmarshal(part, &l); err != nil {
			return err
		}
		return take(l)
	})
	if !errors.Is(err, control.ErrNobody) {
		return err
	}
	lines, err := logbook.Read(f.path("recipes.log"), q.Path)
	for _, l := range lines {
		if err == nil {
			err = take(l)
		}
	}
	return err
}

// Events gives what changes in a deployment that an up looks after, as long as ctx lasts.
func Events(ctx context.Context, f Folder, since uint64, take func(feed.Event) error) error {
	return control.Ask(ctx, f.Socket(), "events", since, func(part json.RawMessage) error {
		var e feed.Event
		if err := json.Unmarshal(part, &e); err != nil {
			return err
		}
		return take(e)
	})
}
