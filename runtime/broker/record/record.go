// Package record is the form of what a broker keeps on disk.
//
// A record is a byte for its kind, then its fields: numbers of variable length, strings with their length before them.
package record

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// Kinds of records. They are on disks: a number is never given again.
const (
	kindExchange = iota + 1
	kindExchangeGone
	kindQueue
	kindQueueGone
	kindBinding
	kindBindingGone
	kindUser
	kindUserGone
	kindMessage
	kindRemoved
	kindDelivered
	kindReturned
)

// Exchange says that a durable exchange is there.
type Exchange struct {
	Name, Kind           string
	AutoDelete, Internal bool
	Alternate            string
}

// ExchangeGone says that it is not there any more; its bindings went with it.
type ExchangeGone struct{ Name string }

// Queue says that a durable queue is there. Number is never used again for another one.
type Queue struct {
	Number     uint64
	Name       string
	AutoDelete bool
	Arguments  wire.Table
}

// QueueGone says that it is not there any more; its messages, its bindings went with it.
type QueueGone struct{ Number uint64 }

// Binding says that a binding between durable things is there, or, with Gone, that it is not any more.
type Binding struct {
	Gone                     bool
	Source, Destination, Key string
	ToExchange               bool
	Arguments                wire.Table
}

// User says what a user may do; Hash is of Salt with the password.
type User struct {
	Name                   string
	Salt, Hash             []byte
	Configure, Write, Read string
}

// UserGone says that a user may not connect any more.
type UserGone struct{ Name string }

// Message is a message with the places where it stands. One that says what an older one said is that message again.
type Message struct {
	Exchange, Key string
	Properties    []byte // in the form of the wire
	Body          []byte
	Refs          []Ref
}

// Ref is a place in a queue.
type Ref struct {
	Queue, Pos uint64
	Expires    int64 // nanoseconds since 1970; 0 for never
	Returns    int
	Delivered  bool
}

// Removed says that a place is empty, Delivered that a consumer has had the message, Returned how often it came back.
type (
	Removed   struct{ Queue, Pos uint64 }
	Delivered struct{ Queue, Pos uint64 }
	Returned  struct {
		Queue, Pos uint64
		Returns    int
	}
)

type writer []byte

func (w *writer) num(n uint64)     { *w = binary.AppendUvarint(*w, n) }
func (w *writer) str(s string)     { w.num(uint64(len(s))); *w = append(*w, s...) }
func (w *writer) bytes(b []byte)   { w.num(uint64(len(b))); *w = append(*w, b...) }
func (w *writer) kind(k byte)      { *w = append(*w, k) }
func (w *writer) tab(t wire.Table) { w.bytes(t.Append(nil)) }

func (w *writer) flag(b bool) {
	if b {
		w.num(1)
	} else {
		w.num(0)
	}
}

// Append appends a record, which is one of the types of this package.
func Append(dst []byte, rec any) []byte {
	w := writer(dst)
	switch r := rec.(type) {
	case Exchange:
		w.kind(kindExchange)
		w.str(r.Name)
		w.str(r.Kind)
		w.flag(r.AutoDelete)
		w.flag(r.Internal)
		w.str(r.Alternate)
	case ExchangeGone:
		w.kind(kindExchangeGone)
		w.str(r.Name)
	case Queue:
		w.kind(kindQueue)
		w.num(r.Number)
		w.str(r.Name)
		w.flag(r.AutoDelete)
		w.tab(r.Arguments)
	case QueueGone:
		w.kind(kindQueueGone)
		w.num(r.Number)
	case Binding:
		w.binding(r)
	case User:
		w.kind(kindUser)
		w.str(r.Name)
		w.bytes(r.Salt)
		w.bytes(r.Hash)
		w.str(r.Configure)
		w.str(r.Write)
		w.str(r.Read)
	case UserGone:
		w.kind(kindUserGone)
		w.str(r.Name)
	case *Message:
		w.message(r)
	case Removed:
		return AppendRemoved(w, r)
	case Delivered:
		return AppendDelivered(w, r)
	case Returned:
		w.kind(kindReturned)
		w.num(r.Queue)
		w.num(r.Pos)
		w.num(uint64(r.Returns))
	default:
		panic(fmt.Sprintf("no record has the type %T", rec))
	}
	return w
}

