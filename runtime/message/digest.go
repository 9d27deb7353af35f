package message

import (
	"fmt"
	"hash/fnv"
	"slices"
)

// Digest sums up pairs of path and component in any order: manager and agent compare what they know of a scope.
func Digest(known [][2]string) string {
	known = slices.Clone(known)
	slices.SortFunc(known, func(x, y [2]string) int { return slices.Compare(x[:], y[:]) })
	h := fnv.New64a()
	for _, pair := range known {
		fmt.Fprintf(h, "%s\x00%s\n", pair[0], pair[1])
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
