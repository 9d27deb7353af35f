package lsp

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// site is an application, or a file that stands alone, at one moment. Immutable.
type site struct {
	dir    string
	ground ask.Ground
	// file is the one that stands alone; "" for an application.
	file string
	// version tells snapshots of one folder apart.
	version int
}

// descriptor is where findings without a place are shown.
func (s *site) descriptor() string {
	if s.file != "" {
		return s.file
	}
	name := "descriptor/application.properties"
	if base := s.ground.Result.Base; base != "" {
		return base + "/" + name
	}
	return name
}

// isFolder says whether a finding is about a folder.
func (s *site) isFolder(name string) bool {
	if s.ground.Result.Files[name] != nil || path.Ext(name) != "" {
		return false
	}
	info, err := fs.Stat(s.ground.FS, name)
	return err == nil && info.IsDir()
}

// desk converts between an application and a client. It belongs to one goroutine.
type desk struct {
	client client
	docs   docs
	site   *site
	texts  map[string]*protocol.Text // by path
}

func (s *server) desk(at *site) desk {
	return desk{client: s.client, docs: s.docs, site: at, texts: map[string]*protocol.Text{}}
}

func pathOf(dir, file string) string { return filepath.Join(dir, filepath.FromSlash(file)) }

// uri names a file the way the client does when it has it open.
func (d *desk) uri(path string) protocol.URI {
	if open, ok := d.docs[path]; ok {
		return open.uri
	}
	return protocol.FileURI(path)
}

// version is that of an open document; nil for one on the disk.
func (d *desk) version(path string) *int32 {
	if open, ok := d.docs[path]; ok {
		return &open.version
	}
	return nil
}

// textOf gives the text of a file of some folder; an empty one when it cannot be read.
func (d *desk) textOf(dir, file string) *protocol.Text {
	where := pathOf(dir, file)
	if open, ok := d.docs[where]; ok {
		return open.text
	}
	if t := d.texts[where]; t != nil {
		return t
	}
	t := protocol.NewText(d.read(dir, file), d.client.encoding)
	d.texts[where] = t
	return t
}

func (d *desk) read(dir, file string) string {
	if d.site != nil && dir == d.site.dir {
		text, _ := d.site.ground.Text(file)
		return text
	}
	if d.site != nil {
		for _, n := range d.site.ground.Beside {
			if f := n.Result.Files[file]; n.Dir == dir && f != nil {
				return f.Text
			}
		}
	}
	text, err := os.ReadFile(pathOf(dir, file))
	if err != nil {
		return ""
	}
	return string(text)
}

// location is a place in a folder; "" stands for that of the site.
func (d *desk) location(dir string, p source.Place) protocol.Location {
	if dir == "" {
		dir = d.site.dir
	}
	return protocol.Location{URI: d.uri(pathOf(dir, p.File)), Range: d.textOf(dir, p.File).Range(p.Span)}
}

// say is a phrase in the language of the client.
func (d *desk) say(p diag.Phrase) string { return p.In(d.client.language) }
