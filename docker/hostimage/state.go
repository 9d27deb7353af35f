package hostimage

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// alternatives writes the links that belong to no package: names such as awk, that stand for one of several programs.
func (a *archive) alternatives() error {
	dir := filepath.Join(a.host.root, "var/lib/dpkg/alternatives")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		for _, l := range linksOf(e.Name(), string(text)) {
			if err := a.alternative(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair is a link of an alternative: link leads to /etc/alternatives/name, which leads to the program.
type pair struct{ name, link string }

// linksOf reads a record of dpkg: mode, master link, then name and link of each slave, up to an empty line.
func linksOf(name, text string) []pair {
	lines := strings.Split(text, "\n")
	if len(lines) < 2 {
		return nil
	}
	list := []pair{{name, lines[1]}}
	for rest := lines[2:]; len(rest) >= 2 && rest[0] != ""; rest = rest[2:] {
		list = append(list, pair{rest[0], rest[1]})
	}
	return list
}

// alternative writes both links, if what they lead to is in the archive.
func (a *archive) alternative(l pair) error {
	middle := "etc/alternatives/" + l.name
	to, err := os.Readlink(filepath.Join(a.host.root, middle))
	if err != nil || !a.done[a.host.place(&pkg{}, to)] {
		return nil // a link that is not there is none to write
	}
	link := a.host.place(&pkg{}, l.link)
	if err := a.parents(middle); err != nil {
		return err
	}
	if err := a.link(middle, to); err != nil {
		return err
	}
	if err := a.parents(link); err != nil {
		return err
	}
	return a.link(link, "/"+middle)
}

// certificates are put together when their package is installed: they belong to none.
func (a *archive) certificates(packages []string) error {
	files := []string{"etc/ld.so.cache", "etc/nsswitch.conf", "etc/profile", "etc/localtime", "etc/timezone", "etc/apt/sources.list"}
	if slices.Contains(packages, "ca-certificates") {
		files = append(files, a.below("etc/ssl/certs")...)
	}
	if slices.Contains(packages, "apt") {
		files = append(files, a.below("etc/apt/sources.list.d")...)
	}
	for _, file := range files {
		if !a.done[file] {
			if err := a.copy(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// below lists the entries of a folder; none when it is not there.
func (a *archive) below(dir string) []string {
	entries, err := os.ReadDir(filepath.Join(a.host.root, dir))
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		list = append(list, path.Join(dir, e.Name()))
	}
	return list
}

// accounts writes the system's accounts, without those of people, without any password.
func (a *archive) accounts() error {
	users, err := a.system("etc/passwd", 2)
	if err != nil {
		return err
	}
	groups, err := a.system("etc/group", 2)
	if err != nil {
		return err
	}
	var shadow strings.Builder
	for line := range strings.Lines(users) {
		name, _, _ := strings.Cut(line, ":")
		shadow.WriteString(name + ":*:19000:0:99999:7:::\n")
	}
	for _, f := range []struct {
		name, text string
		mode       int64
	}{{"etc/passwd", users, 0o644}, {"etc/group", groups, 0o644}, {"etc/shadow", shadow.String(), 0o600}} {
		if err := a.text(f.name, f.text, f.mode); err != nil {
			return err
		}
	}
	return nil
}

// system keeps the lines whose number is one of the system's: below 1000, or nobody.
func (a *archive) system(file string, column int) (string, error) {
	text, err := os.ReadFile(filepath.Join(a.host.root, file))
	if err != nil {
		return "", err
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimRight(line, "\n"), ":")
		if len(fields) <= column {
			continue
		}
		if id, err := strconv.Atoi(fields[column]); err != nil || id >= 1000 && id != 65534 {
			continue
		}
		if file == "etc/group" {
			fields[len(fields)-1] = "" // members may be people
		}
		kept.WriteString(strings.Join(fields, ":") + "\n")
	}
	return kept.String(), nil
}

// records tells dpkg what is installed, so that more can be.
func (a *archive) records(packages []string) error {
	var status strings.Builder
	for _, name := range packages {
		p := a.host.packages[name]
		status.WriteString(p.paragraph + "\n\n")
		for _, file := range a.infos(p) {
			if err := a.copy(file); err != nil {
				return err
			}
		}
	}
	if err := a.text("var/lib/dpkg/status", status.String(), 0o644); err != nil {
		return err
	}
	return a.text("var/lib/dpkg/available", "", 0o644)
}

// infos are dpkg's own files about a package.
func (a *archive) infos(p *pkg) []string {
	const dir = "var/lib/dpkg/info/"
	var list []string
	for _, kind := range []string{"list", "md5sums", "conffiles", "preinst", "postinst", "prerm", "postrm", "triggers", "shlibs", "symbols", "config", "templates"} {
		for _, name := range []string{p.multi, p.name} {
			file := dir + name + "." + kind
			if _, err := os.Lstat(filepath.Join(a.host.root, file)); err == nil && !a.done[file] {
				list = append(list, file)
				break
			}
		}
	}
	return list
}
