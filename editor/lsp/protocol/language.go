package protocol

import "encoding/json"

// CompletionList is what can be written at a place.
type CompletionList struct {
	IsIncomplete bool             `json:"isIncomplete"`
	Items        []CompletionItem `json:"items"`
}

// CompletionItem is one thing that can be written.
type CompletionItem struct {
	Label               string         `json:"label"`
	Kind                uint32         `json:"kind,omitempty"`
	Detail              string         `json:"detail,omitempty"`
	Documentation       *MarkupContent `json:"documentation,omitempty"`
	Preselect           bool           `json:"preselect,omitempty"`
	SortText            string         `json:"sortText,omitempty"`
	FilterText          string         `json:"filterText,omitempty"`
	InsertTextFormat    int            `json:"insertTextFormat,omitempty"`
	TextEdit            *TextEdit      `json:"textEdit,omitempty"`
	AdditionalTextEdits []TextEdit     `json:"additionalTextEdits,omitempty"`
}

// The formats of inserted text.
const (
	FormatPlain   = 1
	FormatSnippet = 2
)

// Hover is what there is to know about a place.
type Hover struct {
	Contents MarkupContent `json:"contents"`
	Range    *Range        `json:"range,omitempty"`
}

// ReferenceParams ask for references, with or without declarations.
type ReferenceParams struct {
	TextDocumentPositionParams
	Context struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

// DocumentHighlight is another occurrence: text (1), read (2) or write (3).
type DocumentHighlight struct {
	Range Range `json:"range"`
	Kind  int   `json:"kind"`
}

// DocumentSymbol is one thing of an outline.
type DocumentSymbol struct {
	Name           string           `json:"name"`
	Detail         string           `json:"detail,omitempty"`
	Kind           uint32           `json:"kind"`
	Range          Range            `json:"range"`
	SelectionRange Range            `json:"selectionRange"`
	Children       []DocumentSymbol `json:"children,omitempty"`
}

// SymbolInformation is a declaration somewhere.
type SymbolInformation struct {
	Name          string   `json:"name"`
	Kind          uint32   `json:"kind"`
	Location      Location `json:"location"`
	ContainerName string   `json:"containerName,omitempty"`
}

// WorkspaceSymbolParams ask for declarations by some letters.
type WorkspaceSymbolParams struct {
	Query string `json:"query"`
}

// FoldingRange is a part that can be folded away.
type FoldingRange struct {
	StartLine      uint32  `json:"startLine"`
	StartCharacter *uint32 `json:"startCharacter,omitempty"`
	EndLine        uint32  `json:"endLine"`
	EndCharacter   *uint32 `json:"endCharacter,omitempty"`
	Kind           string  `json:"kind,omitempty"`
}

// SelectionRangeParams ask for ever larger parts around places.
type SelectionRangeParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
	Positions    []Position             `json:"positions"`
}

// SelectionRange is a part with the larger one around it.
type SelectionRange struct {
	Range  Range           `json:"range"`
	Parent *SelectionRange `json:"parent,omitempty"`
}

// SemanticTokens are tokens, five numbers each.
type SemanticTokens struct {
	ResultID string   `json:"resultId,omitempty"`
	Data     []uint32 `json:"data"`
}

// SemanticTokensDeltaParams ask what changed since an earlier answer.
type SemanticTokensDeltaParams struct {
	TextDocument     TextDocumentIdentifier `json:"textDocument"`
	PreviousResultID string                 `json:"previousResultId"`
}

// SemanticTokensDelta is what changed.
type SemanticTokensDelta struct {
	ResultID string               `json:"resultId"`
	Edits    []SemanticTokensEdit `json:"edits"`
}

// SemanticTokensEdit replaces some numbers.
type SemanticTokensEdit struct {
	Start       uint32   `json:"start"`
	DeleteCount uint32   `json:"deleteCount"`
	Data        []uint32 `json:"data,omitempty"`
}

// InlayHint is a word shown inside the text.
type InlayHint struct {
	Position     Position       `json:"position"`
	Label        string         `json:"label"`
	Tooltip      *MarkupContent `json:"tooltip,omitempty"`
	PaddingLeft  bool           `json:"paddingLeft,omitempty"`
	PaddingRight bool           `json:"paddingRight,omitempty"`
}

// CodeLens is a line shown above a declaration.
type CodeLens struct {
	Range   Range    `json:"range"`
	Command *Command `json:"command,omitempty"`
}

// DocumentLink leads to another document.
type DocumentLink struct {
	Range   Range  `json:"range"`
	Target  URI    `json:"target"`
	Tooltip string `json:"tooltip,omitempty"`
}

// CallHierarchyItem is a type in the hierarchy of imports.
type CallHierarchyItem struct {
	Name           string          `json:"name"`
	Kind           uint32          `json:"kind"`
	Detail         string          `json:"detail,omitempty"`
	URI            URI             `json:"uri"`
	Range          Range           `json:"range"`
	SelectionRange Range           `json:"selectionRange"`
	Data           json.RawMessage `json:"data,omitempty"`
}

// CallHierarchyParams ask for the neighbours of an item.
type CallHierarchyParams struct {
	Item CallHierarchyItem `json:"item"`
}

// IncomingCall is who imports, with the places of the imports.
type IncomingCall struct {
	From       CallHierarchyItem `json:"from"`
	FromRanges []Range           `json:"fromRanges"`
}

// OutgoingCall is whose exports are imported, with the places of the imports.
type OutgoingCall struct {
	To         CallHierarchyItem `json:"to"`
	FromRanges []Range           `json:"fromRanges"`
}
