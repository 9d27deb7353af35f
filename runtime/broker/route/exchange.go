// Package route says which queues a message goes to.
//
// It is a value without locks: whoever owns it calls one method at a time.
package route

import (
	"slices"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// The types of exchanges.
const (
	Direct  = "direct"
	Fanout  = "fanout"
	Topic   = "topic"
	Headers = "headers"
)

// Known says whether there is such a type of exchange.
func Known(kind string) bool {
	return slices.Contains([]string{Direct, Fanout, Topic, Headers}, kind)
}

// Settings are what an exchange was declared with.
type Settings struct {
	Kind       string
	Durable    bool
	AutoDelete bool
	Internal   bool
	Alternate  string // exchange for what finds no queue here; "" for none
}

// Exchange is a place where messages come in.
type Exchange struct {
	Name     string
	Settings Settings

	bindings map[string]*Binding // by identity
	keys     map[string][]*Binding
	all      []*Binding // of a fanout or a headers exchange
	topics   trie
	mark     uint64
}

// Binding makes a destination receive from an exchange.
type Binding struct {
	Source, Destination string
	ToExchange          bool // Destination is an exchange, not a queue
	Key                 string
	Arguments           wire.Table

	match matcher // of a headers exchange
}

// identity tells bindings apart: the same source, destination, key with other arguments is another binding.
func (b Binding) identity() string {
	kind := "q"
	if b.ToExchange {
		kind = "e"
	}
	return kind + b.Destination + "\x00" + b.Key + "\x00" + string(sorted(b.Arguments).Append(nil))
}

// sorted makes tables with the same entries alike.
func sorted(t wire.Table) wire.Table {
	t = slices.Clone(t)
	slices.SortStableFunc(t, func(a, b wire.Field) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	return t
}

func newExchange(name string, s Settings) *Exchange {
	return &Exchange{Name: name, Settings: s, bindings: map[string]*Binding{}, keys: map[string][]*Binding{}}
}

// add tells whether the binding is new.
func (x *Exchange) add(b Binding) bool {
	id := b.identity()
	if x.bindings[id] != nil {
		return false
	}
	x.bindings[id] = &b
	switch x.Settings.Kind {
	case Direct:
		x.keys[b.Key] = append(x.keys[b.Key], &b)
	case Topic:
		x.topics.add(b.Key, &b)
	case Headers:
		b.match = newMatcher(b.Arguments)
		x.all = append(x.all, &b)
	default:
		x.all = append(x.all, &b)
	}
	return true
}

// remove tells whether the binding was there.
func (x *Exchange) remove(b Binding) bool {
	id := b.identity()
	at := x.bindings[id]
	if at == nil {
		return false
	}
	delete(x.bindings, id)
	same := func(other *Binding) bool { return other == at }
	switch x.Settings.Kind {
	case Direct:
		x.keys[b.Key] = slices.DeleteFunc(x.keys[b.Key], same)
		if len(x.keys[b.Key]) == 0 {
			delete(x.keys, b.Key)
		}
	case Topic:
		x.topics.remove(b.Key, at)
	default:
		x.all = slices.DeleteFunc(x.all, same)
	}
	return true
}

// Bindings are those from this exchange, in no order.
func (x *Exchange) Bindings() []*Binding {
	list := make([]*Binding, 0, len(x.bindings))
	for _, b := range x.bindings {
		list = append(list, b)
	}
	return list
}

// Unused says that nothing receives from the exchange.
func (x *Exchange) Unused() bool { return len(x.bindings) == 0 }
