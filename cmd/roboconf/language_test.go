package main

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/diag"
)

// The environment is asked in the order of POSIX; --lang wins over it.
func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want diag.Language
	}{
		{nil, diag.English},
		{map[string]string{"LANG": "fr_CA.UTF-8"}, diag.French},
		{map[string]string{"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, diag.English},
		{map[string]string{"LC_ALL": "fr", "LC_MESSAGES": "en", "LANG": "en"}, diag.French},
		{map[string]string{"LANG": "de_DE.UTF-8"}, diag.English},
	} {
		if got := languageOf(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %d, want %d", c.env, got, c.want)
		}
	}
	t.Setenv("LC_ALL", "fr_FR.UTF-8")
	asked := tongue("en")
	if got := language(streams{lang: &asked}); got != diag.English {
		t.Error("--lang does not win over the environment")
	}
	if got := language(streams{lang: new(tongue)}); got != diag.French {
		t.Error("without --lang the environment does not count")
	}
}

// A sign that French writes apart never begins a line.
func TestWrap(t *testing.T) {
	text := strings.Repeat("mot ", 30) + ": suite « " + strings.Repeat("a", 70) + " » ; fin\n\nautre paragraphe"
	for line := range strings.Lines(wrap(text)) {
		if strings.ContainsAny(line[:1], ":;»") || strings.HasSuffix(strings.TrimSpace(line), "«") {
			t.Errorf("a line %q", line)
		}
	}
	if got := wrap("a\n\nb c"); got != "a\n\nb c" {
		t.Errorf("paragraphs: %q", got)
	}
}
