package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
)

// open reads a journal into a list.
func open(t testing.TB, dir string, opts Options) (*Log, []string) {
	t.Helper()
	var records []string
	l, err := Open(dir, opts, func(_ uint64, r []byte) error {
		records = append(records, string(r))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, records
}

func closeLog(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill makes a journal of a number of records, and gives its only file.
func fill(t testing.TB, dir string, n int) (file string, want []string) {
	t.Helper()
	l, _ := open(t, dir, Options{})
	for i := range n {
		want = append(want, fmt.Sprintf("record %d", i))
		l.Append([]byte(want[i]), i%3 == 0)
	}
	closeLog(t, l)
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	return files[0], want
}

func TestRecordsComeBack(t *testing.T) {
	dir := t.TempDir()
	_, want := fill(t, dir, 1000)
	l, got := open(t, dir, Options{})
	if !slices.Equal(got, want) {
		t.Errorf("%d records, want %d", len(got), len(want))
	}
	l.Append([]byte("one more"), true)
	closeLog(t, l)
	l, got = open(t, dir, Options{})
	closeLog(t, l)
	if !slices.Equal(got, append(want, "one more")) {
		t.Errorf("afterwards: %d records", len(got))
	}
}

// Wherever the writing of a file was cut, what was whole before is there, and the journal goes on from there.
func TestTornTailIsLeftOut(t *testing.T) {
	file, want := fill(t, t.TempDir(), 6)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		for _, tail := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x05\x00\x00\x00garbage..."} {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), append(bytes.Clone(whole[:cut]), tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			if cut > 0 && cut < len(magic) && tail != "" {
				continue // that is no journal
			}
			if cut == 0 && tail != "" {
				continue
			}
			l, got := open(t, dir, Options{})
			if len(got) > len(want) || !slices.Equal(got, want[:len(got)]) || cut == len(whole) && len(got) != len(want) {
				t.Fatalf("cut at %d: %q", cut, got)
			}
			l.Append([]byte("next"), true)
			closeLog(t, l)
			l, again := open(t, dir, Options{})
			closeLog(t, l)
			if !slices.Equal(again, append(got, "next")) {
				t.Fatalf("cut at %d: %q, then %q", cut, got, again)
			}
		}
	}
}

// A fault in an old segment costs what comes after it there, nothing else; the file is kept for whoever wants to look.
func TestDamageInTheMiddleIsTold(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, dir, Options{})
	l.Append([]byte("first"), false)
	l.Append([]byte("second"), false)
	l.Rotate([][]byte{[]byte("snapshot")})
	l.Append([]byte("third"), false)
	closeLog(t, l)
	file := path(dir, 1)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[bytes.Index(raw, []byte("second"))]++
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	l, got := open(t, dir, Options{})
	closeLog(t, l)
	if !slices.Equal(got, []string{"first", "snapshot", "third"}) {
		t.Errorf("%q", got)
	}
	if _, err := os.Stat(file + ".damaged"); err != nil {
		t.Error(err)
	}
}

func TestStrangersFileIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(path(dir, 1), []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}, nil); err == nil {
		t.Error("it is taken for a journal")
	}
}

func TestErrorOfTheReaderEndsOpen(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 3)
	no := errors.New("no")
	if _, err := Open(dir, Options{}, func(uint64, []byte) error { return no }); !errors.Is(err, no) {
		t.Error(err)
	}
	l, _ := open(t, dir, Options{}) // the lock is free again
	closeLog(t, l)
}

// Synced tells of every batch that somebody waits for, after it can be read.
func TestSyncedMeansThatItCanBeRead(t *testing.T) {
	dir := t.TempDir()
	synced := make(chan uint64, 100)
	l, _ := open(t, dir, Options{Synced: func(batch uint64) { synced <- batch }})
	for i := range 50 {
		record := fmt.Appendf(nil, "record %d", i)
		at := l.Append(record, true)
		for batch := uint64(0); batch < at.Batch; {
			batch = <-synced
		}
		raw, err := os.ReadFile(path(dir, at.Segment))
		if err != nil || !bytes.Contains(raw, record) || !l.Safe(at.Batch) {
			t.Fatalf("record %d is not there: %v", i, err)
		}
	}
	closeLog(t, l)
}

// faulty is a file on a disk that fails for a while.
type faulty struct {
	file
	writes, syncs atomic.Int32 // that fail
}

var errFull = errors.New("no space left")

