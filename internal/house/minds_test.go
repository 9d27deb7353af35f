package house

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// deterministic packages give the same answer to the same question, on any machine: the minds, the world that runs them, the
// model they think about. What would break that is told with the reason.
var deterministic = []string{
	"model", "model/source", "model/near", "model/diag", "model/syntax", "model/tint", "model/rule", "model/command", "model/probe", "model/properties", "model/recipe", "model/decl", "model/load", "model/bind", "model/check", "model/page",
	"runtime/lifecycle", "runtime/message", "runtime/mind", "runtime/agent", "runtime/manager", "runtime/explain",
	"runtime/bus/memory", "runtime/plan", "runtime/userdata",
	"simulator", "simulator/fault", "simulator/profile", "simulator/scenario", "simulator/trace", "simulator/property",
}

// shells give minds hands: clocks, goroutines, files live there. Their folders are named with all below them.
var shells = []string{
	"runtime/bus", "runtime/drive", "runtime/broker", "runtime/plugin", "runtime/target", "runtime/store",
	"runtime/agentd", "runtime/managerd", "runtime/site",
}

func isShell(name string) bool {
	return slices.ContainsFunc(shells, func(s string) bool { return name == s || strings.HasPrefix(name, s+"/") })
}

// forbidden calls, with what to do instead.
var forbidden = map[string]string{
	"time.Now": "time is handed in", "time.Since": "time is handed in", "time.Until": "time is handed in",
	"time.Sleep": "ask for a Wait", "time.After": "ask for a Wait", "time.AfterFunc": "ask for a Wait",
	"time.NewTimer": "ask for a Wait", "time.NewTicker": "ask for a Wait", "time.Tick": "ask for a Wait",
	"os.Getenv": "settings are handed in", "os.Hostname": "identities are handed in",
}

// seeded makers of chance; everything else in math/rand draws from the global source.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewSource", "NewZipf"}

// A range over a map is fine where its order cannot show: what it collects is sorted after it, or it only fills or empties other
// maps. Elsewhere the line, or the one above, says why in a comment with the word "order".
const orderWord = "order"

// Decision 4 of the product, engineering.md 4: determinism comes from minds without clock, chance, goroutine or map order.
func TestMindsAreDeterministic(t *testing.T) {
	exports := exportData(t)
	for _, p := range ours(t) {
		if slices.Contains(deterministic, p.Name) {
			inspect(t, p, exports)
		}
	}
}

func TestEveryMindIsLookedAt(t *testing.T) {
	for _, p := range ours(t) {
		below := strings.HasPrefix(p.Name, "model") || strings.HasPrefix(p.Name, "runtime/") || strings.HasPrefix(p.Name, "simulator")
		if below && !strings.HasSuffix(p.Name, "test") && !isShell(p.Name) && !slices.Contains(deterministic, p.Name) {
			t.Errorf("%s: is it a mind? Put it into the list of deterministic packages, or change what is expected here", p.Name)
		}
	}
}

func inspect(t *testing.T, p pkg, exports types.Importer) {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: exports}).Check(module+"/"+p.Name, fset, files, info); err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	for _, f := range files {
		said, sorted := orderLines(fset, f), sortedAfter(f)
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				return true
			}
			at := fset.Position(n.Pos())
			if why := unsteady(n, info, said[at.Line] || sorted[n]); why != "" {
				t.Errorf("%s/%s:%d: %s", p.Name, filepath.Base(at.Filename), at.Line, why)
			}
			return true
		})
	}
}

