package protocol

import "encoding/json"

// DidOpenParams give a document to the server.
type DidOpenParams struct {
	TextDocument TextDocumentItem `json:"textDocument"`
}

// DidChangeParams change a document of the server.
type DidChangeParams struct {
	TextDocument   VersionedTextDocumentIdentifier `json:"textDocument"`
	ContentChanges []ContentChange                 `json:"contentChanges"`
}

// ContentChange replaces a range, or with no range the whole text.
type ContentChange struct {
	Range *Range `json:"range,omitempty"`
	Text  string `json:"text"`
}

// WorkspaceFoldersChangeParams say which folders came or went.
type WorkspaceFoldersChangeParams struct {
	Event struct {
		Added   []WorkspaceFolder `json:"added"`
		Removed []WorkspaceFolder `json:"removed"`
	} `json:"event"`
}

// DidChangeConfigurationParams give the settings of the client.
type DidChangeConfigurationParams struct {
	Settings json.RawMessage `json:"settings"`
}

// WatchedFilesParams say which files changed on the disk.
type WatchedFilesParams struct {
	Changes []FileEvent `json:"changes"`
}

// FileEvent is a file that was made (1), changed (2) or removed (3).
type FileEvent struct {
	URI  URI `json:"uri"`
	Type int `json:"type"`
}

// WatchersOptions say which files the client watches.
type WatchersOptions struct {
	Watchers []Watcher `json:"watchers"`
}

// Watcher chooses files by a pattern: a text, or a RelativePattern.
type Watcher struct {
	GlobPattern any `json:"globPattern"`
}

// RelativePattern is a pattern below a folder.
type RelativePattern struct {
	BaseURI URI    `json:"baseUri"`
	Pattern string `json:"pattern"`
}

// ConfigurationParams ask for settings.
type ConfigurationParams struct {
	Items []ConfigurationItem `json:"items"`
}

// ConfigurationItem is a section of the settings.
type ConfigurationItem struct {
	Section string `json:"section"`
}

// RenameFilesParams say what is about to be renamed.
type RenameFilesParams struct {
	Files []struct {
		OldURI URI `json:"oldUri"`
		NewURI URI `json:"newUri"`
	} `json:"files"`
}
