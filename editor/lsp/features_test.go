package lsp

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/model/diag"
)

// with changes the capabilities of the modern client.
func with(t *testing.T, changes ...string) string {
	t.Helper()
	out := modern
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(out, changes[i]) {
			t.Fatalf("the modern client has no %s", changes[i])
		}
		out = strings.Replace(out, changes[i], changes[i+1], 1)
	}
	return out
}

func document(path string) protocol.DocumentParams {
	return protocol.DocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: protocol.FileURI(path)}}
}

func methods(said []rpc.Message) (list []string) {
	for _, m := range said {
		list = append(list, m.Method)
	}
	return list
}

// A client that asks for the findings of open documents is not sent them; those of other files are sent until it asks for all.
func TestPullAndPushNeverTellTwice(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		graph, instances := filepath.Join(dir, "graph/main.graph"), filepath.Join(dir, "instances/main.instances")
		p := connect(t, Options{})
		p.greet(with(t, `"hover"`, `"diagnostic": {}, "hover"`, `"applyEdit": true`, `"applyEdit": true, "diagnostics": {"refreshSupport": true}`), dir)
		p.open(graph)
		name := at(t, graph, "Tomcat {", 0)
		end := name.Position
		end.Character += uint32(len("Tomcat"))
		said := p.accept(p.change(graph, 2, protocol.Range{Start: name.Position, End: end}, "Tomkat"))
		pushed := findings(t, dir, said)
		if len(pushed["instances/main.instances"]) == 0 || pushed["graph/main.graph"] != nil {
			t.Errorf("pushed: %v", pushed)
		}
		if !slices.Contains(methods(said), "workspace/diagnostic/refresh") {
			t.Errorf("the client is not told to ask again: %v", methods(said))
		}
		type report struct {
			Kind, ResultID string
			URI            protocol.URI
			Items          []protocol.Diagnostic
		}
		first := result[report](p, "textDocument/diagnostic", document(graph))
		if first.Kind != protocol.FullReport || len(first.Items) == 0 {
			t.Errorf("%+v", first)
		}
		again := result[report](p, "textDocument/diagnostic", map[string]any{"textDocument": document(graph).TextDocument, "previousResultId": first.ResultID})
		if again.Kind != protocol.UnchangedReport || again.ResultID != first.ResultID || again.Items != nil {
			t.Errorf("%+v", again)
		}
		m, said := p.ask("workspace/diagnostic", `{"previousResultIds": []}`)
		all := readAs[struct{ Items []report }](t, m.Result)
		if len(all.Items) < 2 || all.Items[0].Kind != protocol.FullReport {
			t.Errorf("%+v", all)
		}
		if got, told := findings(t, dir, said)["instances/main.instances"]; !told || len(got) != 0 {
			t.Errorf("what was pushed is not taken back: %v", findings(t, dir, said))
		}
		if pushed := findings(t, dir, p.accept(p.change(graph, 3, protocol.Range{}, "?\n"))); len(pushed) != 0 {
			t.Errorf("pushed to who asks for everything: %v", pushed)
		}
		previous := []map[string]string{{"uri": string(protocol.FileURI(instances)), "value": "old"}, {"uri": string(protocol.FileURI(dir + "/gone")), "value": "old"}}
		gone := result[struct{ Items []report }](p, "workspace/diagnostic", map[string]any{"previousResultIds": previous})
		last := gone.Items[len(gone.Items)-1]
		if last.URI != protocol.FileURI(dir+"/gone") || last.Kind != protocol.FullReport || len(last.Items) != 0 {
			t.Errorf("%+v", last)
		}
		p.leave()
	})
}

// The serious findings are told when there are too many.
func TestTooManyFindingsKeepTheSeriousOnes(t *testing.T) {
	var list []diag.Problem
	for range most + 50 {
		list = append(list, diag.Problem{Code: diag.XTrailingComma})
	}
	list = append(list, diag.Problem{Code: diag.PPropertyEndsWithSemiColon})
	got := worst(list)
	if len(got) != most || got[most-1].Code != diag.PPropertyEndsWithSemiColon {
		t.Errorf("%d findings, the last is %s", len(got), got[len(got)-1].Code)
	}
	d := desk{client: newClient(protocol.ClientCapabilities{}, diag.English)}
	items := d.diagnostics(protocol.NewText("", protocol.UTF8), list)
	if len(items) != most+1 || !strings.HasPrefix(items[most].Message, "51 more") {
		t.Errorf("%d items: %s", len(items), items[len(items)-1].Message)
	}
}

