package wire

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"
	"testing/iotest"
)

var everything = Table{
	{"t", true},
	{"f", false},
	{"b", int8(-1)},
	{"B", uint8(255)},
	{"s", int16(-2)},
	{"u", uint16(65535)},
	{"I", int32(-3)},
	{"i", uint32(math.MaxUint32)},
	{"l", int64(math.MinInt64)},
	{"float", float32(1.5)},
	{"double", math.Pi},
	{"D", Decimal{2, -314}},
	{"S", "text"},
	{"x", []byte{0, 1}},
	{"T", Timestamp(1)},
	{"V", nil},
	{"F", Table{{"inner", "one"}}},
	{"A", []any{int32(1), "two", Table{{"three", nil}}, []any{}}},
}

// Every type of a field comes back as it went (messaging.md 15.4: headers).
func TestTableOfAllTypes(t *testing.T) {
	got, err := DecodeTable(everything.Append(nil))
	if err != nil || !reflect.DeepEqual(got, everything) {
		t.Errorf("%v\n got %v\nwant %v", err, got, everything)
	}
	c := codec{buf: everything.Append(nil)}
	if c.skipTable(0); c.err != nil || len(c.buf) > 0 {
		t.Errorf("going over it: %v, %d bytes left", c.err, len(c.buf))
	}
}

// filled makes a method whose fields are all set.
func filled(make func() Method) Method {
	m := make()
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case string:
			f.SetString("name")
		case []byte:
			f.SetBytes([]byte("bytes"))
		case bool:
			f.SetBool(i%2 == 0)
		case Table:
			f.Set(reflect.ValueOf(everything))
		default:
			f.SetUint(uint64(i) + 7)
		}
	}
	return m
}

func TestEveryMethodComesBack(t *testing.T) {
	for id, make := range blanks {
		m := filled(make)
		raw, err := AppendMethod(nil, 3, m)
		if err != nil || m.ID() != id {
			t.Fatalf("%T: %v", m, err)
		}
		f, err := NewReader(bytes.NewReader(raw), 1<<16).Next()
		if err != nil || f.Type != FrameMethod || f.Channel != 3 {
			t.Fatalf("%T: %v %v", m, f, err)
		}
		got, err := new(Decoder).Method(f.Payload)
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%T: %v\n got %v\nwant %v", m, err, got, m)
		}
		for n := range len(f.Payload) {
			if _, err := new(Decoder).Method(f.Payload[:n]); err == nil {
				t.Errorf("%T: %d of %d bytes are enough", m, n, len(f.Payload))
			}
		}
	}
}

func TestUnknownMethodHasItsCode(t *testing.T) {
	_, err := new(Decoder).Method([]byte{0, 60, 0, 99})
	if e := (*Error)(nil); !errors.As(err, &e) || e.Code != CommandInvalid || e.Method != 60<<16|99 || !e.Hard() {
		t.Errorf("%v", err)
	}
}

func TestPropertiesComeBack(t *testing.T) {
	full := Properties{
		ContentType: "a", ContentEncoding: "b", Headers: everything, DeliveryMode: 2, Priority: 3, CorrelationID: "c", ReplyTo: "d",
		Expiration: "5000", MessageID: "e", Timestamp: 7, Type: "f", UserID: "u", AppID: "g", ClusterID: "h",
	}
	for _, p := range []Properties{full, {}, {Headers: Table{}}, {Expiration: "1", UserID: "me"}} {
		raw := p.Append(nil)
		got, err := DecodeProperties(raw)
		if err != nil || !bytes.Equal(got.Append(nil), raw) || !reflect.DeepEqual(got.Headers, p.Headers) || got.Expiration != p.Expiration || got.ClusterID != p.ClusterID {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, p)
		}
		d, err := Scan(raw)
		if err != nil || string(d.Expiration) != p.Expiration || string(d.UserID) != p.UserID || d.Persistent != (p.DeliveryMode == 2) || d.HasHeaders != (p.Headers != nil) {
			t.Errorf("%v: %+v of %+v", err, d, p)
		}
	}
	if p := full.WithoutExpiration(); p.Expiration != "" || p.ClusterID != "h" {
		t.Errorf("%+v", p)
	}
}

