package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/internal/gen"
)

// wire is a client at the other end of pipes: what it measures is what an editor waits for.
type wire struct {
	b   *testing.B
	to  *io.PipeWriter
	in  *rpc.Reader
	end chan struct{}
	id  int
}

// dial starts a server on a folder and waits until it is open.
func dial(b *testing.B, dir string) *wire {
	b.Helper()
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	w := &wire{b: b, to: toServer, in: rpc.NewReader(fromServer), end: make(chan struct{})}
	go func() {
		defer close(w.end)
		if _, err := Serve(context.WithoutCancel(b.Context()), fromClient, toClient, Options{}); err != nil {
			b.Error(err)
		}
		toClient.Close()
	}()
	w.ask("initialize", fmt.Sprintf(`{"processId": null, "capabilities": %s, "workspaceFolders": [{"uri": %q}]}`, modern, protocol.FileURI(dir)))
	w.send(rpc.Message{Method: "initialized", Params: json.RawMessage("{}")})
	b.Cleanup(w.close)
	return w
}

func (w *wire) close() {
	w.ask("shutdown", "null")
	w.send(rpc.Message{Method: "exit"})
	go io.Copy(io.Discard, drained{w.in})
	<-w.end
	w.to.Close()
}

// drained reads what is left, so that the server can end.
type drained struct{ from *rpc.Reader }

func (d drained) Read(p []byte) (int, error) {
	if _, err := d.from.Read(); err != nil {
		return 0, io.EOF
	}
	return 0, nil
}

func (w *wire) send(m rpc.Message) {
	content, err := m.Encode()
	if err == nil {
		_, err = w.to.Write(rpc.Frame(content))
	}
	if err != nil {
		w.b.Error(err)
	}
}

// next reads the next message; what the server asks is granted.
func (w *wire) next() rpc.Message {
	content, err := w.in.Read()
	if err != nil {
		w.b.Fatal(err)
	}
	m, bad := rpc.Decode(content)
	if bad != nil {
		w.b.Fatal(bad)
	}
	if m.IsRequest() {
		go w.send(rpc.Message{ID: m.ID, Result: json.RawMessage("null")})
	}
	return m
}

func (w *wire) ask(method, params string) json.RawMessage {
	w.id++
	id := rpc.NumberID(w.id)
	go w.send(rpc.Message{ID: id, Method: method, Params: json.RawMessage(params)})
	for {
		if m := w.next(); m.IsResponse() && m.ID == id {
			if m.Err != nil {
				w.b.Fatal(method, m.Err)
			}
			return m.Result
		}
	}
}

func (w *wire) open(path, text string) {
	p, err := rpc.Value(protocol.DidOpenParams{TextDocument: protocol.TextDocumentItem{URI: protocol.FileURI(path), Version: 1, Text: text}})
	if err != nil {
		w.b.Fatal(err)
	}
	w.send(rpc.Message{Method: "textDocument/didOpen", Params: p})
	w.ask("textDocument/hover", fmt.Sprintf(`{"textDocument": {"uri": %q}, "position": {"line": 0, "character": 0}}`, protocol.FileURI(path)))
}

// keystroke makes a change and waits for the findings of that version.
func (w *wire) keystroke(change []byte, version string) time.Duration {
	start := time.Now()
	if _, err := w.to.Write(change); err != nil {
		w.b.Fatal(err)
	}
	for {
		content, err := w.in.Read()
		if err != nil {
			w.b.Fatal(err)
		}
		if head := string(content[:min(len(content), 400)]); strings.Contains(head, "publishDiagnostics") && strings.Contains(head, version) {
			return time.Since(start)
		}
	}
}

// big is a file of about so many lines, alone in an application or beside ten thousand components and nine thousand instances.
func big(b *testing.B, lines int, within bool) (dir, file, text string) {
	b.Helper()
	const perComponent = 8.2
	components := int(float64(lines) / perComponent)
	text = gen.Graph(components)
	files := map[string]string{
		"descriptor/application.properties": "name = big\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		"graph/main.graph":                  "import big.graph;\n",
	}
	if within {
		files = gen.Application(10_000, 9_000)
		files["graph/main.graph"] += "import big.graph;\n"
		other := strings.NewReplacer("Software", "Big", "Machine", "Mac", "machine ", "mac ")
		text = other.Replace(text)
		files["instances/model.instances"] += other.Replace(gen.Instances(components, components))
	}
	files["graph/big.graph"] = text
	files = gen.WithRecipes(files)
	dir = b.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := pathOf(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	return dir, pathOf(dir, "graph/big.graph"), text
}

// percentiles reports what half, and what 99 in a hundred, wait at most.
func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
}

