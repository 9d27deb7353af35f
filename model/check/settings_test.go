package check_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// withSettings is an application with a hint about portability, a warning of ours, a warning of the reference.
func withSettings(settings string) fstest.MapFS {
	files := project(lines("vm {", "\tinstaller: target;", "\texports: a = \"\", b = $(X);", "}", "facet lonely {", "}"), "# none\n")
	if settings != "" {
		files[".roboconf/check"] = &fstest.MapFile{Data: []byte(settings)}
	}
	return files
}

func levels(found []diag.Problem, codes ...diag.Code) string {
	var out []string
	for _, c := range codes {
		level := "off"
		for _, p := range found {
			if p.Code == c {
				level = p.Level().String()
			}
		}
		out = append(out, level)
	}
	return strings.Join(out, " ")
}

// DIA-41, DIA-42: what a project says of our codes.
func TestSettings(t *testing.T) {
	codes := []diag.Code{diag.XEmptyDefault, diag.XUnknownMetaVariable, diag.RMOrphanFacet}
	for settings, want := range map[string]string{
		"":                            "hint warning warning",
		"X_EMPTY_DEFAULT = off":       "off warning warning",
		"X_EMPTY_DEFAULT = severe":    "severe warning warning",
		"X_UNKNOWN_META_VARIABLE=off": "hint off warning",
		"profile = strict":            "warning warning warning",
		"profile = strict\nX_EMPTY_DEFAULT = hint":      "hint warning warning",
		"RM_ORPHAN_FACET = off":                         "hint warning warning",
		"X_EMPTY_DEFAULT = off\nX_EMPTY_DEFAULT = on\n": "hint warning warning",
	} {
		_, found := check.Dir(withSettings(settings), load.Options{})
		if got := levels(found, codes...); got != want {
			t.Errorf("%q: %s, want %s", settings, got, want)
		}
	}
	files := withSettings("")
	r := load.Dir(files, load.Options{}, nil)
	if got := levels(check.With(r, files, check.Options{Strict: true}), codes...); got != "warning warning warning" {
		t.Errorf("strict by option: %s", got)
	}
}

// Mistakes in settings are findings as well, where they stand.
func TestWrongSettings(t *testing.T) {
	settings := lines("# notes", "X_EMPTY_DEFALT = off", "RM_ORPHAN_FACET = off", "X_EMPTY_DEFAULT = wraning", "profile = lax", "instances.max = many", "instances.max = 12", "colour = red")
	_, found := check.Dir(withSettings(settings), load.Options{})
	same(t, found, "X_SETTING", []string{
		".roboconf/check:2:1 X_SETTING (X_EMPTY_DEFALT; X_EMPTY_DEFAULT)",
		".roboconf/check:3:1 X_SETTING (RM_ORPHAN_FACET; profile; instances.max; installers)",
		".roboconf/check:4:19 X_SETTING (wraning; off; hint; warning; severe)",
		".roboconf/check:5:11 X_SETTING (lax; strict)",
		".roboconf/check:6:17 X_SETTING (many; 10000)",
		".roboconf/check:7:1 X_SETTING (instances.max)",
		".roboconf/check:8:1 X_SETTING (colour; profile; instances.max; installers)",
	})
	p := find(t, found, diag.XSetting)
	if got := beside(p); len(got) != 1 || got[0] != ".roboconf/check:2:1 did you mean X_EMPTY_DEFAULT?" {
		t.Errorf("beside it: %q", got)
	}
	if len(p.Fixes) != 1 || p.Fixes[0].Edits[0].With != "X_EMPTY_DEFAULT" {
		t.Errorf("fixes: %v", p.Fixes)
	}
	if _, found = check.Dir(withSettings("X_EMPTY_DEFAULT = \\u12"), load.Options{}); levels(found, diag.XSetting) != "warning" {
		t.Error("an escape that means no character is not told")
	}
}

// DIA-41: one rule is off until a project wants it.
func TestSwitchedOn(t *testing.T) {
	for settings, want := range map[string]string{"": "off", "X_CMD_NEVER_USED = on": "hint", "X_CMD_NEVER_USED = warning": "warning", "X_CMD_NEVER_USED = off": "off"} {
		files := withSettings(settings)
		files["commands/alone.commands"] = &fstest.MapFile{Data: []byte("stop all /vm\n")}
		_, found := check.Dir(files, load.Options{})
		if got := levels(found, diag.XCmdNeverUsed); got != want {
			t.Errorf("%q: %s, want %s", settings, got, want)
		}
	}
}

// Settings that cannot be read are told, and change nothing.
func TestUnreadableSettings(t *testing.T) {
	files := withSettings("")
	files[".roboconf/check/x"] = &fstest.MapFile{}
	_, found := check.Dir(files, load.Options{})
	if p := find(t, found, diag.PIOError); p.Place.File != check.SettingsFile {
		t.Errorf("told about %q", p.Place.File)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("profile = strict\nX_EMPTY_DEFAULT = off\n")
	f.Add("instances.max = 99999999999999999999\ninstallers = a,,b\n\\u")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) == 0 {
			return
		}
		_, found := check.Dir(withSettings(text), load.Options{})
		for _, p := range found {
			if p.Code == diag.XSetting && (p.Range.Start.Line < 1 || p.Range.Start.Column < 1) {
				t.Errorf("a mistake without a place: %s", p)
			}
		}
	})
}

// A project may ask for more instances than are loaded otherwise.
func TestLoadingKnowsTheLimit(t *testing.T) {
	for text, want := range map[string]int{"instances.max = 300000\n": 300_000, "instances.max = 20\n": 0, "": 0} {
		files := fstest.MapFS{check.SettingsFile: {Data: []byte(text)}}
		if got := check.Loading(files, load.Options{}).MaxInstances; got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
