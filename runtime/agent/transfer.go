package agent

import (
	"fmt"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// patience is how long files may make no progress (MS-65).
const patience = time.Minute

// maxTold is how many bytes of what one recipe prints are told to the manager: what the shell forwards, with some room.
const maxTold = 1<<20 + 64<<10

// pause is what the message in hand waits for, of the shell; id 0 is nothing.
type pause struct {
	id      uint64
	what    pauseKind
	missing []string // digests still to come
}

type pauseKind uint8

const (
	forFiles pauseKind = iota
	forProbes
	forScripts
)

// scriptOperation names the scripts of a target in a failure.
const scriptOperation = "agent script"

// wrongFiles says what is wrong with the files of a message (MS-65); "" when nothing is.
func (a *Agent) wrongFiles(files []message.File) string {
	if len(files) == 0 {
		return ""
	}
	if len(files) > message.MaxFiles {
		return fmt.Sprintf("%d files are too many: %d are allowed", len(files), message.MaxFiles)
	}
	limit := a.cfg.MaxRecipeBytes
	if limit <= 0 {
		limit = message.MaxFileSize
	}
	var total int64
	names := make(map[string]bool, len(files))
	for _, f := range files {
		switch reason := message.BadName(f.Name); {
		case f.Name == "" || reason != "":
			return fmt.Sprintf("the file name %q %s", f.Name, reason)
		case names[f.Name]:
			return fmt.Sprintf("the file %q stands there twice", f.Name)
		case !message.IsSHA256(f.SHA256):
			return fmt.Sprintf("the file %q has no SHA-256", f.Name)
		case f.Mode != "0644" && f.Mode != "0755":
			return fmt.Sprintf("the file %q has mode %q: 0644 and 0755 are allowed", f.Name, f.Mode)
		case f.Size < 0 || f.Size > limit-total:
			return fmt.Sprintf("the files are too large: %d bytes are allowed in all", limit)
		}
		names[f.Name] = true
		total += f.Size
	}
	return ""
}

// await makes the message in hand wait until its files are here; it says whether it has to.
func (a *Agent) await(files []message.File) bool {
	if len(files) == 0 || !a.cfg.Transfer || a.have {
		return false
	}
	a.fetching, a.dirty = true, true
	a.hold(forFiles)
	a.do(Look{ID: a.pause.id, Files: files})
	return true
}

// hold stops the loop until the shell answers.
func (a *Agent) hold(what pauseKind) {
	a.pauses++
	a.pause = pause{id: a.pauses, what: what}
}

// files are those that the message in hand brings.
func (a *Agent) files() []message.File {
	switch b := a.current.Body.(type) {
	case *message.InstanceRequest:
		return b.Files
	case *message.ModelSet:
		return b.Scripts
	case *message.ProbesSet:
		return b.Files
	}
	return nil
}

// looked asks the manager for what is missing.
func (a *Agent) looked(e Looked) {
	if e.ID == 0 || e.ID != a.pause.id || a.pause.what != forFiles {
		return
	}
	if e.Error != "" {
		a.abandon(message.Failed, e.Error)
		return
	}
	a.pause.missing = slices.Clone(e.Missing)
	a.progress()
	if a.pause.id != 0 {
		a.want()
	}
}

func (a *Agent) want() {
	if len(a.pause.missing) > 0 {
		a.tell(&message.BlobWant{Items: slices.Clone(a.pause.missing)})
	}
}

// progress goes on with the message when everything is here, else waits for more.
func (a *Agent) progress() {
	if len(a.pause.missing) > 0 {
		a.do(mind.Wait{Timer: timerFiles, After: patience})
		return
	}
	a.endPause()
	a.have = true
	a.dispatch()
}

func (a *Agent) endPause() {
	if a.pause.what == forFiles {
		a.do(mind.Wait{Timer: timerFiles, After: -1})
	}
	a.pause, a.fetching, a.dirty = pause{}, false, true
}

// abandon ends the message that waits for its files.
func (a *Agent) abandon(o message.Outcome, reason string) {
	a.endPause()
	a.result.Outcome, a.result.Reason = o, reason
}

// chunk takes a piece of a file, beside the loop: what waits for it is the loop (MS-65).
func (a *Agent) chunk(c *message.BlobChunk) {
	if !slices.Contains(a.pause.missing, c.SHA256) {
		return // came already, or nobody waits any more
	}
	at := slices.IndexFunc(a.files(), func(f message.File) bool { return f.SHA256 == c.SHA256 })
	switch {
	case at < 0:
	case c.Missing:
		a.abandon(message.Failed, fmt.Sprintf("the manager does not have the file %q any more", a.files()[at].Name))
	case c.Total != a.files()[at].Size:
		a.abandon(message.Failed, fmt.Sprintf("the file %q has %d bytes, %d were announced", a.files()[at].Name, c.Total, a.files()[at].Size))
	default:
		a.do(Keep{Chunk: c})
	}
}

func (a *Agent) kept(e Kept) {
	at := slices.Index(a.pause.missing, e.SHA256)
	switch {
	case at < 0:
	case e.Error != "":
		a.abandon(message.Failed, e.Error)
	default:
		if e.Complete {
			a.pause.missing = slices.Delete(slices.Clone(a.pause.missing), at, at+1)
		}
		a.progress()
	}
}

// tired ends the wait for files that do not come.
func (a *Agent) tired() {
	if a.pause.id != 0 && a.pause.what == forFiles {
		a.abandon(message.Failed, fmt.Sprintf("timeout: %d of %d files did not come, and nothing more for %v",
			len(a.pause.missing), len(a.files()), patience))
	}
}

// setProbes writes probe files (plugins.md 9).
func (a *Agent) setProbes(m *message.ProbesSet) {
	i, known := a.paths[m.Path]
	switch reason := a.wrongFiles(m.Files); {
	case !known:
		a.refuse(m.Path + " is not known here: its probes are not kept")
	case reason != "":
		a.refuse(reason)
	case !a.cfg.Transfer || a.await(m.Files):
	default:
		a.hold(forProbes)
		a.do(WriteProbes{ID: a.pause.id, Place: a.place(i), Files: m.Files})
	}
}

func (a *Agent) place(i int32) Place {
	return Place{Path: a.insts[i].path, Installer: a.insts[i].kind.installer}
}

// scripts runs those that came with the model, before anything else is done on the machine (LC-101.2).
func (a *Agent) scripts() {
	if len(a.model.Scripts) == 0 || !a.cfg.Transfer {
		return
	}
	a.dirty = true
	a.hold(forScripts)
	a.do(RunScripts{ID: a.pause.id, View: a.view(a.order[0]), Files: a.model.Scripts})
}

func (a *Agent) written(e Written) {
	if e.ID != a.pause.id || a.pause.what == forFiles {
		return
	}
	what := a.pause.what
	a.endPause()
	switch {
	case what == forScripts:
		a.scripted(e)
	case e.Error != "":
		a.settle(message.Failed, "probes of "+a.result.Path+": "+e.Error)
	}
}

// scripted keeps the failure of a script with the machine; the rest goes on (plugins.md 10).
func (a *Agent) scripted(e Written) {
	root := &a.insts[a.order[0]]
	why := message.Why{Kind: message.WhyRecipe, Detail: scriptOperation}
	if e.Error == "" {
		if root.problem == nil || root.problem.Operation != scriptOperation {
			return
		}
		root.problem = nil
	} else {
		root.problem = &lifecycle.Failure{Time: a.now, Operation: scriptOperation, ExitCode: e.ExitCode, Message: e.Error}
		a.settle(message.Failed, e.Error)
		a.result.ExitCode = e.ExitCode
		why.Kind = message.WhyFailed
	}
	if root.state == lifecycle.DeployedStarted {
		a.notify(a.order[0], why)
	}
}

// printed tells what a recipe printed, as long as it runs.
func (a *Agent) printed(e Output) {
	r := &a.running
	if r.id == 0 || r.id != e.ID || r.told+len(e.Text) > maxTold {
		return
	}
	r.told += len(e.Text)
	out := &message.RecipeOutput{
		Path: a.insts[r.inst].path, Operation: r.op, Stream: e.Stream, Offset: e.Offset, Text: e.Text, Truncated: e.Truncated,
	}
	if a.current != nil {
		if _, asked := a.current.Body.(*message.InstanceRequest); asked {
			out.Request = a.current.ID
		}
	}
	a.tell(out)
}

// switched tells the manager whether the other broker can be used (MS-90).
func (a *Agent) switched(e Switched) {
	r := &message.RequestResult{Request: e.For.ID, Outcome: message.Done, Reason: e.Error}
	if e.Error != "" {
		r.Outcome = message.Failed
	}
	a.dirty = true
	a.conclude(e.For.ID, r)
	a.reply(e.For, r)
}
