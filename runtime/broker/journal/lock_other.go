//go:build !unix

package journal

import (
	"fmt"
	"os"
)

// lockFile only opens the file: where there are no locks of this kind, it is for the person not to start two brokers on one folder.
func lockFile(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the journal: %w", err)
	}
	return file, nil
}
