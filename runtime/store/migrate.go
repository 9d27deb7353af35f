package store

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// migration brings a store from one format to the next.
type migration func(tx *bbolt.Tx) error

// migrations are all that there are: the first leads from format 1 to 2. The format of a new store is theirs, plus one.
func migrations() []migration { return nil }

// migrate refuses a newer format, and brings an older one up to date, all steps or none, with a copy of the file before (MG-52).
func (s *Store) migrate(steps []migration) error {
	latest, found := uint64(len(steps)+1), uint64(0)
	err := s.db.View(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(metaBucket); meta != nil {
			if data := meta.Get(formatKey); len(data) == 8 {
				found = binary.BigEndian.Uint64(data)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case found == latest:
		return nil
	case found > latest:
		return fmt.Errorf("%w: its format is %d, this version knows those up to %d; use the version that wrote it", ErrNewer, found, latest)
	case found > 0:
		if err := s.backup(fmt.Sprintf("format-%d", found)); err != nil {
			return err
		}
		s.o.Log.Info("bring the store up to date", "from", found, "to", latest)
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{metaBucket, eventBucket, historyBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		for format := max(found, 1); found > 0 && format < latest; format++ {
			if err := steps[format-1](tx); err != nil {
				return fmt.Errorf("bring it from format %d to %d: %w", format, format+1, err)
			}
		}
		return tx.Bucket(metaBucket).Put(formatKey, number(latest))
	})
}

// backup copies the file as it is, beside it.
func (s *Store) backup(why string) error {
	name := fmt.Sprintf("%s.%s.%s", fileName, why, time.Now().UTC().Format("20060102T150405.000000000"))
	err := s.db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(filepath.Join(s.dir, name), 0o600) })
	if err != nil {
		_ = os.Remove(filepath.Join(s.dir, name)) // half a copy would be taken for a whole one
		return fmt.Errorf("copy the store before it is changed: %w", err)
	}
	s.o.Log.Info("kept a copy of the store", "file", name)
	return nil
}
