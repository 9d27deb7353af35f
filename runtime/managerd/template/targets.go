package template

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/properties"
)

// Target is a target that stands in the folder of a machine component (manager.md 4.2).
type Target struct {
	ID        string
	Component string
	File      string // relative to the application
	Text      string // as it is written, without the line of its id (TG-6)
	// Default says that the target is associated with the component: it is called target.properties, or is the only one (TG-4).
	Default bool
	// Scripts is the folder of its scripts and resources, relative to the application; "" when there is none (plugins.md 10).
	Scripts string
}

// Properties are what the text says.
func (t Target) Properties() map[string]string {
	set := map[string]string{"id": t.ID}
	for _, e := range properties.Parse(t.Text).Entries {
		set[e.Key] = e.Value
	}
	return set
}

// Targets are those that an application brings along, sorted by file. The error names one that cannot be kept.
func Targets(fsys fs.FS, g *model.Graph) ([]Target, error) {
	var list []Target
	files := map[string]string{} // by id
	for _, c := range g.Components() {
		if !g.IsMachine(c) {
			continue
		}
		dir := path.Join("graph", c.Name)
		names, err := fs.Glob(fsys, dir+"/*.properties")
		if err != nil {
			return nil, fmt.Errorf("look for targets in %s: %w", dir, err)
		}
		for _, name := range names {
			t, err := readTarget(fsys, name)
			if err != nil {
				return nil, err
			}
			if other, taken := files[t.ID]; taken {
				return nil, fmt.Errorf("read %s: its id %q is that of %s too; give each target its own", name, t.ID, other)
			}
			files[t.ID] = name
			t.Component = c.Name
			t.Default = len(names) == 1 || path.Base(name) == "target.properties"
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(x, y Target) int { return strings.Compare(x.File, y.File) })
	return list, nil
}

func readTarget(fsys fs.FS, name string) (Target, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Target{}, fmt.Errorf("read %s: %w", name, err)
	}
	t, err := ParseTarget(name, string(text))
	if err != nil {
		return Target{}, err
	}
	t.File = name
	if dir := strings.TrimSuffix(name, ".properties"); isFolder(fsys, dir) {
		t.Scripts = dir
	}
	return t, nil
}

// ParseTarget reads the text of a target (TG-1); what names it in errors.
func ParseTarget(what, text string) (Target, error) {
	file := properties.Parse(text)
	id, ok := file.Find("id")
	switch {
	case !ok || id.Value == "":
		return Target{}, fmt.Errorf("read %s: the target has no id; add a line such as \"id = my-machines\"", what)
	case !ValidID(id.Value):
		return Target{}, fmt.Errorf("read %s: %q cannot be the id of a target: letters, digits, dots, dashes, underscores, at most 100; the first is a letter or a digit", what, id.Value)
	case file.Value("handler") == "":
		return Target{}, fmt.Errorf("read %s: the target %s has no handler; add a line such as \"handler = local\"", what, id.Value)
	}
	return Target{ID: id.Value, Text: withoutKey(file, "id")}, nil
}

func isFolder(fsys fs.FS, name string) bool {
	info, err := fs.Lstat(fsys, name)
	return err == nil && info.IsDir()
}

// withoutKey is the text without the lines of a key; comments, order, everything else stay (MG-40).
func withoutKey(file *properties.File, key string) string {
	var b strings.Builder
	text := file.Text()
	for _, line := range file.Lines {
		if line.Kind != properties.Property || line.Entry.Key != key {
			b.WriteString(text[line.Span.Start:line.Span.End])
		}
	}
	return b.String()
}

// ValidID says whether a text can be the id of a target: it becomes the name of a folder (D-17).
func ValidID(id string) bool {
	plain := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }
	for i := range len(id) {
		if !plain(id[i]) && (i == 0 || !strings.ContainsRune("._- ", rune(id[i]))) {
			return false
		}
	}
	return id != "" && len(id) <= 100 && !strings.HasSuffix(id, ".") && !strings.HasSuffix(id, " ")
}
