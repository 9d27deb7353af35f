package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd"
	"github.com/roboconf/workbench/runtime/site/control"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/local"
)

// Down takes everything away that this deployment has: recipes stop and undeploy what really runs, machines end, broker, state. What cannot be
// undone within patience is ended by force. It is the end of the Site.
func (s *Site) Down(ctx context.Context, patience time.Duration, tell func(string)) error {
	if app, there := s.manager.App(s.Name); there && app.Damaged == "" {
		within, cancel := context.WithTimeout(ctx, patience)
		if err := s.undo(within, tell); err != nil {
			tell("not everything could be undone: " + err.Error() + "; it is ended by force")
		}
		cancel()
	}
	s.server.Close()
	s.server = nil
	err := s.leaveLocked(context.WithoutCancel(ctx))
	if err != nil {
		s.log.Warn("stop", "error", err)
	}
	err = sweep(context.WithoutCancel(ctx), s.Folder, tell)
	s.unlock()
	return err
}

// undo asks the manager for the end of everything: recipes first where they really run, since machines that are processes leave nothing to
// undo them later (LC-82 step 3).
func (s *Site) undo(ctx context.Context, tell func(string)) error {
	if s.Recipes == Run {
		if err := s.undeploySoftware(ctx, tell); err != nil {
			return err
		}
	}
	tell("ending machines")
	if err := s.manager.Shutdown(ctx, s.Name); err != nil {
		return err
	}
	if err := s.manager.Wait(ctx, s.Name, func(a managerd.App) bool { return a.All(lifecycle.NotDeployed) }); err != nil {
		return err
	}
	return s.manager.Delete(ctx, s.Name)
}

func (s *Site) undeploySoftware(ctx context.Context, tell func(string)) error {
	app, _ := s.manager.App(s.Name)
	machines := map[string]bool{}
	for _, st := range app.Statuses {
		machines[st.Path] = st.Machine
	}
	var tops []string
	for _, st := range app.Statuses {
		if !st.Machine && machines[st.Path[:strings.LastIndexByte(st.Path, '/')]] && st.State.Deployed() {
			tops = append(tops, st.Path)
		}
	}
	if len(tops) == 0 {
		return nil
	}
	tell("undeploying " + fmt.Sprint(len(tops)) + " instances")
	for _, path := range tops {
		if _, err := s.manager.Do(ctx, s.Name, manager.Request{Path: path, State: lifecycle.NotDeployed}); err != nil {
			return err
		}
	}
	return s.manager.Wait(ctx, s.Name, func(a managerd.App) bool {
		return !slices.ContainsFunc(a.Statuses, func(st manager.Status) bool {
			return slices.Contains(tops, st.Path) && st.State != lifecycle.NotDeployed && st.Failure == nil
		})
	})
}

// leaveLocked stops everything but keeps the folder for this process.
func (s *Site) leaveLocked(ctx context.Context) error {
	unlock := s.unlock
	s.unlock = func() {}
	err := s.Leave(ctx)
	s.unlock = unlock
	return err
}

// workers is how many machines are ended at a time.
const workers = 8

// sweep ends every machine that carries the label of a deployment, then removes its folder. The caller holds its lock. It may be repeated.
func sweep(ctx context.Context, f Folder, tell func(string)) error {
	handler := local.New(local.Options{Root: f.Machines()})
	properties := map[string]string{"dir": f.Machines(), "handler": local.Name, "grace": "3"}
	left, err := handler.List(ctx, properties, f.Domain)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		tell(fmt.Sprintf("ending what is left of machines: %d", len(left)))
	}
	var wrong error
	var mu sync.Mutex
	var work sync.WaitGroup
	slots := make(chan struct{}, workers)
	for _, m := range left {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			_, err := target.Converge(ctx, handler, target.Spec{Key: m.Key, ID: m.ID, Properties: properties}, target.Gone, target.Options{})
			mu.Lock()
			defer mu.Unlock()
			wrong = errors.Join(wrong, err)
		})
	}
	work.Wait()
	if wrong != nil {
		return wrong
	}
	if f.Broker == Container {
		if err := removeContainer(ctx, f); err != nil {
			return err
		}
	}
	if err := os.Remove(f.Socket()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the socket of the deployment: %w", err)
	}
	return f.remove()
}

// Down takes a deployment away, whoever looks after it: a running up is asked to, where none runs, or it was killed, everything is found by its
// label and ended. ErrNone when there is no such deployment.
func Down(ctx context.Context, root, what string, log *slog.Logger, tell func(string)) (Folder, error) {
	if err := sweepRemoved(root); err != nil {
		return Folder{}, err
	}
	f, err := Find(root, what)
	if err != nil {
		return f, err
	}
	err = control.Ask(ctx, f.Socket(), "down", nil, func(part json.RawMessage) error {
		var words string
		if err := json.Unmarshal(part, &words); err != nil {
			return err
		}
		tell(words)
		return nil
	})
	switch {
	case err == nil:
		return f, waitGone(ctx, f)
	case ctx.Err() != nil:
		return f, ctx.Err()
	case !errors.Is(err, control.ErrNobody):
		log.Warn("the up that runs did not finish", "error", err)
	}
	unlock, err := waitLock(ctx, f)
	if err != nil || unlock == nil {
		return f, err
	}
	defer unlock()
	if f.Broker == RabbitMQ {
		tell("ending what is left of RabbitMQ")
		if err := stopRabbit(ctx, f); err != nil {
			return f, err
		}
	}
	return f, sweep(ctx, f, tell)
}

// patience is how long another process may take to end.
const patience = 20 * time.Second

// waitGone waits until a folder is gone.
func waitGone(ctx context.Context, f Folder) error {
	unlock, err := waitLock(ctx, f)
	if unlock != nil {
		unlock()
		return errors.New("the up that runs ended without taking everything away; try again")
	}
	return err
}

// waitLock takes a deployment when whoever has it ends; nothing at all when the folder is gone by then.
func waitLock(ctx context.Context, f Folder) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(f.Dir); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		unlock, err = lock(f.path(lockFile))
		if err == nil {
			return unlock, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("take the deployment of %s: %w", f.Source, err)
		}
	}
}