func TestLanguageOfSentences(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/main.graph")
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.open(file)
		message := func(said []rpc.Message) string {
			for _, m := range said {
				if m.Method == "textDocument/publishDiagnostics" {
					return readAs[protocol.PublishParams](t, m.Params).Diagnostics[0].Message
				}
			}
			return ""
		}
		english := message(p.change(file, 2, protocol.Range{}, "?\n"))
		french := message(p.accept(p.tell("workspace/didChangeConfiguration", `{"settings": {"roboconf": {"language": "fr"}}}`)))
		want := diag.Problem{Code: diag.PUnrecognizedBlock}
		if english != want.Message(diag.English) || french != want.Message(diag.French) {
			t.Errorf("%q, then %q", english, french)
		}
		p.leave()
	})
}

// A graph that is part of no application is read on its own (DSL-71); instances without a graph are only read.
func TestFilesThatStandAlone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := folder(t, map[string]string{
			"a.graph":          "VM {\n\tinstaller: target;\n\tchildren: Nobody;\n}\n",
			"lone/x.instances": "instance of Nothing {\n\tname: x\n}\n",
			"sub/s.commands":   "create\n",
			"with/main.graph":  "VM {\n\tinstaller: target;\n}\n",
			"with/i.instances": "instance of Other {\n\tname: x;\n}\n" +
				"instance of VM {\n\tname: y;\n}\n",
		})
		p := connect(t, Options{})
		p.greet(modern, "")
		for name, want := range map[string]string{
			"a.graph":          "CO_INEXISTING_CHILD 2:11-2:17",
			"lone/x.instances": "P_PROPERTY_ENDS_WITH_SEMI_COLON 1:1-1:8",
			"with/i.instances": "CO_INEXISTING_COMPONENT 0:12-0:17",
			"sub/s.commands":   "",
		} {
			path := pathOf(dir, name)
			got := strings.Join(findings(t, dir, p.accept(p.open(path)))[name], "; ")
			if got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
			if m, _ := p.ask("textDocument/documentSymbol", document(path)); m.Err != nil {
				t.Errorf("%s: %v", name, m.Err)
			}
			said := p.tell("textDocument/didClose", document(path))
			if list, told := findings(t, dir, said)[name]; (want != "") != told || len(list) != 0 {
				t.Errorf("%s, closed: %v", name, findings(t, dir, said))
			}
		}
		p.leave()
	})
}

// A file of an application that is in no open folder brings its application along.
func TestFileBringsItsApplication(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/tiers/database.graph")
		p := connect(t, Options{})
		p.greet(modern, "")
		p.accept(p.open(file))
		symbols := result[[]protocol.SymbolInformation](p, "workspace/symbol", `{"query": "HAProxy"}`)
		if len(symbols) == 0 || symbols[0].Name != "HAProxy" {
			t.Errorf("%+v", symbols)
		}
		p.leave()
	})
}

const descriptor = "name = %s\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n"

// What one application exports to the outside answers the imports of another one; when it changes, both are told (MOD-130).
func TestApplicationsSideBySide(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		target := "VM {\n\tinstaller: target;\n\tchildren: A;\n}\n"
		dir := folder(t, map[string]string{
			"giver/descriptor/application.properties": fmt.Sprintf(descriptor, "giver") + "exports-prefix = Giver\nexports = A.ip as ip\n",
			"giver/graph/main.graph":                  target + "A {\n\tinstaller: logger;\n\texports: ip;\n}\n",
			"taker/descriptor/application.properties": fmt.Sprintf(descriptor, "taker"),
			"taker/graph/main.graph":                  target + "A {\n\tinstaller: logger;\n\timports: external Giver.ip;\n}\n",
		})
		p := connect(t, Options{})
		before := findings(t, dir, p.greet(modern, dir))
		keys := pathOf(dir, "giver/descriptor/application.properties")
		p.accept(p.open(keys))
		prefix := at(t, keys, "Giver", 0).Position
		end := prefix
		end.Character += 5
		after := findings(t, dir, p.accept(p.change(keys, 2, protocol.Range{Start: prefix, End: end}, "Other")))
		if len(after["taker/graph/main.graph"]) <= len(before["taker/graph/main.graph"]) {
			t.Errorf("the taker has %v, then %v", before["taker/graph/main.graph"], after["taker/graph/main.graph"])
		}
		spots := result[[]protocol.LocationLink](p, "textDocument/definition", at(t, pathOf(dir, "taker/graph/main.graph"), "Giver", 0))
		p.accept(p.change(keys, 3, protocol.Range{Start: prefix, End: end}, "Giver"))
		spots = append(spots, result[[]protocol.LocationLink](p, "textDocument/definition", at(t, pathOf(dir, "taker/graph/main.graph"), "Giver", 0))...)
		if len(spots) == 0 || !strings.HasPrefix(string(spots[0].TargetURI), string(protocol.FileURI(pathOf(dir, "giver")))) {
			t.Errorf("the prefix leads to %+v", spots)
		}
		said := p.tell("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
			"removed": []map[string]string{{"uri": string(protocol.FileURI(dir))}}, "added": []string{},
		}})
		if list, told := findings(t, dir, said)["taker/graph/main.graph"]; len(before["taker/graph/main.graph"]) > 0 && (!told || len(list) > 0) {
			t.Errorf("the findings of a folder that was closed stay: %v", list)
		}
		p.leave()
	})
}

