package lsp

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/roboconf/workbench/editor/lsp/protocol"
)

// tempFiles gives the way to write a text where the client can show it. The folder goes with the server.
func (s *server) tempFiles() func(name, text string) (protocol.URI, error) {
	return func(name, text string) (protocol.URI, error) {
		dir, err := s.tempDir()
		if err != nil {
			return "", err
		}
		path := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("write a text to show: %w", err)
		}
		return protocol.FileURI(path), nil
	}
}

// tempDir is the folder of texts that are shown; made when it is first needed.
func (s *server) tempDir() (string, error) {
	s.tempOnce.Do(func() { s.temp, s.tempErr = os.MkdirTemp(s.Temp, "roboconf-") })
	return s.temp, s.tempErr
}

// cleanUp leaves nothing behind.
func (s *server) cleanUp() {
	if s.temp == "" {
		return
	}
	if err := os.RemoveAll(s.temp); err != nil {
		s.Log.Warn("clean up", "folder", s.temp, "why", err)
	}
}
