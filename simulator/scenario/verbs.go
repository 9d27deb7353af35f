package scenario

import (
	"strconv"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
)

// reader reads what follows the first word of a step.
type reader func(*line) (Step, error)

// readers are the steps, by first word.
func readers() map[string]reader {
	return map[string]reader{
		"deploy":    readDeploy,
		"start":     func(l *line) (Step, error) { return request(l, lifecycle.DeployedStarted) },
		"stop":      readStop,
		"undeploy":  readUndeploy,
		"request":   readRequest,
		"add":       readAdd,
		"remove":    readRemove,
		"rename":    readRename,
		"replicate": readReplicate,
		"resync":    func(l *line) (Step, error) { return end(l, Do{manager.Resync{}}) },
		"halt":      machine(func(p string) fault.Fault { return fault.Stop{Machine: p} }),
		"kill":      machine(func(p string) fault.Fault { return fault.Kill{Machine: p} }),
		"crash":     machine(func(p string) fault.Fault { return fault.Crash{Machine: p} }),
		"destroy":   machine(func(p string) fault.Fault { return fault.Destroy{Machine: p} }),
		"recover":   machine(func(p string) fault.Fault { return fault.Recover{Machine: p} }),
		"partition": link(func(p string) fault.Fault { return fault.Partition{Machine: p} }),
		"heal":      link(func(p string) fault.Fault { return fault.Heal{Machine: p} }),
		"drop":      rated(func(p string, r float64) fault.Fault { return fault.Drop{Machine: p, Rate: r} }),
		"duplicate": rated(func(p string, r float64) fault.Fault { return fault.Duplicate{Machine: p, Rate: r} }),
		"delay":     readDelay,
		"fail":      readFail,
		"slow":      readSlow,
		"run":       readRun,
		"settle":    readSettle,
		"expect":    readExpect,
	}
}

func readDeploy(l *line) (Step, error) {
	if !l.got("all") {
		return nil, l.wrong("write \"deploy all\" or \"deploy all PATH\"; \"start PATH\" is for one instance")
	}
	return all(l, func(p string) manager.Op { return manager.DeployAndStart{Path: p} })
}

func readStop(l *line) (Step, error) {
	if l.got("all") {
		return all(l, func(p string) manager.Op { return manager.StopAll{Path: p} })
	}
	return request(l, lifecycle.DeployedStopped)
}

func readUndeploy(l *line) (Step, error) {
	if l.got("all") {
		return all(l, func(p string) manager.Op { return manager.UndeployAll{Path: p} })
	}
	return request(l, lifecycle.NotDeployed)
}

func request(l *line, s lifecycle.State) (Step, error) {
	p, err := l.path()
	return Do{manager.Request{Path: p, State: s}}, err
}

func readRequest(l *line) (Step, error) {
	start := *l
	s, ok := state(l.first())
	if !ok {
		return nil, start.wrong("write \"request STATE PATH\" with a state like started")
	}
	return request(l, s)
}

func all(l *line, op func(path string) manager.Op) (Step, error) {
	if l.empty() {
		return Do{op("")}, nil
	}
	p, err := l.path()
	return Do{op(p)}, err
}

func readAdd(l *line) (Step, error) {
	p, component, err := l.as()
	if err != nil {
		return nil, err
	}
	i := strings.LastIndexByte(p, '/')
	return Do{manager.Add{Parent: p[:i], Instance: &model.Instance{Name: p[i+1:], Component: component}}}, nil
}

func readRemove(l *line) (Step, error) {
	later := false
	if text, ok := strings.CutSuffix(l.rest(), " later"); ok {
		later, l.to = true, l.from+len(text)
		l.trim()
	}
	p, err := l.path()
	return Do{manager.Remove{Path: p, Deferred: later}}, err
}

func readRename(l *line) (Step, error) {
	p, name, err := l.as()
	return Do{manager.Rename{Path: p, Name: name}}, err
}

func readReplicate(l *line) (Step, error) {
	p, name, err := l.as()
	return Do{manager.Replicate{Path: p, Name: name}}, err
}