// Where edits cannot be confirmed, mentions in recipes wait for an action of their own; where folders cannot be renamed, the
// server does it.
func TestRenameForSimpleClients(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/main.graph")
		p := connect(t, Options{})
		p.greet(with(t, `, "changeAnnotationSupport": {}`, "", `"resourceOperations": ["create", "rename", "delete"]`, `"resourceOperations": []`), dir)
		p.open(file)
		where := at(t, file, "Tomcat {", 0)
		m, said := p.ask("textDocument/rename", map[string]any{"textDocument": where.TextDocument, "position": where.Position, "newName": "AppServer"})
		if m.Err != nil || strings.Contains(string(m.Result), "/scripts/") || strings.Contains(string(m.Result), "annotation") {
			t.Errorf("%v %s", m.Err, m.Result)
		}
		told := slices.DeleteFunc(methods(said), func(m string) bool { return m != "window/showMessage" })
		if len(told) != 2 {
			t.Errorf("the person is told %d times, want of the mentions, of the folder", len(told))
		}
		if _, err := os.Stat(filepath.Join(dir, "graph/AppServer")); err != nil {
			t.Error(err)
		}
		ask := map[string]any{"textDocument": where.TextDocument, "range": protocol.Range{}, "context": map[string]any{"diagnostics": []int{}}}
		title := "Rename inside recipes"
		find := func() *protocol.CodeAction {
			for _, a := range result[[]protocol.CodeAction](p, "textDocument/codeAction", ask) {
				if strings.HasPrefix(a.Title, title) {
					return &a
				}
			}
			return nil
		}
		if a := find(); a == nil || !strings.Contains(fmt.Sprint(a.Edit.DocumentChanges), "settings.sh") {
			t.Errorf("no action renames inside recipes: %+v", a)
		}
		script := filepath.Join(dir, "graph/GuestBook/scripts/settings.sh")
		p.accept(p.open(script))
		p.change(script, 2, protocol.Range{}, "# changed\n")
		if a := find(); a != nil {
			t.Errorf("it is offered for texts that changed: %+v", a)
		}
		p.leave()
	})
}

// Whoever renames the folder of a component's recipes, or a file, gets the edits that go with it.
func TestFilesThatAreRenamed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		p := connect(t, Options{})
		p.greet(modern, dir)
		for _, c := range []struct{ from, to, want string }{
			{"graph/Tomcat", "graph/AppServer", "instances/main.instances"},
			{"graph/tiers/database.graph", "graph/tiers/db.graph", "graph/main.graph"},
			{"graph/VM/target.properties", "graph/VM/x.properties", ""},
		} {
			e := result[*protocol.WorkspaceEdit](p, "workspace/willRenameFiles", map[string]any{"files": []map[string]string{
				{"oldUri": string(protocol.FileURI(pathOf(dir, c.from))), "newUri": string(protocol.FileURI(pathOf(dir, c.to)))},
			}})
			if (e == nil) != (c.want == "") || e != nil && !strings.Contains(fmt.Sprint(e.DocumentChanges), c.want) {
				t.Errorf("%s to %s: %+v", c.from, c.to, e)
			}
			if e != nil && strings.Contains(fmt.Sprint(e.DocumentChanges), "kind:rename") {
				t.Errorf("%s: the client moves it itself: %v", c.from, e.DocumentChanges)
			}
		}
		p.leave()
	})
}