func TestReaderTakesFramesInAnyPieces(t *testing.T) {
	var stream []byte
	sizes := []int{0, 1, 4000, 5000, 100_000, 3, 70_000, 0}
	for i, n := range sizes {
		stream = AppendFrame(stream, FrameBody, uint16(i), bytes.Repeat([]byte{byte(i)}, n))
	}
	for name, src := range map[string]io.Reader{
		"whole": bytes.NewReader(stream), "bytes": iotest.OneByteReader(bytes.NewReader(stream)), "halves": iotest.HalfReader(bytes.NewReader(stream)),
	} {
		r := NewReader(src, 128<<10)
		for i, n := range sizes {
			f, err := r.Next()
			if err != nil || f.Channel != uint16(i) || len(f.Payload) != n || bytes.Count(f.Payload, []byte{byte(i)}) != n {
				t.Fatalf("%s: frame %d: %v", name, i, err)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%s: the end is %v", name, err)
		}
	}
}

// A buffer that was needed for large frames is given back when small ones come.
func TestReaderGivesMemoryBack(t *testing.T) {
	src := &oneByOne{}
	src.frames = append(src.frames, AppendFrame(nil, FrameBody, 1, make([]byte, 60_000)))
	for range 2000 {
		src.frames = append(src.frames, AppendFrame(nil, FrameHeartbeat, 0, nil))
	}
	r := NewReader(src, 128<<10)
	for range src.frames {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.buf) > firstRead {
		t.Errorf("it keeps %d bytes", len(r.buf))
	}
}

// oneByOne gives a frame with each read.
type oneByOne struct{ frames [][]byte }

func (s *oneByOne) Read(p []byte) (int, error) {
	n := copy(p, s.frames[0])
	if s.frames[0] = s.frames[0][n:]; len(s.frames[0]) == 0 {
		s.frames = append([][]byte(nil), s.frames[1:]...)
	}
	return n, nil
}

func TestReaderRefusesBadFrames(t *testing.T) {
	wrongEnd := AppendFrame(nil, FrameMethod, 0, []byte("abcd"))
	wrongEnd[len(wrongEnd)-1] = 0
	for name, raw := range map[string][]byte{"too large": AppendFrame(nil, FrameBody, 1, make([]byte, 4096)), "wrong end": wrongEnd} {
		_, err := NewReader(bytes.NewReader(raw), 4096).Next()
		if e := (*Error)(nil); !errors.As(err, &e) || e.Code != FrameError {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewReader(bytes.NewReader(wrongEnd[:5]), 4096).Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a frame: %v", err)
	}
}

// Tables in tables have an end, so that nobody can exhaust the stack.
func TestTablesAreNotTooDeep(t *testing.T) {
	deep := Table{}
	for range 2 * maxDepth {
		deep = Table{{"t", deep}}
	}
	raw := deep.Append(nil)
	if _, err := DecodeTable(raw); err == nil {
		t.Error("it is read")
	}
	c := codec{buf: raw}
	if c.skipTable(0); c.err == nil {
		t.Error("it is gone over")
	}
}

// FuzzFrames feeds a stream to everything that reads: nothing panics, what is read is written as it was understood, the two ways to
// read properties agree.
func FuzzFrames(f *testing.F) {
	var stream []byte
	for _, make := range blanks {
		raw, err := AppendMethod(nil, 1, filled(make))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		stream = append(stream, raw...)
	}
	f.Add(stream)
	f.Add(AppendHeader(nil, 1, 5, Properties{Headers: everything, Expiration: "1", UserID: "u"}.Append(nil)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := NewReader(bytes.NewReader(raw), 64<<10)
		var d Decoder
		for {
			frame, err := r.Next()
			if err != nil {
				return
			}
			switch frame.Type {
			case FrameMethod:
				again(t, &d, frame.Payload)
			case FrameHeader:
				properties(t, frame.Payload)
			}
		}
	})
}

func again(t *testing.T, d *Decoder, payload []byte) {
	m, err := d.Method(payload)
	if err != nil {
		return
	}
	raw, err := AppendMethod(nil, 0, m)
	if err != nil {
		t.Fatalf("%+v cannot be written: %v", m, err)
	}
	m2, err := new(Decoder).Method(raw[7 : len(raw)-1])
	if err != nil {
		t.Fatalf("%+v cannot be read again: %v", m, err)
	}
	raw2, err := AppendMethod(nil, 0, m2)
	if err != nil || !bytes.Equal(raw, raw2) {
		t.Fatalf("%+v became %+v", m, m2)
	}
}

func properties(t *testing.T, payload []byte) {
	_, _, raw, err := SplitHeader(payload)
	if err != nil {
		return
	}
	_, scanned := Scan(raw)
	p, decoded := DecodeProperties(raw)
	if (scanned == nil) != (decoded == nil) {
		t.Fatalf("scan: %v, decode: %v", scanned, decoded)
	}
	if decoded != nil {
		return
	}
	first := p.Append(nil)
	q, err := DecodeProperties(first)
	if err != nil || !bytes.Equal(q.Append(nil), first) {
		t.Fatalf("%v: %+v became %+v", err, p, q)
	}
}

func BenchmarkPublishIn(b *testing.B) {
	raw, err := AppendMethod(nil, 1, &BasicPublish{Exchange: "rbc.default.app.shop", RoutingKey: "import.MySQL", Mandatory: true})
	if err != nil {
		b.Fatal(err)
	}
	payload := raw[7 : len(raw)-1]
	props := Properties{ContentType: "application/json", DeliveryMode: 2, MessageID: "0197a1f0-6f3e-7c21-9a57-2f1d0c9be001", Headers: Table{{"a", "b"}}}.Append(nil)
	var d Decoder
	for b.Loop() {
		if _, err := d.Method(payload); err != nil {
			b.Fatal(err)
		}
		if _, err := Scan(props); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
}

func BenchmarkDeliverOut(b *testing.B) {
	m := &BasicDeliver{ConsumerTag: "ctag", DeliveryTag: 1, Exchange: "rbc.default.app.shop", RoutingKey: "import.MySQL"}
	var buf []byte
	for b.Loop() {
		var err error
		if buf, err = AppendMethod(buf[:0], 1, m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
}
