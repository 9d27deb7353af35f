package target

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Registry finds handlers by name. It is a value: whoever wires a program makes one from the handlers that the program carries.
// The zero value has none.
type Registry struct {
	byName map[string]Handler
}

// NewRegistry collects handlers; two of one name, or one without, are a mistake of the program.
func NewRegistry(handlers ...Handler) (*Registry, error) {
	r := &Registry{byName: map[string]Handler{}}
	for _, h := range handlers {
		name := strings.ToLower(h.Describe().Handler)
		if name == "" {
			return nil, fmt.Errorf("register a target handler: %T has no name", h)
		}
		if _, taken := r.byName[name]; taken {
			return nil, fmt.Errorf("register the target handler %s: it is there already", name)
		}
		r.byName[name] = h
	}
	return r, nil
}

// Handler finds a handler, whatever the case of its name (TG-1). An unknown one is an Error of class Invalid that names the known.
func (r *Registry) Handler(name string) (Handler, error) {
	if h := r.byName[strings.ToLower(strings.TrimSpace(name))]; h != nil {
		return h, nil
	}
	return nil, &Error{
		Op: "find the handler", Class: Invalid, Err: fmt.Errorf("no handler is called %q", name),
		Advice: "known ones: " + strings.Join(r.Names(), ", "),
	}
}

// Names are the names of all handlers, in lower case, sorted.
func (r *Registry) Names() []string { return slices.Sorted(maps.Keys(r.byName)) }

// Descriptions describe all handlers, sorted by name: what completion, checks, documents are made from (TG-110).
func (r *Registry) Descriptions() []Description {
	all := make([]Description, 0, len(r.byName))
	for _, name := range r.Names() {
		all = append(all, r.byName[name].Describe())
	}
	return all
}
