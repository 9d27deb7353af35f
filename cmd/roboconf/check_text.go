package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"

	"github.com/roboconf/workbench/internal/excerpt"
	"github.com/roboconf/workbench/model/diag"
)

// checkWords are what is said around findings.
type checkWords struct {
	levels             [3][2]string // one, several
	none               string
	inFile, inFiles    string
	more, left, hidden string
	mends, explain     string
	difference, watch  string
	moved              string
}

var checkTexts = map[diag.Language]checkWords{
	diag.English: {
		levels: [3][2]string{{"severe problem", "severe problems"}, {"warning", "warnings"}, {"hint", "hints"}},
		none:   "nothing to mend",
		inFile: "in 1 file", inFiles: "in %d files",
		more:       "… and %d more of %s %s: --all shows them",
		left:       "… and %s more: --max %d leaves them out",
		hidden:     "not shown: %s (--level, --code)",
		mends:      "--fix mends %d of them",
		explain:    "roboconf explain %s says more, with an example",
		difference: "fixed %d, new %d",
		watch:      "watching; Ctrl-C ends",
		moved:      "the same findings at other places",
	},
	diag.French: {
		levels: [3][2]string{{"problème grave", "problèmes graves"}, {"avertissement", "avertissements"}, {"remarque", "remarques"}},
		none:   "rien à corriger",
		inFile: "dans 1 fichier", inFiles: "dans %d fichiers",
		more:       "… et encore %d × %s %s : --all les montre",
		left:       "… et encore %s : --max %d les laisse de côté",
		hidden:     "sans être montré : %s (--level, --code)",
		mends:      "--fix peut en corriger %d",
		explain:    "roboconf explain %s en dit plus, avec un exemple",
		difference: "corrigé : %d, nouveau : %d",
		watch:      "surveillance en cours ; Ctrl-C pour finir",
		moved:      "les mêmes constats à d’autres endroits",
	},
}

func (w checkWords) files(n int) string {
	if n == 1 {
		return w.inFile
	}
	return fmt.Sprintf(w.inFiles, n)
}

// reportText prints excerpts for people, then says on the side what they amount to.
func reportText(s streams, o checkOptions, all []checked) error {
	list := findings(all, o.byCode)
	var folded []*fold
	if !o.all && len(o.only) == 0 {
		list, folded = foldAlike(list)
	}
	t := textReport{s, o, checkTexts[language(s)]}
	if err := t.groups(groups(list, o.byCode)); err != nil {
		return err
	}
	for _, f := range folded {
		if _, err := fmt.Fprintf(s.out, t.words.more+"\n", f.count, f.code, t.words.files(len(f.files))); err != nil {
			return err
		}
	}
	t.sum(all)
	return nil
}

type textReport struct {
	streams
	checkOptions
	words checkWords
}

// groups prints findings, with headings where there are several groups.
func (t textReport) groups(all []group) error {
	width := terminalWidth(t.out)
	for i, g := range all {
		if len(all) > 1 {
			if i > 0 {
				fmt.Fprintln(t.out)
			}
			fmt.Fprintln(t.out, t.bold(t.heading(g)))
		}
		for _, f := range g.list {
			f.Fixes = f.in.cures(f.Problem)
			o := excerpt.Options{Color: t.color, Dir: f.in.dir, Language: language(t.streams), Width: width, File: f.in.file}
			if err := excerpt.Write(t.out, f.Problem, o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t textReport) heading(g group) string {
	problems := make([]diag.Problem, len(g.list))
	for i, f := range g.list {
		problems[i] = f.Problem
	}
	colon := ": "
	if language(t.streams) == diag.French {
		colon = " : "
	}
	title := "── " + g.title + colon + count(problems, language(t.streams))
	if t.byCode {
		title += ". " + diag.FirstSentence(g.list[0].Code, language(t.streams))
	}
	return title
}

// sum says how many findings there are: by folder and level, then by code; what was not shown; what to do next.
func (t textReport) sum(all []checked) {
	lang := language(t.streams)
	for _, c := range all {
		text := count(c.problems, lang)
		if n := len(files(c.problems)); n > 0 {
			text += " " + t.words.files(n)
		}
		t.say("%s: %s", c.dir, text)
	}
	t.saySilent(all)
	list := findings(all, false)
	if len(list) == 0 {
		return
	}
	counts := tallies(list)
	if len(counts) > 1 {
		t.table(counts)
	}
	curable := 0
	for _, c := range counts {
		curable += c.curable
	}
	if curable > 0 && !t.fix {
		t.say("  "+t.words.mends, curable)
	}
	t.say("  "+t.words.explain, counts[0].code)
}

// files are the names that findings stand in.
func files(problems []diag.Problem) map[string]bool {
	names := map[string]bool{}
	for _, p := range problems {
		if p.Place.File != "" {
			names[p.Place.File] = true
		}
	}
	return names
}

// saySilent says what is not shown, because of --max or because nobody asked for it.
func (t textReport) saySilent(all []checked) {
	var left, hidden []diag.Problem
	for _, c := range all {
		left, hidden = append(left, c.left...), append(hidden, c.hidden...)
	}
	if len(left) > 0 {
		t.say("  "+t.words.left, count(left, language(t.streams)), t.max)
	}
	if len(hidden) > 0 {
		t.say("  "+t.words.hidden, count(hidden, language(t.streams)))
	}
}

func (t textReport) table(counts []tally) {
	lang, number, word, name := language(t.streams), 0, 0, 0
	for _, c := range counts {
		number = max(number, len(fmt.Sprint(c.count)))
		word = max(word, len([]rune(c.level.Word(lang))))
		name = max(name, len(c.code))
	}
	for _, c := range counts {
		line := fmt.Sprintf("  %*d %-*s  %-*s", number, c.count, word, c.level.Word(lang), name, c.code)
		if c.curable > 0 {
			line += fmt.Sprintf("  --fix: %d", c.curable)
		}
		t.say("%s", strings.TrimRight(line, " "))
	}
}

// count says how many findings there are of each level.
func count(problems []diag.Problem, lang diag.Language) string {
	var n [3]int
	for _, p := range problems {
		n[p.Level()]++
	}
	var parts []string
	for level, words := range checkTexts[lang].levels {
		switch n[level] {
		case 0:
		case 1:
			parts = append(parts, "1 "+words[0])
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n[level], words[1]))
		}
	}
	if parts == nil {
		return checkTexts[lang].none
	}
	return strings.Join(parts, ", ")
}

// terminalWidth is how many columns a person sees; 0 for what is no terminal.
func terminalWidth(out any) int {
	f, ok := out.(*os.File)
	if !ok || !isTerminal(f) {
		return 0
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}
