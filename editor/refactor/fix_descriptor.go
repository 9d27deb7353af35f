package refactor

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

func (c *cure) descriptorFile() string {
	return inProject(c.Result, "descriptor/application.properties")
}

// key offers to give a key of the descriptor a value, whether it is there or not.
func (c *cure) key(title diag.Phrase, key, value string) {
	text, ok := c.Text(c.descriptorFile())
	if !ok || c.Result.Descriptor == nil {
		return
	}
	if e, there := c.Result.Descriptor.Key(key); there {
		sep := ""
		if e.ValueSpan.Len() == 0 {
			sep = " "
			if !strings.ContainsAny(wholeLines(text, e.KeySpan).Of(text), "=:") {
				sep = " = "
			}
		}
		c.put(title, source.Place{File: c.descriptorFile(), Span: e.ValueSpan}, sep+value)
		return
	}
	at, line := c.Result.Descriptor.Room(key, value)
	c.put(title, source.Place{File: c.descriptorFile(), Span: source.Span{Start: at, End: at}}, line)
}

// addKey offers a key that is missing, unless the finding knows how.
func addKey(key string, value func(*cure) string) func(*cure) {
	return func(c *cure) {
		if len(c.fixes) > 0 {
			return
		}
		if v := value(c); v != "" {
			c.key(diag.Say("Set %s to %s", key, v), key, v)
		}
	}
}

// replaceKey offers another value for a key.
func replaceKey(key string, value func(*cure) string) func(*cure) {
	return func(c *cure) {
		if v := value(c); v != "" {
			c.key(diag.Say("Set %s to %s", key, v), key, v)
		}
	}
}

func always(value string) func(*cure) string { return func(*cure) string { return value } }

// applicationName is that of the first machine's application when nobody wrote one: a name that can be changed at any time.
func applicationName(c *cure) string { return "application" }

// validName is the name of the application without what cannot stand in it.
func validName(c *cure) string {
	name := cleaned(load.PlainName(c.Result.App.Descriptor.DisplayName), "-_.() ")
	if !model.IsAppName(name) {
		return ""
	}
	return name
}

// validVersion is the version that was meant, as far as its numbers tell; else the first one.
func validVersion(c *cure) string {
	word := strings.TrimLeft(c.Result.App.Descriptor.Version, "vV ")
	dotted := strings.NewReplacer("-", ".", "_", ".", ",", ".").Replace(word)
	for _, v := range []string{word, dotted, strings.TrimRight(word, ".-"), strings.TrimRight(word, ".") + ".0"} {
		if check.IsVersion(v) && !strings.ContainsAny(v, " =\\") {
			return v
		}
	}
	return "1.0"
}

// graphEntry is the graph file that the descriptor may have meant: main.graph, else the only one.
func graphEntry(c *cure) string { return c.entry("graph", ".graph", "main.graph") }

func (c *cure) entry(dir, ext, usual string) string {
	var found []string
	for _, f := range c.filesOf(dir, ext) {
		if f == usual {
			return f
		}
		found = append(found, f)
	}
	if len(found) == 1 {
		return found[0]
	}
	return usual
}

// filesOf are the files of a language, relative to its folder.
func (c *cure) filesOf(dir, ext string) (found []string) {
	root := inProject(c.Result, dir) + "/"
	for _, f := range c.Result.All {
		if inside, ok := strings.CutPrefix(f, root); ok && strings.HasSuffix(strings.ToLower(f), ext) {
			found = append(found, inside)
		}
	}
	return found
}

// exportsPrefix is a prefix made of the application's name.
func exportsPrefix(c *cure) string {
	prefix := asID(load.PlainName(c.Result.App.Descriptor.DisplayName))
	if prefix == "" {
		return "Application"
	}
	return prefix
}

// validPrefix is the prefix without what cannot stand in it.
func validPrefix(c *cure) string {
	if prefix := asID(c.Result.App.Descriptor.ExportsPrefix); prefix != "" {
		return prefix
	}
	return exportsPrefix(c)
}

