package agentd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/files"
	"github.com/roboconf/workbench/runtime/plugin/logfile"
	"github.com/roboconf/workbench/runtime/plugin/process"
)

// look says which files are missing (MS-65).
func (h *hands) look(e agent.Look) {
	answer := agent.Looked{ID: e.ID}
	if err := files.Check(e.Files, h.c.MaxRecipeBytes); err != nil {
		answer.Error = err.Error()
	} else {
		answer.Missing = h.blobs.Missing(e.Files)
	}
	h.loop.Post(answer)
}

// keep puts a piece of a file into the store. A piece behind a gap is of a transfer that was broken off: the one that follows has all.
func (h *hands) keep(e agent.Keep) {
	whole, err := h.blobs.Put(e.Chunk)
	if errors.Is(err, files.ErrGap) {
		h.c.Log.Debug("a piece of a file came without the ones before", "sha256", e.Chunk.SHA256)
		return
	}
	answer := agent.Kept{SHA256: e.Chunk.SHA256, Complete: whole}
	if err != nil {
		answer.Error = err.Error()
	}
	h.loop.Post(answer)
}

// writeProbes puts probe files beside the recipe of an instance (plugins.md 9).
func (h *hands) writeProbes(e agent.WriteProbes) {
	answer := agent.Written{ID: e.ID}
	dir := files.Dir(h.c.Dir, e.Place.Installer, e.Place.Path)
	if err := files.Add(dir, e.Files, h.c.MaxRecipeBytes, h.blobs.Open); err != nil {
		answer.Error = err.Error()
	}
	h.loop.Post(answer)
}

// scriptMark is in the names of the files of a target that agents run (plugins.md 10).
const scriptMark = "agent.script."

// runScripts writes the files of a target into the directory of the machine, then runs its scripts in byte order. All of them run; the first
// that failed is told.
func (h *hands) runScripts(ctx context.Context, e agent.RunScripts) {
	answer := agent.Written{ID: e.ID}
	dir := files.Dir(h.c.Dir, plugin.Reserved, e.View.Path)
	if err := files.Add(dir, e.Files, h.c.MaxRecipeBytes, h.blobs.Open); err != nil {
		answer.Error = err.Error()
		h.loop.Post(answer)
		return
	}
	var names []string
	for _, f := range e.Files {
		if strings.Contains(path.Base(f.Name), scriptMark) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		r := h.script(ctx, e.View, filepath.Join(dir, filepath.FromSlash(name)))
		if r.Failed() && answer.Error == "" {
			answer.ExitCode, answer.Error = r.ExitCode, name+": "+r.Error
		}
	}
	if ctx.Err() == nil { // else the next process finds that they were interrupted
		h.loop.Post(answer)
	}
}

// script runs one script of a target: in its own folder, with the environment of the agent alone.
func (h *hands) script(ctx context.Context, view agent.View, file string) plugin.Result {
	ctx, cancel := context.WithTimeout(ctx, h.c.Timeout)
	defer cancel()
	if err := os.Chmod(file, 0o700); err != nil {
		return plugin.Result{Error: err.Error()}
	}
	log := &lateLog{folder: logfile.Folder{Path: h.c.path("logs")}, view: view, op: lifecycle.Initialize}
	r := process.Run(ctx, process.Command{
		Path: file, Dir: filepath.Dir(file), Env: h.c.Environ, Log: log.line, Secrets: h.c.Secrets, Group: h.c.group(),
	})
	if err := log.close(r); err != nil {
		h.c.Log.Warn("keep what a script printed", "error", err)
	}
	if r.Failed() {
		h.c.Log.Warn("a script of the target failed", "script", file, "exitCode", r.ExitCode, "error", r.Error)
	}
	return r
}

// setLevel changes what is logged.
func (h *hands) setLevel(e agent.SetLogLevel) {
	level, err := Level(e.Level)
	if err != nil || h.c.Level == nil {
		h.c.Log.Warn("the level of the log stays", "asked", e.Level)
		return
	}
	h.c.Level.Set(level)
	h.c.Log.Info("the level of the log changed", "level", e.Level)
}

// The sizes of logs that are gathered.
const (
	logsDefault = 8 << 20
	logsMost    = 64 << 20
	logsPiece   = 256 << 10
)

// gatherLogs sends the newest logs, those of the agent first, as far as they are allowed (messaging.md 13.1).
func (h *hands) gatherLogs(e agent.GatherLogs) {
	limit := min(e.MaxBytes, logsMost)
	if limit <= 0 {
		limit = logsDefault
	}
	for _, f := range h.logs(e) {
		if f.size > limit {
			continue
		}
		data, err := os.ReadFile(h.c.path(f.name))
		if err != nil {
			h.c.Log.Warn("gather logs", "error", err)
			continue
		}
		if int64(len(data)) > f.size {
			data = data[:f.size] // it grew meanwhile
		}
		limit -= int64(len(data))
		for at := 0; at == 0 || at < len(data); at += logsPiece {
			h.loop.Post(agent.LogPart{For: e.For, Part: message.LogsChunk{
				Request: e.For.ID, File: filepath.ToSlash(f.name), Offset: int64(at), Total: int64(len(data)),
				Data: data[at:min(at+logsPiece, len(data))],
			}})
		}
	}
}

// logFile is a log below the folder of the agent.
type logFile struct {
	name string
	size int64
	time int64
}

// logs lists the agent's own log files, then those of recipes, the newest first.
func (h *hands) logs(e agent.GatherLogs) (list []logFile) {
	root := os.DirFS(h.c.Dir)
	for _, pattern := range []string{"agent.log*", "logs/*/*.log"} {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			h.c.Log.Warn("gather logs", "error", fmt.Errorf("list %s: %w", pattern, err))
		}
		from := len(list)
		for _, name := range names {
			info, err := os.Stat(h.c.path(name))
			if err == nil && info.Mode().IsRegular() && !info.ModTime().Before(e.Since) {
				list = append(list, logFile{name: name, size: info.Size(), time: info.ModTime().UnixNano()})
			}
		}
		slices.SortStableFunc(list[from:], func(a, b logFile) int { return int(min(max(b.time-a.time, -1), 1)) })
	}
	return list
}
