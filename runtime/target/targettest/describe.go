package targettest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/runtime/target"
)

func describes(b *bench) {
	d := b.New(b.T).Describe()
	if d.Handler == "" || d.Handler != strings.ToLower(d.Handler) {
		b.Errorf("a handler is called by a word in lower case, not %q", d.Handler)
	}
	seen := map[string]bool{}
	for _, p := range d.Properties {
		if p.Type == "" || p.Help == "" {
			b.Errorf("the property %s lacks its type or its help", p.Key)
		}
		for _, key := range append([]string{p.Key}, p.Aliases...) {
			if seen[key] {
				b.Errorf("the property %s is described twice", key)
			}
			seen[key] = true
		}
	}
	for key := range b.Properties {
		if !slices.ContainsFunc(d.Properties, func(p target.Property) bool { return covers(p, key) }) {
			b.Errorf("a machine needs the property %s, which is not described", key)
		}
	}
}

// covers says whether a property, or a family such as env.<NAME>, describes a key.
func covers(p target.Property, key string) bool {
	prefix, _, family := strings.Cut(p.Key, "<")
	return p.Key == key || slices.Contains(p.Aliases, key) || family && strings.HasPrefix(key, prefix)
}

// reading are the methods of target.Reader that read a key.
var reading = []string{"Text", "Bool", "Int", "Seconds", "List", "OneOf", "Family"}

// readsNothingElse looks at the sources: whoever reads a property does it through target.Reader, which refuses what is not described.
// An index into properties goes around it.
func readsNothingElse(b *bench) {
	d := b.New(b.T).Describe()
	files, err := filepath.Glob(filepath.Join(b.Sources, "*.go"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no sources in %q: %v", b.Sources, err)
	}
	set, parsed := token.NewFileSet(), []*ast.File{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		f, err := parser.ParseFile(set, file, text, 0)
		if err != nil {
			b.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	constants, read := texts(parsed), 0
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IndexExpr:
				if strings.EqualFold(last(n.X), "properties") {
					b.Errorf("%s: a property is read past target.Reader", set.Position(n.Pos()))
				}
			case *ast.CallExpr:
				sel, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || len(n.Args) == 0 || !slices.Contains(reading, sel.Sel.Name) {
					return true
				}
				key, known := value(n.Args[0], constants)
				if !known {
					return true // another method of that name
				}
				read++
				if !slices.ContainsFunc(d.Properties, func(p target.Property) bool { return p.Key == key }) {
					b.Errorf("%s: the property %s is read, not described", set.Position(n.Pos()), key)
				}
			}
			return true
		})
	}
	if read == 0 && len(d.Properties) > 0 {
		b.Errorf("properties are described, yet none is read in %s", b.Sources)
	}
}

// last is the name at the end of an expression.
func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// texts are the constants of a package that are texts.
func texts(files []*ast.File) map[string]string {
	all := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for i, name := range spec.Names {
					if i < len(spec.Values) {
						if text, known := value(spec.Values[i], nil); known {
							all[name.Name] = text
						}
					}
				}
			}
			return true
		})
	}
	return all
}

func value(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		text, known := constants[e.Name]
		return text, known
	}
	return "", false
}

func refuses(b *bench) {
	h := b.New(b.T)
	d := h.Describe()
	for _, f := range h.Check(b.Properties) {
		if f.Severe {
			b.Errorf("the properties of the fixture: %+v", f)
		}
	}
	for _, p := range d.Properties {
		bad := maps.Clone(b.Properties)
		key := strings.ReplaceAll(strings.ReplaceAll(p.Key, "<phase>", "creating"), "<NAME>", "NAME")
		switch {
		case p.Required:
			delete(bad, key)
			for _, alias := range p.Aliases {
				delete(bad, alias)
			}
		case p.Type == target.TypeBool, p.Type == target.TypeInt, p.Type == target.TypeSeconds:
			bad[key] = "as long as it takes"
		default:
			continue
		}
		if !slices.ContainsFunc(h.Check(bad), func(f target.Finding) bool { return f.Key == key && f.Severe && f.Text != "" }) {
			b.Errorf("Check does not say that %s = %q is wrong: %+v", key, bad[key], h.Check(bad))
		}
		s := b.spec("/vm", 1)
		s.Properties = bad
		_, err := target.Converge(b.ctx(), h, s, target.Up, b.Options)
		b.wantClass(err, target.Invalid, s.Key.Scope)
	}
	b.nothingLeft()
}

func probes(b *bench) {
	if err := b.New(b.T).Probe(b.ctx(), b.Properties); err != nil {
		b.Errorf("probe: %v", err)
	}
	b.nothingLeft()
}
