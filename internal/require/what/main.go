// Command what says which tests will be skipped on this machine.
package main

import (
	"fmt"

	"github.com/roboconf/workbench/internal/require"
)

func main() {
	for _, word := range require.Needs() {
		if _, err := require.Find(word); err != nil {
			fmt.Printf("skipped: the tests that need %s (%v)\n", word, err)
		}
	}
}
