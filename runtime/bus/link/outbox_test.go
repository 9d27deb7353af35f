package link

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

var seed = flag.Uint64("seed", 0, "seed of the random stories; 0 draws one")

// story plays an outbox against a broker that is a list per target: it may lose lines, refuse, return.
type story struct {
	o       outbox
	now     time.Time
	rand    *rand.Rand
	flight  []*entry
	want    map[message.Target][]string // published, in order
	got     map[message.Target][]string // taken by the broker, first occurrences in order
	seen    map[string]bool
	bound   map[message.Target]bool // by the broker
	wanted  map[message.Target]bool // by the client
	nobody  map[message.Target]bool // targets that return what they get
	refuses map[message.Target]bool
}

func (s *story) publish(n int) {
	to := message.Manager(fmt.Sprint(s.rand.IntN(3)))
	id := fmt.Sprint(n)
	if s.o.publish(to, &message.Envelope{ID: id, Body: &message.InstancesSend{}}, []byte("body"), false) == nil {
		s.want[to] = append(s.want[to], id)
	}
}

func (s *story) turn() {
	to := message.Importers("a", fmt.Sprint(s.rand.IntN(2)), false)
	if s.wanted[to] {
		delete(s.wanted, to)
		s.o.unbind(to)
	} else {
		s.wanted[to] = true
		s.o.bind(to)
	}
}

// send does what may be sent next; bindings are answered at once, as the pump does.
func (s *story) send() bool {
	s.o.ripe(s.now)
	e := s.o.next(s.now)
	if e == nil {
		return false
	}
	s.o.sent(e)
	switch e.kind {
	case binding:
		s.bound[e.to] = true
		s.o.remove(e)
	case unbinding:
		delete(s.bound, e.to)
		s.o.remove(e)
	default:
		s.flight = append(s.flight, e)
	}
	return true
}

func (s *story) answer() bool {
	if len(s.flight) == 0 {
		return false
	}
	e := s.flight[0]
	s.flight = s.flight[1:]
	switch {
	case s.nobody[e.to], s.refuses[e.to]:
		s.o.again(e, s.now, time.Second, 10*time.Second)
	default:
		if id := e.msg.ID; !s.seen[id] {
			s.seen[id] = true
			s.got[e.to] = append(s.got[e.to], id)
		}
		s.o.arrived(e)
		s.o.remove(e)
	}
	return true
}

// lose cuts the line: some of the flight was taken already, in order, but no confirm came.
func (s *story) lose() {
	for range s.rand.IntN(len(s.flight) + 1) {
		e := s.flight[0]
		s.flight = s.flight[1:]
		if !s.nobody[e.to] && !s.refuses[e.to] && !s.seen[e.msg.ID] {
			s.seen[e.msg.ID] = true
			s.got[e.to] = append(s.got[e.to], e.msg.ID)
		}
	}
	s.flight = nil
	s.o.lost()
	for to := range s.o.bound {
		s.bound[to] = true
	}
}

// Whatever happens to lines and targets, every message arrives, in order for each target; bindings end as they are wanted (MS-72, MS-24).
func TestOutboxLosesNothingMS72(t *testing.T) {
	first := *seed
	if first == 0 {
		first = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", first)
	for n := range uint64(300) {
		s := &story{
			o: newOutbox(50, 1<<20), now: time.Unix(0, 0), rand: rand.New(rand.NewPCG(first, n)),
			want: map[message.Target][]string{}, got: map[message.Target][]string{}, seen: map[string]bool{},
			bound: map[message.Target]bool{}, wanted: map[message.Target]bool{}, nobody: map[message.Target]bool{}, refuses: map[message.Target]bool{},
		}
		for i := range 400 {
			s.now = s.now.Add(time.Duration(s.rand.IntN(2000)) * time.Millisecond)
			target := message.Manager(fmt.Sprint(s.rand.IntN(3)))
			switch s.rand.IntN(12) {
			case 0, 1, 2:
				s.publish(i)
			case 3:
				s.turn()
			case 4, 5, 6:
				s.send()
			case 7, 8, 9:
				s.answer()
			case 10:
				s.lose()
			case 11:
				// A target changes its mind only when nothing to it is under way: else a part of a flight may be taken behind another.
				if !slices.ContainsFunc(s.flight, func(e *entry) bool { return e.to == target }) {
					s.nobody[target] = !s.nobody[target]
				}
			}
		}
		s.end(t, n)
	}
}

// end lets everything arrive, then looks.
func (s *story) end(t *testing.T, n uint64) {
	for s.answer() { // what returns, returns
	}
	clear(s.nobody)
	for tries := 0; s.o.head != nil && tries < 1000; tries++ {
		s.now = s.now.Add(time.Second)
		for s.send() || s.answer() {
		}
	}
	if s.o.head != nil || s.o.count != 0 || s.o.bytes != 0 || s.o.flying != 0 {
		t.Fatalf("story %d: %d messages, %d bytes, %d under way are left", n, s.o.count, s.o.bytes, s.o.flying)
	}
	for to, want := range s.want {
		if !slices.Equal(s.got[to], want) {
			t.Fatalf("story %d: %v got %v, want %v", n, to, s.got[to], want)
		}
	}
	if len(s.bound) != len(s.wanted) {
		t.Fatalf("story %d: bound %v, want %v", n, s.bound, s.wanted)
	}
	for to := range s.wanted {
		if !s.bound[to] {
			t.Fatalf("story %d: %v is not bound", n, to)
		}
	}
}

func TestStatesTakeThePlaceOfOlderOnesMS72(t *testing.T) {
	o := newOutbox(2, 1000)
	state := func(path string, n uint64) *message.Envelope {
		return &message.Envelope{ID: fmt.Sprint(path, n), Body: &message.InstanceChanged{Path: path, StateSeq: n}}
	}
	to := message.Manager("a")
	for n := range uint64(5) { // the outbox is full, but not for what takes a place
		for _, path := range []string{"/a", "/b"} {
			if err := o.publish(to, state(path, n), []byte("x"), true); err != nil {
				t.Fatal(err)
			}
		}
	}
	if o.publish(to, state("/c", 1), []byte("x"), true) == nil {
		t.Error("a third instance found room")
	}
	for _, want := range []string{"/a4", "/b4"} {
		e := o.next(time.Time{})
		if e.msg.ID != want || len(e.instead) != 4 {
			t.Errorf("%s goes for %d others, want %s for 4", e.msg.ID, len(e.instead), want)
		}
		o.sent(e)
	}
	online := newOutbox(10, 1000)
	for n := range uint64(3) {
		if err := online.publish(to, state("/a", n), []byte("x"), false); err != nil {
			t.Fatal(err)
		}
	}
	if online.count != 3 {
		t.Errorf("online %d states wait, want all 3", online.count)
	}
	online.lost()
	if online.count != 1 || online.head.msg.ID != "/a2" || len(online.head.instead) != 2 {
		t.Errorf("after a loss %d states wait, want the last one", online.count)
	}
}

func BenchmarkOutbox(b *testing.B) {
	o := newOutbox(10_000, 64<<20)
	msg := &message.Envelope{ID: "x", Body: &message.InstancesSend{}}
	body := make([]byte, 500)
	b.ReportAllocs()
	for b.Loop() {
		if err := o.publish(message.Manager("a"), msg, body, false); err != nil {
			b.Fatal(err)
		}
		e := o.next(time.Time{})
		o.sent(e)
		o.arrived(e)
		o.remove(e)
	}
}
