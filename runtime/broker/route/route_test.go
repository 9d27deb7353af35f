package route

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// matches is what the specification says of patterns, word by word.
func matches(pattern, key []string) bool {
	if len(pattern) == 0 {
		return len(key) == 0
	}
	switch pattern[0] {
	case "#":
		for n := range len(key) + 1 {
			if matches(pattern[1:], key[n:]) {
				return true
			}
		}
		return false
	case "*":
		return len(key) > 0 && matches(pattern[1:], key[1:])
	}
	return len(key) > 0 && pattern[0] == key[0] && matches(pattern[1:], key[1:])
}

func words(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ".")
}

func queues(r *Router, x *Exchange, key string) []string {
	return slices.Sorted(slices.Values(r.Route(x, key, nil)))
}

// * and # in all positions, while patterns come and go (messaging.md 15.1: topic exchanges).
func TestTopicsAreWhatTheSpecificationSays(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	some := func(of ...string) string {
		var list []string
		for range chance.IntN(6) {
			list = append(list, of[chance.IntN(len(of))])
		}
		return strings.Join(list, ".")
	}
	r := New()
	x := r.Declare("x", Settings{Kind: Topic})
	bound := map[string]string{} // pattern by queue
	for i := range 3000 {
		queue := fmt.Sprint(i % 40)
		if pattern, was := bound[queue]; was {
			if was, _ := r.Unbind(Binding{Source: "x", Destination: queue, Key: pattern}); !was {
				t.Fatalf("%q was not bound", pattern)
			}
			delete(bound, queue)
		} else {
			bound[queue] = some("a", "b", "*", "#", "")
			r.Bind(Binding{Source: "x", Destination: queue, Key: bound[queue]})
		}
		key := some("a", "b", "c", "")
		var want []string
		for queue, pattern := range bound {
			if matches(words(pattern), words(key)) {
				want = append(want, queue)
			}
		}
		slices.Sort(want)
		if got := queues(r, x, key); !slices.Equal(got, want) {
			t.Fatalf("%q goes to %v, want %v of %v", key, got, want, bound)
		}
	}
	for queue, pattern := range bound {
		r.Unbind(Binding{Source: "x", Destination: queue, Key: pattern})
	}
	if root := &x.topics.root; len(root.children) > 0 || root.star != nil || root.hash != nil {
		t.Error("patterns stay when they are gone")
	}
}