func machine(f func(path string) fault.Fault) reader {
	return func(l *line) (Step, error) {
		p, err := l.path()
		return Break{f(p)}, err
	}
}

func link(f func(path string) fault.Fault) reader {
	return func(l *line) (Step, error) {
		if l.empty() {
			return Break{f("")}, nil
		}
		p, err := l.path()
		return Break{f(p)}, err
	}
}

func rated(f func(path string, rate float64) fault.Fault) reader {
	return func(l *line) (Step, error) {
		digits, ok := strings.CutSuffix(l.last(), "%")
		rate, err := strconv.ParseFloat(digits, 64)
		if !ok || err != nil || !(rate >= 0 && rate <= 100) {
			return nil, l.wrong("the line must end with a rate from 0%% to 100%%")
		}
		p, err := l.path()
		return Break{f(p, rate/100)}, err
	}
}

func readDelay(l *line) (Step, error) {
	d, err := time.ParseDuration(l.last())
	if err != nil || d < 0 || d > Longest {
		return nil, l.wrong("the line must end with a duration, like 2s")
	}
	p, err := l.path()
	return Break{fault.Delay{Machine: p, By: d.Round(time.Millisecond)}}, err
}

func (l *line) operation() (lifecycle.Operation, bool) {
	op, err := lifecycle.ParseOperation(l.first())
	return op, err == nil
}

func readFail(l *line) (Step, error) {
	start := *l
	op, ok := l.operation()
	if !ok {
		return nil, start.wrong("write \"fail OPERATION PATH TIMES\", as in \"fail start /vm/tomcat 1\"")
	}
	n, err := l.lastNumber(1, 1_000_000)
	if err != nil {
		return nil, err
	}
	p, err := l.path()
	return Break{fault.Fail{Path: p, Op: op, Times: n}}, err
}

func readSlow(l *line) (Step, error) {
	digits, ok := strings.CutPrefix(l.last(), "x")
	factor, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(factor >= 1 && factor <= 1000) {
		return nil, l.wrong("the line must end with a factor from x1 to x1000")
	}
	p, err := l.path()
	return Break{fault.Slow{Path: p, Factor: factor}}, err
}

func readRun(l *line) (Step, error) {
	d, err := l.duration()
	if err != nil {
		return nil, err
	}
	return end(l, Run{d})
}

func readSettle(l *line) (Step, error) {
	if l.empty() {
		return Settle{}, nil
	}
	d, err := l.duration()
	if err != nil {
		return nil, err
	}
	return end(l, Settle{d})
}

func readExpect(l *line) (Step, error) {
	switch {
	case l.got("quiet"):
		return end(l, ExpectQuiet{})
	case l.got("refused"):
		return end(l, ExpectRefused{})
	case l.got("imports"):
		return readExpectImports(l)
	case strings.HasPrefix(l.rest(), "/"):
		return readExpectState(l)
	}
	start := *l
	op, ok := l.operation()
	if !ok {
		return nil, start.wrong("write \"expect PATH STATE\", \"expect OPERATION PATH TIMES\", \"expect imports PATH PREFIX N\", \"expect quiet\" or \"expect refused\"")
	}
	n, err := l.lastNumber(0, 1_000_000)
	if err != nil {
		return nil, err
	}
	p, err := l.path()
	return ExpectRuns{op, p, n}, err
}

func readExpectImports(l *line) (Step, error) {
	n, err := l.lastNumber(0, 1_000_000)
	if err != nil {
		return nil, err
	}
	prefix := l.last()
	p, err := l.path()
	return ExpectImports{p, prefix, n}, err
}

func readExpectState(l *line) (Step, error) {
	word := l.last()
	s, ok := state(word)
	if !ok && word != "gone" {
		return nil, l.wrong("the line must end with a state, like started, or with gone")
	}
	p, err := l.path()
	if word == "gone" {
		return ExpectGone{p}, err
	}
	return Expect{p, s}, err
}
