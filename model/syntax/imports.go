package syntax

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// ImportEntry is one entry of imports as it is written. Spans are relative to the value of the property.
type ImportEntry struct {
	Prefix string // before the first dot
	Name   string // after it; "*" for every variable
	Span   source.Span
	// External and Optional cover their words; empty when they are not there.
	External, Optional source.Span
}

// optional is the suffix of an import that may stay without answer.
const optional = "(optional)"

// ScanImports reads the value of imports (dsl.md 5.5). Entries with a fault are left out. extra covers the commas of empty
// pieces that are tolerated at the end (DSL-45).
func ScanImports(value string) (entries []ImportEntry, faults []Fault, extra source.Span) {
	pieces, extra := SplitList(value)
	for _, p := range pieces {
		e := unwrapImport(value, p.Span)
		name := e.Span.Of(value)
		if code := importFault(name); code != "" {
			faults = append(faults, Fault{code, name, e.Span})
			continue
		}
		e.Prefix, e.Name, _ = strings.Cut(name, ".")
		entries = append(entries, e)
	}
	return entries, faults, extra
}

// unwrapImport takes external and (optional) away.
func unwrapImport(value string, piece source.Span) ImportEntry {
	e := ImportEntry{Span: piece}
	if at := piece.End - len(optional); at >= piece.Start && hasFold(value[at:piece.End], optional) {
		e.Optional = source.Span{Start: at, End: piece.End}
		e.Span.End = trimRight(value, piece.Start, at)
	}
	// The word needs a blank after it: ExternalDb is a name (DEV-5).
	if after := word(value[:e.Span.End], e.Span.Start, "external"); after > 0 {
		e.External = source.Span{Start: e.Span.Start, End: after}
		e.Span.Start, e.Span.End = trim(value, after, e.Span.End)
	}
	return e
}

// importFault is what is wrong with a reference; "" when nothing is.
func importFault(name string) diag.Code {
	switch dot := strings.IndexByte(name, '.'); {
	case name == "":
		return diag.PMEmptyVariableName
	case !IsImportRef(name):
		return diag.PMInvalidImportedVarName
	case dot < 0 || dot == len(name)-1:
		return diag.PMIncompleteImportedVarName
	}
	return ""
}