// A pattern of many # costs no more than its length times the key's: nobody can stop the broker with one.
func TestTopicsOfManyHashesAreCheap(t *testing.T) {
	r := New()
	x := r.Declare("x", Settings{Kind: Topic})
	r.Bind(Binding{Source: "x", Destination: "q", Key: strings.TrimSuffix(strings.Repeat("#.a.", 60), ".")})
	key := strings.TrimSuffix(strings.Repeat("a.", 120), ".") + ".b"
	if got := queues(r, x, key); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

func TestExchangesOfOtherKinds(t *testing.T) {
	r := New()
	direct, fanout := r.Exchange("amq.direct"), r.Exchange("amq.fanout")
	r.Bind(Binding{Source: "amq.direct", Destination: "a", Key: "k"})
	r.Bind(Binding{Source: "amq.direct", Destination: "b", Key: "k"})
	r.Bind(Binding{Source: "amq.direct", Destination: "b", Key: "k", Arguments: wire.Table{{Name: "n", Value: int32(1)}}})
	r.Bind(Binding{Source: "amq.fanout", Destination: "a", Key: "whatever"})
	r.Bind(Binding{Source: "amq.fanout", Destination: "amq.direct", ToExchange: true})
	if got := queues(r, direct, "k"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("direct: %q", got)
	}
	if got := queues(r, direct, "other"); len(got) > 0 {
		t.Errorf("direct: %q", got)
	}
	if got := queues(r, fanout, "k"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("fanout: %q", got)
	}
	if got := queues(r, r.Exchange(""), "name"); !slices.Equal(got, []string{"name"}) {
		t.Errorf("default: %q", got)
	}
}

// Exchanges in a circle end, an alternate one gets what finds nothing (messaging.md 15.1).
func TestCirclesAndAlternates(t *testing.T) {
	r := New()
	a := r.Declare("a", Settings{Kind: Direct, Alternate: "b"})
	r.Declare("b", Settings{Kind: Fanout, Alternate: "a"})
	if got := queues(r, a, "k"); len(got) > 0 {
		t.Errorf("%q", got)
	}
	r.Bind(Binding{Source: "b", Destination: "unrouted"})
	if got := queues(r, a, "k"); !slices.Equal(got, []string{"unrouted"}) {
		t.Errorf("%q", got)
	}
	r.Bind(Binding{Source: "a", Destination: "q", Key: "k"})
	if got := queues(r, a, "k"); !slices.Equal(got, []string{"q"}) {
		t.Errorf("%q", got)
	}
	r.Bind(Binding{Source: "b", Destination: "a", ToExchange: true})
	r.Bind(Binding{Source: "a", Destination: "b", ToExchange: true, Key: "k"})
	if got := queues(r, a, "k"); !slices.Equal(got, []string{"q", "unrouted"}) {
		t.Errorf("%q", got)
	}
}

func TestHeaders(t *testing.T) {
	have := wire.Table{{Name: "a", Value: "1"}, {Name: "n", Value: int32(2)}, {Name: "x-y", Value: true}}
	for _, c := range []struct {
		want  wire.Table
		match bool
	}{
		{wire.Table{{Name: "a", Value: "1"}}, true},
		{wire.Table{{Name: "a", Value: "1"}, {Name: "n", Value: int64(2)}}, true},
		{wire.Table{{Name: "a", Value: "1"}, {Name: "n", Value: int64(3)}}, false},
		{wire.Table{{Name: "x-match", Value: "any"}, {Name: "a", Value: "1"}, {Name: "n", Value: int64(3)}}, true},
		{wire.Table{{Name: "x-match", Value: "any"}, {Name: "a", Value: "2"}}, false},
		{wire.Table{{Name: "a", Value: nil}}, true},
		{wire.Table{{Name: "missing", Value: nil}}, false},
		{wire.Table{{Name: "x-y", Value: false}}, true},
		{wire.Table{{Name: "x-match", Value: "all-with-x"}, {Name: "x-y", Value: false}}, false},
		{wire.Table{}, true},
	} {
		r := New()
		r.Bind(Binding{Source: "amq.headers", Destination: "q", Arguments: c.want})
		if got := r.Route(r.Exchange("amq.headers"), "", func() wire.Table { return have }); len(got) == 1 != c.match {
			t.Errorf("%v: %v", c.want, got)
		}
	}
	if ValidHeaders(wire.Table{{Name: "x-match", Value: "some"}}) == nil {
		t.Error("x-match is some")
	}
}

func TestExchangesEndWithTheirBindings(t *testing.T) {
	r := New()
	for _, name := range []string{"a", "b", "c"} {
		r.Declare(name, Settings{Kind: Fanout, AutoDelete: true})
	}
	r.Bind(Binding{Source: "a", Destination: "b", ToExchange: true})
	r.Bind(Binding{Source: "b", Destination: "c", ToExchange: true})
	r.Bind(Binding{Source: "c", Destination: "q"})
	var gone []string
	for _, x := range r.Drop("q", false) {
		gone = append(gone, x.Name)
	}
	if !slices.Equal(gone, []string{"c", "b", "a"}) {
		t.Errorf("%q", gone)
	}
	if len(r.into) > 0 {
		t.Errorf("the router remembers %v", r.into)
	}
}

func BenchmarkRoute(b *testing.B) {
	r := New()
	x := r.Declare("rbc.default.app.shop", Settings{Kind: Topic, Durable: true})
	for i := range 1000 {
		queue := fmt.Sprintf("q.agent.shop.vm-%d", i)
		r.Bind(Binding{Source: x.Name, Destination: queue, Key: fmt.Sprintf("machine.vm-%d", i)})
		r.Bind(Binding{Source: x.Name, Destination: queue, Key: fmt.Sprintf("import.prefix-%d", i%20)})
	}
	r.Bind(Binding{Source: x.Name, Destination: "watcher", Key: "import.#"})
	for _, key := range []string{"machine.vm-500", "import.prefix-3", "export.nobody"} {
		b.Run(key, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Route(x, key, nil)
			}
		})
	}
}
