package command

import (
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// variable is what a name stands for, from a definition on.
type variable struct {
	name, value string
	disabled    bool // no instance gives it a value (CMD-43)
	used        bool
	place       source.Place
}

// The generators that define understands (commands-rules-probes.md 2.6). Those that end with a blank have arguments.
const (
	smartIndex    = "$(SMART_INDEX)"
	existingIndex = "$(EXISTING_INDEX "
	formattedTime = "$(FORMATTED_TIME "
	// stand is what stands for a variable without value, so that the form of an instruction can be looked at.
	stand = "fake"
)

// understood says whether a generator of define starts a text.
func understood(s string) bool {
	for _, g := range []string{smartIndex, existingIndex, formattedTime, "$(UUID)", "$(MILLI_TIME)", "$(NANO_TIME)"} {
		if strings.HasPrefix(s, g) {
			return true
		}
	}
	return false
}

// longest is how many bytes an instruction may have once its variables are replaced: values hold values, so that a few lines could
// make a text that fills any memory.
const longest = 16 << 10

// substitute puts the values of variables into a line (CMD-30). disabled says that one of them has none, ok is false when the line
// would become too long.
func (r *runner) substitute(t text) (out text, disabled, ok bool) {
	length, full := len(t.s), false
	out = t.replace(r.longestName, func(name string, at source.Span) (string, bool) {
		v := r.variables[name]
		if v == nil || full {
			return "", false
		}
		v.used = true
		disabled = disabled || v.disabled
		if length += len(v.value); length > longest && v.value != "" {
			full = true
			r.report(diag.XCmdTooLong, Part{Span: at}, detail(diag.KindVariable, "$("+strings.ToValidUTF8(name, "?")+")"))
		}
		return v.value, !full
	})
	return out, disabled, !full
}

// generate replaces the three generators that need no model. Outside of define other tools refuse them (DEV-22).
func (r *runner) generate(t text, outside bool) text {
	return t.replace(len("MILLI_TIME"), func(name string, at source.Span) (value string, known bool) {
		switch name {
		case "UUID":
			value = r.UUID
		case "MILLI_TIME":
			value = strconv.FormatInt(r.Now.UnixMilli(), 10)
		case "NANO_TIME":
			value = strconv.FormatInt(r.Now.UnixNano(), 10)
		default:
			return "", false
		}
		if outside {
			r.report(diag.XCmdGeneratorOutsideDefine, Part{Span: at}, detail(diag.KindVariable, "$("+name+")"))
		}
		return value, true
	})
}

// suggestVariable names the variables that a misspelt one may stand for.
func (r *runner) suggestVariable(p *diag.Problem, name text) {
	known := []string{"UUID", "MILLI_TIME", "NANO_TIME"}
	for _, v := range r.defined {
		known = append(known, v.name)
	}
	names := near.Names(name.s, known)
	if len(names) == 0 {
		return
	}
	at := r.File.place(name.span())
	p.Related = append(p.Related, diag.Related{Place: at, Message: diag.DidYouMean(names), Exact: true})
	if len(names) == 1 && name.span().Of(r.File.source) == name.s {
		p.Fixes = append(p.Fixes, diag.Fix{
			Title: diag.Say("Replace %s by %s", name.s, names[0]), Edits: []source.Edit{{Place: at, With: names[0]}},
		})
	}
}

// define computes the value of a variable (CMD-33).
func (r *runner) define(in *Instruction) {
	if in.Variable.Text == "" {
		r.report(diag.CmdEmptyVariableName, in.Variable)
		return
	}
	value := stand
	if !in.Disabled {
		var found bool
		value, found = r.value(in)
		if !r.severe && in.Under.Text != "" {
			r.known(in.Under, false)
		}
		if r.severe {
			return
		}
		if in.Disabled = !found; !found {
			value = stand
		}
	}
	r.set(in, value)
}

// set gives a variable its value; a later one replaces it (CMD-31, CMD-44).
func (r *runner) set(in *Instruction, value string) {
	name := in.Variable.Text
	in.Given = value
	r.longestName = max(r.longestName, len(name))
	v := r.variables[name]
	if v != nil {
		p := r.report(diag.XCmdRedefinedVariable, in.Variable, detail(diag.KindVariable, name))
		p.Related = append(p.Related, diag.Related{Place: v.place, Message: diag.Say("first defined here")})
		v.value, v.disabled = value, in.Disabled
		return
	}
	v = &variable{name: name, value: value, disabled: in.Disabled, place: r.File.place(in.Variable.Span)}
	r.variables[name] = v
	r.defined = append(r.defined, v)
}

// value is what the text after the equals sign comes to; found is false when it asks for an instance that does not exist.
func (r *runner) value(in *Instruction) (value string, found bool) {
	s := in.Value.Text
	mixed := func(what string) (string, bool) {
		r.report(diag.CmdNoMixForPatterns, in.Value, detail(diag.KindVariable, what))
		return "", false
	}
	if inner, ok := strings.CutPrefix(s, formattedTime); ok && strings.HasSuffix(s, ")") {
		pattern := strings.TrimSpace(strings.TrimSuffix(inner, ")"))
		switch {
		case strings.Contains(pattern, "$("):
			return mixed(in.Variable.Text)
		case !validPattern(pattern):
			r.report(diag.CmdInvalidDatePattern, in.Value, detail(diag.KindValue, pattern))
			return "", false
		}
		return formatTime(pattern, r.Now), true
	}
	if strings.Contains(s, formattedTime) {
		return mixed(s)
	}
	if at := strings.Index(s, existingIndex); at >= 0 {
		return r.existing(in, s, at, mixed)
	}
	s = r.plain(s)
	if strings.Contains(s, smartIndex) {
		s = strings.ReplaceAll(s, smartIndex, r.model.free(in.Under.Text, s))
	}
	return s, true
}

// plain replaces the generators of a piece of a value that need no model.
func (r *runner) plain(s string) string {
	t := text{s: s, at: make([]source.Span, len(s))}
	return r.generate(t, false).s
}

// existing asks for the smallest, or greatest, index of the instances that exist.
func (r *runner) existing(in *Instruction, s string, at int, mixed func(string) (string, bool)) (value string, found bool) {
	expression, suffix := s[at:], ""
	if end := strings.IndexByte(expression, ')'); end >= 0 {
		expression, suffix = expression[:end+1], expression[end+1:]
	}
	q, ok := parseIndex(expression)
	if !ok {
		r.report(diag.CmdInvalidIndexPattern, in.Value, detail(diag.KindVariable, expression))
		return "", false
	}
	if strings.Contains(suffix, existingIndex) || strings.Contains(s, smartIndex) {
		return mixed(s)
	}
	prefix, suffix := r.plain(s[:at]), r.plain(suffix)
	index, found := q.choose(r.model.indexes(in.Under.Text, prefix, suffix))
	return prefix + strconv.Itoa(index) + suffix, found
}

// query is what stands behind EXISTING_INDEX.
type query struct {
	greatest bool
	bound    byte // '<', '>', or 0
	limit    int
}

// parseIndex reads "$(EXISTING_INDEX MAX > 3)".
func parseIndex(s string) (q query, ok bool) {
	inner, closed := strings.CutSuffix(s, ")")
	words := strings.Fields(strings.TrimPrefix(inner, existingIndex))
	if !closed || len(words) == 0 || words[0] != "MIN" && words[0] != "MAX" {
		return q, false
	}
	q.greatest = words[0] == "MAX"
	if len(words) == 1 {
		return q, true
	}
	if len(words) != 3 || words[1] != "<" && words[1] != ">" || strings.Trim(words[2], "0123456789") != "" {
		return q, false
	}
	limit, err := strconv.Atoi(words[2])
	q.bound, q.limit = words[1][0], limit
	return q, err == nil
}

// choose takes one of sorted numbers; the bound is strict.
func (q query) choose(sorted []int) (index int, found bool) {
	for _, i := range sorted {
		if q.bound == '<' && i >= q.limit || q.bound == '>' && i <= q.limit {
			continue
		}
		if index, found = i, true; !q.greatest {
			break
		}
	}
	return index, found
}
