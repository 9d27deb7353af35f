package files

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

// What Put may say; the caller asks for the file again.
var (
	// ErrDigest says that a content is not what its digest promises; what came of it is forgotten.
	ErrDigest = errors.New("the content does not have the digest that was announced")
	// ErrGap says that a piece is missing before this one; what came before is kept.
	ErrGap = errors.New("a piece of the file is missing")
)

// ErrMissing says that a content is not in the store.
var ErrMissing = errors.New("the content is not here")

// Blobs are contents of files on disk, by SHA-256 (MS-65). Its methods may be called from several goroutines.
//
// A content appears under its digest once it is whole, verified, never half. Pieces wait under another name: a transfer that broke off
// goes on where it was, also after a restart. When all together is more than the limit, what was not used for longest goes.
type Blobs struct {
	dir   string
	limit int64

	mu   sync.Mutex
	size int64 // of contents and pieces
	now  func() time.Time
}

// Limit is how much a store keeps when it is told no other limit, in bytes: four times the largest request.
const Limit = 4 * MaxBytes

// OpenBlobs opens the store in a folder, which it makes when needed. limit is in bytes; Limit when zero.
func OpenBlobs(dir string, limit int64) (*Blobs, error) {
	if limit <= 0 {
		limit = Limit
	}
	b := &Blobs{dir: dir, limit: limit, now: time.Now}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the store of contents: %w", err)
	}
	all, err := b.list()
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		b.size += f.size
	}
	return b, nil
}

func (b *Blobs) whole(digest string) string { return filepath.Join(b.dir, digest) }
func (b *Blobs) part(digest string) string  { return filepath.Join(b.dir, digest+".part") }

// Has says whether a content is there, whole.
func (b *Blobs) Has(digest string) bool {
	if !isDigest(digest) {
		return false
	}
	_, err := os.Lstat(b.whole(digest))
	return err == nil
}

// Missing gives the digests of files whose content neither came with them nor is there: each once, in their order. What is there counts
// as used, so that it stays until it is written.
func (b *Blobs) Missing(list []message.File) (digests []string) {
	for _, f := range list {
		switch {
		case f.Data != nil || f.Size == 0 || slices.Contains(digests, f.SHA256):
		case b.Has(f.SHA256):
			_ = os.Chtimes(b.whole(f.SHA256), time.Time{}, b.now()) // only the order of going depends on it
		default:
			digests = append(digests, f.SHA256)
		}
	}
	return digests
}

