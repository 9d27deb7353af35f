// Package scenario reads stories: given, do, expect.
package scenario
