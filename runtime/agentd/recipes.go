package agentd

import (
	"context"
	"fmt"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/files"
	"github.com/roboconf/workbench/runtime/plugin/logfile"
	"github.com/roboconf/workbench/runtime/plugin/settings"
)

// begin hands a recipe to the goroutine that runs them, once; Ended comes as an event.
func (h *hands) begin(r agent.Run) {
	if h.begun == r.ID {
		return
	}
	h.begun = r.ID
	h.mu.Lock()
	h.running, h.cancelled = r.ID, nil
	h.mu.Unlock()
	h.runs <- r // there is room: the mind wishes for one at a time
}

// recipes runs one recipe after another until the context ends.
func (h *hands) recipes(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-h.runs:
			h.one(ctx, r)
		}
	}
}

func (h *hands) one(ctx context.Context, r agent.Run) {
	if h.c.Turn != nil {
		h.c.Turn.Lock()
		defer h.c.Turn.Unlock()
	}
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h.mu.Lock()
	h.cancel = cancel
	if h.cancelled != nil {
		cancel(h.cancelled)
	}
	h.mu.Unlock()
	begun := time.Now()
	result := h.recipe(work, r)
	h.mu.Lock()
	h.cancel, h.running = nil, 0
	h.mu.Unlock()
	h.loop.Post(agent.Ended{ID: r.ID, ExitCode: result.ExitCode, Error: result.Error, Took: time.Since(begun)})
}

// cancelRun kills a recipe (LC-132); one that is over by now is left alone.
func (h *hands) cancelRun(id uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == id {
		h.kill(context.Canceled)
	}
}

// cancelRecipe kills the recipe that runs, if any, for a reason.
func (h *hands) cancelRecipe(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running != 0 {
		h.kill(why)
	}
}

// kill ends the recipe that runs, or the one that is about to. mu is held.
func (h *hands) kill(why error) {
	h.cancelled = why
	if h.cancel != nil {
		h.cancel(why)
	}
}

// recipe does one operation on one instance, with its files before and its directories afterwards.
func (h *hands) recipe(ctx context.Context, r agent.Run) plugin.Result {
	p, served := h.c.find(r.View.Installer)
	if !served {
		return plugin.Result{Error: fmt.Sprintf("no plugin serves the installer %q", r.View.Installer)}
	}
	dir := files.Dir(h.c.Dir, r.View.Installer, r.View.Path)
	if r.Op == lifecycle.Initialize {
		if err := h.lay(ctx, p, dir, r); err != nil {
			return plugin.Result{Error: err.Error()}
		}
	}
	limit, err := h.limit(dir, r)
	if err != nil {
		return plugin.Result{Error: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	result := h.call(ctx, p, dir, r)
	if r.Op == lifecycle.Undeploy && !result.Failed() {
		for _, place := range r.Remove {
			if err := files.Remove(files.Dir(h.c.Dir, place.Installer, place.Path)); err != nil {
				return plugin.Result{Error: err.Error()}
			}
		}
	}
	return result
}

// lay makes the directory of an instance, with the files of its recipe (LC-20, step 3).
func (h *hands) lay(ctx context.Context, p plugin.Plugin, dir string, r agent.Run) error {
	if err := p.Preflight(ctx); err != nil {
		return fmt.Errorf("this machine cannot serve the installer %s: %w", r.View.Installer, err)
	}
	return files.Write(dir, r.Files(), h.c.MaxRecipeBytes, h.blobs.Open)
}

// limit is how long a recipe may last: as the request says, else the recipe itself, else the agent (PL-70).
func (h *hands) limit(dir string, r agent.Run) (time.Duration, error) {
	if d := r.Timeout(); d > 0 {
		return d, nil
	}
	d, set, err := settings.Timeout(dir, r.Op)
	if !set || err != nil {
		d = h.c.Timeout
	}
	return d, err
}

// call gives the operation to the plugin, with everything that it may want to know.
func (h *hands) call(ctx context.Context, p plugin.Plugin, dir string, r agent.Run) plugin.Result {
	log := h.c.Log.With("path", r.View.Path, "operation", r.Op.String())
	out := newTeller(r.ID, h.loop.Post)
	c := &plugin.Call{
		Op: r.Op, View: r.View, Change: r.Change, Dir: dir, Environ: h.c.Environ, Secrets: h.c.Secrets, RunAs: h.c.RunAs[r.View.Installer],
		Who:    plugin.Who{Domain: h.c.Domain, App: h.c.App, Scope: h.c.Scope, Request: r.Request(), Trace: r.Trace()},
		Output: out.line, Group: h.c.group(),
		Warn: func(text string) { log.Warn(text) },
	}
	file := &lateLog{folder: logfile.Folder{Path: h.c.path("logs")}, view: r.View, op: r.Op}
	c.Log = file.line
	result := plugin.Result{}
	if r.Op == lifecycle.Initialize {
		if err := p.Initialize(ctx, c); err != nil {
			result.Error = err.Error()
		}
	} else {
		result = p.Run(ctx, c)
	}
	out.end()
	if err := file.close(result); err != nil {
		log.Warn("keep what a recipe printed", "error", err)
	}
	if result.Failed() {
		log.Warn("a recipe failed", "exitCode", result.ExitCode, "error", result.Error)
		if result.Error == "" {
			result.Error = fmt.Sprintf("exit code %d", result.ExitCode)
		}
	} else {
		log.Debug("a recipe ended well")
	}
	return result
}
