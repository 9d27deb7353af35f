package broker

import (
	"math"
	"strconv"
	"time"

	"github.com/roboconf/workbench/runtime/broker/queue"
	"github.com/roboconf/workbench/runtime/broker/wire"
)

// message is one that was published. It is not changed once it is in a queue; several queues share it.
type message struct {
	exchange, key string
	props         []byte // in the form of the wire
	body          []byte
	persistent    bool
	ttl           int64 // nanoseconds; negative for none

	refs int // places in queues

	// On disk: where it is written, the places that are written with it, its neighbours in the segment.
	segment    uint64
	recorded   int
	places     []place
	prev, next *message
}

// place is where a message stands.
type place struct {
	queue *mailbox
	entry *entry
}

type entry = queue.Entry[*message]

// overhead is what a message costs beside its bytes.
const overhead = 256

func (m *message) cost() int64 {
	return int64(len(m.body)+len(m.props)+len(m.key)) + overhead
}

// newMessage reads what a broker wants to know of the properties.
func newMessage(exchange, key string, props, body []byte) (*message, error) {
	digest, err := wire.Scan(props)
	if err != nil {
		return nil, err
	}
	m := &message{exchange: exchange, key: key, props: props, body: body, persistent: digest.Persistent, ttl: -1}
	if digest.HasExpiration {
		ms, err := strconv.ParseUint(string(digest.Expiration), 10, 32)
		if err != nil {
			return nil, wire.Errorf(wire.PreconditionFailed, "invalid expiration '%s': it is a number of milliseconds, below 2^32", digest.Expiration)
		}
		m.ttl = int64(ms) * int64(time.Millisecond)
	}
	return m, nil
}

// headers are those of the message, decoded; a message that was taken has none that cannot be read.
func (m *message) headers() wire.Table {
	p, err := wire.DecodeProperties(m.props)
	if err != nil {
		return nil
	}
	return p.Headers
}

// deadline is when a message expires that comes now; 0 for never.
func (m *message) deadline(now int64) int64 {
	if m.ttl < 0 || now > math.MaxInt64-m.ttl {
		return 0
	}
	return now + m.ttl
}