// unsteady says why a node may not give the same answer twice.
func unsteady(n ast.Node, info *types.Info, excused bool) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "a goroutine: the order of events would not be ours"
	case *ast.SelectStmt:
		return "a select chooses by chance"
	case *ast.RangeStmt:
		if _, isMap := info.TypeOf(n.X).Underlying().(*types.Map); isMap && !excused && !fillsMaps(n.Body, info) {
			return `a range over a map: sort the keys first, or say in a comment why the order cannot show`
		}
	case *ast.SelectorExpr:
		object, ok := info.Uses[n.Sel].(*types.Func)
		if !ok || object.Pkg() == nil || object.Signature().Recv() != nil {
			return ""
		}
		from, name := object.Pkg().Path(), object.Name()
		if advice := forbidden[from+"."+name]; advice != "" {
			return from + "." + name + ": " + advice
		}
		if from == "crypto/rand" || strings.HasPrefix(from, "math/rand") && !slices.Contains(seeded, name) {
			return from + "." + name + " draws from a global source: use the one that is handed down"
		}
	}
	return ""
}

// sortedAfter are the loops after which, in the same block, something is sorted.
func sortedAfter(f *ast.File) map[ast.Node]bool {
	found := map[ast.Node]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		block, ok := n.(*ast.BlockStmt)
		if !ok {
			return true
		}
		for i, s := range block.List {
			if _, isRange := s.(*ast.RangeStmt); isRange {
				found[s] = slices.ContainsFunc(block.List[i+1:], sorts)
			}
		}
		return true
	})
	return found
}

func sorts(s ast.Stmt) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			on, _ := sel.X.(*ast.Ident)
			found = found || on != nil && (on.Name == "slices" || on.Name == "sort" || on.Name == "diag") && strings.HasPrefix(sel.Sel.Name, "Sort")
		}
		return true
	})
	return found
}

// fillsMaps says whether a body does nothing but put constants and single values into maps, or take them out.
func fillsMaps(body ast.Stmt, info *types.Info) bool {
	switch s := body.(type) {
	case *ast.BlockStmt:
		return !slices.ContainsFunc(s.List, func(s ast.Stmt) bool { return !fillsMaps(s, info) })
	case *ast.IfStmt:
		return fillsMaps(s.Body, info) && (s.Else == nil || fillsMaps(s.Else, info))
	case *ast.RangeStmt:
		return fillsMaps(s.Body, info)
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE
	case *ast.IncDecStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && isBuiltin(call.Fun, info, "delete")
	case *ast.AssignStmt:
		return s.Tok == token.DEFINE || setsMaps(s, info)
	}
	return false
}

// setsMaps says whether an assignment sets entries of maps, or constants; appending to an entry would keep an order.
func setsMaps(s *ast.AssignStmt, info *types.Info) bool {
	for i, to := range s.Lhs {
		value := s.Rhs[min(i, len(s.Rhs)-1)]
		if info.Types[value].Value != nil {
			continue
		}
		entry, ok := to.(*ast.IndexExpr)
		if !ok {
			return false
		}
		if _, isMap := info.TypeOf(entry.X).Underlying().(*types.Map); !isMap {
			return false
		}
		if call, ok := value.(*ast.CallExpr); ok && isBuiltin(call.Fun, info, "append") {
			return false
		}
	}
	return true
}

func isBuiltin(e ast.Expr, info *types.Info, name string) bool {
	ident, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	builtin, ok := info.Uses[ident].(*types.Builtin)
	return ok && builtin.Name() == name
}

// orderLines are the lines that a comment with the word "order" covers: its own and the one below.
func orderLines(fset *token.FileSet, f *ast.File) map[int]bool {
	lines := map[int]bool{}
	for _, group := range f.Comments {
		if strings.Contains(group.Text(), orderWord) {
			first, last := fset.Position(group.Pos()).Line, fset.Position(group.End()).Line
			for l := first; l <= last+1; l++ {
				lines[l] = true
			}
		}
	}
	return lines
}

// exportData lets the type checker read the packages that the go command built.
func exportData(t *testing.T) types.Importer {
	t.Helper()
	all, err := goList("-export", "-deps", "./model/...", "./runtime/...", "./simulator/...")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, p := range all {
		files[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(files[path])
	})
}
