package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// annotations is how many annotations of one level GitHub shows of a step; it drops the others without a word.
const annotations = 10

// githubCommands are the workflow commands of the levels.
var githubCommands = map[diag.Level]string{diag.Severe: "error", diag.Warning: "warning", diag.Hint: "notice"}

// reportGitHub prints workflow commands: GitHub shows them beside the lines of a change. What it would not show stands in the log.
func reportGitHub(s streams, _ checkOptions, all []checked) error {
	var b strings.Builder
	lang, root := language(s), rootFolder()
	room := map[diag.Level]int{diag.Severe: annotations, diag.Warning: annotations, diag.Hint: annotations}
	logged := 0
	for _, c := range all {
		fmt.Fprintf(&b, "::group::%s: %s\n", githubText.Replace(c.dir), count(c.shown, lang))
		for _, p := range c.shown {
			if room[p.Level()]--; room[p.Level()] >= 0 {
				b.WriteString(annotation(p, root.path(c.dir, p.Place.File), lang))
				continue
			}
			logged++
			p.Place.File = root.path(c.dir, p.Place.File)
			fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(p.Text(lang), "\n", " "))
		}
		b.WriteString("::endgroup::\n")
	}
	_, err := fmt.Fprint(s.out, b.String())
	if logged > 0 {
		s.say(githubLeft[lang], logged, annotations)
	}
	return err
}

var githubLeft = map[diag.Language]string{
	diag.English: "%d findings stand in the log only: GitHub shows %d annotations of a level per step",
	diag.French:  "%d constats ne figurent que dans le journal : GitHub montre %d annotations d’un niveau par étape",
}

// annotation is the command for one finding. Columns count within one line: those of a place over several lines say nothing.
func annotation(p diag.Problem, file string, lang diag.Language) string {
	where := ""
	if !p.Place.IsZero() {
		where = fmt.Sprintf("file=%s,line=%d,endLine=%d,", githubProperty.Replace(file), p.Range.Start.Line, p.Range.End.Line)
		if p.Range.Start.Line == p.Range.End.Line {
			where += fmt.Sprintf("col=%d,endColumn=%d,", p.Range.Start.Column, p.Range.End.Column)
		}
	}
	return fmt.Sprintf("::%s %stitle=%s::%s\n", githubCommands[p.Level()], where, p.Code, githubText.Replace(p.Message(lang)))
}

// What workflow commands cannot hold as it is.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// path is a file as seen from the root; as the person gave it when it stands elsewhere.
func (r root) path(dir, file string) string {
	given := filepath.Join(dir, filepath.FromSlash(file))
	if rel, inside := r.relative(given); inside {
		return rel
	}
	return filepath.ToSlash(given)
}
