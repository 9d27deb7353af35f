//go:build unix

package file

import (
	"errors"
	"syscall"
)

// isOtherDisk says that a file cannot just be given another name.
func isOtherDisk(err error) bool { return errors.Is(err, syscall.EXDEV) }
