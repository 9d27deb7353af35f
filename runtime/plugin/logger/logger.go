// Package logger writes each operation to a log instead of doing it.
package logger

import (
	"context"
	"log/slog"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
)

// Plugin is the installer "logger" (PL-65): it never fails, it ignores files.
type Plugin struct{ log *slog.Logger }

// New makes the plugin. The logger has the identity of the agent among its attributes; nil logs nowhere, calls still get their line.
func New(log *slog.Logger) Plugin {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return Plugin{log}
}

// Installer is "logger".
func (Plugin) Installer() string { return "logger" }

// Preflight lacks nothing.
func (Plugin) Preflight(context.Context) error { return nil }

// Initialize logs.
func (p Plugin) Initialize(ctx context.Context, c *plugin.Call) error {
	p.write(ctx, c, lifecycle.Initialize)
	return nil
}

// Run logs, and succeeds.
func (p Plugin) Run(ctx context.Context, c *plugin.Call) plugin.Result {
	p.write(ctx, c, c.Op)
	return plugin.Result{}
}

func (p Plugin) write(ctx context.Context, c *plugin.Call, op lifecycle.Operation) {
	p.log.InfoContext(ctx, "recipe", "app", c.Who.App, "agent", c.Who.Scope, "instance", c.View.Path, "component", c.View.Component, "operation", op.String())
	c.Print(op.String() + " " + c.View.Path)
}
