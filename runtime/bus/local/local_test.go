package local

import (
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

// quick is the pace of tests: a broker that comes back is found soon.
var quick = link.Pace{First: 5 * time.Millisecond, Longest: 20 * time.Millisecond, Failing: 50 * time.Millisecond}

func fixture(b *Broker) bustest.Fixture {
	return bustest.Fixture{
		Open: func(t *testing.T, id bus.Identity, l bus.Listener, o bustest.Options) bus.Bus {
			t.Helper()
			c, err := b.Open(Config{Outbox: o.Outbox, Retry: o.Retry, Conflict: o.Conflict, Pace: quick}, id, l)
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Cut:     func(_ *testing.T, id bus.Identity) { b.CutOff(id) },
		Away:    func(*testing.T) func() { b.SetAway(true); return func() { b.SetAway(false) } },
		Restart: func(*testing.T) { b.Restart() },
		Publish: func(t *testing.T, domain string, to message.Target, body []byte) {
			t.Helper()
			if !b.Inject(domain, to, body) {
				t.Errorf("nobody takes a message to %v", to)
			}
		},
		Dead: func(_ *testing.T, domain string) (reasons []string) {
			for _, l := range b.Dead(domain) {
				reasons = append(reasons, l.Reason)
			}
			return reasons
		},
	}
}

func TestContractMS80(t *testing.T) { bustest.Run(t, fixture(New())) }
