package wire

import (
	"encoding/binary"
	"math"
)

// maxDepth is how deep tables and arrays may stand in one another.
const maxDepth = 64

// codec goes through the fields of a method in either direction, so that there is one description of each.
type codec struct {
	buf    []byte // what is left to read, or what is written
	encode bool
	err    *Error
}

func (c *codec) fail(format string, args ...any) {
	if c.err == nil {
		c.err = Errorf(SyntaxError, format, args...)
	}
}

// take gives the next n bytes, nil when they are not there.
func (c *codec) take(n int) []byte {
	if c.err != nil || n < 0 || n > len(c.buf) {
		c.fail("%d bytes expected, %d left", n, len(c.buf))
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

func (c *codec) octet(v *uint8) {
	if c.encode {
		c.buf = append(c.buf, *v)
	} else if b := c.take(1); b != nil {
		*v = b[0]
	}
}

func (c *codec) short(v *uint16) {
	if c.encode {
		c.buf = binary.BigEndian.AppendUint16(c.buf, *v)
	} else if b := c.take(2); b != nil {
		*v = binary.BigEndian.Uint16(b)
	}
}

func (c *codec) long(v *uint32) {
	if c.encode {
		c.buf = binary.BigEndian.AppendUint32(c.buf, *v)
	} else if b := c.take(4); b != nil {
		*v = binary.BigEndian.Uint32(b)
	}
}

func (c *codec) longlong(v *uint64) {
	if c.encode {
		c.buf = binary.BigEndian.AppendUint64(c.buf, *v)
	} else if b := c.take(8); b != nil {
		*v = binary.BigEndian.Uint64(b)
	}
}

// shortstr keeps the string that is there when it is equal: a method that is read again and again allocates nothing.
func (c *codec) shortstr(v *string) {
	if c.encode {
		if len(*v) > math.MaxUint8 {
			c.fail("a short string of %d bytes", len(*v))
			return
		}
		c.buf = append(append(c.buf, uint8(len(*v))), *v...)
		return
	}
	var n uint8
	c.octet(&n)
	if b := c.take(int(n)); c.err == nil && string(b) != *v {
		*v = string(b)
	}
}

func (c *codec) longstr(v *[]byte) {
	n := uint32(len(*v))
	c.long(&n)
	if c.encode {
		c.buf = append(c.buf, *v...)
		return
	}
	if uint64(n) > uint64(len(c.buf)) {
		c.fail("a string of %d bytes, %d left", n, len(c.buf))
		return
	}
	*v = append([]byte(nil), c.take(int(n))...)
}

// bits are up to eight flags in one byte, the first in the lowest bit.
func (c *codec) bits(flags ...*bool) {
	var b uint8
	if c.encode {
		for i, f := range flags {
			if *f {
				b |= 1 << i
			}
		}
	}
	c.octet(&b)
	if !c.encode {
		for i, f := range flags {
			*f = b&(1<<i) != 0
		}
	}
}

// reserved fields are zero when written, ignored when read.
func (c *codec) reserved16() {
	var v uint16
	c.short(&v)
}

func (c *codec) reservedStr() {
	if c.encode {
		c.buf = append(c.buf, 0)
		return
	}
	var n uint8
	c.octet(&n)
	c.take(int(n))
}

func (c *codec) table(v *Table) {
	if c.encode {
		c.buf = v.Append(c.buf)
		return
	}
	*v = c.readTable(0)
}
