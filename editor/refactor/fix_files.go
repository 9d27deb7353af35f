package refactor

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// languageOf gives folder and extension of the language that a file of a model belongs to.
func languageOf(r *load.Result, file string) (dir, ext string) {
	if strings.HasPrefix(file, inProject(r, "instances")+"/") {
		return "instances", ".instances"
	}
	return "graph", ".graph"
}

// unreachableFile imports another file, makes the missing one, or takes the import away.
func unreachableFile(c *cure) {
	dir, ext := languageOf(c.Result, c.p.Place.File)
	root := inProject(c.Result, dir)
	location, missing := c.word(c.p.Place), c.detail(diag.KindFile)
	var known []string
	for _, f := range c.filesOf(dir, ext) {
		if path.Join(root, f) != c.p.Place.File {
			known = append(known, f)
		}
	}
	near := c.like(location, known)
	for _, f := range known {
		if path.Base(f) == path.Base(location) && len(near) == 0 {
			near = append(near, f)
		}
	}
	var lines []source.Edit
	all := c.imports(root, missing)
	for _, at := range all {
		text := c.text(at.File)
		lines = append(lines, source.Edit{Place: source.Place{File: at.File, Span: wholeLines(text, at.Span)}})
	}
	for _, name := range near {
		var edits []source.Edit
		for _, at := range all {
			edits = append(edits, source.Edit{Place: at, With: name})
		}
		c.offer(diag.Say("Replace %s by %s", location, name), edits...)
	}
	if strings.HasPrefix(missing, root+"/") && !strings.Contains(location, "://") {
		c.offerFiles(diag.Say("Create %s", missing), []source.File{{Name: missing, Text: "# " + path.Base(missing) + "\n"}})
	}
	c.offer(diag.Say("Remove the import"), lines...)
}

// imports are the places where a file is imported: a missing one is told once, however often it is named.
func (c *cure) imports(root, file string) (found []source.Place) {
	for _, name := range slices.Sorted(maps.Keys(c.Result.Files)) {
		f := c.Result.Files[name]
		if f.Tree == nil || !strings.HasPrefix(name, root+"/") {
			continue
		}
		for at, chunk := range f.Tree.Chunks() {
			item := chunk.Item()
			if item.Kind() != syntax.Import || item.Name().Len() == 0 {
				continue
			}
			if location := syntax.Clean(item.Name().Of(chunk.Text())); path.Join(root, location) == file {
				found = append(found, source.Place{File: name, Span: item.Name().Shift(at)})
			}
		}
	}
	return found
}

// missingEntry names another file as entry, or makes the one that is named.
func missingEntry(key, dir, ext string) func(*cure) {
	return func(c *cure) {
		e, ok := c.Result.Descriptor.Key(key)
		if !ok {
			return
		}
		at := source.Place{File: c.descriptorFile(), Span: e.ValueSpan}
		known := c.filesOf(dir, ext)
		near := c.like(e.Value, known)
		if len(near) == 0 {
			near = firstOf(known, atMost)
		}
		c.replaceBy(at, near)
		name := inProject(c.Result, dir, e.Value)
		if strings.HasPrefix(name, inProject(c.Result, dir)+"/") {
			c.offerFiles(diag.Say("Create %s", name), []source.File{c.firstFile(name, ext)})
		}
	}
}

// firstFile is a file of a model to begin with: a machine, or an instance of each root.
func (c *cure) firstFile(name, ext string) source.File {
	if ext == ".graph" {
		return source.File{Name: name, Text: "# A machine.\nVM {\n\tinstaller: " + model.MachineInstaller + ";\n\texports: ip;\n}\n"}
	}
	text := "# What runs at first.\n"
	for _, root := range firstOf(c.graph.Roots(), 1) {
		text += "instance of " + root.Name + " {\n\tname: " + strings.ToLower(root.Name) + ";\n"
		for _, v := range valueless(c.graph, root) {
			text += "\t" + v + ": " + placeholder + ";\n"
		}
		text += "}\n"
	}
	return source.File{Name: name, Text: text}
}

// noGraph makes the graph that the descriptor names.
func noGraph(c *cure) {
	entry := c.Result.App.Descriptor.GraphEntry
	if entry == "" || !strings.HasPrefix(inProject(c.Result, "graph", entry), inProject(c.Result, "graph")+"/") {
		entry = "main.graph"
	}
	name := inProject(c.Result, "graph", entry)
	c.offerFiles(diag.Say("Create %s", name), []source.File{c.firstFile(name, ".graph")})
}

// noDescriptor makes a descriptor that names the files there are.
func noDescriptor(c *cure) {
	text := "name = application\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = " + graphEntry(c) + "\n"
	if len(c.filesOf("instances", ".instances")) > 0 {
		text += "instance-entry-point = " + c.entry("instances", ".instances", "model.instances") + "\n"
	}
	c.offerFiles(diag.Say("Create %s", c.descriptorFile()), []source.File{{Name: c.descriptorFile(), Text: text}})
}

