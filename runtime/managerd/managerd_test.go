package managerd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/managerd/template"
)

func allStarted(a App) bool { return len(a.Statuses) > 0 && a.All(lifecycle.DeployedStarted) }

func nothing(a App) bool { return len(a.Statuses) > 0 && a.All(lifecycle.NotDeployed) }

func TestALampStartsGrowsShrinksGoes(t *testing.T) { // LC-65, LC-70, lifecycle 15, MG-20, MG-23, MG-24
	w := newWorld(t, nil)
	app := w.sample(t, "lamp")
	w.do(t, "lamp", manager.DeployAndStart{})
	w.reach(t, "lamp", "everything started", allStarted)

	tomcat := app.Instances[slices.IndexFunc(app.Instances, func(i *model.Instance) bool { return i.Name == "app1" })]
	more := *tomcat
	more.Name = "app3"
	w.do(t, "lamp", manager.Add{Instance: &more})
	w.do(t, "lamp", manager.DeployAndStart{Path: "/app3"})
	w.reach(t, "lamp", "a Tomcat more", func(a App) bool {
		s, ok := a.Status("/app3/tomcat")
		return ok && s.State == lifecycle.DeployedStarted && allStarted(a)
	})
	w.do(t, "lamp", manager.UndeployAll{Path: "/app3"})
	w.do(t, "lamp", manager.Remove{Path: "/app3", Deferred: true})
	w.reach(t, "lamp", "the Tomcat gone", func(a App) bool {
		_, there := a.Status("/app3")
		return !there && allStarted(a)
	})
	runs := w.machines.ran()
	if updates := slices.DeleteFunc(runs, func(r string) bool { return r != "update /front/haproxy" }); len(updates) < 2 {
		t.Errorf("the front was not told of both changes: %v", updates)
	}

	if err := w.Delete(t.Context(), "lamp"); err == nil || !strings.Contains(err.Error(), "undeploy everything first") {
		t.Errorf("a running application was deleted: %v", err)
	}
	if err := w.Shutdown(t.Context(), "lamp"); err != nil {
		t.Fatal(err)
	}
	w.reach(t, "lamp", "nothing deployed", nothing)
	if list, _ := w.machines.List(t.Context(), nil, ""); len(list) != 0 {
		t.Errorf("machines are left: %v", list)
	}
	if err := w.Delete(t.Context(), "lamp"); err != nil {
		t.Fatal(err)
	}
	if apps := w.Apps(); len(apps) != 0 {
		t.Errorf("applications are left: %v", apps)
	}
	if err := w.DeleteTemplate(t.Context(), w.Templates()[0].ID, true); err != nil || len(w.Templates()) != 0 {
		t.Errorf("%v, %v", err, w.Templates())
	}
}

func TestTemplatesAreRefusedWhole(t *testing.T) { // MG-11, MG-13, MG-15
	w := newWorld(t, nil)
	w.sample(t, "hello")
	dir := t.TempDir()
	for file, text := range map[string]string{
		"descriptor/application.properties": "name = Other\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\n",
		"graph/main.graph":                  "VM {\n\tinstaller: target;\n}\n",
		"graph/VM/target.properties":        "id = hello-target\nname = x\nhandler = goroutine\n",
	} {
		file = filepath.Join(dir, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Load(t.Context(), dir, false); err == nil || !strings.Contains(err.Error(), "hello-target") {
		t.Errorf("the id of another template's target was taken: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "graph/main.graph"), []byte("VM {"), 0o600); err != nil {
		t.Fatal(err)
	}
	var refused *template.Refused
	if _, err := w.Load(t.Context(), dir, false); !errors.As(err, &refused) || len(refused.Problems) == 0 {
		t.Errorf("a broken application was taken: %v", err)
	}
	if len(w.Templates()) != 1 {
		t.Errorf("%v", w.Templates())
	}
	id := w.Templates()[0].ID
	if err := w.DeleteTemplate(t.Context(), id, false); err == nil {
		t.Error("a template was deleted under its application")
	}
	for _, name := range []string{"", "a/b", "hello"} {
		if err := w.Create(t.Context(), name, id, ""); err == nil {
			t.Errorf("%q was created", name)
		}
	}
}

func TestAFailureIsSeen(t *testing.T) { // LC-140, LC-142
	w := newWorld(t, nil)
	w.machines.fail["start /vm/server"] = true
	w.sample(t, "hello")
	w.do(t, "hello", manager.DeployAndStart{})
	w.reach(t, "hello", "the failure", func(a App) bool {
		s, _ := a.Status("/vm/server")
		return s.State == lifecycle.DeployedStopped && s.Failure != nil && s.Failure.ExitCode == 3
	})
	a, _ := w.App("hello")
	if count, worst := a.Info(); count[lifecycle.DeployedStarted] != 1 || !strings.Contains(worst, "/vm/server: start") {
		t.Errorf("the summary: %v, %q", count, worst)
	}
}

func TestNoticesInOrder(t *testing.T) { // MG-70, MG-73, conformance 8
	w := newWorld(t, nil)
	sub := w.Feed().Subscribe(0)
	defer sub.Close()
	w.sample(t, "hello")
	id := w.do(t, "hello", manager.DeployAndStart{})
	w.reach(t, "hello", "everything started", allStarted)
	at, finished, rev := map[string]lifecycle.State{}, 0, sub.From
	for finished < 2 {
		e := <-sub.Events
		if rev++; e.Rev != rev {
			t.Fatalf("revision %d after %d", e.Rev, rev-1)
		}
		if e.What == feed.Changed && e.Path != "" {
			if was, known := at[e.Path]; known && was != e.From {
				t.Errorf("%s goes on from %s, it was %s", e.Path, e.From, was)
			}
			at[e.Path] = e.To
		}
		if e.What == feed.Finished && e.Op == id {
			finished++
		}
	}
	if at["/vm"] != lifecycle.DeployedStarted || at["/vm/server"] != lifecycle.DeployedStarted {
		t.Errorf("%v", at)
	}
}

func TestPeopleCanReadWhatRuns(t *testing.T) { // MG-50
	w := newWorld(t, nil)
	w.sample(t, "hello")
	w.do(t, "hello", manager.DeployAndStart{})
	w.reach(t, "hello", "everything started", allStarted)
	w.close(t)
	text, err := os.ReadFile(filepath.Join(w.config.Dir, "applications", "hello", "instances", "current.instances"))
	if err != nil || strings.Count(string(text), "instance-state: DEPLOYED_STARTED;") != 2 || !strings.Contains(string(text), "machine.id = ") {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := w.Do(t.Context(), "hello", manager.StopAll{}); err == nil {
		t.Error("a manager that was closed obeys")
	}
	if err := w.Wait(t.Context(), "hello", func(App) bool { return false }); err == nil {
		t.Error("a manager that was closed waits")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Wait(ctx, "none", func(App) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