// externalForm gives an export of the descriptor an alias: its local name.
func externalForm(c *cure) {
	word := syntax.Trim(c.word(c.p.Place))
	if _, local := model.SplitName(word); model.IsID(word) && model.IsID(local) {
		c.put(diag.Say("Write %s", word+" as "+local), c.p.Place, word+" as "+local)
	}
	c.dropExternal()
}

// dropExternal offers to take an export out of the descriptor's list.
func (c *cure) dropExternal() {
	e, ok := c.Result.Descriptor.Key(load.KeyExports)
	text, read := c.Text(c.p.Place.File)
	if !ok || !read || c.p.Place.Span.Len() == 0 || !within(c.p.Place.Span, e.ValueSpan) {
		return
	}
	cut := c.p.Place.Span
	if n := strings.IndexByte(text[cut.End:e.ValueSpan.End], ','); n >= 0 {
		cut.End += n + 1
		for cut.End < e.ValueSpan.End && text[cut.End] == ' ' {
			cut.End++
		}
	} else if n := strings.LastIndexByte(text[e.ValueSpan.Start:cut.Start], ','); n >= 0 {
		cut.Start = e.ValueSpan.Start + n
	} else {
		whole := source.Span{Start: e.KeySpan.Start, End: e.ValueSpan.End}
		c.dropLine(diag.Say("Export nothing"), source.Place{File: c.p.Place.File, Span: whole})
		return
	}
	c.put(diag.Say("Remove the export"), source.Place{File: c.p.Place.File, Span: cut}, "")
}

// unknownExternal exports another variable, or none.
func unknownExternal(c *cure) { c.dropExternal() }

// takenAlias gives an external export an alias of its own.
func takenAlias(c *cure) {
	for _, e := range c.Result.App.Descriptor.Exports {
		if e.Span != c.p.Place.Span {
			continue
		}
		alias := strings.ReplaceAll(e.Variable, ".", "_")
		taken := func(name string) bool {
			for _, other := range c.Result.App.Descriptor.Exports {
				if other.Alias == name {
					return true
				}
			}
			return false
		}
		alias = unused(alias, taken)
		c.put(diag.Say("Write %s", e.Variable+" as "+alias), c.p.Place, e.Variable+" as "+alias)
	}
	c.dropExternal()
}

// descriptorKeys are the keys that mean something (model.md 4.2).
var descriptorKeys = []string{
	load.KeyName, load.KeyVersion, load.KeyDescription, load.KeyDSL, load.KeyTags, load.KeyGraphEntry, load.KeyInstanceEntry,
	load.KeyExportsPrefix, load.KeyExports,
}

// unknownKey gives a key the name that was meant, or takes it away.
func unknownKey(c *cure) {
	var free []string
	for _, key := range descriptorKeys {
		if _, there := c.Result.Descriptor.Key(key); !there {
			free = append(free, key)
		}
	}
	e, ok := c.entryAt(c.p.Place)
	if !ok {
		return
	}
	c.replaceBy(source.Place{File: c.p.Place.File, Span: e.KeySpan}, c.like(e.Key, free))
	c.dropKey(diag.Say("Remove the key"), e)
}

func (c *cure) dropKey(title diag.Phrase, e load.Entry) {
	whole := source.Span{Start: e.KeySpan.Start, End: max(e.KeySpan.End, e.ValueSpan.End)}
	c.dropLine(title, source.Place{File: c.p.Place.File, Span: whole})
}

// entryAt is the key of the descriptor whose lines hold a place.
func (c *cure) entryAt(at source.Place) (load.Entry, bool) {
	if c.Result.Descriptor == nil || at.File != c.descriptorFile() {
		return load.Entry{}, false
	}
	for _, e := range c.Result.Descriptor.Entries {
		whole := source.Span{Start: e.KeySpan.Start, End: max(e.KeySpan.End, e.ValueSpan.End)}
		if whole.Contains(at.Span.Start) {
			return e, true
		}
	}
	return load.Entry{}, false
}
