package graph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// said are the sentences of the package: the literal arguments of say and count.
func said(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			direct, _ := call.Fun.(*ast.Ident)
			if ok && (sel.Sel.Name == "say" || sel.Sel.Name == "count") || direct != nil && direct.Name == "add" {
				for _, arg := range call.Args {
					if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						text, _ := strconv.Unquote(lit.Value)
						out[text] = true
					}
				}
			}
			return true
		})
	}
	return out
}

// product.md 5.11: every sentence has its French twin with the same gaps, and no twin is left over.
func TestEverySentenceIsFrenchToo(t *testing.T) {
	texts := said(t)
	for text := range texts {
		twin, there := french[text]
		gaps := func(s string) int { return strings.Count(s, "%s")*100 + strings.Count(s, "%d") }
		if strings.Contains(text, " ") && !strings.Contains(text, "${") && !there {
			t.Errorf("%q is not said in French", text)
		}
		if there && gaps(text) != gaps(twin) {
			t.Errorf("%q and %q have other gaps", text, twin)
		}
	}
	for text := range french {
		if !texts[text] {
			t.Errorf("%q is said nowhere", text)
		}
	}
}
