package queue

import "slices"

// Join adds a consumer. Among those of one priority, the one that waited longest is asked first.
func (q *Queue[M, C]) Join(c C) {
	at := len(q.consumers)
	for at > 0 && !q.Settings.SingleActive && q.consumers[at-1].Priority() < c.Priority() {
		at--
	}
	q.consumers = slices.Insert(q.consumers, at, c)
}

// Leave removes a consumer; one that is not there is left alone.
func (q *Queue[M, C]) Leave(c C) {
	q.consumers = slices.DeleteFunc(q.consumers, func(other C) bool { return other == c })
}

// Consumers are those that joined. It is the queue's own list: not to be kept, not to be changed.
func (q *Queue[M, C]) Consumers() []C { return q.consumers }

// Next takes the oldest message out for the consumer whose turn it is; ok is false when there is no message, or nobody can take one.
func (q *Queue[M, C]) Next() (e *Entry[M], c C, ok bool) {
	if q.Len() == 0 {
		return nil, c, false
	}
	for i, c := range q.consumers {
		if q.Settings.SingleActive && i > 0 {
			break
		}
		if c.CanTake() {
			q.rotate(i)
			return q.Pop(), c, true
		}
	}
	return nil, c, false
}

// rotate puts a consumer behind the others of its priority.
func (q *Queue[M, C]) rotate(i int) {
	if q.Settings.SingleActive {
		return
	}
	c := q.consumers[i]
	for ; i+1 < len(q.consumers) && q.consumers[i+1].Priority() == c.Priority(); i++ {
		q.consumers[i] = q.consumers[i+1]
	}
	q.consumers[i] = c
}