// AppendRemoved appends a record that comes with each message, without an allocation; so does AppendDelivered.
func AppendRemoved(dst []byte, r Removed) []byte {
	w := writer(dst)
	w.kind(kindRemoved)
	w.num(r.Queue)
	w.num(r.Pos)
	return w
}

// AppendDelivered appends a record that comes with each delivery.
func AppendDelivered(dst []byte, r Delivered) []byte {
	w := writer(dst)
	w.kind(kindDelivered)
	w.num(r.Queue)
	w.num(r.Pos)
	return w
}

func (w *writer) binding(r Binding) {
	if r.Gone {
		w.kind(kindBindingGone)
	} else {
		w.kind(kindBinding)
	}
	w.str(r.Source)
	w.str(r.Destination)
	w.str(r.Key)
	w.flag(r.ToExchange)
	w.tab(r.Arguments)
}

func (w *writer) message(r *Message) {
	w.kind(kindMessage)
	w.str(r.Exchange)
	w.str(r.Key)
	w.bytes(r.Properties)
	w.num(uint64(len(r.Refs)))
	for _, f := range r.Refs {
		w.num(f.Queue)
		w.num(f.Pos)
		w.num(uint64(f.Expires))
		w.num(uint64(f.Returns))
		w.flag(f.Delivered)
	}
	w.bytes(r.Body)
}

// errShort is what a record says that ends too soon.
var errShort = errors.New("a record ends too soon")

type reader struct {
	buf []byte
	err error
}

func (r *reader) num() uint64 {
	n, size := binary.Uvarint(r.buf)
	if size <= 0 {
		r.buf, r.err = nil, errShort
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

func (r *reader) bytes() []byte {
	n := r.num()
	if r.err != nil || n > uint64(len(r.buf)) {
		r.buf, r.err = nil, errShort
		return nil
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

func (r *reader) str() string { return string(r.bytes()) }

func (r *reader) flag() bool { return r.num() != 0 }

func (r *reader) tab() wire.Table {
	raw := r.bytes()
	if r.err != nil {
		return nil
	}
	t, err := wire.DecodeTable(raw)
	if err != nil {
		r.err = err
	}
	return t
}

// Decode reads a record. A message shares its body with the bytes.
func Decode(raw []byte) (any, error) {
	if len(raw) == 0 {
		return nil, errShort
	}
	r := &reader{buf: raw[1:]}
	rec := r.record(raw[0])
	switch {
	case r.err != nil:
		return nil, r.err
	case rec == nil:
		return nil, fmt.Errorf("a record of the kind %d, which only a newer broker knows", raw[0])
	case len(r.buf) > 0:
		return nil, fmt.Errorf("%d bytes after a record", len(r.buf))
	}
	return rec, nil
}

func (r *reader) record(kind byte) any {
	switch kind {
	case kindExchange:
		return Exchange{Name: r.str(), Kind: r.str(), AutoDelete: r.flag(), Internal: r.flag(), Alternate: r.str()}
	case kindExchangeGone:
		return ExchangeGone{r.str()}
	case kindQueue:
		return Queue{Number: r.num(), Name: r.str(), AutoDelete: r.flag(), Arguments: r.tab()}
	case kindQueueGone:
		return QueueGone{r.num()}
	case kindBinding, kindBindingGone:
		return Binding{kind == kindBindingGone, r.str(), r.str(), r.str(), r.flag(), r.tab()}
	case kindUser:
		return User{r.str(), r.bytes(), r.bytes(), r.str(), r.str(), r.str()}
	case kindUserGone:
		return UserGone{r.str()}
	case kindMessage:
		return r.message()
	case kindRemoved:
		return Removed{r.num(), r.num()}
	case kindDelivered:
		return Delivered{r.num(), r.num()}
	case kindReturned:
		return Returned{r.num(), r.num(), int(uint32(r.num()))}
	}
	return nil
}

func (r *reader) message() *Message {
	m := &Message{Exchange: r.str(), Key: r.str(), Properties: r.bytes()}
	n := r.num()
	if n > uint64(len(r.buf)) {
		r.err = errShort
		return nil
	}
	for range n {
		m.Refs = append(m.Refs, Ref{r.num(), r.num(), int64(r.num()), int(uint32(r.num())), r.flag()})
	}
	m.Body = r.bytes()
	return m
}
