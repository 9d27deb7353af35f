// Package journal is the memory of an agent on disk.
//
// It keeps events (LC-104): an image of the mind, then a log of the events that the mind took since. A message of the broker is in the log
// before it is acknowledged (MS-74), a step before any of its effects is done: one sync of the disk serves both, for a whole batch.
// A later process gives the events to a mind again, which then knows what the earlier one knew. Two things more are in the log: that
// effects are being done, so that a message whose handling never began is handed over again instead of being reported as interrupted;
// and up to where the broker has confirmed publications, so that the others are sent again under their ids (MS-72).
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
	"strconv"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// What can be wrong with a journal.
var (
	// ErrNewer says that a later version of the program wrote it.
	ErrNewer = agent.ErrNewer
	// ErrLocked says that another process uses it.
	ErrLocked = errors.New("another agent uses this folder")
)

// Options of a journal.
type Options struct {
	// NoSync leaves out the syncs of the disk: what was written survives the death of the process, not that of the machine. For many
	// agents in one process, and for tests.
	NoSync bool
	// Compact is the size of the log, in bytes, from which on a new image is worth it; 1 MiB when zero.
	Compact int64
}

// Pending is a publication that the broker has not confirmed.
type Pending struct {
	To  message.Target
	Msg *message.Envelope
}

// Left is what an earlier process left behind.
type Left struct {
	// Memory is what its mind knew, for agent.New; nil when there was none.
	Memory *agent.Journal
	// Inbox are messages that were acknowledged and whose handling never began, the oldest first: they go to the new mind before
	// anything new.
	Inbox []*message.Envelope
	// Outbox are the publications to be sent before all others, in this order, under their ids (MS-72).
	Outbox []Pending
	// Config is that of the earlier mind: whose memory it is.
	Config agent.Config
	// Steps is how many events were given to the mind again, Torn how many bytes at the end of the log were no whole record.
	Steps, Torn int
}

// Step is an event that the mind took.
type Step struct {
	At     time.Time
	Event  mind.Event
	Raw    []byte       // the wire form of a message that was delivered; nil when it is not at hand
	Counts agent.Counts // before the step
	Saves  bool
	// Effects are what the mind wished for.
	Effects []mind.Effect
}

// Journal is a folder in use. One goroutine calls its methods, but for Confirmed.
type Journal struct {
	dir    string
	o      Options
	lock   *os.File
	about  about
	log    *os.File
	size   int64 // of the log
	outbox outbox
	buf    []byte
	undone bool // steps were recorded since the last kindDone
	mark   mark
}

// about is the first frame of a snapshot.
type about struct {
	Generation uint64       // of the log that follows it
	Config     agent.Config // of the mind that took the events of that log
	BootID     string       // of the machine
	Published  uint64       // number of the last publication before
}

// mark is a place in the log that an image was taken at.
type mark struct {
	set       bool
	at        int64
	published uint64
}

// Open takes a folder, which is made when needed, and reads what is there. boot is the boot id of the machine now: when the machine was
// not restarted since, what the earlier process wrote without sync is there too. Close gives the folder back.
func Open(dir, boot string, o Options) (*Journal, Left, error) {
	if o.Compact <= 0 {
		o.Compact = 1 << 20
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, Left{}, fmt.Errorf("make the folder of the journal: %w", err)
	}
	lock, err := lockFolder(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, Left{}, fmt.Errorf("take the journal in %s: %w", dir, err)
	}
	j := &Journal{dir: dir, o: o, lock: lock}
	left, err := j.read(boot)
	if err != nil {
		return nil, Left{}, errors.Join(fmt.Errorf("read the journal in %s: %w", dir, err), lock.Close())
	}
	return j, left, nil
}

// Begin writes the first image of this process: from here on nothing of the earlier one is needed. c is the configuration of the mind.
func (j *Journal) Begin(c agent.Config, a *agent.Agent, boot string, left Left) error {
	j.about.Config, j.about.BootID = c, boot
	j.outbox = outbox{}
	for _, p := range left.Outbox {
		j.outbox.add(p)
	}
	return j.renew(a.Image(), left.Inbox, j.outbox.last, nil)
}

