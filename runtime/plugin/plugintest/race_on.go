//go:build race

package plugintest

// maxGrowth is how much the memory of a test may grow: the race detector keeps up to eight bytes of notes for each.
const maxGrowth = 512 << 20
