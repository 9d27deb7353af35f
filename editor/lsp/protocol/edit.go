package protocol

import "encoding/json"

// WorkspaceEdit is a change of several files: Changes for simple clients, else DocumentChanges.
type WorkspaceEdit struct {
	Changes map[URI][]TextEdit `json:"changes,omitempty"`
	// DocumentChanges are TextDocumentEdit, CreateFile, RenameFile, in order.
	DocumentChanges   []any                       `json:"documentChanges,omitempty"`
	ChangeAnnotations map[string]ChangeAnnotation `json:"changeAnnotations,omitempty"`
}

// ChangeAnnotation describes some edits to a person.
type ChangeAnnotation struct {
	Label             string `json:"label"`
	NeedsConfirmation bool   `json:"needsConfirmation,omitempty"`
	Description       string `json:"description,omitempty"`
}

// TextDocumentEdit changes one document at a version.
type TextDocumentEdit struct {
	TextDocument OptionalVersionedTextDocumentIdentifier `json:"textDocument"`
	Edits        []TextEdit                              `json:"edits"`
}

// CreateFile makes a file; its Kind is "create".
type CreateFile struct {
	Kind    string           `json:"kind"`
	URI     URI              `json:"uri"`
	Options *FileEditOptions `json:"options,omitempty"`
}

// RenameFile renames a file or a folder; its Kind is "rename".
type RenameFile struct {
	Kind    string           `json:"kind"`
	OldURI  URI              `json:"oldUri"`
	NewURI  URI              `json:"newUri"`
	Options *FileEditOptions `json:"options,omitempty"`
}

// FileEditOptions say what to do when there is such a file already.
type FileEditOptions struct {
	Overwrite      bool `json:"overwrite,omitempty"`
	IgnoreIfExists bool `json:"ignoreIfExists,omitempty"`
}

// RenameParams give a name.
type RenameParams struct {
	TextDocumentPositionParams
	NewName string `json:"newName"`
}

// PrepareRenameResult is the word that would be renamed.
type PrepareRenameResult struct {
	Range       Range  `json:"range"`
	Placeholder string `json:"placeholder"`
}

// The kinds of code actions.
const (
	QuickFix        = "quickfix"
	RefactorExtract = "refactor.extract"
	RefactorMove    = "refactor.move"
	RefactorRewrite = "refactor.rewrite"
	SourceFixAll    = "source.fixAll.roboconf"
)

// CodeActionParams ask for changes that are offered for a part of a document.
type CodeActionParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
	Range        Range                  `json:"range"`
	Context      CodeActionContext      `json:"context"`
}

// CodeActionContext says what is known there and what is wanted.
type CodeActionContext struct {
	Diagnostics []Diagnostic `json:"diagnostics"`
	Only        []string     `json:"only"`
}

// CodeAction is a change that is offered.
type CodeAction struct {
	Title       string         `json:"title"`
	Kind        string         `json:"kind,omitempty"`
	Diagnostics []Diagnostic   `json:"diagnostics,omitempty"`
	IsPreferred bool           `json:"isPreferred,omitempty"`
	Edit        *WorkspaceEdit `json:"edit,omitempty"`
	Command     *Command       `json:"command,omitempty"`
	Data        ActionData     `json:"data,omitzero"`
}

// ExecuteCommandParams run a command.
type ExecuteCommandParams struct {
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}

// ApplyEditParams ask the client to change files.
type ApplyEditParams struct {
	Label string        `json:"label,omitempty"`
	Edit  WorkspaceEdit `json:"edit"`
}

// ApplyEditResult says whether it did.
type ApplyEditResult struct {
	Applied       bool   `json:"applied"`
	FailureReason string `json:"failureReason,omitempty"`
}
