package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A file is a head, then frames: length and checksum, four bytes each, then the payload, which begins with its kind.
const (
	frameHead = 8
	// maxFrame is longer than any payload: an image holds messages, each at most of a few MiB.
	maxFrame = 256 << 20
)

// The kinds of frames.
const (
	kindAbout     = 'A' // of a snapshot: what it is about
	kindImage     = 'I' // of a snapshot: the mind
	kindInbox     = 'M' // of a snapshot: a message that no step took
	kindOutbox    = 'P' // of a snapshot: a publication that is not confirmed
	kindEnd       = 'Z' // of a snapshot: it is whole
	kindStep      = 'S' // of a log: an event that the mind took
	kindDone      = 'D' // of a log: the effects of all steps before are being done
	kindConfirmed = 'C' // of a log: the broker has all publications up to a number
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openFrame begins a frame in b; closeFrame ends the one that begins at from.
func openFrame(b []byte, kind byte) (_ []byte, from int) {
	from = len(b)
	return append(b, 0, 0, 0, 0, 0, 0, 0, 0, kind), from
}

func closeFrame(b []byte, from int) {
	payload := b[from+frameHead:]
	binary.LittleEndian.PutUint32(b[from:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(b[from+4:], crc32.Checksum(payload, castagnoli))
}

// appendFrame appends a whole frame.
func appendFrame(b []byte, kind byte, payload []byte) []byte {
	b, from := openFrame(b, kind)
	b = append(b, payload...)
	closeFrame(b, from)
	return b
}

// errTorn says that a file ends in the middle of a frame, or that a frame is not what was written.
var errTorn = errors.New("a record is cut off or damaged")

// nextFrame reads the first frame of b. The error is errTorn; at the end of b there is none, and kind is 0.
func nextFrame(b []byte) (kind byte, payload, rest []byte, err error) {
	if len(b) == 0 {
		return 0, nil, nil, nil
	}
	if len(b) < frameHead+1 {
		return 0, nil, b, errTorn
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || n > maxFrame || int(n) > len(b)-frameHead {
		return 0, nil, b, errTorn
	}
	body := b[frameHead : frameHead+int(n)]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return 0, nil, b, errTorn
	}
	return body[0], body[1:], b[frameHead+int(n):], nil
}

// The heads of the two files; the last byte is the version of the form.
const (
	headLen  = 8
	version  = 1
	logHead  = "rbwlog\x00"
	snapHead = "rbwmem\x00"
)

func head(of string) []byte { return append([]byte(of), version) }

// behead checks the head of a file.
func behead(data []byte, of string) ([]byte, error) {
	switch {
	case len(data) < headLen || string(data[:headLen-1]) != of:
		return nil, fmt.Errorf("it is no file of this kind")
	case data[headLen-1] > version:
		return nil, fmt.Errorf("%w: form %d, %d is known", ErrNewer, data[headLen-1], version)
	}
	return data[headLen:], nil
}
