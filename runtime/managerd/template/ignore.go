package template

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ignoreFile lists what of an application is never sent nor kept, one pattern on a line (PL-11). It stands in the folder of the
// application, or in that of a recipe.
const ignoreFile = ".rbcignore"

// versionControl are the folders that tools keep histories in.
var versionControl = []string{".git", ".hg", ".svn", ".bzr", "CVS", "_darcs"}

// ignore is what the lists of a template leave out: the last pattern that speaks of a name decides.
type ignore []pattern

type pattern struct {
	dir     string // it speaks of names below this folder
	glob    string
	whole   bool // it speaks of the path below dir, not of the last name
	folders bool // it speaks of folders only
	keeps   bool // "!": what an earlier pattern leaves out stays
}

// readIgnore reads the lists of an application: its own, then those of its recipes.
func readIgnore(fsys fs.FS) (ignore, error) {
	list, err := readList(fsys, ".")
	if err != nil {
		return nil, err
	}
	folders, err := fs.ReadDir(fsys, "graph")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, d := range folders {
		if d.IsDir() {
			more, err := readList(fsys, "graph/"+d.Name())
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
	}
	return list, nil
}

func readList(fsys fs.FS, dir string) (ignore, error) {
	name := path.Join(dir, ignoreFile)
	text, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var list ignore
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		p := pattern{dir: dir}
		line, p.keeps = strings.CutPrefix(line, "!")
		p.glob, p.folders = strings.CutSuffix(line, "/")
		p.whole = strings.Contains(p.glob, "/")
		p.glob = strings.TrimPrefix(p.glob, "/")
		if _, err := path.Match(p.glob, ""); err != nil || p.glob == "" {
			return nil, fmt.Errorf("read %s:%d: %q is no pattern; * stands for any characters, ? for one, [a-z] for one of several", name, n+1, line)
		}
		list = append(list, p)
	}
	return list, nil
}

// skips says whether a name, relative to the application, is left out.
func (list ignore) skips(name string, folder bool) bool {
	base := path.Base(name)
	if folder && slices.Contains(versionControl, base) || base == ignoreFile {
		return true
	}
	out := false
	for _, p := range list {
		if p.folders && !folder {
			continue
		}
		subject, below := name, true
		if p.dir != "." {
			subject, below = strings.CutPrefix(name, p.dir+"/")
		}
		if !p.whole {
			subject = base
		}
		if !below {
			continue
		}
		if match, _ := path.Match(p.glob, subject); match {
			out = !p.keeps
		}
	}
	return out
}
