package simulator

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/manager"
)

// fleet is an application of many machines with nine instances each: the first hundred have a database, the servers of the
// others wait for the one of their group.
func fleet(t testing.TB, machines int) *model.Application {
	t.Helper()
	const groups = 100 // a component for each group of machines keeps the fan-out as it is in life
	var graph, instances strings.Builder
	fmt.Fprintf(&graph, "facet base {\n}\nVM {\n\tinstaller: target;\n\tchildren: base;\n}\n")
	for g := range groups {
		fmt.Fprintf(&graph, "Db%d {\n\tinstaller: script;\n\tfacets: base;\n\texports: ip, port = 3306;\n}\n", g)
		fmt.Fprintf(&graph, "App%d {\n\tinstaller: script;\n\tfacets: base;\n\tchildren: Mod%d;\n\texports: ip, port = 8080;\n\timports: Db%d.ip, Db%d.port;\n}\n", g, g, g, g)
		fmt.Fprintf(&graph, "Mod%d {\n\tinstaller: script;\n}\nLog%d {\n\tinstaller: script;\n\tfacets: base;\n}\n", g, g)
	}
	for m := range machines {
		g := m % groups
		fmt.Fprintf(&instances, "instance of VM {\n\tname: m%d;\n", m)
		if m < groups {
			fmt.Fprintf(&instances, "\tinstance of Db%d {\n\t\tname: db;\n\t}\n", g)
		} else {
			fmt.Fprintf(&instances, "\tinstance of Log%d {\n\t\tname: log;\n\t}\n", g)
		}
		for a := range 4 {
			fmt.Fprintf(&instances, "\tinstance of App%d {\n\t\tname: app%d;\n\t\tinstance of Mod%d {\n\t\t\tname: mod;\n\t\t}\n\t}\n", g, a, g)
		}
		instances.WriteString("}\n")
	}
	return loadFS(t, fstest.MapFS{
		"descriptor/application.properties": {Data: []byte(
			"application-name = fleet\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n")},
		"graph/main.graph":         {Data: []byte(graph.String())},
		"instances/main.instances": {Data: []byte(instances.String())},
	})
}

// BenchmarkFleet measures machines with nine instances each, from nothing to everything started (engineering.md 4).
func BenchmarkFleet(b *testing.B) {
	for _, machines := range []int{1_000, 10_000} {
		app := fleet(b, machines)
		b.Run(fmt.Sprintf("%dx10", machines), func(b *testing.B) {
			b.ReportAllocs()
			events, seconds, heap := 0, 0.0, uint64(0)
			for b.Loop() {
				w := New(app, Options{Seed: 1})
				w.Do(manager.DeployAndStart{})
				if !w.Settle(longest) {
					b.Fatal("it does not settle")
				}
				if bad := w.unmet(); len(bad) > 0 {
					b.Fatalf("%d are not started, such as %s", len(bad), bad[0].Path)
				}
				events += w.Events()
				seconds = w.Now().Seconds()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				heap = m.HeapAlloc
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(events)/float64(b.N), "events")
			b.ReportMetric(seconds, "virtual-s")
			b.ReportMetric(float64(heap)/(1<<20), "MiB")
		})
	}
}

// BenchmarkLampStory measures whole stories with faults a second (engineering.md 4).
func BenchmarkLampStory(b *testing.B) {
	app, story := sampleApp(b, "lamp"), rough(b)
	seed := uint64(0)
	for b.Loop() {
		seed++
		if r := Run(app, Options{Seed: seed, Scenario: story}); !r.OK() {
			b.Fatal(seed, r.Unmet, r.Broken, r.Failed)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stories/s")
}

// BenchmarkIdleDay measures a virtual day of 1,000 agents that only beat, once a minute (engineering.md 4).
func BenchmarkIdleDay(b *testing.B) {
	app := fleet(b, 1_000)
	w := New(app, Options{Seed: 1, Heartbeat: time.Minute})
	w.Do(manager.DeployAndStart{})
	if !w.Settle(longest) {
		b.Fatal("it does not settle")
	}
	for b.Loop() {
		w.Run(w.Now() + longest)
	}
}
