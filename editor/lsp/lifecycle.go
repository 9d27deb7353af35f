package lsp

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/model/diag"
)

// initialize learns who asks and says what can be asked.
func (s *server) initialize(p protocol.InitializeParams) (protocol.InitializeResult, *rpc.Error) {
	lang := s.Language
	if lang == diag.English && p.Locale != "" {
		lang = diag.ParseLanguage(p.Locale)
	}
	s.client = newClient(p.Capabilities, lang).with(readSettings(p.InitializationOptions))
	if p.ProcessID != nil {
		s.parent = *p.ProcessID
	}
	s.roots = roots(p)
	s.phase = greeted
	if p.ClientInfo != nil {
		s.client.stuck = failsWithFolders(p.ClientInfo.Name, p.ClientInfo.Version)
		s.Log.Info("client", "name", p.ClientInfo.Name, "version", p.ClientInfo.Version, "encoding", s.client.encoding)
	}
	return protocol.InitializeResult{
		Capabilities: s.client.offer(s.Simulate != nil),
		ServerInfo:   protocol.ServerInfo{Name: "roboconf", Version: s.Version},
	}, nil
}

// roots are the folders that a client has open; older clients have one.
func roots(p protocol.InitializeParams) []string {
	uris := []protocol.URI{}
	for _, f := range p.WorkspaceFolders {
		uris = append(uris, f.URI)
	}
	if len(uris) == 0 && p.RootURI != "" {
		uris = append(uris, p.RootURI)
	}
	if len(uris) == 0 && p.RootPath != "" {
		uris = append(uris, protocol.FileURI(p.RootPath))
	}
	var paths []string
	for _, u := range uris {
		if path, err := u.Path(); err == nil && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// initialized begins the work.
func (s *server) initialized(struct{}) {
	w := s.client.Workspace
	if w.DidChangeWatchedFiles.DynamicRegistration && len(s.roots) > 0 {
		pattern := "**/*"
		if w.DidChangeWatchedFiles.RelativePatternSupport {
			pattern = "**/*.{properties,graph}" // a new application; each one has its own watch
		}
		s.register("watch", "workspace/didChangeWatchedFiles",
			protocol.WatchersOptions{Watchers: []protocol.Watcher{{GlobPattern: pattern}}})
	}
	if w.DidChangeConfiguration.DynamicRegistration {
		s.register("configuration", "workspace/didChangeConfiguration", map[string]string{"section": "roboconf"})
	}
	s.askConfiguration()
	s.discover(s.roots)
}

func (s *server) register(id, method string, options any) {
	s.call("client/registerCapability", protocol.RegistrationParams{
		Registrations: []protocol.Registration{{ID: id, Method: method, RegisterOptions: options}},
	}, func(_ json.RawMessage, err *rpc.Error) {
		if err != nil {
			s.Log.Warn("register", "method", method, "why", err.Message)
		}
	})
}

// askConfiguration asks what the person chose, where the client can be asked.
func (s *server) askConfiguration() {
	if !s.client.Workspace.Configuration {
		return
	}
	p := protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: "roboconf"}}}
	s.call("workspace/configuration", p, func(result json.RawMessage, err *rpc.Error) {
		var answers []json.RawMessage
		if err == nil && json.Unmarshal(result, &answers) == nil && len(answers) > 0 {
			s.configure(readSettings(answers[0]))
		}
	})
}

// didChangeConfiguration takes settings, or asks for them when the client only says that they changed.
func (s *server) didChangeConfiguration(p protocol.DidChangeConfigurationParams) {
	if s.client.Workspace.Configuration {
		s.askConfiguration()
		return
	}
	s.configure(readSettings(p.Settings))
}

func (s *server) configure(to settings) {
	before := s.client.language
	to.Diagnostics = "" // the client was told at the beginning what it may ask for
	s.client = s.client.with(to)
	s.setLanguage(before)
}

// shutdown ends the work; only exit may follow.
func (s *server) shutdown(struct{}) (any, *rpc.Error) {
	s.phase = leaving
	for _, id := range slices.Sorted(idsOf(s.running)) {
		s.forget(id, s.running[id])
		s.respond(id, nil, rpc.Errorf(rpc.RequestCancelled, "the server was shut down"))
	}
	return nil, nil
}

