// Package store is the manager's memory on disk (manager.md 5).
//
// It holds a snapshot of the mind's journal with the events that changed it since: what is loaded is the snapshot, replayed. Beside them: the
// history for people, the content of recipe files, a readable export. Secrets never come here: targets hold references (MG-55).
package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
)

// Options of a store.
type Options struct {
	// History bounds the records that are kept: the oldest go first; 100,000 when zero.
	History int
	// CompactAfter is how many bytes of events may follow a snapshot before Due says that it is time for another; 16 MiB when zero.
	CompactAfter int64
	Log          *slog.Logger // nil for silence
}

// Step is one event that the mind took, and that changed its journal, with what is told of it.
type Step struct {
	At      time.Time
	Event   mind.Event // see manager.Recorded
	History []Record
}

// Loaded is what a store held when it was opened.
type Loaded struct {
	Journal *manager.Journal // nil when there is none yet
	Steps   []Step           // since that journal, in order; without history
	Damaged []string         // what could not be read, in words (MG-53); a copy of the file as it was is kept beside it
}

// Empty says whether nothing was ever kept.
func (l *Loaded) Empty() bool { return l.Journal == nil && len(l.Steps) == 0 }

// ErrLocked says that another process has the store (MG-3).
var ErrLocked = errors.New("another manager has it")

// ErrNewer says that a later version wrote the store (MG-52).
var ErrNewer = errors.New("a later version wrote it")

// The buckets of the file, the keys in metaBucket.
var (
	metaBucket    = []byte("meta")
	eventBucket   = []byte("events")
	historyBucket = []byte("history")
	formatKey     = []byte("format")
	journalKey    = []byte("journal") // a checksum, then manager.EncodeJournal
)

const (
	fileName   = "state.db"
	holderName = "state.holder" // who has it, for the words of a refusal
	lockWait   = 200 * time.Millisecond
)

// Store is an open store. Its methods may be called from any goroutine.
type Store struct {
	dir string
	o   Options
	db  *bbolt.DB

	mu      sync.Mutex // steps are numbered in the order of calls
	last    uint64     // number of the last step
	pending int64      // bytes of events behind the snapshot
	records int        // in the history
}

// Open opens the store in a folder, which is made when it is missing. ErrLocked names the process that has it; ErrNewer, a format that
// this version does not know, is refused without a change (MG-3, MG-52). An older format is copied aside, then brought up to date.
func Open(dir string, o Options) (*Store, error) { return open(dir, o, migrations()) }

func open(dir string, o Options, steps []migration) (*Store, error) {
	if o.History <= 0 {
		o.History = 100_000
	}
	if o.CompactAfter <= 0 {
		o.CompactAfter = 16 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	s := &Store{dir: dir, o: o}
	file := filepath.Join(dir, fileName)
	db, err := openFile(file)
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("open the store %s: %w: %s; stop it first, or use another folder", dir, ErrLocked, s.holder())
	}
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w; the file may be damaged: restore it from a copy, or move it away to begin anew", file, err)
	}
	s.db = db
	if err := s.prepare(steps); err != nil {
		_ = db.Close() // the reason is what matters
		return nil, fmt.Errorf("open the store %s: %w", file, err)
	}
	holder := fmt.Sprintf("%d\n%s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	if err := writeFile(filepath.Join(dir, holderName), []byte(holder)); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return s, nil
}

