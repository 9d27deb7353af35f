// Package plugin is what an agent asks of the code behind an installer.
//
// A plugin runs the recipes of one kind of installer (plugins.md 1). Below it: script, puppet, file, logger, and mock, which only pretends.
package plugin

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Plugin serves one installer. Calls are sequential (PL-2); a plugin keeps no state but in the instance's directory.
type Plugin interface {
	// Installer is the name that it serves, in lower case.
	Installer() string
	// Preflight says what the machine lacks before anything of an instance is deployed (PL-55); nil when nothing.
	Preflight(ctx context.Context) error
	// Initialize prepares an instance whose files were just written (PL-31, PL-50).
	Initialize(ctx context.Context, c *Call) error
	// Run does one operation. The context carries the deadline (PL-70); at its end the whole process group is terminated, then killed
	// after Call.Grace, and the result is a failure "timeout" or "cancelled".
	Run(ctx context.Context, c *Call) Result
}

// Call is one operation on one instance. Its functions may be nil; Print and Warning call them where they are not.
type Call struct {
	Op     lifecycle.Operation
	View   agent.View
	Change *agent.Change // updates only
	Dir    string        // the instance's directory, absolute; it exists
	Who    Who
	// Environ is the environment of the agent without its secrets (PL-35): "KEY=value".
	Environ []string
	// Output takes what the recipe prints (PL-72), whole lines, from several goroutines; nil throws it away.
	Output func(Line)
	// Warn takes what is odd but no failure, such as an operation without script (PL-30); nil throws it away.
	Warn  func(text string)
	Grace time.Duration // between terminate and kill; 10 s when zero
	// Context is where the JSON of the call is written for the recipe (PL-41); "" for a file in the directory of temporary files.
	Context string
	// Log takes what Output takes, but more of it (PL-72): 4 MiB of a call instead of 1, for a file. It is called like Output; nil throws it away.
	Log func(Line)
	// Secrets are values that are masked wherever the recipe prints them (PL-72).
	Secrets []string
	// RunAs is the name of the user that programs run as (PL-73); "" for the user of the agent.
	RunAs string
	// Group is a file that names the process group as long as a program runs, so that an agent that died in the middle can end the
	// program when it is back (process.Reap); "" for none.
	Group string
}

// Who is for whom the call is made (PL-35, line 7).
type Who struct{ Domain, App, Scope, Request, Trace string }

// Line is a line that a recipe printed, valid UTF-8, without its end (PL-72).
type Line struct {
	Stream string // "out" or "err"
	Text   string
	Cut    bool // it was longer than 16 KiB
	// Left is how many bytes were left out here, because the call printed more than is forwarded; Text says so in words. 0 for a line
	// of the recipe.
	Left int64
}

// Result is how an operation ended.
type Result struct {
	ExitCode int    // of the program; 0 when none ran or it succeeded
	Error    string // why it failed: "exit code 3", "killed by SIGKILL", "timeout after 15m0s", "interpreter not found: ..."; "" after a success
}

// Failed says whether the operation did not do what it should.
func (r Result) Failed() bool { return r.ExitCode != 0 || r.Error != "" }

// Registry finds the plugin of an installer (PL-4, PL-7).
type Registry map[string]Plugin

// NewRegistry lists plugins under their names.
func NewRegistry(plugins ...Plugin) Registry {
	r := make(Registry, len(plugins))
	for _, p := range plugins {
		r[strings.ToLower(p.Installer())] = p
	}
	return r
}

// Find gives the plugin of an installer, whose name is compared without case (plugins.md 1); false when nobody serves it, and for
// "target", which is never a plugin's (PL-4).
func (r Registry) Find(installer string) (Plugin, bool) {
	name := strings.ToLower(installer)
	p, ok := r[name]
	return p, ok && name != Reserved
}

// Reserved is the installer of machines, which no plugin serves (PL-4).
const Reserved = "target"

// Print gives a line of the plugin's own to Output and Log.
func (c *Call) Print(text string) {
	for _, take := range [...]func(Line){c.Output, c.Log} {
		if take != nil {
			take(Line{Stream: "out", Text: text})
		}
	}
}

// Warning tells what is odd to whoever wants to know.
func (c *Call) Warning(text string) {
	if c.Warn != nil {
		c.Warn(text)
	}
}

// Over says why the end of a context ended what began then (PL-70, LC-132): "timeout after 15m0s", "cancelled", "cancelled: why"; "" when
// the context has not ended.
func Over(ctx context.Context, began time.Time) string {
	switch cause := context.Cause(ctx); {
	case ctx.Err() == nil:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		deadline, _ := ctx.Deadline() // there is one: it was exceeded
		return "timeout after " + readable(deadline.Sub(began)).String()
	case cause != nil && !errors.Is(cause, context.Canceled):
		return "cancelled: " + cause.Error()
	}
	return "cancelled"
}

// readable leaves what people want to read of a duration.
func readable(d time.Duration) time.Duration {
	if d < time.Second {
		return max(d, 0).Round(10 * time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
