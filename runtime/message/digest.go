package message

import (
	"hash/fnv"
	"io"
	"slices"
	"strconv"
)

// Digest sums up pairs of path and component in any order: manager and agent compare what they know of a scope (LC-104).
func Digest(known [][2]string) string {
	known = slices.Clone(known)
	slices.SortFunc(known, func(x, y [2]string) int { return slices.Compare(x[:], y[:]) })
	h := fnv.New64a()
	for _, pair := range known {
		for _, s := range pair {
			_, _ = io.WriteString(h, s) // a hash never fails
			_, _ = h.Write([]byte{0})
		}
	}
	return strconv.FormatUint(h.Sum64(), 16)
}
