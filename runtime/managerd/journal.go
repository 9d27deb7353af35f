package managerd

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/store"
)

// journal keeps what the mind must not forget: each step that saves is in the store before what it wishes is done; now and then a snapshot
// takes the place of old steps.
type journal struct {
	*store.Store
	mind *manager.Manager // the loop's own
	log  *slog.Logger

	compacting sync.WaitGroup
	busy       chan struct{} // holds one while a snapshot is written
	lost       bool          // a step could not be kept: what the mind knows since then must not be kept either

	die func(after bool) error // tests end the process before, or after, steps are kept; nil otherwise
}

// openJournal reads what an earlier process left: a mind as it was, the event that lets it go on; nil for a new one.
func openJournal(c Config) (*journal, mind.Event, error) {
	s, err := store.Open(c.Dir, store.Options{Log: c.Log})
	if err != nil {
		return nil, nil, err
	}
	loaded, err := s.Load()
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	for _, what := range loaded.Damaged {
		c.Log.Error("the store is damaged", "what", what)
	}
	j := &journal{Store: s, mind: manager.Restore(c.mindConfig(), loaded.Journal), log: c.Log, busy: make(chan struct{}, 1)}
	if loaded.Empty() { // a replay begins with what this process drew
		if err := s.Compact(j.mind.Journal(), s.Mark()); err != nil {
			return nil, nil, errors.Join(err, s.Close())
		}
		return j, nil, nil
	}
	for _, step := range loaded.Steps {
		j.mind.Step(step.At, step.Event)
	}
	return j, j.mind.Restored(), nil
}

// record makes the steps that save durable, in order. The loop calls it.
func (j *journal) record(steps []drive.Step) error {
	var keep []store.Step
	for _, s := range steps {
		if s.Saves {
			keep = append(keep, store.Step{At: s.At, Event: manager.Recorded(s.Event, s.Effects), History: history(s)})
		}
	}
	if keep == nil {
		return nil
	}
	if err := j.append(keep); err != nil {
		j.lost = true
		return err
	}
	if j.Due() {
		j.compact()
	}
	return nil
}

func (j *journal) append(keep []store.Step) error {
	if j.die != nil {
		if err := j.die(false); err != nil {
			return err
		}
	}
	if err := j.Append(keep); err != nil || j.die == nil {
		return err
	}
	return j.die(true)
}

// compact writes a snapshot on a goroutine of its own, one at a time.
func (j *journal) compact() {
	select {
	case j.busy <- struct{}{}:
	default:
		return
	}
	now, mark := j.mind.Journal(), j.Mark()
	j.compacting.Go(func() {
		defer func() { <-j.busy }()
		if err := j.Compact(now, mark); err != nil {
			j.log.Warn("write a snapshot", "error", err)
		}
	})
}

// close writes a last snapshot. The loop has ended.
func (j *journal) close() error {
	j.compacting.Wait()
	if j.lost {
		return j.Close()
	}
	return errors.Join(j.Compact(j.mind.Journal(), j.Mark()), j.Close())
}

// history is what people will want to know of a step.
func history(s drive.Step) []store.Record {
	var list []store.Record
	add := func(kind, app, instance, op, text string) *store.Record {
		list = append(list, store.Record{At: s.At, Kind: kind, App: app, Instance: instance, Operation: op, Text: text})
		return &list[len(list)-1]
	}
	if do, ok := s.Event.(manager.Do); ok {
		add("operation", do.App, "", do.ID, operationWords(do.Op))
	}
	for _, e := range s.Effects {
		switch e := e.(type) {
		case manager.Changed:
			text := e.Cause
			if e.Failure != nil {
				text += "; " + failureWords(e.Failure)
			}
			r := add("change", e.App, e.Path, e.ID, text)
			r.From, r.To = e.From.String(), e.To.String()
		case manager.Finished:
			add("result", e.App, e.Path, e.ID, string(e.Outcome)+": "+e.Reason)
		case manager.Answer:
			for _, err := range e.Errors {
				add("refusal", "", "", e.ID, err.Error())
			}
		case manager.CreateMachine:
			add("machine", e.App, e.Path, "", fmt.Sprintf("create, generation %d, of target %s", e.Gen, e.Target))
		case manager.TerminateMachine:
			add("machine", e.App, e.Path, "", fmt.Sprintf("end, generation %d", e.Gen))
		case manager.AppChanged:
			add("application", e.App, "", e.ID, e.Turn.String()+" "+e.Reason)
		case manager.TemplateChanged:
			add("template", "", "", e.ID, e.Turn.String()+" "+e.Template.String())
		case manager.TargetChanged:
			add("target", "", "", e.ID, e.Turn.String()+" "+e.Target)
		}
	}
	return list
}

func failureWords(f *lifecycle.Failure) string { return f.Operation + ": " + f.Message }

// operationWords name an operation with what it is about, never its content: files, graphs, properties may hold secrets.
func operationWords(op manager.Op) string {
	switch op := op.(type) {
	case manager.Request:
		return "request " + op.State.String() + " of " + op.Path
	case manager.DeployAndStart:
		return "deploy and start " + op.Path
	case manager.StopAll:
		return "stop " + op.Path
	case manager.UndeployAll:
		return "undeploy " + op.Path
	case manager.Add:
		if op.Instance != nil {
			return "add " + op.Parent + "/" + op.Instance.Name
		}
	case manager.Remove:
		return "remove " + op.Path
	case manager.Rename:
		return "rename " + op.Path + " to " + op.Name
	case manager.Replicate:
		return "replicate " + op.Path + " as " + op.Name
	case manager.Associate:
		return "associate " + op.Element + " with " + op.Target
	}
	return fmt.Sprintf("%T", op)[len("manager."):]
}

// Peek gives the applications that a manager keeps in a folder while none runs there. Nothing is changed.
func Peek(dir string, log *slog.Logger) ([]App, error) {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	c := Config{Dir: dir, Log: log}.filled()
	s, err := store.Open(dir, store.Options{Log: log})
	if err != nil {
		return nil, err
	}
	loaded, err := s.Load()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	m := &Manager{
		cfg: c, log: c.Log, store: &journal{Store: s, mind: manager.Restore(c.mindConfig(), loaded.Journal)},
		views: map[string]App{}, changed: make(chan struct{}), written: map[string]uint64{}, exports: make(chan copies, 1),
	}
	for _, step := range loaded.Steps {
		m.store.mind.Step(step.At, step.Event)
	}
	m.show()
	return m.Apps(), s.Close()
}
