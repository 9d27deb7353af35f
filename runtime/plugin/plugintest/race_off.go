//go:build !race

package plugintest

// maxGrowth is how much the memory of a test may grow while a recipe prints, with what the test itself keeps.
const maxGrowth = 96 << 20
