package managerd

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

// blobs is a folder of the content of recipes, by digest: what a request refers to stays there while the template is replaced (MS-65).
type blobs string

// put keeps the content of a file under its digest; what is there already is not read.
func (b blobs) put(fsys fs.FS, name, digest string) (err error) {
	if _, err := os.Stat(b.file(digest)); err == nil {
		return nil
	}
	in, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	defer in.Close()
	out, err := os.CreateTemp(string(b), ".new-")
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(out.Name()) // the first error counts
		}
	}()
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return fmt.Errorf("keep %s: it changed while it was read; load it again", name)
	}
	return os.Rename(out.Name(), b.file(digest))
}

// read gives the content behind a digest; an agent may ask for anything, so that only digests are looked for.
func (b blobs) read(digest string) ([]byte, error) {
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size || digest != strings.ToLower(digest) {
		return nil, fmt.Errorf("read the file %q: it is no digest", digest)
	}
	data, err := os.ReadFile(b.file(digest))
	if err != nil {
		return nil, fmt.Errorf("read the file %s: %w", digest, err)
	}
	return data, nil
}

// sweep removes what no template has any more, with what a crash left unfinished.
func (b blobs) sweep(needed map[string]bool) error {
	entries, err := os.ReadDir(string(b))
	if err != nil {
		return fmt.Errorf("sweep the files of recipes: %w", err)
	}
	for _, e := range entries {
		if !needed[e.Name()] {
			err = errors.Join(err, os.Remove(b.file(e.Name())))
		}
	}
	return err
}

func (b blobs) file(digest string) string { return filepath.Join(string(b), digest) }
