package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// File is a file of the readable export, its name relative to the folder of the store, with slashes.
type File struct {
	Name string
	Data []byte
}

// Readable is what people may read of an application (manager.md 5.1): descriptor, bindings, instances with their states. It is an
// export: what is loaded comes from the store alone. It only looks at the mind; write it with Export, from wherever there is time.
func Readable(m *manager.Manager, app string) []File {
	about, ok := m.Summary(app)
	if !ok {
		return nil
	}
	dir := "applications/" + app
	descriptor := properties([][2]string{
		{"application-name", app},
		{"application-description", about.Description},
		{"template-name", about.Template.Name},
		{"template-version", about.Template.Version},
	})
	var bound [][2]string
	for _, prefix := range slices.Sorted(maps.Keys(about.Bindings)) {
		bound = append(bound, [2]string{prefix, strings.Join(about.Bindings[prefix], ", ")})
	}
	return []File{
		{dir + "/descriptor/application.properties", descriptor},
		{dir + "/descriptor/application-bindings.properties", properties(bound)},
		{dir + "/instances/current.instances", instances(m, app)},
	}
}

// ReadableTargets is the same for targets: definition, associations, hints, usage, creator (targets.md 2). A file that would be empty
// has no data, and is removed.
func ReadableTargets(m *manager.Manager) []File {
	associations := map[string][][2]string{}
	add := func(name, version string, list []manager.Association) {
		for _, a := range list {
			associations[a.Target] = append(associations[a.Target], [2]string{key(name, version, a.Element), ""})
		}
	}
	for _, app := range m.Apps() {
		add(app, "", m.Associations(app))
	}
	for _, id := range m.Templates() {
		add(id.Name, id.Version, m.TemplateAssociations(id))
	}
	var files []File
	for _, t := range m.Targets() {
		var hints, usage [][2]string
		for _, h := range m.Hints(t.ID) {
			name, version := h.App, ""
			if name == "" {
				name, version = h.Template.Name, h.Template.Version
			}
			hints = append(hints, [2]string{key(name, version, ""), ""})
		}
		for _, u := range m.Users(t.ID) {
			usage = append(usage, [2]string{key(u.App, "", u.Path), t.ID})
		}
		creator := ""
		if t.Creator.Name != "" {
			creator = t.Creator.String() + "\n"
		}
		dir := "targets/" + t.ID + "/"
		files = append(
			files,
			File{dir + "target.properties", definition(t)},
			File{dir + "associations.properties", properties(associations[t.ID])},
			File{dir + "hints.properties", properties(hints)},
			File{dir + "usage.properties", properties(usage)},
			File{dir + "created.from", []byte(creator)},
		)
	}
	return files
}

// key is the key of an association, a hint, a usage.
func key(name, version, element string) string {
	orNull := func(s string) string {
		if s == "" {
			return "null"
		}
		return s
	}
	return name + "::" + orNull(version) + "::" + orNull(element)
}

// definition is the text of a target as it was written; what it says when nobody kept the text.
func definition(t manager.Target) []byte {
	if t.Text != "" {
		return []byte(t.Text)
	}
	var pairs [][2]string
	for _, k := range slices.Sorted(maps.Keys(t.Properties)) {
		pairs = append(pairs, [2]string{k, t.Properties[k]})
	}
	return properties(pairs)
}

// properties writes pairs as a Java properties text, readable by whoever reads such texts.
func properties(pairs [][2]string) []byte {
	var b bytes.Buffer
	for _, p := range pairs {
		fmt.Fprintf(&b, "%s = %s\n", escape(p[0], true), escape(p[1], false))
	}
	return b.Bytes()
}

func escape(s string, isKey bool) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\\', isKey && strings.ContainsRune(":= #!", r), i == 0 && (r == ' ' || r == '#' || r == '!'):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// instances is instances/current.instances: the language of instances, with run-time data.
func instances(m *manager.Manager, app string) []byte {
	states := map[string]manager.Status{}
	for _, s := range m.Statuses(app) {
		states[s.Path] = s
	}
	var b bytes.Buffer
	b.WriteString("# Written by the manager: an export for people. What counts is in " + fileName + ".\n")
	for _, root := range m.Instances(app) {
		b.WriteByte('\n')
		block(&b, app, root, "", 0, states)
	}
	return b.Bytes()
}

