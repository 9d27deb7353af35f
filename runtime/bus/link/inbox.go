package link

import (
	"errors"
	"fmt"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/message"
)

var errDeadRefused = errors.New("the broker refuses dead letters: its queue of them is full or cannot be written")

var errSender = errors.New("sender") // the reason of a message in the name of another

// maxOdd is how many unknown types are remembered as logged: their names are chosen by others.
const maxOdd = 1000

// Delivered implements Ear: it judges a message (messaging.md 15.4).
func (s *session) Delivered(in Incoming) {
	msg, err := s.c.cfg.Codec.Decode(in.Body)
	switch {
	case errors.Is(err, message.ErrUnknownType):
		s.c.unknown(err)
		in.Ack()
	case err != nil:
		s.bury(in, err)
	case msg.Domain != s.c.id.Domain:
		s.c.count(&s.c.counts.Foreign)
		in.Ack()
	case msg.Expired(time.Now()):
		s.c.count(&s.c.counts.Expired)
		in.Ack()
	case s.c.cfg.Trusts != nil && !s.c.cfg.Trusts(msg.From, in.User):
		s.bury(in, &message.Error{
			Reason: errSender, Type: msg.Type,
			Detail: fmt.Sprintf("it says that it comes from %s %s %s, the broker says that the user %q published it", msg.From.Kind, msg.From.App, msg.From.Scope, in.User),
		})
	default:
		s.c.teller.tell(event{kind: deliveredEvent, delivery: bus.Delivery{Msg: msg, Raw: in.Body, Again: in.Again, Ack: in.Ack}})
	}
}

func (c *Client) count(n *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*n++
}

// unknown counts a message of a type that this version does not know; the first one of each type is logged.
func (c *Client) unknown(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Unknown++
	var refused *message.Error
	if !errors.As(err, &refused) || c.odd[refused.Type] || len(c.odd) >= maxOdd {
		return
	}
	c.odd[refused.Type] = true
	c.cfg.Log.Warn("a message of an unknown type is ignored, as will be others", "type", refused.Type)
}

// bury sends what cannot be read to the dead letters; it is acknowledged when the broker has the copy.
func (s *session) bury(in Incoming, err error) {
	dead := &Dead{In: in, Reason: "syntax", Detail: err.Error()}
	if refused := (*message.Error)(nil); errors.As(err, &refused) {
		dead.Reason, dead.Detail = fmt.Sprint(refused.Reason), refused.Detail
	}
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if s.isOver() {
		return
	}
	s.c.counts.Dead++
	s.c.cfg.Log.Warn("a message goes to the dead letters", "id", in.ID, "reason", dead.Reason, "detail", dead.Detail)
	s.c.out.push(&entry{kind: deadLetter, body: in.Body, dead: dead})
	s.poke()
}
