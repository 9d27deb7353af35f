package house

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/roboconf/workbench"

// root is the folder of go.mod, seen from this package.
const root = "../.."

// pkg is a package of ours, its tests left out. Name is the import path below the module.
type pkg struct {
	Name, Dir string
	Imports   []string // whole import paths
	GoFiles   []string
	Export    string // file of its export data
}

// packages asks the go command once: it knows what is built.
var packages = sync.OnceValues(func() ([]pkg, error) {
	out, err := goList("./...")
	if err != nil {
		return nil, err
	}
	var ours []pkg
	for _, p := range out {
		name, inside := strings.CutPrefix(p.ImportPath, module+"/")
		if inside && len(p.GoFiles) > 0 {
			ours = append(ours, pkg{name, p.Dir, p.Imports, p.GoFiles, p.Export})
		}
	}
	return ours, nil
})

type listed struct {
	ImportPath, Dir, Export string
	Imports, GoFiles        []string
}

func goList(args ...string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Export,Imports,GoFiles"}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			return nil, errors.New("go list: " + string(exit.Stderr))
		}
		return nil, err
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

func ours(t *testing.T) []pkg {
	t.Helper()
	list, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// parsed gives every Go file of the module, tests included, by its path below the root.
var parsed = sync.OnceValues(func() (map[string]*ast.File, error) {
	files := map[string]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && skipped(d.Name()) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(positions, path, nil, parser.ParseComments)
		rel, _ := filepath.Rel(root, path) // both are below the working folder
		files[filepath.ToSlash(rel)] = f
		return err
	})
	return files, err
})

var positions = token.NewFileSet()

func skipped(dir string) bool {
	return dir == ".git" || dir == "bin" || dir == "testdata"
}

func goFiles(t *testing.T) map[string]*ast.File {
	t.Helper()
	files, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return files
}
