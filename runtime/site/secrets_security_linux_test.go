package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/userdata"
)

// realAgent builds the program of machines.
func realAgent(t *testing.T) []string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roboconf-agent")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/roboconf/workbench/cmd/roboconf-agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the agent: %v\n%s", err, text)
	}
	return []string{program}
}

// product.md 5.10, MS-43, PL-35, PL-72: with real agents, real recipes: no password of the broker is in what people read, in a log, in what
// recipes inherit or print, in the list of processes; files that hold one are their owner's alone.
func TestSecretsStaySecret(t *testing.T) {
	for _, broker := range []string{Embedded, RabbitMQ} {
		t.Run(broker, func(t *testing.T) {
			if broker == RabbitMQ {
				require.RabbitMQ(t)
			}
			secretsOn(t, broker)
		})
	}
}

func secretsOn(t *testing.T, broker string) {
	o := ground(t, "hello")
	defer clean(t, o)
	var log bytes.Buffer
	o.Broker, o.Recipes, o.Agent = broker, Run, realAgent(t)
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	scripts := filepath.Join(o.Source, "graph", "Server", "scripts")
	told := filepath.Join(t.TempDir(), "told")
	for name, text := range map[string]string{
		"deploy.sh": "", "stop.sh": "", "undeploy.sh": "",
		// What a curious recipe finds: its environment, that of its parent, the words that both were started with, and the user data.
		"start.sh": "env >" + told + "\ncat /proc/$$/cmdline /proc/$PPID/cmdline /proc/$PPID/environ >>" + told +
			"\ncat \"${PWD%/instances/*}\"/user-data \"${PWD%/instances/*}\"/../user-data || true\n",
	} {
		if err := os.WriteFile(filepath.Join(scripts, name), []byte("#!/bin/bash\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Changes(ctx)
	if err == nil {
		err = errors.Join(s.Apply(ctx, c), s.Started(ctx))
	}
	if err != nil {
		t.Fatal(err, s.Status())
	}
	passwords := passwordsOf(t, s)
	status, err := json.Marshal(s.Status())
	if err != nil {
		t.Fatal(err)
	}
	recipe, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadStatus(soon(t), s.Folder)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	silent(t, "the status", passwords, status)
	silent(t, "the status for another terminal", passwords, asked)
	silent(t, "what a recipe is told", passwords, recipe)
	silent(t, "the list of processes", passwords, processes())
	if masked := private(t, o.Root, passwords); masked == 0 {
		t.Error("no log shows what the recipe printed of the user data: nothing was looked at")
	}
	if err := s.Down(soon(t), 10*time.Second, func(string) {}); err != nil {
		t.Fatal(err)
	}
	silent(t, "the log", passwords, log.Bytes())
}

// passwordsOf are all passwords of the broker: the manager's, each agent's.
func passwordsOf(t *testing.T, s *Site) (list []string) {
	t.Helper()
	list = append(list, s.broker.settings.Password)
	err := filepath.WalkDir(s.Machines(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() != "user-data" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d, err := userdata.Parse(string(text), nil)
		list = append(list, d.Broker.Password)
		return err
	})
	if err != nil || len(list) < 2 || slices.ContainsFunc(list, func(s string) bool { return len(s) < 16 }) {
		t.Fatalf("%d passwords, %v", len(list), err)
	}
	return slices.Compact(list)
}

func silent(t *testing.T, what string, passwords []string, text []byte) {
	t.Helper()
	if len(text) == 0 {
		t.Errorf("%s is empty: nothing was looked at", what)
	}
	for _, p := range passwords {
		if at := bytes.Index(text, []byte(p)); at >= 0 {
			t.Errorf("%s tells a password: ...%q", what, text[max(0, at-80):at])
		}
	}
}

// processes are the words and the environments of all processes that this user may see, but of this test itself.
func processes() (all []byte) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err != nil || pid == os.Getpid() {
			continue
		}
		for _, name := range []string{"cmdline", "environ"} {
			text, _ := os.ReadFile(filepath.Join("/proc", e.Name(), name)) // of one that is gone: nothing
			all = append(append(all, text...), '\n')
		}
	}
	return all
}

// keepers are the files that hold passwords because somebody needs them there.
var keepers = []string{"user-data", secretsFile}

// private holds that files with a password are known to have one, and belong to their owner alone. It counts the others that speak of it.
func private(t *testing.T, root string, passwords []string) (masked int) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(text, []byte("server.password")) && !slices.Contains(keepers, e.Name()) {
			t.Logf("%s: ...%q", filepath.Base(path), line(text, "server.password"))
			masked++
		}
		for _, p := range passwords {
			if !bytes.Contains(text, []byte(p)) {
				continue
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(root, path)
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s holds a password and has the mode %v", name, info.Mode())
			}
			if !slices.Contains(keepers, e.Name()) && !strings.Contains(name, "rabbitmq/") {
				t.Errorf("%s holds a password", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return masked
}

// line is the first line of a text that speaks of something.
func line(text []byte, what string) []byte {
	for l := range bytes.Lines(text) {
		if bytes.Contains(l, []byte(what)) {
			return l[:min(len(l), 200)]
		}
	}
	return nil
}
