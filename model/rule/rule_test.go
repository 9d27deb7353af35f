package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// shown lists findings as "line:column-line:column CODE (detail)".
func shown(text string, list []diag.Problem) []string {
	lines := source.NewLines(text)
	var out []string
	for _, p := range list {
		r := lines.Range(p.Place.Span)
		s := fmt.Sprintf("%d:%d-%d:%d %s", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column, p.Code)
		for _, d := range p.Details {
			s += " (" + d.Text + ")"
		}
		out = append(out, s)
	}
	return out
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"complete", "rule \"r\"\nsleep period is 8s\nwhen\n\te\nthen\n\tc\nend\n", nil},
		{"RUL-1 any letter case, one line", "RULE \"r\" Sleep Period IS 8 WHEN e THEN c END", nil},
		{"RUL-2 comments everywhere", "# a\nrule /* \n b */ \"r\" // c\nsleep period is 1 # d\nwhen e /* when */ then\nc; // end\nend # f", nil},
		{"RUL-2 the name may hold what starts a comment", "rule \"a # b // c\"\nsleep period is 1\nwhen e then c end", nil},
		{"3.2 an empty file", "", []string{"1:1-1:1 RULE_INVALID_SYNTAX"}},
		{"3.2 only a comment", "# nothing\n\n", []string{"1:1-1:1 RULE_INVALID_SYNTAX"}},
		{"RUL-4 text before", "\nhello there\nrule \"r\" when e then c end\n", []string{"2:1-2:12 RULE_INVALID_SYNTAX"}},
		{"RUL-4 text after", "rule \"r\"\nsleep period is 1\nwhen e then c\nend\n  bye bye\n", []string{"5:3-5:10 RULE_INVALID_SYNTAX"}},
		{"no name", "rule\nwhen e then c end\n", []string{"2:1-2:18 RULE_INVALID_SYNTAX"}},
		{"only the first word", "rule\n", []string{"1:1-1:5 RULE_INVALID_SYNTAX"}},
		{"a name without its second quote", "rule \"r\nwhen e then c end\n", []string{"1:6-1:8 RULE_INVALID_SYNTAX"}},
		{"text glued to the name", "rule \"r\"x\nwhen e then c end\n", []string{"1:9-1:10 RULE_INVALID_SYNTAX"}},
		{"no when", "rule \"r\"\nevent-1\nthen c end\n", []string{"2:1-2:8 RULE_INVALID_SYNTAX"}},
		{"nothing after the name", "rule \"r\"\nsleep period is 1\n", []string{"2:17-2:18 RULE_INVALID_SYNTAX"}},
		{"no then", "rule \"r\"\nwhen\ne\nend\n", []string{"4:1-4:4 RULE_INVALID_SYNTAX"}},
		{"no end", "rule \"r\"\nwhen e\nthen\n c\n", []string{"4:2-4:3 RULE_INVALID_SYNTAX"}},
		{"DIA-35 three empty parts", "rule \"\"\nsleep period is 1\nwhen\n\nthen\n\nend\n", []string{
			"1:1-1:5 RULE_EMPTY_NAME", "3:1-3:5 RULE_EMPTY_WHEN", "5:1-5:5 RULE_EMPTY_THEN",
		}},
		{"a blank name", "rule \"  \" sleep period is 1 when e then c end", []string{"1:1-1:5 RULE_EMPTY_NAME"}},
		{"RUL-10 empty without a blank line", "rule \"r\" sleep period is 1\nwhen\nthen\nend\n", []string{
			"2:1-2:5 RULE_EMPTY_WHEN", "3:1-3:5 RULE_EMPTY_THEN",
		}},
		{"only separators are no command", "rule \"r\" sleep period is 1 when e then ; ;\n; end", []string{"1:35-1:39 RULE_EMPTY_THEN"}},
		{"RUL-3 a second rule", "rule \"a\" sleep period is 1\nwhen e then c end\nrule \"b\" when f then d end\n", []string{
			"3:1-3:5 X_RULE_SEVERAL_RULES",
		}},
		{"a command that holds the word end", "rule \"r\" sleep period is 1 when e then to the end now\nend", nil},
		{"RUL-5 an unknown attribute", "rule \"r\"\nsleep period is 1\npriority is 3\nwhen e then c end", []string{
			"3:1-3:14 X_RULE_UNKNOWN_ATTRIBUTE (priority is 3)",
		}},
		{"RUL-5 an unknown attribute before a known one", "rule \"r\"\nquickly sleep period is 1\nwhen e then c end", []string{
			"2:1-2:8 X_RULE_UNKNOWN_ATTRIBUTE (quickly)",
		}},
		{"RUL-5 a repeated attribute", "rule \"r\"\nsleep period is 1\nsleep period is 2\nwhen e then c end", []string{
			"3:1-3:18 X_RULE_UNKNOWN_ATTRIBUTE (sleep period is 2)",
		}},
		{"RUL-5 no number", "rule \"r\"\nsleep period is soon\nwhen e then c end", []string{
			"2:1-2:21 X_RULE_UNKNOWN_ATTRIBUTE (sleep period is soon)", "1:6-1:9 X_RULE_WITHOUT_SLEEP",
		}},
		{"RUL-5 a number beyond reason", "rule \"r\"\nsleep period is 99999999999\nwhen e then c end", []string{
			"2:1-2:28 X_RULE_UNKNOWN_ATTRIBUTE (sleep period is 99999999999)", "1:6-1:9 X_RULE_WITHOUT_SLEEP",
		}},
		{"no sleep period", "rule \"r\"\nwhen e then c end", []string{"1:6-1:9 X_RULE_WITHOUT_SLEEP"}},
		{"a sleep period of 0", "rule \"r\" sleep period is 0\nwhen e then c end", []string{"1:6-1:9 X_RULE_WITHOUT_SLEEP"}},
		{"a window of 0", "rule \"r\" sleep period is 1\n time window is 0s\nwhen e then c end", []string{"2:2-2:19 X_RULE_WINDOW_TOO_SHORT"}},
		{"RUL-20 occurrences", "rule \"r\" sleep period is 1\noccurrences is 3\nwhen e then c end", []string{
			"2:1-2:17 X_RULE_EXTENSION (occurrences is 3)", "2:1-2:17 X_RULE_WINDOW_TOO_SHORT",
		}},
		{"RUL-20 all other attributes", "rule \"r\" sleep period is 1\non-sleep:defer until settled\nwhen for each  instance e then c end", []string{
			"2:1-2:15 X_RULE_EXTENSION (on-sleep:defer)", "2:16-2:29 X_RULE_EXTENSION (until settled)",
			"3:6-3:24 X_RULE_EXTENSION (for each instance)",
		}},
		{"RUL-20 events on lines mean and", "rule \"r\" sleep period is 1 time window is 9\nwhen\n a\n b\nthen c end", []string{
			"4:2-4:3 X_RULE_EXTENSION (b)",
		}},
		{"RUL-20 or, without a window", "rule \"r\" sleep period is 1\nwhen a or b then c end", []string{
			"2:11-2:12 X_RULE_EXTENSION (b)", "2:11-2:12 X_RULE_WINDOW_TOO_SHORT",
		}},
		{"RUL-20 and is not mixed with or", "rule \"r\" sleep period is 1 time window is 9\nwhen a and b or d then c end", []string{"2:14-2:16 RULE_INVALID_SYNTAX"}},
		{"RUL-20 lines are not mixed with or", "rule \"r\" sleep period is 1 time window is 9\nwhen a or b\nd then c end", []string{"3:1-3:2 RULE_INVALID_SYNTAX"}},
		{"RUL-20 a joint needs two events", "rule \"r\" sleep period is 1\nwhen a and then c end", []string{"2:8-2:11 RULE_INVALID_SYNTAX"}},
		{"RUL-20 a joint may end its line", "rule \"r\" sleep period is 1 time window is 9\nwhen a or\n b then c end", []string{"3:2-3:3 X_RULE_EXTENSION (b)"}},
		{"RUL-22 a name with blanks", "rule \"r\" sleep period is 1\nwhen a  b then c end", nil},
		{"a platform event", "rule \"r\" sleep period is 1\nwhen @unresolved-for(60s) then c end", []string{
			"2:6-2:26 X_RULE_EXTENSION (@unresolved-for(60s))",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("r.drl", c.text)
			if got := shown(c.text, f.Problems); !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

func TestMeaning(t *testing.T) {
	f := Parse("r.drl", "rule \" my rule \"\ntime window is 60 s\noccurrences is 2 sleep period is 8s\non-sleep: drop\nwhen for each instance\n\ta\n\tb c\nthen\n\tstop /* x */ it; start it // now\n\n\tmail\nend")
	r := f.Rule
	var words []string
	for _, w := range slices.Concat(r.Events, r.Commands) {
		words = append(words, w.Text)
	}
	if got, want := strings.Join(words, "|"), "a|b c|stop   it|start it|mail"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if r.Name.Text != "my rule" || r.SleepPeriod != 8 || r.TimeWindow != 60 || r.Occurrences != 2 || r.OnSleep != Drop || !r.PerInstance || r.Any || r.Settled {
		t.Errorf("got %+v", r)
	}
	if !f.Loadable() {
		t.Error("RUL-11: hints do not keep a rule from being loaded")
	}
	plain := Parse("r.drl", "rule \"r\" when a or b then c end").Rule
	if plain.SleepPeriod != 0 || plain.TimeWindow != -1 || !plain.Any {
		t.Errorf("RUL-5: got %+v", plain)
	}
	if Parse("r.drl", "rule \"\" when e then c end").Loadable() {
		t.Error("RUL-11: a rule without a name was loaded")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "rule \"r\" when e then c end", "rule \"\nwhen", "/*", "# x", "rule \"a\" sleep period is 1s\nwhen a and b\nthen\n c;d\nend\nrule",
		"\uFEFFrule \"r\" when \xff or\n@x(1) then c;;d // e\nend", "rule \"r\" on-sleep: drop until settled when for each instance",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := Parse("r.drl", text)
		if file.Text() != text {
			t.Fatalf("%q became %q", text, file.Text())
		}
		for _, p := range file.Problems {
			if s := p.Place.Span; s.Start < 0 || s.End < s.Start || s.End > len(text) {
				t.Fatalf("%s stands at %v of %d bytes", p.Code, s, len(text))
			}
		}
		for _, w := range slices.Concat(file.Rule.Commands, file.Rule.Events) {
			if strings.TrimSpace(w.Span.Of(text)) == "" {
				t.Fatalf("an empty name at %v", w.Span)
			}
		}
	})
}
