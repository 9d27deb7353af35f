//go:build unix

package rabbit_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

// parentEnv makes this test program the parent of a server in the folder that it names, until somebody kills it.
const parentEnv = "RABBITTEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentEnv); dir != "" {
		if _, err := rabbit.Start(context.Background(), rabbit.Options{Dir: dir}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("serves")
		select {}
	}
	os.Exit(m.Run())
}

// killedParent starts a server in a process of its own, then kills that process.
func killedParent(t *testing.T, dir string) {
	t.Helper()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentEnv+"="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "serves\n" {
		parent.Process.Kill()
		parent.Wait()
		t.Fatal(line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait() // it says that it was killed
}

// Issue 4: no orphan. A parent that is killed takes its server along; whoever comes at once finds a folder that can be used.
func TestParentIsKilled(t *testing.T) {
	require.RabbitMQ(t)
	dir := filepath.Join(t.TempDir(), "broker")
	killedParent(t, dir)
	s := start(t, rabbit.Options{Dir: dir})
	if _, err := dial(t, s.Endpoint()); err != nil {
		t.Error(err)
	}
	s.Kill()
	nothingRuns(t, dir)
}

// Issue 4: what a killed process left is ended without starting anything, twice; what lives is left alone.
func TestEnd(t *testing.T) {
	require.RabbitMQ(t)
	dir := filepath.Join(t.TempDir(), "broker")
	if err := rabbit.End(within(t), dir, nil); err != nil {
		t.Error("nothing was there:", err)
	}
	killedParent(t, dir)
	for range 2 {
		if err := rabbit.End(within(t), dir, nil); err != nil {
			t.Fatal(err)
		}
		nothingRuns(t, dir)
	}
	start(t, rabbit.Options{Dir: dir})
	if err := rabbit.End(within(t), dir, nil); !errors.Is(err, rabbit.ErrBusy) {
		t.Errorf("a server that lives: %v", err)
	}
}

// A start that fails says why, and leaves nothing.
func TestStartFails(t *testing.T) {
	program := require.RabbitMQ(t)
	fails := func(t *testing.T, opt rabbit.Options, words ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		s, err := rabbit.Start(ctx, opt)
		if err == nil {
			s.Kill()
			t.Fatal("it starts")
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q is not in: %v", word, err)
			}
		}
		if opt.Dir != "" {
			nothingRuns(t, opt.Dir)
		}
	}
	t.Run("no folder", func(t *testing.T) { fails(t, rabbit.Options{}, "folder") })
	t.Run("a blank in its path", func(t *testing.T) { fails(t, rabbit.Options{Dir: t.TempDir() + "/a b"}, "blanks", "a b") })
	t.Run("no address", func(t *testing.T) { fails(t, rabbit.Options{Dir: t.TempDir(), IP: "here"}, `"here"`) })
	t.Run("no program", func(t *testing.T) {
		fails(t, rabbit.Options{Dir: t.TempDir(), Program: "/nonexistent/rabbitmq-server"}, "/nonexistent/rabbitmq-server")
	})
	t.Run("damaged memory", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "server.json"), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, rabbit.Options{Dir: dir, Program: program}, "server.json", "remove the folder")
	})
	t.Run("a port that is taken", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		opt := rabbit.Options{Dir: t.TempDir(), Program: program, Port: l.Addr().(*net.TCPAddr).Port}
		fails(t, opt, l.Addr().String(), "another program has the port")
		if _, err := rabbit.Start(within(t), opt); !errors.Is(err, rabbit.ErrPort) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a program that ends", func(t *testing.T) {
		script := filepath.Join(t.TempDir(), "sbin", "rabbitmq-server")
		if err := os.MkdirAll(filepath.Dir(script), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(script, []byte("#!/bin/sh\necho the reason why\nexit 3\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		fails(t, rabbit.Options{Dir: t.TempDir(), Program: script}, "the reason why", "ended while it started")
	})
	t.Run("cancelled", func(t *testing.T) {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := rabbit.Start(ctx, rabbit.Options{Dir: dir, Program: program, Progress: func(p string) {
			if strings.HasPrefix(p, "waiting") {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		nothingRuns(t, dir)
	})
}

func BenchmarkEnsure(b *testing.B) {
	program := require.RabbitMQ(b)
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	s, err := rabbit.Start(ctx, rabbit.Options{Dir: b.TempDir(), Program: program})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Kill()
	accounts := s.Accounts()
	i := 0
	for b.Loop() {
		i++
		if err := accounts.Ensure(ctx, rabbit.Account{Name: fmt.Sprintf("agent-%d", i), Password: "p", Configure: "q", Write: "q", Read: "q"}); err != nil {
			b.Fatal(err)
		}
	}
}
