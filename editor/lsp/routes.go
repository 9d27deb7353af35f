package lsp

import (
	"encoding/json"

	"github.com/roboconf/workbench/editor/lsp/rpc"
)

// notifications are what the client tells.
var notifications = map[string]func(*server, json.RawMessage) *rpc.Error{
	"exit":            told("exit", (*server).exit),
	"initialized":     told("initialized", (*server).initialized),
	"$/cancelRequest": told("$/cancelRequest", (*server).cancel),

	"textDocument/didOpen":   told("textDocument/didOpen", (*server).didOpen),
	"textDocument/didChange": told("textDocument/didChange", (*server).didChange),
	"textDocument/didSave":   told("textDocument/didSave", (*server).didSave),
	"textDocument/didClose":  told("textDocument/didClose", (*server).didClose),

	"workspace/didChangeWatchedFiles":     told("workspace/didChangeWatchedFiles", (*server).didChangeWatchedFiles),
	"workspace/didChangeWorkspaceFolders": told("workspace/didChangeWorkspaceFolders", (*server).didChangeWorkspaceFolders),
	"workspace/didChangeConfiguration":    told("workspace/didChangeConfiguration", (*server).didChangeConfiguration),
}

// requests are what the client asks.
var requests = map[string]func(*server, rpc.Message) *rpc.Error{
	"initialize": now((*server).initialize),
	"shutdown":   now((*server).shutdown),

	"textDocument/completion":                asked(complete),
	"textDocument/hover":                     asked(hover),
	"textDocument/definition":                asked(definition),
	"textDocument/declaration":               asked(definition),
	"textDocument/references":                asked(references),
	"textDocument/documentHighlight":         asked(highlights, whileUnchanged),
	"textDocument/documentSymbol":            asked(outline),
	"textDocument/foldingRange":              asked(folds, whileUnchanged),
	"textDocument/selectionRange":            asked(selections, whileUnchanged),
	"textDocument/semanticTokens/full":       asked(tokensFull, whileUnchanged),
	"textDocument/semanticTokens/full/delta": asked(tokensDelta, whileUnchanged),
	"textDocument/semanticTokens/range":      asked(tokensRange, whileUnchanged),
	"textDocument/inlayHint":                 asked(hints, whileUnchanged),
	"textDocument/codeLens":                  asked(lenses, whileUnchanged),
	"textDocument/documentLink":              asked(links, whileUnchanged),
	"textDocument/diagnostic":                asked(diagnose, whileUnchanged),
	"textDocument/formatting":                asked(format, whileUnchanged, quick),
	"textDocument/rangeFormatting":           asked(formatRange, whileUnchanged, quick),
	"textDocument/prepareRename":             asked(prepareRename, whileUnchanged),
	"textDocument/rename":                    asked(rename, whileUnchanged),
	"textDocument/codeAction":                asked(actions, whileUnchanged, quick),
	"codeAction/resolve":                     asked(resolveAction, whileUnchanged),
	"textDocument/prepareCallHierarchy":      asked(prepareHierarchy),
	"callHierarchy/incomingCalls":            asked(incoming),
	"callHierarchy/outgoingCalls":            asked(outgoing),

	"workspace/symbol":          everywhere(search),
	"workspace/diagnostic":      everywhere(diagnoseAll),
	"workspace/willRenameFiles": everywhere(willRename),
	"workspace/executeCommand":  (*server).execute,
}

// decode reads parameters; none at all are the zero value.
func decode[P any](method string, raw json.RawMessage) (p P, bad *rpc.Error) {
	if len(raw) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, rpc.Errorf(rpc.InvalidParams, "%s: its parameters cannot be read: %v", method, err)
	}
	return p, nil
}

// told is a notification with parameters.
func told[P any](method string, do func(*server, P)) func(*server, json.RawMessage) *rpc.Error {
	return func(s *server, raw json.RawMessage) *rpc.Error {
		p, bad := decode[P](method, raw)
		if bad == nil {
			do(s, p)
		}
		return bad
	}
}

// now is a request that is answered at once.
func now[P, R any](do func(*server, P) (R, *rpc.Error)) func(*server, rpc.Message) *rpc.Error {
	return func(s *server, m rpc.Message) *rpc.Error {
		p, bad := decode[P](m.Method, m.Params)
		if bad != nil {
			return bad
		}
		r, bad := do(s, p)
		if bad != nil {
			return bad
		}
		value, err := rpc.Value(r)
		if err != nil {
			return rpc.Errorf(rpc.InternalError, "%s: %v", m.Method, err)
		}
		s.respond(m.ID, value, nil)
		return nil
	}
}
