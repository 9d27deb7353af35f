package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{
			"words", "RULE  \"Test a\"\n\n\nSleep  period is 8\n time window IS 60 S\nWHEN\n  event-1\nTHEN cmd1; cmd2 ;\nEND",
			"rule \"Test a\"\n\nsleep period is 8s\ntime window is 60s\nwhen\n\tevent-1\nthen\n\tcmd1\n\tcmd2\nend\n",
		},
		{
			"RUL-2 comments", "# one  \nrule /* oops */ \"t\"\nwhen // why\n\te # if e\n\n\n  /* a\n   b */\nthen\n\n// first\n c; /* d */ f // g\n\n# last\nend # x\n",
			"# one\nrule /* oops */ \"t\"\nwhen // why\n\te # if e\n\n\t/* a\n   b */\nthen\n\t// first\n\tc /* d */\n\tf // g\n\n\t# last\nend # x\n",
		},
		{
			"RUL-20 extensions", "rule \"r\" on-sleep:DROP until   settled occurrences is 03 time window is 9 when for  each instance a  AND b\nthen c end",
			"rule \"r\"\non-sleep: drop\nuntil settled\noccurrences is 3\ntime window is 9s\nwhen\n\tfor each instance a and b\nthen\n\tc\nend\n",
		},
		{"RUL-20 lines", "rule \"r\"\nwhen\na\n  b  c\nthen\nd\nend\n", "rule \"r\"\nwhen\n\ta\n\tb  c\nthen\n\td\nend\n"},
		{"RUL-5 an unknown attribute", "rule \"r\" salience  3\nwhen a\nthen b\nend\n", "rule \"r\"\nsalience  3\nwhen\n\ta\nthen\n\tb\nend\n"},
		{"RUL-3 a second rule keeps its bytes", "rule \"r\" when a then b end\n\n  RULE  x", "rule \"r\"\nwhen\n\ta\nthen\n\tb\nend\n\n  RULE  x"},
		{"a command called end", "rule \"r\" when a then End;rule b; end", "rule \"r\"\nwhen\n\ta\nthen\n\tEnd;\n\trule b\nend\n"},
		{"a broken rule keeps its bytes", "rule  r\n when", "rule  r\n when"},
		{"CRLF", "rule \"r\"\r\nwhen\r\na // b \r\nthen\r\nc\r\nend", "rule \"r\"\r\nwhen\r\n\ta // b\r\nthen\r\n\tc\r\nend\r\n"},
		{"an open comment", "rule \"r\" when a then b end /* x ", "rule \"r\"\nwhen\n\ta\nthen\n\tb\nend /* x "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Format(c.text); got != c.want {
				t.Errorf("%q\ngot  %q\nwant %q", c.text, got, c.want)
			}
			law(t, c.text)
		})
	}
}

// law holds what is true of every layout: once is enough, the rule and its comments are the same.
func law(t *testing.T, text string) {
	t.Helper()
	once := Format(text)
	if twice := Format(once); twice != once {
		t.Errorf("%q\nonce  %q\ntwice %q", text, once, twice)
	}
	if before, after := meaning(text), meaning(once); !slices.Equal(before, after) {
		t.Errorf("%q became\n%q\nbefore %q\nafter  %q", text, once, before, after)
	}
}

func meaning(text string) (out []string) {
	f := Parse("r.drl", text)
	r := f.Rule
	out = append(out, fmt.Sprint(r.Name.Text, r.Any, r.PerInstance, r.SleepPeriod, r.TimeWindow, r.Occurrences, r.OnSleep, r.Settled, f.Loadable()))
	for _, w := range slices.Concat(r.Events, r.Commands) {
		out = append(out, w.Text)
	}
	for _, p := range f.Problems {
		out = append(out, string(p.Code))
	}
	for _, p := range f.Parts() {
		if p.Kind == Comment {
			out = append(out, strings.TrimSpace(p.Span.Of(text)))
		}
	}
	return out
}

// The parts of a file stand in order, one behind the other, and nothing but blanks and separators stands between them in a sound rule.
func TestParts(t *testing.T) {
	text := "# c\nRule \"r\"\nsleep period is 8s\nwhen a or b\nthen\n\tc; d\nend\n"
	var got []string
	for _, p := range Parse("r.drl", text).Parts() {
		got = append(got, fmt.Sprintf("%d %s", p.Kind, p.Span.Of(text)))
	}
	want := []string{
		"0 # c", "1 Rule", "2 \"r\"", "3 sleep period is 8s", "5 when", "7 a", "8 or", "7 b", "9 then", "10 c", "10 d", "11 end",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{
		"", "rule \"r\" when e then c end", "# x\nrule /* a */ \"a\" sleep period is 1s\nwhen a and b // x\nthen\n c;d /* e */\nend\nrule",
		"\uFEFFrule \"r\" when \xff or\n@x(1) then c;;d // e\nend /*", "rule \"r\" on-sleep:\ndrop until settled foo when for each /**/ instance a then end ;\n rule end\n",
		"rule \"r\" occurrences is /* x */ 3 when\n\n\na/*\n*/b then c end # d\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 4096 {
			law(t, text)
		}
	})
}

func BenchmarkFormat(b *testing.B) {
	src := "rule \"r\"\nSleep  period is 8\nwhen e\nthen\n" + strings.Repeat("  command-1; command 2 // one more\n\n\n", 300) + "end\n"
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Format(src)
	}
}
