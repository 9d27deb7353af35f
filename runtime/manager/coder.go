package manager

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

// coder writes values, or reads them back: one walk over a value serves both, so that they cannot differ. What is written is not touched:
// a mind that goes on meanwhile shares parts of it. Numbers are varints, texts have their length in front. The first thing that is wrong is kept; after it, everything reads as zero.
type coder struct {
	b       []byte // written, or still to be read
	reading bool
	format  int               // of what is read
	words   map[string]string // texts that come often: read once
	err     error
}

var errCut = errors.New("it ends in the middle")

func (c *coder) fail(err error) {
	if c.err == nil {
		c.err, c.b = err, nil
	}
}

func (c *coder) uint(n *uint64) {
	if !c.reading {
		c.b = binary.AppendUvarint(c.b, *n)
		return
	}
	v, size := binary.Uvarint(c.b)
	if size <= 0 {
		*n = 0
		c.fail(errCut)
		return
	}
	*n, c.b = v, c.b[size:]
}

func number[T ~int | ~int32 | ~int64](c *coder, n *T) {
	v := uint64(int64(*n)<<1) ^ uint64(int64(*n)>>63)
	c.uint(&v)
	if !c.reading {
		return
	}
	back := int64(v>>1) ^ -int64(v&1)
	if *n = T(back); int64(*n) != back {
		*n = 0
		c.fail(fmt.Errorf("%d is too large a number", back))
	}
}

// small is a value of an enumeration with so many members.
func small[T ~uint8](c *coder, v *T, members int) {
	n := uint64(*v)
	c.uint(&n)
	if n >= uint64(members) {
		c.fail(fmt.Errorf("%d is none of %d values", n, members))
		n = 0
	}
	if c.reading {
		*v = T(n)
	}
}

func (c *coder) flags(list ...*bool) {
	var bits uint64
	for i, f := range list {
		if *f {
			bits |= 1 << i
		}
	}
	c.uint(&bits)
	if !c.reading {
		return
	}
	for i, f := range list {
		*f = bits&(1<<i) != 0
	}
}

// size is the length of what follows, each item of which takes a byte at least.
func (c *coder) size(n int) int {
	v := uint64(n)
	c.uint(&v)
	if c.reading && v > uint64(len(c.b)) {
		c.fail(errCut)
		return 0
	}
	return int(v)
}

func (c *coder) bytes(b *[]byte) {
	n := c.size(len(*b))
	if !c.reading {
		c.b = append(c.b, *b...)
		return
	}
	if *b = nil; n > 0 {
		*b = slices.Clone(c.b[:n])
		c.b = c.b[n:]
	}
}

func (c *coder) text(s *string) {
	n := c.size(len(*s))
	if !c.reading {
		c.b = append(c.b, *s...)
		return
	}
	*s = string(c.b[:n])
	c.b = c.b[n:]
}

// word is a text that comes often.
func (c *coder) word(s *string) {
	if !c.reading {
		c.text(s)
		return
	}
	n := c.size(0)
	known, ok := c.words[string(c.b[:n])]
	if !ok {
		if c.words == nil {
			c.words = map[string]string{}
		}
		known = string(c.b[:n])
		c.words[known] = known
	}
	*s, c.b = known, c.b[n:]
}

// time keeps moments to the nanosecond, in UTC; the zero time is kept as such.
func (c *coder) time(t *time.Time) {
	var seconds, nanos int64
	if !t.IsZero() {
		seconds, nanos = t.Unix(), int64(t.Nanosecond())+1
	}
	number(c, &seconds)
	number(c, &nanos)
	if !c.reading {
		return
	}
	if *t = (time.Time{}); nanos > 0 && nanos <= int64(time.Second) {
		*t = time.Unix(seconds, nanos-1).UTC()
	}
}

func list[T any](c *coder, l *[]T, each func(*T)) {
	n := c.size(len(*l))
	if c.reading {
		if *l = nil; n > 0 {
			*l = make([]T, 0, min(n, 1<<16))
		}
	}
	for i := 0; i < n && c.err == nil; i++ {
		if c.reading {
			var zero T
			*l = append(*l, zero)
		}
		each(&(*l)[i])
	}
}

func (c *coder) texts(l *[]string) { list(c, l, c.text) }

// table is a map by text, in alphabetical order. It reads an empty one as nil.
func table[V any](c *coder, m *map[string]V, each func(*V)) {
	keys := slices.Sorted(maps.Keys(*m))
	n := c.size(len(keys))
	if c.reading {
		if *m = nil; n > 0 {
			*m = make(map[string]V, min(n, 1<<16))
		}
	}
	for i := 0; i < n && c.err == nil; i++ {
		var key string
		var value V
		if !c.reading {
			key = keys[i]
			value = (*m)[key]
		}
		c.text(&key)
		each(&value)
		if c.reading {
			(*m)[key] = value
		}
	}
}

func (c *coder) set(m *map[string]struct{}) { table(c, m, func(*struct{}) {}) }

// optional is a pointer that may be nil.
func optional[T any](c *coder, p **T, each func(*T)) {
	there := *p != nil
	c.flags(&there)
	if c.reading {
		if *p = nil; there && c.err == nil {
			*p = new(T)
		}
	}
	if *p != nil {
		each(*p)
	}
}

// wire is how whole messages are kept.
var wire = message.Codec{MaxBytes: message.HardMaxBytes}

// envelope keeps a message in the form in which it travels.
func (c *coder) envelope(e **message.Envelope) {
	var data []byte
	if !c.reading {
		encoded, err := wire.Encode(*e)
		if err != nil {
			c.fail(err)
			return
		}
		data = encoded
	}
	c.bytes(&data)
	if c.reading && c.err == nil {
		decoded, err := wire.Decode(data)
		if err != nil {
			c.fail(err)
			return
		}
		*e = decoded
	}
}

// bodyID stands for the id of a message that has none yet.
const bodyID = "00000000-0000-8000-8000-000000000000"

// body keeps a message that was not sent yet.
func (c *coder) body(b *message.Body) {
	e := &message.Envelope{
		ID: bodyID, Domain: "-", Body: *b, From: message.From{Kind: message.FromManager, Epoch: "-", Seq: 1},
	}
	c.envelope(&e)
	if c.reading && c.err == nil {
		*b = e.Body
	}
}
