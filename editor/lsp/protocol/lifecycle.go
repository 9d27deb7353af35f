package protocol

import "encoding/json"

// InitializeParams are what a client says first.
type InitializeParams struct {
	ProcessID  *int `json:"processId"`
	ClientInfo *struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"clientInfo"`
	Locale                string             `json:"locale"`
	RootPath              string             `json:"rootPath"`
	RootURI               URI                `json:"rootUri"`
	InitializationOptions json.RawMessage    `json:"initializationOptions"`
	Capabilities          ClientCapabilities `json:"capabilities"`
	WorkspaceFolders      []WorkspaceFolder  `json:"workspaceFolders"`
}

// WorkspaceFolder is a folder that is open in the client.
type WorkspaceFolder struct {
	URI  URI    `json:"uri"`
	Name string `json:"name"`
}

// ClientCapabilities are the parts of what a client can do that change what the server does.
type ClientCapabilities struct {
	General      GeneralCapabilities      `json:"general"`
	Workspace    WorkspaceCapabilities    `json:"workspace"`
	TextDocument TextDocumentCapabilities `json:"textDocument"`
	Window       WindowCapabilities       `json:"window"`
}

// GeneralCapabilities are about the protocol itself.
type GeneralCapabilities struct {
	PositionEncodings []Encoding `json:"positionEncodings"`
}

// WindowCapabilities are about what a person sees beside the text.
type WindowCapabilities struct {
	WorkDoneProgress bool      `json:"workDoneProgress"`
	ShowDocument     Supported `json:"showDocument"`
}

// Supported is a capability that says yes or no.
type Supported struct {
	Support bool `json:"support"`
}

// Dynamic is a capability that can be registered later.
type Dynamic struct {
	DynamicRegistration bool `json:"dynamicRegistration"`
}

// Refreshing is a capability to ask again when the server says so.
type Refreshing struct {
	RefreshSupport bool `json:"refreshSupport"`
}

// WorkspaceCapabilities are about more than one document.
type WorkspaceCapabilities struct {
	ApplyEdit              bool                         `json:"applyEdit"`
	Configuration          bool                         `json:"configuration"`
	WorkspaceFolders       bool                         `json:"workspaceFolders"`
	WorkspaceEdit          WorkspaceEditCapabilities    `json:"workspaceEdit"`
	DidChangeConfiguration Dynamic                      `json:"didChangeConfiguration"`
	DidChangeWatchedFiles  WatchedFilesCapabilities     `json:"didChangeWatchedFiles"`
	CodeLens               Refreshing                   `json:"codeLens"`
	SemanticTokens         Refreshing                   `json:"semanticTokens"`
	InlayHint              Refreshing                   `json:"inlayHint"`
	Diagnostics            Refreshing                   `json:"diagnostics"`
	FileOperations         struct{ WillRename bool }    `json:"fileOperations"`
	Symbol                 struct{ SymbolKind KindSet } `json:"symbol"`
}

// KindSet lists the kinds that a client knows.
type KindSet struct {
	ValueSet []uint32 `json:"valueSet"`
}

// WorkspaceEditCapabilities say which edits a client can apply.
type WorkspaceEditCapabilities struct {
	DocumentChanges         bool     `json:"documentChanges"`
	ResourceOperations      []string `json:"resourceOperations"`
	ChangeAnnotationSupport *struct {
		GroupsOnLabel bool `json:"groupsOnLabel"`
	} `json:"changeAnnotationSupport"`
}

// WatchedFilesCapabilities say how a client watches files for the server.
type WatchedFilesCapabilities struct {
	DynamicRegistration    bool `json:"dynamicRegistration"`
	RelativePatternSupport bool `json:"relativePatternSupport"`
}

// TextDocumentCapabilities are about one document.
type TextDocumentCapabilities struct {
	PublishDiagnostics PublishCapabilities         `json:"publishDiagnostics"`
	Diagnostic         *Dynamic                    `json:"diagnostic"`
	Completion         CompletionCapabilities      `json:"completion"`
	Hover              HoverCapabilities           `json:"hover"`
	Definition         LinkCapabilities            `json:"definition"`
	DocumentSymbol     DocumentSymbolCapabilities  `json:"documentSymbol"`
	CodeAction         CodeActionCapabilities      `json:"codeAction"`
	FoldingRange       FoldingCapabilities         `json:"foldingRange"`
	SemanticTokens     *SemanticTokensCapabilities `json:"semanticTokens"`
	Rename             RenameCapabilities          `json:"rename"`
}

// PublishCapabilities say which parts of a diagnostic a client shows.
type PublishCapabilities struct {
	RelatedInformation bool `json:"relatedInformation"`
	TagSupport         *struct {
		ValueSet []DiagnosticTag `json:"valueSet"`
	} `json:"tagSupport"`
	VersionSupport         bool `json:"versionSupport"`
	CodeDescriptionSupport bool `json:"codeDescriptionSupport"`
	DataSupport            bool `json:"dataSupport"`
}

// CompletionCapabilities say what an item may hold.
type CompletionCapabilities struct {
	CompletionItem struct {
		SnippetSupport       bool     `json:"snippetSupport"`
		DocumentationFormat  []string `json:"documentationFormat"`
		InsertReplaceSupport bool     `json:"insertReplaceSupport"`
		LabelDetailsSupport  bool     `json:"labelDetailsSupport"`
	} `json:"completionItem"`
	CompletionItemKind KindSet `json:"completionItemKind"`
}

// HoverCapabilities say which text a client shows.
type HoverCapabilities struct {
	ContentFormat []string `json:"contentFormat"`
}

// LinkCapabilities say whether a client takes links.
type LinkCapabilities struct {
	LinkSupport bool `json:"linkSupport"`
}

// DocumentSymbolCapabilities say whether a client takes trees.
type DocumentSymbolCapabilities struct {
	HierarchicalDocumentSymbolSupport bool `json:"hierarchicalDocumentSymbolSupport"`
}

// CodeActionCapabilities say whether a client takes actions, or only commands.
type CodeActionCapabilities struct {
	CodeActionLiteralSupport *struct {
		CodeActionKind struct {
			ValueSet []string `json:"valueSet"`
		} `json:"codeActionKind"`
	} `json:"codeActionLiteralSupport"`
	DataSupport    bool `json:"dataSupport"`
	ResolveSupport *struct {
		Properties []string `json:"properties"`
	} `json:"resolveSupport"`
}

// FoldingCapabilities say whether a client folds whole lines only.
type FoldingCapabilities struct {
	LineFoldingOnly bool   `json:"lineFoldingOnly"`
	RangeLimit      uint32 `json:"rangeLimit"`
}

// SemanticTokensCapabilities say which tokens a client colours.
type SemanticTokensCapabilities struct {
	TokenTypes            []string `json:"tokenTypes"`
	TokenModifiers        []string `json:"tokenModifiers"`
	MultilineTokenSupport bool     `json:"multilineTokenSupport"`
}

// RenameCapabilities say whether a client asks before it renames.
type RenameCapabilities struct {
	PrepareSupport          bool `json:"prepareSupport"`
	HonorsChangeAnnotations bool `json:"honorsChangeAnnotations"`
}

// InitializeResult is what the server answers first.
type InitializeResult struct {
	Capabilities ServerCapabilities `json:"capabilities"`
	ServerInfo   ServerInfo         `json:"serverInfo"`
}

// ServerInfo names the server.
type ServerInfo struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// ServerCapabilities are what the server can do.
type ServerCapabilities struct {
	PositionEncoding           Encoding                  `json:"positionEncoding,omitempty"`
	TextDocumentSync           TextDocumentSyncOptions   `json:"textDocumentSync"`
	CompletionProvider         *CompletionOptions        `json:"completionProvider,omitempty"`
	HoverProvider              bool                      `json:"hoverProvider,omitempty"`
	DeclarationProvider        bool                      `json:"declarationProvider,omitempty"`
	DefinitionProvider         bool                      `json:"definitionProvider,omitempty"`
	ReferencesProvider         bool                      `json:"referencesProvider,omitempty"`
	DocumentHighlightProvider  bool                      `json:"documentHighlightProvider,omitempty"`
	DocumentSymbolProvider     bool                      `json:"documentSymbolProvider,omitempty"`
	CodeActionProvider         any                       `json:"codeActionProvider,omitempty"`
	CodeLensProvider           *ResolveOptions           `json:"codeLensProvider,omitempty"`
	DocumentLinkProvider       *ResolveOptions           `json:"documentLinkProvider,omitempty"`
	DocumentFormattingProvider bool                      `json:"documentFormattingProvider,omitempty"`
	DocumentRangeFormatting    bool                      `json:"documentRangeFormattingProvider,omitempty"`
	RenameProvider             any                       `json:"renameProvider,omitempty"`
	FoldingRangeProvider       bool                      `json:"foldingRangeProvider,omitempty"`
	SelectionRangeProvider     bool                      `json:"selectionRangeProvider,omitempty"`
	CallHierarchyProvider      bool                      `json:"callHierarchyProvider,omitempty"`
	InlayHintProvider          bool                      `json:"inlayHintProvider,omitempty"`
	WorkspaceSymbolProvider    bool                      `json:"workspaceSymbolProvider,omitempty"`
	SemanticTokensProvider     *SemanticTokensOptions    `json:"semanticTokensProvider,omitempty"`
	DiagnosticProvider         *DiagnosticOptions        `json:"diagnosticProvider,omitempty"`
	ExecuteCommandProvider     *ExecuteCommandOptions    `json:"executeCommandProvider,omitempty"`
	Workspace                  *WorkspaceServerAbilities `json:"workspace,omitempty"`
}

// TextDocumentSyncOptions say how texts come to the server; Change 2 is incremental.
type TextDocumentSyncOptions struct {
	OpenClose bool        `json:"openClose"`
	Change    int         `json:"change"`
	Save      SaveOptions `json:"save"`
}

// SaveOptions say what comes with a saved text.
type SaveOptions struct {
	IncludeText bool `json:"includeText"`
}

// CompletionOptions say which letters ask for completion.
type CompletionOptions struct {
	TriggerCharacters []string `json:"triggerCharacters,omitempty"`
	ResolveProvider   bool     `json:"resolveProvider,omitempty"`
}

// CodeActionOptions say which kinds of actions there are.
type CodeActionOptions struct {
	CodeActionKinds []string `json:"codeActionKinds,omitempty"`
	ResolveProvider bool     `json:"resolveProvider,omitempty"`
}

// RenameOptions say that the server can be asked before.
type RenameOptions struct {
	PrepareProvider bool `json:"prepareProvider"`
}

// ResolveOptions say whether parts of an answer come later.
type ResolveOptions struct {
	ResolveProvider bool `json:"resolveProvider,omitempty"`
}

// SemanticTokensOptions say how tokens are coded.
type SemanticTokensOptions struct {
	Legend SemanticTokensLegend `json:"legend"`
	Range  bool                 `json:"range"`
	Full   struct {
		Delta bool `json:"delta"`
	} `json:"full"`
}

// SemanticTokensLegend gives numbers a meaning.
type SemanticTokensLegend struct {
	TokenTypes     []string `json:"tokenTypes"`
	TokenModifiers []string `json:"tokenModifiers"`
}

// DiagnosticOptions say which diagnostics can be asked for.
type DiagnosticOptions struct {
	Identifier            string `json:"identifier,omitempty"`
	InterFileDependencies bool   `json:"interFileDependencies"`
	WorkspaceDiagnostics  bool   `json:"workspaceDiagnostics"`
}

// ExecuteCommandOptions list the commands of the server.
type ExecuteCommandOptions struct {
	Commands []string `json:"commands"`
}

// WorkspaceServerAbilities are what the server does with folders.
type WorkspaceServerAbilities struct {
	WorkspaceFolders WorkspaceFoldersOptions `json:"workspaceFolders"`
	FileOperations   *FileOperations         `json:"fileOperations,omitempty"`
}

// WorkspaceFoldersOptions say that several folders may be open, and change.
type WorkspaceFoldersOptions struct {
	Supported           bool `json:"supported"`
	ChangeNotifications bool `json:"changeNotifications"`
}

// FileOperations say of which renamings the server wants to hear before.
type FileOperations struct {
	WillRename *FileOperationFilters `json:"willRename,omitempty"`
}

// FileOperationFilters choose files.
type FileOperationFilters struct {
	Filters []FileOperationFilter `json:"filters"`
}

// FileOperationFilter chooses files of one scheme by a pattern.
type FileOperationFilter struct {
	Scheme  string               `json:"scheme,omitempty"`
	Pattern FileOperationPattern `json:"pattern"`
}

// FileOperationPattern is a glob over files, folders or (with no word) both.
type FileOperationPattern struct {
	Glob    string `json:"glob"`
	Matches string `json:"matches,omitempty"`
}
