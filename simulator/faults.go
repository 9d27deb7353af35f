package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/trace"
)

// Break makes a fault happen, now. An error says why it cannot: there is no such machine, or it is not in the state for it.
func (w *World) Break(f fault.Fault) error {
	w.note(trace.Entry{Kind: trace.Fault, Text: f.Fault()})
	w.active = w.now
	switch f := f.(type) {
	case fault.Stop:
		return w.onProcess(f, f.Machine, func(c *client) { w.step(c, agent.Stopping{Reason: message.Shutdown}) })
	case fault.Kill:
		return w.onProcess(f, f.Machine, w.kill)
	case fault.Crash:
		return w.onMachine(f, f.Machine, func(c *client) { w.withInner(c, w.crash) })
	case fault.Destroy:
		return w.onMachine(f, f.Machine, func(c *client) { w.withInner(c, w.raze) })
	case fault.Recover:
		return w.recover(f)
	case fault.Fail:
		return w.onInstance(f, f.Path, func(i *instance) { i.recipes[f.Op].fail += int32(f.Times) })
	case fault.Slow:
		return w.onInstance(f, f.Path, func(i *instance) { i.slow = f.Factor })
	}
	return w.breakLink(f)
}

// breakLink does the faults of links.
func (w *World) breakLink(f fault.Fault) error {
	switch f := f.(type) {
	case fault.Drop:
		return w.onMachine(f, f.Machine, func(c *client) { c.link.drop = f.Rate })
	case fault.Delay:
		return w.onMachine(f, f.Machine, func(c *client) { c.link.delay = max(f.By, 0).Round(grain) })
	case fault.Duplicate:
		return w.onMachine(f, f.Machine, func(c *client) { c.link.dup = f.Rate })
	case fault.Partition:
		if f.Machine == "" {
			w.away = true
			w.everywhere(w.partition)
			return nil
		}
		return w.onMachine(f, f.Machine, func(c *client) {
			c.link.cut = true
			w.partition(c)
		})
	case fault.Heal:
		if f.Machine == "" {
			w.away = false
			w.everywhere(w.mend)
			return nil
		}
		return w.onMachine(f, f.Machine, w.mend)
	}
	return fmt.Errorf("break %T: unknown fault", f)
}

// mend takes every fault of a link away.
func (w *World) mend(c *client) {
	c.link.cut, c.link.drop, c.link.dup, c.link.delay = false, 0, 0, 0
	w.heal(c)
}

func (w *World) crash(c *client) {
	w.kill(c)
	c.box.power = off
	c.box.life++
}

// withInner does something to a machine with those that stand on it, the innermost first.
func (w *World) withInner(c *client, do func(*client)) {
	for _, other := range slices.Backward(w.clients[1:]) {
		if b := other.box; strings.HasPrefix(other.path, c.path+"/") && b.power != gone && b.power != asked {
			do(other)
		}
	}
	do(c)
}

func (w *World) everywhere(do func(*client)) {
	for _, c := range w.clients {
		do(c)
	}
}

func (w *World) onMachine(f fault.Fault, path string, do func(*client)) error {
	c := w.agents[path]
	if c == nil || c.box.power == gone || c.box.power == asked {
		return fmt.Errorf("%s: there is no machine at %s now", f.Fault(), path)
	}
	do(c)
	return nil
}

func (w *World) onInstance(f fault.Fault, path string, do func(*instance)) error {
	i := w.known(path)
	if i == nil {
		return fmt.Errorf("%s: there is no instance %s", f.Fault(), path)
	}
	do(i)
	return nil
}

func (w *World) onProcess(f fault.Fault, path string, do func(*client)) error {
	c := w.agents[path]
	if c == nil || c.mind == nil {
		return fmt.Errorf("%s: no agent runs at %s now", f.Fault(), path)
	}
	do(c)
	return nil
}

// recover starts what was stopped, killed or crashed.
func (w *World) recover(f fault.Recover) error {
	c := w.agents[f.Machine]
	switch {
	case c == nil || c.box.power == gone || c.box.power == asked:
		return fmt.Errorf("%s: there is no machine at %s now", f.Fault(), f.Machine)
	case c.mind != nil || c.box.power == booting:
		return fmt.Errorf("%s: the agent of %s runs already", f.Fault(), f.Machine)
	case c.box.power == off:
		c.box.boots++
		w.switchOn(c)
	default:
		c.box.life++
		w.at(c, onBoot, c.link.luck.between(grain*100, grain*300), c.box.life<<1)
	}
	return nil
}
