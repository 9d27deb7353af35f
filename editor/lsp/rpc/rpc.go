// Package rpc carries messages of JSON-RPC 2.0 in frames with a length.
//
// It is the base of the Language Server Protocol: a header with Content-Length, an empty line, then one JSON object. Reading
// never gives up on bad bytes: what cannot be a frame is told and skipped, only the end of the stream ends it.
package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// The codes of errors: those of JSON-RPC, then those of the Language Server Protocol.
const (
	ParseError           = -32700
	InvalidRequest       = -32600
	MethodNotFound       = -32601
	InvalidParams        = -32602
	InternalError        = -32603
	ServerNotInitialized = -32002
	RequestFailed        = -32803
	ServerCancelled      = -32802
	ContentModified      = -32801
	RequestCancelled     = -32800
)

// Error is why a request has no result.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Error gives the sentence; the code is for programs.
func (e *Error) Error() string { return e.Message }

// Errorf makes an error with a code.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError gives any error the form that can be sent: one that has no code failed as a request.
func AsError(err error) *Error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	return &Error{Code: RequestFailed, Message: err.Error()}
}

// ID names a request: the JSON text of a number or of a string, "" for none.
type ID string

// NumberID is the id with a number.
func NumberID(n int) ID { return ID(strconv.Itoa(n)) }

// Message is a request (ID, Method), a notification (Method alone) or a response (ID with Result or Err).
type Message struct {
	ID     ID
	Method string
	Params json.RawMessage
	// Result of a response that has no Err; never empty then.
	Result json.RawMessage
	Err    *Error
}

// IsRequest says whether an answer is expected.
func (m Message) IsRequest() bool { return m.Method != "" && m.ID != "" }

// IsResponse says whether this answers a request.
func (m Message) IsResponse() bool { return m.Method == "" }

// wire is a message as it travels.
type wire struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Err     *Error          `json:"error,omitempty"`
}

// Decode reads one message. The error says what is wrong with it; the message then holds the id, if one could be read.
func Decode(data []byte) (Message, *Error) {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		if json.Valid(data) {
			return Message{}, Errorf(InvalidRequest, "this is no message: %v", err)
		}
		return Message{}, Errorf(ParseError, "this is no JSON: %v", err)
	}
	m := Message{Method: w.Method, Params: w.Params, Result: w.Result, Err: w.Err}
	id, ok := readID(w.ID)
	m.ID = id
	switch {
	case !ok:
		return m, Errorf(InvalidRequest, "the id %s is neither a number nor a string", w.ID)
	case w.Version != "2.0":
		return m, Errorf(InvalidRequest, "this is no JSON-RPC 2.0: its version is %q", w.Version)
	case m.Method != "" && (m.Result != nil || m.Err != nil):
		return m, Errorf(InvalidRequest, "a message is either a request or a response")
	case m.Method == "" && m.ID == "" && m.Err == nil:
		return m, Errorf(InvalidRequest, "neither a method nor an answer")
	case m.Method == "" && m.Result == nil && m.Err == nil:
		m.Result = json.RawMessage("null")
	}
	return m, nil
}

func readID(raw json.RawMessage) (ID, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return "", true
	}
	switch c := raw[0]; {
	case c == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", false
		}
		text, err := json.Marshal(s) // one text for one id, however it was escaped
		return ID(text), err == nil
	case c == '-' || '0' <= c && c <= '9':
		return ID(raw), true
	}
	return "", false
}

// Encode writes a message.
func (m Message) Encode() ([]byte, error) {
	w := wire{Version: "2.0", Method: m.Method, Params: m.Params, Result: m.Result, Err: m.Err}
	if m.ID != "" {
		w.ID = json.RawMessage(m.ID)
	} else if m.Method == "" {
		w.ID = json.RawMessage("null") // the answer to what could not be read
	}
	if m.Method == "" && m.Err == nil && m.Result == nil {
		w.Result = json.RawMessage("null")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(w); err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.Method, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Value is the JSON of parameters or of a result.
func Value(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