// broken breaks the first property of an open graph and gives the place.
func (p *peer) broken(file string) protocol.Range {
	semicolon := at(p.t, file, "script;", 0).Position
	semicolon.Character += uint32(len("script"))
	end := semicolon
	end.Character++
	p.change(file, 2, protocol.Range{Start: semicolon, End: end}, "")
	return protocol.Range{Start: semicolon, End: semicolon}
}

func TestActionsForEveryKindOfClient(t *testing.T) {
	for _, c := range []struct {
		name, capabilities string
	}{
		{"edits at once", modern},
		{"edits once chosen", with(t, `"codeActionLiteralSupport"`, `"dataSupport": true, "resolveSupport": {"properties": ["edit"]}, "codeActionLiteralSupport"`)},
		{"commands only", with(t, `"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},`, "")},
		{"texts only", with(t, `"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename", "delete"], "changeAnnotationSupport": {}},`, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				dir := lamp(t)
				file := filepath.Join(dir, "graph/main.graph")
				p := connect(t, Options{})
				p.greet(c.capabilities, dir)
				p.open(file)
				r := p.broken(file)
				list := result[[]json.RawMessage](p, "textDocument/codeAction", map[string]any{
					"textDocument": document(file).TextDocument, "range": r, "context": map[string]any{
						"only": []string{protocol.QuickFix}, "diagnostics": []map[string]any{{"code": "P_PROPERTY_ENDS_WITH_SEMI_COLON", "message": "", "range": r}},
					},
				})
				if len(list) == 0 {
					t.Fatal("nothing cures it")
				}
				edit := p.chosen(c.name, list[0])
				want := fmt.Sprintf(`"range":{"start":{"line":%d,"character":%d},"end":{"line":%d,"character":%d}},"newText":";"`,
					r.Start.Line, r.Start.Character, r.Start.Line, r.Start.Character)
				if !strings.Contains(string(edit), want) {
					t.Errorf("%s, want %s", edit, want)
				}
				p.leave()
			})
		})
	}
}

// chosen gives the edit of an action, the way a client gets it.
func (p *peer) chosen(kind string, action json.RawMessage) json.RawMessage {
	switch kind {
	case "edits once chosen":
		if strings.Contains(string(action), `"edit"`) {
			p.t.Errorf("the edit comes too early: %s", action)
		}
		return result[struct{ Edit json.RawMessage }](p, "codeAction/resolve", action).Edit
	case "commands only":
		c := readAs[protocol.Command](p.t, action)
		_, said := p.ask("workspace/executeCommand", protocol.ExecuteCommandParams{Command: c.Command, Arguments: c.Arguments})
		if len(said) != 1 || said[0].Method != "workspace/applyEdit" {
			p.t.Fatalf("%v", methods(said))
		}
		return readAs[struct{ Edit json.RawMessage }](p.t, said[0].Params).Edit
	}
	a := readAs[struct {
		Edit        json.RawMessage
		Diagnostics []protocol.Diagnostic
		IsPreferred bool
	}](p.t, action)
	if len(a.Diagnostics) != 1 || !a.IsPreferred {
		p.t.Errorf("what it cures is not named: %s", action)
	}
	return a.Edit
}

// Saving may cure all that leaves no choice.
func TestFixAllOfAFile(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		file := filepath.Join(dir, "graph/main.graph")
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.open(file)
		p.broken(file)
		list := result[[]protocol.CodeAction](p, "textDocument/codeAction", map[string]any{
			"textDocument": document(file).TextDocument, "range": protocol.Range{}, "context": map[string]any{"only": []string{"source.fixAll"}, "diagnostics": []int{}},
		})
		if len(list) != 1 || list[0].Kind != protocol.SourceFixAll || list[0].Edit == nil {
			t.Errorf("%+v", list)
		}
		p.leave()
	})
}

