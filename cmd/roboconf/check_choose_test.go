package main

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/diag"
)

// findingsOf makes findings: s is a severe one, w a warning, h a hint; they are told apart by what they are about.
func findingsOf(word string) (list []diag.Problem) {
	codes := map[rune]diag.Code{'s': diag.PIOError, 'w': diag.PEmptyFile, 'h': diag.XTrailingBlanks}
	for i, r := range word {
		list = append(list, diag.Problem{Code: codes[r], On: word[i : i+1]})
	}
	return list
}

func wordOf(list []diag.Problem) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.On)
	}
	return b.String()
}

// --max keeps the most serious findings of all folders, in their order.
func TestAtMost(t *testing.T) {
	for _, c := range []struct {
		max  int
		want []string
	}{
		{1, []string{"s", ""}},
		{2, []string{"s", "s"}},
		{3, []string{"ws", "s"}},
		{5, []string{"wsw", "sw"}},
		{6, []string{"hwsw", "sw"}},
		{99, []string{"hwswh", "hsw"}},
	} {
		all := checkOptions{level: "hint", max: c.max}.choose([]checked{
			{problems: findingsOf("hwswh")}, {problems: findingsOf("hsw")},
		})
		got := []string{wordOf(all[0].shown), wordOf(all[1].shown)}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("--max %d: %s", c.max, diff)
		}
		if n := len(all[0].shown) + len(all[1].shown) + len(all[0].left) + len(all[1].left); n != 8 {
			t.Errorf("--max %d: %d of 8 findings are shown or counted", c.max, n)
		}
	}
}

// Findings that are alike are counted from the eleventh on; severe ones never.
func TestFolding(t *testing.T) {
	for word, want := range map[string]string{
		strings.Repeat("h", 10):                           strings.Repeat("h", 10),
		strings.Repeat("h", 11) + "w":                     "hhhhhw",
		strings.Repeat("s", 30):                           strings.Repeat("s", 30),
		strings.Repeat("hw", 12) + strings.Repeat("s", 1): "hwhwhwhwhws",
	} {
		list := findings([]checked{{shown: findingsOf(word)}}, false)
		shown, folded := foldAlike(list)
		got, counted := "", 0
		for _, f := range shown {
			got += f.On
		}
		for _, f := range folded {
			counted += f.count
		}
		if got != want || len(shown)+counted != len(list) {
			t.Errorf("%s: %s and %d more, want %s", word, got, counted, want)
		}
	}
}

// BenchmarkCheck is a cold check of an application of 100,000 lines with its report, process start left out.
func BenchmarkCheck(b *testing.B) {
	files := gen.Application(7800, 7000)
	lines := 0
	for _, text := range files {
		lines += strings.Count(text, "\n")
	}
	dir := writeFolder(b, files)
	for b.Loop() {
		if code := run([]string{"check", dir}, streams{out: io.Discard, err: io.Discard}); code == exitUse {
			b.Fatal("it could not run")
		}
	}
	b.ReportMetric(float64(lines), "lines")
}
