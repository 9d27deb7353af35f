package check_test

import (
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/load"
)

func TestCommandFiles(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"sound", map[string]string{"commands/a.commands": "stop all /h\nexecute b\n", "commands/b.commands": stopIt}, nil},
		{"MOD-15 another extension", map[string]string{"commands/a.txt": "nonsense"}, []string{"commands/a.txt:1:1 PROJ_INVALID_COMMAND_EXT"}},
		{"MOD-12 the extension in another letter case", map[string]string{"commands/sub/B.COMMANDS": "nonsense", "commands/a.commands": "execute B"}, []string{
			"commands/a.commands:1:9 CMD_INEXISTING_COMMAND (B)", "commands/sub/B.COMMANDS:1:1 PROJ_INVALID_COMMAND_EXT",
		}},
		{"against the predefined instances", map[string]string{"commands/a.commands": "\nstop all /g\n"}, []string{
			"commands/a.commands:2:10 CMD_NO_MATCHING_INSTANCE (/g)",
		}},
		{"a circle over files", map[string]string{"commands/a.commands": "execute b", "commands/b.commands": "stop all /h\nexecute a"}, []string{
			"commands/a.commands:1:9 CMD_NASTY_LOOPING_COMMAND (b; a -> b -> a)", "commands/b.commands:2:9 CMD_NASTY_LOOPING_COMMAND (a; b -> a -> b)",
		}},
		{"targets of the project", map[string]string{
			"commands/a.commands": "associate /h with t\nassociate /h with u", "graph/Host/t.properties": "id: t\nhandler: docker\nname: t\n",
		}, []string{"commands/a.commands:2:19 X_CMD_UNKNOWN_TARGET (u)"}},
		{"two files of one name", map[string]string{"commands/a.commands": stopIt, "commands/sub/a.commands": stopIt}, []string{
			"commands/sub/a.commands:1:1 X_DUPLICATE_COMMAND_NAME (a)",
		}},
		{"MOD-15 no graph", map[string]string{"commands/a.commands": "nonsense", "graph/main.graph": "import no.graph;\n"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := check.Dir(withFiles(c.files), load.Options{})
			same(t, inFolders(found, "commands"), "", c.want)
		})
	}
}

// CMD-15, CMD-51: one command by its name.
func TestCommand(t *testing.T) {
	files := withFiles(map[string]string{
		"commands/a.commands": "stop all /x\nexecute b", "commands/b.commands": "execute a",
	})
	r := load.Dir(files, load.Options{}, nil)
	same(t, check.Command(r, files, "a"), "", []string{
		"commands/a.commands:1:10 CMD_NO_MATCHING_INSTANCE (/x)", "commands/a.commands:2:9 CMD_NASTY_LOOPING_COMMAND (b; a -> b -> a)",
	})
	same(t, check.Command(r, files, "none"), "", []string{"CMD_INEXISTING_COMMAND_FILE"})
}

// X_CMD_NEVER_USED is off by default (diagnostics.md 4.7).
func TestNeverUsed(t *testing.T) {
	files := withFiles(map[string]string{
		"commands/by-rule.commands": "execute by-command", "commands/by-command.commands": stopIt, "commands/alone.commands": "execute alone",
		"rules.autonomic/r.drl": "rule \"r\" sleep period is 1 when @e then by-rule end",
	})
	_, found := check.Dir(files, load.Options{})
	same(t, found, "X_CMD_NEVER", nil)
	files[check.SettingsFile] = &fstest.MapFile{Data: []byte("X_CMD_NEVER_USED = on\n")}
	_, found = check.Dir(files, load.Options{})
	same(t, found, "X_CMD_NEVER", []string{"commands/alone.commands:1:1 X_CMD_NEVER_USED (alone)"})
}

// What a keystroke changes in one file leaves the others as they are (MOD-15).
func TestCommandsAreReadAgain(t *testing.T) {
	files := withFiles(map[string]string{"commands/a.commands": stopIt, "commands/b.commands": stopIt})
	before := load.Dir(files, load.Options{}, nil)
	files["commands/a.commands"] = withFiles(map[string]string{"a": "stop all /x\n"})["a"]
	after := load.Dir(files, load.Options{}, before)
	if before.Files["commands/b.commands"] != after.Files["commands/b.commands"] {
		t.Error("a file that did not change was made again")
	}
	same(t, inFolders(check.All(after, files), "commands"), "", []string{"commands/a.commands:1:10 CMD_NO_MATCHING_INSTANCE (/x)"})
}

// A command that cannot be read.
func TestUnreadableCommand(t *testing.T) {
	files := unreadable{withFiles(map[string]string{"commands/a.commands": ""}), "commands/a.commands"}
	_, found := check.Dir(files, load.Options{})
	same(t, inFolders(found, "commands"), "", []string{"commands/a.commands:1:1 P_IO_ERROR (open commands/a.commands: permission denied)"})
}
