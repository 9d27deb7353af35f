package bus

import "github.com/roboconf/workbench/runtime/message"

// Ears are the targets that a mind listens to. A mind counts by itself, then binds everything again at each connection, while a Bus counts
// calls (MS-11): only the first Bind of a target and its Unbind reach the bus. The zero value hears nothing; one goroutine owns it.
type Ears struct{ open map[message.Target]bool }

// Bind listens to a target, if it is not listened to already.
func (e *Ears) Bind(b Bus, to message.Target) {
	if e.open[to] {
		return
	}
	if e.open == nil {
		e.open = map[message.Target]bool{}
	}
	e.open[to] = true
	b.Bind(to)
}

// Unbind ends what Bind began; what is not listened to stays as it is.
func (e *Ears) Unbind(b Bus, to message.Target) {
	if e.open[to] {
		delete(e.open, to)
		b.Unbind(to)
	}
}
