package lsp

import (
	"maps"
	"slices"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/model/source"
)

// doc is a document that is open in the client. It is a value.
type doc struct {
	uri     protocol.URI // as the client writes it
	version int32
	text    *protocol.Text
}

// docs are the documents that are open, by path. A map that was handed out is never changed.
type docs map[string]doc

func (d docs) with(path string, one doc) docs {
	next := maps.Clone(d)
	next[path] = one
	return next
}

func (d docs) without(path string) docs {
	next := maps.Clone(d)
	delete(next, path)
	return next
}

// didOpen takes a text over from the disk.
func (s *server) didOpen(p protocol.DidOpenParams) {
	path, err := p.TextDocument.URI.Path()
	if err != nil {
		s.Log.Info("not served", "uri", p.TextDocument.URI, "why", err)
		return
	}
	text := protocol.NewText(p.TextDocument.Text, s.client.encoding)
	s.docs = s.docs.with(path, doc{p.TextDocument.URI, p.TextDocument.Version, text})
	s.dirty[path] = true
	s.openAround(path)
}

// didChange changes a text, in the order of the changes.
func (s *server) didChange(p protocol.DidChangeParams) {
	path, err := p.TextDocument.URI.Path()
	d, open := s.docs[path]
	if err != nil || !open {
		s.Log.Warn("a change of what is not open", "uri", p.TextDocument.URI)
		return
	}
	d.text, d.version = change(d.text, p.ContentChanges, s.client.encoding), p.TextDocument.Version
	s.docs = s.docs.with(path, d)
	s.dirty[path] = true
}

// change makes changes of a text; each one speaks of what the one before left.
func change(t *protocol.Text, changes []protocol.ContentChange, e protocol.Encoding) *protocol.Text {
	for _, c := range changes {
		if c.Range == nil {
			t = protocol.NewText(c.Text, e)
			continue
		}
		t = t.Replace(t.Span(*c.Range), c.Text)
	}
	return t
}

// didSave looks at the disk again: what lies over the file is what is in it now.
func (s *server) didSave(p protocol.DocumentParams) {
	if path, err := p.TextDocument.URI.Path(); err == nil {
		s.look(path)
	}
}

// didClose gives a text back to the disk.
func (s *server) didClose(p protocol.DocumentParams) {
	path, err := p.TextDocument.URI.Path()
	if err != nil {
		return
	}
	if _, open := s.docs[path]; !open {
		return
	}
	s.docs = s.docs.without(path)
	delete(s.tokens, path)
	delete(s.dirty, path)
	if w, file, ok := s.group.Find(path); ok {
		w.Revert(file)
		s.touched(w)
		s.look(path) // the client may have written it just before
		return
	}
	delete(s.sites.alone, path)
	s.retract(path)
}

// lay lays the texts that changed over their files.
func (s *server) lay() {
	for _, path := range slices.Sorted(maps.Keys(s.dirty)) {
		if s.isOpening(path) {
			continue // when it is open
		}
		delete(s.dirty, path)
		text := s.docs[path].text.String()
		w, file, ok := s.group.Find(path)
		if !ok {
			s.sites.alone[path] = nil // made when it is looked at
			continue
		}
		w.Edit(file, text)
		s.touched(w)
	}
}

// edit is a change of a text as the client wants it.
func edit(t *protocol.Text, s source.Span, with string) protocol.TextEdit {
	return protocol.TextEdit{Range: t.Range(s), NewText: with}
}
