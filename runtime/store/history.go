package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// Record is one line of the history: an operation, or a change.
type Record struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"` // "operation", "change", "result", "probe", "machine"...: of the writer's choice
	App       string    `json:"app,omitempty"`
	Instance  string    `json:"instance,omitempty"`  // "" when it is about something else
	Operation string    `json:"operation,omitempty"` // id of the Do at the origin, if any
	From      string    `json:"from,omitempty"`
	To        string    `json:"to,omitempty"`   // of a change of state
	Text      string    `json:"text,omitempty"` // in words; no secret
	Seq       uint64    `json:"-"`              // given by the store: newer ones have a higher one
}

// Query chooses records. The zero value chooses the newest ones.
type Query struct {
	App, Instance   string    // Instance with all below it; "" for all
	Operation, Kind string    // "" for all
	From, To        time.Time // From <= At < To; zero for no limit
	Before          uint64    // only records with a lower Seq; 0 for no limit
	Limit           int       // at most that many; 100 when zero
}

func (q Query) takes(r Record) bool {
	switch {
	case q.App != "" && q.App != r.App,
		q.Kind != "" && q.Kind != r.Kind,
		q.Operation != "" && q.Operation != r.Operation,
		q.Instance != "" && q.Instance != r.Instance && !strings.HasPrefix(r.Instance, q.Instance+"/"),
		!q.From.IsZero() && r.At.Before(q.From),
		!q.To.IsZero() && !r.At.Before(q.To):
		return false
	}
	return true
}

// tell adds the history of steps, and lets the oldest records go; it gives how many there are.
func (s *Store) tell(tx *bbolt.Tx, steps []Step, count int) (int, error) {
	bucket := tx.Bucket(historyBucket)
	bucket.FillPercent = 1
	for _, step := range steps {
		for _, r := range step.History {
			data, err := json.Marshal(r)
			if err != nil {
				return count, err
			}
			seq, err := bucket.NextSequence()
			if err != nil {
				return count, err
			}
			if err := bucket.Put(number(seq), data); err != nil {
				return count, err
			}
			count++
		}
	}
	slack := s.o.History / 20 // many at once, not one with each
	if count <= s.o.History+slack {
		return count, nil
	}
	var old [][]byte
	cursor := bucket.Cursor()
	for key, _ := cursor.First(); key != nil && count-len(old) > s.o.History; key, _ = cursor.Next() {
		old = append(old, append([]byte(nil), key...))
	}
	for _, key := range old {
		if err := bucket.Delete(key); err != nil {
			return count, err
		}
	}
	return count - len(old), nil
}

// Note adds records that belong to no step, such as what came of a plan.
func (s *Store) Note(records ...Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := s.records
	err := s.db.Update(func(tx *bbolt.Tx) error {
		var err error
		count, err = s.tell(tx, []Step{{History: records}}, count)
		return err
	})
	if err != nil {
		return fmt.Errorf("note in the history: %w", err)
	}
	s.records = count
	return nil
}

// History gives records, the newest first. A record that cannot be read is left out.
func (s *Store) History(q Query) ([]Record, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	var list []Record
	err := s.db.View(func(tx *bbolt.Tx) error {
		cursor := tx.Bucket(historyBucket).Cursor()
		key, value := cursor.Last()
		if q.Before > 0 {
			if at, _ := cursor.Seek(number(q.Before)); at != nil {
				key, value = cursor.Prev()
			} else { // the search left the cursor behind the end
				key, value = cursor.Last()
			}
		}
		for ; key != nil && len(list) < q.Limit; key, value = cursor.Prev() {
			var r Record
			if json.Unmarshal(value, &r) != nil {
				continue
			}
			if r.Seq = binary.BigEndian.Uint64(key); q.takes(r) {
				list = append(list, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return list, nil
}
