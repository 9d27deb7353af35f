package decl_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/syntax"
)

// The formatter changes the look of a text, never what it says (DSL-101, dsl.md 12.2).
func sameMeaning(t *testing.T, text string) {
	t.Helper()
	formatted := syntax.Format(text)
	for _, o := range []decl.Options{{}, {Strict: true}} {
		if o.Strict && looseWords(text) {
			continue // the formatter writes the modern words, which the reference understands
		}
		if before, after := meaning(text, o), meaning(formatted, o); before != after {
			t.Fatalf("%q\nsays\n%s\nformatted %q\nit says\n%s", text, before, formatted, after)
		}
	}
}

func TestFormatKeepsTheMeaningOfMesses(t *testing.T) {
	for seed := range uint64(1500) {
		text := gen.Mess(seed, 1+int(seed%30))
		if !t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { sameMeaning(t, text) }) {
			return
		}
	}
}

func TestFormatKeepsTheMeaningOfSamplesAndCorpus(t *testing.T) {
	for _, dir := range []string{"../../samples", corpus} {
		filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && (strings.HasSuffix(path, ".graph") || strings.HasSuffix(path, ".instances")) {
				t.Run(path, func(t *testing.T) {
					b, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					sameMeaning(t, string(b))
				})
			}
			return nil
		})
	}
}

func FuzzMeaning(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(gen.Mess(seed, 12))
	}
	f.Add(gen.Graph(12))
	f.Add(gen.Instances(12, 12))
	f.Fuzz(sameMeaning)
}

// meaning is everything that a text declares, with its severe findings: places and hints left out.
func meaning(text string, o decl.Options) string {
	tree := syntax.Parse(text)
	m := &teller{}
	m.say(tree.Kind())
	for _, err := range tree.Errors() {
		m.say(err.Code)
	}
	var imports, blocks []string
	for _, c := range tree.Chunks() {
		if k := c.Item().Kind(); k == syntax.Blank || k == syntax.Comment {
			continue
		}
		one := &teller{}
		d := decl.Of(c, o)
		one.decl(d)
		if d.Import != nil {
			imports = append(imports, one.String())
			continue
		}
		blocks = append(blocks, one.String())
	}
	return m.String() + strings.Join(imports, "") + strings.Join(blocks, "")
}

type teller struct{ strings.Builder }

func (m *teller) say(words ...any) { fmt.Fprintln(m, words...) }

func (m *teller) decl(d *decl.Decl) {
	switch {
	case d.Import != nil:
		m.say("import", d.Import.Location)
	case d.Component != nil:
		c := d.Component
		m.say("component", c.Name, c.Installer.Name, c.Extends.Name, refs(c.Facets), refs(c.Children), c.Label, c.Doc)
		m.variables(c.Exports)
		for _, i := range c.Imports {
			m.say(i.Full(), i.Optional, i.External)
		}
	case d.Facet != nil:
		f := d.Facet
		m.say("facet", f.Name, f.Installer.Name, refs(f.Extends), refs(f.Children), f.Doc)
		m.variables(f.Exports)
	case d.Instance != nil:
		m.instance(d.Instance)
	}
	var codes []string
	for _, p := range d.Problems {
		if !p.Code.Ours() || p.Level() == 0 {
			codes = append(codes, fmt.Sprint(p.Code, p.Details))
		}
	}
	slices.Sort(codes)
	m.say(codes)
}

func (m *teller) variables(all []model.Variable) {
	for _, v := range all {
		m.say(v.Name, v.Value, v.Random, v.Kind)
	}
}

func (m *teller) instance(i *model.Instance) {
	m.say("instance", i.Component, fmt.Sprintf("%q", i.Name), i.Count, i.Channels, i.State, i.Data)
	for _, o := range i.Overrides {
		m.say(o.Name, fmt.Sprintf("%q", o.Value))
	}
	for _, c := range i.Children {
		m.instance(c)
	}
	m.say("end")
}

func refs(all []model.Ref) []string {
	var found []string
	for _, r := range all {
		found = append(found, r.Name)
	}
	return found
}

// looseWords says whether a text has words that only the tool understands (dsl.md 10, DSL-21).
func looseWords(text string) bool {
	for _, c := range syntax.Parse(text).Chunks() {
		if loose(c, c.Item()) {
			return true
		}
		for _, p := range decl.Of(c, decl.Options{}).Problems {
			if p.Code == diag.XLegacySyntax {
				return true
			}
		}
	}
	return false
}

func loose(c *syntax.Chunk, n syntax.Node) bool {
	words := syntax.Clean(n.Keyword().Of(c.Text()))
	if n.Kind() == syntax.Instance && !strings.EqualFold(words, "instance of") {
		return true
	}
	for child := range n.Children() {
		if loose(c, child) {
			return true
		}
	}
	return false
}