// openFile opens the database. A file that is no database may make its reader panic: that is an error like another.
func openFile(file string) (db *bbolt.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("it is no store: %v", r)
		}
	}()
	return bbolt.Open(file, 0o600, &bbolt.Options{Timeout: lockWait, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
}

// holder names the process that has the store, as far as it said who it is.
func (s *Store) holder() string {
	data, err := os.ReadFile(filepath.Join(s.dir, holderName))
	pid, since, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	if _, number := strconv.Atoi(pid); err != nil || number != nil {
		return "a process that did not say who it is"
	}
	return "process " + pid + ", since " + since
}

// prepare makes buckets, brings the format up to date, counts what is there.
func (s *Store) prepare(steps []migration) error {
	if err := s.migrate(steps); err != nil {
		return err
	}
	return s.db.View(func(tx *bbolt.Tx) error {
		events := tx.Bucket(eventBucket)
		if key, _ := events.Cursor().Last(); key != nil {
			s.last = binary.BigEndian.Uint64(key)
		}
		s.last = max(s.last, events.Sequence())
		err := events.ForEach(func(_, value []byte) error {
			s.pending += int64(len(value))
			return nil
		})
		s.records = tx.Bucket(historyBucket).Stats().KeyN
		return err
	})
}

// Close gives the store back.
func (s *Store) Close() error {
	_ = os.Remove(filepath.Join(s.dir, holderName)) // only words: the lock is on the file itself
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Append makes steps durable, all of them or none: when it returns without an error, they survive a crash. It is one transaction, one
// sync of the disk, however many they are.
func (s *Store) Append(steps []Step) error {
	if len(steps) == 0 {
		return nil
	}
	values := make([][]byte, len(steps))
	size := int64(0)
	for i, step := range steps {
		data, err := manager.EncodeEvent(step.Event)
		if err != nil {
			return fmt.Errorf("append to the store: %w", err)
		}
		values[i] = frame(step.At, data)
		size += int64(len(values[i]))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	records := s.records
	err := s.db.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(eventBucket)
		bucket.FillPercent = 1 // keys only grow: pages are filled to the end
		for i, value := range values {
			if err := bucket.Put(number(s.last+uint64(i)+1), value); err != nil {
				return err
			}
		}
		if err := bucket.SetSequence(s.last + uint64(len(steps))); err != nil {
			return err
		}
		var err error
		records, err = s.tell(tx, steps, records)
		return err
	})
	if err != nil {
		return fmt.Errorf("append to the store: %w", err)
	}
	s.last += uint64(len(steps))
	s.pending += size
	s.records = records
	return nil
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// frame is an event on disk: a checksum of the rest, when it was taken, its bytes.
func frame(at time.Time, data []byte) []byte {
	b := make([]byte, 16, 16+len(data))
	binary.BigEndian.PutUint64(b[4:], uint64(at.Unix()))
	binary.BigEndian.PutUint32(b[12:], uint32(at.Nanosecond()))
	b = append(b, data...)
	binary.BigEndian.PutUint32(b, crc32.ChecksumIEEE(b[4:]))
	return b
}

func unframe(b []byte) (Step, error) {
	if len(b) < 16 || crc32.ChecksumIEEE(b[4:]) != binary.BigEndian.Uint32(b) {
		return Step{}, errors.New("it does not have the checksum that it was written with")
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(b[4:])), int64(binary.BigEndian.Uint32(b[12:]))).UTC()
	ev, err := manager.DecodeEvent(b[16:])
	return Step{At: at, Event: ev}, err
}

// Load reads the snapshot with the steps since. Damage is reported, and a copy of the file kept beside it; what could be read is given: of the steps,
// those before the first that cannot be read. Only a store from which nothing can be known is an error.
func (s *Store) Load() (l *Loaded, err error) {
	defer func() {
		if r := recover(); r != nil {
			l, err = nil, fmt.Errorf("load the store %s: it is damaged: %v; restore it from a copy", s.dir, r)
		}
	}()
	l = &Loaded{}
	lost := false
	err = s.db.View(func(tx *bbolt.Tx) error {
		if data := tx.Bucket(metaBucket).Get(journalKey); data != nil {
			var err error
			if l.Journal, err = readJournal(data); err != nil {
				return err
			}
		}
		return tx.Bucket(eventBucket).ForEach(func(key, value []byte) error {
			step, err := unframe(value)
			switch {
			case lost: // what comes after a gap may mean something else
			case err != nil:
				lost = true
				l.Damaged = append(l.Damaged, fmt.Sprintf("event %d: %v; it is lost, with those after it", binary.BigEndian.Uint64(key), err))
			default:
				l.Steps = append(l.Steps, step)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("load the store %s: %w", s.dir, err)
	}
	l.Damaged = append(l.Damaged, l.Journal.Damaged()...)
	if lost {
		if err := s.backup("damaged"); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func readJournal(data []byte) (*manager.Journal, error) {
	return manager.DecodeJournal(data)
}

// Mark is the number of the last step: what a Journal that is taken now covers, when the caller appends nothing meanwhile.
func (s *Store) Mark() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Due says whether enough steps have gathered for another snapshot.
func (s *Store) Due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending >= s.o.CompactAfter
}

// Compact replaces the snapshot by a journal, and drops the steps up to mark, which the journal covers. Steps may be appended
// while it encodes.
func (s *Store) Compact(j *manager.Journal, mark uint64) error {
	data, err := manager.EncodeJournal(j)
	if err != nil {
		return fmt.Errorf("compact the store: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var left int64
	err = s.db.Update(func(tx *bbolt.Tx) error {
		if err := tx.Bucket(metaBucket).Put(journalKey, data); err != nil {
			return err
		}
		left, err = keepAfter(tx, mark)
		return err
	})
	if err != nil {
		return fmt.Errorf("compact the store: %w", err)
	}
	s.pending = left
	return nil
}

// keepAfter drops the events up to a number: the few that are left move into a bucket of their own, which costs less than to take
// many out one by one. It gives the bytes that are left.
func keepAfter(tx *bbolt.Tx, mark uint64) (int64, error) {
	old := tx.Bucket(eventBucket)
	last := old.Sequence()
	type entry struct{ key, value []byte }
	var rest []entry
	cursor := old.Cursor()
	for key, value := cursor.Seek(number(mark + 1)); key != nil; key, value = cursor.Next() {
		rest = append(rest, entry{append([]byte(nil), key...), append([]byte(nil), value...)})
	}
	if err := tx.DeleteBucket(eventBucket); err != nil {
		return 0, err
	}
	fresh, err := tx.CreateBucket(eventBucket)
	if err != nil {
		return 0, err
	}
	var left int64
	for _, e := range rest {
		left += int64(len(e.value))
		if err := fresh.Put(e.key, e.value); err != nil {
			return 0, err
		}
	}
	return left, fresh.SetSequence(last)
}
