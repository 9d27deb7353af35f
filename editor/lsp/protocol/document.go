package protocol

// What each question is about.

// Document is the document that is asked about.
func (p DocumentParams) Document() URI { return p.TextDocument.URI }

// Document is the document that is asked about.
func (p TextDocumentPositionParams) Document() URI { return p.TextDocument.URI }

// Document is the document that is asked about.
func (p RangeParams) Document() URI { return p.TextDocument.URI }

// Document is the document that is asked about.
func (p SelectionRangeParams) Document() URI { return p.TextDocument.URI }

// Document is the document that is asked about.
func (p SemanticTokensDeltaParams) Document() URI { return p.TextDocument.URI }

// Document is the document that is asked about.
func (p CodeActionParams) Document() URI { return p.TextDocument.URI }

// Document is the document that is asked about.
func (p DocumentDiagnosticParams) Document() URI { return p.TextDocument.URI }

// Document is the document that holds the item.
func (p CallHierarchyParams) Document() URI { return p.Item.URI }

// Document is the document that the action was offered for.
func (a CodeAction) Document() URI { return a.Data.URI }

// ActionData finds an action again, to give its edit.
type ActionData struct {
	URI   URI    `json:"uri"`
	Range Range  `json:"range"`
	ID    string `json:"id"`
	Title string `json:"title"`
}
