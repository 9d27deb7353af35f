package model

import (
	"sync"
	"sync/atomic"
)

// lazy is what only a check asks for: it is computed when it is first asked for, and shared by the graphs for which it is the same.
type lazy[T any] struct {
	once  sync.Once
	make  func() T
	value T
	ready atomic.Bool
}

func later[T any](make func() T) *lazy[T] { return &lazy[T]{make: make} }

func (l *lazy[T]) get() T {
	l.once.Do(func() {
		l.value = l.make()
		l.make = nil // what it holds may be an earlier graph
		l.ready.Store(true)
	})
	return l.value
}

// known is the value when somebody asked for it already.
func (l *lazy[T]) known() (value T, ok bool) {
	if !l.ready.Load() {
		return value, false
	}
	return l.value, true
}
