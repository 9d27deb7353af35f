package check_test

import (
	"path"
	"testing"

	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

func corpusRule(t *testing.T, e corpusEntry) {
	text := readCorpus(t, e.Path)
	name := path.Base(e.Path)
	f := rule.Parse(name, text)
	lines := source.NewLines(text)
	for i := range f.Problems {
		f.Problems[i].Range = lines.Range(f.Problems[i].Place.Span)
	}
	compareFindings(t, f.Problems, e.Expected.Diagnostics, e.Expected.Also, name)
	if e.Expected.Rule == nil {
		return
	}
	commands := []any{}
	for _, c := range f.Rule.Commands {
		commands = append(commands, c.Text)
	}
	compareFacts(t, e.Expected.Rule, map[string]any{
		"name": f.Rule.Name.Text, "event": f.Rule.Events[0].Text, "commands": commands,
		"sleep_period": float64(f.Rule.SleepPeriod), "time_window": float64(f.Rule.TimeWindow),
	})
}
