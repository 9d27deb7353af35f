package check_test

import (
	"io/fs"
	"testing/fstest"
)

// unreadable is a folder with one file that nobody may open.
type unreadable struct {
	fstest.MapFS
	name string
}

func (u unreadable) Open(name string) (fs.File, error) {
	if name == u.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.Open(name)
}

func (u unreadable) ReadFile(name string) ([]byte, error) {
	if name == u.name {
		_, err := u.Open(name)
		return nil, err
	}
	return u.MapFS.ReadFile(name)
}
