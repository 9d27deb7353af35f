package load

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// language is one of the two languages of models.
type language struct {
	dir   string // root of its locations (DSL-71)
	ext   string
	kind  syntax.FileKind
	wrong diag.Code
}

var (
	graphLanguage     = language{graphDir, ".graph", syntax.GraphFile, diag.CONotAGraph}
	instancesLanguage = language{instancesDir, ".instances", syntax.InstancesFile, diag.CONotInstances}
)

// accepts says whether a file may be used where the language is expected (DSL-8).
func (lang language) accepts(k syntax.FileKind) bool {
	return k == lang.kind || k == syntax.Aggregator || k == syntax.Empty
}

// reading is what was read of one language.
type reading struct {
	units []*unit // in the order of reading: the entry, then what it imports, breadth first
	// holes says that an imported file is missing: what it declares is unknown.
	holes bool
}

// readLanguage reads the entry file and what it imports, transitively, each file once (DSL-73). Locations are resolved
// against root; two spellings of one path are one file (DEV-38).
func (l *loader) readLanguage(lang language, root, entry string) reading {
	var r reading
	todo := []importLine{{location: entry}}
	seen := map[string]bool{}
	var guesses Guesses
	for len(todo) > 0 {
		line := todo[0]
		todo = todo[1:]
		name := path.Clean(l.folder.path(root, line.location))
		if seen[name] {
			continue
		}
		seen[name] = true
		l.Reached = append(l.Reached, name)
		u, err := l.unitOf(name)
		if err != nil {
			r.holes = true
			p := unreadable(name, line, err)
			if p.Code == diag.COUnreachableFile {
				l.suggestFile(&p, lang, line.location, &guesses)
			}
			l.report(p)
			continue
		}
		l.Problems = append(l.Problems, u.problems...)
		if !l.fits(u, lang, line) {
			r.holes = true // what should have stood there is unknown
			continue
		}
		r.units = append(r.units, u)
		todo = append(todo, named(u.imports)...)
	}
	return r
}

// named leaves out imports that name no file: the parser reported them.
func named(lines []importLine) []importLine {
	return slices.DeleteFunc(slices.Clone(lines), func(i importLine) bool { return i.location == "" })
}

// unreadable tells a missing file, reported on the import line (DSL-74), from one that cannot be read (DSL-75).
func unreadable(name string, from importLine, err error) diag.Problem {
	if errors.Is(err, fs.ErrNotExist) || !fs.ValidPath(name) {
		return diag.Problem{
			Code:    diag.COUnreachableFile,
			Place:   from.place,
			Details: []diag.Detail{{Kind: diag.KindFile, Text: name}},
		}
	}
	return diag.Problem{
		Code:    diag.PIOError,
		Place:   source.Place{File: name},
		Details: []diag.Detail{{Kind: diag.KindException, Text: err.Error()}},
		Related: importedHere(from),
	}
}

// fits reports a file of the wrong kind, unless it only failed to parse (DEV-7). A file that mixes both languages is used
// for what fits (DSL-95).
func (l *loader) fits(u *unit, lang language, from importLine) bool {
	kind := u.file.Tree.Kind()
	switch {
	case lang.accepts(kind), kind == syntax.Undetermined:
		return true
	case !u.broken:
		l.report(diag.Problem{
			Code:    lang.wrong,
			Place:   l.FirstLine(u.file.Name),
			Details: []diag.Detail{{Kind: diag.KindUnrecognized, Text: kind.String()}},
			Related: importedHere(from),
		})
	}
	return false
}

func importedHere(from importLine) []diag.Related {
	if from.place.IsZero() {
		return nil
	}
	return []diag.Related{{Place: from.place, Message: diag.Say("imported here")}}
}

// reportStrays finds graph and instances files that stand elsewhere or that nothing leads to (MOD-14).
func (l *loader) reportStrays() {
	slices.Sort(l.Reached)
	for _, lang := range []language{graphLanguage, instancesLanguage} {
		for _, name := range l.listing.models {
			if !hasExt(name, lang.ext) {
				continue
			}
			code := diag.ProjUnreachableFile
			if !l.folder.below(name, lang.dir) {
				code = diag.ProjInvalidFileLocation
			} else if _, reached := slices.BinarySearch(l.Reached, name); reached || l.unknownEnd(lang) {
				continue
			}
			// Its text is shown in editors; a file that cannot be read is reported without it.
			if _, err := l.unitOf(name); err != nil {
				l.report(unreadable(name, importLine{place: source.Place{File: name}}, err))
			}
			p := diag.Problem{Code: code, Place: l.FirstLine(name)}
			if code == diag.ProjUnreachableFile {
				p.Fixes = l.importIt(lang, name)
			}
			l.report(p)
		}
	}
}

// importIt offers to import a file from the entry of its language, when that one can be read (DIA-51).
func (l *loader) importIt(lang language, name string) []diag.Fix {
	root, entry := l.folder.path(lang.dir), l.App.Descriptor.GraphEntry
	if lang.dir == instancesDir {
		entry = l.App.Descriptor.InstanceEntry
	}
	file := path.Clean(path.Join(root, entry))
	if entry == "" || l.Files[file] == nil {
		return nil
	}
	start := 0
	if strings.HasPrefix(l.Files[file].Text, "\uFEFF") {
		start = len("\uFEFF")
	}
	location := strings.TrimPrefix(name, root+"/")
	return []diag.Fix{insertion(diag.Say("Import it from %s", entry), file, start, "import "+location+";\n")}
}

// unknownEnd is true when instances were not read although an entry names them: nobody knows where they lead (MOD-31).
func (l *loader) unknownEnd(lang language) bool {
	return lang.dir == instancesDir && !l.HasGraph && l.App.Descriptor.InstanceEntry != ""
}
