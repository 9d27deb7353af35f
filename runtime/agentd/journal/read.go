package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// read gives what is in the folder.
func (j *Journal) read(boot string) (left Left, err error) {
	data, err := os.ReadFile(filepath.Join(j.dir, "snapshot"))
	if errors.Is(err, fs.ErrNotExist) {
		return left, nil
	}
	if err != nil {
		return left, err
	}
	s, err := readSnapshot(data)
	if err != nil {
		return left, fmt.Errorf("snapshot: %w", err)
	}
	j.about = s.about
	log, err := os.ReadFile(j.logPath(s.about.Generation))
	if err != nil {
		return left, err
	}
	frames, err := behead(log, logHead)
	if err != nil {
		return left, fmt.Errorf("log: %w", err)
	}
	return s.replay(frames, boot != "" && boot == s.about.BootID)
}

// snapshot is one that was read.
type snapshot struct {
	about  about
	memory *agent.Journal
	inbox  []*message.Envelope
	outbox []numbered
}

func readSnapshot(data []byte) (*snapshot, error) {
	rest, err := behead(data, snapHead)
	if err != nil {
		return nil, err
	}
	s := &snapshot{}
	for {
		var kind byte
		var payload []byte
		if kind, payload, rest, err = nextFrame(rest); err != nil {
			return nil, err
		}
		if kind == 0 || kind == kindEnd {
			break
		}
		if err := s.take(kind, payload); err != nil {
			return nil, err
		}
	}
	if s.memory == nil {
		return nil, errTorn
	}
	return s, nil
}

func (s *snapshot) take(kind byte, payload []byte) (err error) {
	switch kind {
	case kindAbout:
		return json.Unmarshal(payload, &s.about)
	case kindImage:
		s.memory, err = agent.DecodeJournal(payload)
		return err
	case kindInbox:
		m, err := readMessage(slices.Clone(payload))
		s.inbox = append(s.inbox, m)
		return err
	case kindOutbox:
		number, p, err := readPending(payload)
		s.outbox = append(s.outbox, numbered{Pending: p, number: number})
		return err
	}
	return fmt.Errorf("%w: no record is of the kind %q", ErrNewer, kind)
}

// stepped is a step as the log has it.
type stepped struct {
	at     time.Time
	counts agent.Counts
	event  mind.Event
}

// replay gives the events of a log to the mind of the snapshot. trusted says that what was written without sync is there: the last steps
// are known to have had no effect then, and their messages are handed over instead.
func (s *snapshot) replay(frames []byte, trusted bool) (left Left, err error) {
	steps, done, through, torn, err := readLog(frames)
	if err != nil {
		return left, err
	}
	left.Torn, left.Inbox, left.Config = torn, s.inbox, s.about.Config
	undone := len(steps)
	if trusted {
		for undone > done && begunAgain(steps[undone-1].event) {
			undone--
		}
	}
	a := agent.Resume(s.about.Config, s.memory)
	number := s.about.Published
	for _, step := range steps[:undone] {
		a.Recount(step.counts)
		for _, e := range a.Step(step.at, step.event) {
			if p, ok := e.(mind.Publish); ok && agent.Lasting(p.Msg.Body) {
				number++
				s.outbox = append(s.outbox, numbered{Pending: Pending(p), number: number})
			}
		}
	}
	for _, step := range steps[undone:] {
		if d, ok := step.event.(mind.Delivered); ok {
			left.Inbox = append(left.Inbox, d.Msg)
		}
	}
	left.Inbox = slices.DeleteFunc(left.Inbox, func(m *message.Envelope) bool { return a.Knows(m.ID) })
	for _, p := range s.outbox {
		if p.number > through {
			left.Outbox = append(left.Outbox, p.Pending)
		}
	}
	left.Memory, left.Steps = a.Journal(), undone
	return left, nil
}

// begunAgain says whether an event that had no effect so far is taken by the next process as if it were new: a message is handed over, a
// connection and timers are its own.
func begunAgain(ev mind.Event) bool {
	switch ev.(type) {
	case mind.Delivered, mind.Connected, mind.Woken:
		return true
	}
	return false
}

// readLog reads the frames of a log as far as they are whole. done is how many steps had their effects begun, through the number up to which
// publications are confirmed.
func readLog(frames []byte) (steps []stepped, done int, through uint64, torn int, err error) {
	for {
		kind, payload, rest, err := nextFrame(frames)
		if err != nil {
			return steps, done, through, len(frames), nil
		}
		switch kind {
		case 0:
			return steps, done, through, 0, nil
		case kindStep:
			step, err := readStep(payload)
			if err != nil {
				return nil, 0, 0, 0, fmt.Errorf("step %d of the log: %w", len(steps)+1, err)
			}
			steps = append(steps, step)
		case kindDone:
			done = len(steps)
		case kindConfirmed:
			n, _ := binary.Uvarint(payload)
			through = max(through, n)
		default:
			return nil, 0, 0, 0, fmt.Errorf("%w: no record is of the kind %q", ErrNewer, kind)
		}
		frames = rest
	}
}

func readStep(payload []byte) (s stepped, err error) {
	at, n := binary.Varint(payload)
	if n <= 0 {
		return s, errTorn
	}
	payload = payload[n:]
	for _, to := range []*uint64{&s.counts.IDs, &s.counts.ToManager} {
		if *to, n = binary.Uvarint(payload); n <= 0 {
			return s, errTorn
		}
		payload = payload[n:]
	}
	s.at = time.Unix(0, at).UTC()
	s.event, err = agent.DecodeEvent(slices.Clone(payload))
	return s, err
}
