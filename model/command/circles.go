package command

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// Circles finds the instructions after which scripts execute each other without end, through any number of steps (DEV-30). A script
// that executes itself was reported by Run.
func Circles(results []*Result) (found []diag.Problem) {
	next := make(map[string][]string)
	for _, r := range results {
		for _, in := range r.Instructions {
			if name := in.Command.Text; in.Kind == Execute && name != "" && !slices.Contains(next[r.File.Command], name) {
				next[r.File.Command] = append(next[r.File.Command], name)
			}
		}
	}
	for _, r := range results {
		for _, in := range r.Instructions {
			name := in.Command.Text
			if in.Kind != Execute || name == "" || name == r.File.Command {
				continue
			}
			if way := endless(next, []string{r.File.Command, name}, make(map[string]bool)); way != nil {
				at := runner{Result: &Result{File: r.File}, line: line{first: in.Line}}
				found = append(found, *at.report(diag.CmdNastyLoopingCommand, in.Command,
					detail(diag.KindName, name), detail(diag.KindCycle, strings.Join(way, " -> "))))
			}
		}
	}
	return found
}

// endless follows executions from the end of a way until one comes again; nil when all of them end. done are the scripts from which
// everything ends.
func endless(next map[string][]string, way []string, done map[string]bool) []string {
	last := way[len(way)-1]
	for _, name := range next[last] {
		if slices.Contains(way, name) {
			return append(slices.Clone(way), name)
		}
		if !done[name] {
			if round := endless(next, append(slices.Clone(way), name), done); round != nil {
				return round
			}
		}
	}
	done[last] = true
	return nil
}
