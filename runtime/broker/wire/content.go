package wire

import "encoding/binary"

// ClassBasic is the class of all content.
const ClassBasic = 60

// Flags of the properties that a content header has.
const (
	flagContentType = 1 << (15 - iota)
	flagContentEncoding
	flagHeaders
	flagDeliveryMode
	flagPriority
	flagCorrelationID
	flagReplyTo
	flagExpiration
	flagMessageID
	flagTimestamp
	flagType
	flagUserID
	flagAppID
	flagClusterID
	flagsUnknown = 3
)

// Properties are those of a message. A string that is empty, a number that is zero, is not there.
type Properties struct {
	ContentType, ContentEncoding   string
	Headers                        Table // nil when they are not there
	DeliveryMode, Priority         uint8 // DeliveryMode 2 is persistent
	CorrelationID, ReplyTo         string
	Expiration, MessageID          string
	Timestamp                      uint64
	Type, UserID, AppID, ClusterID string
	hasTimestamp, hasMode, hasPrio bool
	hasStrings                     uint16 // flags of strings that are there, though they may be empty
}

// Digest is what a broker wants to know of a message's properties.
type Digest struct {
	Persistent bool
	HasHeaders bool
	// The next two are parts of the bytes that were read.
	Expiration, UserID       []byte
	HasExpiration, HasUserID bool
}

// SplitHeader takes the payload of a header frame apart: the class, the size of the body, the properties in their wire form.
func SplitHeader(payload []byte) (class uint16, size uint64, properties []byte, err error) {
	if len(payload) < 14 {
		return 0, 0, nil, Errorf(SyntaxError, "a content header of %d bytes", len(payload))
	}
	return binary.BigEndian.Uint16(payload), binary.BigEndian.Uint64(payload[4:]), payload[12:], nil
}

// AppendHeader appends a header frame for a body of a size, with properties in their wire form.
func AppendHeader(dst []byte, channel uint16, size uint64, properties []byte) []byte {
	dst = AppendFrameHead(dst, FrameHeader, channel, 12+len(properties))
	dst = binary.BigEndian.AppendUint16(dst, ClassBasic)
	dst = append(dst, 0, 0)
	dst = binary.BigEndian.AppendUint64(dst, size)
	return AppendFrameEnd(append(dst, properties...))
}

// Scan checks properties in their wire form, allocating nothing.
func Scan(properties []byte) (Digest, error) {
	var d Digest
	var flags uint16
	c := codec{buf: properties}
	c.short(&flags)
	if flags&flagsUnknown != 0 {
		c.fail("flags of properties %#x", flags)
	}
	for bit := uint16(flagContentType); bit >= flagClusterID && c.err == nil; bit >>= 1 {
		if flags&bit != 0 {
			c.scan(bit, &d)
		}
	}
	if c.err == nil && len(c.buf) > 0 {
		c.fail("%d bytes after the properties", len(c.buf))
	}
	if c.err != nil {
		return Digest{}, c.err
	}
	return d, nil
}

func (c *codec) scan(bit uint16, d *Digest) {
	switch bit {
	case flagHeaders:
		d.HasHeaders = true
		c.skipTable(0)
	case flagDeliveryMode:
		var mode uint8
		c.octet(&mode)
		d.Persistent = mode == 2
	case flagPriority:
		c.take(1)
	case flagTimestamp:
		c.take(8)
	default:
		var n uint8
		c.octet(&n)
		raw := c.take(int(n))
		switch bit {
		case flagExpiration:
			d.Expiration, d.HasExpiration = raw, true
		case flagUserID:
			d.UserID, d.HasUserID = raw, true
		}
	}
}

// DecodeProperties reads properties from their wire form.
func DecodeProperties(raw []byte) (Properties, error) {
	if _, err := Scan(raw); err != nil {
		return Properties{}, err
	}
	var p Properties
	var flags uint16
	c := codec{buf: raw}
	c.short(&flags)
	p.fields(&c, flags)
	p.hasStrings = flags
	p.hasMode, p.hasPrio, p.hasTimestamp = flags&flagDeliveryMode != 0, flags&flagPriority != 0, flags&flagTimestamp != 0
	if flags&flagHeaders != 0 && p.Headers == nil {
		p.Headers = Table{}
	}
	return p, nil
}

// Append appends the properties in their wire form.
func (p Properties) Append(dst []byte) []byte {
	flags := p.flags()
	c := codec{buf: binary.BigEndian.AppendUint16(dst, flags), encode: true}
	p.fields(&c, flags)
	return c.buf
}

// WithoutExpiration gives the properties of a message that does not expire any more.
func (p Properties) WithoutExpiration() Properties {
	p.Expiration = ""
	p.hasStrings &^= flagExpiration
	return p
}

type stringField struct {
	flag uint16
	at   *string
}

func (p *Properties) strings() [10]stringField {
	return [10]stringField{
		{flagContentType, &p.ContentType},
		{flagContentEncoding, &p.ContentEncoding},
		{flagCorrelationID, &p.CorrelationID},
		{flagReplyTo, &p.ReplyTo},
		{flagExpiration, &p.Expiration},
		{flagMessageID, &p.MessageID},
		{flagType, &p.Type},
		{flagUserID, &p.UserID},
		{flagAppID, &p.AppID},
		{flagClusterID, &p.ClusterID},
	}
}

func (p *Properties) flags() uint16 {
	var flags uint16
	for _, s := range p.strings() {
		if *s.at != "" || p.hasStrings&s.flag != 0 {
			flags |= s.flag
		}
	}
	if p.Headers != nil {
		flags |= flagHeaders
	}
	if p.DeliveryMode != 0 || p.hasMode {
		flags |= flagDeliveryMode
	}
	if p.Priority != 0 || p.hasPrio {
		flags |= flagPriority
	}
	if p.Timestamp != 0 || p.hasTimestamp {
		flags |= flagTimestamp
	}
	return flags
}

// fields goes through those that the flags name, in the order of the protocol.
func (p *Properties) fields(c *codec, flags uint16) {
	all := p.strings()
	text := func(i int) {
		if s := all[i]; flags&s.flag != 0 {
			if c.encode && len(*s.at) > 255 {
				*s.at = (*s.at)[:255]
			}
			c.shortstr(s.at)
		}
	}
	text(0)
	text(1)
	if flags&flagHeaders != 0 {
		c.table(&p.Headers)
	}
	if flags&flagDeliveryMode != 0 {
		c.octet(&p.DeliveryMode)
	}
	if flags&flagPriority != 0 {
		c.octet(&p.Priority)
	}
	for i := 2; i < 6; i++ {
		text(i)
	}
	if flags&flagTimestamp != 0 {
		c.longlong(&p.Timestamp)
	}
	for i := 6; i < 10; i++ {
		text(i)
	}
}
