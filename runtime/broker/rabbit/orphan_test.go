//go:build unix

package rabbit

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sleeper is a process that nobody would miss.
func sleeper(t *testing.T) *child {
	t.Helper()
	c, err := startChild(exec.Command("sleep", "600"), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.kill(); <-c.done })
	return c
}

// Issue 4: no orphan; and never a stranger's process, which may have got the number of one of ours.
func TestCleaningEndsOursAlone(t *testing.T) {
	h := &home{dir: t.TempDir()}
	ours, stranger := sleeper(t), sleeper(t)
	started, err := startTime(ours.pid)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal([]process{{"broker", ours.pid, started}, {"epmd", stranger.pid, "another time"}, {"gone", 1 << 30, "0"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.path(processFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for range 2 { // the second finds nothing to do
		if err := clean(ctx, h, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-ours.done:
	case <-ctx.Done():
		t.Error("what an earlier server left still runs")
	}
	select {
	case <-stranger.done:
		t.Error("a stranger was ended")
	default:
	}
}

// Engineering 5.3: generated credentials, never the default account; limits of a laptop; nothing in clear in the list of processes.
func TestConfiguration(t *testing.T) {
	opt := Options{Dir: t.TempDir(), Program: "/bin/true"}
	h, err := newHome(&opt)
	if err != nil {
		t.Fatal(err)
	}
	text := h.config(&opt)
	for _, want := range []string{
		"default_user = administrator\n", "default_pass = " + h.state.Password + "\n", "listeners.tcp.1 = 127.0.0.1:",
		"vm_memory_high_watermark.absolute = 2147483648\n", "disk_free_limit.absolute = 50MB\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if len(h.state.Password) < 20 || strings.Contains(strings.Join(h.env(), "\n"), h.state.Password) {
		t.Error("the password is short, or in the environment")
	}
	opt.TLS = &TLS{Demand: true}
	if text := h.config(&opt); !strings.Contains(text, "listeners.tcp = none\n") || !strings.Contains(text, "fail_if_no_peer_cert = true\n") || strings.Contains(text, "tlsv1.1") {
		t.Errorf("with TLS:\n%s", text)
	}
	for _, line := range h.env() {
		name, value, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, "RABBITMQ_") && strings.HasPrefix(value, "/") && value != "/dev/null" && !strings.HasPrefix(value, h.dir) {
			t.Errorf("%s is outside of the folder", line)
		}
	}
}

// What a person gives must not become Erlang.
func TestBinary(t *testing.T) {
	for in, want := range map[string]string{"": "<<>>", "a": "<<97>>", "a\"\n>>é": "<<97,34,10,62,62,195,169>>"} {
		if got := binary(in); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

// The applications that another installation lacks are no reason to fail: RabbitMQ then runs as it is.
func TestPluginsOfAnotherShape(t *testing.T) {
	dir := t.TempDir()
	if got := closure(dir); got != nil {
		t.Errorf("an empty folder needs %q", got)
	}
	put := func(name, text string) {
		t.Helper()
		ebin := filepath.Join(dir, name+"-1.0", "ebin")
		if err := os.MkdirAll(ebin, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(ebin, name+".app"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("rabbit", "{application, rabbit, [{applications, [kernel, stdlib,\n ra]}]}.")
	put("ra", "{application, ra, [{applications,[kernel,rabbit]}]}.")
	put("rabbitmq_auth_mechanism_ssl", "{application, x, [{applications, [rabbit]}]}.")
	put("unneeded", "{application, unneeded, [{applications, []}]}.")
	if got := strings.Join(closure(dir), " "); got != "rabbit-1.0 rabbitmq_auth_mechanism_ssl-1.0 ra-1.0" {
		t.Errorf("needed: %s", got)
	}
	put("ra", "{application, ra, []}.")
	if got := closure(dir); got != nil {
		t.Errorf("where one does not say what it needs: %q", got)
	}
}
