// Package wire is the form of AMQP 0-9-1 on a connection: frames, methods, field tables, content headers.
//
// It decides nothing. What cannot be read is an *Error with the code that the protocol has for it.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Kinds of frames.
const (
	FrameMethod    = 1
	FrameHeader    = 2
	FrameBody      = 3
	FrameHeartbeat = 8
)

// Sizes, in bytes.
const (
	frameEnd  = 0xCE
	Overhead  = 8    // of a frame around its payload
	MinFrame  = 4096 // every peer takes frames of this size
	firstRead = 4 << 10
	mostRead  = 64 << 10
)

// ProtocolHeader is what a client says first, or what it is answered when it said something else.
const ProtocolHeader = "AMQP\x00\x00\x09\x01"

// Codes of replies: the first group ends a channel, the second one a connection.
const (
	ReplySuccess       = 200
	ContentTooLarge    = 311
	NoRoute            = 312
	NoConsumers        = 313
	AccessRefused      = 403
	NotFound           = 404
	ResourceLocked     = 405
	PreconditionFailed = 406

	ConnectionForced = 320
	InvalidPath      = 402
	FrameError       = 501
	SyntaxError      = 502
	CommandInvalid   = 503
	ChannelError     = 504
	UnexpectedFrame  = 505
	ResourceError    = 506
	NotAllowed       = 530
	NotImplemented   = 540
	InternalError    = 541
)

var codeNames = map[uint16]string{
	ContentTooLarge: "CONTENT_TOO_LARGE", NoRoute: "NO_ROUTE", NoConsumers: "NO_CONSUMERS", AccessRefused: "ACCESS_REFUSED",
	NotFound: "NOT_FOUND", ResourceLocked: "RESOURCE_LOCKED", PreconditionFailed: "PRECONDITION_FAILED",
	ConnectionForced: "CONNECTION_FORCED", InvalidPath: "INVALID_PATH", FrameError: "FRAME_ERROR", SyntaxError: "SYNTAX_ERROR",
	CommandInvalid: "COMMAND_INVALID", ChannelError: "CHANNEL_ERROR", UnexpectedFrame: "UNEXPECTED_FRAME",
	ResourceError: "RESOURCE_ERROR", NotAllowed: "NOT_ALLOWED", NotImplemented: "NOT_IMPLEMENTED", InternalError: "INTERNAL_ERROR",
}

// Error is a breach of the protocol, or a request that is refused, as the peer is told of it.
type Error struct {
	Code   uint16
	Text   string
	Method ID // that was the cause; 0 when there is none
}

// Errorf makes an Error whose text begins with the name of its code.
func Errorf(code uint16, format string, args ...any) *Error {
	return &Error{Code: code, Text: codeNames[code] + " - " + fmt.Sprintf(format, args...)}
}

// Error is the code with its text.
func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Text) }

// Hard says that the error ends the connection, not only a channel.
func (e *Error) Hard() bool {
	switch e.Code {
	case ContentTooLarge, NoRoute, NoConsumers, AccessRefused, NotFound, ResourceLocked, PreconditionFailed:
		return false
	}
	return true
}

// Frame is a unit of the connection. Payload is valid until the next one is read.
type Frame struct {
	Type    uint8
	Channel uint16
	Payload []byte
}

// Reader takes frames out of a stream. Its buffer grows with what comes at once, shrinks when little comes.
type Reader struct {
	// Max is the largest frame that is taken, payload with overhead; it may be changed between two frames.
	Max int

	src    io.Reader
	buf    []byte
	r, w   int
	little int // reads, one after another, that needed a small part of the buffer
}

// NewReader reads frames from a stream.
func NewReader(src io.Reader, maxFrame int) *Reader {
	return &Reader{Max: maxFrame, src: src, buf: make([]byte, firstRead)}
}

// Bytes takes exactly n bytes that are no frame, such as the protocol header.
func (f *Reader) Bytes(n int) ([]byte, error) {
	if err := f.fill(n); err != nil {
		return nil, err
	}
	f.r += n
	return f.buf[f.r-n : f.r], nil
}

