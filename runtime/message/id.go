package message

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// IDs numbers the messages of one process: minds draw no chance, so that an id comes from the epoch of the process, which
// its shell drew, and from a counter. The zero value is not ready: use NewIDs. It is a value: a copy numbers on its own.
type IDs struct {
	head string // everything but the counter, in the form of a UUID of version 8
	last uint64 // the number behind the last id made
	made string // ids made and not yet given: a few are made at once, in one piece of memory
}

const (
	idLen   = 36
	idBatch = 8
)

// NewIDs starts with a count of messages already numbered in that epoch; 0 for a new process.
func NewIDs(epoch string, last uint64) IDs {
	sum := sha256.Sum256([]byte(epoch))
	sum[6] = 0x80 | sum[6]&0x0f
	sum[8] = 0x80 | sum[8]&0x3f
	h := hex.EncodeToString(sum[:10])
	return IDs{head: fmt.Sprintf("%s-%s-%s-%s-", h[:8], h[8:12], h[12:16], h[16:20]), last: last}
}

// Next gives the next id. There are 2⁴⁸ of them.
func (i *IDs) Next() string {
	if i.made == "" {
		i.make()
	}
	id := i.made[:idLen]
	i.made = i.made[idLen:]
	return id
}

// Given is how many ids were given, those before NewIDs included.
func (i *IDs) Given() uint64 { return i.last - uint64(len(i.made)/idLen) }

func (i *IDs) make() {
	var b [idBatch * idLen]byte
	for id := b[:]; len(id) > 0; id = id[idLen:] {
		i.last++
		copy(id, i.head)
		n := i.last
		for at := idLen - 1; at >= len(i.head); at-- {
			id[at] = "0123456789abcdef"[n&15]
			n >>= 4
		}
	}
	i.made = string(b[:])
}

// isID says whether s has the form of a UUID.
func isID(s string) bool {
	if len(s) != idLen {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		digit := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if hyphen != (c == '-') || !hyphen && !digit {
			return false
		}
	}
	return true
}
