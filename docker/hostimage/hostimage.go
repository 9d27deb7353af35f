// Package hostimage makes a file system out of the Debian packages of this host.
//
// Where no image can be pulled, the host has all that a base image needs: its installed packages. They are streamed as a tar archive
// into an engine: no network, no root, no tool (engineering.md 5.1).
package hostimage

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoDebian says that the host was not installed with dpkg.
var ErrNoDebian = errors.New("this host has no Debian packages")

// Host is an installation to copy from. It is read once, by Open.
type Host struct {
	root      string
	packages  map[string]*pkg
	provides  map[string][]string // virtual package to packages, sorted
	diverted  map[string]diversion
	mergedUsr map[string]string // top folders that are links: "bin" to "usr/bin"
}

// pkg is an installed package.
type pkg struct {
	name      string
	essential bool       // or of priority required
	depends   [][]string // each list is a choice
	paragraph string     // its text in the status file
	multi     string     // name of its files in info: with the architecture where there are several
}

// diversion is a file that is kept under another name, because another package has its place.
type diversion struct{ to, by string }

// Open reads what is installed below a root folder, "/" for this host.
func Open(root string) (*Host, error) {
	h := &Host{root: root, packages: map[string]*pkg{}, provides: map[string][]string{}, diverted: map[string]diversion{}, mergedUsr: map[string]string{}}
	text, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNoDebian
	case err != nil:
		return nil, fmt.Errorf("read the list of packages: %w", err)
	}
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		h.learn(paragraph)
	}
	for _, name := range h.provides {
		slices.Sort(name)
	}
	if err := h.learnDiversions(); err != nil {
		return nil, err
	}
	for _, top := range []string{"bin", "sbin", "lib", "lib32", "lib64", "libx32"} {
		if to, err := os.Readlink(filepath.Join(root, top)); err == nil {
			h.mergedUsr[top] = strings.TrimPrefix(to, "/")
		}
	}
	return h, nil
}

// learn takes a paragraph of the status file.
func (h *Host) learn(paragraph string) {
	f := fieldsOf(paragraph)
	name := f["Package"]
	if name == "" || !strings.HasSuffix(f["Status"], " installed") {
		return
	}
	p := &pkg{name: name, paragraph: strings.Trim(paragraph, "\n"), multi: name}
	p.essential = f["Essential"] == "yes" || f["Priority"] == "required"
	p.depends = append(choices(f["Pre-Depends"]), choices(f["Depends"])...)
	if f["Multi-Arch"] == "same" {
		p.multi = name + ":" + f["Architecture"]
	}
	h.packages[name] = p
	for _, list := range choices(f["Provides"]) {
		h.provides[list[0]] = append(h.provides[list[0]], name)
	}
}

// fieldsOf gives the fields of a paragraph; lines that go on are left out, none of them is asked for.
func fieldsOf(paragraph string) map[string]string {
	f := map[string]string{}
	for line := range strings.SplitSeq(paragraph, "\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
			f[key] = strings.TrimSpace(value)
		}
	}
	return f
}

// choices reads "a (>= 1) | b, c:any": each part is a choice of names.
func choices(text string) [][]string {
	var all [][]string
	for part := range strings.SplitSeq(text, ",") {
		var names []string
		for one := range strings.SplitSeq(part, "|") {
			name, _, _ := strings.Cut(strings.TrimSpace(one), " ")
			name, _, _ = strings.Cut(name, ":")
			if name != "" {
				names = append(names, name)
			}
		}
		if names != nil {
			all = append(all, names)
		}
	}
	return all
}

func (h *Host) learnDiversions() error {
	text, err := os.ReadFile(filepath.Join(h.root, "var/lib/dpkg/diversions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the list of diversions: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for ; len(lines) >= 3; lines = lines[3:] {
		h.diverted[lines[0]] = diversion{to: lines[1], by: lines[2]}
	}
	return nil
}

// Installed says whether the host has a package, or one that provides it.
func (h *Host) Installed(name string) bool {
	_, ok := h.find(name)
	return ok
}

func (h *Host) find(name string) (*pkg, bool) {
	if p, ok := h.packages[name]; ok {
		return p, true
	}
	if by := h.provides[name]; len(by) > 0 {
		return h.packages[by[0]], true
	}
	return nil, false
}

// Minimal are packages beside the essential ones that a machine for recipes wants.
var Minimal = []string{"apt", "bash", "ca-certificates", "curl", "iproute2", "netbase", "procps", "tzdata"}

// Closure gives the essential packages, those named, all that they depend on: sorted. What is named but not installed comes
// apart: a machine without it cannot be made here.
func (h *Host) Closure(names ...string) (packages, missing []string) {
	in := map[string]bool{}
	var visit func(p *pkg)
	visit = func(p *pkg) {
		if in[p.name] {
			return
		}
		in[p.name] = true
		for _, choice := range p.depends {
			for _, name := range choice {
				if d, ok := h.find(name); ok {
					visit(d)
					break
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.packages)) {
		if p := h.packages[name]; p.essential {
			visit(p)
		}
	}
	for _, name := range names {
		if p, ok := h.find(name); ok {
			visit(p)
		} else {
			missing = append(missing, name)
		}
	}
	return slices.Sorted(maps.Keys(in)), missing
}

// place gives where a path of a package is, relative to the root: top folders that are links into usr are followed, diversions too.
func (h *Host) place(p *pkg, path string) string {
	if d, ok := h.diverted[path]; ok && d.by != p.name {
		path = d.to
	}
	path = strings.TrimPrefix(path, "/")
	top, rest, below := strings.Cut(path, "/")
	if to, ok := h.mergedUsr[top]; ok && below {
		return to + "/" + rest
	}
	return path
}

// files gives the paths of a package, as places.
func (h *Host) files(name string) ([]string, error) {
	p := h.packages[name]
	text, err := os.ReadFile(filepath.Join(h.root, "var/lib/dpkg/info", p.multi+".list"))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = os.ReadFile(filepath.Join(h.root, "var/lib/dpkg/info", p.name+".list"))
	}
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", name, err)
	}
	var list []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		if line != "" && line != "/." {
			list = append(list, h.place(p, line))
		}
	}
	return list, nil
}
