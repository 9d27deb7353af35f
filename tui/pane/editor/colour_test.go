package editor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/tui/theme"
)

// words are the names of the looks in golden files.
var words = map[theme.Role]string{
	theme.SynComment: "comment", theme.SynKeyword: "keyword", theme.SynProperty: "property", theme.SynType: "type",
	theme.SynVariable: "variable", theme.SynValue: "value", theme.SynString: "string", theme.SynPunct: "sign",
}

func tintsOf(t *testing.T, file, text string) string {
	d := drive(t, 80, 24)
	d.open(file, text)
	var b strings.Builder
	for _, tn := range d.p.colour(d.p.tab(), source.Span{End: len(text)}) {
		fmt.Fprintf(&b, "%-8s %q\n", words[tn.role], tn.span.Of(text))
	}
	return b.String()
}

func TestColoursOfShellAndProperties(t *testing.T) {
	golden.Equal(t, "shell.txt", []byte(tintsOf(t, "start", `#!/bin/bash
set -e # stop at mistakes
name="web $HOST and \"${PORT:-80}\" $"
if [ "$1" = 'a $b' ]; then
	export x=$(date) y=$? # not#here
	echo a\ b#c | grep -v "open
fi
`)))
	golden.Equal(t, "properties.txt", []byte(tintsOf(t, "app.properties", `# comment
! comment too
name = Lamp
key:value
[section]
alone
  spaced  out
empty=
`)))
}

func TestLanguageOf(t *testing.T) {
	for file, want := range map[string]language{
		"a.graph": graphs, "b.instances": graphs, "start.sh": shell, "x.properties": properties, "README.md": plain, "site.pp": plain,
	} {
		if got := languageOf(file, ""); got != want {
			t.Errorf("%s: %d, want %d", file, got, want)
		}
	}
	if languageOf("start", "#!/usr/bin/env bash\n") != shell || languageOf("run", "#!/usr/bin/python3\n") != plain {
		t.Error("the first line is not looked at")
	}
}

// FuzzColours holds that tints are in order, inside of the text, whatever the text.
func FuzzColours(f *testing.F) {
	f.Add("echo \"a ${b} $(c) $\" # d")
	f.Add("'open\n${open\n\\")
	f.Add("a = b\n:\n[x")
	f.Fuzz(func(t *testing.T, text string) {
		for _, line := range []func([]tint, string, int) []tint{shellLine, propertyLine} {
			last := 0
			for _, tn := range lines(nil, text, 0, line) {
				if tn.span.Start < last || tn.span.End < tn.span.Start || tn.span.End > len(text) {
					t.Fatalf("tint %v after %d in %q", tn.span, last, text)
				}
				last = tn.span.End
			}
		}
	})
}

func TestOneVeryLongLine(t *testing.T) {
	d := drive(t, 40, 5)
	d.open("data.txt", strings.Repeat("0123456789", 100_000)+"é")
	d.keys("end")
	d.typed("x")
	d.sees("789éx█")
	d.keys("home")
	d.sees("1 █123")
}

func BenchmarkKeyInALineOfAMegabyte(b *testing.B) {
	d := drive(b, 200, 60)
	d.open("data.txt", strings.Repeat("0123456789", 100_000))
	d.keys("end")
	for n := 0; b.Loop(); n++ {
		d.p.Update(press([]string{"x", "backspace"}[n%2]))
		d.draw()
	}
}
