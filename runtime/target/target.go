// Package target is where machines come from: the contract of every kind of infrastructure (targets.md 16).
//
// Below it: targettest (the contract as a test), fake, local, and one package per infrastructure.
package target

import (
	"context"
	"time"
)

// Handler makes machines on one kind of infrastructure. Its methods are called concurrently and keep no state of their own (TG-30):
// everything is found again by label, so that a crash between two calls loses nothing (TG-111, TG-120).
type Handler interface {
	// Describe is static: what the handler is called, which properties it reads.
	Describe() Description
	// Check looks at properties without any network.
	Check(properties map[string]string) []Finding
	// Probe looks at the infrastructure, read only: credentials, images, sizes, quota. It never creates anything.
	Probe(ctx context.Context, properties map[string]string) error
	// Create asks for one machine. Repeated with the same key it gives the same machine, never a second one.
	Create(ctx context.Context, s Spec) (Machine, error)
	// Observe reads one machine. Unknown is an answer: a failure to ask is never "absent" (TG-112).
	Observe(ctx context.Context, s Spec) (Machine, error)
	// Advance makes at most one change towards a running machine, from what was observed. It says "done", or when to look again.
	Advance(ctx context.Context, s Spec, seen Machine) (done bool, again time.Duration, err error)
	// Destroy ends a machine with everything that was made for it. Absent is a success.
	Destroy(ctx context.Context, s Spec) error
	// List gives the machines that carry our labels: those of a domain, or of everybody when domain is "".
	List(ctx context.Context, properties map[string]string, domain string) ([]Machine, error)
}

// Key is the idempotency key of a machine (manager.md 4.4), and its labels rbc.domain, rbc.app, rbc.scope, rbc.gen.
type Key struct {
	Domain, App, Scope string
	Gen                int // +1 for each machine of that instance
}

// Spec is a machine that is wanted, or that was made.
type Spec struct {
	Key        Key
	Component  string
	Properties map[string]string // effective ones (targets.md 4), frozen at creation (TG-116)
	ID         string            // native id; "" before creation is known to have succeeded
	UserData   string            // what its agent is told (MS-43); secrets inside: never logged
}

// Phase is where a machine is.
type Phase uint8

// The phases (TG-110).
const (
	Unknown Phase = iota
	Absent
	Creating
	Running
	Stopped
	Failing
	Deleting
)

var phaseNames = [...]string{"unknown", "absent", "creating", "running", "stopped", "failing", "deleting"}

// String is the word for people.
func (p Phase) String() string { return phaseNames[p] }

// Machine is what was observed.
type Machine struct {
	Key     Key
	ID      string
	Phase   Phase
	Address string // "" when not known
	Reason  string // native reason of a failure
}

// Description is the static part of a handler.
type Description struct {
	Handler    string // the value of the property "handler", compared in lower case
	Help       string
	Nested     bool // machines may stand on machines (TG-35)
	Properties []Property
}

// Property is one key that a handler reads.
type Property struct {
	Key, Type, Default, Help string
	Required, Secret         bool
	Aliases                  []string
}

// Finding is what Check says about one key.
type Finding struct {
	Key, Text string
	Severe    bool
}

// Class sorts errors (TG-114).
type Class uint8

// The classes.
const (
	Other Class = iota
	Credentials
	Quota
	NotFound
	Conflict
	Invalid
	Throttled
	Unavailable
	Timeout
)

var classNames = [...]string{"unknown", "credentials", "quota", "not found", "conflict", "invalid", "throttled", "unavailable", "timeout"}

// String is the word for people.
func (c Class) String() string { return classNames[c] }

// Error is why something could not be done (TG-114).
type Error struct {
	Op, Target, Scope string
	Class             Class
	Code, Request     string        // native ones
	Retry             bool          // may help
	Wait              time.Duration // before a retry, when the infrastructure said so (TG-113); 0 otherwise
	Advice            string
	Err               error
}

func (e *Error) Error() string {
	text := e.Op
	if e.Scope != "" {
		text += " " + e.Scope
	}
	text += ": " + e.Err.Error()
	if e.Advice != "" {
		text += "; " + e.Advice
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
