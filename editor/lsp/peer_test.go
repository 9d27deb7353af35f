package lsp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/samples"
)

// peer is a client that plays by hand. It lives in a bubble, where waiting for the server to have nothing left to do needs
// no clock.
type peer struct {
	t    *testing.T
	in   *io.PipeWriter
	mu   sync.Mutex
	got  []rpc.Message
	next int
	code chan int
}

// Write takes frames from the server.
func (p *peer) Write(frame []byte) (int, error) {
	content, err := rpc.NewReader(bytes.NewReader(frame)).Read()
	if err != nil {
		return 0, err
	}
	m, bad := rpc.Decode(content)
	if bad != nil {
		return 0, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	return len(frame), nil
}

// connect starts a server.
func connect(t *testing.T, o Options) *peer {
	r, w := io.Pipe()
	p := &peer{t: t, in: w, code: make(chan int, 1)}
	go func() {
		code, err := Serve(t.Context(), r, p, o)
		if err != nil {
			t.Error(err)
		}
		r.Close()
		p.code <- code
	}()
	return p
}

// raw writes bytes to the server; it takes them in its own time.
func (p *peer) raw(b []byte) {
	if _, err := p.in.Write(b); err != nil && err != io.ErrClosedPipe {
		p.t.Fatal(err)
	}
}

func (p *peer) send(m rpc.Message) {
	content, err := m.Encode()
	if err != nil {
		p.t.Fatal(err)
	}
	p.raw(rpc.Frame(content))
}

// settled gives what the server said since the last time, once it has nothing left to do.
func (p *peer) settled() []rpc.Message {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.got
	p.got = nil
	return said
}

// tell sends a notification and gives what the server said.
func (p *peer) tell(method string, params any) []rpc.Message {
	p.send(rpc.Message{Method: method, Params: value(p.t, params)})
	return p.settled()
}

// ask sends a request and gives its answer, with what else the server said.
func (p *peer) ask(method string, params any) (rpc.Message, []rpc.Message) {
	p.next++
	id := rpc.NumberID(p.next)
	p.send(rpc.Message{ID: id, Method: method, Params: value(p.t, params)})
	said := p.settled()
	i := slices.IndexFunc(said, func(m rpc.Message) bool { return m.IsResponse() && m.ID == id })
	if i < 0 {
		p.t.Fatalf("%s has no answer, only %d messages", method, len(said))
	}
	return said[i], slices.Delete(slices.Clone(said), i, i+1)
}

// result asks and reads the answer.
func result[R any](p *peer, method string, params any) R {
	p.t.Helper()
	answer, _ := p.ask(method, params)
	if answer.Err != nil {
		p.t.Fatalf("%s: %v (%d)", method, answer.Err, answer.Err.Code)
	}
	return readAs[R](p.t, answer.Result)
}

func readAs[R any](t *testing.T, raw json.RawMessage) (r R) {
	t.Helper()
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return r
}

func value(t *testing.T, v any) json.RawMessage {
	if raw, ok := v.(string); ok {
		return json.RawMessage(raw)
	}
	raw, err := rpc.Value(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// leave takes leave as a client should.
func (p *peer) leave() {
	if answer, _ := p.ask("shutdown", nil); answer.Err != nil {
		p.t.Error(answer.Err)
	}
	p.tell("exit", nil)
	if code := <-p.code; code != 0 {
		p.t.Errorf("the server ends with %d", code)
	}
	p.in.Close()
}

// modern are the capabilities of a client that can do everything, but asks for no diagnostics.
const modern = `{
	"general": {"positionEncodings": ["utf-16", "utf-8"]},
	"window": {"workDoneProgress": true, "showDocument": {"support": true}},
	"workspace": {
		"applyEdit": true, "workspaceFolders": true,
		"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename", "delete"], "changeAnnotationSupport": {}},
		"didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true},
		"fileOperations": {"willRename": true}
	},
	"textDocument": {
		"publishDiagnostics": {"relatedInformation": true, "tagSupport": {"valueSet": [1, 2]}, "versionSupport": true,
			"codeDescriptionSupport": true, "dataSupport": true},
		"completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown"]}},
		"hover": {"contentFormat": ["markdown"]},
		"definition": {"linkSupport": true},
		"documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
		"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},
		"semanticTokens": {"tokenTypes": ["comment", "keyword", "property", "class", "variable", "enumMember", "string", "namespace", "operator"],
			"tokenModifiers": ["declaration"]},
		"rename": {"prepareSupport": true}
	}
}`

// greet opens a folder and waits until its applications are open. Progress is allowed, registrations are accepted.
func (p *peer) greet(capabilities, dir string) []rpc.Message {
	p.t.Helper()
	params := fmt.Sprintf(`{"processId": null, "rootUri": null, "capabilities": %s}`, capabilities)
	if dir != "" {
		params = fmt.Sprintf(`{"processId": null, "capabilities": %s, "workspaceFolders": [{"uri": %q, "name": "x"}]}`,
			capabilities, protocol.FileURI(dir))
	}
	if answer, _ := p.ask("initialize", params); answer.Err != nil {
		p.t.Fatal(answer.Err)
	}
	return p.accept(p.tell("initialized", struct{}{}))
}

// accept says yes to what the server asks, until it asks nothing any more.
func (p *peer) accept(said []rpc.Message) []rpc.Message {
	all := said
	for len(said) > 0 {
		asked := slices.DeleteFunc(slices.Clone(said), func(m rpc.Message) bool { return !m.IsRequest() })
		said = nil
		for _, m := range asked {
			p.send(rpc.Message{ID: m.ID, Result: json.RawMessage("null")})
		}
		if len(asked) > 0 {
			said = p.settled()
			all = append(all, said...)
		}
	}
	return all
}

// findings are the last ones that were published, by name of the file below a folder: "CODE start-end" each.
func findings(t *testing.T, dir string, said []rpc.Message) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	for _, m := range said {
		if m.Method != "textDocument/publishDiagnostics" {
			continue
		}
		p := readAs[protocol.PublishParams](t, m.Params)
		path, err := p.URI.Path()
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		list := []string{}
		for _, d := range p.Diagnostics {
			list = append(list, fmt.Sprintf("%s %d:%d-%d:%d", d.Code, d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Line, d.Range.End.Character))
		}
		files[filepath.ToSlash(name)] = list
	}
	return files
}

// folder makes an application of texts by name.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := pathOf(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lamp is a copy of the sample, in a folder of this name.
func lamp(t testing.TB) string {
	t.Helper()
	s, err := samples.Find("lamp")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "lamp")
	if err := os.CopyFS(dir, s.FS); err != nil {
		t.Fatal(err)
	}
	return dir
}

// open says that the client has a file open.
func (p *peer) open(path string) []rpc.Message {
	text, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.tell("textDocument/didOpen", protocol.DidOpenParams{
		TextDocument: protocol.TextDocumentItem{URI: protocol.FileURI(path), Version: 1, Text: string(text)},
	})
}

// change replaces a range of an open document.
func (p *peer) change(path string, version int32, r protocol.Range, with string) []rpc.Message {
	return p.tell("textDocument/didChange", protocol.DidChangeParams{
		TextDocument:   protocol.VersionedTextDocumentIdentifier{URI: protocol.FileURI(path), Version: version},
		ContentChanges: []protocol.ContentChange{{Range: &r, Text: with}},
	})
}

// at is the place of a word in a file: the start of its n-th occurrence, from 0.
func at(t *testing.T, path, word string, n int) protocol.TextDocumentPositionParams {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	offset := 0
	for range n + 1 {
		i := strings.Index(string(text[offset:]), word)
		if i < 0 {
			t.Fatalf("%s has no %q", path, word)
		}
		offset += i + 1
	}
	return protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: protocol.FileURI(path)},
		Position:     protocol.NewText(string(text), protocol.UTF8).Position(offset - 1),
	}
}