// Record makes steps durable: when it returns, their messages may be acknowledged, their effects done.
//
// early, when not nil, is called once the steps are written, before the sync: it may begin what is no harm if the machine dies and forgets
// that it was begun. The process alone does not forget it: to a later one all effects of these steps count as begun.
func (j *Journal) Record(steps []Step, early func()) error {
	j.buf = j.buf[:0]
	sync := false
	for k := range steps {
		s := &steps[k]
		if s.Event == (Mark{}) {
			j.mark = mark{set: true, at: j.size + int64(len(j.buf)), published: j.outbox.last}
			continue
		}
		for _, e := range s.Effects {
			if p, ok := e.(mind.Publish); ok && agent.Lasting(p.Msg.Body) {
				j.outbox.add(Pending(p))
			}
		}
		if agent.Volatile(s.Event, s.Saves) {
			continue
		}
		if err := j.append(s); err != nil {
			return err
		}
		sync = sync || s.Saves
	}
	if early == nil {
		return j.write(sync)
	}
	j.buf, j.undone = appendFrame(j.buf, kindDone, nil), false
	if err := j.write(false); err != nil {
		return err
	}
	early()
	return j.sync(sync)
}

// append adds the frame of a step to the buffer.
func (j *Journal) append(s *Step) error {
	b, from := openFrame(j.buf, kindStep)
	b = binary.AppendVarint(b, s.At.UnixNano())
	b = binary.AppendUvarint(b, s.Counts.IDs)
	b = binary.AppendUvarint(b, s.Counts.ToManager)
	b, err := agent.AppendEvent(b, s.Event, s.Raw)
	if err != nil {
		return err
	}
	closeFrame(b, from)
	j.buf, j.undone = b, true
	return nil
}

// write puts the buffer at the end of the log, behind what was confirmed meanwhile.
func (j *Journal) write(sync bool) error {
	if len(j.buf) == 0 {
		return nil
	}
	if through, news := j.outbox.confirmed(); news {
		j.buf = appendFrame(j.buf, kindConfirmed, binary.AppendUvarint(nil, through))
	}
	n, err := j.log.Write(j.buf)
	j.size += int64(n)
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return j.sync(sync)
}

func (j *Journal) sync(wanted bool) error {
	if !wanted || j.o.NoSync {
		return nil
	}
	if err := j.log.Sync(); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// Done notes that the effects of all steps so far are being done from now on. It does not wait for the disk: only a machine that was
// not restarted believes it.
func (j *Journal) Done() error {
	if !j.undone {
		return nil
	}
	j.undone = false
	j.buf = appendFrame(j.buf[:0], kindDone, nil)
	return j.write(false)
}

// Confirmed notes that the broker has a message. It may be called from any goroutine.
func (j *Journal) Confirmed(m *message.Envelope) { j.outbox.confirm(m) }

// Unconfirmed is how many publications the broker has not confirmed.
func (j *Journal) Unconfirmed() int { return j.outbox.len() }

// Heavy says whether the log is worth a new image: at idle from Options.Compact on, in any case from four times that.
func (j *Journal) Heavy(idle bool) bool {
	return !j.mark.set && (j.size > 4*j.o.Compact || idle && j.size > j.o.Compact)
}

// Mark is an event for the loop, not for the mind: an image is taken at the moment of its step, which Compact gets after the effects
// of everything before were done.
type Mark struct{}

// Compact replaces everything before a Mark that was recorded by the image that was taken at it.
func (j *Journal) Compact(image *agent.Journal) error {
	if !j.mark.set {
		return errors.New("compact the journal: no mark was recorded")
	}
	m := j.mark
	j.mark = mark{}
	since := make([]byte, j.size-m.at)
	if _, err := j.log.ReadAt(since, m.at); err != nil {
		return fmt.Errorf("compact the journal: %w", err)
	}
	return j.renew(image, nil, m.published, since)
}

// renew writes a snapshot with a new log, whose first frames are given; a crash in between leaves the old ones.
func (j *Journal) renew(image *agent.Journal, inbox []*message.Envelope, published uint64, since []byte) error {
	next := j.about
	next.Generation++
	next.Published = published
	data, err := j.snapshot(next, image, inbox)
	if err != nil {
		return err
	}
	log, err := j.create(next.Generation, since)
	if err != nil {
		return err
	}
	path := filepath.Join(j.dir, "snapshot")
	if err := j.replace(path, data); err != nil {
		return errors.Join(err, log.Close())
	}
	old := j.log
	j.log, j.about, j.size = log, next, int64(headLen+len(since))
	if old != nil {
		err = old.Close()
	}
	return errors.Join(err, j.sweep())
}

func (j *Journal) snapshot(about about, image *agent.Journal, inbox []*message.Envelope) ([]byte, error) {
	b := head(snapHead)
	front, err := json.Marshal(about)
	if err != nil {
		return nil, fmt.Errorf("write the image of an agent: %w", err)
	}
	b = appendFrame(b, kindAbout, front)
	memory, err := agent.EncodeJournal(image)
	if err != nil {
		return nil, err
	}
	b = appendFrame(b, kindImage, memory)
	for _, m := range inbox {
		form, err := agent.AppendEvent(nil, mind.Delivered{Msg: m}, nil)
		if err != nil {
			return nil, fmt.Errorf("write the inbox of an agent: %w", err)
		}
		b = appendFrame(b, kindInbox, form)
	}
	if b, err = j.outbox.append(b, about.Published); err != nil {
		return nil, fmt.Errorf("write the outbox of an agent: %w", err)
	}
	return appendFrame(b, kindEnd, nil), nil
}

func (j *Journal) logPath(generation uint64) string {
	return filepath.Join(j.dir, "log."+strconv.FormatUint(generation, 10))
}

func (j *Journal) create(generation uint64, since []byte) (*os.File, error) {
	log, err := os.OpenFile(j.logPath(generation), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("begin the log of the journal: %w", err)
	}
	if _, err = log.Write(append(head(logHead), since...)); err == nil && !j.o.NoSync {
		err = log.Sync()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin the log of the journal: %w", err), log.Close())
	}
	return log, nil
}

// replace gives a file another content, at once.
func (j *Journal) replace(path string, data []byte) error {
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the image of an agent: %w", err)
	}
	_, err = f.Write(data)
	if err == nil && !j.o.NoSync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(next, path)
	}
	if err == nil && !j.o.NoSync {
		err = syncFolder(j.dir)
	}
	if err != nil {
		return fmt.Errorf("write the image of an agent: %w", err)
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sweep removes the logs that no snapshot needs.
func (j *Journal) sweep() error {
	entries, err := os.ReadDir(j.dir)
	if err != nil {
		return fmt.Errorf("tidy the journal: %w", err)
	}
	keep := filepath.Base(j.logPath(j.about.Generation))
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, "log.") && name != keep {
			err = errors.Join(err, os.Remove(filepath.Join(j.dir, name)))
		}
	}
	return err
}

