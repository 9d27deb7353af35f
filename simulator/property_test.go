package simulator

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/property"
	"github.com/roboconf/workbench/simulator/scenario"
)

var (
	replay  = flag.Uint64("seed", 0, "tell the random story of this seed only, and show its trace")
	saved   = flag.String("story", "", "tell a story that was saved, and show its messages")
	stories = flag.Int("stories", 2000, "how many random stories each property test tells")
)

// seeds are the stories of a run. With -seed it is one.
func seeds(t *testing.T) []uint64 {
	if *replay != 0 {
		return []uint64{*replay}
	}
	n := *stories
	if testing.Short() {
		n /= 10
	}
	list := make([]uint64, max(n, 1))
	for i := range list {
		list[i] = uint64(i) + 1
	}
	return list
}

// trial is one random story, told with a seed.
type trial struct {
	seed           uint64
	sketch         *sketch
	app            *model.Application
	steps          []scenario.Step
	messages, wire bool
	judge          func(w *World) []property.Broken // the end of the story, with what must hold then
	begin          func(w *World)                   // prepares the world; nil for nothing
}

func newTrial(t *testing.T, seed uint64, chaos bool, judge func(w *World) []property.Broken) *trial {
	c := luck(seed, "story", "")
	s := draw(&c)
	r := load.Dir(fstest.MapFS{
		"descriptor/application.properties": {Data: []byte(
			"application-name = random\ngraph-entry-point = main.graph\ninstance-entry-point = main.instances\n")},
		"graph/main.graph":         {Data: []byte(s.graph)},
		"instances/main.instances": {Data: []byte(s.instances)},
	}, load.Options{}, nil)
	if !r.HasGraph || len(r.App.Instances) == 0 {
		t.Fatalf("seed %d: no application: %v\n%s%s", seed, r.Problems, s.graph, s.instances)
	}
	return &trial{seed: seed, sketch: s, app: r.App, steps: plot(&c, s, chaos), judge: judge}
}

// tell tells steps in a new world; it returns what is broken at its end.
func (tr *trial) tell(steps []scenario.Step) (w *World, broken []property.Broken) {
	w = New(tr.app, Options{Seed: tr.seed, Strict: tr.seed%2 == 0, Messages: tr.messages, Wire: tr.wire})
	if tr.begin != nil {
		tr.begin(w)
	}
	defer func() {
		if r := recover(); r != nil {
			broken = append(broken, property.Broken{Property: "panic", Text: fmt.Sprint(r)})
		}
	}()
	for _, s := range steps {
		switch s := s.(type) {
		case scenario.Do:
			w.Do(s.Op)
		case scenario.Break:
			_ = w.Break(s.Fault) // a story may break what is not there
		case scenario.Run:
			w.Run(w.Now() + s.For)
		}
	}
	broken = tr.judge(w)
	return w, append(slices.Clone(w.broken), broken...)
}

// run tells the story. A story that breaks something is reduced, saved, shown.
func (tr *trial) run(t *testing.T) bool {
	w, broken := tr.tell(tr.steps)
	if *replay != 0 {
		t.Logf("%s%s\n%s", tr.sketch.graph, tr.sketch.instances, linesSince(w, 0))
	}
	if len(broken) == 0 {
		return true
	}
	kind := broken[0].Property
	steps := reduce(tr.steps, func(steps []scenario.Step) bool {
		_, b := tr.tell(steps)
		return slices.ContainsFunc(b, func(b property.Broken) bool { return b.Property == kind })
	})
	w, broken = tr.tell(steps)
	t.Errorf("seed %d breaks a property (replay with -seed=%d), reduced to %d steps, saved as %s", tr.seed, tr.seed, len(steps), tr.save(t, steps))
	for _, b := range broken {
		t.Error(b)
	}
	t.Logf("%s%s\n%s\n%s", tr.sketch.graph, tr.sketch.instances, texts(steps), linesSince(w, max(0, w.Trace().Len()-50)))
	return false
}

func texts(steps []scenario.Step) string {
	lines := make([]string, len(steps))
	for i, s := range steps {
		lines[i] = s.String()
	}
	return strings.Join(lines, "\n")
}

// save writes the story as a file that TestStories can tell once it is in its folder.
func (tr *trial) save(t *testing.T, steps []scenario.Step) string {
	story := &scenario.Story{}
	for _, s := range steps {
		story.Acts = append(story.Acts, scenario.Act{Step: s})
	}
	data := txtar.Format(&txtar.Archive{Comment: []byte(fmt.Sprintf("Seed %d.\n", tr.seed)), Files: []txtar.File{
		{Name: "graph/main.graph", Data: []byte(tr.sketch.graph)},
		{Name: "instances/main.instances", Data: []byte(tr.sketch.instances)},
		{Name: "story", Data: []byte(story.String())},
	}})
	file := filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d.txtar", strings.ReplaceAll(t.Name(), "/", "-"), tr.seed))
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Error(err)
	}
	return file
}

