// Package files keeps the files of recipes on the disk of a machine.
//
// An instance has a directory of its own (plugins.md 3). Names come from the network: each is looked at, and nothing is written through a
// link or beside the directory (PL-22). Contents come by digest (MS-65), from a Blobs or from wherever the caller has them.
package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/message"
)

// The limits of MS-65.
const (
	MaxName  = 512      // bytes of a name
	MaxFiles = 5000     // of a request
	MaxBytes = 64 << 20 // of a request, when the agent is not told another
)

// ErrRefused is in every error about files that must not be written: the request is rejected, nothing was touched.
var ErrRefused = errors.New("files refused")

// Check says whether the files of a request may be written: names, modes, number, sizes (MS-65, PL-22). limit is for all sizes together,
// in bytes; MaxBytes when zero. Errors are ErrRefused.
func Check(list []message.File, limit int64) error {
	if limit <= 0 {
		limit = MaxBytes
	}
	if len(list) > MaxFiles {
		return refuse("%d files, more than %d", len(list), MaxFiles)
	}
	total := int64(0)
	seen := make(map[string]bool, len(list)) // true: a file; false: a folder
	for _, f := range list {
		if err := CheckName(f.Name); err != nil {
			return err
		}
		if f.Mode != "0644" && f.Mode != "0755" {
			return refuse("%s has the mode %q; only 0644, 0755 are written", f.Name, f.Mode)
		}
		if f.Size < 0 || f.Size > limit-total {
			return refuse("%s: files of more than %d bytes together", f.Name, limit)
		}
		total += f.Size
		if f.Data != nil && int64(len(f.Data)) != f.Size {
			return refuse("%s says %d bytes, comes with %d", f.Name, f.Size, len(f.Data))
		}
		if !isDigest(f.SHA256) {
			return refuse("%s has no SHA-256 digest", f.Name)
		}
		if err := place(seen, f.Name); err != nil {
			return err
		}
	}
	return nil
}

// place finds two files of one name, and a file where another needs a folder.
func place(seen map[string]bool, name string) error {
	if file, taken := seen[name]; taken {
		if file {
			return refuse("two files are named %s", name)
		}
		return refuse("%s is a file and a folder", name)
	}
	seen[name] = true
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if seen[dir] {
			return refuse("%s is a file and a folder", dir)
		}
		seen[dir] = false
	}
	return nil
}

// CheckName says whether a name is relative, in the shortest form, without "..", backslash, drive, control characters, of at most
// MaxName bytes (MS-65). Errors are ErrRefused.
func CheckName(name string) error {
	why := ""
	switch {
	case name == "":
		why = "it is empty"
	case len(name) > MaxName:
		why = fmt.Sprintf("it has more than %d bytes", MaxName)
	case !utf8.ValidString(name):
		why = "it is no UTF-8"
	case strings.ContainsRune(name, '\\'):
		why = "it has a backslash"
	case strings.ContainsFunc(name, unicode.IsControl):
		why = "it has a control character"
	case name[0] == '/':
		why = "it is absolute"
	case len(name) > 1 && name[1] == ':' && isLetter(name[0]):
		why = "it begins with a drive"
	case path.Clean(name) != name || name == ".":
		why = "it has empty parts, or parts that are . or .."
	case name == unfinished || strings.HasPrefix(name, unfinished+"/"):
		why = "it is the agent's own"
	case name == ".." || strings.HasPrefix(name, "../"):
		why = "it leaves the folder"
	default:
		return nil
	}
	return refuse("name %.80q: %s", name, why)
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func isDigest(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrRefused}, args...)...)
}

// Opener gives the content of a file by its digest, such as Blobs.Open.
type Opener func(digest string) (io.ReadCloser, error)

// Write empties the directory of an instance, or makes it, then writes files into it (PL-20, PL-21), whose digests it verifies. What
// came inline is written as it came; open gives the rest. Directories get 0700, files 0600 or 0700, in "files/" 0755, 0644, 0755
// (PL-73). It calls Check first. When it fails half-way the directory holds what was written, for inspection.
func Write(dir string, list []message.File, limit int64, open Opener) error {
	if err := Check(list, limit); err != nil {
		return err
	}
	if err := Remove(dir); err != nil { // it may be a link that a recipe left
		return err
	}
	return Add(dir, list, limit, open)
}