// noInstances makes the folder that the descriptor speaks of, or takes the key away.
func noInstances(c *cure) {
	e, ok := c.Result.Descriptor.Key(load.KeyInstanceEntry)
	if !ok {
		return
	}
	name := inProject(c.Result, "instances", e.Value)
	if strings.HasPrefix(name, inProject(c.Result, "instances")+"/") {
		c.offerFiles(diag.Say("Create %s", name), []source.File{c.firstFile(name, ".instances")})
	}
	c.dropKey(diag.Say("Remove the key"), e)
}

// strayFile moves a file of a model to the folder of its language.
func strayFile(c *cure) {
	dir := "graph"
	if strings.EqualFold(path.Ext(c.p.Place.File), ".instances") {
		dir = "instances"
	}
	to := inProject(c.Result, dir, path.Base(c.p.Place.File))
	c.offerMove(diag.Say("Move it to %s", to), c.p.Place.File, to)
}

// unimported makes a file of instances the entry when the descriptor names none.
func unimported(c *cure) {
	dir, _ := languageOf(c.Result, c.p.Place.File)
	location := strings.TrimPrefix(c.p.Place.File, inProject(c.Result, dir)+"/")
	if len(c.fixes) > 0 {
		return
	}
	if dir == "instances" && c.Result.App.Descriptor.InstanceEntry == "" {
		c.key(diag.Say("Make it the entry of the instances"), load.KeyInstanceEntry, location)
	}
}

// extension gives a file the ending that its folder asks for.
func extension(ext string) func(*cure) {
	return func(c *cure) {
		file := c.p.Place.File
		bare := strings.TrimSuffix(file, path.Ext(file))
		if strings.HasSuffix(strings.ToLower(file), ".properties") && ext == ".measures" {
			bare = strings.TrimSuffix(bare, ".measures")
			ext := ".measures.properties"
			c.offerMove(diag.Say("Call it %s", path.Base(bare)+ext), file, bare+ext)
			return
		}
		c.offerMove(diag.Say("Call it %s", path.Base(bare)+ext), file, bare+ext)
	}
}

// wrongKind takes the import of a file of the other language away.
func wrongKind(c *cure) {
	for _, r := range c.p.Related {
		if f := c.Result.Files[r.Place.File]; f != nil && f.Tree != nil && !r.Place.IsZero() {
			c.dropLine(diag.Say("Remove the import"), r.Place)
		}
	}
}

// outsideImport writes the plain way to a file of the folder.
func outsideImport(c *cure) {
	dir, ext := languageOf(c.Result, c.p.Place.File)
	location := c.word(c.p.Place)
	for _, f := range c.filesOf(dir, ext) {
		if path.Base(f) == path.Base(location) {
			c.put(diag.Say("Import %s", f), c.p.Place, f)
		}
	}
}

// recipeEntry calls the file that was chosen as everybody expects.
func recipeEntry(c *cure) {
	c.offerMove(diag.Say("Call it %s", "main.graph"), c.p.Place.File, inProject(c.Result, "graph/main.graph"))
}

// missingCommand makes a command of that name, or names one that there is.
func missingCommand(c *cure) {
	name := c.detail(diag.KindName)
	known := c.commandNames()
	if base := strings.TrimSuffix(path.Base(name), ".commands"); base != name && slices.Contains(known, base) {
		c.replaceBy(c.p.Place, []string{base})
	}
	c.replaceBy(c.p.Place, c.like(name, known))
	if model.IsFlexID(name) {
		file := inProject(c.Result, "commands", name+".commands")
		c.offerFiles(diag.Say("Create the command %s", name), []source.File{{Name: file, Text: "# " + name + "\n"}})
	}
}

func (c *cure) commandNames() (found []string) {
	for _, f := range c.filesOf("commands", ".commands") {
		found = append(found, strings.TrimSuffix(path.Base(f), ".commands"))
	}
	return found
}

// commandComponent names a component that there is, or declares the one that a command creates.
func commandComponent(c *cure) {
	name := c.word(c.p.Place)
	c.replaceBy(c.p.Place, c.like(name, componentNames(c.graph.Components())))
	if o, ok := c.lastComponent(); ok && declarable(name) {
		c.insertAfter(diag.Say("Declare the component %s", name), o, name+" {", "installer: "+model.MachineInstaller+";")
	}
}

// sameCommand gives the second of two commands of one name another one.
func sameCommand(c *cure) {
	dir, name := path.Split(c.p.Place.File)
	bare := strings.TrimSuffix(name, path.Ext(name))
	known := c.commandNames()
	free := unused(bare, func(name string) bool { return slices.Contains(known, name) })
	c.offerMove(diag.Say("Call it %s", free+path.Ext(name)), c.p.Place.File, dir+free+path.Ext(name))
}
