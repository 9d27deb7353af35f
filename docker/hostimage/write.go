package hostimage

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options of an archive.
type Options struct {
	// Documents keeps manuals, documentation, translations, which a machine for recipes does not need.
	Documents bool
	// Progress hears how far it is, often; nil for nobody.
	Progress func(Summary)
}

// Summary says what an archive holds.
type Summary struct {
	Packages, Files int
	Bytes           int64
	// Skipped are files that could not be read, mostly for want of permission.
	Skipped []string
}

// Write streams the named packages as a tar archive of a whole file system. It ends early when the context does. The same packages
// give the same archive.
func (h *Host) Write(ctx context.Context, w io.Writer, packages []string, o Options) (Summary, error) {
	buffer := bufio.NewWriterSize(w, 1<<20)
	a := &archive{host: h, tar: tar.NewWriter(buffer), done: map[string]bool{}, options: o}
	if err := a.fill(ctx, packages); err != nil {
		return a.sum, fmt.Errorf("write the packages of this host: %w", err)
	}
	if err := a.tar.Close(); err != nil {
		return a.sum, fmt.Errorf("end the archive: %w", err)
	}
	if err := buffer.Flush(); err != nil {
		return a.sum, fmt.Errorf("end the archive: %w", err)
	}
	return a.sum, nil
}

type archive struct {
	host    *Host
	tar     *tar.Writer
	done    map[string]bool
	options Options
	sum     Summary
}

// made is the time of what does not come from a file.
var made = time.Unix(0, 0)

func (a *archive) fill(ctx context.Context, packages []string) error {
	if err := a.skeleton(); err != nil {
		return err
	}
	for _, name := range packages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.pack(name); err != nil {
			return err
		}
		a.sum.Packages++
		if a.options.Progress != nil {
			a.options.Progress(a.sum)
		}
	}
	if err := a.alternatives(); err != nil {
		return err
	}
	if err := a.certificates(packages); err != nil {
		return err
	}
	if err := a.accounts(); err != nil {
		return err
	}
	return a.records(packages)
}

// skeleton comes first: links of a merged usr, then the folders that belong to nobody.
func (a *archive) skeleton() error {
	for _, dir := range []string{"usr", "etc", "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info", "run", "dev", "proc", "sys", "root", "home", "opt", "srv", "mnt"} {
		if err := a.folder(dir, 0o755); err != nil {
			return err
		}
	}
	for _, dir := range []string{"tmp", "var/tmp"} {
		if err := a.folder(dir, 0o1777); err != nil {
			return err
		}
	}
	for _, top := range slices.Sorted(maps.Keys(a.host.mergedUsr)) {
		to := a.host.mergedUsr[top]
		if err := a.folder(to, 0o755); err != nil {
			return err
		}
		if err := a.link(top, to); err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) folder(name string, mode int64) error {
	if a.done[name] {
		return nil
	}
	a.done[name] = true
	return a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, ModTime: made})
}

func (a *archive) link(name, to string) error {
	if a.done[name] {
		return nil
	}
	a.done[name] = true
	return a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: to, Mode: 0o777, ModTime: made})
}

func (a *archive) text(name, text string, mode int64) error {
	if a.done[name] {
		return nil
	}
	a.done[name] = true
	if err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: mode, ModTime: made}); err != nil {
		return err
	}
	_, err := io.WriteString(a.tar, text)
	return err
}

// needless are folders that a machine for recipes does not miss.
var needless = []string{"usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/", "usr/share/linda/"}

// pack writes the files of one package.
func (a *archive) pack(name string) error {
	files, err := a.host.files(name)
	if err != nil {
		return err
	}
	for _, file := range files {
		spare := !a.options.Documents && slices.ContainsFunc(needless, func(dir string) bool { return strings.HasPrefix(file, dir) })
		if spare || a.done[file] {
			continue
		}
		if err := a.copy(file); err != nil {
			return err
		}
	}
	return nil
}

// copy writes one file of the host; one that cannot be read is noted, not fatal.
func (a *archive) copy(name string) error {
	where := filepath.Join(a.host.root, name)
	info, err := os.Lstat(where)
	if err != nil {
		return nil // a package may list what was removed since, documentation for instance
	}
	if err := a.parents(name); err != nil {
		return err
	}
	if info.IsDir() {
		return a.folder(name, int64(info.Mode().Perm())|special(info.Mode()))
	}
	var to string
	if info.Mode()&fs.ModeSymlink != 0 {
		if to, err = os.Readlink(where); err != nil {
			return err
		}
	} else if !info.Mode().IsRegular() {
		return nil
	}
	return a.entry(name, where, to, info)
}

// parents writes the folders above a file that no package brought yet.
func (a *archive) parents(name string) error {
	dir := path.Dir(name)
	if dir == "." || a.done[dir] {
		return nil
	}
	if err := a.parents(dir); err != nil {
		return err
	}
	return a.folder(dir, 0o755)
}

func special(m fs.FileMode) int64 {
	var bits int64
	if m&fs.ModeSticky != 0 {
		bits |= 0o1000
	}
	if m&fs.ModeSetgid != 0 {
		bits |= 0o2000
	}
	if m&fs.ModeSetuid != 0 {
		bits |= 0o4000
	}
	return bits
}

func (a *archive) entry(name, where, to string, info fs.FileInfo) error {
	header, err := tar.FileInfoHeader(info, to)
	if err != nil {
		return err
	}
	header.Name, header.Uname, header.Gname = name, "", ""
	header.AccessTime, header.ChangeTime = time.Time{}, time.Time{}
	if header.Typeflag != tar.TypeReg {
		a.done[name] = true
		return a.tar.WriteHeader(header)
	}
	file, err := os.Open(where)
	if errors.Is(err, fs.ErrPermission) {
		a.sum.Skipped = append(a.sum.Skipped, "/"+name)
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if err := a.tar.WriteHeader(header); err != nil {
		return err
	}
	a.done[name] = true
	n, err := io.CopyN(a.tar, file, header.Size)
	a.sum.Files++
	a.sum.Bytes += n
	return err
}
