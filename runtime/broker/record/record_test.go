package record

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

var args = wire.Table{{Name: "x-queue-type", Value: "quorum"}, {Name: "n", Value: int64(5)}}

var samples = []any{
	Exchange{"x", "topic", true, false, "alt"},
	ExchangeGone{"x"},
	Queue{7, "q", true, args},
	QueueGone{1 << 40},
	Binding{false, "x", "q", "k.#", false, args},
	Binding{true, "x", "y", "", true, nil},
	User{"u", []byte("salt"), []byte("hash"), "c", "w", ""},
	UserGone{"u"},
	&Message{"x", "k", []byte{0, 0}, []byte("body"), []Ref{{1, 2, 3, 4, true}, {5, 6, 0, 0, false}}},
	Removed{1, 2},
	Delivered{3, 4},
	Returned{5, 6, 7},
}

func TestEveryRecordComesBack(t *testing.T) {
	for _, rec := range samples {
		raw := Append(nil, rec)
		got, err := Decode(raw)
		if err != nil || !reflect.DeepEqual(got, rec) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, rec)
		}
		for n := range len(raw) {
			if got, err := Decode(raw[:n]); err == nil {
				t.Errorf("%T: %d of %d bytes are enough: %v", rec, n, len(raw), got)
			}
		}
		if _, err := Decode(append(raw, 0)); err == nil {
			t.Errorf("%T: one byte too many", rec)
		}
	}
	if _, err := Decode([]byte{99}); err == nil {
		t.Error("an unknown kind is read")
	}
}

// FuzzDecode: no panic; what is read is written so that it is read alike.
func FuzzDecode(f *testing.F) {
	for _, rec := range samples {
		f.Add(Append(nil, rec))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rec, err := Decode(raw)
		if err != nil {
			return
		}
		first := Append(nil, rec)
		again, err := Decode(first)
		if err != nil || !bytes.Equal(Append(nil, again), first) {
			t.Fatalf("%v: %+v became %+v", err, rec, again)
		}
	})
}
