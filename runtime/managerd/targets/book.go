// Package targets keeps targets in a folder, with what they are meant for.
//
// The layout is the one of manager.md 5.1: people can read it, and mend it while the manager does not run.
package targets

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/runtime/managerd/template"
)

// The files of a target (manager.md 5.1).
const (
	textFile        = "target.properties"
	creatorFile     = "created.from"
	associationFile = "associations.properties"
	hintFile        = "hints.properties"
	scriptFolder    = "scripts"
	unfinished      = ".new-"
)

// Element is what a target is associated with: an application or a template, then an instance path, "@" with a component, or nothing for
// the default (targets.md 1).
type Element struct {
	Name    string
	Version string // of a template; "" for an application
	Of      string // path, "@component", or ""
}

// Component is the element of a component.
func Component(name, version, component string) Element {
	return Element{name, version, "@" + component}
}

// key is how an element stands in a file.
func (e Element) key() string { return e.Name + "::" + orNull(e.Version) + "::" + orNull(e.Of) }

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// parseKey reads what key wrote; names hold no colon.
func parseKey(key string) (Element, bool) {
	parts := strings.SplitN(key, "::", 3)
	if len(parts) != 3 || parts[0] == "" {
		return Element{}, false
	}
	for i := range parts {
		if i > 0 && parts[i] == "null" {
			parts[i] = ""
		}
	}
	e := Element{parts[0], parts[1], parts[2]}
	return e, e.Of == "" || e.Of[0] == '@' || e.Of[0] == '/'
}

// Target is one target as it is kept. It is immutable.
type Target struct {
	ID      string
	Text    string // of its properties, without the id (TG-6)
	Creator string // the template that brought it; "" for one that a person made
	Dir     string // where it is kept
	Hints   []Element
}

// Scripts is the folder of its scripts and resources; "" when there is none (plugins.md 10).
func (t Target) Scripts() string {
	dir := filepath.Join(t.Dir, scriptFolder)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// Properties are what the text says, with the id.
func (t Target) Properties() map[string]string {
	set := map[string]string{}
	for _, e := range properties.Parse(t.Text).Entries {
		set[e.Key] = e.Value
	}
	set["id"] = t.ID
	return set
}

// Book is the folder. Its methods may be called from any goroutine; what they return is on disk.
type Book struct {
	dir string

	mu    sync.Mutex
	byID  map[string]Target
	links map[Element]string // to ids
}

// Open reads the targets of a folder, which is made when it is missing. One that cannot be read is told, the others are there (MG-53).
func Open(dir string) (*Book, []error, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make the folder of targets: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("read the folder of targets: %w", err)
	}
	b := &Book{dir: dir, byID: map[string]Target{}, links: map[Element]string{}}
	var damaged []error
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), unfinished):
			err = os.RemoveAll(filepath.Join(dir, e.Name()))
		case e.IsDir():
			err = b.read(e.Name())
		}
		if err != nil {
			damaged = append(damaged, fmt.Errorf("read the target %s: %w", e.Name(), err))
		}
	}
	return b, damaged, nil
}