// Put takes a piece of a content. whole is true once all of it is there. Pieces that are there already are skipped, so that a content may
// be sent again from its beginning. Errors: ErrGap, ErrDigest, ErrRefused for what no honest manager sends, or those of the disk.
func (b *Blobs) Put(c *message.BlobChunk) (whole bool, err error) {
	size := int64(len(c.Data))
	switch {
	case !isDigest(c.SHA256):
		return false, refuse("%.80q is no SHA-256 digest", c.SHA256)
	case c.Total < 0 || c.Total > b.limit:
		return false, refuse("a content of %d bytes, more than the store of %d keeps", c.Total, b.limit)
	case c.Offset < 0 || size > message.MaxChunk || c.Offset > c.Total-size:
		return false, refuse("a piece of %d bytes at %d of %d", size, c.Offset, c.Total)
	case size == 0 && c.Total > 0:
		return false, refuse("a piece without bytes")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Has(c.SHA256) {
		return true, nil
	}
	if err := b.append(c); err != nil {
		return false, fmt.Errorf("keep a piece of %s: %w", c.SHA256, err)
	}
	whole, err = b.finish(c)
	if whole {
		return true, b.shrink(c.SHA256)
	}
	return false, errors.Join(err, b.shrink(filepath.Base(b.part(c.SHA256))))
}

// append adds what is new of a piece to those that came before.
func (b *Blobs) append(c *message.BlobChunk) (err error) {
	f, err := os.OpenFile(b.part(c.SHA256), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if have > c.Total { // what came before belongs to no such content
		if err := f.Truncate(0); err != nil {
			return err
		}
		b.size -= have
		have = 0
	}
	if c.Offset > have {
		return fmt.Errorf("%w: it begins at %d, the first %d bytes are here", ErrGap, c.Offset, have)
	}
	if c.Offset+int64(len(c.Data)) <= have {
		return nil
	}
	n, err := f.WriteAt(c.Data[have-c.Offset:], have)
	b.size += int64(n)
	return err
}

// finish verifies a content that is complete, and gives it its name.
func (b *Blobs) finish(c *message.BlobChunk) (whole bool, err error) {
	f, err := os.OpenFile(b.part(c.SHA256), os.O_RDWR, 0)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", c.SHA256, err)
	}
	defer f.Close()
	sum := sha256.New()
	info, err := f.Stat()
	if err != nil || info.Size() < c.Total {
		return false, err
	}
	if _, err := io.Copy(sum, f); err != nil {
		return false, fmt.Errorf("read %s: %w", c.SHA256, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != c.SHA256 {
		b.size -= info.Size()
		return false, errors.Join(fmt.Errorf("%s: %w", c.SHA256, ErrDigest), os.Remove(b.part(c.SHA256)))
	}
	if err := f.Sync(); err != nil { // a name must never stand over bytes that a crash took
		return false, fmt.Errorf("keep %s: %w", c.SHA256, err)
	}
	if err := os.Rename(b.part(c.SHA256), b.whole(c.SHA256)); err != nil {
		return false, fmt.Errorf("keep %s: %w", c.SHA256, err)
	}
	_ = os.Chtimes(b.whole(c.SHA256), time.Time{}, b.now()) // only the order of going depends on it
	return true, nil
}

// Add keeps a content that is in memory, and gives its digest.
func (b *Blobs) Add(data []byte) (digest string, err error) {
	sum := sha256.Sum256(data)
	digest = hex.EncodeToString(sum[:])
	for at := 0; ; at += message.MaxChunk {
		end := min(at+message.MaxChunk, len(data))
		whole, err := b.Put(&message.BlobChunk{SHA256: digest, Offset: int64(at), Total: int64(len(data)), Data: data[at:end]})
		if err != nil || whole {
			return digest, err
		}
	}
}

// Open gives a content, which then counts as used. The error is ErrMissing when it is not there. Whoever reads it verifies the digest, as
// Write does: a disk may forget.
func (b *Blobs) Open(digest string) (io.ReadCloser, error) {
	if !isDigest(digest) {
		return nil, fmt.Errorf("%.80q: %w", digest, ErrMissing)
	}
	f, err := os.Open(b.whole(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", digest, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", digest, err)
	}
	_ = os.Chtimes(b.whole(digest), time.Time{}, b.now()) // only the order of going depends on it
	return f, nil
}

// Forget removes a content, such as one that a disk has spoilt. None is no error.
func (b *Blobs) Forget(digest string) error {
	if !isDigest(digest) {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.remove(stored{name: digest})
}

// stored is a file of the store.
type stored struct {
	name string
	size int64
	used time.Time
}

func (b *Blobs) list() (all []stored, err error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, fmt.Errorf("list the store of contents: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			all = append(all, stored{e.Name(), info.Size(), info.ModTime()})
		}
	}
	return all, nil
}

// shrink removes what was not used for longest until the rest is within the limit; never the content that just came.
func (b *Blobs) shrink(keep string) error {
	if b.size <= b.limit {
		return nil
	}
	all, err := b.list()
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(x, y stored) int { return cmp.Or(x.used.Compare(y.used), cmp.Compare(x.name, y.name)) })
	b.size = 0
	for _, f := range all {
		b.size += f.size
	}
	for _, f := range all {
		if b.size <= b.limit {
			return nil
		}
		if f.name != keep {
			err = errors.Join(err, b.remove(f))
		}
	}
	return err
}

func (b *Blobs) remove(f stored) error {
	path := filepath.Join(b.dir, f.name)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", f.name, err)
	}
	b.size -= info.Size()
	return nil
}
