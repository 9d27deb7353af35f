package launch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// logBytes is how large the log of the agent gets before it is put aside; two are kept.
const logBytes = 2 << 20

// logWriter writes to a file of the agent's own, which does not grow for ever, and to whoever looks on.
type logWriter struct {
	mu   sync.Mutex
	path string
	f    *os.File
	size int64
	also io.Writer
}

func openLog(path string, also io.Writer) (*logWriter, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the agent: %w", err)
	}
	l := &logWriter{path: path, also: also}
	return l, l.open()
}

func (l *logWriter) open() error {
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("open the log: %w", err), f.Close())
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write implements io.Writer. A full disk does not keep the other reader from its line.
func (l *logWriter) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > logBytes {
		if err := errors.Join(l.f.Close(), os.Rename(l.path, l.path+".1"), l.open()); err != nil {
			l.size = 0 // it goes on in the file that is open, if any
		}
	}
	n, err := l.f.Write(line)
	l.size += int64(n)
	_, other := l.also.Write(line)
	return len(line), errors.Join(err, other)
}

// Close closes the file.
func (l *logWriter) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.f.Close()
}
