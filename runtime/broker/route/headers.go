package route

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// matcher says whether the headers of a message are those that a binding asks for.
type matcher struct {
	any  bool // one is enough
	want wire.Table
}

// ValidHeaders says why arguments cannot be those of a binding to a headers exchange; nil when they can.
func ValidHeaders(arguments wire.Table) *wire.Error {
	v, there := arguments.Find("x-match")
	if !there {
		return nil
	}
	switch v {
	case "all", "any", "all-with-x", "any-with-x":
		return nil
	}
	return wire.Errorf(wire.PreconditionFailed, "invalid x-match field value %v; expected all or any", v)
}

func newMatcher(arguments wire.Table) matcher {
	var m matcher
	mode, _ := arguments.Find("x-match")
	m.any = mode == "any" || mode == "any-with-x"
	withX := mode == "all-with-x" || mode == "any-with-x"
	for _, f := range arguments {
		if f.Name == "x-match" || !withX && strings.HasPrefix(f.Name, "x-") {
			continue
		}
		m.want = append(m.want, f)
	}
	return m
}

func (m matcher) matches(headers wire.Table) bool {
	for _, f := range m.want {
		v, there := headers.Find(f.Name)
		if there = there && (f.Value == nil || equal(f.Value, v)); there == m.any {
			return m.any
		}
	}
	return !m.any
}

// equal compares numbers by what they are worth, everything else by what it is.
func equal(a, b any) bool {
	if n, ok := wire.Int(a); ok {
		m, ok := wire.Int(b)
		return ok && n == m
	}
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	return reflect.DeepEqual(a, b)
}