// Next takes a frame. io.EOF is the end of the stream between two frames.
func (f *Reader) Next() (Frame, error) {
	if err := f.fill(7); err != nil {
		return Frame{}, err
	}
	head := f.buf[f.r:]
	size := binary.BigEndian.Uint32(head[3:])
	if uint64(size)+Overhead > uint64(f.Max) {
		return Frame{}, Errorf(FrameError, "a frame of %d bytes is larger than the agreed %d", uint64(size)+Overhead, f.Max)
	}
	whole := int(size) + Overhead
	if err := f.fill(whole); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Frame{}, err
	}
	raw := f.buf[f.r : f.r+whole]
	if raw[whole-1] != frameEnd {
		return Frame{}, Errorf(FrameError, "a frame ends with the byte %d, not %d", raw[whole-1], frameEnd)
	}
	f.r += whole
	return Frame{Type: raw[0], Channel: binary.BigEndian.Uint16(raw[1:]), Payload: raw[7 : whole-1]}, nil
}

// fill makes n bytes be in the buffer.
func (f *Reader) fill(n int) error {
	if f.w-f.r >= n {
		return nil
	}
	f.resize(n)
	for f.w-f.r < n {
		got, err := f.src.Read(f.buf[f.w:])
		f.w += got
		f.note(got)
		if err != nil && f.w-f.r < n {
			if errors.Is(err, io.EOF) && f.w > f.r {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

// resize makes room for n bytes from r on.
func (f *Reader) resize(n int) {
	size := len(f.buf)
	switch {
	case n > size:
		size = max(n, min(2*size, mostRead))
	case f.little < 0:
		size = max(size, min(2*size, mostRead))
	case f.little > 64 && size > firstRead:
		size = max(n, f.w-f.r, size/2)
	}
	if size == len(f.buf) {
		if f.r > 0 && len(f.buf)-f.r < max(n, len(f.buf)/2) {
			copy(f.buf, f.buf[f.r:f.w])
			f.r, f.w = 0, f.w-f.r
		}
		return
	}
	next := make([]byte, size)
	f.w = copy(next, f.buf[f.r:f.w])
	f.buf, f.r, f.little = next, 0, 0
}

// note remembers how well the buffer fits: negative when it was filled to its end.
func (f *Reader) note(got int) {
	switch {
	case f.w == len(f.buf):
		f.little = -1
	case got < len(f.buf)/4:
		f.little = max(0, f.little) + 1
	default:
		f.little = 0
	}
}

// AppendFrame appends a frame.
func AppendFrame(dst []byte, kind uint8, channel uint16, payload []byte) []byte {
	dst = AppendFrameHead(dst, kind, channel, len(payload))
	dst = append(dst, payload...)
	return append(dst, frameEnd)
}

// AppendFrameHead appends what comes before the payload of a frame; AppendFrameEnd what comes after it.
func AppendFrameHead(dst []byte, kind uint8, channel uint16, size int) []byte {
	dst = append(dst, kind)
	dst = binary.BigEndian.AppendUint16(dst, channel)
	return binary.BigEndian.AppendUint32(dst, uint32(size))
}

// AppendFrameEnd appends the end of a frame.
func AppendFrameEnd(dst []byte) []byte { return append(dst, frameEnd) }

// AppendMethod appends a frame with a method. Only a string that is too long is an error.
func AppendMethod(dst []byte, channel uint16, m Method) ([]byte, error) {
	at := len(dst)
	dst = AppendFrameHead(dst, FrameMethod, channel, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(m.ID()))
	c := codec{buf: dst, encode: true}
	m.fields(&c)
	if c.err != nil {
		return dst[:at], c.err
	}
	binary.BigEndian.PutUint32(c.buf[at+3:], uint32(len(c.buf)-at-7))
	return append(c.buf, frameEnd), nil
}
