package broker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/broker/journal"
	"github.com/roboconf/workbench/runtime/broker/record"
	"github.com/roboconf/workbench/runtime/broker/route"
)

// disk is what a broker keeps: its methods append to the journal in the order of decisions, under the broker's lock.
//
// Messages stay in memory, too. Each knows the segment where it stands; when old segments hold little that counts, what counts is
// written again at the end, and they are dropped. So the journal is at most twice what is alive, plus a few segments.
type disk struct {
	log      *journal.Log
	segSize  int64
	snapshot func() [][]byte
	live     map[uint64]*living    // by segment
	alive    int64                 // bytes of records of messages that count
	began    map[uint64]uint64     // the batch that makes the beginning of a segment safe
	waiting  map[uint64][]*channel // for confirms, by batch
	full     chan struct{}         // holds one: a segment began
	buf      []byte
}

// living are the messages that count in one segment, in a circle.
type living struct {
	root message
	n    int
}

func newLiving() *living {
	l := &living{}
	l.root.next, l.root.prev = &l.root, &l.root
	return l
}

func (d *disk) add(m *message, segment uint64, size int) {
	l := d.live[segment]
	if l == nil {
		l = newLiving()
		d.live[segment] = l
	}
	m.segment, m.recorded = segment, size
	m.prev, m.next = l.root.prev, &l.root
	m.prev.next, m.next.prev = m, m
	l.n++
	d.alive += int64(size)
}

func (d *disk) drop(m *message) {
	m.prev.next, m.next.prev = m.next, m.prev
	m.prev, m.next = nil, nil
	d.alive -= int64(m.recorded)
	l := d.live[m.segment]
	if l.n--; l.n == 0 {
		delete(d.live, m.segment)
	}
}

// append adds a record; the segment is ended when it is full.
func (d *disk) append(wait bool) journal.Place {
	at := d.log.Append(d.buf, wait)
	if d.log.Full() {
		d.log.Rotate(d.snapshot())
		segments := d.log.Segments()
		d.began[segments[len(segments)-1].Number] = d.log.Batch()
		select {
		case d.full <- struct{}{}:
		default:
		}
	}
	return at
}

// define keeps a change of lasting things; it gives the batch to wait for.
func (d *disk) define(rec any) uint64 {
	d.buf = record.Append(d.buf[:0], rec)
	return d.append(true).Batch
}

// message keeps a message in its places; it gives the batch to wait for.
func (d *disk) message(m *message, refs []record.Ref) uint64 {
	d.buf = record.Append(d.buf[:0], &record.Message{Exchange: m.exchange, Key: m.key, Properties: m.props, Body: m.body, Refs: refs})
	size := len(d.buf)
	at := d.append(true)
	d.add(m, at.Segment, size)
	if cap(d.buf) > 1<<20 {
		d.buf = nil
	}
	return at.Batch
}

func (d *disk) removed(q *mailbox, e *entry) {
	d.buf = record.AppendRemoved(d.buf[:0], record.Removed{Queue: q.number, Pos: e.Pos})
	d.append(false)
}

func (d *disk) delivered(q *mailbox, e *entry) {
	d.buf = record.AppendDelivered(d.buf[:0], record.Delivered{Queue: q.number, Pos: e.Pos})
	d.append(false)
}

func (d *disk) returned(q *mailbox, e *entry) {
	d.buf = record.Append(d.buf[:0], record.Returned{Queue: q.number, Pos: e.Pos, Returns: e.Returns})
	d.append(false)
}

// confirmLater makes a channel be told when a batch is safe.
func (d *disk) confirmLater(batch uint64, ch *channel) {
	if ch.awaits == batch {
		return
	}
	ch.awaits = batch
	d.waiting[batch] = append(d.waiting[batch], ch)
}

// synced is called by the journal: what waited for a batch is confirmed.
func (b *Broker) synced(batch uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for waited, channels := range b.disk.waiting {
		if waited > batch {
			continue
		}
		for _, ch := range channels {
			ch.sendConfirms()
		}
		delete(b.disk.waiting, waited)
	}
}

// diskTrouble is called by the journal: publishers wait as long as it cannot write.
func (b *Broker) diskTrouble(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = ""
	if err != nil {
		b.trouble = "the disk takes nothing: " + err.Error()
	}
	b.weigh()
}

// definitions are the records of all lasting things.
func (b *Broker) definitions() [][]byte {
	var out [][]byte
	add := func(rec any) { out = append(out, record.Append(nil, rec)) }
	for _, a := range sortedMap(b.users) {
		if a.kept {
			add(a.record())
		}
	}
	for _, x := range b.router.Exchanges() {
		if x.Settings.Durable && !predeclared(x.Name) {
			add(exchangeRecord(x))
		}
	}
	for _, q := range sortedMap(b.queues) {
		if q.kept {
			add(q.record())
		}
	}
	for _, x := range b.router.Exchanges() {
		for _, to := range x.Bindings() {
			if b.lasting(*to) {
				add(bindingRecord(*to, false))
			}
		}
	}
	return out
}