func (b *Book) read(id string) error {
	t := Target{ID: id, Dir: filepath.Join(b.dir, id)}
	text, err := os.ReadFile(filepath.Join(t.Dir, textFile))
	if err != nil {
		return err
	}
	t.Text = string(text)
	creator, err := os.ReadFile(filepath.Join(t.Dir, creatorFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	t.Creator = strings.TrimSpace(string(creator))
	links, err := readElements(filepath.Join(t.Dir, associationFile))
	if err != nil {
		return err
	}
	if t.Hints, err = readElements(filepath.Join(t.Dir, hintFile)); err != nil {
		return err
	}
	for _, e := range links {
		if _, taken := b.links[e]; !taken { // two defaults cannot be: the first counts (D-18)
			b.links[e] = id
		}
	}
	b.byID[id] = t
	return nil
}

func readElements(file string) ([]Element, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Element
	for _, entry := range properties.Parse(string(text)).Entries {
		e, ok := parseKey(entry.Value)
		if !ok {
			return nil, fmt.Errorf("%s: %q names no application with one of its elements", filepath.Base(file), entry.Value)
		}
		list = append(list, e)
	}
	return list, nil
}

// writeElements writes a list, one numbered line for each; an empty list has no file.
func writeElements(file string, list []Element) error {
	if len(list) == 0 {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	keys := make([]string, len(list))
	for i, e := range list {
		keys[i] = strings.NewReplacer(`\`, `\\`).Replace(e.key())
	}
	slices.Sort(keys)
	var text strings.Builder
	for i, k := range keys {
		fmt.Fprintf(&text, "%d = %s\n", i+1, k)
	}
	return replace(file, text.String())
}

// replace writes a file whole, or not at all (MG-50).
func replace(file, text string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".tmp-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error counts
		}
	}()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// All are the targets, sorted by id.
func (b *Book) All() []Target {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Target, 0, len(b.byID))
	for _, id := range slices.Sorted(maps.Keys(b.byID)) {
		list = append(list, b.byID[id])
	}
	return list
}

// Possible are the targets that an application should be offered: those without hint, those with one on it or its template (TG-15, MG-46).
func (b *Book) Possible(app string, of template.ID) []Target {
	return slices.DeleteFunc(b.All(), func(t Target) bool {
		return len(t.Hints) > 0 && !slices.ContainsFunc(t.Hints, func(h Element) bool {
			return h.Version == "" && h.Name == app || h.Version != "" && h.Name == of.Name && h.Version == of.Version
		})
	})
}

// Find gives a target.
func (b *Book) Find(id string) (Target, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.byID[id]
	return t, ok
}

// Add keeps a target that a person wrote (TG-1, MG-40).
func (b *Book) Add(text string) (Target, error) {
	t, err := template.ParseTarget("the new target", text)
	if err != nil {
		return Target{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.free(t.ID, ""); err != nil {
		return Target{}, err
	}
	return b.put(t, "", nil)
}

// free says why an id cannot be used by a creator (TG-5, MG-40).
func (b *Book) free(id, creator string) error {
	old, taken := b.byID[id]
	if taken && (creator == "" || old.Creator != creator) {
		by := "by hand"
		if old.Creator != "" {
			by = "by the template " + old.Creator
		}
		return fmt.Errorf("create the target %s: there is one with that id, made %s; choose another id", id, by)
	}
	return nil
}

// put writes a target with its scripts, then shows it.
func (b *Book) put(t template.Target, creator string, files fs.FS) (Target, error) {
	kept := Target{ID: t.ID, Text: t.Text, Creator: creator, Dir: filepath.Join(b.dir, t.ID)}
	old, known := b.byID[t.ID]
	kept.Hints = old.Hints
	draft, err := os.MkdirTemp(b.dir, unfinished)
	if err != nil {
		return Target{}, fmt.Errorf("keep the target %s: %w", t.ID, err)
	}
	defer os.RemoveAll(draft)
	if err := fill(draft, t, creator, files); err != nil {
		return Target{}, fmt.Errorf("keep the target %s: %w", t.ID, err)
	}
	if known { // only what was written here is replaced: links and hints stay
		for _, name := range []string{textFile, scriptFolder} {
			err = errors.Join(err, swap(filepath.Join(draft, name), filepath.Join(kept.Dir, name)))
		}
	} else {
		err = os.Rename(draft, kept.Dir)
	}
	if err != nil {
		return Target{}, fmt.Errorf("keep the target %s: %w", t.ID, err)
	}
	b.byID[t.ID] = kept
	return kept, nil
}

// swap puts what a draft has, or has not, in the place of what was there.
func swap(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func fill(dir string, t template.Target, creator string, files fs.FS) error {
	if err := os.WriteFile(filepath.Join(dir, textFile), []byte(t.Text), 0o600); err != nil {
		return err
	}
	if creator != "" {
		if err := os.WriteFile(filepath.Join(dir, creatorFile), []byte(creator+"\n"), 0o600); err != nil {
			return err
		}
	}
	if t.Scripts == "" || files == nil {
		return nil
	}
	scripts, err := fs.Sub(files, t.Scripts)
	if err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(dir, scriptFolder), scripts)
}

// Update replaces the properties of a target; the next machines get them (TG-6, MG-41). The id cannot change.
func (b *Book) Update(id, text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.byID[id]
	if !ok {
		return fmt.Errorf("change the target %s: there is none with that id", id)
	}
	parsed, err := template.ParseTarget("the target "+id, "id = "+id+"\n"+text)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(t.Dir, textFile), parsed.Text); err != nil {
		return fmt.Errorf("change the target %s: %w", id, err)
	}
	t.Text = parsed.Text
	b.byID[id] = t
	return nil
}

// Delete removes a target; the caller knows that no machine uses it (MG-42). One that something is associated with stays (D-1).
func (b *Book) Delete(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.byID[id]
	if !ok {
		return nil
	}
	for e, to := range b.links {
		if to == id {
			return fmt.Errorf("delete the target %s: %s uses it; choose another target there first", id, e)
		}
	}
	if err := os.RemoveAll(t.Dir); err != nil {
		return fmt.Errorf("delete the target %s: %w", id, err)
	}
	delete(b.byID, id)
	return nil
}

// String names the element for people.
func (e Element) String() string {
	owner := "the application " + e.Name
	if e.Version != "" {
		owner = "the template " + e.Name + " - " + e.Version
	}
	if e.Of == "" {
		return owner
	}
	return strings.TrimPrefix(e.Of, "@") + " of " + owner
}
