package simulator

import "time"

// grain is the unit of virtual time: every delay is a whole number of it, so that the text of a trace hides nothing.
const grain = time.Millisecond

// chance is one seeded source of pretended luck (splitmix64). Each entity has its own, derived from the seed of the run:
// what happens to one machine does not disturb the luck of another.
type chance uint64

// luck derives the source of an entity from the seed of the run.
func luck(seed uint64, kind, entity string) chance {
	h := uint64(14695981039346656037) // FNV-1a
	for _, s := range [...]string{kind, "\x00", entity} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	return chance(mix(seed+0x9e3779b97f4a7c15) ^ h)
}

// mix spreads every bit of x over the whole result.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	return mix(uint64(*c))
}

// below gives a number from 0 to n-1; 0 when n is not positive.
func (c *chance) below(n int) int {
	if n <= 1 {
		return 0
	}
	return int(c.next() % uint64(n))
}

// hits says yes with a probability. It draws nothing when the answer is certain.
func (c *chance) hits(rate float64) bool {
	switch {
	case rate <= 0:
		return false
	case rate >= 1:
		return true
	}
	return float64(c.next()>>11)/(1<<53) < rate
}

// between draws a duration, both ends included, in whole grains.
func (c *chance) between(low, high time.Duration) time.Duration {
	low = low.Round(grain)
	steps := int64((high - low) / grain)
	if steps <= 0 {
		return max(low, 0)
	}
	return low + time.Duration(c.next()%uint64(steps+1))*grain
}
