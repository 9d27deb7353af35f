package diag

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Decision 11 of the product: every sentence that a person reads exists in each language, with the same blanks to fill in.
func TestFrenchSentences(t *testing.T) {
	inBraces := regexp.MustCompile(`\{[A-Z_]+\}`)
	blanks := func(text string) []string {
		found := inBraces.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for c := range Codes() {
		en, fr := english[c], french[c]
		switch {
		case en == "" || fr == "":
			t.Errorf("%s: a sentence is missing: English %q, French %q", c, en, fr)
		case !slices.Equal(blanks(en), blanks(fr)):
			t.Errorf("%s: English fills in %v, French %v", c, blanks(en), blanks(fr))
		}
	}
	for _, table := range []map[Code]string{english, french} {
		for c := range table {
			if !Known(c) {
				t.Errorf("%s: a sentence for a code that does not exist", c)
			}
		}
	}
}

// French puts no straight quotes around words, and a blank before the signs of two parts.
func TestFrenchTypography(t *testing.T) {
	check := func(key, text string) {
		if bad := glued.FindString(outsideCode(text)); bad != "" {
			t.Errorf("%s: %q in %q", key, bad, text)
		}
	}
	for c, text := range french {
		check(string(c), text)
	}
	for key, text := range frenchPhrases {
		check(key, text)
	}
}

var (
	glued  = regexp.MustCompile(`[^\s][;!?»](\s|$)|\pL:(\s|$)|«[^\s]|'[^\pL\d«]`)
	quoted = regexp.MustCompile(`«[^»]*»|random\[port\]|\$\([^)]*\)|rule "nom"`)
)

// outsideCode leaves out what is quoted as it is written in files.
func outsideCode(text string) string { return quoted.ReplaceAllString(text, "« »") }

// Every phrase that the source says has a French twin with the same number of blanks; none is left over.
func TestFrenchPhrases(t *testing.T) {
	used := phrases(t, "../..")
	for _, text := range slices.Sorted(maps.Keys(used)) {
		where := used[text]
		fr, ok := frenchPhrases[text]
		switch {
		case !ok:
			t.Errorf("%s: %q is not translated", where, text)
		case strings.Count(fr, "%s") != strings.Count(text, "%s"):
			t.Errorf("%q has not as many blanks as %q", fr, text)
		case verbs.MatchString(text), verbs.MatchString(fr):
			t.Errorf("%q: only %%s and %%%% are filled in", text)
		}
	}
	for _, text := range slices.Sorted(maps.Keys(frenchPhrases)) {
		if _, ok := used[text]; !ok {
			t.Errorf("nobody says %q any more", text)
		}
	}
}

var verbs = regexp.MustCompile(`%([^s%]|$)`)

// phrases are the texts handed to Say in the source of the module, with a place where each is said.
func phrases(t *testing.T, root string) map[string]string {
	found := map[string]string{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil // whoever builds it will say so
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isSay(call.Fun, file.Name.Name) || len(call.Args) == 0 {
				return true
			}
			where := files.Position(call.Pos()).String()
			text, ok := literal(call.Args[0])
			if !ok {
				t.Errorf("%s: what is said must be a literal, or it cannot be translated", where)
				return true
			}
			if blanks := strings.Count(text, "%s"); !call.Ellipsis.IsValid() && blanks != len(call.Args)-1 {
				t.Errorf("%s: %d blanks, %d texts to fill them", where, blanks, len(call.Args)-1)
			}
			found[text] = where
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// isSay recognises diag.Say, and Say in this package.
func isSay(fun ast.Expr, pkg string) bool {
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		on, ok := f.X.(*ast.Ident)
		return ok && on.Name == "diag" && f.Sel.Name == "Say"
	case *ast.Ident:
		return pkg == "diag" && f.Name == "Say"
	}
	return false
}

func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, also := literal(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}
