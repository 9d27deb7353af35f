// Package protocol holds the messages of the Language Server Protocol 3.17 that the server uses.
//
// Names, numbers, optional parts are those of the protocol, so the types say little of their own. Only Text thinks: it is the
// one place where offsets in bytes become positions of a client.
package protocol

import "encoding/json"

// Position is a line and a column, both from 0; what a column counts is agreed on with the client (see Encoding).
type Position struct {
	Line      uint32 `json:"line"`
	Character uint32 `json:"character"`
}

// Range ends before its End.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Location is a range in some document.
type Location struct {
	URI   URI   `json:"uri"`
	Range Range `json:"range"`
}

// LocationLink is a location with what leads to it and what is around it.
type LocationLink struct {
	OriginSelectionRange *Range `json:"originSelectionRange,omitempty"`
	TargetURI            URI    `json:"targetUri"`
	TargetRange          Range  `json:"targetRange"`
	TargetSelectionRange Range  `json:"targetSelectionRange"`
}

// TextDocumentIdentifier names a document.
type TextDocumentIdentifier struct {
	URI URI `json:"uri"`
}

// VersionedTextDocumentIdentifier names a document at a version.
type VersionedTextDocumentIdentifier struct {
	URI     URI   `json:"uri"`
	Version int32 `json:"version"`
}

// OptionalVersionedTextDocumentIdentifier names a document at a version, or as it is on the disk (no version).
type OptionalVersionedTextDocumentIdentifier struct {
	URI     URI    `json:"uri"`
	Version *int32 `json:"version"`
}

// TextDocumentItem is a document with its text.
type TextDocumentItem struct {
	URI        URI    `json:"uri"`
	LanguageID string `json:"languageId"`
	Version    int32  `json:"version"`
	Text       string `json:"text"`
}

// TextDocumentPositionParams are a place in a document.
type TextDocumentPositionParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
	Position     Position               `json:"position"`
}

// DocumentParams are the parameters of what asks about a whole document.
type DocumentParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
}

// RangeParams are a part of a document.
type RangeParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
	Range        Range                  `json:"range"`
}

// Command is something that the client can let the server do.
type Command struct {
	Title     string            `json:"title"`
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments,omitempty"`
}

// MarkupContent is text for people: its kind is "markdown" or "plaintext".
type MarkupContent struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// The kinds of markup.
const (
	Markdown  = "markdown"
	PlainText = "plaintext"
)

// TextEdit replaces a range.
type TextEdit struct {
	Range   Range  `json:"range"`
	NewText string `json:"newText"`
	// AnnotationID says what the edit is, in the change annotations of its workspace edit.
	AnnotationID string `json:"annotationId,omitempty"`
}

// Registration asks the client for a feature.
type Registration struct {
	ID              string `json:"id"`
	Method          string `json:"method"`
	RegisterOptions any    `json:"registerOptions,omitempty"`
}

// RegistrationParams are the parameters of client/registerCapability.
type RegistrationParams struct {
	Registrations []Registration `json:"registrations"`
}

// CancelParams name a request that is not needed any more.
type CancelParams struct {
	ID json.RawMessage `json:"id"`
}
