package lsp

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

// The commands. All but explain begin with the URI of a document, or of a folder.
const (
	commandSimulate   = "roboconf.simulate"       // URI
	commandReferences = "roboconf.showReferences" // URI, position: gives the locations
	commandFixAll     = "roboconf.fixAll"         // URI, code or "": everything in the application
	commandExplain    = "roboconf.explain"        // code
	commandAct        = "roboconf.act"            // what an action is found by, for clients without actions
	commandExecutable = "roboconf.executable"     // paths of files that were just made
)

// commandNames are the commands that the client may offer to a person.
func commandNames(simulates bool) []string {
	list := []string{commandAct, commandExecutable, commandExplain, commandFixAll, commandReferences}
	if simulates {
		list = append(list, commandSimulate)
	}
	return list
}

// execute runs a command.
func (s *server) execute(m rpc.Message) *rpc.Error {
	p, bad := decode[protocol.ExecuteCommandParams](m.Method, m.Params)
	if bad != nil {
		return bad
	}
	switch p.Command {
	case commandSimulate:
		if s.Simulate == nil {
			return rpc.Errorf(rpc.InvalidParams, "%s: nothing can be simulated here", p.Command)
		}
		return s.command(m, p, func(q *query) (any, error) { return q.simulate(s.Simulate) })
	case commandReferences:
		return s.command(m, p, func(q *query) (any, error) { return q.referencesAt(p.Arguments) })
	case commandFixAll:
		return s.command(m, p, func(q *query) (any, error) { return q.fixAll(p.Arguments) })
	case commandAct:
		return s.act(m, p)
	case commandExplain:
		return s.explain(m, p)
	case commandExecutable:
		return s.executable(m, p)
	}
	return rpc.Errorf(rpc.InvalidParams, "%s: no such command is known here", p.Command)
}

// argument reads one argument of a command.
func argument[T any](args []json.RawMessage, i int) (v T, err error) {
	if i >= len(args) {
		return v, rpc.Errorf(rpc.InvalidParams, "argument %d is missing", i+1)
	}
	if err := json.Unmarshal(args[i], &v); err != nil {
		return v, rpc.Errorf(rpc.InvalidParams, "argument %d cannot be read: %v", i+1, err)
	}
	return v, nil
}

// command answers a command about a document or a folder.
func (s *server) command(m rpc.Message, p protocol.ExecuteCommandParams, answer func(*query) (any, error)) *rpc.Error {
	uri, err := argument[protocol.URI](p.Arguments, 0)
	if err != nil {
		return rpc.AsError(err)
	}
	path, err := uri.Path()
	if err != nil {
		return rpc.Errorf(rpc.InvalidParams, "%s: %v", p.Command, err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "descriptor", "application.properties")
	}
	s.start(m, &running{path: path}, answer)
	return nil
}

// shown is the answer of a command that shows a text: the client may not be able to, so the text comes along.
type shown struct {
	URI  protocol.URI `json:"uri,omitempty"`
	Text string       `json:"text"`
}

// simulate runs the application and shows what happened.
func (q *query) simulate(run Simulation) (any, error) {
	text, err := run(q.ctx, q.site.dir, q.site.ground.Result, q.site.ground.Problems)
	if err != nil {
		return nil, err
	}
	return q.show("simulation-"+filepath.Base(q.site.dir)+".txt", text)
}

// show writes a text into a file that the client then shows.
func (q *query) show(name, text string) (any, error) {
	if !q.client.Window.ShowDocument.Support {
		return shown{Text: text}, nil
	}
	uri, err := q.temp(name, text)
	if err != nil {
		return nil, err
	}
	q.after = func(s *server) { s.showDocument(uri) }
	return shown{uri, text}, nil
}

func (s *server) showDocument(uri protocol.URI) {
	p := protocol.ShowDocumentParams{URI: uri, TakeFocus: true}
	s.call("window/showDocument", p, func(result json.RawMessage, err *rpc.Error) {
		var r protocol.ShowDocumentResult
		if err != nil || json.Unmarshal(result, &r) != nil || !r.Success {
			s.Log.Warn("the client did not show a document", "uri", uri)
		}
	})
}

