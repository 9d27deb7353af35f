package decl

import (
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// instance reads an instance and those inside it (dsl.md 6).
func (r *reader) instance(n syntax.Node) *model.Instance {
	i := &model.Instance{Origin: origin(n, n.Name()), Component: r.word(n.Name())}
	r.instanceOf(n)
	r.header(n, n.Name(), diag.PMEmptyComponentName)
	named := false
	for p := range r.properties(n) {
		named = named || p.name == "name"
		r.instanceProperty(i, p)
	}
	r.instanceName(i, n, named)
	for child := range n.Children() {
		switch {
		case child.Kind() != syntax.Instance:
		case r.strict && r.spelling(child) != modern:
			r.report(diag.PInvalidPropertyOrInstance, child.Head())
		default:
			i.Children = append(i.Children, r.instance(child))
		}
	}
	return i
}

func (r *reader) instanceProperty(i *model.Instance, p property) {
	switch p.name {
	case "name", "count", "channels", "instance-data", "instance-state":
		if p.repeated { // its value is still checked (DIA-21), and then forgotten
			i = &model.Instance{}
		}
		if r.filled(p) {
			r.named(i, p)
		}
	default:
		r.free(i, p)
	}
}

// named reads one of the five properties that have a meaning of their own (dsl.md 6.1).
func (r *reader) named(i *model.Instance, p property) {
	switch p.name {
	case "name":
		i.Name, i.NameSpan = p.value.text, p.value.all()
	case "count":
		i.Count, i.CountSpan = r.count(p)
	case "channels":
		i.Channels = r.channels(p)
	case "instance-data":
		r.data(i, p)
	case "instance-state":
		i.State = r.state(p)
	}
}

// free reads private data, or the override of a variable.
func (r *reader) free(i *model.Instance, p property) {
	if syntax.IsData(p.name) {
		setData(i, p.name[len("data."):], p.value.text)
		return
	}
	text, span := unquote(p.value)
	i.Overrides = append(i.Overrides, model.Override{Name: p.name, Value: text, Span: p.nameSpan, ValueSpan: span})
}

// unquote takes the quotes away that stand around a whole value (DSL-64).
func unquote(f field) (string, source.Span) {
	s := f.trimmedSpan()
	if text := s.Of(f.text); len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		s = source.Span{Start: s.Start + 1, End: s.End - 1}
		return s.Of(f.text), f.at(s)
	}
	return f.text, f.all()
}

// instanceName checks the name, which is reported on the header (dsl.md 6.1). A header that hides a part of its block is not
// told that the name is missing.
func (r *reader) instanceName(i *model.Instance, n syntax.Node, given bool) {
	switch {
	case !given && !n.CutShort():
		r.report(diag.PMMissingInstanceName, n.Head())
	case given && !syntax.IsFlexID(i.Name):
		r.report(diag.PMInvalidInstanceName, n.Head())
	case given && i.Count < 2 && strings.HasSuffix(i.Name, " "):
		end := i.NameSpan.End
		blanks := source.Span{Start: end - len(i.Name) + len(strings.TrimRight(i.Name, " ")), End: end}
		r.report(diag.XNameTrailingBlank, blanks).fix(diag.Say("Remove the blank"), cut(blanks))
	}
}

// count reads the number of copies: at least one.
func (r *reader) count(p property) (int, source.Span) {
	text, span := r.tight(p)
	digits := strings.TrimPrefix(text, "+")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 || digits[0] == '+' {
		r.report(diag.PMInvalidInstanceCount, span)
		return 0, span
	}
	if n == 1 {
		r.report(diag.PMUselessInstanceCount, span).fix(diag.Say("Remove the count"), cut(r.wholeLine(p.line)))
	}
	return int(n), span
}

// channels reads labels; empty ones are ignored (DSL-46).
func (r *reader) channels(p property) []string {
	pieces, extra := syntax.SplitList(p.value.text)
	r.extraCommas(p.value, extra)
	return labels(pieces)
}

func labels(pieces []syntax.Piece) []string {
	var found []string
	for _, piece := range pieces {
		if piece.Text != "" {
			found = append(found, piece.Text)
		}
	}
	return found
}

// data reads the pairs of instance-data (MOD-105).
func (r *reader) data(i *model.Instance, p property) {
	pieces, _ := syntax.SplitList(p.value.text)
	for _, piece := range pieces {
		key, value, _ := strings.Cut(piece.Text, "=")
		if key = syntax.Trim(key); key != "" {
			setData(i, key, syntax.Trim(value))
		}
	}
}

func setData(i *model.Instance, key, value string) {
	if i.Data == nil {
		i.Data = map[string]string{}
	}
	i.Data[key] = value
}

// state reads a run-time state; the word is kept as written, whatever it is.
func (r *reader) state(p property) string {
	text, span := r.tight(p)
	switch strings.ToLower(text) {
	case "not_deployed", "deploying", "deployed_stopped", "unresolved", "waiting_for_ancestor",
		"starting", "deployed_started", "stopping", "undeploying", "problem":
	default:
		r.report(diag.XUnknownState, span, detail(diag.KindValue, text))
	}
	return text
}

// LegacyChannel reads the property "channel" of version 0.1, which looks like an override: it stands for channels where the
// component exports no variable of that name (dsl.md 10). Only the one who knows the graph can tell.
func LegacyChannel(o model.Override) (channels []string, hint diag.Problem) {
	pieces, _ := syntax.SplitList(o.Value)
	hint = diag.Problem{
		Code: diag.XLegacySyntax, Place: source.Place{Span: o.Span},
		Fixes: []diag.Fix{{Title: diag.Say("Write channels"), Edits: []source.Edit{put(o.Span, "channels")}}},
	}
	return labels(pieces), hint
}