// reduce drops steps as long as the story still fails: halves first, then less and less (delta debugging).
func reduce(steps []scenario.Step, fails func([]scenario.Step) bool) []scenario.Step {
	for size := len(steps) / 2; size > 0; {
		reduced := false
		for from := 0; from+size <= len(steps); {
			fewer := slices.Concat(steps[:from], steps[from+size:])
			if fails(fewer) {
				steps, reduced = fewer, true
			} else {
				from += size
			}
		}
		if !reduced {
			size /= 2
		}
	}
	return steps
}

// untilRest is the longest that a small application may take: what lasts longer goes on for ever.
const untilRest = 3 * time.Hour

// mendAll ends every fault, twice: an agent that was asked to end ends when its recipe does.
func mendAll(w *World) {
	mendOnce(w)
	w.Settle(w.Now() + untilRest)
	mendOnce(w)
}

func mendOnce(w *World) {
	_ = w.Break(fault.Heal{})
	for _, path := range sortedAgents(w) {
		_ = w.Break(fault.Recover{Machine: path}) // those that run refuse
	}
	for _, i := range w.truth.known {
		i.slow = 0
		for op := range i.recipes {
			i.recipes[op].fail = 0
		}
	}
}

func sortedAgents(w *World) []string {
	var paths []string
	for path := range w.agents {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func rest(w *World) []property.Broken {
	if !w.Settle(w.Now() + untilRest) {
		return []property.Broken{{Property: "nothing goes on for ever", Text: "it does not settle"}}
	}
	quiet := w.active
	w.Run(w.Now() + 10*time.Minute)
	if w.active != quiet {
		return []property.Broken{{Property: "at rest only heartbeats", Text: "something goes on"}}
	}
	w.check()
	return nil
}

// After the last fault, whatever was going on: the world settles; agents, manager and truth agree; when everybody is asked to
// start, everything that can start is started (computed from the model alone), the rest waits for the right thing; when
// everything is undeployed, nothing is left (engineering.md 4).
func TestChaos(t *testing.T) {
	failures := 0
	for _, seed := range seeds(t) {
		if !newTrial(t, seed, true, judgeChaos).run(t) {
			if failures++; failures == 3 {
				t.Fatal("more stories fail: mend these first")
			}
		}
	}
}

func judgeChaos(w *World) []property.Broken {
	mendAll(w)
	if b := rest(w); b != nil {
		return b
	}
	for _, i := range w.system().Instances {
		if i.Machine && i.State != lifecycle.DeployedStarted && i.State != lifecycle.NotDeployed {
			w.Do(manager.UndeployAll{Path: i.Path}) // a machine that died before it ever spoke: a person gives it up
		}
	}
	if b := rest(w); b != nil {
		return b
	}
	w.Do(manager.DeployAndStart{})
	if b := rest(w); b != nil {
		return b
	}
	if b := w.system().Everything(); b != nil {
		return b
	}
	w.Do(manager.UndeployAll{})
	if b := rest(w); b != nil {
		return b
	}
	return nothingLeft(w)
}

// nothingLeft is what must be so when everything is undeployed.
func nothingLeft(w *World) []property.Broken {
	var all []property.Broken
	for _, i := range w.system().Instances {
		if i.State != lifecycle.NotDeployed {
			all = append(all, property.Broken{Property: "undeploy leaves nothing", Path: i.Path, Text: "is " + i.State.String()})
		}
	}
	for _, c := range w.clients[1:] {
		if c.box.power != gone || len(w.broker.Bound(c.queue)) > 0 {
			all = append(all, property.Broken{Property: "no machine without an owner", Path: c.path, Text: "is still there"})
		}
	}
	return all
}

// Links that lose, delay, repeat and hold messages delay an application, no more: once they are mended, what was asked for is
// there without asking again.
func TestBadLinksOnlyDelay(t *testing.T) {
	failures := 0
	for _, seed := range seeds(t) {
		tr := newTrial(t, seed, false, func(w *World) []property.Broken {
			mendAll(w)
			if b := rest(w); b != nil {
				return b
			}
			return w.system().Everything()
		})
		kept := []scenario.Step{scenario.Do{Op: manager.DeployAndStart{}}}
		for _, s := range tr.steps {
			if _, op := s.(scenario.Do); !op {
				kept = append(kept, s)
			}
		}
		tr.steps = kept
		if !tr.run(t) {
			if failures++; failures == 3 {
				t.Fatal("more stories fail: mend these first")
			}
		}
	}
}

// TestFound tells again what random stories once broke. -story tells another file, and shows every message.
func TestFound(t *testing.T) {
	files, err := filepath.Glob("testdata/found/*.txtar")
	if *saved != "" {
		files = []string{*saved}
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing found: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { tellFound(t, file) })
	}
}

func tellFound(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	app, _, story := readArchive(t, archive)
	tr := &trial{app: app, judge: judgeChaos, messages: *saved != ""}
	if _, err := fmt.Sscanf(string(archive.Comment), "Seed %d.", &tr.seed); err != nil {
		t.Fatalf("the first line must be \"Seed N.\": %v", err)
	}
	for _, a := range story.Acts {
		tr.steps = append(tr.steps, a.Step)
	}
	w, broken := tr.tell(tr.steps)
	for _, b := range broken {
		t.Error(b)
	}
	if *saved != "" {
		t.Log("\n" + linesSince(w, 0))
	}
}
