// Package samples carries the bundled applications inside the program.
package samples

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed all:lamp all:hello
var files embed.FS

// Sample is one whole application.
type Sample struct {
	Name  string // its folder
	Title string // for people
	FS    fs.FS  // the application's folder
}

// All are the samples, the one to begin with first.
func All() []Sample {
	return []Sample{
		sample("lamp", "A guest book in three tiers: HAProxy, Tomcats, MariaDB"),
		sample("hello", "The smallest application: one server on one machine"),
	}
}

// Find gives a sample by name; the error names those that exist.
func Find(name string) (Sample, error) {
	var names []string
	for _, s := range All() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Sample{}, fmt.Errorf("no sample is called %q: there are %s", name, strings.Join(names, ", "))
}

func sample(name, title string) Sample {
	dir, err := fs.Sub(files, name)
	if err != nil {
		panic("samples: " + err.Error()) // the names above are valid paths
	}
	return Sample{Name: name, Title: title, FS: dir}
}
