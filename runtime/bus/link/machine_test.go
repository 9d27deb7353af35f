package link

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
)

var (
	errGone = errors.New("the line is gone")
	errUser = &Hopeless{errors.New("the user is refused")}
)

// moment is one row of a table: what happens when, what must be wished, where the machine is then.
type moment struct {
	at   time.Duration
	what fact
	err  error
	want []deed
	then bus.Status
}

func TestSupervisorMS76(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	a, b := deed{do: dial, address: "a"}, deed{do: dial, address: "b"}
	pause := func(d time.Duration) deed { return deed{do: wait, after: d} }
	conf, run, end := deed{do: configure}, deed{do: serve}, deed{do: hangUp}
	lost := func(err error) deed { return deed{do: tellLost, err: err} }
	failed := func(err error) deed { return deed{do: tellFailed, err: err} }
	for name, c := range map[string]struct {
		addresses []string
		story     []moment
	}{
		"the broker comes late, the pauses grow to 30 s": {[]string{"a"}, []moment{
			{0, begun, nil, []deed{a}, bus.Connecting},
			{0, broke, errGone, []deed{pause(500 * ms)}, bus.Backoff},
			{1 * s, due, nil, []deed{a}, bus.Connecting},
			{1 * s, broke, errGone, []deed{pause(1 * s)}, bus.Backoff},
			{2 * s, due, nil, []deed{a}, bus.Connecting},
			{2 * s, broke, errGone, []deed{pause(2 * s)}, bus.Backoff},
			{4 * s, due, nil, []deed{a}, bus.Connecting},
			{4 * s, broke, errGone, []deed{pause(4 * s)}, bus.Backoff},
			{8 * s, due, nil, []deed{a}, bus.Connecting},
			{8 * s, broke, errGone, []deed{pause(8 * s)}, bus.Backoff},
			{16 * s, due, nil, []deed{a}, bus.Connecting},
			{16 * s, broke, errGone, []deed{pause(16 * s)}, bus.Backoff},
			{32 * s, due, nil, []deed{a}, bus.Connecting},
			{32 * s, broke, errGone, []deed{pause(30 * s)}, bus.Backoff},
			{62 * s, due, nil, []deed{a}, bus.Connecting},
			{62 * s, opened, nil, []deed{conf}, bus.Configuring},
			{62 * s, configured, nil, []deed{run}, bus.Ready},
		}},
		"every address is tried before a pause": {[]string{"a", "b"}, []moment{
			{0, begun, nil, []deed{a}, bus.Connecting},
			{0, broke, errGone, []deed{b}, bus.Connecting},
			{0, broke, errGone, []deed{pause(500 * ms)}, bus.Backoff},
		}},
		"after 60 s of ready the pauses begin anew, before they do not": {[]string{"a"}, []moment{
			{0, begun, nil, []deed{a}, bus.Connecting},
			{0, broke, errGone, []deed{pause(500 * ms)}, bus.Backoff},
			{0, due, nil, []deed{a}, bus.Connecting},
			{0, opened, nil, []deed{conf}, bus.Configuring},
			{0, configured, nil, []deed{run}, bus.Ready},
			{59 * s, broke, errGone, []deed{end, lost(errGone), pause(1 * s)}, bus.Backoff},
			{60 * s, due, nil, []deed{a}, bus.Connecting},
			{60 * s, opened, nil, []deed{conf}, bus.Configuring},
			{60 * s, configured, nil, []deed{run}, bus.Ready},
			{120 * s, broke, errGone, []deed{end, lost(errGone), pause(500 * ms)}, bus.Backoff},
		}},
		"what is hopeless is told at once, tried every 60 s": {[]string{"a", "b"}, []moment{
			{0, begun, nil, []deed{a}, bus.Connecting},
			{0, broke, errUser, []deed{failed(errUser), pause(60 * s)}, bus.Failing},
			{60 * s, due, nil, []deed{a}, bus.Connecting},
			{60 * s, opened, nil, []deed{conf}, bus.Configuring},
			{60 * s, broke, errUser, []deed{end, failed(errUser), pause(60 * s)}, bus.Failing},
			{120 * s, due, nil, []deed{a}, bus.Connecting},
			{120 * s, opened, nil, []deed{conf}, bus.Configuring},
			{120 * s, configured, nil, []deed{run}, bus.Ready},
			{121 * s, broke, errUser, []deed{end, lost(errUser), failed(errUser), pause(60 * s)}, bus.Failing},
		}},
		"a passive client says so, then takes over": {[]string{"a"}, []moment{
			{0, begun, nil, []deed{a}, bus.Connecting},
			{0, opened, nil, []deed{conf}, bus.Configuring},
			{5 * s, passive, bus.ErrConflict, []deed{failed(bus.ErrConflict)}, bus.Failing},
			{9 * s, configured, nil, []deed{run}, bus.Ready},
			{9 * s, ended, nil, []deed{end}, bus.Closed},
			{9 * s, due, nil, nil, bus.Closed},
		}},
		"a line lost while it is passive is hung up": {[]string{"a"}, []moment{
			{0, begun, nil, []deed{a}, bus.Connecting},
			{0, opened, nil, []deed{conf}, bus.Configuring},
			{5 * s, passive, bus.ErrConflict, []deed{failed(bus.ErrConflict)}, bus.Failing},
			{9 * s, broke, errGone, []deed{end, pause(500 * ms)}, bus.Backoff},
			{9 * s, ended, nil, nil, bus.Closed},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			m := supervisor(c.addresses, func() float64 { return 0.5 })
			for i, now := range c.story {
				got := m.step(time.Unix(0, 0).Add(now.at), now.what, now.err)
				if !slices.Equal(got, now.want) || m.status != now.then {
					t.Fatalf("moment %d: wished %v, is %v; want %v, %v", i, got, m.status, now.want, now.then)
				}
			}
		})
	}
}

func supervisor(addresses []string, chance func() float64) machine {
	return machine{pace: Config{}.withDefaults().Pace, addresses: addresses, chance: func() float64 { return min(chance(), 0.999999) }}
}

func TestPausesMoveByAFifthMS76(t *testing.T) {
	for chance, want := range map[float64]time.Duration{0: 400 * time.Millisecond, 0.5: 500 * time.Millisecond, 0.75: 550 * time.Millisecond} {
		m := supervisor([]string{"a"}, func() float64 { return chance })
		m.step(time.Time{}, begun, nil)
		if got := m.step(time.Time{}, broke, errGone)[0].after; got != want {
			t.Errorf("with chance %v the first pause is %v, want %v", chance, got, want)
		}
	}
}

func TestAddressesAreTriedInRandomOrderMS76(t *testing.T) {
	first := map[string]bool{}
	for _, chance := range []float64{0, 0.4, 0.9} {
		m := supervisor([]string{"a", "b", "c"}, func() float64 { return chance })
		first[m.step(time.Time{}, begun, nil)[0].address] = true
	}
	if len(first) < 2 {
		t.Errorf("whatever chance says, %v comes first", first)
	}
}
