//go:build unix

package workspace

import (
	"io/fs"
	"os"
	"syscall"
)

// own gives a new file the owner of the one it replaces, as far as the system lets us; what it does not stays ours, as with
// every editor that saves by renaming.
func own(f *os.File, old fs.FileInfo) {
	if s, ok := old.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(s.Uid), int(s.Gid))
	}
}
