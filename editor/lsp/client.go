package lsp

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/model/diag"
)

// client is what is known of who asks: what it can do, what its person wants. It is a value.
type client struct {
	protocol.ClientCapabilities
	encoding protocol.Encoding
	language diag.Language
	legend   legend
	// pulls says that diagnostics of open documents are asked for, so they are not published.
	pulls bool
	// stuck says that the client says it can rename, but fails with folders.
	stuck bool
}

func newClient(c protocol.ClientCapabilities, lang diag.Language) client {
	return client{
		ClientCapabilities: c,
		encoding:           protocol.Agree(c.General.PositionEncodings),
		language:           lang,
		legend:             newLegend(c.TextDocument.SemanticTokens),
		pulls:              c.TextDocument.Diagnostic != nil,
	}
}

// settings are what a person may choose, as initializationOptions or in the section roboconf of the settings.
type settings struct {
	// Language of sentences: en, fr, or a locale.
	Language string `json:"language"`
	// Diagnostics is push or pull; else what the client can do decides.
	Diagnostics string `json:"diagnostics"`
}

// readSettings reads them, from their section or from what is around it; what cannot be read counts for nothing.
func readSettings(raw json.RawMessage) settings {
	var around struct {
		settings
		Roboconf *settings `json:"roboconf"`
	}
	if json.Unmarshal(raw, &around) != nil {
		return settings{}
	}
	if around.Roboconf != nil {
		return *around.Roboconf
	}
	return around.settings
}

// with gives the client of a person with these settings.
func (c client) with(s settings) client {
	if s.Language != "" {
		c.language = diag.ParseLanguage(s.Language)
	}
	switch s.Diagnostics {
	case "push":
		c.pulls = false
	case "pull":
		c.pulls = true
	}
	return c
}

// structured says whether the client takes a change as a list of things to do. Neovim only says so by what it can do with files.
func (c client) structured() bool {
	e := c.Workspace.WorkspaceEdit
	return e.DocumentChanges || len(e.ResourceOperations) > 0
}

// can says whether the client can do something with files while it applies a change: create, rename.
func (c client) can(operation string) bool {
	return slices.Contains(c.Workspace.WorkspaceEdit.ResourceOperations, operation)
}

// movesFolders says whether the client can rename a folder.
func (c client) movesFolders() bool { return c.can("rename") && !c.stuck }

// failsWithFolders knows the clients that write a folder like a file before they rename it: Neovim before 0.10.
func failsWithFolders(name, version string) bool {
	var major, minor int
	if name != "Neovim" {
		return false
	}
	if n, err := fmt.Sscanf(version, "%d.%d", &major, &minor); n < 2 || err != nil {
		return false
	}
	return major == 0 && minor < 10
}

// annotates says whether edits can be shown to the person before they are made.
func (c client) annotates() bool {
	return c.structured() && c.Workspace.WorkspaceEdit.ChangeAnnotationSupport != nil
}

// markup gives Markdown the form that the client shows: the first of the formats that it prefers.
func markup(markdown string, formats []string) protocol.MarkupContent {
	if i := slices.IndexFunc(formats, func(f string) bool { return f == protocol.Markdown || f == protocol.PlainText }); i >= 0 &&
		formats[i] == protocol.Markdown {
		return protocol.MarkupContent{Kind: protocol.Markdown, Value: markdown}
	}
	return protocol.MarkupContent{Kind: protocol.PlainText, Value: plain(markdown)}
}

// known says whether a kind is among those of a client; one that lists none knows the first ones of the protocol.
func known(kind uint32, set protocol.KindSet, first uint32) bool {
	if set.ValueSet == nil {
		return kind <= first
	}
	return slices.Contains(set.ValueSet, kind)
}
