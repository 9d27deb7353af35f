package managerd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/store"
)

// TestTheManagerDiesAtEveryStep lets the manager die at each step that it keeps, just before and just after it is on disk, while machines are made,
// software starts, everything is undeployed. Whoever comes next finishes; no machine is forgotten or made twice, no recipe runs
// twice (conformance 4, LC-113).
func TestTheManagerDiesAtEveryStep(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 0; ; n++ {
			if n > 200 {
				t.Fatal("a small application takes more than 200 steps")
			}
			if died := dieAt(t, n, after); !died {
				t.Logf("after=%v: %d deaths", after, n)
				break
			}
		}
	}
}

// dieAt tells one story with a death at its n-th step; false when the story was over before.
func dieAt(t *testing.T, n int, after bool) (died bool) {
	t.Helper()
	ok := t.Run(fmt.Sprintf("%d,%v", n, after), func(t *testing.T) {
		w := newWorld(t, nil)
		w.close(t)
		w.story(t)
		w.dying(t, n, after)
		if err := w.tell(t.Context()); err != nil {
			if died = errors.Is(err, errDead); !died {
				t.Fatal(err)
			}
			if err := w.Close(context.Background()); !errors.Is(err, errDead) {
				t.Error(err)
			}
			w.open(t)
			if err := w.tell(t.Context()); err != nil {
				a, _ := w.App("hello")
				for _, s := range a.Statuses {
					t.Log(s.Path, s.State, s.MachineID, s.Failure)
				}
				t.Fatal(err, w.machines.ran())
			}
		}
		if left, _ := w.machines.List(t.Context(), nil, ""); len(left) != 0 || w.machines.born != 1 {
			t.Errorf("machines left: %v; made: %d, want 1", left, w.machines.born)
		}
		seen := map[string]int{}
		for _, r := range w.machines.ran() {
			if seen[r]++; seen[r] > 1 {
				t.Errorf("%s ran %d times: %v", r, seen[r], w.machines.ran())
			}
		}
		if seen["start /vm/server"] != 1 {
			t.Errorf("ran %v", w.machines.ran())
		}
	})
	if !ok {
		t.FailNow()
	}
	return died
}

// story prepares the application that is told about.
func (w *world) story(t *testing.T) {
	t.Helper()
	w.open(t)
	w.sample(t, "hello")
	w.close(t)
}

// tell deploys, starts, undeploys, deletes: what an earlier process did already is not asked again.
func (w *world) tell(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		var err error
		switch a, there := w.App("hello"); {
		case !there:
			return w.over0()
		case w.asked(manager.DeployAndStart{}) && w.asked(manager.UndeployAll{}):
			if err = w.Wait(ctx, "hello", func(a App) bool { return nothing(a) || a.Name == "" }); err == nil {
				if a, _ = w.App("hello"); a.Name != "" {
					err = w.Delete(ctx, "hello")
				}
			}
		case w.asked(manager.DeployAndStart{}):
			if err = w.Wait(ctx, "hello", func(a App) bool { return a.All(lifecycle.DeployedStarted) }); err == nil {
				_, err = w.Do(ctx, "hello", manager.UndeployAll{})
			}
		default:
			_, err = w.Do(ctx, "hello", manager.DeployAndStart{})
		}
		if err != nil {
			return err
		}
	}
}

// over0 is the error of a manager that died after the story.
func (w *world) over0() error {
	select {
	case <-w.ended:
		return w.over()
	default:
		return nil
	}
}

// asked says whether the history knows an operation.
func (w *world) asked(op manager.Op) bool {
	list, err := w.History(store.Query{Kind: "operation", Limit: 1000})
	if err != nil {
		return false
	}
	for _, r := range list {
		if r.Text == operationWords(op) {
			return true
		}
	}
	return false
}

func TestASecondManagerIsRefused(t *testing.T) { // MG-3
	w := newWorld(t, nil)
	_, err := Open(t.Context(), w.config)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("opened twice: %v", err)
	}
}

func TestARestartChangesNothing(t *testing.T) { // MG-2, LC-111, LC-112
	w := newWorld(t, nil)
	w.sample(t, "lamp")
	w.do(t, "lamp", manager.DeployAndStart{})
	w.reach(t, "lamp", "everything started", allStarted)
	before, born := len(w.machines.ran()), w.machines.born
	for range 3 {
		w.close(t)
		w.open(t)
		w.reach(t, "lamp", "everything started again", allStarted)
	}
	if runs := w.machines.ran(); len(runs) != before || w.machines.born != born {
		t.Errorf("a restart ran %v, made %d machines", runs[before:], w.machines.born-born)
	}
	if n := len(w.Templates()); n != 1 {
		t.Errorf("%d templates", n)
	}
}