// referencesAt gives what a lens leads to.
func (q *query) referencesAt(args []json.RawMessage) (any, error) {
	at, err := argument[protocol.Position](args, 1)
	if err != nil {
		return nil, err
	}
	return q.locations(assist.References(q.site.ground, q.file, q.text.Offset(at), false)), nil
}

// fixAll cures all findings of a code, or all that leave no choice, in the whole application.
func (q *query) fixAll(args []json.RawMessage) (any, error) {
	code := diag.Code("")
	if len(args) > 1 {
		c, err := argument[diag.Code](args, 1)
		if err != nil {
			return nil, err
		}
		code = c
	}
	c := refactor.Cure(q.site.ground, code, "")
	if c.Empty() {
		return protocol.ApplyEditResult{FailureReason: q.words("There is nothing to fix that leaves no choice.", "Rien à corriger qui ne laisse pas de choix.")}, nil
	}
	return q.apply(offered{title: q.words("Fix everything", "Tout corriger")}, c)
}

// apply lets the client make a change.
func (q *query) apply(o offered, c source.Change) (any, error) {
	if !q.client.Workspace.ApplyEdit {
		return nil, errors.New(q.words("This editor lets nobody change its files.", "Cet éditeur ne laisse personne modifier ses fichiers."))
	}
	e, left := q.workspaceEdit(c, nil, "")
	if !left.Empty() {
		return nil, rpc.Errorf(rpc.RequestFailed, "%s: this editor cannot do all that belongs to it", o.title)
	}
	paths := programs(q.site.dir, c)
	q.after = func(s *server) {
		s.call("workspace/applyEdit", protocol.ApplyEditParams{Label: o.title, Edit: e}, func(result json.RawMessage, err *rpc.Error) {
			var r protocol.ApplyEditResult
			if err != nil || json.Unmarshal(result, &r) != nil || !r.Applied {
				s.Log.Warn("the client did not apply an edit", "why", r.FailureReason)
				return
			}
			s.makeExecutable(paths)
		})
	}
	return protocol.ApplyEditResult{Applied: true}, nil
}

// act does an action for a client that only knows commands.
func (s *server) act(m rpc.Message, p protocol.ExecuteCommandParams) *rpc.Error {
	data, err := argument[protocol.ActionData](p.Arguments, 0)
	if err != nil {
		return rpc.AsError(err)
	}
	path, err := data.URI.Path()
	if err != nil {
		return rpc.Errorf(rpc.InvalidParams, "%s: %v", p.Command, err)
	}
	s.start(m, &running{path: path, strict: true}, func(q *query) (any, error) {
		o, err := q.find(data)
		if err != nil {
			return nil, err
		}
		return q.apply(o, o.change())
	})
	return nil
}

// explain shows the page of a code.
func (s *server) explain(m rpc.Message, p protocol.ExecuteCommandParams) *rpc.Error {
	code, err := argument[diag.Code](p.Arguments, 0)
	if err != nil {
		return rpc.AsError(err)
	}
	s.start(m, &running{}, func(q *query) (any, error) {
		found, ok := page.Of(code)
		if !ok {
			return nil, rpc.Errorf(rpc.InvalidParams, "no finding has the code %s; docs/diagnostics.md lists them", code)
		}
		return q.show(string(code)+".md", found.Markdown(q.client.language, 1))
	})
	return nil
}

// executable makes files that an action made executable, if they are in an open application.
func (s *server) executable(m rpc.Message, p protocol.ExecuteCommandParams) *rpc.Error {
	paths, err := argument[[]string](p.Arguments, 0)
	if err != nil {
		return rpc.AsError(err)
	}
	s.makeExecutable(paths)
	s.respond(m.ID, nil, nil)
	return nil
}

func (s *server) makeExecutable(paths []string) {
	for _, path := range paths {
		if _, _, ours := s.group.Find(path); !ours {
			continue
		}
		info, err := os.Lstat(path)
		if err == nil && info.Mode().IsRegular() {
			err = os.Chmod(path, info.Mode().Perm()|info.Mode().Perm()&0o444>>2)
		}
		if err != nil {
			s.Log.Warn("make executable", "file", path, "why", err)
		}
		s.look(path)
	}
}
