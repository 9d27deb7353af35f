package load

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// The keys of a descriptor (spec/model.md 4.2).
const (
	KeyName          = "name"
	KeyVersion       = "version"
	KeyDescription   = "description"
	KeyDSL           = "dsl-id"
	KeyTags          = "tags"
	KeyGraphEntry    = "graph-entry-point"
	KeyInstanceEntry = "instance-entry-point"
	KeyExportsPrefix = "exports-prefix"
	KeyExports       = "exports"
)

// legacyKeys are older names of keys; the modern one wins (MOD-22).
var legacyKeys = map[string][]string{
	KeyName:        {"application-name"},
	KeyVersion:     {"application-version"},
	KeyDescription: {"application-description"},
	KeyDSL:         {"application-dsl-id"},
}

// Key finds the entry that gives a key its value: the modern key, else the legacy one (MOD-22).
func (p *Properties) Key(key string) (Entry, bool) {
	for _, k := range append([]string{key}, legacyKeys[key]...) {
		if e, ok := p.Find(k); ok {
			return e, true
		}
	}
	return Entry{}, false
}

// AskedAsRecipe says that whoever loaded the folder wanted it read as a reusable recipe; it may not look like one.
func (r *Result) AskedAsRecipe() bool { return r.options.Recipe }

// looksLikeRecipe is true for a graph without descriptor and instances: it is meant to be imported (MOD-18).
func (l *loader) looksLikeRecipe() bool {
	return l.folder.hasDir(graphDir) && !slices.ContainsFunc(l.All, func(name string) bool {
		return name == l.folder.path(descriptorFile) || l.folder.below(name, instancesDir)
	})
}

// describeRecipe generates the descriptor of a recipe: main.graph is its entry, else the only graph file of the folder,
// else the first one (DEV-35).
func (l *loader) describeRecipe() {
	const generated = "generated"
	d := &l.App.Descriptor
	d.Name, d.DisplayName, d.Version, d.DSL = generated, generated, generated, generated
	var entries []string
	for _, name := range l.All {
		if path.Dir(name) == l.folder.path(graphDir) && hasExt(name, graphLanguage.ext) {
			entries = append(entries, path.Base(name))
		}
	}
	switch {
	case slices.Contains(entries, "main.graph"):
		d.GraphEntry = "main.graph"
	case len(entries) > 0:
		d.GraphEntry = entries[0]
	}
	if len(entries) > 1 && d.GraphEntry != "main.graph" {
		p := diag.Problem{Code: diag.XAmbiguousRecipeEntry, Place: source.Place{File: l.folder.path(graphDir, d.GraphEntry)}}
		for _, other := range entries[1:] {
			at := source.Place{File: l.folder.path(graphDir, other)}
			p.Related = append(p.Related, diag.Related{Place: at, Message: diag.Say("could be the entry as well")})
		}
		l.report(p)
	}
}

// describe reads the descriptor and reports folders that are missing (MOD-10).
func (l *loader) describe() {
	if !l.folder.hasDir(graphDir) {
		l.report(diag.Problem{Code: diag.ProjNoGraphDir, Details: directory(l.folder.path(graphDir))})
	}
	name := l.folder.path(descriptorFile)
	switch {
	case !l.folder.hasDir(descriptorDir):
		l.report(diag.Problem{Code: diag.ProjNoDescDir, Details: directory(l.folder.path(descriptorDir))})
	case !slices.Contains(l.All, name):
		l.report(diag.Problem{Code: diag.ProjNoDescFile})
	default:
		l.readDescriptor(name)
	}
}

func directory(name string) []diag.Detail {
	return []diag.Detail{{Kind: diag.KindDirectory, Text: name}}
}

func (l *loader) readDescriptor(name string) {
	text, err := l.folder.read(name)
	var p *Properties
	if err == nil {
		l.Files[name] = &File{Name: name, Text: text, Lines: source.NewLines(text)}
		p, err = ParseProperties(text)
	}
	if err != nil {
		l.report(diag.Problem{
			Code:    diag.ProjReadDescFile,
			Place:   l.FirstLine(name),
			Details: []diag.Detail{{Kind: diag.KindException, Text: err.Error()}},
		})
		return
	}
	l.Descriptor = p
	l.App.Descriptor = Describe(p)
	if e, ok := p.Key(KeyExports); ok {
		_, bad := readExports(e)
		for _, span := range bad {
			l.report(diag.Problem{Code: diag.ProjInvalidExternalExports, Place: source.Place{File: name, Span: span}})
		}
	}
}

// Describe reads the meaning of a descriptor (spec/model.md 4.2).
func Describe(p *Properties) model.Descriptor {
	value := func(key string) string {
		e, _ := p.Key(key)
		return e.Value
	}
	d := model.Descriptor{
		DisplayName:   value(KeyName),
		Version:       value(KeyVersion),
		Description:   value(KeyDescription),
		DSL:           value(KeyDSL),
		GraphEntry:    value(KeyGraphEntry),
		InstanceEntry: value(KeyInstanceEntry),
		ExportsPrefix: value(KeyExportsPrefix),
		Tags:          tags(value(KeyTags)),
	}
	d.Name = strings.TrimSpace(PlainName(d.DisplayName))
	if d.Version == "" {
		d.Version = p.Value("application-qualifier") // dsl.md 10
	}
	if e, ok := p.Key(KeyExports); ok {
		d.Exports, _ = readExports(e)
	}
	return d
}

// tags is a comma-separated list as a sorted set.
func tags(list string) []string {
	var out []string
	for piece := range strings.SplitSeq(list, ",") {
		if piece = strings.TrimSpace(piece); piece != "" {
			out = append(out, piece)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readExports cuts "Type.variable as alias, ..." (MOD-130); bad are the places of the pieces of another form.
func readExports(e Entry) (exports []model.Export, bad []source.Span) {
	start := 0
	for piece := range strings.SplitSeq(e.Value, ",") {
		end := start + len(piece)
		words := strings.Fields(piece)
		lead := len(piece) - len(strings.TrimLeft(piece, " \t\r\n\f"))
		trimmed := strings.TrimSpace(piece)
		span := e.Span(start+lead, start+lead+len(trimmed))
		start = end + 1
		switch {
		case len(words) == 3 && strings.EqualFold(words[1], "as"):
			exports = append(exports, model.Export{Variable: words[0], Alias: words[2], Span: span})
		case strings.TrimSpace(e.Value) != "":
			bad = append(bad, span)
		}
	}
	return exports, bad
}