func cases(b *testing.B, run func(b *testing.B, lines int, within bool)) {
	for _, lines := range []int{5_000, 100_000} {
		for _, within := range []bool{false, true} {
			name := fmt.Sprintf("lines=%d/alone", lines)
			if within {
				name = fmt.Sprintf("lines=%d/in-10k", lines)
			}
			b.Run(name, func(b *testing.B) { run(b, lines, within) })
		}
	}
}

// From the bytes of a change to the bytes of the findings: a semicolon goes, comes back. Budgets (p50 and p99): 3 and 8 ms in
// 5,000 lines, 10 and 30 ms in 100,000.
func BenchmarkKeystrokeToFindings(b *testing.B) {
	cases(b, func(b *testing.B, lines int, within bool) {
		dir, path, text := big(b, lines, within)
		w := dial(b, dir)
		w.open(path, text)
		middle := strings.Index(text[len(text)/2:], "installer: script;") + len(text)/2 + len("installer: script")
		at := protocol.NewText(text, protocol.UTF8).Position(middle)
		after := protocol.Position{Line: at.Line, Character: at.Character + 1}
		version := 1
		stroke := func() time.Duration {
			version++
			c := protocol.ContentChange{Range: &protocol.Range{Start: at, End: at}, Text: ";"}
			if version%2 == 0 {
				c = protocol.ContentChange{Range: &protocol.Range{Start: at, End: after}}
			}
			params, err := rpc.Value(protocol.DidChangeParams{
				TextDocument:   protocol.VersionedTextDocumentIdentifier{URI: protocol.FileURI(path), Version: int32(version)},
				ContentChanges: []protocol.ContentChange{c},
			})
			if err != nil {
				b.Fatal(err)
			}
			content, err := rpc.Message{Method: "textDocument/didChange", Params: params}.Encode()
			if err != nil {
				b.Fatal(err)
			}
			return w.keystroke(rpc.Frame(content), fmt.Sprintf(`"version":%d,`, version))
		}
		for range 4 {
			stroke()
		}
		var took []time.Duration
		for b.Loop() {
			took = append(took, stroke())
		}
		percentiles(b, took)
	})
}

func benchmarkQuestion(b *testing.B, method string) {
	cases(b, func(b *testing.B, lines int, within bool) {
		dir, path, text := big(b, lines, within)
		w := dial(b, dir)
		w.open(path, text)
		middle := strings.Index(text[len(text)/2:], ".port,") + len(text)/2 + 2
		at := protocol.NewText(text, protocol.UTF8).Position(middle)
		params := fmt.Sprintf(`{"textDocument": {"uri": %q}, "position": {"line": %d, "character": %d}}`,
			protocol.FileURI(path), at.Line, at.Character)
		var took []time.Duration
		for b.Loop() {
			start := time.Now()
			w.ask(method, params)
			took = append(took, time.Since(start))
		}
		percentiles(b, took)
	})
}

// Budget: 10 ms.
func BenchmarkCompletion(b *testing.B) { benchmarkQuestion(b, "textDocument/completion") }

// Budget: 10 ms.
func BenchmarkHover(b *testing.B) { benchmarkQuestion(b, "textDocument/hover") }

// What a server holds that has ten thousand components and nine thousand instances open. Budget: 4 bytes for each of the source.
func BenchmarkMemory(b *testing.B) {
	dir, source := b.TempDir(), 0
	files := gen.WithRecipes(gen.Application(10_000, 9_000))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		source += len(files[name])
		path := pathOf(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	clear(files)
	for b.Loop() {
		before := heap()
		w := dial(b, dir)
		w.open(pathOf(dir, "graph/main.graph"), "import part0.graph;\n")
		used := heap() - before
		b.ReportMetric(float64(used)/(1<<20), "MiB")
		b.ReportMetric(float64(used)/float64(source), "bytes/source-byte")
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
