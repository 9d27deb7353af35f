//go:build !unix

package journal

import "os"

// lockFolder opens the file: a system that does not let a second process remove it is all the protection there is.
func lockFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
