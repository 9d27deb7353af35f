package file

import (
	"errors"
	"syscall"
)

// isOtherDisk says that a file cannot just be given another name: ERROR_NOT_SAME_DEVICE.
func isOtherDisk(err error) bool { return errors.Is(err, syscall.Errno(17)) }