// Add writes files beside those that are there, as Write does; one that has the name of another takes its place, at once (plugins.md 9).
func Add(dir string, list []message.File, limit int64, open Opener) error {
	if err := Check(list, limit); err != nil {
		return err
	}
	// Those above may be gone through, not listed: a recipe may run as another user, who owns its own directory (PL-73).
	if err := os.MkdirAll(filepath.Dir(dir), 0o711); err != nil {
		return fmt.Errorf("make the directory of the instance: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the directory of the instance: %w", err)
	}
	root, err := openOwn(dir)
	if err != nil {
		return fmt.Errorf("open the directory of the instance: %w", err)
	}
	defer root.Close()
	for _, f := range list {
		if err := write(root, f, open); err != nil {
			return fmt.Errorf("write %s of the recipe: %w", f.Name, err)
		}
	}
	return nil
}

// openOwn opens a directory that is one, not a link that a recipe put in its place (PL-22).
func openOwn(dir string) (*os.Root, error) {
	above, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return nil, err
	}
	defer above.Close()
	name := filepath.Base(dir)
	info, err := above.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is no directory, but %v", dir, info.Mode().Type())
	}
	return above.OpenRoot(name)
}

// Remove deletes the directory of an instance after it was undeployed (PL-21). Nothing there is no error.
func Remove(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty the directory of the instance: %w", err)
	}
	return nil
}

func write(root *os.Root, f message.File, open Opener) error {
	folder, mode := modes(f)
	if err := root.MkdirAll(path.Dir(f.Name), folder); err != nil {
		return err
	}
	from, err := content(f, open)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := root.RemoveAll(unfinished); err != nil { // left by a crash
		return err
	}
	to, err := root.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(from, f.Size+1))
	switch {
	case err != nil:
	case n != f.Size:
		err = fmt.Errorf("it has not the %d bytes that were announced", f.Size)
	case hex.EncodeToString(sum.Sum(nil)) != f.SHA256:
		err = ErrDigest
	}
	err = errors.Join(err, to.Chmod(mode), to.Close()) // the mask of the process may have taken bits
	if err == nil {
		err = root.Rename(unfinished, f.Name)
	}
	if err != nil {
		_ = root.Remove(unfinished) // the next one removes it
	}
	return err
}

// unfinished is the name of a file until it is whole. CheckName keeps it for us.
const unfinished = ".unfinished"

// modes are those of a file and of the folders that are made for it (PL-73).
func modes(f message.File) (folder, file fs.FileMode) {
	public, program := strings.HasPrefix(f.Name, "files/"), f.Mode == "0755"
	switch {
	case public && program:
		return 0o755, 0o755
	case public:
		return 0o755, 0o644
	case program:
		return 0o700, 0o700
	}
	return 0o700, 0o600
}

func content(f message.File, open Opener) (io.ReadCloser, error) {
	if f.Data != nil || f.Size == 0 {
		return io.NopCloser(strings.NewReader(string(f.Data))), nil
	}
	if open == nil {
		return nil, errors.New("its content did not come")
	}
	return open(f.SHA256)
}

// Dir is the directory of an instance below the folder of an agent (PL-20): instances/INSTALLER/PATH, whose names are encoded so that
// two instances never share one.
func Dir(data, installer, instance string) string {
	return filepath.Join(data, "instances", Encode(strings.ToLower(installer)), EncodePath(instance))
}

// EncodePath makes one name of a path: its encoded names joined by "+". The result has at most 200 bytes.
func EncodePath(instance string) string {
	names := strings.Split(strings.TrimPrefix(instance, "/"), "/")
	for i, n := range names {
		names[i] = Encode(n)
	}
	return shorten(strings.Join(names, "+"))
}

// Encode makes a name of any text: every byte but A-Z, a-z, 0-9, _, - becomes a percent sign with two hexadecimal digits. A name of more
// than 200 bytes keeps 150, then "~" with half of its SHA-256 (messaging.md 15.1).
func Encode(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case isLetter(c), c >= '0' && c <= '9', c == '_', c == '-':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return shorten(b.String())
}

func shorten(s string) string {
	if len(s) <= 200 {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return s[:150] + "~" + hex.EncodeToString(sum[:16])
}
