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

	"github.com/roboconf/workbench/runtime/managerd/template"
)

// ErrNone says that nothing tells where a machine should come from (MG-45).
var ErrNone = errors.New("no target")

// Choose finds the target of a machine: that of its path, else of its component, else the default of the application (MG-45, TG-10).
func (b *Book) Choose(app, path, component string) (Target, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, of := range []string{path, "@" + component, ""} {
		if id, linked := b.links[Element{Name: app, Of: of}]; linked {
			t, ok := b.byID[id]
			if !ok {
				return Target{}, fmt.Errorf("choose the target of %s: %s is associated with %s, which does not exist", path, Element{Name: app, Of: of}, id)
			}
			return t, nil
		}
	}
	return Target{}, fmt.Errorf("choose the target of %s: %w: neither %[1]s, nor its component %s, nor %s has one; associate one of %s",
		path, ErrNone, component, app, orNone(slices.Sorted(maps.Keys(b.byID))))
}

func orNone(ids []string) string {
	if len(ids) == 0 {
		return "those that you create first: there is none"
	}
	return strings.Join(ids, ", ")
}

// Of is the id associated with exactly that element (a strict lookup, TG-10); "" when there is none.
func (b *Book) Of(e Element) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.links[e]
}

// Associate gives an element another target; "" takes it away. The caller knows that the element exists, that it may change now
// (TG-12). There is one default, whatever was there before (D-18).
func (b *Book) Associate(e Element, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.byID[id]; !known && id != "" {
		return fmt.Errorf("associate %s: there is no target %q; there are %s", e, id, orNone(slices.Sorted(maps.Keys(b.byID))))
	}
	return b.change(map[Element]string{e: id})
}

// change links elements, or unlinks those that go to "". The files of the targets concerned are written: those that lose first, so that an
// element never has two.
func (b *Book) change(next map[Element]string) error {
	lose, win := map[string]bool{}, map[string]bool{}
	for e, id := range next {
		switch was := b.links[e]; {
		case was == id:
			continue
		case was != "":
			lose[was] = true
		}
		delete(b.links, e)
		if id != "" {
			b.links[e] = id
			win[id] = true
		}
	}
	for _, id := range append(slices.Sorted(maps.Keys(lose)), slices.Sorted(maps.Keys(win))...) {
		if _, known := b.byID[id]; !known {
			continue
		}
		var list []Element
		for e, to := range b.links {
			if to == id {
				list = append(list, e)
			}
		}
		if err := writeElements(filepath.Join(b.dir, id, associationFile), list); err != nil {
			return fmt.Errorf("keep the associations of the target %s: %w", id, err)
		}
	}
	return nil
}

// Copy gives an application the associations of its template (TG-13).
func (b *Book) Copy(from template.ID, app string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := map[Element]string{}
	for e, id := range b.links {
		if e.Name == from.Name && e.Version != "" && e.Version == from.Version {
			next[Element{Name: app, Of: e.Of}] = id
		}
	}
	return b.change(next)
}

// Forget removes what is known of an application (version "") or a template (TG-14). Targets stay.
func (b *Book) Forget(name, version string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := map[Element]string{}
	for e := range b.links {
		if e.Name == name && e.Version == version {
			next[e] = ""
		}
	}
	err := b.change(next)
	for id, t := range b.byID {
		kept := slices.DeleteFunc(slices.Clone(t.Hints), func(h Element) bool { return h.Name == name && h.Version == version })
		if len(kept) != len(t.Hints) {
			err = errors.Join(err, b.hint(id, kept))
		}
	}
	return err
}

func (b *Book) hint(id string, list []Element) error {
	t := b.byID[id]
	t.Hints = list
	b.byID[id] = t
	if err := writeElements(filepath.Join(t.Dir, hintFile), list); err != nil {
		return fmt.Errorf("keep the hints of the target %s: %w", id, err)
	}
	return nil
}

// Rename takes the associations of an instance along, with those below it (D-16).
func (b *Book) Rename(app, from, to string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := map[Element]string{}
	for e, id := range b.links {
		if rest, below := strings.CutPrefix(e.Of, from); e.Name == app && e.Version == "" && below && (rest == "" || rest[0] == '/') {
			next[e] = ""
			next[Element{Name: app, Of: to + rest}] = id
		}
	}
	return b.change(next)
}

// Register keeps the targets that a template brings: all, or none (TG-4, MG-11 step 3). undo takes back those that are new, should the
// loading fail later.
func (b *Book) Register(t *template.Template, files fs.FS) (undo func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	creator := t.ID.String()
	for _, found := range t.Targets {
		if err := b.free(found.ID, creator); err != nil {
			return nil, err
		}
	}
	var made []string
	undo = func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.unmake(made)
	}
	next, here := map[Element]string{}, Element{t.Name, t.Version, ""}
	for _, found := range t.Targets {
		_, known := b.byID[found.ID]
		kept, err := b.put(found, creator, files)
		if err == nil && !slices.Contains(kept.Hints, here) {
			err = b.hint(found.ID, append(slices.Clip(kept.Hints), here))
		}
		if err != nil {
			b.unmake(made)
			return nil, err
		}
		if !known {
			made = append(made, found.ID)
		}
		if found.Default {
			next[Component(t.Name, t.Version, found.Component)] = found.ID
		}
	}
	if err := b.change(next); err != nil {
		b.unmake(made)
		return nil, err
	}
	return undo, nil
}

// unmake removes targets, with what was associated with them.
func (b *Book) unmake(ids []string) {
	for _, id := range ids {
		for e, to := range b.links {
			if to == id {
				delete(b.links, e)
			}
		}
		_ = os.RemoveAll(b.byID[id].Dir) // what stays is found at the next start; the error that led here counts
		delete(b.byID, id)
	}
}
