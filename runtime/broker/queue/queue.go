// Package queue decides what happens to the messages of one queue: order, limits, expiry, who gets the next one.
//
// It knows no connection, no disk, no clock: the time is handed in, in nanoseconds since 1970. Whoever owns a queue calls one
// method at a time.
package queue

// Settings are what a queue was declared with. A limit that is negative is not there.
type Settings struct {
	TTL          int64 // nanoseconds until a message expires
	MaxLength    int64 // messages that wait
	MaxBytes     int64 // of their bodies
	MaxReturns   int   // how often a message may come back before it is given up (x-delivery-limit)
	Reject       bool  // what comes over a limit is refused; otherwise the oldest go
	SingleActive bool  // one consumer at a time gets messages, the oldest
}

// Unlimited are the settings of a queue without arguments.
func Unlimited() Settings {
	return Settings{TTL: -1, MaxLength: -1, MaxBytes: -1, MaxReturns: -1}
}

// Entry is a message in a queue.
type Entry[M any] struct {
	Msg     M
	Pos     uint64 // its place: smaller is older
	Size    int64  // of its body, in bytes
	Expires int64  // 0 for never
	Returns int    // how often it came back
	// Delivered says that a consumer has had it.
	Delivered bool
}

// Consumer is who takes messages of a queue.
type Consumer interface {
	comparable
	// CanTake says whether it can have another message now.
	CanTake() bool
	// Priority: a consumer with a higher one is asked first.
	Priority() int
}

// Queue holds messages in order. Those that are out to a consumer are not in it; they come back with Requeue, or are gone.
type Queue[M any, C Consumer] struct {
	Settings Settings

	ready     ring[M]
	bytes     int64
	next      uint64
	consumers []C
}

// New makes an empty queue.
func New[M any, C Consumer](s Settings) *Queue[M, C] { return &Queue[M, C]{Settings: s, next: 1} }

// Len is the number of messages that wait, Bytes what their bodies take.
func (q *Queue[M, C]) Len() int { return q.ready.len() }

// Bytes is the size of the bodies that wait.
func (q *Queue[M, C]) Bytes() int64 { return q.bytes }

// Full says that a queue which refuses takes no message at the moment. As in RabbitMQ, what is there counts, not what comes.
func (q *Queue[M, C]) Full() bool {
	s := q.Settings
	return s.Reject && (s.MaxLength >= 0 && int64(q.Len()) >= s.MaxLength || s.MaxBytes >= 0 && q.bytes >= s.MaxBytes)
}

// Push adds a message at the end; expires is its own deadline, 0 when it has none. The queue's own TTL may be sooner.
func (q *Queue[M, C]) Push(now int64, msg M, size, expires int64) *Entry[M] {
	e := &Entry[M]{Msg: msg, Pos: q.next, Size: size, Expires: expires}
	q.next++
	if ttl := q.Settings.TTL; ttl >= 0 && (expires == 0 || now+ttl < expires) {
		e.Expires = now + ttl
	}
	q.ready.pushBack(e)
	q.bytes += size
	return e
}

// Restore puts a message back where it was before the queue was read from disk.
func (q *Queue[M, C]) Restore(e *Entry[M]) {
	q.next = max(q.next, e.Pos+1)
	q.insert(e)
}

// Reserve makes later messages have a place after pos.
func (q *Queue[M, C]) Reserve(pos uint64) { q.next = max(q.next, pos+1) }

func (q *Queue[M, C]) insert(e *Entry[M]) {
	q.ready.insert(e)
	q.bytes += e.Size
}

// Requeue puts a message back in its place, and counts that it came back. ok is false when that was once too often: it is not in
// the queue then.
func (q *Queue[M, C]) Requeue(e *Entry[M]) (ok bool) {
	e.Delivered = true
	e.Returns++
	if limit := q.Settings.MaxReturns; limit >= 0 && e.Returns > limit {
		return false
	}
	q.insert(e)
	return true
}

// Overflow takes out the oldest message while there are more than the limits allow; nil when there are not.
func (q *Queue[M, C]) Overflow() *Entry[M] {
	s := q.Settings
	over := s.MaxLength >= 0 && int64(q.Len()) > s.MaxLength || s.MaxBytes >= 0 && q.bytes > s.MaxBytes
	if s.Reject || !over {
		return nil
	}
	return q.Pop()
}

// Pop takes the oldest message out; nil when there is none.
func (q *Queue[M, C]) Pop() *Entry[M] {
	e := q.ready.popFront()
	if e != nil {
		q.bytes -= e.Size
	}
	return e
}

// Expired takes the oldest message out when its time is over; nil when it is not. Messages expire at the head only.
func (q *Queue[M, C]) Expired(now int64) *Entry[M] {
	if at := q.Deadline(); at == 0 || at > now {
		return nil
	}
	return q.Pop()
}

// Deadline is when the oldest message expires; 0 for never.
func (q *Queue[M, C]) Deadline() int64 {
	if e := q.ready.front(); e != nil {
		return e.Expires
	}
	return 0
}

// Each calls do with the messages that wait, oldest first.
func (q *Queue[M, C]) Each(do func(*Entry[M])) {
	for i := range q.ready.len() {
		do(q.ready.at(i))
	}
}
