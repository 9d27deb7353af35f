package protocol

// MessageType is how serious a message to a person is.
type MessageType int

// The types of messages.
const (
	MessageError MessageType = 1 + iota
	MessageWarning
	MessageInfo
	MessageLog
)

// MessageParams are a message to a person.
type MessageParams struct {
	Type    MessageType `json:"type"`
	Message string      `json:"message"`
}

// ShowDocumentParams ask the client to show a document.
type ShowDocumentParams struct {
	URI       URI    `json:"uri"`
	External  bool   `json:"external,omitempty"`
	TakeFocus bool   `json:"takeFocus,omitempty"`
	Selection *Range `json:"selection,omitempty"`
}

// ShowDocumentResult says whether it did.
type ShowDocumentResult struct {
	Success bool `json:"success"`
}

// ProgressTokenParams make a progress known.
type ProgressTokenParams struct {
	Token string `json:"token"`
}

// ProgressParams tell of a progress.
type ProgressParams struct {
	Token string   `json:"token"`
	Value Progress `json:"value"`
}

// Progress is a "begin", a "report" or an "end".
type Progress struct {
	Kind       string  `json:"kind"`
	Title      string  `json:"title,omitempty"`
	Message    string  `json:"message,omitempty"`
	Percentage *uint32 `json:"percentage,omitempty"`
}