func TestExplainShowsThePage(t *testing.T) {
	for _, shows := range []bool{true, false} {
		inBubble(t, func(t *testing.T) {
			temp := t.TempDir()
			p := connect(t, Options{Temp: temp})
			p.greet(with(t, `{"support": true}`, fmt.Sprintf(`{"support": %v}`, shows)), "")
			m, said := p.ask("workspace/executeCommand", `{"command": "roboconf.explain", "arguments": ["P_EMPTY_FILE"]}`)
			text := readAs[shown](t, m.Result)
			if !strings.Contains(text.Text, "P_EMPTY_FILE") || (len(said) == 1) != shows {
				t.Errorf("%+v, with %v", text, methods(said))
			}
			if shows {
				path, err := readAs[protocol.ShowDocumentParams](t, said[0].Params).URI.Path()
				if got, _ := os.ReadFile(path); err != nil || string(got) != text.Text {
					t.Errorf("%v %s", err, got)
				}
			}
			if m, _ := p.ask("workspace/executeCommand", `{"command": "roboconf.explain", "arguments": ["NO_CODE"]}`); codeOf(m) != rpc.InvalidParams {
				t.Errorf("%v", m.Err)
			}
			p.leave()
			if left, _ := os.ReadDir(temp); len(left) > 0 {
				t.Errorf("%s stays", left[0].Name())
			}
		})
	}
}

// A script that an action made has to be executable, which no edit can say.
func TestExecutableFilesOfApplicationsOnly(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir, elsewhere := lamp(t), folder(t, map[string]string{"x.sh": ""})
		script := filepath.Join(dir, "graph/MySQL/scripts/more.sh")
		if err := os.WriteFile(script, nil, 0o640); err != nil {
			t.Fatal(err)
		}
		p := connect(t, Options{})
		p.greet(modern, dir)
		p.ask("workspace/executeCommand", map[string]any{"command": commandExecutable, "arguments": []any{[]string{script, elsewhere + "/x.sh"}}})
		for path, want := range map[string]os.FileMode{script: 0o750, elsewhere + "/x.sh": 0o644} {
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm()&0o111 != want&0o111 {
				t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
			}
		}
		p.leave()
	})
}

// The client's own way to write a URI is kept.
func TestURIsOfOpenDocumentsAreKept(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := lamp(t)
		p := connect(t, Options{})
		p.greet(modern, dir)
		odd := strings.Replace(string(protocol.FileURI(filepath.Join(dir, "graph/main.graph"))), "main", "m%61in", 1)
		said := p.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": odd, "version": 1, "text": "?\n"}})
		uris := []string{}
		for _, m := range said {
			uris = append(uris, string(readAs[protocol.PublishParams](t, m.Params).URI))
		}
		if !slices.Contains(uris, odd) {
			t.Errorf("findings are told of %v", uris)
		}
		p.leave()
	})
}

// Without snippets, what would be typed is there.
func TestWithoutStops(t *testing.T) {
	for snippet, want := range map[string]string{
		"name: ${1:x};$0":      "name: x;",
		"$1 a ${2}b":           " a b",
		"${1|one,two|} \\$x":   "one $x",
		"${1:a ${2:b}} \\} $":  "a b } $",
		"${1:open":             "open",
		"plain {\n\t${0}\n}\n": "plain {\n\t\n}\n",
	} {
		if got := withoutStops(snippet); got != want {
			t.Errorf("%q: %q, want %q", snippet, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	got := plain("# Title\n\n**Bold** `code` a\\_b\n```\n**kept**\n```\n")
	if want := "Title\n\nBold code a_b\n**kept**"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDifferenceOfTokens(t *testing.T) {
	for _, c := range []struct{ a, b []uint32 }{
		{nil, nil},
		{[]uint32{1, 2, 3}, []uint32{1, 2, 3}},
		{[]uint32{1, 2, 3}, []uint32{1, 9, 9, 3}},
		{[]uint32{1, 1, 1}, []uint32{1, 1}},
		{nil, []uint32{1}},
		{[]uint32{1}, nil},
	} {
		got := slices.Clone(c.a)
		for _, e := range difference(c.a, c.b) {
			got = slices.Concat(got[:e.Start], e.Data, got[e.Start+e.DeleteCount:])
		}
		if !slices.Equal(got, c.b) {
			t.Errorf("%v to %v gives %v", c.a, c.b, got)
		}
	}
}

// Versions of Neovim that write a folder like a file before they rename it.
func TestClientsThatFailWithFolders(t *testing.T) {
	for version, want := range map[string]bool{"0.7.2": true, "0.9.5": true, "0.10.0-dev": false, "0.11.1": false, "1.0": false, "": false} {
		if got := failsWithFolders("Neovim", version); got != want {
			t.Errorf("Neovim %q: %v", version, got)
		}
	}
	if failsWithFolders("Visual Studio Code", "0.1.0") {
		t.Error("others are not known to fail")
	}
}
