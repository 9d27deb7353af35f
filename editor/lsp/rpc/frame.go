package rpc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Longest is how many bytes a message may have when nothing else is said: a file of some megabytes, escaped, with room.
const Longest = 64 << 20

// Reader reads frames.
type Reader struct {
	// Limit is how many bytes a message may have; longer ones are skipped. 0 stands for Longest.
	Limit int
	from  *bufio.Reader
}

// NewReader reads frames from a stream.
func NewReader(r io.Reader) *Reader { return &Reader{from: bufio.NewReaderSize(r, 64<<10)} }

// BadFrame says that bytes were skipped, since they are no message. Reading may go on.
type BadFrame struct{ Why string }

// Error says what was skipped.
func (e *BadFrame) Error() string { return e.Why }

// Read gives the content of the next frame. A *BadFrame tells of bytes that were skipped, any other error is the end:
// io.EOF between two frames, io.ErrUnexpectedEOF inside one.
func (r *Reader) Read() ([]byte, error) {
	length, err := r.header()
	if err != nil {
		return nil, err
	}
	limit := r.Limit
	if limit <= 0 {
		limit = Longest
	}
	if length > int64(limit) {
		if _, err := io.CopyN(io.Discard, r.from, length); err != nil {
			return nil, ended(err)
		}
		return nil, &BadFrame{fmt.Sprintf("a message of %d bytes was skipped: at most %d are taken", length, limit)}
	}
	return r.content(int(length))
}

// content reads so many bytes. What was announced is believed only as it comes.
func (r *Reader) content(length int) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(min(length, 1<<20))
	if _, err := io.CopyN(&b, r.from, int64(length)); err != nil {
		return nil, ended(err)
	}
	return b.Bytes(), nil
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// longestLine is how long a line of a header may be; what is longer is no header.
const longestLine = 4 << 10

// header reads lines up to the empty one and gives the length that one of them says.
func (r *Reader) header() (int64, error) {
	length, lines := int64(-1), 0
	for {
		line, err := r.line()
		switch {
		case err != nil && (lines > 0 || line != "") && errors.Is(err, io.EOF):
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		case line == "" && lines == 0:
			continue // blank lines between frames mean nothing
		case line == "" && length < 0:
			return 0, &BadFrame{"a header without Content-Length was skipped"}
		case line == "":
			return length, nil
		}
		lines++
		name, value, found := strings.Cut(line, ":")
		if !found {
			return 0, &BadFrame{fmt.Sprintf("%.40q was skipped: it is no line of a header", line)}
		}
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			length, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			if err != nil || length < 0 {
				return 0, &BadFrame{fmt.Sprintf("%.40q was skipped: it is no length", value)}
			}
		}
	}
}

// line reads one line without its end.
func (r *Reader) line() (string, error) {
	var b []byte
	for {
		part, err := r.from.ReadSlice('\n')
		b = append(b, part...)
		switch {
		case err == nil:
			return strings.TrimRight(string(b), "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return string(b), err
		case len(b) > longestLine:
			return "", &BadFrame{"a line that is too long for a header was skipped"}
		}
	}
}

// Frame puts the header before a message.
func Frame(content []byte) []byte {
	b := make([]byte, 0, len(content)+32)
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(content)), 10)
	b = append(b, "\r\n\r\n"...)
	return append(b, content...)
}
