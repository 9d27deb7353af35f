package check

import (
	"io/fs"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
)

// recipeMemo is what was read in the recipes of one application.
type recipeMemo struct {
	files  map[string]*recipeFile // those that were read, by name
	puppet map[string]verdict     // what Puppet said, by text
}

// verdict is what Puppet says of a manifest.
type verdict struct {
	message string
	ok      bool
}

// recipeFile is a file of a recipe that was read. What it says is found out when it is asked for.
type recipeFile struct {
	name, text string
	err        error
	scanned    bool
	// names are those of imported variables, as far as their form tells; see recipe.Scan.
	names      []recipe.Use
	script     *recipe.Script
	lines      *source.Lines
	properties *properties.File
}

// file reads a file, or takes what is known of it when its text is the same.
func (m *recipeMemo) file(fsys fs.FS, name string) *recipeFile {
	text, err := readText(fsys, name)
	if f := m.files[name]; f != nil && f.text == text && (f.err == nil) == (err == nil) {
		return f
	}
	f := &recipeFile{name: name, text: text, err: err}
	m.files[name] = f
	return f
}

func (f *recipeFile) language() recipe.Language { return recipe.LanguageOf(f.name, f.text) }

// used are the names with the form of an imported variable.
func (f *recipeFile) used() []recipe.Use {
	if !f.scanned {
		f.scanned = true
		for u := range recipe.Scan(f.language(), f.text) {
			if indexed(u.Name) {
				f.names = append(f.names, u)
			}
		}
	}
	return f.names
}

// indexed says whether a name holds an index: _0_ or _*_.
func indexed(name string) bool {
	for at := 0; ; {
		n := strings.IndexByte(name[at:], '_')
		if n < 0 {
			return false
		}
		start := at + n + 1
		end := start
		for end < len(name) && ('0' <= name[end] && name[end] <= '9' || name[end] == '*') {
			end++
		}
		if end > start && end < len(name)-1 && name[end] == '_' {
			return true
		}
		at = start
	}
}

// parsed is what the file says once it is read whole.
func (f *recipeFile) parsed() *recipe.Script {
	if f.script == nil {
		f.script = recipe.Read(f.language(), f.text)
	}
	return f.script
}

func (f *recipeFile) keys() *properties.File {
	if f.properties == nil {
		f.properties = properties.Parse(f.text)
	}
	return f.properties
}

func (f *recipeFile) rangeOf(at source.Span) source.Range {
	if f.lines == nil {
		f.lines = source.NewLines(f.text)
	}
	return f.lines.Range(at)
}

func (f *recipeFile) place(at source.Span) source.Place {
	return source.Place{File: f.name, Span: at}
}

// firstLine is the place of a finding about the whole file (DIA-13).
func (f *recipeFile) firstLine() source.Span {
	line, _, _ := strings.Cut(f.text, "\n")
	return source.Span{End: len(strings.TrimSuffix(line, "\r"))}
}

// locate fills in the ranges of findings that stand in recipes, or that speak of them: the loader does not read those files.
func (r *recipes) locate(found []diag.Problem) []diag.Problem {
	for i := range found {
		p := &found[i]
		p.Range = r.rangeOf(p.Place)
		for k := range p.Related {
			p.Related[k].Range = r.rangeOf(p.Related[k].Place)
		}
	}
	return found
}

func (r *recipes) rangeOf(at source.Place) source.Range {
	if f := r.memo.files[at.File]; f != nil && f.err == nil {
		return f.rangeOf(at.Span)
	}
	if f := r.result.Files[at.File]; f != nil {
		return f.Lines.Range(at.Span)
	}
	first := source.Position{Line: 1, Column: 1}
	return source.Range{Start: first, End: first}
}
