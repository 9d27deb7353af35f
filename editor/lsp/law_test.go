package lsp

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/samples"
)

var seed = flag.Uint64("seed", 0, "replay a random test with this seed")

// chance gives a random source and says how to have the same one again.
func chance(t *testing.T) *rand.Rand {
	n := *seed
	if n == 0 {
		n = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// torn makes a random change of a text: a piece goes, something comes.
func torn(r *rand.Rand, t *protocol.Text) protocol.ContentChange {
	text := t.String()
	start := r.IntN(len(text) + 1)
	end := min(len(text), start+r.IntN(30)*r.IntN(2))
	with := ""
	if r.IntN(3) > 0 {
		with = gen.Mess(r.Uint64(), 1+r.IntN(3))
	}
	span := protocol.Range{Start: t.Position(start), End: t.Position(end)}
	return protocol.ContentChange{Range: &span, Text: with}
}

// However a text came to be, the findings are those of the whole text: incremental equals full.
func TestIncrementalEqualsWhole(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := chance(t)
		dir, fresh := lamp(t), lamp(t)
		name := filepath.Join("graph", "main.graph")
		typed, whole := connect(t, Options{}), connect(t, Options{})
		typed.greet(modern, dir)
		typed.open(filepath.Join(dir, name))
		whole.greet(modern, fresh)
		whole.open(filepath.Join(fresh, name))
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		mine := protocol.NewText(string(text), protocol.UTF8)
		for version := int32(2); version < 40; version++ {
			c := torn(r, mine)
			mine = change(mine, []protocol.ContentChange{c}, protocol.UTF8)
			document := func(dir string) protocol.VersionedTextDocumentIdentifier {
				return protocol.VersionedTextDocumentIdentifier{URI: protocol.FileURI(filepath.Join(dir, name)), Version: version}
			}
			typed.tell("textDocument/didChange", protocol.DidChangeParams{TextDocument: document(dir), ContentChanges: []protocol.ContentChange{c}})
			whole.tell("textDocument/didChange", protocol.DidChangeParams{
				TextDocument: document(fresh), ContentChanges: []protocol.ContentChange{{Text: mine.String()}},
			})
			ask := func(p *peer, dir string) string {
				m, _ := p.ask("textDocument/diagnostic", protocol.DocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: document(dir).URI}})
				items := string(readAs[struct{ Items json.RawMessage }](t, m.Result).Items)
				return strings.ReplaceAll(items, string(protocol.FileURI(dir)), "the application")
			}
			if diff := cmp.Diff(ask(whole, fresh), ask(typed, dir)); diff != "" {
				t.Fatalf("after version %d of\n%s\n%s", version, mine, diff)
			}
		}
		typed.leave()
		whole.leave()
	})
}

// Whatever is asked while the text changes and requests are cancelled, each request has exactly one answer, and nothing breaks.
func TestEveryRequestIsAnsweredOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := chance(t)
		dir := lamp(t)
		files := []string{filepath.Join(dir, "graph/main.graph"), filepath.Join(dir, "instances/main.instances")}
		p := connect(t, Options{})
		p.greet(modern, dir)
		texts := map[string]*protocol.Text{}
		for _, file := range files {
			p.open(file)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = protocol.NewText(string(text), protocol.UTF8)
		}
		asked := p.storm(r, files, texts, 600)
		answers := map[rpc.ID]int{}
		for _, m := range p.settled() {
			if m.IsResponse() {
				answers[m.ID]++
				if code := codeOf(m); code != 0 && code != rpc.RequestCancelled && code != rpc.ContentModified && code != rpc.RequestFailed {
					t.Errorf("%s: %v (%d)", m.ID, m.Err, code)
				}
			}
			if m.Method == "window/logMessage" {
				t.Errorf("%s", m.Params)
			}
		}
		for _, id := range asked {
			if answers[id] != 1 {
				t.Errorf("the request %s has %d answers", id, answers[id])
			}
		}
		p.next = 10_000
		p.leave()
	})
}

// storm sends requests, changes and cancellations without waiting for anything.
func (p *peer) storm(r *rand.Rand, files []string, texts map[string]*protocol.Text, n int) (asked []rpc.ID) {
	methods := questions()
	for i := range n {
		file := files[r.IntN(len(files))]
		uri := protocol.FileURI(file)
		switch r.IntN(5) {
		case 0:
			c := torn(r, texts[file])
			texts[file] = change(texts[file], []protocol.ContentChange{c}, protocol.UTF8)
			p.send(rpc.Message{Method: "textDocument/didChange", Params: value(p.t, protocol.DidChangeParams{
				TextDocument:   protocol.VersionedTextDocumentIdentifier{URI: uri, Version: int32(i + 2)},
				ContentChanges: []protocol.ContentChange{c},
			})})
		case 1:
			if len(asked) > 0 {
				p.send(rpc.Message{Method: "$/cancelRequest", Params: value(p.t, map[string]json.RawMessage{
					"id": json.RawMessage(asked[max(0, len(asked)-1-r.IntN(5))]),
				})})
			}
		default:
			id := rpc.NumberID(1000 + i)
			asked = append(asked, id)
			at := texts[file].Position(r.IntN(len(texts[file].String()) + 1))
			p.send(rpc.Message{ID: id, Method: methods[r.IntN(len(methods))], Params: json.RawMessage(fmt.Sprintf(
				`{"textDocument": {"uri": %q}, "position": {"line": %d, "character": %d}, "newName": "other", "context": {"diagnostics": []},
				"range": {"start": {"line": 0, "character": 0}, "end": {"line": %d, "character": %d}}, "positions": [{"line": %d, "character": 1}],
				"query": "o", "item": {"name": "Tomcat", "uri": %q, "data": "Tomcat"}, "data": {"uri": %q}}`,
				uri, at.Line, at.Character, at.Line, at.Character, at.Line, uri, uri))})
		}
	}
	return asked
}

