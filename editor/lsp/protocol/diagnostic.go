package protocol

import "encoding/json"

// Severity is how serious a diagnostic is.
type Severity int

// The severities.
const (
	SeverityError Severity = 1 + iota
	SeverityWarning
	SeverityInformation
	SeverityHint
)

// DiagnosticTag changes the look of what a diagnostic is about.
type DiagnosticTag int

// The tags.
const (
	Unnecessary DiagnosticTag = 1
	Deprecated  DiagnosticTag = 2
)

// Diagnostic is a finding.
type Diagnostic struct {
	Range              Range                `json:"range"`
	Severity           Severity             `json:"severity,omitempty"`
	Code               string               `json:"code,omitempty"`
	CodeDescription    *CodeDescription     `json:"codeDescription,omitempty"`
	Source             string               `json:"source,omitempty"`
	Message            string               `json:"message"`
	Tags               []DiagnosticTag      `json:"tags,omitempty"`
	RelatedInformation []RelatedInformation `json:"relatedInformation,omitempty"`
	Data               json.RawMessage      `json:"data,omitempty"`
}

// CodeDescription leads to the page of a code.
type CodeDescription struct {
	Href string `json:"href"`
}

// RelatedInformation is another place that explains.
type RelatedInformation struct {
	Location Location `json:"location"`
	Message  string   `json:"message"`
}

// PublishParams give all diagnostics of a document.
type PublishParams struct {
	URI         URI          `json:"uri"`
	Version     *int32       `json:"version,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// DocumentDiagnosticParams ask for the diagnostics of a document.
type DocumentDiagnosticParams struct {
	TextDocument     TextDocumentIdentifier `json:"textDocument"`
	PreviousResultID string                 `json:"previousResultId"`
}

// WorkspaceDiagnosticParams ask for all diagnostics.
type WorkspaceDiagnosticParams struct {
	PreviousResultIDs []struct {
		URI   URI    `json:"uri"`
		Value string `json:"value"`
	} `json:"previousResultIds"`
}

// The kinds of reports.
const (
	FullReport      = "full"
	UnchangedReport = "unchanged"
)

// FullDiagnostics is the answer that lists the diagnostics of a document.
type FullDiagnostics struct {
	Kind     string `json:"kind"`
	ResultID string `json:"resultId"`
	// Items are a list of Diagnostic.
	Items json.RawMessage `json:"items"`
}

// UnchangedDiagnostics is the answer that says that they are what they were.
type UnchangedDiagnostics struct {
	Kind     string `json:"kind"`
	ResultID string `json:"resultId"`
}

// WorkspaceReport is what is known of each document.
type WorkspaceReport struct {
	Items []any `json:"items"`
}

// WorkspaceFull is the full report of one document of the workspace.
type WorkspaceFull struct {
	URI     URI    `json:"uri"`
	Version *int32 `json:"version"`
	FullDiagnostics
}

// WorkspaceUnchanged says that the diagnostics of a document are what they were.
type WorkspaceUnchanged struct {
	URI     URI    `json:"uri"`
	Version *int32 `json:"version"`
	UnchangedDiagnostics
}
