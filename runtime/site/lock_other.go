//go:build !unix

package site

import (
	"errors"
	"fmt"
	"os"
)

// errHeld says that another program holds a lock.
var errHeld = errors.New("another roboconf is at work there")

// lock takes a file for this process alone: this system does not let others remove or write a file that is open.
func lock(file string) (unlock func(), err error) {
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w; wait until it is done, or end it", errHeld)
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
