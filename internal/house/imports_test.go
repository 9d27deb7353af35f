package house

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// What several packages may reach.
const (
	language = "model model/source model/near model/diag model/syntax model/tint model/properties model/decl model/load model/bind model/rule model/command model/probe model/recipe model/check model/page mvdan.cc/sh/v3 "
	minds    = "runtime/lifecycle runtime/message runtime/mind runtime/agent runtime/manager runtime/explain "
	world    = language + minds + "runtime/bus/memory simulator/fault simulator/profile simulator/scenario simulator/trace simulator/property simulator "
	values   = "model model/source runtime/lifecycle runtime/message "
	yaml     = "github.com/compose-spec/compose-go/v2 github.com/distribution/reference github.com/docker/go-connections github.com/docker/go-units github.com/go-viper/mapstructure/v2 github.com/mattn/go-shellwords github.com/opencontainers/go-digest github.com/santhosh-tekuri/jsonschema/v6 github.com/sirupsen/logrus github.com/xhit/go-str2duration/v2 go.yaml.in/yaml/v4 golang.org/x/sync golang.org/x/sys golang.org/x/text "
	engine   = "github.com/moby/... github.com/containerd/errdefs github.com/distribution/reference github.com/docker/go-connections github.com/docker/go-units github.com/felixge/httpsnoop github.com/go-logr/... github.com/opencontainers/... go.opentelemetry.io/... "
	cells    = "charm.land/... github.com/charmbracelet/... github.com/rivo/uniseg "
)

// Why an arrow must not be there.
const (
	ground   = "the model is the ground: it stands on the standard library alone, so that agents, servers, tools can all use it"
	pure     = "a mind decides: it knows the model, the life cycle, the messages; whoever gives it hands imports it, not the reverse"
	pretend  = "the simulator runs the minds in memory: with an adapter in reach it could touch a real machine"
	noScreen = "the editor's ground knows no screen: a language server needs the same text"
	screen   = "the terminal shows, asks, routes: adapters are handed to it by cmd"
	seam     = "a seam is a few types: with an adapter in it, everybody would carry that adapter"
	leaf     = "it is used everywhere, so it may reach nothing"
)