// Size is that of the log, in bytes.
func (j *Journal) Size() int64 { return j.size }

// Close gives the folder back. What was recorded stays.
func (j *Journal) Close() error {
	var errs []error
	if j.log != nil {
		if !j.o.NoSync {
			errs = append(errs, j.log.Sync())
		}
		errs = append(errs, j.log.Close())
		j.log = nil
	}
	return errors.Join(append(errs, j.lock.Close())...)
}

// Wipe closes the journal and forgets everything in it (LC-106).
func (j *Journal) Wipe() error {
	var errs []error
	for _, name := range []string{"snapshot", "snapshot.new", filepath.Base(j.logPath(j.about.Generation))} {
		if err := os.Remove(filepath.Join(j.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, j.Close())...)
}

// append writes a publication with its number.
func (p Pending) append(b []byte, number uint64) ([]byte, error) {
	to, err := json.Marshal(p.To)
	if err != nil {
		return b, err
	}
	payload := binary.AppendUvarint(nil, number)
	payload = binary.AppendUvarint(payload, uint64(len(to)))
	payload = append(payload, to...)
	payload, err = agent.AppendEvent(payload, mind.Delivered{Msg: p.Msg}, nil)
	return appendFrame(b, kindOutbox, payload), err
}

func readPending(payload []byte) (number uint64, p Pending, err error) {
	number, n := binary.Uvarint(payload)
	size, m := binary.Uvarint(payload[max(n, 0):])
	if n <= 0 || m <= 0 || size > uint64(len(payload)-n-m) {
		return 0, p, errTorn
	}
	rest := payload[n+m:]
	if err := json.Unmarshal(rest[:size], &p.To); err != nil {
		return 0, p, err
	}
	p.Msg, err = readMessage(slices.Clone(rest[size:]))
	return number, p, err
}

func readMessage(form []byte) (*message.Envelope, error) {
	ev, err := agent.DecodeEvent(form)
	if err != nil {
		return nil, err
	}
	d, ok := ev.(mind.Delivered)
	if !ok {
		return nil, fmt.Errorf("a message was expected, this is %T", ev)
	}
	return d.Msg, nil
}
