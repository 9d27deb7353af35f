package broker

import (
	"fmt"
	"time"

	"github.com/roboconf/workbench/runtime/broker/queue"
	"github.com/roboconf/workbench/runtime/broker/record"
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// mailbox is a queue, with what has to do with connections.
type mailbox struct {
	name   string
	number uint64
	decl   declaration
	ready  *queue.Queue[*message, *consumer]
	kept   bool  // on disk
	owner  *conn // of an exclusive queue
	only   *consumer

	unacked      int
	unackedBytes int64
	attended     bool  // it had a consumer
	used         int64 // when somebody did something with it
	gone         bool
	touched      bool
	alarm        int64 // when the clock looks at it again; 0 for never
}

func newMailbox(name string, number uint64, d declaration) *mailbox {
	return &mailbox{name: name, number: number, decl: d, ready: queue.New[*message, *consumer](d.settings)}
}

func (q *mailbox) record() record.Queue {
	return record.Queue{Number: q.number, Name: q.name, AutoDelete: q.decl.autoDelete, Arguments: q.decl.arguments}
}

// declaration is what a queue is declared with.
type declaration struct {
	durable, exclusive, autoDelete bool
	arguments                      wire.Table

	settings   queue.Settings
	quorum     bool
	expires    int64 // nanoseconds without use; negative for none
	deadTo     *string
	deadKey    *string
	rejectDead bool // what is refused for its length goes to deadTo
}

// refusal is why an argument cannot be.
func refusal(name string, value any, why string) error {
	return wire.Errorf(wire.PreconditionFailed, "invalid arg '%s' for queue: %v: %s", name, value, why)
}

// newDeclaration reads the arguments of a queue. What means nothing here is refused, so that nobody relies on it.
func newDeclaration(arguments wire.Table) (declaration, error) {
	d := declaration{arguments: arguments, settings: queue.Unlimited(), expires: -1}
	if kind, there := arguments.Find("x-queue-type"); there {
		switch kind {
		case "classic":
		case "quorum":
			d.quorum = true
		default:
			return d, refusal("x-queue-type", kind, "there are classic, quorum")
		}
	}
	for _, f := range arguments {
		if err := d.argument(f); err != nil {
			return d, err
		}
	}
	if d.deadKey != nil && d.deadTo == nil {
		return d, refusal("x-dead-letter-routing-key", *d.deadKey, "there is no x-dead-letter-exchange")
	}
	return d, nil
}

func (d *declaration) argument(f wire.Field) (err error) {
	switch f.Name {
	case "x-queue-type":
	case "x-message-ttl":
		d.settings.TTL, err = milliseconds(f, 0)
	case "x-expires":
		d.expires, err = milliseconds(f, 1)
	case "x-max-length":
		d.settings.MaxLength, err = count(f)
	case "x-max-length-bytes":
		d.settings.MaxBytes, err = count(f)
	case "x-delivery-limit":
		var n int64
		n, err = count(f)
		d.settings.MaxReturns = int(min(n, 1<<30))
		if err == nil && !d.quorum {
			err = refusal(f.Name, f.Value, "only queues of the type quorum have it")
		}
	case "x-overflow":
		err = d.overflow(f)
	case "x-dead-letter-exchange":
		d.deadTo, err = text(f)
	case "x-dead-letter-routing-key":
		d.deadKey, err = text(f)
	case "x-single-active-consumer":
		is, ok := f.Value.(bool)
		if d.settings.SingleActive = is; !ok {
			err = refusal(f.Name, f.Value, "it is true or false")
		}
	default:
		err = refusal(f.Name, f.Value, "this broker knows no such argument")
	}
	return err
}

func (d *declaration) overflow(f wire.Field) error {
	switch f.Value {
	case "drop-head":
		return nil
	case "reject-publish":
		d.settings.Reject = true
		return nil
	case "reject-publish-dlx":
		if !d.quorum {
			d.settings.Reject, d.rejectDead = true, true
			return nil
		}
	}
	return refusal(f.Name, f.Value, "there are drop-head, reject-publish and, for classic queues, reject-publish-dlx")
}

func count(f wire.Field) (int64, error) {
	n, ok := wire.Int(f.Value)
	if !ok || n < 0 {
		return -1, refusal(f.Name, f.Value, "it is a number from 0 on")
	}
	return n, nil
}

func milliseconds(f wire.Field, least int64) (int64, error) {
	n, ok := wire.Int(f.Value)
	if !ok || n < least || n > 1<<32-1 {
		return -1, refusal(f.Name, f.Value, fmt.Sprintf("it is a number of milliseconds, from %d to 2^32", least))
	}
	return n * int64(time.Millisecond), nil
}

func text(f wire.Field) (*string, error) {
	s, ok := f.Value.(string)
	if !ok {
		return nil, refusal(f.Name, f.Value, "it is a text")
	}
	return &s, nil
}

// sameAs says why a queue cannot be declared so again; nil when it can.
func (q *mailbox) sameAs(d declaration) error {
	differs := func(what string, want, have any) error {
		return wire.Errorf(wire.PreconditionFailed, "inequivalent arg '%s' for queue '%s' in vhost '/': received %v but current is %v", what, q.name, shown(want), shown(have))
	}
	flags := []struct {
		name       string
		want, have bool
	}{
		{"durable", d.durable, q.decl.durable},
		{"auto_delete", d.autoDelete, q.decl.autoDelete},
	}
	for _, f := range flags {
		if f.want != f.have {
			return differs(f.name, f.want, f.have)
		}
	}
	return differing(d.arguments, q.decl.arguments, differs)
}

// differing compares arguments of a declaration, both ways.
func differing(want, have wire.Table, differs func(what string, want, have any) error) error {
	for _, f := range want {
		if v, there := have.Find(f.Name); !there || !sameValue(f.Value, v) {
			return differs(f.Name, f.Value, v)
		}
	}
	for _, f := range have {
		if _, there := want.Find(f.Name); !there {
			return differs(f.Name, nil, f.Value)
		}
	}
	return nil
}

func sameValue(a, b any) bool {
	n, ok := wire.Int(a)
	m, also := wire.Int(b)
	if ok && also {
		return n == m
	}
	switch a.(type) {
	case string, bool:
		return a == b
	}
	return false
}

func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case bool:
		return fmt.Sprintf("'%t'", v)
	}
	return fmt.Sprintf("the value '%v'", v)
}
