package decl

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// references reads a list of names; what is empty or no ID has its own codes in each list (DSL-46, DSL-47).
func (r *reader) references(p property, empty, invalid diag.Code) []model.Ref {
	pieces, extra := syntax.SplitList(p.value.text)
	r.extraCommas(p.value, extra)
	var refs []model.Ref
	var seen names
	for _, piece := range pieces {
		span := p.value.show(piece.Span)
		switch {
		case piece.Text == "" && empty == diag.PMInvalidChildName:
			r.report(empty, span, detail(diag.KindName, ""))
		case piece.Text == "":
			r.report(empty, span)
		case !syntax.IsID(piece.Text):
			r.report(invalid, span, detail(diag.KindName, piece.Text))
		case !seen.add(piece.Text):
			r.report(diag.XDuplicateReference, span, detail(diag.KindName, piece.Text))
		default:
			refs = append(refs, model.Ref{Name: piece.Text, Span: span})
		}
	}
	return refs
}

// show is where to show a piece of a value: an empty one is shown by the comma after or before it, if there is one.
func (f field) show(piece source.Span) source.Span {
	if piece.Len() > 0 {
		return f.at(piece)
	}
	comma := strings.IndexByte(f.text[piece.Start:], ',')
	if comma >= 0 {
		comma += piece.Start
	} else {
		comma = strings.LastIndexByte(f.text[:piece.Start], ',')
	}
	if comma < 0 {
		return f.all()
	}
	return f.at(source.Span{Start: comma, End: comma + 1})
}

// extraCommas hints at empty pieces that are tolerated.
func (r *reader) extraCommas(f field, extra source.Span) {
	if extra.Len() > 0 {
		span := f.at(extra)
		r.report(diag.XTrailingComma, span).fix(diag.Say("Remove the comma"), cut(span))
	}
}

// faults reports what a scanner found.
func (r *reader) faults(p property, faults []syntax.Fault) {
	for _, f := range faults {
		span := p.value.show(f.Span)
		if f.Code == diag.PMEmptyVariableName {
			r.report(f.Code, span)
			continue
		}
		found := r.report(f.Code, span, detail(diag.KindVariable, f.Text))
		if f.Code == diag.PMIncompleteImportedVarName {
			found.fix(diag.Say("Import every variable"), put(span, strings.TrimSuffix(f.Text, ".")+".*"))
		}
	}
}

// exports adds what one property exports: a variable declared twice keeps the last declaration (DSL-43).
func (r *reader) exports(p property, known []model.Variable) []model.Variable {
	found, faults := syntax.ScanExports(p.value.text)
	if strings.HasPrefix(p.value.text, ",") {
		r.extraCommas(p.value, source.Span{End: 1})
	}
	r.faults(p, faults)
	for _, e := range found {
		v := model.Variable{
			Name: e.Name, Value: model.Value{Set: e.HasValue, Text: e.Value},
			Random: e.Random.Len() > 0, Kind: e.Kind, Span: p.value.at(e.Span),
		}
		if !e.HasValue {
			v.Value = model.Value{}
		} else {
			v.ValueSpan = p.value.at(e.ValueSpan)
		}
		if syntax.IsInstanceProperty(v.Name) {
			r.report(diag.XUnoverridableVariable, v.Span, detail(diag.KindVariable, v.Name))
		}
		known = r.addVariable(known, v)
	}
	return known
}

func (r *reader) addVariable(known []model.Variable, v model.Variable) []model.Variable {
	for i := range known {
		if known[i].Name == v.Name {
			r.report(diag.XDuplicateExport, v.Span, detail(diag.KindVariable, v.Name))
			known[i] = v
			return known
		}
	}
	return append(known, v)
}

// imports adds what one property imports: a reference given twice keeps the last flags (DSL-43).
func (r *reader) imports(p property, known []model.Import) []model.Import {
	entries, faults, extra := syntax.ScanImports(p.value.text)
	r.extraCommas(p.value, extra)
	r.faults(p, faults)
	for _, e := range entries {
		known = r.addImport(known, model.Import{
			Prefix: e.Prefix, Name: e.Name, Span: p.value.at(e.Span),
			Optional: e.Optional.Len() > 0, External: e.External.Len() > 0,
		})
	}
	return known
}

func (r *reader) addImport(known []model.Import, i model.Import) []model.Import {
	for k := range known {
		if known[k].Prefix == i.Prefix && known[k].Name == i.Name {
			r.report(diag.XDuplicateImport, i.Span, detail(diag.KindVariable, i.Full()))
			known[k] = i
			return known
		}
	}
	return append(known, i)
}
