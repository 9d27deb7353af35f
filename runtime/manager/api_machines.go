package manager

// Machine is what a target must know of a machine that is wanted, or that was made. Target, Handler, Properties are frozen when it is
// asked for: they serve until it is gone, whatever becomes of the target meanwhile (MG-47, TG-116). Properties are the effective
// ones (TG-20); references such as ${secret:name} are still in them. Nobody may change the map.
type Machine struct {
	App, Path  string
	Component  string
	Gen        int    // generation: +1 for each machine of that instance (manager.md 4.4)
	Target     string // id; "" when Config.Pretend found none
	Handler    string // in lower case
	Properties map[string]string
	MachineID  string // "" as long as nobody knows it
}

// CreateMachine is an effect: ask a target for a machine, say MachineCreated as soon as its id is known, then configure it and say
// MachineConfigured. It is asked again after a restart of the manager, with the id if it was known: the same key, so the same
// machine, goes on where it was (TG-111, TG-120).
type CreateMachine struct{ Machine }

// MachineCreated is an event. Error is "" when it worked. Of an earlier generation it is not believed: that machine is ended.
type MachineCreated struct {
	App, Path string
	Gen       int
	MachineID string
	Error     string
}

// MachineConfigured is an event: configuration ended. Error is "" when it worked.
type MachineConfigured struct {
	App, Path string
	Gen       int
	Error     string
}

// TerminateMachine is an effect: end a machine, delete the queue of its agent, then say MachineTerminated. It may be asked again. Without a
// MachineID the machine is found by its key. Stray machines are those that nobody waits for any more: their path may have another
// machine, so the queue of the agent stays.
type TerminateMachine struct {
	Machine
	Stray bool
}

// MachineTerminated is an event. Error is "" when it worked, and when there is no such machine any more.
type MachineTerminated struct {
	App, Path string
	Gen       int
	Error     string
}

// QueryMachine is an effect: is this machine running? MachineSeen follows (LC-96, LC-112).
type QueryMachine struct{ Machine }

// Running is a target's answer about a machine.
type Running uint8

// The answers. A failure to ask, or an unknown handler, is CannotTell (TG-112).
const (
	CannotTell Running = iota
	IsRunning
	NotRunning
)

// MachineSeen is an event.
type MachineSeen struct {
	App, Path string
	Gen       int
	Running   Running
}
