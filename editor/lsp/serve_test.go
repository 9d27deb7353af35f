package lsp

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
)

// inBubble plays with a server in a bubble.
func inBubble(t *testing.T, play func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, play)
}

func codeOf(m rpc.Message) int {
	if m.Err == nil {
		return 0
	}
	return m.Err.Code
}

func TestOrderOfTheConversation(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := connect(t, Options{Version: "1"})
		if m, _ := p.ask("textDocument/hover", `{}`); codeOf(m) != rpc.ServerNotInitialized {
			t.Errorf("before initialize: %v", m.Err)
		}
		p.tell("textDocument/didOpen", `{"textDocument": 1}`) // dropped without a word
		first := result[protocol.InitializeResult](p, "initialize", `{"processId": null, "rootUri": null, "capabilities": {}}`)
		if first.ServerInfo.Version != "1" || first.Capabilities.PositionEncoding != protocol.UTF16 {
			t.Errorf("%+v", first)
		}
		for _, c := range []struct {
			method, params string
			code           int
		}{
			{"initialize", `{}`, rpc.InvalidRequest},
			{"textDocument/nothing", `{}`, rpc.MethodNotFound},
			{"textDocument/hover", `{"textDocument": 7}`, rpc.InvalidParams},
			{"textDocument/hover", `{"textDocument": {"uri": "untitled:x"}}`, rpc.InvalidParams},
			{"textDocument/hover", `{"textDocument": {"uri": "file:///nowhere/x.graph"}}`, rpc.InvalidParams},
			{"workspace/executeCommand", `{"command": "nothing"}`, rpc.InvalidParams},
			{"workspace/executeCommand", `{"command": "roboconf.simulate"}`, rpc.InvalidParams},
		} {
			if m, _ := p.ask(c.method, c.params); codeOf(m) != c.code {
				t.Errorf("%s %s: %v, want the code %d", c.method, c.params, m.Err, c.code)
			}
		}
		if m, _ := p.ask("shutdown", nil); codeOf(m) != 0 {
			t.Errorf("shutdown: %v", m.Err)
		}
		if m, _ := p.ask("textDocument/hover", `{}`); codeOf(m) != rpc.InvalidRequest {
			t.Errorf("after shutdown: %v", m.Err)
		}
		p.tell("exit", nil)
		if code := <-p.code; code != 0 {
			t.Errorf("ends with %d", code)
		}
		p.in.Close()
	})
}

func TestWaysToEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(p *peer)
		code int
	}{
		{"exit without shutdown", func(p *peer) { p.tell("exit", nil) }, 1},
		{"exit before anything", func(p *peer) { p.tell("exit", nil) }, 1},
		{"the stream ends", func(p *peer) { p.in.Close() }, 0},
		{"the stream ends inside a message", func(p *peer) { p.raw([]byte("Content-Length: 10\r\n\r\n{")); p.in.Close() }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				p := connect(t, Options{})
				if c.name != "exit before anything" {
					p.greet("{}", "")
				}
				c.end(p)
				if code := <-p.code; code != c.code {
					t.Errorf("ends with %d, want %d", code, c.code)
				}
				p.in.Close()
			})
		})
	}
}

func TestServerEndsWithItsParent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		born := time.Now()
		p := connect(t, Options{Alive: func(pid int) bool { return pid == 7 && time.Since(born) < time.Minute }})
		p.ask("initialize", `{"processId": 7, "capabilities": {}}`)
		if code := <-p.code; code != 1 || time.Since(born) < time.Minute || time.Since(born) > 2*time.Minute {
			t.Errorf("ends with %d after %s", code, time.Since(born))
		}
		p.in.Close()
	})
}

func TestOwnProcessIsAlive(t *testing.T) {
	if !alive(os.Getpid()) {
		t.Error("this process is said to be gone")
	}
}

// What is no message is told, the conversation goes on.
func TestBadFramesKillNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := connect(t, Options{})
		p.greet("{}", "")
		p.raw([]byte("garbage\r\n\r\n"))
		p.raw([]byte("Content-Length: 99999999999999999999\r\n\r\n"))
		p.raw(rpc.Frame([]byte("{")))
		p.raw(rpc.Frame([]byte(`{"jsonrpc": "2.0", "id": [], "method": "x"}`)))
		p.raw(rpc.Frame([]byte(`{"jsonrpc": "2.0", "id": 999, "result": 1}`)))
		var kinds []string
		for _, m := range p.settled() {
			kinds = append(kinds, fmt.Sprint(m.Method, codeOf(m)))
		}
		want := []string{"window/logMessage0", "window/logMessage0", fmt.Sprint(rpc.ParseError), fmt.Sprint(rpc.InvalidRequest)}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Error(diff)
		}
		p.leave()
	})
}

