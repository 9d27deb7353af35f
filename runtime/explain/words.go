package explain

import (
	"fmt"
	"strings"
)

// sentences are the catalogue: one sentence for each code. Words in braces are facts of the reason.
func sentences() map[Code]string {
	return map[Code]string{
		Unknown:       "there is no instance {path}",
		Started:       "{path} is started",
		Busy:          "{path} is {state}: wait until that is over",
		NotAsked:      "{path} is not deployed: nobody asked for it, or the request is on its way",
		Stopped:       "{path} is {state}: it starts when somebody asks for it",
		ParentFirst:   "{path} is {state}: {other}, above it, must be started first",
		MachineDown:   "{path} cannot run: its machine {other} is not deployed",
		MachineBusy:   "{path} waits for its machine {other}",
		MachineSilent: "the agent of {other} does not speak: what is on it may run or not",
		Missing:       "{path} waits for {prefix}",
		Gives:         "{path} could give {prefix}, but it is {state}",
		OnItsWay:      "{path} is started: {prefix} is on its way",
		NobodyGives:   "no instance can give {prefix}",
		External:      "{prefix} comes from another application: none that is bound gives it",
		Deadlock:      "each of them waits for the next, for ever: {cycle}",
		Failed:        "the last try failed: {failure}",
		More:          "{count} more could give {prefix}",
	}
}

func advices() map[Verb]string {
	return map[Verb]string{
		Start:    "start {path}",
		Deploy:   "deploy {path}",
		Add:      "add an instance of {component}",
		Declare:  "let a component export {prefix}",
		Bind:     "bind {prefix} to an application that exports it",
		Loosen:   "make the import of {prefix} by {component} optional",
		LookInto: "look into what failed at {path}",
		Revive:   "see whether the machine {path} runs and reaches the broker",
	}
}

// String says the reason in one sentence.
func (r Reason) String() string {
	s := strings.NewReplacer(
		"{path}", r.Path, "{state}", r.State.Word(), "{other}", r.Other, "{prefix}", r.Prefix,
		"{cycle}", strings.Join(r.Cycle, " → "), "{count}", fmt.Sprint(r.Count), "{failure}", r.failed(),
	).Replace(sentences()[r.Code])
	return s
}

func (r Reason) failed() string {
	if r.Fail == nil {
		return ""
	}
	return r.Fail.Operation + ": " + r.Fail.Message
}

// String says the advice in a few words.
func (a Advice) String() string {
	return strings.NewReplacer("{path}", a.Path, "{component}", a.Component, "{prefix}", a.Prefix).Replace(advices()[a.Verb])
}

// Lines say everything, for people: reasons, indented by what is behind them, then what may be done.
func (a Answer) Lines() []string {
	var lines []string
	for _, r := range a.Reasons {
		lines = r.lines(lines, "")
	}
	for _, advice := range a.Advice {
		lines = append(lines, "→ "+advice.String())
	}
	return lines
}

func (r Reason) lines(lines []string, indent string) []string {
	lines = append(lines, indent+r.String())
	for _, b := range r.Behind {
		lines = b.lines(lines, indent+"  ")
	}
	return lines
}
