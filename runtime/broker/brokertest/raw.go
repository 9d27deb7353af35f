package brokertest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// raw is a client that says exactly what a check wants said.
type raw struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
	tune tuning // as agreed
}

// tuning is what a client answers to connection.tune; zero takes what the server proposes, but no heartbeats.
type tuning struct {
	channels  uint16
	frame     uint32
	heartbeat uint16
	slowly    bool // the last word of the greeting comes byte by byte
}

// The kinds of frames; each ends with the byte 0xCE.
const (
	frameMethod    = 1
	frameHeader    = 2
	frameBody      = 3
	frameHeartbeat = 8
	frameEnd       = 0xCE
)

// longstr is a text with a length of four bytes; a string has one of one byte.
type longstr string

// table is the encoded form of a field table, without its length.
type table []byte

var noTable = table{}

// capabilities are those that clients of our time tell: to be told of refused credentials, of cancelled consumers, of a blocked broker.
var capabilities = func() table {
	var fields table
	for _, name := range []string{"authentication_failure_close", "consumer_cancel_notify", "connection.blocked", "basic.nack", "publisher_confirms"} {
		fields = append(append(append(fields, byte(len(name))), name...), 't', 1)
	}
	out := append(table{byte(len("capabilities"))}, "capabilities"...)
	out = append(out, 'F')
	out = binary.BigEndian.AppendUint32(out, uint32(len(fields)))
	return append(out, fields...)
}()

// dialRaw opens a TCP connection and says nothing yet.
func (b *bench) dialRaw(t testing.TB) *raw {
	t.Helper()
	conn, err := net.DialTimeout("tcp", b.Address, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &raw{t: t, conn: conn, in: bufio.NewReader(conn)}
}

// raw connects, to the point where channels can be opened.
func (b *bench) raw(t testing.TB, tune tuning) *raw {
	t.Helper()
	r := b.dialRaw(t)
	r.start("PLAIN", "\x00"+b.User+"\x00"+b.Password)
	m := r.want(0, 10, 30) // tune
	channels, frame := m.uint16(), m.uint32()
	m.uint16()
	if tune.channels == 0 {
		tune.channels = channels
	}
	if tune.frame == 0 {
		tune.frame = frame
	}
	r.tune = tune
	r.call(0, 10, 31, tune.channels, tune.frame, tune.heartbeat)
	open := encodeFrame(frameMethod, 0, encodeMethod(10, 40, "/", "", uint8(0)))
	if tune.slowly {
		for len(open) > 1 {
			r.write(open[:1])
			open = open[1:]
		}
	}
	r.write(open)
	r.want(0, 10, 41)
	return r
}

// start says the protocol header, reads what the server offers, answers with credentials.
func (r *raw) start(mechanism, response string) {
	r.t.Helper()
	r.write([]byte("AMQP\x00\x00\x09\x01"))
	r.want(0, 10, 10)
	r.call(0, 10, 11, capabilities, mechanism, longstr(response), "en_US")
}

func (r *raw) openChannel(n uint16) {
	r.t.Helper()
	r.call(n, 20, 10, "")
	r.want(n, 20, 11)
}

func (r *raw) write(bytes []byte) {
	r.t.Helper()
	if _, err := r.conn.Write(bytes); err != nil {
		r.t.Fatalf("write to the broker: %v", err)
	}
}

// encodeFrame is a whole frame.
func encodeFrame(kind byte, channel uint16, payload []byte) []byte {
	out := []byte{kind}
	out = binary.BigEndian.AppendUint16(out, channel)
	out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
	return append(append(out, payload...), frameEnd)
}

// encodeMethod is the payload of a method frame. Bits travel as the uint8 that holds them.
func encodeMethod(class, method uint16, args ...any) []byte {
	out := binary.BigEndian.AppendUint16(nil, class)
	out = binary.BigEndian.AppendUint16(out, method)
	for _, arg := range args {
		switch v := arg.(type) {
		case uint8:
			out = append(out, v)
		case uint16:
			out = binary.BigEndian.AppendUint16(out, v)
		case uint32:
			out = binary.BigEndian.AppendUint32(out, v)
		case uint64:
			out = binary.BigEndian.AppendUint64(out, v)
		case string:
			out = append(append(out, byte(len(v))), v...)
		case longstr:
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...)
		case table:
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...)
		default:
			panic(fmt.Sprintf("no method has an argument of type %T", arg))
		}
	}
	return out
}

// call sends a method.
func (r *raw) call(channel, class, method uint16, args ...any) {
	r.t.Helper()
	r.write(encodeFrame(frameMethod, channel, encodeMethod(class, method, args...)))
}