func sortedMap[V any](m map[string]V) []V {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	out := make([]V, 0, len(m))
	for _, name := range names {
		out = append(out, m[name])
	}
	return out
}

func exchangeRecord(x *route.Exchange) record.Exchange {
	s := x.Settings
	return record.Exchange{Name: x.Name, Kind: s.Kind, AutoDelete: s.AutoDelete, Internal: s.Internal, Alternate: s.Alternate}
}

func bindingRecord(to route.Binding, gone bool) record.Binding {
	return record.Binding{
		Gone: gone, Source: to.Source, Destination: to.Destination, Key: to.Key,
		ToExchange: to.ToExchange, Arguments: to.Arguments,
	}
}

// lasting says whether a binding is between durable things.
func (b *Broker) lasting(to route.Binding) bool {
	source := b.router.Exchange(to.Source)
	if source == nil || !source.Settings.Durable {
		return false
	}
	if to.ToExchange {
		x := b.router.Exchange(to.Destination)
		return x != nil && x.Settings.Durable
	}
	q := b.queues[to.Destination]
	return q != nil && q.kept
}

// tidyUp drops old segments, for as long as the broker is open.
func (b *Broker) tidyUp() {
	for {
		for b.tidyOldest() {
		}
		select {
		case <-b.closing:
			return
		case <-b.disk.full:
		}
	}
}

// tidyOldest drops the oldest segment when nothing in it counts, or when the journal is much larger than what counts: then the rest
// is written again. It gives false when there is nothing to do.
func (b *Broker) tidyOldest() bool {
	d := b.disk
	b.mu.Lock()
	segments := d.log.Segments()
	oldest := segments[0].Number
	if len(segments) == 1 {
		b.mu.Unlock()
		return false
	}
	total := int64(0)
	for _, s := range segments {
		total += s.Bytes
	}
	batch := d.began[segments[1].Number]
	alive := d.live[oldest]
	if alive != nil && total <= 2*d.alive+4*d.segSize {
		b.mu.Unlock()
		return false
	}
	for alive != nil && alive.n > 0 {
		batch = b.rewrite(alive, 256)
		b.mu.Unlock() // others have their turn
		b.mu.Lock()
	}
	b.mu.Unlock()
	if err := b.safe(batch); err != nil {
		return false
	}
	if err := d.log.Drop(oldest); err != nil {
		b.log.Error("an old part of the journal stays on disk", "err", err)
		return false
	}
	b.mu.Lock()
	delete(d.began, oldest)
	b.mu.Unlock()
	return true
}

// rewrite writes some messages of a segment again; it gives the batch to wait for.
func (b *Broker) rewrite(alive *living, most int) (batch uint64) {
	for range min(most, alive.n) {
		m := alive.root.next
		refs := make([]record.Ref, 0, len(m.places))
		for _, p := range m.places {
			refs = append(refs, ref(p.queue, p.entry))
		}
		b.disk.drop(m)
		batch = b.disk.message(m, refs)
	}
	return batch
}

func ref(q *mailbox, e *entry) record.Ref {
	return record.Ref{Queue: q.number, Pos: e.Pos, Expires: e.Expires, Returns: e.Returns, Delivered: e.Delivered}
}

// openDisk reads the journal, and begins to write it.
func (b *Broker) openDisk() error {
	d := &disk{
		live: map[uint64]*living{}, began: map[uint64]uint64{}, waiting: map[uint64][]*channel{},
		full: make(chan struct{}, 1), snapshot: b.definitions, segSize: segmentSize,
	}
	b.disk = d
	r := &restoring{b: b, places: map[uint64]map[uint64]*entry{}, byNumber: map[uint64]*mailbox{}}
	log, err := journal.Open(b.cfg.Dir, journal.Options{
		SegmentSize: segmentSize, Synced: b.synced, Trouble: b.diskTrouble, Log: b.log,
	}, func(segment uint64, raw []byte) error {
		rec, err := record.Decode(raw)
		if err != nil {
			return fmt.Errorf("%w; if an older broker reads what a newer one wrote, give it another folder", err)
		}
		r.apply(segment, rec, len(raw))
		return nil
	})
	if err != nil {
		b.disk = nil
		return err
	}
	d.log = log
	r.finish()
	return nil
}

// segmentSize is how large a file of the journal becomes, in bytes.
const segmentSize = 8 << 20
