package command

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

var seedFlag = flag.Uint64("seed", 0, "do what this seed draws; 0 draws one")

// What instructions do to the paths is what they do to the instances (commands-rules-probes.md 2.7), in any order.
func TestPathsAreThoseOfTheInstances(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", seed)
	r := rand.New(rand.NewPCG(seed, 7))
	root := func() string { return fmt.Sprintf("/h %d", r.IntN(6)) }
	s := &simulated{of: Instances{"/h 1": "Host", "/h 1/a": "Server", "/h 1/a/b": "App", "/h 2": "Host", "/h 20": "Host"}}
	for n := range 3000 {
		switch at := root(); r.IntN(5) {
		case 0:
			s.create(at, "Host")
		case 1:
			if s.has(at) {
				s.create(at+"/"+string(rune('a'+r.IntN(3))), "Server")
			}
		case 2:
			if to := root(); s.has(at) && !s.has(to) {
				s.replicate(at, to[1:])
			}
		case 3:
			if to := root(); s.has(at) && !s.has(to) {
				s.rename(at, to)
			}
		case 4:
			s.remove(at)
		}
		if got, want := s.sorted(), slices.Sorted(maps.Keys(s.of)); !slices.Equal(got, want) {
			t.Fatalf("after %d instructions: %q instead of %q", n+1, got, want)
		}
	}
}
