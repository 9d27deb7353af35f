package check_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// withFiles is a sound application with more files.
func withFiles(more map[string]string) fstest.MapFS {
	files := project("Host {\n\tinstaller: target;\n}\n", "instance of Host {\n\tname: h;\n}\n")
	for name, text := range more {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// inFolders keeps the findings about files of some folders.
func inFolders(found []diag.Problem, folders ...string) (kept []diag.Problem) {
	for _, p := range found {
		if slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(p.Place.File, f) }) {
			kept = append(kept, p)
		}
	}
	return kept
}

const stopIt = "stop all /h\n"

func TestRuleFiles(t *testing.T) {
	const good = "rule \"r\"\nsleep period is 1\nwhen @e then stop-it end\n"
	const hint = "rules.autonomic/r.drl:3:6 X_RULE_EXTENSION (@e)"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"sound", map[string]string{"rules.autonomic/r.drl": good}, []string{hint}},
		{"MOD-16 another extension", map[string]string{"rules.autonomic/r.drl": good, "rules.autonomic/notes.txt": "rule"}, []string{
			hint, "rules.autonomic/notes.txt:1:1 PROJ_INVALID_RULE_EXT",
		}},
		{"unknown commands, one by one", map[string]string{"rules.autonomic/r.drl": strings.Replace(good, "then stop-it", "then\nstopit; stop-it\nno", 1)}, []string{
			hint, "rules.autonomic/r.drl:4:1 RULE_UNKNOWN_COMMAND (stopit)", "rules.autonomic/r.drl:5:1 RULE_UNKNOWN_COMMAND (no)",
		}},
		{"a name that is not that of the file", map[string]string{"rules.autonomic/s.drl": good}, []string{
			"rules.autonomic/s.drl:1:6 X_RULE_NAME_MISMATCH (r; s)", strings.Replace(hint, "r.drl", "s.drl", 1),
		}},
		{"two rules of one name", map[string]string{"rules.autonomic/r.drl": good, "rules.autonomic/sub/r.drl": good}, []string{
			hint, "rules.autonomic/sub/r.drl:1:6 X_RULE_DUPLICATE_NAME (r)", strings.Replace(hint, "r.drl", "sub/r.drl", 1),
		}},
		{"its own findings", map[string]string{"rules.autonomic/r.drl": "rule \"r\"\nsleep period is 1\nwhen then stop-it end"}, []string{
			"rules.autonomic/r.drl:3:1 RULE_EMPTY_WHEN",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := withFiles(c.files)
			files["commands/stop-it.commands"] = &fstest.MapFile{Data: []byte(stopIt)}
			_, found := check.Dir(files, load.Options{})
			same(t, inFolders(found, "rules.autonomic"), "", c.want)
		})
	}
}

// RUL-6, RUL-7, DIA-47.
func TestRuleFixes(t *testing.T) {
	for text, want := range map[string]string{
		"stop-it, stop-it":    "stop-it; stop-it",
		"stop-it.commands":    "stop-it",
		"stopit":              "stop-it",
		"Stop-It, x":          "",
		"nothing of the kind": "",
	} {
		files := withFiles(map[string]string{
			"rules.autonomic/r.drl":     "rule \"r\"\nsleep period is 1\nwhen @e then\n" + text + "\nend\n",
			"commands/stop-it.commands": stopIt,
		})
		_, found := check.Dir(files, load.Options{})
		p := find(t, found, diag.RuleUnknownCommand)
		if want == "" {
			if len(p.Fixes) > 0 {
				t.Errorf("%s: a fix %v", text, p.Fixes)
			}
			continue
		}
		if len(p.Fixes) != 1 || p.Fixes[0].Edits[0].With != want {
			t.Errorf("%s: got %v, want %s", text, p.Fixes, want)
			continue
		}
		_, found = check.Dir(fixed(t, files, found, diag.RuleUnknownCommand), load.Options{})
		same(t, inFolders(found, "rules.autonomic"), "RULE_", nil)
	}
}

// RULE_IO_ERROR: what stands there cannot be read.
func TestUnreadableRule(t *testing.T) {
	files := unreadable{withFiles(map[string]string{"rules.autonomic/r.drl": ""}), "rules.autonomic/r.drl"}
	_, found := check.Dir(files, load.Options{})
	same(t, inFolders(found, "rules.autonomic"), "", []string{
		"rules.autonomic/r.drl:1:1 RULE_IO_ERROR (open rules.autonomic/r.drl: permission denied)",
	})
}
