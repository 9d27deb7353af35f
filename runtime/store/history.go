package store

import "time"

// Record is one line of the history: an operation, or a change.
type Record struct {
	At            time.Time
	Kind          string // "operation", "change", "result", "probe", "machine"...: of the writer's choice
	App, Instance string // "" when it is about something else
	Operation     string // id of the Do at the origin, if any
	From, To      string // of a change of state
	Text          string // in words; no secret
	Seq           uint64 // given by the store: newer ones have a higher one
}

// Query chooses records. The zero value chooses the newest ones.
type Query struct {
	App, Instance   string    // Instance with all below it; "" for all
	Operation, Kind string    // "" for all
	From, To        time.Time // From <= At < To; zero for no limit
	Before          uint64    // only records with a lower Seq; 0 for no limit
	Limit           int       // at most that many; 100 when zero
}
