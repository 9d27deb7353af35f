package refactor

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/names"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/source"
)

// acceptableInstance looks at the new name of an instance, or of one that a command file makes.
func (r *renamer) acceptableInstance() error {
	if r.name.Owner != "" || !r.counted() {
		r.to = strings.TrimSpace(r.to)
	}
	if !model.IsFlexID(r.to) {
		return fmt.Errorf("this is no name of an instance: a letter or _ comes first, then letters, digits, spaces, _, - or dots")
	}
	if hidden := names.Hidden(r.Ground, r.name); len(hidden) > 0 {
		return fmt.Errorf("%s leads to it by a variable, which would lead nowhere; write the name there first", r.where(hidden[0]))
	}
	if at, bare := r.unquoted(); bare && strings.Contains(r.to, " ") {
		return fmt.Errorf("%s writes its path without quotes, which a name with a blank needs; add them first", r.where(at))
	}
	above := path.Dir(r.name.Text)
	if r.name.Owner != "" {
		return r.freePath(path.Join(above, r.to), r.name.Owner)
	}
	for _, level := range r.levels() {
		for _, name := range level.renamed {
			for _, i := range level.siblings {
				if i.Name == name {
					return fmt.Errorf("there is an instance %s already", level.above+"/"+name)
				}
			}
			if err := r.freePath(level.above+"/"+name, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// unquoted finds a path in the profile of the application that has no quotes.
func (r *renamer) unquoted() (source.Place, bool) {
	for _, u := range r.uses {
		if u.Place.File != ".roboconf/profile" {
			continue
		}
		text, _ := r.Text(u.Place.File)
		line := text[strings.LastIndexByte(text[:u.Place.Span.Start], '\n')+1 : u.Place.Span.Start]
		if !strings.Contains(line, "\"") {
			return u.Place, true
		}
	}
	return source.Place{}, false
}

// freePath refuses a path that a command file makes, or mentions although nothing is there.
func (r *renamer) freePath(at, owner string) error {
	if owner != "" && model.Find(r.Result.App.Instances, at) != nil {
		return fmt.Errorf("there is an instance %s already", at)
	}
	if err := r.free(names.Name{Kind: names.Instance, Text: at}); err != nil {
		return err
	}
	for _, file := range r.Result.All {
		if strings.HasSuffix(file, ".commands") && (owner == "" || file == owner) {
			if err := r.free(names.Name{Kind: names.Instance, Owner: file, Text: at}); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted says whether the block of the instance has a count.
func (r *renamer) counted() bool {
	i := model.Find(r.Result.App.Instances, r.name.Text)
	return i != nil && i.Count > 1
}

// level is one place in the tree where the block of the instance makes instances: several when a count above it makes copies.
type level struct {
	above    string
	renamed  []string // their new names
	siblings []*model.Instance
}

// levels finds the instances that the block makes, wherever copies brought it.
func (r *renamer) levels() (found []level) {
	first := model.Find(r.Result.App.Instances, r.name.Text)
	if first == nil {
		return nil
	}
	var look func(above string, list []*model.Instance)
	look = func(above string, list []*model.Instance) {
		l := level{above: above}
		for _, i := range list {
			if i.File == first.File && i.Base == first.Base && i.Header == first.Header {
				l.renamed = append(l.renamed, r.to+indexOf(i))
			} else {
				l.siblings = append(l.siblings, i)
			}
			look(above+"/"+i.Name, i.Children)
		}
		if len(l.renamed) > 0 {
			found = append(found, l)
		}
	}
	look("", r.Result.App.Instances)
	return found
}

// indexOf is what a count added to the name of an instance.
func indexOf(i *model.Instance) string {
	if i.Count < 2 {
		return ""
	}
	return i.Name[len(i.Name)-len(strconv.Itoa(i.Count)):]
}

// acceptableWord looks at names that are words of small languages.
func (r *renamer) acceptableWord() error {
	if r.to == "" {
		return fmt.Errorf("the name is empty")
	}
	bad, words := "", []string(nil)
	switch r.name.Kind {
	case names.Command:
		bad, words = "/\\;#\"$<>:|?*", []string{"end"}
	case names.Rule:
		bad = "\""
		if r.bears(r.name.Text) {
			bad = "\"/\\<>:|?*"
		}
	case names.Event:
		bad, words = " []()@#\"{}", []string{"and", "or", "when", "then", "end", "rule"}
		if strings.Contains(r.to, "//") || strings.Contains(r.to, "/*") {
			bad += "/"
		}
	case names.Target:
		bad = "\\#$"
	case names.Script:
		bad = "=()#$\\"
	}
	if i := strings.IndexFunc(r.to, func(c rune) bool { return c < ' ' || strings.ContainsRune(bad, c) }); i >= 0 {
		return fmt.Errorf("%q cannot stand in such a name", r.to[i:i+1])
	}
	if slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, r.to) }) {
		return fmt.Errorf("this is a word of the language")
	}
	if r.name.Kind == names.Command && strings.EqualFold(path.Ext(r.to), ".commands") {
		return fmt.Errorf("a command is called without the extension of its file")
	}
	if r.name.Kind == names.Script {
		return r.acceptableScript()
	}
	return r.free(names.Name{Kind: r.name.Kind, Owner: r.name.Owner, Text: r.to})
}

// generators are the names that mean a value of their own in commands (commands-rules-probes.md 2.6).
var generators = []string{"UUID", "MILLI_TIME", "NANO_TIME", "SMART_INDEX", "EXISTING_INDEX", "FORMATTED_TIME"}

func (r *renamer) acceptableScript() error {
	word, _, _ := strings.Cut(r.to, " ")
	if slices.Contains(generators, word) {
		return fmt.Errorf("the platform gives a value to this variable")
	}
	if err := r.free(names.Name{Kind: names.Script, Owner: r.name.Owner, Text: r.to}); err != nil {
		return err
	}
	if text, _ := r.Text(r.name.Owner); strings.Contains(text, "$("+r.to+")") {
		return fmt.Errorf("%s mentions a variable of that name already; correct it first", r.name.Owner)
	}
	return nil
}

// acceptablePrefix looks at the new name of an external prefix.
func (r *renamer) acceptablePrefix() error {
	if !model.IsTypeName(r.to) {
		return fmt.Errorf("this is no prefix: a letter or _ comes first, then letters, digits, _ or -")
	}
	for _, k := range []names.Kind{names.Prefix, names.Component, names.Facet} {
		if err := r.free(names.Name{Kind: k, Text: r.to}); err != nil {
			return err
		}
	}
	for _, other := range r.Ground.Beside {
		if g := other.Result.App.Graph; g.Component(r.to) != nil || g.Facet(r.to) != nil {
			return fmt.Errorf("%s has a type of that name", other.Result.App.Descriptor.Name)
		}
	}
	return nil
}

// acceptableAlias looks at the new name of an external export.
func (r *renamer) acceptableAlias() error {
	if !model.IsID(r.to) {
		return fmt.Errorf("this is no name of a variable: a letter or _ comes first, then letters, digits, _, - or dots")
	}
	return r.free(names.Name{Kind: names.Alias, Owner: r.name.Owner, Text: r.to})
}

// acceptableFile looks at the new name of a graph or instances file.
func (r *renamer) acceptableFile() error {
	to := r.target()
	switch {
	case !strings.EqualFold(path.Ext(to), path.Ext(r.name.Text)):
		return fmt.Errorf("the extension %s says what the file holds; keep it", path.Ext(r.name.Text))
	case strings.ContainsAny(r.to, ";#\\\r\n"):
		return fmt.Errorf("an import could not name the file: ; # and \\ have a meaning there")
	case !strings.HasPrefix(to, names.Root(r.Ground, r.name.Text)+"/"):
		return fmt.Errorf("the file must stay below %s", names.Root(r.Ground, r.name.Text))
	case strings.HasPrefix(path.Base(to), ".") || strings.Contains(to, "/."):
		return fmt.Errorf("hidden files are not looked at")
	case r.Result.Recipe && r.entryAfter(to) != r.entryAfter(""):
		return fmt.Errorf("a recipe without descriptor begins with main.graph, else with its first file: it would begin with another one")
	}
	return r.free(names.Name{Kind: names.File, Text: to})
}

// entryAfter is the file that a recipe without descriptor begins with (MOD-18) after the file is called otherwise; with "", as it is. The
// file itself is told by its old name.
func (r *renamer) entryAfter(to string) string {
	root := inProject(r.Result, "graph")
	entries := map[string]string{}
	for _, file := range r.Result.All {
		now := file
		if file == r.name.Text && to != "" {
			now = to
		}
		if path.Dir(now) == root && strings.EqualFold(path.Ext(now), ".graph") {
			entries[path.Base(now)] = file
		}
	}
	if main, there := entries["main.graph"]; there {
		return main
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		return entries[name]
	}
	return ""
}

// target is the path that a file gets.
func (r *renamer) target() string {
	if strings.Contains(r.to, "/") {
		return path.Join(names.Root(r.Ground, r.name.Text), r.to)
	}
	return path.Join(path.Dir(r.name.Text), r.to)
}

// relocate writes where a file has gone into an import, or an entry point. When it keeps its folder, the folder stays as it is written.
func (r *renamer) relocate(at source.Place, from, to string) source.Edit {
	text, _ := r.Text(at.File)
	written := at.Span.Of(text)
	if path.Dir(from) == path.Dir(to) && path.Base(written) == path.Base(from) {
		at.Span.Start = at.Span.End - len(path.Base(written))
		return source.Edit{Place: at, With: path.Base(to)}
	}
	return source.Edit{Place: at, With: strings.TrimPrefix(to, names.Root(r.Ground, from)+"/")}
}
