package bus

import (
	"slices"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
)

// counter notes the calls that reach a bus.
type counter struct {
	Bus
	calls []string
}

func (c *counter) Bind(to message.Target)   { c.calls = append(c.calls, "+"+to.Prefix) }
func (c *counter) Unbind(to message.Target) { c.calls = append(c.calls, "-"+to.Prefix) }

// MS-11: what a mind binds again after a reconnection ends with one Unbind all the same.
func TestEarsCountOnce(t *testing.T) {
	c, ears := &counter{}, Ears{}
	a, b := message.Importers("app", "A", false), message.Importers("app", "B", false)
	ears.Unbind(c, a)
	ears.Bind(c, a)
	ears.Bind(c, a)
	ears.Bind(c, b)
	ears.Unbind(c, a)
	ears.Unbind(c, a)
	ears.Bind(c, a)
	if want := []string{"+A", "+B", "-A", "+A"}; !slices.Equal(c.calls, want) {
		t.Errorf("%q reach the bus, want %q", c.calls, want)
	}
}
