package site

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Record is what is written about a deployment before anything of it exists: whoever reads it can take everything away again, from any folder,
// after any crash (product.md 5.6).
type Record struct {
	Format  int       `json:"format"`
	Name    string    `json:"name"`   // of the application
	Source  string    `json:"source"` // the folder of the application, absolute
	Domain  string    `json:"domain"` // label of everything that is made outside, name of this deployment
	Broker  string    `json:"broker"` // see Options
	Address string    `json:"address,omitempty"`
	Recipes string    `json:"recipes"`
	Created time.Time `json:"created"`
}

const (
	format     = 1
	recordFile = "site.json"
	lockFile   = "lock"
	longest    = 100 // bytes of a socket's name, on the strictest system
)

// Folder is the state of one deployment on this host.
type Folder struct {
	Dir string
	Record
}

// Root is where the deployments of a person are kept: $XDG_STATE_HOME/roboconf/sites.
func Root(env func(string) string) (string, error) {
	state := env("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home := env("HOME")
		if home == "" {
			own, err := os.UserHomeDir()
			if err != nil {
				return "", fmt.Errorf("find where deployments are kept: %w; set XDG_STATE_HOME", err)
			}
			home = own
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "roboconf", "sites"), nil
}

// domainOf names the deployment of an application folder: readable, the same whenever it is asked, another one for another folder.
func domainOf(source string) string {
	sum := sha256.Sum256([]byte(source))
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(filepath.Base(source)))
	plain = strings.Trim(plain[:min(len(plain), 30)], "-")
	return cmp.Or(plain, "site") + "-" + hex.EncodeToString(sum[:4])
}

// List gives the deployments below a root, sorted by name, then source. One that cannot be read is an error beside the others.
func List(root string) ([]Folder, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", root, err)
	}
	var list []Folder
	var wrong error
	for _, e := range entries {
		if !e.IsDir() || strings.HasSuffix(e.Name(), removed) {
			continue
		}
		f, err := readFolder(filepath.Join(root, e.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // it is being made, or removed
		case err != nil:
			wrong = errors.Join(wrong, err)
		default:
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(x, y Folder) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Source, y.Source))
	})
	return list, wrong
}

func readFolder(dir string) (Folder, error) {
	text, err := os.ReadFile(filepath.Join(dir, recordFile))
	if err != nil {
		return Folder{}, err
	}
	f := Folder{Dir: dir}
	switch err := json.Unmarshal(text, &f.Record); {
	case err != nil:
		return f, fmt.Errorf("read %s: %w; what it says cannot be told, look after its machines by hand", filepath.Join(dir, recordFile), err)
	case f.Format > format:
		return f, fmt.Errorf("read %s: it was written by a newer roboconf; use that one", filepath.Join(dir, recordFile))
	}
	return f, nil
}

// removed is added to the name of a folder that goes: from then on it is no deployment any more, whoever looks.
const removed = ".removed"

// remove takes the folder of a deployment away, at once for everybody who looks; what a crash leaves of it is swept by the next one.
func (f Folder) remove() error {
	gone := f.Dir + removed
	if err := os.RemoveAll(gone); err != nil {
		return fmt.Errorf("remove what an earlier down left: %w", err)
	}
	if err := os.Rename(f.Dir, gone); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the state of the deployment: %w", err)
	}
	if err := os.RemoveAll(gone); err != nil {
		return fmt.Errorf("remove the state of the deployment: %w", err)
	}
	return nil
}

// sweepRemoved ends what a down that was killed began.
func sweepRemoved(root string) error {
	left, err := filepath.Glob(filepath.Join(root, "*"+removed))
	if err != nil {
		return err
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove what an earlier down left: %w", err)
		}
	}
	return nil
}

// ErrNone says that there is no such deployment.
var ErrNone = errors.New("no such deployment")

// Find gives the deployment that a person means: by the folder of the application, else by the name of the application or the deployment.
func Find(root, what string) (Folder, error) {
	list, err := List(root)
	if err != nil {
		return Folder{}, err
	}
	if source, err := absolute(what); err == nil {
		for _, f := range list {
			if f.Source == source {
				return f, nil
			}
		}
	}
	var found []Folder
	for _, f := range list {
		if f.Name == what || f.Domain == what {
			found = append(found, f)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Folder{}, fmt.Errorf("find %q: several deployments have that name, of %s; say which folder", what, sources(found))
	case len(list) == 0:
		return Folder{}, fmt.Errorf("find %q: %w: nothing is deployed on this host; roboconf up DIR does that", what, ErrNone)
	}
	return Folder{}, fmt.Errorf("find %q: %w; there are those of %s", what, ErrNone, sources(list))
}

func sources(list []Folder) string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Source
	}
	return strings.Join(names, ", ")
}

// absolute is a folder without links, as far as it exists.
func absolute(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", dir, err)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real, nil
	}
	return abs, nil
}

// open makes the folder of a deployment, or finds it; nobody else may use it as long as unlock is not called.
func open(root, name, source string) (f Folder, unlock func(), err error) {
	domain := domainOf(source)
	f.Dir = filepath.Join(root, domain)
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return f, nil, fmt.Errorf("make the folder of the deployment: %w", err)
	}
	if unlock, err = lock(f.path(lockFile)); err != nil {
		return f, nil, fmt.Errorf("take the deployment of %s: %w", source, err)
	}
	known, err := readFolder(f.Dir)
	switch {
	case err == nil:
		return known, unlock, nil
	case !errors.Is(err, fs.ErrNotExist):
		unlock()
		return f, nil, err
	}
	f.Record = Record{Format: format, Name: name, Source: source, Domain: domain}
	return f, unlock, nil
}

// save writes the record, whole or not at all.
func (f Folder) save() error {
	text, err := json.MarshalIndent(f.Record, "", "  ")
	if err != nil {
		return fmt.Errorf("write the record of %s: %w", f.Name, err)
	}
	return keep(f.path(recordFile), append(text, '\n'))
}

// keep writes a file of ours that nobody else may read.
func keep(file string, text []byte) error {
	draft, err := os.OpenFile(file+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	_, err = draft.Write(text)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

func (f Folder) path(names ...string) string {
	return filepath.Join(append([]string{f.Dir}, names...)...)
}

// Socket is where a running up listens. Its name must be short: where the folder is too deep, it stands in the folder for temporary files,
// in one that only this user may enter.
func (f Folder) Socket() string {
	near := f.path("control.sock")
	if len(near) <= longest {
		return near
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("roboconf-%d", os.Getuid()), f.Domain+".sock")
}

// Machines is the root of the local machines.
func (f Folder) Machines() string { return f.path("machines") }

// Logs is where the output of recipes goes.
func (f Folder) Logs() string { return f.path("logs") }
