package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
)

// diagnostics.md 4.1.
func TestBytes(t *testing.T) {
	codes := []diag.Code{diag.XByteOrderMark, diag.XInvalidEncoding, diag.XMixedLineEnds}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"DSL-3 one kind of line ends", map[string]string{"graph/main.graph": "vm {\r\n\tinstaller: target;\r\n}\r\n"}, nil},
		{"DSL-3 two kinds", map[string]string{"graph/main.graph": "vm {\n\tinstaller: target;\r\n}\n"}, []string{"g:2:1 X_MIXED_LINE_ENDS"}},
		{"DSL-3 the other way round", map[string]string{"graph/main.graph": "# x\r\nvm {\r\n\tinstaller: target;\n}"}, []string{"g:3:1 X_MIXED_LINE_ENDS"}},
		{"DSL-3 a lone one", map[string]string{"graph/main.graph": "vm {\n\tinstaller: \rtarget;\n}\n"}, []string{"g:2:1 X_MIXED_LINE_ENDS"}},
		{"DSL-3 nothing but lone ones", map[string]string{"instances/model.instances": "# a\r# b\r"}, []string{"i:1:1 X_MIXED_LINE_ENDS"}},
		{"every language", map[string]string{
			"commands/a.commands": "# x\r\n# y\n", "rules.autonomic/a.drl": "# x\n# y\r\n", "probes/vm.measures": "# x\n\r# y\n",
			"descriptor/application.properties": keysOnly + "# x\r\n", "graph/vm/target.properties": "id = a\r\nname = n\nhandler = docker\n",
		}, []string{
			"d:5:1 X_MIXED_LINE_ENDS", "commands/a.commands:2:1 X_MIXED_LINE_ENDS",
			"rules.autonomic/a.drl:2:1 X_MIXED_LINE_ENDS", "probes/vm.measures:2:1 X_MIXED_LINE_ENDS", "graph/vm/target.properties:2:1 X_MIXED_LINE_ENDS",
		}},
		{"DSL-1 no UTF-8", map[string]string{"graph/main.graph": "# é\xe9\xff\nvm {\n\tinstaller: target;\n}\n"}, []string{"g:1:4 X_INVALID_ENCODING"}},
		{"DSL-1 a replacement character that was written", map[string]string{"graph/main.graph": "# \uFFFD\nvm {\n\tinstaller: target;\n}\n"}, nil},
		{"DSL-1 other files", map[string]string{"commands/a.commands": "# x\n#\xc3", "graph/vm/target.properties": "id = a\nname = n\xe9\nhandler = docker\n"}, []string{
			"commands/a.commands:2:2 X_INVALID_ENCODING", "graph/vm/target.properties:2:9 X_INVALID_ENCODING",
		}},
		{"DSL-2 byte-order marks", map[string]string{
			"descriptor/application.properties": "\uFEFF" + descriptor, "graph/main.graph": "\uFEFFvm {\n\tinstaller: target;\n}\n", "commands/a.commands": "\uFEFF# x\n",
			"graph/vm/target.properties": "\uFEFFid = a\nname = n\nhandler = docker\n",
		}, []string{
			"d:1:1 X_BYTE_ORDER_MARK", "g:1:1 X_BYTE_ORDER_MARK", "commands/a.commands:1:1 X_BYTE_ORDER_MARK", "graph/vm/target.properties:1:1 X_BYTE_ORDER_MARK",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := check.Dir(folderOf(plain, c.files), load.Options{})
			same(t, only(found, codes...), "", c.want)
			if len(severeOf(only(found, diag.RMMissingApplicationName, diag.RecTargetNoID))) > 0 {
				t.Error("DSL-2: a mark belongs to no key")
			}
		})
	}
}

// DIA-51, DIA-52.
func TestByteFixes(t *testing.T) {
	for name, c := range map[string]struct {
		code        diag.Code
		file        string
		text, after string
	}{
		"graph":      {diag.XMixedLineEnds, "graph/main.graph", "vm {\r\n\tinstaller: \rtarget;\n}\n", "vm {\r\n\tinstaller: target;\r\n}\r\n"},
		"properties": {diag.XMixedLineEnds, "descriptor/application.properties", "name = a\rversion = 1.0\ndsl-id = roboconf-1.0\r\ngraph-entry-point = main.graph\n", keysOnly},
		"mark":       {diag.XByteOrderMark, "descriptor/application.properties", "\uFEFF" + keysOnly, keysOnly},
	} {
		t.Run(name, func(t *testing.T) {
			files := cure(t, folderOf(plain, map[string]string{c.file: c.text}), c.code)
			if got := string(files[c.file].Data); got != c.after {
				t.Errorf("got %q, want %q", got, c.after)
			}
		})
	}
}

// What is remembered gives what a fresh look gives, also in texts so long that only their differences are looked at.
func TestBytesAreRemembered(t *testing.T) {
	long := strings.Repeat("# a comment that goes on and on\n", 3000)
	base := folderOf(plain, map[string]string{"graph/main.graph": "vm {\n\tinstaller: target;\r\n}\n"})
	o := check.Options{Memo: new(check.Memo)}
	var prev *load.Result
	for i, text := range []string{
		"# x\r\n# y\n", "# x\r\n# y\n", "# x\n# y\n", "# x\n# y\n\xff",
		long, long + "# x\n", long + "# x\xff\n" + long, long + "# x\n" + long, long + "# \u00e9\n" + long, long + "# \r\n" + long, "\uFEFF" + long, long[:70000] + "\xc3" + long, long,
		long[:1<<14-1] + "\u00e9" + long, long[:1<<14-1] + "\xc3" + long, strings.Repeat("x", 1<<14-1) + "\r\n" + long, strings.ReplaceAll(long, "\n", "\r\n"),
		strings.ReplaceAll(long, "\n", "\r\n") + strings.Repeat("x", 1<<16) + "\n",
	} {
		files := folderOf(textsOf(base), map[string]string{"commands/a.commands": text})
		r := load.Dir(files, load.Options{}, prev)
		got := check.With(r, files, o)
		_, want := check.Dir(files, load.Options{})
		for _, prefix := range []string{"X_M", "X_I", "X_B"} {
			if a, b := shortAll(got, prefix), shortAll(want, prefix); !slices.Equal(a, b) {
				t.Errorf("text %d: remembered %q, fresh %q", i, a, b)
			}
		}
		prev = r
	}
}
