package main

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"

	"github.com/roboconf/workbench/model/diag"
)

// choose leaves out of what is shown what the person does not want to see (--level, --code, --max).
func (o checkOptions) choose(all []checked) []checked {
	out := slices.Clone(all)
	for i := range out {
		out[i].shown, out[i].hidden = split(out[i].problems, o.wanted)
	}
	if o.max > 0 {
		atMost(out, o.max)
	}
	return out
}

// split parts a list in two.
func split(list []diag.Problem, in func(diag.Problem) bool) (yes, no []diag.Problem) {
	for _, p := range list {
		if in(p) {
			yes = append(yes, p)
		} else {
			no = append(no, p)
		}
	}
	return yes, no
}

// wanted says whether a person wants to see a finding.
func (o checkOptions) wanted(p diag.Problem) bool {
	return p.Level() <= levels[o.level] && (len(o.only) == 0 || slices.Contains(o.only, p.Code))
}

// atMost keeps the n most serious findings, in their order.
func atMost(all []checked, n int) {
	room := [3]int{}
	for level := range room {
		room[level] = n
		for _, c := range all {
			n -= min(n, numberOf(c.shown, diag.Level(level)))
		}
	}
	for i := range all {
		all[i].shown, all[i].left = split(all[i].shown, func(p diag.Problem) bool {
			room[p.Level()]--
			return room[p.Level()] >= 0
		})
	}
}

// numberOf counts the findings of a level.
func numberOf(list []diag.Problem, level diag.Level) (n int) {
	for _, p := range list {
		if p.Level() == level {
			n++
		}
	}
	return n
}

// finding is a problem in its folder.
type finding struct {
	diag.Problem
	in *checked
}

// where is the file that a finding is about, as a terminal can open it; the folder when there is no file.
func (f finding) where() string {
	return path.Join(filepath.ToSlash(f.in.dir), f.Place.File)
}

// findings are those shown of all folders, in the order of DIA-3, or by code (DIA-4).
func findings(all []checked, byCode bool) (list []finding) {
	for i := range all {
		shown := all[i].shown
		if byCode {
			shown = slices.Clone(shown)
			diag.SortByCode(shown)
		}
		for _, p := range shown {
			list = append(list, finding{p, &all[i]})
		}
	}
	if byCode {
		slices.SortStableFunc(list, func(a, b finding) int { return diag.CompareCodes(a.Code, b.Code) })
	}
	return list
}

// alike is how many findings of one code are shown before those that follow are counted only, and how many are shown then.
const alike, enough = 10, 5

// fold is what is counted instead of shown.
type fold struct {
	code  diag.Code
	count int
	files map[string]bool
}

// foldAlike leaves most of those out that are many of one code, in order of codes. Severe ones are all shown.
func foldAlike(list []finding) (shown []finding, folded []*fold) {
	total, seen := map[diag.Code]int{}, map[diag.Code]int{}
	for _, f := range list {
		if f.Level() != diag.Severe {
			total[f.Code]++
		}
	}
	byCode := map[diag.Code]*fold{}
	for _, f := range list {
		if f.Level() == diag.Severe || total[f.Code] <= alike || seen[f.Code] < enough {
			shown = append(shown, f)
			seen[f.Code]++
			continue
		}
		if byCode[f.Code] == nil {
			byCode[f.Code] = &fold{code: f.Code, files: map[string]bool{}}
			folded = append(folded, byCode[f.Code])
		}
		byCode[f.Code].count++
		byCode[f.Code].files[f.where()] = true
	}
	slices.SortFunc(folded, func(a, b *fold) int { return diag.CompareCodes(a.code, b.code) })
	return shown, folded
}

// group is a run of findings below one heading.
type group struct {
	title string
	list  []finding
}

// groups cuts a list where its headings change: files, or codes.
func groups(list []finding, byCode bool) (out []group) {
	for _, f := range list {
		title := f.where()
		if byCode {
			title = string(f.Code)
		}
		if n := len(out) - 1; n >= 0 && out[n].title == title {
			out[n].list = append(out[n].list, f)
			continue
		}
		out = append(out, group{title, []finding{f}})
	}
	return out
}

// tally counts findings of one code.
type tally struct {
	code    diag.Code
	level   diag.Level
	count   int
	curable int
}

// tallies count by level, then by code.
func tallies(list []finding) (out []tally) {
	type key struct {
		code  diag.Code
		level diag.Level
	}
	at := map[key]int{}
	for _, f := range list {
		k := key{f.Code, f.Level()}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, tally{code: f.Code, level: f.Level()})
		}
		out[i].count++
		if f.in.manageable() && f.in.curable(f.Problem) {
			out[i].curable++
		}
	}
	slices.SortFunc(out, func(a, b tally) int {
		return cmp.Or(cmp.Compare(a.level, b.level), diag.CompareCodes(a.code, b.code))
	})
	return out
}
