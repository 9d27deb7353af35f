// Package managerd runs a manager as a part of a process: its mind, its memory on disk, its bus, its targets.
//
// One goroutine owns the mind. What the mind wishes is journalled first, then done: messages by the bus, machines by a bounded number of
// workers, files from the templates, notices to those who listen.
package managerd

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/managerd/template"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/target"
)

// Config says what a manager is made of.
type Config struct {
	// Dir holds everything that the manager keeps: templates, the store, readable exports (manager.md 5). One manager at a time (MG-3).
	Dir    string
	Domain string     // "default" when empty
	Bus    bus.Opener // the manager's way to the broker
	// Switchable lets the broker be replaced while the manager runs, see Manager.Switch (MS-40).
	Switchable bool
	// Broker is what agents are told about the broker, in their user data (MS-43).
	Broker bus.Settings
	// Accounts makes a user of the broker for each machine (messaging.md 15.6); nil: agents use the credentials of Broker.
	Accounts bus.Accounts
	Targets  *target.Registry
	// Agent are settings for every agent, by name (manager.md 10).
	Agent map[string]string
	// Secret finds what ${secret:name} stands for in the properties of targets; nil: there is no store of secrets.
	Secret func(name string) (string, error)

	CheckEvery time.Duration // of heartbeats; 60 s when zero (lifecycle.md 9)
	Tolerated  int           // missed heartbeats; 2 when zero
	Adopt      bool          // see manager.Config
	Workers    int           // machines that are made at a time, and that are ended at a time; 8 of each when zero

	// Output hears what recipes print, Noticed every effect for people, as the mind wishes it, uncoalesced. Both are called from the loop: they
	// must return at once. nil for nobody.
	Output  func(manager.Output)
	Noticed func(any)
	Log     *slog.Logger // nil for silence
	// Limits of targets; target.DefaultLimits when zero.
	Limits target.Limits
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Manager is a manager that runs. Its methods may be called from any goroutine.
type Manager struct {
	cfg   Config
	log   *slog.Logger
	shelf *template.Shelf
	store *journal
	loop  *drive.Loop
	bus   bus.Bus
	other *bus.Switch // the same as bus, where the configuration allows for another broker; else nil
	ears  bus.Ears    // of the goroutine of the loop alone
	yard  *yard
	feed  *feed.Feed
	known []manager.TemplateID // to the mind, when it was restored

	stop   context.CancelFunc // ends everything below work
	work   sync.WaitGroup
	ended  chan struct{} // closed when the loop has ended
	why    error         // why it ended; read it after ended
	closed atomic.Bool

	mu      sync.Mutex
	ids     message.IDs // of operations
	answers map[string]chan []error
	acks    map[*message.Envelope]func()
	move    *move // to another broker; nil when none is under way
	views   map[string]App
	changed chan struct{} // closed when views change, then replaced

	written map[string]uint64 // versions of the readable copies; the loop's own
	exports chan copies
}