// A panic in a question is an answer, a word for the log, and nothing else.
func TestPanicInAQuestionIsAnAnswer(t *testing.T) {
	requests["test/panic"] = everywhere(func(*query, struct{}) (any, error) { panic("a bug") })
	requests["test/panicAtOnce"] = func(*server, rpc.Message) *rpc.Error { panic("a bug") }
	notifications["test/panic"] = func(*server, json.RawMessage) *rpc.Error { panic("a bug") }
	defer func() {
		delete(requests, "test/panic")
		delete(requests, "test/panicAtOnce")
		delete(notifications, "test/panic")
	}()
	inBubble(t, func(t *testing.T) {
		p := connect(t, Options{})
		p.greet("{}", "")
		for _, method := range []string{"test/panic", "test/panicAtOnce"} {
			m, said := p.ask(method, nil)
			if codeOf(m) != rpc.InternalError || len(said) != 1 || said[0].Method != "window/logMessage" {
				t.Errorf("%s: %v, with %v", method, m.Err, said)
			}
		}
		if said := p.tell("test/panic", nil); len(said) != 1 || said[0].Method != "window/logMessage" {
			t.Errorf("a notification: %v", said)
		}
		p.leave()
	})
}

// slowly is a question that waits until it is let go.
func slowly(t *testing.T, strict bool) (let chan struct{}) {
	let = make(chan struct{})
	ways := []way{}
	if strict {
		ways = append(ways, whileUnchanged)
	}
	requests["test/slow"] = asked(func(q *query, _ protocol.DocumentParams) (string, error) {
		<-let
		return "done", nil
	}, ways...)
	t.Cleanup(func() { delete(requests, "test/slow") })
	return let
}

func TestCancelAnswersAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		let := slowly(t, false)
		dir := lamp(t)
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.send(rpc.Message{ID: `"a"`, Method: "test/slow", Params: value(t, at(t, filepath.Join(dir, "graph/main.graph"), "#", 0))})
		if said := p.settled(); len(said) != 0 {
			t.Fatalf("answered before it could: %v", said)
		}
		said := p.tell("$/cancelRequest", `{"id": "\u0061"}`)
		if len(said) != 1 || said[0].ID != `"a"` || codeOf(said[0]) != rpc.RequestCancelled {
			t.Errorf("%v", said)
		}
		close(let)
		if said := p.settled(); len(said) != 0 {
			t.Errorf("answered twice: %v", said)
		}
		p.tell("$/cancelRequest", `{"id": 77}`) // nobody knows it: fine
		p.leave()
	})
}

func TestAnswerAboutAnOlderTextIsContentModified(t *testing.T) {
	for _, strict := range []bool{true, false} {
		inBubble(t, func(t *testing.T) {
			let := slowly(t, strict)
			dir := lamp(t)
			file := filepath.Join(dir, "graph/main.graph")
			p := connect(t, Options{})
			p.greet(modern, dir)
			p.open(file)
			p.send(rpc.Message{ID: "77", Method: "test/slow", Params: value(t, at(t, file, "#", 0))})
			p.change(file, 2, protocol.Range{}, "# one more\n")
			close(let)
			said := p.settled()
			want := 0
			if strict {
				want = rpc.ContentModified
			}
			if len(said) != 1 || codeOf(said[0]) != want {
				t.Errorf("%v, want the code %d", said, want)
			}
			p.leave()
		})
	}
}

// Nobody waits for ever for a menu.
func TestQuickAnswersExpire(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		let := make(chan struct{})
		requests["test/slow"] = asked(func(*query, protocol.DocumentParams) (string, error) { <-let; return "", nil }, quick)
		defer delete(requests, "test/slow")
		dir := lamp(t)
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.send(rpc.Message{ID: "77", Method: "test/slow", Params: value(t, at(t, filepath.Join(dir, "graph/main.graph"), "#", 0))})
		time.Sleep(2 * patience)
		said := p.settled()
		if len(said) != 1 || codeOf(said[0]) != rpc.RequestFailed {
			t.Errorf("%v", said)
		}
		close(let)
		p.leave()
	})
}

// Several changes that wait are one batch: findings are computed once.
func TestFindingsComeOncePerBatch(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/main.graph")
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.open(file)
		var burst []byte
		for i := range 50 {
			raw := value(t, protocol.DidChangeParams{
				TextDocument:   protocol.VersionedTextDocumentIdentifier{URI: protocol.FileURI(file), Version: int32(2 + i)},
				ContentChanges: []protocol.ContentChange{{Range: &protocol.Range{}, Text: "x"}},
			})
			content, err := rpc.Message{Method: "textDocument/didChange", Params: raw}.Encode()
			if err != nil {
				t.Fatal(err)
			}
			burst = append(burst, rpc.Frame(content)...)
		}
		p.raw(burst)
		said := p.settled()
		last := readAs[protocol.PublishParams](t, said[len(said)-1].Params)
		if len(said) > 25 || *last.Version != 51 {
			t.Errorf("%d publications, the last of version %d", len(said), *last.Version)
		}
		p.leave()
	})
}

