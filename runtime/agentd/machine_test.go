package agentd

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/plugin"
)

// PL-80: templates become configuration files, in their sub-folders; one that fails does not keep the others; the agent's own stays.
func TestInject(t *testing.T) {
	conf := t.TempDir()
	from := filepath.Join(conf, "roboconf", "cfg-injection")
	for name, text := range map[string]string{
		"a.cfg.tpl": "<domain>|<application-name>|<scoped-instance-path>|<ip-address>", "sub/b.cfg.tpl": "b", "plain.cfg": "<domain>", "agent.cfg.tpl": "no",
		"folder.cfg.tpl": "no",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(from, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(conf, "folder.cfg", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := Config{Domain: "d", App: "a", Scope: "/vm", Address: "1.2.3.4", Inject: from, Own: filepath.Join(conf, "agent.cfg")}
	err := c.inject()
	if err == nil || !strings.Contains(err.Error(), "agent's own") || !strings.Contains(err.Error(), "folder.cfg") {
		t.Errorf("it says %v", err)
	}
	for name, want := range map[string]string{"a.cfg": "d|a|/vm|1.2.3.4", "sub/b.cfg": "b", "plain.cfg": "", "agent.cfg": ""} {
		if got, _ := os.ReadFile(filepath.Join(conf, name)); string(got) != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	c.Inject = filepath.Join(conf, "nothing", "there")
	if err := c.inject(); err != nil {
		t.Errorf("no folder of templates: %v", err)
	}
}

// manager.md 10: the address is that of the interface that is named, else the one on the way to the broker.
func TestFindAddress(t *testing.T) {
	if a := FindAddress("", []string{"127.0.0.1:5672"}); a != "127.0.0.1" {
		t.Errorf("on the way to a broker on this machine: %s", a)
	}
	if a := FindAddress("", []string{"[::1]:5672"}); a != "::1" && net.ParseIP(a) == nil {
		t.Errorf("over IPv6: %s", a)
	}
	all, err := net.Interfaces()
	if err != nil {
		t.Skip(err)
	}
	for k := range all {
		if want := addressOf(&all[k]); want != "" {
			if a := FindAddress(all[k].Name, nil); a != want {
				t.Errorf("%s: %s, want %s", all[k].Name, a, want)
			}
		}
	}
	if a := FindAddress("no such interface", []string{"a name:1"}); net.ParseIP(a) == nil {
		t.Errorf("found %q", a)
	}
}

// messaging.md 13.1: the words of levels.
func TestLevels(t *testing.T) {
	last := Off + 1
	for _, word := range []string{"off", "error", "WARN", "info", "debug", "trace"} {
		l, err := Level(word)
		if err != nil || l >= last {
			t.Errorf("%s is %v after %v, %v", word, l, last, err)
		}
		last = l
	}
	if _, err := Level("all"); err == nil {
		t.Error("a word that is none is taken")
	}
	v := &slog.LevelVar{}
	h := &hands{c: Config{Level: v, Log: slog.New(slog.DiscardHandler)}}
	h.setLevel(agent.SetLogLevel{Level: "debug"})
	h.setLevel(agent.SetLogLevel{Level: "?"})
	if v.Level() != slog.LevelDebug {
		t.Errorf("the level is %v", v)
	}
}

// PL-72: lines are told in pieces, each stream with its own offsets; nothing after the end.
func TestTeller(t *testing.T) {
	var told []agent.Output
	x := newTeller(7, func(ev mind.Event) { told = append(told, ev.(agent.Output)) })
	x.line(plugin.Line{Stream: "err", Text: "e"})
	big := strings.Repeat("x", tellBytes)
	x.line(plugin.Line{Stream: "out", Text: big, Cut: true})
	x.line(plugin.Line{Stream: "out", Text: "a\x00b"})
	x.end()
	x.line(plugin.Line{Stream: "out", Text: "late"})
	want := []agent.Output{
		{ID: 7, Stream: "out", Text: big + "\n", Truncated: true},
		{ID: 7, Stream: "out", Offset: tellBytes + 1, Text: "a\ufffdb\n"},
		{ID: 7, Stream: "err", Text: "e\n"},
	}
	if len(told) != 3 || told[0] != want[0] || told[1] != want[1] || told[2] != want[2] {
		t.Errorf("told %d pieces: %.100v", len(told), told)
	}
}

// PL-35: recipes do not inherit the agent's own settings.
func TestOwnEnviron(t *testing.T) {
	t.Setenv("ROBOCONF_AGENT_PASSWORD", "s3cret")
	t.Setenv("ROBOCONF_MACHINE", "key")
	all := strings.Join(OwnEnviron(), "\n")
	if strings.Contains(all, "s3cret") || !strings.Contains(all, "ROBOCONF_MACHINE=key") {
		t.Error(all)
	}
}

// A boot is another one when the first process of the machine is.
func TestSystemBoot(t *testing.T) {
	if a, b := systemBoot(), systemBoot(); a != b {
		t.Errorf("%q, then %q", a, b)
	}
}