// publish sends a message with its frames; flags: 1 is mandatory, 2 immediate.
func (r *raw) publish(channel uint16, exchange, key string, flags uint8, body []byte) {
	r.t.Helper()
	r.call(channel, 60, 40, uint16(0), exchange, key, flags)
	r.header(channel, uint64(len(body)), nil)
	if len(body) > 0 {
		r.body(channel, body)
	}
}

// header announces a body of a size; nil properties are none.
func (r *raw) header(channel uint16, size uint64, properties []byte) {
	r.t.Helper()
	if properties == nil {
		properties = []byte{0, 0}
	}
	payload := binary.BigEndian.AppendUint16(nil, 60)
	payload = binary.BigEndian.AppendUint16(payload, 0)
	payload = binary.BigEndian.AppendUint64(payload, size)
	r.write(encodeFrame(frameHeader, channel, append(payload, properties...)))
}

func (r *raw) body(channel uint16, bytes []byte) {
	r.t.Helper()
	r.write(encodeFrame(frameBody, channel, bytes))
}

// frame is one that the broker sent.
type frame struct {
	kind    byte
	channel uint16
	payload []byte
}

// String is what a failing check shows.
func (f frame) String() string {
	if f.kind == frameMethod && len(f.payload) >= 4 {
		return fmt.Sprintf("method %d.%d on channel %d, %q", binary.BigEndian.Uint16(f.payload), binary.BigEndian.Uint16(f.payload[2:]), f.channel, f.payload[4:])
	}
	return fmt.Sprintf("frame of kind %d on channel %d with %d bytes", f.kind, f.channel, len(f.payload))
}

func (f frame) isMethod(class, method uint16) bool {
	return f.kind == frameMethod && len(f.payload) >= 4 && binary.BigEndian.Uint16(f.payload) == class && binary.BigEndian.Uint16(f.payload[2:]) == method
}

// readFrame reads whatever comes next.
func (r *raw) readFrame() (frame, error) {
	head := make([]byte, 7)
	if _, err := io.ReadFull(r.in, head); err != nil {
		return frame{}, err
	}
	f := frame{kind: head[0], channel: binary.BigEndian.Uint16(head[1:]), payload: make([]byte, binary.BigEndian.Uint32(head[3:]))}
	if _, err := io.ReadFull(r.in, f.payload); err != nil {
		return frame{}, err
	}
	end, err := r.in.ReadByte()
	if err == nil && end != frameEnd {
		err = fmt.Errorf("a frame of the broker ends with %#x", end)
	}
	return f, err
}

// read reads the next frame that is not a heartbeat.
func (r *raw) read() frame {
	r.t.Helper()
	for {
		f, err := r.readFrame()
		if err != nil {
			r.t.Fatalf("read a frame of the broker: %v", err)
		}
		if f.kind != frameHeartbeat {
			return f
		}
	}
}

// want reads the next frame, which must be this method, and gives its arguments.
func (r *raw) want(channel, class, method uint16) *arguments {
	r.t.Helper()
	f := r.read()
	if f.channel != channel || !f.isMethod(class, method) {
		r.t.Fatalf("got the %v; want the method %d.%d on channel %d", f, class, method, channel)
	}
	return &arguments{f.payload[4:]}
}

// content reads the header and the body that follow a method.
func (r *raw) content(channel uint16) []byte {
	r.t.Helper()
	head := r.read()
	if head.kind != frameHeader || head.channel != channel {
		r.t.Fatalf("got the %v; want a header", head)
	}
	size := binary.BigEndian.Uint64(head.payload[4:])
	var body []byte
	for uint64(len(body)) < size {
		f := r.read()
		if f.kind != frameBody || f.channel != channel {
			r.t.Fatalf("got the %v; want a body", f)
		}
		body = append(body, f.payload...)
	}
	return body
}

// ends waits until the broker closes the TCP connection, whatever it says before.
func (r *raw) ends() error {
	for {
		if _, err := r.readFrame(); err != nil {
			var slow net.Error
			if errors.As(err, &slow) && slow.Timeout() {
				return errors.New("the broker keeps the connection open")
			}
			return nil
		}
	}
}

// arguments are those of a method, taken one by one.
type arguments struct{ rest []byte }

func (a *arguments) take(n int) []byte {
	out := make([]byte, n) // zeros when there are not as many
	a.rest = a.rest[copy(out, a.rest):]
	return out
}

func (a *arguments) uint8() uint8   { return a.take(1)[0] }
func (a *arguments) uint16() uint16 { return binary.BigEndian.Uint16(a.take(2)) }
func (a *arguments) uint32() uint32 { return binary.BigEndian.Uint32(a.take(4)) }
func (a *arguments) uint64() uint64 { return binary.BigEndian.Uint64(a.take(8)) }
func (a *arguments) shortstr() string {
	return string(a.take(int(a.uint8())))
}