// mayReach says what a package may import, directly or through others: packages of ours, then other modules.
// The standard library is always in reach; a path that ends with ... stands for all below it.
var mayReach = map[string]struct{ reach, why string }{
	"model/source":          {"", ground},
	"model":                 {"model/source", ground},
	"model/diag":            {"model/source", ground},
	"model/syntax":          {"model/source model/diag", ground},
	"model/decl":            {"model model/source model/diag model/syntax", ground},
	"model/bind":            {"model model/source", "it answers questions about values; problems are told by check"},
	"model/near":            {"", ground},
	"model/properties":      {"model/source model/diag model/syntax model/tint", ground},
	"model/load":            {"model model/near model/source model/diag model/syntax model/tint model/properties model/decl model/bind", ground},
	"model/tint":            {"model/source model/diag model/syntax", ground},
	"model/rule":            {"model/source model/diag model/syntax model/tint", ground},
	"model/command":         {"model model/near model/source model/diag model/syntax model/tint", ground},
	"model/probe":           {"model/near model/source model/diag model/syntax model/tint", ground},
	"model/recipe":          {"model/source model/diag model/syntax model/tint model/properties mvdan.cc/sh/v3", "it reads scripts as text; only a shell's own parser may come along"},
	"model/check":           {language, "the rules read scripts too, so the shell's parser is in reach; nothing else is"},
	"model/page":            {"model/source model/diag", ground},
	"editor/text":           {"model/source github.com/rivo/uniseg", noScreen},
	"editor/workspace":      {language + "editor/ask", noScreen},
	"editor/ask":            {language, noScreen},
	"editor/names":          {language + "editor/ask", noScreen},
	"editor/assist/...":     {language + "editor/ask editor/names editor/assist/... github.com/sahilm/fuzzy", noScreen},
	"editor/refactor":       {language + "editor/ask editor/names", "an edit is decided from the model alone, then anyone may make it"},
	"editor/compose":        {language + yaml, "it reads another format; only what writes a new project needs it"},
	"editor/lsp/...":        {language + "editor/... github.com/fsnotify/fsnotify github.com/sahilm/fuzzy github.com/rivo/uniseg", "a language server knows no screen"},
	"editor/watch":          {"github.com/fsnotify/fsnotify", noScreen},
	"runtime/lifecycle":     {"", pure},
	"runtime/message":       {"model model/source runtime/lifecycle", pure},
	"runtime/mind":          {"model model/source runtime/lifecycle runtime/message", pure},
	"runtime/agent":         {"model model/source runtime/lifecycle runtime/message runtime/mind", "a machine gets a model by message: no parser goes there"},
	"runtime/manager":       {"model model/source model/bind runtime/lifecycle runtime/message runtime/mind", pure},
	"runtime/mindtest":      {"model model/source model/bind " + minds, "a bench for minds: values in, values out"},
	"runtime/explain":       {"model model/source model/bind runtime/lifecycle runtime/message runtime/mind runtime/manager", pure},
	"runtime/bus/memory":    {"model model/source runtime/lifecycle runtime/message runtime/mind", "a broker carries messages; it knows none of the minds"},
	"runtime/bus":           {values, seam},
	"runtime/bus/...":       {values + "runtime/bus runtime/bus/... runtime/broker/... github.com/rabbitmq/amqp091-go", seam},
	"runtime/drive":         {values + "runtime/mind", "it runs any mind: it knows none"},
	"runtime/broker":        {"runtime/broker/...", "a broker knows nothing of agents: it could carry anybody's messages"},
	"runtime/broker/...":    {"runtime/broker/... internal/require github.com/rabbitmq/amqp091-go", "a broker knows nothing of agents; RabbitMQ is a process beside it"},
	"runtime/plugin/...":    {values + "runtime/mind runtime/agent runtime/plugin runtime/plugin/...", "a plugin runs recipes on a machine: it knows the agent's view of an instance, nothing else"},
	"runtime/target":        {"", seam},
	"runtime/target/...":    {"runtime/target runtime/target/...", "a target makes machines: what their agents are told is bytes to it"},
	"runtime/userdata":      {values + "runtime/bus", seam},
	"runtime/plan":          {"model model/source model/bind " + minds, pure},
	"runtime/store":         {values + "model/bind runtime/mind runtime/manager go.etcd.io/bbolt golang.org/x/sys", "the memory of the manager; whoever opens it decides what goes in"},
	"runtime/agentd":        {values + "runtime/mind runtime/agent runtime/drive runtime/bus runtime/bus/amqp runtime/userdata runtime/plugin/... runtime/agentd/... runtime/bus/link github.com/rabbitmq/amqp091-go", "what runs on every machine stays small: no parser, no store, one foreign module"},
	"runtime/agentd/...":    {values + "runtime/mind runtime/agent runtime/drive runtime/agentd/...", "parts of an agent's process: what they need of the mind, nothing of the wire"},
	"runtime/agentd/launch": {values + "runtime/agentd runtime/mind runtime/agent runtime/drive runtime/bus runtime/bus/amqp runtime/userdata runtime/plugin/... runtime/agentd/... runtime/bus/link github.com/rabbitmq/amqp091-go", "what the agent's program does with its arguments: as small as the agent"},
	"cmd/roboconf-agent":    {values + "runtime/agentd runtime/mind runtime/agent runtime/drive runtime/bus runtime/bus/amqp runtime/userdata runtime/plugin/... runtime/agentd/... runtime/agentd/launch runtime/bus/link github.com/rabbitmq/amqp091-go", "the program of machines: no parser, no terminal, one foreign module"},
	"runtime/managerd":      {language + minds + "runtime/drive runtime/bus runtime/userdata runtime/plan runtime/store runtime/target runtime/managerd/... go.etcd.io/bbolt golang.org/x/sys", "brokers, targets are handed to it by cmd"},
	"docker":                {values + "runtime/bus docker/hostimage " + engine, "an engine makes containers: what runs in them is told by whoever asks"},
	"docker/hostimage":      {"", leaf},
	"simulator":             {world, pretend},
	"simulator/property":    {world, pretend},
	"simulator/fault":       {world, pretend},
	"simulator/profile":     {world, pretend},
	"simulator/scenario":    {world, pretend},
	"simulator/trace":       {world, pretend},
	"tui/cell":              {cells, screen},
	"tui/theme":             {"tui/cell " + cells, screen},
	"tui/canvas/export":     {world + "tui/canvas tui/canvas/scene tui/cell " + cells, "the picture as text knows no pane"},
	"tui/...":               {world + "editor/... tui/... samples github.com/fsnotify/fsnotify github.com/sahilm/fuzzy " + cells, screen},
	"tui/tuitest":           {"tui/cell golang.org/x/image " + cells, "it plays a person: keys in, screens out, whatever the terminal shows"},
	"samples":               {"", leaf},
	"internal/excerpt":      {"model/source model/diag github.com/rivo/uniseg", "whoever prints a finding uses it, terminal or not"},
	"internal/golden":       {"", leaf},
	"internal/require":      {"", leaf},
	"internal/house":        {"", leaf},
	"internal/...":          {world + "internal/... github.com/... charm.land/... golang.org/x/...", "internal tools know the language, not the programs"},
	"cmd/roboconf":          {world + "runtime/... docker/... " + engine + "editor/... tui/... samples internal/... go.etcd.io/bbolt github.com/rabbitmq/amqp091-go github.com/spf13/... github.com/fsnotify/fsnotify github.com/sahilm/fuzzy " + yaml + cells, "cmd wires everything"},

	"runtime/agentd/journal": {values + "runtime/mind runtime/agent", "an agent's memory on disk knows its mind, nothing of brokers or recipes"},
	"runtime/managerd/...":   {language + "runtime/lifecycle runtime/message samples", "parts of a manager's process that know neither its mind nor its store"},
	"runtime/site/control":   {"", leaf},
	"runtime/site/logbook":   {"", leaf},
	"runtime/site":           {language + minds + engine + "runtime/... docker docker/hostimage samples go.etcd.io/bbolt github.com/rabbitmq/amqp091-go github.com/fsnotify/fsnotify editor/watch golang.org/x/sys", "one host: it chooses the broker, the machines, and puts them together for cmd"},
}

