package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// root is the absolute folder that paths in reports are relative to: that of the repository where a workflow of GitHub runs, else
// the folder that the command runs in.
type root string

func rootFolder() root {
	if workspace := os.Getenv("GITHUB_WORKSPACE"); filepath.IsAbs(workspace) {
		return root(filepath.Clean(workspace))
	}
	dir, err := os.Getwd()
	if err != nil {
		return "" // nothing is inside it: paths are then absolute
	}
	return root(dir)
}

// relative is a path below the root, with slashes; false when it stands elsewhere.
func (r root) relative(path string) (string, bool) {
	abs, err := filepath.Abs(path)
	if err != nil || r == "" {
		return "", false
	}
	rel, err := filepath.Rel(string(r), abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// uri is the root itself.
func (r root) uri() string { return fileURI(string(r)) + "/" }

// fileURI names an absolute path.
func fileURI(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/ on Windows
	}
	return strings.TrimSuffix((&url.URL{Scheme: "file", Path: slashed}).String(), "/")
}
