package route

import (
	"slices"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// Router holds exchanges with their bindings. Queues are only names to it.
type Router struct {
	exchanges map[string]*Exchange
	into      map[dest]map[*Exchange]int // who sends to a destination, by how many bindings
	mark      uint64
	found     []string
	seen      map[string]uint64
}

type dest struct {
	name     string
	exchange bool
}

// New makes a router with the exchanges that every broker has.
func New() *Router {
	r := &Router{exchanges: map[string]*Exchange{}, into: map[dest]map[*Exchange]int{}, seen: map[string]uint64{}}
	for _, x := range Predeclared() {
		r.exchanges[x.Name] = newExchange(x.Name, x.Settings)
	}
	return r
}

// Predeclared are the exchanges that are always there, the default one first: its name is empty.
func Predeclared() []Exchange {
	is := func(name, kind string, internal bool) Exchange {
		return Exchange{Name: name, Settings: Settings{Kind: kind, Durable: true, Internal: internal}}
	}
	return []Exchange{
		is("", Direct, false),
		is("amq.direct", Direct, false),
		is("amq.fanout", Fanout, false),
		is("amq.headers", Headers, false),
		is("amq.match", Headers, false),
		is("amq.topic", Topic, false),
	}
}

// Exchange gives the exchange of a name, nil when there is none.
func (r *Router) Exchange(name string) *Exchange { return r.exchanges[name] }

// Exchanges gives all, sorted by name.
func (r *Router) Exchanges() []*Exchange {
	list := make([]*Exchange, 0, len(r.exchanges))
	for _, x := range r.exchanges {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b *Exchange) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}

// Declare makes an exchange be there. One that is there stays as it is.
func (r *Router) Declare(name string, s Settings) *Exchange {
	if x := r.exchanges[name]; x != nil {
		return x
	}
	x := newExchange(name, s)
	r.exchanges[name] = x
	return x
}

// Delete removes an exchange with all bindings from it, to it. It gives the exchanges that went away with it, itself first:
// those with AutoDelete end with their last binding.
func (r *Router) Delete(name string) []*Exchange {
	x := r.exchanges[name]
	if x == nil {
		return nil
	}
	delete(r.exchanges, name)
	for _, b := range x.bindings {
		r.forget(x, *b)
	}
	return append([]*Exchange{x}, r.Drop(name, true)...)
}

// Drop removes all bindings to a destination that is gone, and gives the exchanges that ended with their last binding.
func (r *Router) Drop(name string, exchange bool) []*Exchange {
	var gone []*Exchange
	sources := make([]*Exchange, 0, len(r.into[dest{name, exchange}]))
	for x := range r.into[dest{name, exchange}] {
		sources = append(sources, x)
	}
	slices.SortFunc(sources, func(a, b *Exchange) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	for _, x := range sources {
		for _, b := range x.Bindings() {
			if b.Destination == name && b.ToExchange == exchange {
				_, ended := r.Unbind(*b)
				gone = append(gone, ended...)
			}
		}
	}
	return gone
}

// Bind adds a binding whose source is there; it tells whether it is new.
func (r *Router) Bind(b Binding) bool {
	x := r.exchanges[b.Source]
	if x == nil || !x.add(b) {
		return false
	}
	to := dest{b.Destination, b.ToExchange}
	if r.into[to] == nil {
		r.into[to] = map[*Exchange]int{}
	}
	r.into[to][x]++
	return true
}

// Unbind removes a binding. It tells whether it was there, and which exchanges ended with it.
func (r *Router) Unbind(b Binding) (was bool, gone []*Exchange) {
	x := r.exchanges[b.Source]
	if x == nil || !x.remove(b) {
		return false, nil
	}
	r.forget(x, b)
	if x.Settings.AutoDelete && x.Unused() {
		gone = r.Delete(x.Name)
	}
	return true, gone
}

func (r *Router) forget(x *Exchange, b Binding) {
	to := dest{b.Destination, b.ToExchange}
	if r.into[to][x]--; r.into[to][x] <= 0 {
		delete(r.into[to], x)
	}
	if len(r.into[to]) == 0 {
		delete(r.into, to)
	}
}

// Route gives the names of the queues for a message, each once; what it gives is valid until the next call.
//
// headers is asked only when an exchange wants them; it may be nil. The default exchange gives the key as the name of a queue,
// which may not be there.
func (r *Router) Route(x *Exchange, key string, headers func() wire.Table) []string {
	r.found = r.found[:0]
	r.mark++
	if x.Name == "" {
		return append(r.found, key)
	}
	if len(r.seen) > 4096 { // names of queues that are gone
		clear(r.seen)
	}
	r.follow(x, key, headers)
	return r.found
}

func (r *Router) follow(x *Exchange, key string, headers func() wire.Table) {
	if x == nil || x.mark == r.mark {
		return
	}
	x.mark = r.mark
	reached := false
	x.each(key, headers, func(b *Binding) {
		reached = true
		if b.ToExchange {
			r.follow(r.exchanges[b.Destination], key, headers)
		} else if r.seen[b.Destination] != r.mark {
			r.seen[b.Destination] = r.mark
			r.found = append(r.found, b.Destination)
		}
	})
	if alternate := x.Settings.Alternate; alternate != "" && !reached {
		r.follow(r.exchanges[alternate], key, headers)
	}
}

// each calls do with the bindings that a message passes.
func (x *Exchange) each(key string, headers func() wire.Table, do func(*Binding)) {
	switch x.Settings.Kind {
	case Direct:
		for _, b := range x.keys[key] {
			do(b)
		}
	case Topic:
		x.topics.each(key, do)
	case Headers:
		if len(x.all) == 0 {
			return
		}
		var have wire.Table
		if headers != nil {
			have = headers()
		}
		for _, b := range x.all {
			if b.match.matches(have) {
				do(b)
			}
		}
	default:
		for _, b := range x.all {
			do(b)
		}
	}
}
