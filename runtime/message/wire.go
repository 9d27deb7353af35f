package message

import (
	"errors"
	"fmt"
	"strings"
)

// The reasons of an Error. They are what a dead letter is labelled with (messaging.md 15.4).
var (
	ErrSize        = errors.New("size")    // larger than allowed (MS-50)
	ErrSyntax      = errors.New("syntax")  // not JSON as MS-51 wants it
	ErrVersion     = errors.New("version") // of another major version
	ErrSchema      = errors.New("schema")  // a field is missing or wrong
	ErrUnknownType = errors.New("type")    // a type that this version does not know: acknowledge it, count it, go on
)

// Error says why a message was refused.
type Error struct {
	Reason error  // one of the above
	Type   string // of the message, when it could be read
	Detail string
}

func (e *Error) Error() string {
	what := "message"
	if e.Type != "" {
		what = e.Type
	}
	return fmt.Sprintf("%s refused (%v): %s", what, e.Reason, e.Detail)
}

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Reason }

// body is what every body of this package can do.
type body interface {
	Body
	write(w *writer)
	read(f fields)
}

// bodies makes an empty body of every type. It is a function, so that nobody changes it.
func newBody(kind string) body {
	switch kind {
	case "model.set":
		return &ModelSet{}
	case "instance.add":
		return &InstanceAdd{}
	case "instance.remove":
		return &InstanceRemove{}
	case "instance.request":
		return &InstanceRequest{}
	case "operation.cancel":
		return &OperationCancel{}
	case "instances.send":
		return &InstancesSend{}
	case "exports.resync":
		return &ExportsResync{}
	case "binding.change":
		return &BindingChange{}
	case "ping":
		return &Ping{}
	case "agent.reset":
		return &AgentReset{}
	}
	return newReport(kind)
}

// newReport makes the bodies that agents send.
func newReport(kind string) body {
	switch kind {
	case "agent.heartbeat":
		return &AgentHeartbeat{}
	case "agent.goodbye":
		return &AgentGoodbye{}
	case "instance.changed":
		return &InstanceChanged{}
	case "instance.removed":
		return &InstanceRemoved{}
	case "request.result":
		return &RequestResult{}
	case "recipe.output":
		return &RecipeOutput{}
	case "pong":
		return &Pong{}
	case "import.add":
		return &ImportAdd{}
	case "import.remove":
		return &ImportRemove{}
	case "import.request":
		return &ImportRequest{}
	}
	return newTransfer(kind)
}

// Codec turns envelopes into bytes and back. The zero value has the default limit.
type Codec struct {
	MaxBytes int // of an envelope; 0 is the default, and nothing goes beyond HardMaxBytes
}

func (c Codec) limit() int {
	if c.MaxBytes <= 0 {
		return MaxBytes
	}
	return min(c.MaxBytes, HardMaxBytes)
}

// Encode writes an envelope with the default limit.
func Encode(e *Envelope) ([]byte, error) { return Codec{}.Encode(e) }

// Decode reads an envelope with the default limit.
func Decode(data []byte) (*Envelope, error) { return Codec{}.Decode(data) }

// Encode writes an envelope. What a receiver would refuse is refused here already (MS-50, MS-51).
func (c Codec) Encode(e *Envelope) ([]byte, error) {
	b, ok := e.Body.(body)
	if !ok {
		return nil, &Error{Reason: ErrUnknownType, Detail: fmt.Sprintf("there is no wire form for a body of type %T", e.Body)}
	}
	w := &writer{b: make([]byte, 0, 512)}
	w.open('{')
	w.num("v", Version)
	w.field("id", e.ID)
	w.field("type", b.Type())
	w.time("time", e.Time)
	w.field("domain", e.Domain)
	w.from(e.From)
	w.opt("corr", e.Corr)
	w.opt("cause", e.Cause)
	w.opt("trace", e.Trace)
	if !e.Expires.IsZero() {
		w.time("expires", e.Expires)
	}
	w.key("body")
	w.open('{')
	b.write(w)
	w.close('}')
	w.close('}')
	if w.err != nil {
		return nil, &Error{Reason: ErrSchema, Type: b.Type(), Detail: w.err.Error()}
	}
	if len(w.b) > c.limit() {
		return nil, &Error{Reason: ErrSize, Type: b.Type(), Detail: fmt.Sprintf("%d bytes, %d are allowed", len(w.b), c.limit())}
	}
	return w.b, nil
}

func (w *writer) from(f From) {
	w.key("from")
	w.open('{')
	w.field("kind", f.Kind)
	w.opt("app", f.App)
	w.opt("scope", f.Scope)
	w.field("epoch", f.Epoch)
	w.count("seq", f.Seq)
	w.close('}')
}

// Decode reads an envelope and checks all of it (MS-50 to MS-52).
func (c Codec) Decode(data []byte) (*Envelope, error) {
	if len(data) > c.limit() {
		return nil, &Error{Reason: ErrSize, Detail: fmt.Sprintf("%d bytes, %d are allowed", len(data), c.limit())}
	}
	v, err := parse(data)
	if err != nil {
		return nil, &Error{Reason: ErrSyntax, Detail: err.Error()}
	}
	if v.kind != isObject {
		return nil, &Error{Reason: ErrSyntax, Detail: "a message is an object, this is " + kindNames[v.kind]}
	}
	f := fields{v: v, err: new(error)}
	if n := f.num("v", true); *f.err == nil && n != Version {
		return nil, &Error{Reason: ErrVersion, Detail: fmt.Sprintf("version %d, %d is known", n, Version)}
	}
	e := f.envelope()
	if *f.err != nil {
		return nil, &Error{Reason: ErrSchema, Type: e.Type, Detail: (*f.err).Error()}
	}
	b := newBody(e.Type)
	if b == nil {
		return nil, &Error{Reason: ErrUnknownType, Type: e.Type, Detail: "this version does not know the type"}
	}
	o, _ := f.object("body", true)
	b.read(o)
	if *f.err != nil {
		return nil, &Error{Reason: ErrSchema, Type: e.Type, Detail: (*f.err).Error()}
	}
	e.Body = b
	return e, nil
}

// envelope reads everything but the body.
func (f fields) envelope() *Envelope {
	e := &Envelope{
		ID: f.id("id"), Type: f.text("type"), Time: f.time("time", true), Domain: f.text("domain"),
		Corr: f.opt("corr"), Cause: f.opt("cause"), Trace: f.opt("trace"), Expires: f.time("expires", false),
	}
	if e.Type != "" && !isType(e.Type) {
		f.fail("type", "%q is no type of a message", e.Type)
	}
	if e.Cause != "" && !isID(e.Cause) {
		f.fail("cause", "%q is no UUID", e.Cause)
	}
	if o, ok := f.object("from", true); ok {
		e.From = From{
			Kind: o.oneOf("kind", FromManager, FromAgent), App: o.opt("app"), Scope: o.opt("scope"),
			Epoch: o.text("epoch"), Seq: o.big("seq", true),
		}
		if e.From.Kind == FromAgent {
			o.text("app")
			o.path("scope")
		}
		if e.From.Seq == 0 {
			o.fail("seq", "begins with 1")
		}
	}
	return e
}

// isType is ^[a-z]+(\.[a-z-]+)*$: the table of messaging.md 12 asks for a dot, which ping and pong do not have.
func isType(s string) bool {
	for i, part := range strings.Split(s, ".") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz-") != "" || i == 0 && strings.Contains(part, "-") {
			return false
		}
	}
	return true
}
