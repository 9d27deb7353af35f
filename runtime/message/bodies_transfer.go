package message

import (
	"time"
)

// More messages of the manager to an agent (messaging.md 13.1).
type (
	// ProbesSet gives the probe files of an instance.
	ProbesSet struct {
		Path  string
		Files []File
	}
	// LogLevel changes what an agent logs: error, warn, info, debug, trace or off.
	LogLevel struct{ Level, Logger string }
	// LogsGather asks for the logs of an agent.
	LogsGather struct {
		MaxBytes int64
		Since    time.Time // zero for all
	}
	// MessagingSwitch announces another broker (MS-90).
	MessagingSwitch struct {
		Kind     string            // type of the transport
		Settings map[string]string // as in user data
		Deadline time.Time
	}
	// BlobChunk is a piece of a file that an agent wants (MS-65).
	BlobChunk struct {
		SHA256        string
		Offset, Total int64
		Data          []byte // at most 512 KiB
		Missing       bool   // the manager does not have it: nothing will come
	}
)

// More messages of an agent to the manager (messaging.md 13.2).
type (
	// BlobWant asks for the content of files, by digest.
	BlobWant struct{ Items []string }
	// LogsChunk is a piece of a log.
	LogsChunk struct {
		Request, File string
		Offset, Total int64
		Data          []byte
	}
	// ProbeEvent says that a probe raised an event.
	ProbeEvent struct{ Path, Event, Handler, Info, Value string }
)

// The limits of a file transfer (messaging.md 13.1, MS-65).
const (
	MaxChunk    = 512 << 10 // bytes of a file in one message
	MaxFiles    = 5000      // of one request
	MaxFileSize = 64 << 20  // bytes of all files of one request, by default
	MaxInline   = 16 << 10  // bytes of a file that may travel inside a request
)

func (*ProbesSet) Type() string       { return "probes.set" }
func (*LogLevel) Type() string        { return "log.level" }
func (*LogsGather) Type() string      { return "logs.gather" }
func (*MessagingSwitch) Type() string { return "messaging.switch" }
func (*BlobChunk) Type() string       { return "blob.chunk" }
func (*BlobWant) Type() string        { return "blob.want" }
func (*LogsChunk) Type() string       { return "logs.chunk" }
func (*ProbeEvent) Type() string      { return "probe.event" }
