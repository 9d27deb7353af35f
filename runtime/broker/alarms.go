package broker

import (
	"container/heap"
	"time"
)

// alarms say when to look at a queue again. A queue may stand in it several times; only the soonest counts.
type alarms struct {
	list    alarmHeap
	changed chan struct{} // holds one: the soonest is sooner now
}

type alarm struct {
	at    int64
	queue *mailbox
}

type alarmHeap []alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h alarmHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is for package heap.
func (h *alarmHeap) Push(v any) { *h = append(*h, v.(alarm)) }

// Pop is for package heap.
func (h *alarmHeap) Pop() any {
	last := len(*h) - 1
	v := (*h)[last]
	(*h)[last] = alarm{}
	*h = (*h)[:last]
	return v
}

// setAlarm makes the clock look at a queue when its oldest message expires, or when the queue itself does.
func (b *Broker) setAlarm(q *mailbox) {
	if q.gone {
		return
	}
	at := q.ready.Deadline()
	if q.decl.expires >= 0 && len(q.ready.Consumers()) == 0 {
		if end := q.used + q.decl.expires; at == 0 || end < at {
			at = end
		}
	}
	if at == 0 || q.alarm != 0 && q.alarm <= at {
		return
	}
	q.alarm = at
	heap.Push(&b.alarms.list, alarm{at, q})
	if b.alarms.list[0].at == at {
		select {
		case b.alarms.changed <- struct{}{}:
		default:
		}
	}
}

// watchClock looks at queues when it is time to, for as long as the broker is open.
func (b *Broker) watchClock() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-b.closing:
			return
		case <-b.alarms.changed:
		case <-timer.C:
		}
		next := time.Hour
		b.do(func(now int64) {
			b.ringing(now)
		})
		b.mu.Lock()
		if list := b.alarms.list; len(list) > 0 {
			next = min(next, time.Duration(list[0].at-time.Now().UnixNano()))
		}
		b.mu.Unlock()
		timer.Reset(max(next, 0))
	}
}

func (b *Broker) ringing(now int64) {
	for len(b.alarms.list) > 0 && b.alarms.list[0].at <= now {
		a := heap.Pop(&b.alarms.list).(alarm)
		q := a.queue
		if q.gone || q.alarm != a.at {
			continue
		}
		q.alarm = 0
		if q.decl.expires >= 0 && len(q.ready.Consumers()) == 0 && q.used+q.decl.expires <= now {
			b.deleteQueue(q)
			continue
		}
		b.touch(q)
	}
}
