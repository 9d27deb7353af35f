package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// magic opens each segment; its last byte is the version of the form.
const magic = "rbcjrnl1"

// A record is its length, the checksum of what follows, both 4 bytes in little-endian order, then its bytes. None is empty: so a
// tail of zeros is no record.
const recordHead = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendRecord(dst, record []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(record)))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(record, castagnoli))
	return append(dst, record...)
}

// next takes a record from the front; ok is false when there is none that is whole.
func nextRecord(raw []byte) (record, rest []byte, ok bool) {
	if len(raw) < recordHead {
		return nil, raw, false
	}
	n := binary.LittleEndian.Uint32(raw)
	if n == 0 || uint64(n) > uint64(len(raw)-recordHead) {
		return nil, raw, false
	}
	record = raw[recordHead : recordHead+int(n)]
	if crc32.Checksum(record, castagnoli) != binary.LittleEndian.Uint32(raw[4:]) {
		return nil, raw, false
	}
	return record, raw[recordHead+int(n):], true
}

func path(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%016x.log", number))
}

// segmentsOf lists the numbers of the segments in a folder, sorted.
func segmentsOf(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the journal: %w", err)
	}
	var numbers []uint64
	for _, e := range entries {
		name, is := strings.CutSuffix(e.Name(), ".log")
		if n, err := strconv.ParseUint(name, 16, 64); is && err == nil && len(name) == 16 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// read gives the records of a segment to replay, and says how long its whole part is.
func (l *Log) read(number uint64, last bool, replay func(uint64, []byte) error) (int64, error) {
	name := path(l.dir, number)
	raw, err := os.ReadFile(name)
	if err != nil {
		return 0, fmt.Errorf("read the journal: %w", err)
	}
	rest, ok := []byte(nil), len(raw) >= len(magic)
	if ok && string(raw[:len(magic)]) != magic {
		return 0, fmt.Errorf("read the journal: %s does not begin as a journal does; it was written by another program, or a newer one: give the broker another folder", name)
	}
	if ok {
		rest = raw[len(magic):]
	}
	for {
		var record []byte
		if record, rest, ok = nextRecord(rest); !ok {
			break
		}
		if err := replay(number, record); err != nil {
			return 0, fmt.Errorf("read the journal: %s, byte %d: %w", name, len(raw)-len(rest)-len(record), err)
		}
	}
	whole := int64(len(raw) - len(rest))
	if len(rest) > 0 || len(raw) < len(magic) {
		return whole, l.damaged(name, raw, whole, last)
	}
	return whole, nil
}

// damaged tells of a segment that ends in the middle of a record. At the end of the last one that is what a killed process leaves.
// Elsewhere it is a fault of the disk: a copy is kept for whoever wants to look.
func (l *Log) damaged(name string, raw []byte, whole int64, last bool) error {
	if last {
		l.opts.Log.Info("the journal ends with a record that was not written whole; it is left out", "file", name, "bytes", int64(len(raw))-whole)
		return nil
	}
	l.opts.Log.Error("the journal is damaged; what can be read is kept, with a copy of the file", "file", name, "byte", whole)
	if err := os.WriteFile(name+".damaged", raw, 0o600); err != nil {
		return fmt.Errorf("keep a copy of a damaged segment: %w", err)
	}
	return nil
}

// create makes a segment that is there also after a power failure.
func create(dir string, number uint64) (*os.File, error) {
	file, err := os.OpenFile(path(dir, number), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("begin a segment of the journal: %w", err)
	}
	if _, err = file.WriteString(magic); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin a segment of the journal: %w", err), file.Close())
	}
	return file, nil
}

// reopen opens the last segment to write after its whole part.
func reopen(dir string, s Segment) (*os.File, int64, error) {
	if s.Bytes < int64(len(magic)) {
		file, err := create(dir, s.Number)
		return file, int64(len(magic)), err
	}
	file, err := os.OpenFile(path(dir, s.Number), os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("open the journal: %w", err)
	}
	if err := file.Truncate(s.Bytes); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open the journal: %w", err), file.Close())
	}
	return file, s.Bytes, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	// Some file systems cannot sync a folder; then it is as safe as they make it.
	_ = d.Sync()
	return nil
}