func idsOf(running map[rpc.ID]*running) func(func(rpc.ID) bool) {
	return func(yield func(rpc.ID) bool) {
		for id := range running {
			if !yield(id) {
				return
			}
		}
	}
}

// exit ends the server: well if it was shut down before.
func (s *server) exit(struct{}) {
	if s.phase != leaving {
		s.code = 1
	}
	s.phase = gone
}

// offer says what the server can do for this client.
func (c client) offer(simulates bool) protocol.ServerCapabilities {
	o := protocol.ServerCapabilities{
		PositionEncoding: c.encoding,
		TextDocumentSync: protocol.TextDocumentSyncOptions{OpenClose: true, Change: 2},
		CompletionProvider: &protocol.CompletionOptions{
			TriggerCharacters: []string{".", ":", ",", " ", "/", "$", "("},
		},
		HoverProvider: true, DeclarationProvider: true, DefinitionProvider: true, ReferencesProvider: true,
		DocumentHighlightProvider: true, DocumentSymbolProvider: true, WorkspaceSymbolProvider: true,
		FoldingRangeProvider: true, SelectionRangeProvider: true, CallHierarchyProvider: true, InlayHintProvider: true,
		DocumentFormattingProvider: true, DocumentRangeFormatting: true,
		CodeLensProvider: &protocol.ResolveOptions{}, DocumentLinkProvider: &protocol.ResolveOptions{},
		SemanticTokensProvider: c.legend.options(),
		CodeActionProvider:     true,
		RenameProvider:         true,
		ExecuteCommandProvider: &protocol.ExecuteCommandOptions{Commands: commandNames(simulates)},
		Workspace: &protocol.WorkspaceServerAbilities{
			WorkspaceFolders: protocol.WorkspaceFoldersOptions{Supported: true, ChangeNotifications: true},
		},
	}
	if c.TextDocument.CodeAction.CodeActionLiteralSupport != nil {
		o.CodeActionProvider = protocol.CodeActionOptions{
			CodeActionKinds: []string{
				protocol.QuickFix, protocol.RefactorExtract, protocol.RefactorMove, protocol.RefactorRewrite, protocol.SourceFixAll,
			},
			ResolveProvider: c.resolves(),
		}
	}
	if c.TextDocument.Rename.PrepareSupport {
		o.RenameProvider = protocol.RenameOptions{PrepareProvider: true}
	}
	if c.pulls {
		o.DiagnosticProvider = &protocol.DiagnosticOptions{
			Identifier: ourName, InterFileDependencies: true, WorkspaceDiagnostics: true,
		}
	}
	if c.Workspace.FileOperations.WillRename {
		o.Workspace.FileOperations = &protocol.FileOperations{WillRename: renameFilters()}
	}
	return o
}

// progress shows a person how far something is.
type progress struct {
	s     *server
	token string
	title string
	shown bool // the client has it
	over  bool
}

// progress begins to show something; with no title, or for a client that shows nothing, it does nothing.
func (s *server) progress(title string) *progress {
	bar := &progress{s: s, title: title}
	if title == "" || !s.client.Window.WorkDoneProgress {
		bar.over = true
		return bar
	}
	s.lastID++
	bar.token = fmt.Sprintf("roboconf/%d", s.lastID)
	s.call("window/workDoneProgress/create", protocol.ProgressTokenParams{Token: bar.token}, func(_ json.RawMessage, err *rpc.Error) {
		if err == nil && !bar.over {
			bar.shown = true
			bar.tell(protocol.Progress{Kind: "begin", Title: bar.title, Percentage: new(uint32)})
		}
	})
	return bar
}

func (p *progress) report(message string, percentage int) {
	if p.shown && !p.over {
		n := uint32(percentage)
		p.tell(protocol.Progress{Kind: "report", Message: message, Percentage: &n})
	}
}

func (p *progress) end() {
	if p.shown && !p.over {
		p.tell(protocol.Progress{Kind: "end"})
	}
	p.over = true
}

func (p *progress) tell(v protocol.Progress) {
	p.s.notify("$/progress", protocol.ProgressParams{Token: p.token, Value: v})
}