func TestImportsGoDown(t *testing.T) {
	reached := closure(ours(t))
	for _, p := range ours(t) {
		rule, known := ruleOf(p.Name)
		if !known {
			t.Errorf("%s stands nowhere: give it a line in mayReach, with the reason (ARCHITECTURE.md has the arrows)", p.Name)
			continue
		}
		for _, other := range reached[p.Name] {
			if !allowed(rule.reach, other) {
				t.Errorf("%s reaches %s (%s): %s", p.Name, other, chain(ours(t), p.Name, other), rule.why)
			}
		}
	}
}

func TestNobodyImportsACommand(t *testing.T) {
	for _, p := range ours(t) {
		for _, path := range p.Imports {
			if strings.HasPrefix(short(path), "cmd/") {
				t.Errorf("%s imports %s: commands wire everything, nothing stands on them", p.Name, short(path))
			}
		}
	}
}

func TestNoPackageIsCalledAfterNothing(t *testing.T) {
	for _, p := range ours(t) {
		last := p.Name[strings.LastIndex(p.Name, "/")+1:]
		if slices.Contains([]string{"utils", "util", "common", "types", "core", "runtime", "helpers", "misc"}, last) {
			t.Errorf("%s: a package is named after what it gives; this name must be renamed at nearly every import", p.Name)
		}
	}
}

func TestRulesAreOfPackagesThatExist(t *testing.T) {
	for name := range mayReach {
		found := slices.ContainsFunc(ours(t), func(p pkg) bool { return allowed(name, p.Name) })
		if !found {
			t.Errorf("mayReach speaks of %s, which does not exist", name)
		}
	}
}

// ruleOf finds the rule of a package: its own, else that of the nearest folder.
func ruleOf(name string) (rule struct{ reach, why string }, known bool) {
	if rule, known = mayReach[name]; known {
		return rule, true
	}
	for dir := name; dir != "."; dir = path.Dir(dir) {
		if rule, known = mayReach[dir+"/..."]; known {
			return rule, true
		}
	}
	return rule, false
}

// allowed says whether one of the words of reach covers a path.
func allowed(reach, path string) bool {
	return slices.ContainsFunc(strings.Fields(reach), func(word string) bool {
		if dir, below := strings.CutSuffix(word, "/..."); below {
			return path == dir || strings.HasPrefix(path, dir+"/")
		}
		return path == word || (outside(word) && strings.HasPrefix(path, word+"/"))
	})
}

func outside(path string) bool {
	return strings.Contains(strings.Split(path, "/")[0], ".")
}

func short(path string) string { return strings.TrimPrefix(path, module+"/") }

// closure gives what each package of ours reaches: ours by name, the first package of another module, no standard library.
func closure(all []pkg) map[string][]string {
	direct := map[string][]string{}
	for _, p := range all {
		for _, path := range p.Imports {
			if outside(path) {
				direct[p.Name] = append(direct[p.Name], short(path))
			}
		}
	}
	reached := map[string][]string{}
	for _, p := range all {
		seen := map[string]bool{p.Name: true}
		for todo := slices.Clone(direct[p.Name]); len(todo) > 0; todo = todo[1:] {
			if !seen[todo[0]] {
				seen[todo[0]] = true
				todo = append(todo, direct[todo[0]]...)
				reached[p.Name] = append(reached[p.Name], todo[0])
			}
		}
		slices.Sort(reached[p.Name])
	}
	return reached
}

// chain shows a way from one package to what it reaches.
func chain(all []pkg, from, to string) string {
	before := map[string]string{from: ""}
	for todo := []string{from}; len(todo) > 0; todo = todo[1:] {
		i := slices.IndexFunc(all, func(p pkg) bool { return p.Name == todo[0] })
		if i < 0 {
			continue
		}
		for _, path := range all[i].Imports {
			if _, seen := before[short(path)]; !seen {
				before[short(path)] = todo[0]
				todo = append(todo, short(path))
			}
		}
	}
	way := to
	for at := before[to]; at != ""; at = before[at] {
		way = at + " -> " + way
	}
	return way
}
