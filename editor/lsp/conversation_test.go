package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// TestConversations plays what clients said to the server, chapter by chapter: a line that begins with > is from the client,
// one with < from the server. $DIR is a folder with a copy of the sample lamp. With -update the lines of the server are written
// again: read the difference.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			want, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: want.Comment}
			dir := lamp(t)
			inBubble(t, func(t *testing.T) {
				s := stage{t: t, names: strings.NewReplacer(string(protocol.FileURI(filepath.Dir(dir))), "$DIR", filepath.Dir(dir), "$PATH")}
				s.back = strings.NewReplacer("$DIR", string(protocol.FileURI(filepath.Dir(dir))))
				s.peer = connect(t, Options{Version: "test", Temp: filepath.Dir(dir), Simulate: pretended})
				for _, chapter := range want.Files {
					got.Files = append(got.Files, txtar.File{Name: chapter.Name, Data: s.play(string(chapter.Data))})
				}
				if code := <-s.peer.code; code != 0 {
					t.Errorf("the server ends with %d", code)
				}
				s.peer.in.Close()
			})
			compare(t, file, want, got)
		})
	}
}

func pretended(_ context.Context, _ string, r *load.Result, _ []diag.Problem) (string, error) {
	return "a simulation of " + r.App.Descriptor.Name + "\n", nil
}

func compare(t *testing.T, file string, want, got *txtar.Archive) {
	t.Helper()
	if golden.Updating() {
		if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i, chapter := range want.Files {
		if diff := cmp.Diff(strings.Split(string(chapter.Data), "\n"), strings.Split(string(got.Files[i].Data), "\n")); diff != "" {
			t.Errorf("%s, %s: -update writes what the server says now\n%s", file, chapter.Name, diff)
		}
	}
}

// stage is where a conversation is played.
type stage struct {
	t           *testing.T
	peer        *peer
	names, back *strings.Replacer
}

// What differs from run to run: the folder of texts that are shown, digests of what holds paths.
var (
	temporary = regexp.MustCompile(`/roboconf-\d+/`)
	resultID  = regexp.MustCompile(`"resultId":"[0-9a-f]{20,}"`)
)

func (s *stage) play(chapter string) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(chapter) {
		text, client := strings.CutPrefix(strings.TrimSpace(line), "> ")
		if strings.HasPrefix(line, "< ") {
			continue
		}
		b.WriteString(line)
		if !client {
			continue
		}
		content := []byte(`{"jsonrpc":"2.0",` + strings.TrimPrefix(s.back.Replace(text), "{"))
		if !json.Valid(content) {
			s.t.Fatalf("no JSON: %s", text)
		}
		s.peer.raw(rpc.Frame(content))
		for _, m := range s.peer.settled() {
			said, err := m.Encode()
			if err != nil {
				s.t.Fatal(err)
			}
			said = bytes.Replace(said, []byte(`"jsonrpc":"2.0",`), nil, 1)
			line := temporary.ReplaceAllString(s.names.Replace(string(said)), "/TEMP/")
			b.WriteString("< " + resultID.ReplaceAllString(line, `"resultId":"DIGEST"`) + "\n")
		}
	}
	return b.Bytes()
}