// questions are all that can be asked at any time.
func questions() []string {
	list := slices.Sorted(maps.Keys(requests))
	return slices.DeleteFunc(list, func(m string) bool {
		return m == "initialize" || m == "shutdown" || m == "workspace/executeCommand" || strings.HasPrefix(m, "test/")
	})
}

// hello is one copy of the small sample for a whole run: nobody writes into it.
var hello = sync.OnceValues(func() (string, error) {
	s, err := samples.Find("hello")
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "hello-")
	if err != nil {
		return "", err
	}
	return dir, os.CopyFS(dir, s.FS)
})

// Whatever the parameters are: one answer, and it is never an error of the server itself.
func FuzzParameters(f *testing.F) {
	dir, err := hello()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { os.RemoveAll(dir) })
	uri := string(protocol.FileURI(filepath.Join(dir, "graph", "main.graph")))
	methods := slices.Concat(questions(), slices.Sorted(maps.Keys(notifications)), []string{"workspace/executeCommand"})
	for i := range methods {
		f.Add(uint8(i), `{"textDocument": {"uri": "$URI", "version": 2}, "position": {"line": 3, "character": 2}, "context": {},
			"contentChanges": [{"range": {"start": {"line": 1, "character": 0}, "end": {"line": 99, "character": 0}}, "text": "VM {"}],
			"range": {"start": {"line": 9, "character": 0}, "end": {"line": 1, "character": 0}}, "positions": [{"line": 1, "character": 1}],
			"newName": "x y", "item": {"uri": "$URI", "data": 1}, "data": {"uri": "$URI"}, "previousResultId": "1",
			"command": "roboconf.act", "arguments": [{"uri": "$URI"}], "files": [{"oldUri": "$URI", "newUri": "$URI"}], "id": 1,
			"settings": {"roboconf": {"language": "fr"}}, "changes": [{"uri": "$URI"}], "event": {"added": [{"uri": "$URI"}]}}`)
	}
	f.Fuzz(func(t *testing.T, which uint8, params string) {
		params = strings.ReplaceAll(params, "$URI", uri)
		method := methods[int(which)%len(methods)]
		// The folder is shared, so nothing may be watched, opened or made executable elsewhere.
		if !json.Valid([]byte(params)) || method == "exit" || strings.Contains(params, "executable") || outside(params, uri) {
			return
		}
		inBubble(t, func(t *testing.T) {
			p := connect(t, Options{Temp: dir})
			p.greet(modern, dir)
			p.open(filepath.Join(dir, "graph", "main.graph"))
			m := rpc.Message{Method: method, Params: json.RawMessage(params)}
			if requests[method] != nil {
				m.ID = "5000"
			}
			p.send(m)
			p.judge(p.accept(p.settled()), m.ID)
			p.next = 10_000
			p.leave()
		})
	})
}

// outside says whether parameters speak of files of this machine that are no part of the sample.
func outside(params, uri string) bool {
	return strings.Contains(strings.ReplaceAll(params, uri, ""), "file:")
}

func (p *peer) judge(said []rpc.Message, id rpc.ID) {
	answers := 0
	for _, m := range said {
		if m.IsResponse() && m.ID == id {
			answers++
		}
		if codeOf(m) == rpc.InternalError || m.Method == "window/logMessage" && strings.Contains(string(m.Params), "goroutine") {
			p.t.Errorf("%v %s", m.Err, m.Params)
		}
	}
	if id != "" && answers != 1 {
		p.t.Errorf("%d answers", answers)
	}
}

// Whatever bytes come, the server ends when they end, without a panic.
func FuzzStream(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}"))
	f.Add(slices.Concat(
		rpc.Frame([]byte(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`)),
		rpc.Frame([]byte(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)),
		rpc.Frame([]byte(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///nowhere/x.graph","text":"VM {"}}}`)),
		rpc.Frame([]byte(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///nowhere/x.graph"}}}`)),
		rpc.Frame([]byte(`{"jsonrpc":"2.0","id":3,"method":"shutdown"}`)),
		rpc.Frame([]byte(`{"jsonrpc":"2.0","method":"exit"}`)),
	))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("rootUri")) || bytes.Contains(data, []byte("rootPath")) || bytes.Contains(data, []byte("olders")) {
			return // folders of this machine stay out of it
		}
		var out bytes.Buffer
		if _, err := Serve(t.Context(), bytes.NewReader(data), &out, Options{}); err != nil {
			t.Error(err)
		}
		for r := rpc.NewReader(&out); ; {
			content, err := r.Read()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(content, []byte("goroutine ")) {
				t.Errorf("a panic: %s", content)
			}
		}
	})
}
