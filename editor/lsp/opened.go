package lsp

import (
	"io/fs"
	"strings"
	"time"
)

// opened is a text that is read like a file.
type opened struct {
	*strings.Reader
	info info
}

// Stat describes it.
func (o *opened) Stat() (fs.FileInfo, error) { return o.info, nil }

// Close has nothing to do.
func (o *opened) Close() error { return nil }

// info describes a text as a file.
type info struct {
	name string
	size int64
}

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return i.size }
func (info) Mode() fs.FileMode  { return 0o644 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }
