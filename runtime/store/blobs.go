package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoBlob says that the store does not have a file of that digest.
var ErrNoBlob = errors.New("there is no such file")

const blobFolder = "blobs"

// blobPath is where the content of a digest stands; an error when it is no digest.
func (s *Store) blobPath(digest string) (string, error) {
	if len(digest) != sha256.Size*2 || strings.Trim(digest, "0123456789abcdef") != "" {
		return "", fmt.Errorf("find the file %q: that is no SHA-256", digest)
	}
	return filepath.Join(s.dir, blobFolder, digest[:2], digest), nil
}

// PutBlob keeps the content of a recipe file under its digest (MS-65). What is there already is not written again.
func (s *Store) PutBlob(content io.Reader) (digest string, size int64, err error) {
	dir := filepath.Join(s.dir, blobFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	temp, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	defer func() {
		_ = temp.Close()
		_ = os.Remove(temp.Name()) // gone already when it was kept
	}()
	h := sha256.New()
	if size, err = io.Copy(io.MultiWriter(temp, h), content); err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	digest = hex.EncodeToString(h.Sum(nil))
	path, err := s.blobPath(digest)
	if err != nil {
		return "", 0, err
	}
	if _, err := os.Stat(path); err == nil {
		return digest, size, nil
	}
	if err := temp.Sync(); err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	return digest, size, syncFolder(filepath.Dir(path))
}

// Blob reads a piece of a file, at most n bytes from offset on; total is the size of the whole. ErrNoBlob when there is none.
func (s *Store) Blob(digest string, offset int64, n int) (piece []byte, total int64, err error) {
	path, err := s.blobPath(digest)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("read the file %s: %w", digest, ErrNoBlob)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the file %s: %w", digest, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("read the file %s: %w", digest, err)
	}
	piece = make([]byte, max(0, min(int64(n), info.Size()-offset)))
	if _, err := f.ReadAt(piece, offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("read the file %s: %w", digest, err)
	}
	return piece, info.Size(), nil
}

// Sweep removes the files that nobody wants any more, see manager.Wanted. Files that are put while it runs may be wanted soon: the caller puts files and tells
// the manager of them before it sweeps.
func (s *Store) Sweep(wanted map[string]bool) (removed int, err error) {
	root := filepath.Join(s.dir, blobFolder)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || wanted[d.Name()] || filepath.Dir(path) == root { // a file at the top is being put
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		removed++
		return nil
	})
	if err != nil {
		return removed, fmt.Errorf("sweep the files of recipes: %w", err)
	}
	return removed, nil
}

// writeFile replaces a file as a whole: a temporary one, synced, renamed (MG-50).
func writeFile(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already when it was renamed
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes names durable. A file system that cannot sync folders does without.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = f.Sync()
	return f.Close()
}
