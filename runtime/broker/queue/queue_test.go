package queue

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// taker takes as many messages as it has room for.
type taker struct {
	room, priority int
}

func (t *taker) CanTake() bool { return t.room > 0 }
func (t *taker) Priority() int { return t.priority }

func list(q *Queue[int, *taker]) (out []int) {
	q.Each(func(e *Entry[int]) { out = append(out, e.Msg) })
	return out
}

// Order is the order of publication, also after messages came back in any order (messaging.md 15.4, MS-74).
func TestOrderStaysWhateverComesBack(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	q := New[int, *taker](Unlimited())
	var waiting []int
	var out []*Entry[int]
	bytes := int64(0)
	for n := range 20_000 {
		switch k := chance.IntN(10); {
		case k < 4:
			q.Push(0, n, int64(n%7), 0)
			waiting = append(waiting, n)
			bytes += int64(n % 7)
		case k < 7 && len(waiting) > 0:
			e := q.Pop()
			if e.Msg != waiting[0] {
				t.Fatalf("%d comes, want %d", e.Msg, waiting[0])
			}
			waiting = waiting[1:]
			out = append(out, e)
			bytes -= e.Size
		case len(out) > 0:
			i := chance.IntN(len(out))
			e := out[i]
			out = slices.Delete(out, i, i+1)
			if chance.IntN(2) == 0 { // acknowledged
				continue
			}
			if !q.Requeue(e) {
				t.Fatal("it is given up")
			}
			at, _ := slices.BinarySearch(waiting, e.Msg)
			waiting = slices.Insert(waiting, at, e.Msg)
			bytes += e.Size
		}
		if q.Len() != len(waiting) || q.Bytes() != bytes {
			t.Fatalf("%d messages, %d bytes; want %d, %d", q.Len(), q.Bytes(), len(waiting), bytes)
		}
	}
	if got := list(q); !slices.Equal(got, waiting) {
		t.Errorf("the order is %v, want %v", got, waiting)
	}
}

func TestLimits(t *testing.T) {
	s := Unlimited()
	s.MaxLength = 2
	q := New[int, *taker](s)
	for n := range 3 {
		q.Push(0, n, 1, 0)
	}
	if e := q.Overflow(); e == nil || e.Msg != 0 || q.Overflow() != nil {
		t.Errorf("the oldest goes: %v", e)
	}
	s.Reject, s.MaxLength, s.MaxBytes = true, -1, 10
	q = New[int, *taker](s)
	q.Push(0, 1, 9, 0)
	if q.Full() {
		t.Error("9 of 10 bytes are not all")
	}
	q.Push(0, 2, 9, 0)
	if !q.Full() || q.Overflow() != nil {
		t.Error("it refuses, it drops nothing")
	}
}

func TestExpiry(t *testing.T) {
	s := Unlimited()
	s.TTL = 100
	q := New[int, *taker](s)
	q.Push(0, 1, 0, 0)
	q.Push(50, 2, 0, 60) // behind the first one, though its own time is sooner
	if q.Deadline() != 100 || q.Expired(99) != nil {
		t.Error("too early")
	}
	if a, b := q.Expired(100), q.Expired(100); a == nil || b == nil || b.Msg != 2 {
		t.Error("both are over")
	}
	if q.Push(0, 3, 0, 200).Expires != 100 || q.Push(0, 4, 0, 20).Expires != 20 {
		t.Error("the sooner of both counts")
	}
}

func TestDeliveryLimit(t *testing.T) {
	s := Unlimited()
	s.MaxReturns = 2
	q := New[int, *taker](s)
	q.Push(0, 1, 0, 0)
	for range 2 {
		if !q.Requeue(q.Pop()) {
			t.Fatal("given up too early")
		}
	}
	if q.Requeue(q.Pop()) || q.Len() != 0 {
		t.Error("it comes back for ever")
	}
}

func TestTurns(t *testing.T) {
	fill := func(s Settings) *Queue[int, *taker] {
		q := New[int, *taker](s)
		for n := range 9 {
			q.Push(0, n, 0, 0)
		}
		return q
	}
	turn := func(q *Queue[int, *taker]) *taker {
		_, c, ok := q.Next()
		if !ok {
			return nil
		}
		c.room--
		return c
	}
	a, b, high := &taker{room: 2}, &taker{room: 9}, &taker{room: 1, priority: 5}
	q := fill(Unlimited())
	for _, c := range []*taker{a, b, high} {
		q.Join(c)
	}
	for i, want := range []*taker{high, a, b, a, b, b} {
		if turn(q) != want {
			t.Fatalf("turn %d is another's", i)
		}
	}
	q.Leave(b)
	if turn(q) != nil {
		t.Error("nobody has room")
	}
	// One at a time: the oldest, whether it has room or not (MS-70).
	s := Unlimited()
	s.SingleActive = true
	q = fill(s)
	a, b = &taker{room: 1}, &taker{room: 9, priority: 9}
	q.Join(a)
	q.Join(b)
	if turn(q) != a || turn(q) != nil {
		t.Error("the first one is the active one")
	}
	q.Leave(a)
	if turn(q) != b {
		t.Error("the next one takes over")
	}
}

func BenchmarkPushNext(b *testing.B) {
	q := New[int, *taker](Unlimited())
	for range 10 {
		q.Join(&taker{room: 1 << 60})
	}
	b.ReportAllocs()
	for b.Loop() {
		q.Push(0, 1, 1024, 0)
		q.Next()
	}
}

func BenchmarkRequeue(b *testing.B) {
	q := New[int, *taker](Unlimited())
	for n := range 100_000 {
		q.Push(0, n, 1024, 0)
	}
	for b.Loop() {
		q.Requeue(q.Pop())
	}
}
