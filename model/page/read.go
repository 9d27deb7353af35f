package page

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// section is a part of a page, below a line -- name --.
type section struct {
	name, body string
	quoted     bool
}

// Read reads the text of a page:
//
//	The explanation.
//
//	-- fr --
//	The explanation in French.
//	-- wrong/graph/main.graph --
//	-- right/graph/main.graph --
//	-- expect --
//	graph/main.graph:12:5
//	also X_OTHER_CODE
//
// A place is that of one finding of the code in wrong, in any order; - stands for one without place. Other lines of expect are
// strict, recipe, no descriptor, no graph (neither is then supplied), setting CODE = level (for .roboconf/check). The body of
// -- wrong/file (quoted) -- is made of Go strings, one per line, for what a text file does not keep. A name that ends with a slash
// is an empty folder.
//
// Where an example has no descriptor it gets one. Where it has no graph either, it gets those of a small shop with its instances
// and its recipes.
func Read(c diag.Code, text string) (Page, error) {
	p := Page{Code: c, Wrong: map[string]string{}, Right: map[string]string{}}
	parts := split(text)
	p.Why = strings.TrimSpace(parts[0].body)
	var e expectation
	for _, s := range parts[1:] {
		if err := p.section(s, &e); err != nil {
			return Page{}, fmt.Errorf("read the page of %s: %w", c, err)
		}
	}
	p.ShownWrong, p.ShownRight = slices.Sorted(maps.Keys(p.Wrong)), slices.Sorted(maps.Keys(p.Right))
	p.supply(p.Wrong, e)
	p.supply(p.Right, e)
	return p, nil
}

// split cuts a page into its sections; the first has no name.
func split(text string) []section {
	parts := []section{{}}
	for line := range strings.Lines(text) {
		name, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- ")
		if name, closed := strings.CutSuffix(name, " --"); found && closed {
			name, quoted := strings.CutSuffix(name, " (quoted)")
			parts = append(parts, section{name: name, quoted: quoted})
			continue
		}
		parts[len(parts)-1].body += line
	}
	return parts
}

// expectation is what only the reader needs to know of the section expect.
type expectation struct {
	noDescriptor, noGraph bool
	settings              string
}

func (p *Page) section(s section, e *expectation) error {
	switch kind, file, _ := strings.Cut(s.name, "/"); kind {
	case "fr":
		p.French = strings.TrimSpace(s.body)
		return nil
	case "expect":
		return p.expect(s.body, e)
	case "wrong":
		return s.put(p.Wrong, file)
	case "right":
		return s.put(p.Right, file)
	}
	return fmt.Errorf("a section cannot be called %q", s.name)
}

// put adds the file of a section to an example.
func (s section) put(example map[string]string, file string) error {
	if !fs.ValidPath(strings.TrimSuffix(file, "/")) {
		return fmt.Errorf("%q is not the name of a file", s.name)
	}
	if !s.quoted {
		example[file] = s.body
		return nil
	}
	var b strings.Builder
	for line := range strings.Lines(s.body) {
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			return fmt.Errorf("unquote a line of %s: %w", s.name, err)
		}
		b.WriteString(text)
	}
	example[file] = b.String()
	return nil
}

func (p *Page) expect(body string, e *expectation) error {
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "":
		case line == "-":
			p.Places = append(p.Places, "")
		case line == "strict":
			p.Strict = true
		case line == "recipe":
			p.Recipe = true
		case line == "no descriptor":
			e.noDescriptor = true
		case line == "no graph":
			e.noGraph = true
		case word == "also":
			p.Others = append(p.Others, diag.Code(rest))
		case word == "setting":
			e.settings += rest + "\n"
		case strings.Count(line, ":") >= 2:
			p.Places = append(p.Places, line)
		default:
			return fmt.Errorf("nothing can be expected as %q", line)
		}
	}
	return nil
}

// supply adds what an example leaves out.
func (p *Page) supply(example map[string]string, e expectation) {
	if len(example) == 0 {
		return
	}
	if e.settings != "" {
		example[settings] = e.settings
	}
	given := maps.Clone(example)
	if !e.noGraph && !holdsGraph(given) {
		p.addShop(example)
	}
	if _, given := example[descriptor]; given || e.noDescriptor {
		return
	}
	text, _ := supplied(descriptor)
	if _, listed := example[instances]; !listed {
		text = withoutInstances(text)
	}
	example[descriptor] = text
}

func holdsGraph(example map[string]string) bool {
	for name := range example { // in any order: one is enough
		if strings.HasPrefix(name, "graph/") {
			return true
		}
	}
	return false
}

// addShop adds the files of the shop that the example does not give itself; the descriptor is added apart.
func (p *Page) addShop(example map[string]string) {
	// The files are inside the program: they are there.
	_ = fs.WalkDir(around, "around", func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, "around/")
		if _, given := example[name]; err == nil && !d.IsDir() && !given && name != descriptor {
			example[name], _ = supplied(name)
		}
		return err
	})
}
