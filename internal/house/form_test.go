package house

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The longest file, the longest function, in lines.
const (
	maxFile     = 600
	maxFunction = 60
)

// long lists what may be longer, with the reason. A line that is not needed any more fails the test.
var long = map[string]string{}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	needed := map[string]bool{}
	tell := func(what string, lines, limit int, advice string) {
		if lines <= limit {
			return
		}
		needed[what] = true
		if long[what] == "" {
			t.Errorf("%s has %d lines, more than %d: %s", what, lines, limit, advice)
		}
	}
	for name, f := range goFiles(t) {
		tell(name, positions.Position(f.FileEnd).Line, maxFile, "does it have one job?")
		for _, d := range f.Decls {
			// A table of cases may be as long as it likes.
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && !strings.HasSuffix(name, "_test.go") {
				lines := line(fn.End()) - line(fn.Pos()) + 1
				tell(name+" "+fn.Name.Name, lines, maxFunction, "name its steps")
			}
		}
	}
	for what := range long {
		if !needed[what] {
			t.Errorf("%s is short now: take it out of the list", what)
		}
	}
}

func TestEveryPackageSaysItsOneJob(t *testing.T) {
	docs := map[string][]string{}
	for name, f := range goFiles(t) {
		dir := path.Dir(name)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		docs[dir] = append(docs[dir], "")
		if f.Doc != nil {
			docs[dir] = append(docs[dir], f.Doc.Text())
		}
	}
	for dir, texts := range docs {
		texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
		if len(texts) != 1 {
			t.Errorf("%s has %d package comments, want one", dir, len(texts))
			continue
		}
		job, _, _ := strings.Cut(texts[0], "\n\n")
		job = strings.Join(strings.Fields(job), " ")
		switch {
		case !strings.HasPrefix(job, "Package ") && !strings.HasPrefix(job, "Command "):
			t.Errorf("%s: the comment begins with Package or Command: %s", dir, job)
		case strings.Contains(job, " and "):
			t.Errorf("%s: a job with \"and\" is two jobs: %s", dir, job)
		case strings.Count(job, ". ") > 0 || !strings.HasSuffix(job, "."):
			t.Errorf("%s: the job is one sentence, more may follow after an empty line: %s", dir, job)
		}
	}
}

func TestNothingHappensBeforeMain(t *testing.T) {
	for name, f := range goFiles(t) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: init registers behind the reader's back: build the value in a visible function", name, line(fn.Pos()))
			}
		}
	}
}

func TestExportedNamesHaveAComment(t *testing.T) {
	for name, f := range goFiles(t) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Recv == nil && fn.Name.IsExported() && fn.Doc == nil {
				t.Errorf("%s:%d: %s has no comment", name, line(fn.Pos()), fn.Name.Name)
			}
		}
	}
}

// Words that say that work was left.
var leftovers = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|to be w` + `ritten|not (supported|implemented) y` + `et)\b`)

func TestNothingIsLeftOpen(t *testing.T) {
	for name := range goFiles(t) {
		text, err := os.ReadFile(path.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range strings.Split(string(text), "\n") {
			if word := leftovers.FindString(l); word != "" {
				t.Errorf("%s:%d: %q: do it, or say in an issue that it is left", name, i+1, word)
			}
		}
	}
}

func TestNoTestSleeps(t *testing.T) {
	for name, f := range goFiles(t) {
		if !strings.HasSuffix(name, "_test.go") || imports(f, "testing/synctest") {
			continue
		}
		eachCall(f, func(on, method string, at token.Pos) {
			if on == "time" && (method == "Sleep" || method == "After") {
				t.Errorf("%s:%d: a test waits for an event, never for the clock", name, line(at))
			}
		})
	}
}

func line(p token.Pos) int { return positions.Position(p).Line }

func imports(f *ast.File, path string) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"`+path+`"` })
}

// eachCall gives the calls of the form on.method(...).
func eachCall(f *ast.File, do func(on, method string, at token.Pos)) {
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				if on, ok := sel.X.(*ast.Ident); ok {
					do(on.Name, sel.Sel.Name, call.Pos())
				}
			}
		}
		return true
	})
}