func block(b *bytes.Buffer, app string, i *model.Instance, above string, depth int, states map[string]manager.Status) {
	tabs := strings.Repeat("\t", depth)
	at := above + "/" + i.Name
	line := func(name, value string) {
		if !carries(value) {
			fmt.Fprintf(b, "%s\t# %s: kept in %s, this language cannot write its value\n", tabs, name, fileName)
			return
		}
		fmt.Fprintf(b, "%s\t%s: %s;\n", tabs, name, value)
	}
	fmt.Fprintf(b, "%sinstance of %s {\n", tabs, i.Component)
	line("name", i.Name)
	if len(i.Channels) > 0 {
		line("channels", strings.Join(i.Channels, ", "))
	}
	for _, o := range i.Overrides {
		line(o.Name, quoted(o.Value))
	}
	for _, k := range slices.Sorted(maps.Keys(i.Data)) {
		line("data."+k, i.Data[k])
	}
	s := states[at]
	if s.State != lifecycle.NotDeployed {
		line("instance-state", s.State.String())
	}
	if data := runtimeData(app, depth, s); data != "" {
		line("instance-data", data)
	}
	for _, c := range i.Children {
		b.WriteByte('\n')
		block(b, app, c, at, depth+1, states)
	}
	fmt.Fprintf(b, "%s}\n", tabs)
}

// carries says whether a value can be written at all: to the end of the line, before a semicolon, with no comment in it.
func carries(value string) bool { return !strings.ContainsAny(value, "\r\n;#{}\x00") }

// quoted puts quotes around a value that would lose something without (DSL-63, DSL-64).
func quoted(value string) string {
	if value != strings.TrimSpace(value) || len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return `"` + value + `"`
	}
	return value
}

// runtimeData are the pairs of lifecycle.md 2.1; those whose value has a comma stay in the store.
func runtimeData(app string, depth int, s manager.Status) string {
	var pairs []string
	add := func(key, value string) {
		if value != "" && carries(value) && !strings.Contains(value, ",") {
			pairs = append(pairs, key+" = "+value)
		}
	}
	if depth == 0 {
		add("application.name", app)
	}
	if s.Dying {
		add("delete.when.not.deployed", "true")
	}
	add("ip.address", s.Address)
	if s.Failure != nil {
		add("last.problem", s.Failure.Message)
	}
	add("machine.id", s.MachineID)
	if !s.Running.IsZero() {
		add("running.from", strconv.FormatInt(s.Running.UnixMilli(), 10))
	}
	return strings.Join(pairs, ", ")
}

// Export writes files that differ from what stands there, each as a whole, durably (MG-50); those without data are removed. The
// caller coalesces.
func (s *Store) Export(files []File) error {
	for _, f := range files {
		if err := s.export(f); err != nil {
			return fmt.Errorf("export %s: %w", f.Name, err)
		}
	}
	return nil
}

func (s *Store) export(f File) error {
	name, err := s.exported(f.Name)
	if err != nil {
		return err
	}
	if len(f.Data) == 0 {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, f.Data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return writeFile(name, f.Data)
}

// exported is where a name stands; an error when it would leave the folders of exports.
func (s *Store) exported(name string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) || path.Clean(name) != name || !strings.HasPrefix(name, "applications/") && !strings.HasPrefix(name, "targets/") {
		return "", fmt.Errorf("%q is no name of an export", name)
	}
	return filepath.Join(s.dir, filepath.FromSlash(name)), nil
}

// Unexport removes the export of what is gone: "applications/" or "targets/" with a name.
func (s *Store) Unexport(name string) error {
	dir, err := s.exported(name)
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		return fmt.Errorf("remove the export %s: %w", name, err)
	}
	return nil
}
