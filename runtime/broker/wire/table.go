package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Table is a field table, in the order of the wire.
//
// Values are bool, int8, uint8, int16, uint16, int32, uint32, int64, float32, float64, Decimal, string, []byte, []any,
// Timestamp, Table, nil.
type Table []Field

// Field is an entry of a Table.
type Field struct {
	Name  string
	Value any
}

// Decimal is Value / 10^Scale.
type Decimal struct {
	Scale uint8
	Value int32
}

// Timestamp is a time, in seconds since 1970.
type Timestamp uint64

// Find gives the value of a name; ok says whether it is there.
func (t Table) Find(name string) (value any, ok bool) {
	for _, f := range t {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}

// With gives a table where a name has a value: in the place where it was, else at the end. The table itself stays as it is.
func (t Table) With(name string, value any) Table {
	out := append(make(Table, 0, len(t)+1), t...)
	for i := range out {
		if out[i].Name == name {
			out[i].Value = value
			return out
		}
	}
	return append(out, Field{name, value})
}

// Without gives a table without a name.
func (t Table) Without(name string) Table {
	out := make(Table, 0, len(t))
	for _, f := range t {
		if f.Name != name {
			out = append(out, f)
		}
	}
	return out
}

// Append appends the table in its wire form. A value of another type than those of Table panics: it is a mistake of the program.
func (t Table) Append(dst []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for _, f := range t {
		name := f.Name[:min(len(f.Name), math.MaxUint8)]
		dst = append(append(dst, uint8(len(name))), name...)
		dst = appendValue(dst, f.Value)
	}
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

func appendValue(dst []byte, v any) []byte {
	be := binary.BigEndian
	switch v := v.(type) {
	case nil:
		return append(dst, 'V')
	case bool:
		if v {
			return append(dst, 't', 1)
		}
		return append(dst, 't', 0)
	case int8:
		return append(dst, 'b', uint8(v))
	case uint8:
		return append(dst, 'B', v)
	case int16:
		return be.AppendUint16(append(dst, 's'), uint16(v))
	case uint16:
		return be.AppendUint16(append(dst, 'u'), v)
	case int32:
		return be.AppendUint32(append(dst, 'I'), uint32(v))
	case uint32:
		return be.AppendUint32(append(dst, 'i'), v)
	case int64:
		return be.AppendUint64(append(dst, 'l'), uint64(v))
	case float32:
		return be.AppendUint32(append(dst, 'f'), math.Float32bits(v))
	case float64:
		return be.AppendUint64(append(dst, 'd'), math.Float64bits(v))
	case Decimal:
		return be.AppendUint32(append(dst, 'D', v.Scale), uint32(v.Value))
	case string:
		return append(be.AppendUint32(append(dst, 'S'), uint32(len(v))), v...)
	case []byte:
		return append(be.AppendUint32(append(dst, 'x'), uint32(len(v))), v...)
	case Timestamp:
		return be.AppendUint64(append(dst, 'T'), uint64(v))
	case Table:
		return v.Append(append(dst, 'F'))
	case []any:
		return appendArray(dst, v)
	}
	panic(fmt.Sprintf("no field of a table has the type %T", v))
}

func appendArray(dst []byte, values []any) []byte {
	dst = append(dst, 'A', 0, 0, 0, 0)
	at := len(dst)
	for _, v := range values {
		dst = appendValue(dst, v)
	}
	binary.BigEndian.PutUint32(dst[at-4:], uint32(len(dst)-at))
	return dst
}

// DecodeTable reads a table with its length, and nothing else.
func DecodeTable(raw []byte) (Table, error) {
	c := codec{buf: raw}
	t := c.readTable(0)
	if c.err == nil && len(c.buf) > 0 {
		c.fail("%d bytes after the table", len(c.buf))
	}
	if c.err != nil {
		return nil, c.err
	}
	return t, nil
}

// inner takes the bytes of a table or an array, with their length before them.
func (c *codec) inner(depth int) codec {
	var n uint32
	c.long(&n)
	if depth > maxDepth {
		c.fail("tables are more than %d deep", maxDepth)
	}
	if uint64(n) > uint64(len(c.buf)) {
		c.fail("a table of %d bytes, %d left", n, len(c.buf))
	}
	if c.err != nil {
		return codec{err: c.err}
	}
	return codec{buf: c.take(int(n))}
}

func (c *codec) readTable(depth int) Table {
	in := c.inner(depth)
	var t Table
	for in.err == nil && len(in.buf) > 0 {
		var f Field
		in.shortstr(&f.Name)
		f.Value = in.readValue(depth)
		t = append(t, f)
	}
	if in.err != nil {
		c.err = in.err
		return nil
	}
	return t
}

func (c *codec) readArray(depth int) []any {
	in := c.inner(depth)
	values := []any{}
	for in.err == nil && len(in.buf) > 0 {
		values = append(values, in.readValue(depth))
	}
	if in.err != nil {
		c.err = in.err
		return nil
	}
	return values
}

func (c *codec) readValue(depth int) any {
	var kind uint8
	c.octet(&kind)
	if c.err != nil {
		return nil
	}
	if size := fixed(kind); size >= 0 {
		return readFixed(kind, c.take(size))
	}
	switch kind {
	case 'S':
		return string(c.bytes())
	case 'x':
		return append([]byte{}, c.bytes()...)
	case 'A':
		return c.readArray(depth + 1)
	case 'F':
		return c.readTable(depth + 1)
	}
	c.fail("a field of the type %q", kind)
	return nil
}

// bytes takes what has its length before it, without a copy.
func (c *codec) bytes() []byte {
	var n uint32
	c.long(&n)
	if uint64(n) > uint64(len(c.buf)) {
		c.fail("a string of %d bytes, %d left", n, len(c.buf))
		return nil
	}
	return c.take(int(n))
}

// fixed is the size of the values of a type, in bytes; -1 when they have their length before them, or when there is no such type.
func fixed(kind uint8) int {
	switch kind {
	case 'V':
		return 0
	case 't', 'b', 'B':
		return 1
	case 's', 'u':
		return 2
	case 'I', 'i', 'f':
		return 4
	case 'D':
		return 5
	case 'l', 'd', 'T':
		return 8
	}
	return -1
}

func readFixed(kind uint8, b []byte) any {
	be := binary.BigEndian
	if b == nil {
		return nil
	}
	switch kind {
	case 't':
		return b[0] != 0
	case 'b':
		return int8(b[0])
	case 'B':
		return b[0]
	case 's':
		return int16(be.Uint16(b))
	case 'u':
		return be.Uint16(b)
	case 'I':
		return int32(be.Uint32(b))
	case 'i':
		return be.Uint32(b)
	case 'l':
		return int64(be.Uint64(b))
	case 'f':
		return math.Float32frombits(be.Uint32(b))
	case 'd':
		return math.Float64frombits(be.Uint64(b))
	case 'D':
		return Decimal{b[0], int32(be.Uint32(b[1:]))}
	case 'T':
		return Timestamp(be.Uint64(b))
	}
	return nil
}

// skipTable goes over a table as readTable does, but keeps nothing.
func (c *codec) skipTable(depth int) {
	in := c.inner(depth)
	for in.err == nil && len(in.buf) > 0 {
		in.reservedStr()
		in.skipValue(depth)
	}
	c.err = in.err
}

func (c *codec) skipValue(depth int) {
	var kind uint8
	c.octet(&kind)
	if size := fixed(kind); size >= 0 {
		c.take(size)
		return
	}
	switch kind {
	case 'S', 'x':
		c.bytes()
	case 'F':
		c.skipTable(depth + 1)
	case 'A':
		in := c.inner(depth + 1)
		for in.err == nil && len(in.buf) > 0 {
			in.skipValue(depth + 1)
		}
		c.err = in.err
	default:
		c.fail("a field of the type %q", kind)
	}
}

// Int gives an integer of any of the types that a table has for it.
func Int(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case int8:
		return int64(v), true
	case uint8:
		return int64(v), true
	case int16:
		return int64(v), true
	case uint16:
		return int64(v), true
	case int32:
		return int64(v), true
	case uint32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}