// Only files whose findings differ are told, with the version of the text; what was cured is told too.
func TestOnlyWhatChangedIsPublished(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/main.graph")
		p := connect(t, Options{})
		if got := findings(t, dir, p.greet(modern, dir)); len(got) != 0 {
			t.Errorf("the sample has findings: %v", got)
		}
		p.open(file)
		semicolon := at(t, file, "script;", 0).Position
		semicolon.Character += uint32(len("script"))
		end := semicolon
		end.Character++
		line := semicolon.Line
		got := findings(t, dir, p.change(file, 2, protocol.Range{Start: semicolon, End: end}, ""))
		want := map[string][]string{"graph/main.graph": {
			fmt.Sprintf("P_PROPERTY_ENDS_WITH_SEMI_COLON %d:1-%d:18", line, line),
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if said := p.change(file, 3, protocol.Range{Start: semicolon, End: semicolon}, " "); len(findings(t, dir, said)) != 0 {
			t.Errorf("told again: %v", findings(t, dir, said))
		}
		got = findings(t, dir, p.change(file, 4, protocol.Range{Start: semicolon, End: end}, ";"))
		if diff := cmp.Diff(map[string][]string{"graph/main.graph": {}}, got); diff != "" {
			t.Error(diff)
		}
		p.leave()
	})
}

// A closed document counts as it is on the disk.
func TestCloseGivesTheTextBack(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/main.graph")
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.open(file)
		if got := findings(t, dir, p.change(file, 2, protocol.Range{}, "?\n")); len(got) == 0 {
			t.Error("no findings")
		}
		said := p.tell("textDocument/didClose", protocol.DocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: protocol.FileURI(file)}})
		if got := findings(t, dir, said); len(got["graph/main.graph"]) != 0 || got["graph/main.graph"] == nil {
			t.Errorf("%v", got)
		}
		p.leave()
	})
}

// What others write is read again when the client says so; an application that appears is opened.
func TestWatchedFiles(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		p := connect(t, Options{})
		said := p.greet(modern, dir)
		watchers := 0
		for _, m := range said {
			if m.Method == "client/registerCapability" && strings.Contains(string(m.Params), "didChangeWatchedFiles") {
				watchers++
			}
		}
		if watchers != 2 {
			t.Errorf("%d watches were asked for, want those of the root, the application", watchers)
		}
		file := filepath.Join(dir, "graph/main.graph")
		if err := os.WriteFile(file, []byte("?\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		changed := func(path string) []rpc.Message {
			return p.accept(p.tell("workspace/didChangeWatchedFiles", protocol.WatchedFilesParams{
				Changes: []protocol.FileEvent{{URI: protocol.FileURI(path), Type: 2}},
			}))
		}
		if got := findings(t, dir, changed(file)); !slices.Contains(got["graph/main.graph"], "P_UNRECOGNIZED_BLOCK 0:0-0:1") {
			t.Errorf("%v", got)
		}
		other := filepath.Join(dir, "..", "other", "descriptor", "application.properties")
		if err := os.MkdirAll(filepath.Dir(other), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(other, []byte("name = Other\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		got := findings(t, filepath.Dir(dir), changed(other))
		if len(got["other/descriptor/application.properties"]) == 0 {
			t.Errorf("%v", got)
		}
		if err := os.RemoveAll(filepath.Join(dir, "..", "other")); err != nil {
			t.Fatal(err)
		}
		got = findings(t, filepath.Dir(dir), changed(other))
		if list, told := got["other/descriptor/application.properties"]; !told || len(list) != 0 {
			t.Errorf("the findings of what is gone stay: %v", got)
		}
		p.leave()
	})
}

// A progress begins when the client agreed to it, and ends once.
func TestProgressIsShownOnceAgreed(t *testing.T) {
	for _, c := range []struct {
		name  string
		agree rpc.Message
		late  bool // agreed to when it is over
		want  string
	}{
		{"agreed", rpc.Message{ID: "2", Result: json.RawMessage("null")}, false, "create begin report end"},
		{"refused", rpc.Message{ID: "2", Err: rpc.Errorf(1, "no")}, false, "create"},
		{"late", rpc.Message{ID: "2", Result: json.RawMessage("null")}, true, "create"},
	} {
		inBubble(t, func(t *testing.T) {
			p := &peer{t: t}
			s := newServer(t.Context(), rpc.NewOutbox(p), Options{}.orDefaults())
			s.client.Window.WorkDoneProgress = true
			bar := s.progress("Opening")
			if !c.late {
				s.answered(c.agree)
			}
			bar.report("lamp", 50)
			bar.end()
			bar.end()
			if c.late {
				s.answered(c.agree)
			}
			var kinds []string
			for _, m := range p.settled() {
				if m.IsRequest() {
					kinds = append(kinds, "create")
				} else {
					kinds = append(kinds, readAs[protocol.ProgressParams](t, m.Params).Value.Kind)
				}
			}
			if got := strings.Join(kinds, " "); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			s.out.Close()
		})
	}
}
