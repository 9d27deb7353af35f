package protocol

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// URI names a document, as a client writes it.
type URI string

// FileURI is the URI of an absolute path.
func FileURI(path string) URI {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive
	}
	return URI((&url.URL{Scheme: "file", Path: path}).String())
}

// Path is the absolute path of a file, cleaned; the error says why a URI is none.
func (u URI) Path() (string, error) {
	parsed, err := url.Parse(string(u))
	if err != nil {
		return "", fmt.Errorf("read the URI %q: %w", u, err)
	}
	if parsed.Scheme != "file" {
		return "", fmt.Errorf("read the URI %q: it names no file", u)
	}
	path := parsed.Path
	if parsed.Host != "" && parsed.Host != "localhost" {
		path = "//" + parsed.Host + path
	}
	if isDrive(path) {
		path = strings.ToUpper(path[1:2]) + path[2:]
	} else if !strings.HasPrefix(path, "/") {
		return "", fmt.Errorf("read the URI %q: its path is not absolute", u)
	}
	return filepath.Clean(filepath.FromSlash(path)), nil
}

// isDrive says whether a path is that of a drive: /c:/folder.
func isDrive(path string) bool {
	return len(path) >= 3 && path[0] == '/' && path[2] == ':' && (path[1]|0x20) >= 'a' && (path[1]|0x20) <= 'z' &&
		(len(path) == 3 || path[3] == '/')
}
