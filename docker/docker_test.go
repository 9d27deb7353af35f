package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/docker/hostimage"
	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/bus"
)

func TestCandidates(t *testing.T) {
	files := fstest.MapFS{
		"run/user/7/podman/podman.sock":              {},
		"var/run/docker.sock":                        {},
		"home/ann/.docker/config.json":               {Data: []byte(`{"currentContext": "far"}`)},
		"home/ann/.docker/contexts/meta/1/meta.json": {Data: []byte(`{"Name": "near", "Endpoints": {"docker": {"Host": "tcp://near:1"}}}`)},
		"home/ann/.docker/contexts/meta/2/meta.json": {Data: []byte(`{"Name": "far", "Endpoints": {"docker": {"Host": "tcp://far:2"}}}`)},
	}
	for _, c := range []struct {
		env  map[string]string
		want []string
	}{
		{map[string]string{"DOCKER_HOST": "tcp://named:3"}, []string{"tcp://named:3"}},
		{nil, []string{"tcp://far:2", "unix:///var/run/docker.sock", "unix:///run/user/7/podman/podman.sock"}},
		{map[string]string{"DOCKER_CONTEXT": "near"}, []string{"tcp://near:1", "unix:///var/run/docker.sock", "unix:///run/user/7/podman/podman.sock"}},
		{map[string]string{"DOCKER_CONTEXT": "default", "XDG_RUNTIME_DIR": "/nowhere"}, []string{"unix:///var/run/docker.sock"}},
	} {
		s := Surroundings{Env: func(name string) string { return c.env[name] }, Home: "/home/ann", UID: 7, FS: files}
		if got := s.Candidates(); !slices.Equal(got, c.want) {
			t.Errorf("with %v: %q, want %q", c.env, got, c.want)
		}
	}
}

func TestNoEngineIsSaidClearly(t *testing.T) {
	nowhere := Surroundings{Env: func(string) string { return "" }, Home: "/nobody", FS: fstest.MapFS{}}
	if _, err := Connect(t.Context(), nowhere, ""); !errors.Is(err, ErrNoEngine) {
		t.Errorf("%v", err)
	}
	socket := filepath.Join(t.TempDir(), "engine.sock")
	_, err := Connect(t.Context(), nowhere, "unix://"+socket)
	if !errors.Is(err, ErrNoEngine) || !strings.Contains(err.Error(), socket) {
		t.Errorf("%v", err)
	}
}

func connect(t *testing.T) *Engine {
	t.Helper()
	require.Docker(t)
	e, err := Connect(t.Context(), Own(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// run gives what a command prints in a new container of an image.
func run(t *testing.T, e *Engine, image string, command ...string) string {
	t.Helper()
	ctx := t.Context()
	made, err := e.api.ContainerCreate(ctx, client.ContainerCreateOptions{Config: &container.Config{Image: image, Cmd: command, NetworkDisabled: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(ctx)
		if _, err := e.api.ContainerRemove(ctx, made.ID, client.ContainerRemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	ended := e.api.ContainerWait(ctx, made.ID, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	if _, err := e.api.ContainerStart(ctx, made.ID, client.ContainerStartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case r := <-ended.Result:
		if r.StatusCode != 0 {
			t.Errorf("%q exits %d", command, r.StatusCode)
		}
	case err := <-ended.Error:
		t.Fatal(err)
	}
	return (&Rabbit{engine: e, id: made.ID}).words(ctx)
}

// A base without registry: this host's packages, in which a shell, awk (an alternative) and dpkg work.
func TestABaseImageOfThisHost(t *testing.T) {
	e := connect(t)
	if _, err := hostimage.Open("/"); err != nil {
		t.Skip("needs a host with Debian's packages")
	}
	i := Image{Tag: fmt.Sprintf("roboconf/test-base:%d", os.Getpid()), Packages: []string{"bash", "mawk"}}
	tag, err := e.Prepare(t.Context(), i, func(text string) { t.Log(text) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Forget(context.WithoutCancel(t.Context()), tag); err != nil {
			t.Error(err)
		}
	})
	if again, err := e.Prepare(t.Context(), Image{Tag: tag}, nil); err != nil || again != tag {
		t.Errorf("the second time: %q, %v", again, err)
	}
	got := run(t, e, tag, "bash", "-c", `echo "a b" | awk '{print $2}'; dpkg --get-selections | grep -c '^bash'; id -un`)
	if got != "b\n1\nroot\n" {
		t.Errorf("it prints %q", got)
	}
}

func TestAnImageThatCannotBeHad(t *testing.T) {
	e := connect(t)
	_, err := e.Prepare(t.Context(), Image{Tag: "roboconf/none:1", Packages: []string{"no-such-package"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "no-such-package") {
		t.Errorf("%v", err)
	}
}

func TestRabbitMQInAContainer(t *testing.T) {
	if testing.Short() {
		t.Skip("RabbitMQ in a container takes half a minute: not in short runs")
	}
	e := connect(t)
	require.RabbitMQ(t)
	o := RabbitOptions{
		Deployment: fmt.Sprintf("test-%d", os.Getpid()), User: "someone", Password: "a-secret",
		Progress: func(text string) { t.Log(text) },
	}
	began := time.Now()
	r, err := e.RunRabbit(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Destroy(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	t.Logf("at %s after %s", r.Address, time.Since(began).Round(time.Millisecond))
	same, err := e.RunRabbit(t.Context(), o)
	if err != nil || same.id != r.id {
		t.Errorf("a second start gives another container: %v", err)
	}
	if err := r.Restart(t.Context()); err != nil {
		t.Error(err)
	}
	other := bus.Account{Name: "agent", Password: "one", Configure: "rbc[.]x", Write: "rbc[.].*", Read: "rbc[.]x"}
	for range 2 { // it may be there already
		if err := r.Ensure(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		other.Password = "two"
	}
	reaches(t, r.Address, "agent", "two", true)
	reaches(t, r.Address, "agent", "one", false)
	for range 2 {
		if err := r.Remove(t.Context(), "agent"); err != nil {
			t.Error(err)
		}
	}
	reaches(t, r.Address, "agent", "two", false)
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if same, err = e.RunRabbit(t.Context(), o); err != nil || same.Address != r.Address {
		t.Errorf("after a stop: %v", err)
	}
	reaches(t, r.Address, "someone", "a-secret", true)
	for range 2 {
		if err := e.RemoveRabbit(t.Context(), o.Deployment); err != nil {
			t.Error(err)
		}
	}
}

// reaches logs in, or is refused.
func reaches(t *testing.T, address, user, password string, want bool) {
	t.Helper()
	conn, err := amqp091.Dial("amqp://" + user + ":" + password + "@" + address + "/")
	if err == nil {
		_ = conn.Close() // it was only tried
	}
	if (err == nil) != want {
		t.Errorf("%s with the password %s: %v", user, password, err)
	}
}
