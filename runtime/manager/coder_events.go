package manager

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// eventFormat is the format of events that is written; older ones are read.
const eventFormat = 1

// The kinds of events. They are on disks: numbers are added, never changed.
const (
	kindDelivered = iota + 1
	kindWoken
	kindConnected
	kindLost
	kindReturned
	kindDo
	kindCreated
	kindConfigured
	kindTerminated
	kindSeen
	kindChunk
	kindLapsed
	kindRestored
)

// EncodeEvent writes any event that a manager takes, for a log that is replayed (manager.md 5.2).
func EncodeEvent(ev mind.Event) ([]byte, error) {
	c := &coder{format: eventFormat}
	format := uint64(eventFormat)
	c.uint(&format)
	c.event(&ev)
	if c.err != nil {
		return nil, fmt.Errorf("keep an event of type %T: %w", ev, c.err)
	}
	return c.b, nil
}

// DecodeEvent reads what EncodeEvent wrote. An event of a later version is refused (MG-52).
func DecodeEvent(data []byte) (mind.Event, error) {
	c := &coder{b: data, reading: true}
	var format uint64
	c.uint(&format)
	if c.err == nil && (format == 0 || format > eventFormat) {
		return nil, fmt.Errorf("read an event: format %d is unknown, %d is the latest that this version knows", format, eventFormat)
	}
	c.format = int(format)
	var ev mind.Event
	c.event(&ev)
	if c.err == nil && len(c.b) > 0 {
		c.fail(errors.New("something stands behind it"))
	}
	if c.err != nil {
		return nil, fmt.Errorf("read an event: %w", c.err)
	}
	return ev, nil
}

// empty makes an event of a kind; nil for an unknown one.
func emptyEvent(kind uint64) mind.Event {
	switch kind {
	case kindDelivered:
		return mind.Delivered{}
	case kindWoken:
		return mind.Woken{}
	case kindConnected:
		return mind.Connected{}
	case kindLost:
		return mind.Lost{}
	case kindReturned:
		return mind.Returned{}
	case kindDo:
		return Do{}
	case kindCreated:
		return MachineCreated{}
	case kindConfigured:
		return MachineConfigured{}
	case kindTerminated:
		return MachineTerminated{}
	case kindSeen:
		return MachineSeen{}
	case kindChunk:
		return Chunk{}
	case kindLapsed:
		return Lapsed{}
	case kindRestored:
		return Restored{}
	}
	return nil
}

// kindOf is the kind of an event; 0 when the manager takes no such event.
func kindOf(ev mind.Event) uint64 {
	for kind := uint64(kindDelivered); ; kind++ {
		switch e := emptyEvent(kind); {
		case e == nil:
			return 0
		case reflect.TypeOf(e) == reflect.TypeOf(ev):
			return kind
		}
	}
}

func (c *coder) event(p *mind.Event) {
	kind := uint64(0)
	if !c.reading {
		kind = kindOf(*p)
	}
	c.uint(&kind)
	if c.reading {
		*p = emptyEvent(kind)
	}
	switch ev := (*p).(type) {
	case mind.Delivered:
		c.envelope(&ev.Msg)
		*p = ev
	case mind.Woken:
		c.text(&ev.Timer)
		*p = ev
	case mind.Connected:
	case mind.Lost:
		c.text(&ev.Reason)
		*p = ev
	case mind.Returned:
		c.to(&ev.To)
		c.envelope(&ev.Msg)
		*p = ev
	case Do:
		c.text(&ev.ID)
		c.text(&ev.App)
		c.operation(&ev.Op)
		*p = ev
	default:
		c.ownEvent(p, kind)
	}
}

// ownEvent is about the events of this package alone.
func (c *coder) ownEvent(p *mind.Event, kind uint64) {
	switch ev := (*p).(type) {
	case MachineCreated:
		c.about(&ev.App, &ev.Path, &ev.Gen)
		c.text(&ev.MachineID)
		c.text(&ev.Error)
		*p = ev
	case MachineConfigured:
		c.about(&ev.App, &ev.Path, &ev.Gen)
		c.text(&ev.Error)
		*p = ev
	case MachineTerminated:
		c.about(&ev.App, &ev.Path, &ev.Gen)
		c.text(&ev.Error)
		*p = ev
	case MachineSeen:
		c.about(&ev.App, &ev.Path, &ev.Gen)
		small(c, &ev.Running, int(NotRunning)+1)
		*p = ev
	case Chunk:
		c.text(&ev.App)
		c.text(&ev.Path)
		c.chunk(&ev.Data)
		*p = ev
	case Lapsed:
		list(c, &ev.Machines, func(s *Silent) { c.about(&s.App, &s.Path, &s.Missed) })
		*p = ev
	case Restored:
		c.settings(&ev.settings)
		*p = ev
	default:
		c.fail(fmt.Errorf("%d is no kind of event", kind))
	}
}

func (c *coder) about(app, path *string, n *int) {
	c.text(app)
	c.text(path)
	number(c, n)
}

func (c *coder) chunk(p **message.BlobChunk) {
	optional(c, p, func(b *message.BlobChunk) {
		c.text(&b.SHA256)
		number(c, &b.Offset)
		number(c, &b.Total)
		c.bytes(&b.Data)
		c.flags(&b.Missing)
	})
}

func (c *coder) to(t *message.Target) {
	small(c, &t.Kind, int(message.ToExporters)+1)
	c.flags(&t.External)
	c.text(&t.App)
	c.text(&t.Path)
	c.text(&t.Prefix)
}

func (c *coder) settings(s *settings) {
	c.text(&s.domain)
	c.flags(&s.adopt, &s.pretend)
	list(c, &s.forbidden, func(n *int) { number(c, n) })
}