func (f *faulty) WriteAt(b []byte, at int64) (int, error) {
	if f.writes.Add(-1) >= 0 {
		n, _ := f.file.WriteAt(b[:len(b)/2], at) // half of it went
		return n, errFull
	}
	return f.file.WriteAt(b, at)
}

func (f *faulty) Sync() error {
	if f.syncs.Add(-1) >= 0 {
		// What a kernel may do: the pages are dropped, the next call says that all is well.
		return errors.Join(errFull, f.Truncate(int64(len(magic))))
	}
	return f.file.Sync()
}

// A disk that is full, or fails to keep what it was given, delays: nothing is lost, nothing is called safe that is not.
func TestDiskThatFailsForAWhileLosesNothing(t *testing.T) {
	dir := t.TempDir()
	trouble, synced := make(chan error, 10), make(chan uint64, 10)
	l, _ := open(t, dir, Options{Trouble: func(err error) { trouble <- err }, Synced: func(batch uint64) { synced <- batch }})
	broken := &faulty{file: l.file}
	broken.writes.Store(1)
	broken.syncs.Store(1)
	l.file = broken
	want := []string{"one", "two"}
	for _, r := range want {
		l.Append([]byte(r), true)
	}
	if err := <-trouble; !errors.Is(err, errFull) {
		t.Errorf("the trouble is %v", err)
	}
	if err := <-trouble; err != nil {
		t.Errorf("it ends with %v", err)
	}
	for last := l.Batch() - 1; !l.Safe(last); {
		<-synced
	}
	l.Rotate(nil)
	l.Append([]byte("three"), true)
	closeLog(t, l)
	l, got := open(t, dir, Options{})
	closeLog(t, l)
	if !slices.Equal(got, append(want, "three")) {
		t.Errorf("%q", got)
	}
}

// The oldest segment can be dropped, the last one cannot.
func TestSegments(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, dir, Options{SegmentSize: 100})
	for i := range 10 {
		l.Append(make([]byte, 60), false)
		if l.Full() {
			l.Rotate([][]byte{fmt.Appendf(nil, "snapshot %d", i)})
		}
	}
	segments := l.Segments()
	if len(segments) < 5 {
		t.Fatalf("%v", segments)
	}
	if err := l.Drop(segments[1].Number); err != nil || len(l.Segments()) != len(segments) {
		t.Error("one in the middle was dropped")
	}
	for _, s := range segments {
		if err := l.Drop(s.Number); err != nil {
			t.Error(err)
		}
	}
	if left := l.Segments(); len(left) != 1 || left[0].Number != segments[len(segments)-1].Number {
		t.Errorf("%v are left", left)
	}
	closeLog(t, l)
	l, got := open(t, dir, Options{})
	closeLog(t, l)
	if len(got) == 0 || got[0][:8] != "snapshot" {
		t.Errorf("%q", got)
	}
}

// FuzzJournal reads whatever a disk may give: no panic, and what was read is there again the next time.
func FuzzJournal(f *testing.F) {
	file, _ := fill(f, f.TempDir(), 3)
	raw, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(path(dir, 7), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		var got []string
		keep := func(_ uint64, r []byte) error {
			got = append(got, string(r))
			return nil
		}
		l, err := Open(dir, Options{}, keep)
		if err != nil {
			return
		}
		closeLog(t, l)
		first := got
		got = nil
		l, err = Open(dir, Options{}, keep)
		if err != nil || !slices.Equal(got, first) {
			t.Fatalf("%v: %q, then %q", err, first, got)
		}
		closeLog(t, l)
	})
}

// BenchmarkAppend is the cost of a record for whoever appends, with and without a wait for the disk by all of them.
func BenchmarkAppend(b *testing.B) {
	for _, wait := range []bool{false, true} {
		b.Run(fmt.Sprintf("wait=%v", wait), func(b *testing.B) {
			l, _ := open(b, b.TempDir(), Options{})
			record := make([]byte, 1200)
			b.SetBytes(int64(len(record)))
			var last Place
			for b.Loop() {
				last = l.Append(record, wait)
				if bytes, flushed := l.Pending(); bytes > 16<<20 {
					<-flushed
				}
			}
			for wait && !l.Safe(last.Batch) {
				_, flushed := l.Pending()
				if !l.Safe(last.Batch) {
					<-flushed
				}
			}
			closeLog(b, l)
		})
	}
}
