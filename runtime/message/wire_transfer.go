package message

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// newTransfer makes the bodies of bodies_transfer.go; nil for another type.
func newTransfer(kind string) body {
	switch kind {
	case "probes.set":
		return &ProbesSet{}
	case "log.level":
		return &LogLevel{}
	case "logs.gather":
		return &LogsGather{}
	case "messaging.switch":
		return &MessagingSwitch{}
	case "blob.chunk":
		return &BlobChunk{}
	case "blob.want":
		return &BlobWant{}
	case "logs.chunk":
		return &LogsChunk{}
	case "probe.event":
		return &ProbeEvent{}
	}
	return nil
}

// The levels of a log (messaging.md 13.1), from the least to the most.
const (
	LevelOff   = "off"
	LevelError = "error"
	LevelWarn  = "warn"
	LevelInfo  = "info"
	LevelDebug = "debug"
	LevelTrace = "trace"
)

func (b *ProbesSet) write(w *writer) {
	w.field("path", b.Path)
	w.files("files", b.Files)
}

func (b *ProbesSet) read(f fields) { b.Path, b.Files = f.path("path"), f.files("files") }

func (b *LogLevel) write(w *writer) {
	w.field("level", b.Level)
	w.opt("logger", b.Logger)
}

func (b *LogLevel) read(f fields) {
	b.Level = f.oneOf("level", LevelOff, LevelError, LevelWarn, LevelInfo, LevelDebug, LevelTrace)
	b.Logger = f.opt("logger")
}

func (b *LogsGather) write(w *writer) {
	w.num("maxBytes", b.MaxBytes)
	if !b.Since.IsZero() {
		w.time("since", b.Since)
	}
}

func (b *LogsGather) read(f fields) {
	b.MaxBytes, b.Since = int64(f.num("maxBytes", false)), f.time("since", false)
}

func (b *MessagingSwitch) write(w *writer) {
	w.field("type", b.Kind)
	w.key("settings")
	w.open('{')
	for _, key := range sortedKeys(b.Settings) {
		w.field(key, b.Settings[key])
	}
	w.close('}')
	w.time("deadline", b.Deadline)
}

func (b *MessagingSwitch) read(f fields) {
	b.Kind, b.Deadline = f.text("type"), f.time("deadline", true)
	o, ok := f.object("settings", true)
	if !ok {
		return
	}
	b.Settings = make(map[string]string, len(o.v.keys))
	for i, key := range o.v.keys {
		if item := o.v.items[i]; item.kind != isString || key == "" {
			o.fail(key, "is %s, not a text, or has no name", kindNames[item.kind])
			return
		}
		b.Settings[key] = o.v.items[i].text
	}
}

func (b *BlobChunk) write(w *writer) {
	w.field("sha256", b.SHA256)
	w.num("offset", b.Offset)
	w.num("total", b.Total)
	w.chunk(b.Data)
	if b.Missing {
		w.flag("missing", true)
	}
}

func (b *BlobChunk) read(f fields) {
	b.SHA256, b.Offset, b.Total, b.Missing = f.text("sha256"), int64(f.num("offset", true)), int64(f.num("total", true)), f.flag("missing")
	if b.SHA256 != "" && !IsSHA256(b.SHA256) {
		f.fail("sha256", "%q is no SHA-256", b.SHA256)
	}
	b.Data = f.chunk(b.Offset, b.Total)
}

func (b *BlobWant) write(w *writer) { w.texts("items", b.Items) }

func (b *BlobWant) read(f fields) {
	b.Items = f.texts("items", true)
	if len(b.Items) > MaxFiles {
		f.fail("items", "has %d entries, %d are allowed", len(b.Items), MaxFiles)
	}
	for _, item := range b.Items {
		if !IsSHA256(item) {
			f.fail("items", "%q is no SHA-256", item)
			return
		}
	}
}

func (b *LogsChunk) write(w *writer) {
	w.field("request", b.Request)
	w.field("file", b.File)
	w.num("offset", b.Offset)
	w.num("total", b.Total)
	w.chunk(b.Data)
}

func (b *LogsChunk) read(f fields) {
	b.Request, b.File, b.Offset, b.Total = f.id("request"), f.text("file"), int64(f.num("offset", true)), int64(f.num("total", true))
	if reason := BadName(b.File); b.File != "" && reason != "" {
		f.fail("file", "%q %s", b.File, reason)
	}
	b.Data = f.chunk(b.Offset, b.Total)
}

func (b *ProbeEvent) write(w *writer) {
	w.field("path", b.Path)
	w.field("event", b.Event)
	w.opt("handler", b.Handler)
	w.opt("info", b.Info)
	w.opt("value", b.Value)
}

func (b *ProbeEvent) read(f fields) {
	b.Path, b.Event, b.Handler, b.Info, b.Value = f.path("path"), f.text("event"), f.opt("handler"), f.opt("info"), f.opt("value")
}

// chunk writes a piece of a file; a larger one than MaxChunk is refused here already.
func (w *writer) chunk(data []byte) {
	if len(data) > MaxChunk {
		w.fail(errChunk)
		return
	}
	w.field("data", base64.StdEncoding.EncodeToString(data))
}

// chunk reads a piece of a file that has total bytes.
func (f fields) chunk(offset, total int64) []byte {
	text, ok := f.want("data", isString, true)
	if !ok || text.text == "" {
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(text.text)
	switch {
	case err != nil:
		f.fail("data", "is no base64")
	case len(data) > MaxChunk:
		f.fail("data", "has %d bytes, %d are allowed", len(data), MaxChunk)
	case offset+int64(len(data)) > total:
		f.fail("data", "ends at %d, behind the end of the file at %d", offset+int64(len(data)), total)
	}
	return data
}

// IsSHA256 says whether s is a SHA-256 as messages write it: 64 hexadecimal digits in lower case.
func IsSHA256(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

var errChunk = fmt.Errorf("a piece of a file has more than %d bytes", MaxChunk)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
