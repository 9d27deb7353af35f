package syntax

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Export is one entry of exports as it is written. Spans are relative to the value of the property.
type Export struct {
	Name string
	Span source.Span // the name
	// Random covers random[kind], empty when the variable is not random; Kind is the kind as written.
	Random source.Span
	Kind   string
	// Value counts only if HasValue: a quoted empty value is a value, an empty one without quotes is none.
	Value     string
	HasValue  bool
	Quoted    bool
	ValueSpan source.Span // without the quotes
}

// ScanExports reads the value of exports (dsl.md 5.4). Entries whose name is no ID are left out: they are among the faults.
func ScanExports(value string) ([]Export, []Fault) {
	s := exportScanner{value: value}
	for s.at < len(value) {
		if isSpace(value[s.at]) || value[s.at] == ',' {
			s.at++
		}
		s.entry()
	}
	return s.exports, s.faults
}

type exportScanner struct {
	value   string
	at      int
	exports []Export
	faults  []Fault
}

func (s *exportScanner) fault(code diag.Code, text string, span source.Span) {
	s.faults = append(s.faults, Fault{code, text, span})
}

// until gives the offset of the first of some characters, or the end.
func (s *exportScanner) until(chars string) int {
	if n := strings.IndexAny(s.value[s.at:], chars); n >= 0 {
		return s.at + n
	}
	return len(s.value)
}

func (s *exportScanner) entry() {
	stop := s.until(",=")
	start, end := trim(s.value, s.at, stop)
	e := Export{Name: s.value[start:end], Span: source.Span{Start: start, End: end}}
	ok := s.name(&e)
	s.at = stop
	if stop < len(s.value) && s.value[stop] == '=' {
		s.at++
		s.defaultValue(&e)
	}
	if ok {
		s.exports = append(s.exports, e)
	}
}

// name takes random[kind] apart, and checks what remains.
func (s *exportScanner) name(e *Export) bool {
	if n := randomPrefix(e.Name); n > 0 {
		e.Kind = e.Name[len("random[") : n-1]
		e.Random = source.Span{Start: e.Span.Start, End: e.Span.Start + n}
		e.Span.Start, e.Span.End = trim(s.value, e.Random.End, e.Span.End)
		e.Name = e.Span.Of(s.value)
	}
	if e.Name == "" {
		s.fault(diag.PMEmptyVariableName, "", e.Span)
		return false
	}
	if IsID(e.Name) {
		return true
	}
	s.fault(diag.PMInvalidExportedVarName, e.Name, e.Span)
	if n := len("external"); hasFold(e.Name, "external") && len(e.Name) > n && isSpace(e.Name[n]) {
		s.fault(diag.PMExternalIsKeywordForImports, e.Name, e.Span)
	}
	return false
}

// randomPrefix is the length of random[kind] at the start of a name, 0 when it is not there.
func randomPrefix(name string) int {
	if !hasFold(name, "random[") {
		return 0
	}
	return strings.IndexByte(name, ']') + 1
}

// defaultValue reads what follows the equals sign.
func (s *exportScanner) defaultValue(e *Export) {
	stop := s.until(`,"`)
	start, end := trim(s.value, s.at, stop)
	if stop == len(s.value) || s.value[stop] == ',' {
		e.Value, e.ValueSpan = s.value[start:end], source.Span{Start: start, End: end}
		e.HasValue = start < end
		s.at = stop
		return
	}
	e.HasValue, e.Quoted = true, true
	s.at = stop + 1
	if start < end {
		s.broken(e, start, stop)
		return
	}
	s.quoted(e)
}

// quoted reads up to the closing quote, and sees that nothing but blanks follows it.
func (s *exportScanner) quoted(e *Export) {
	open := s.at
	shut := s.until(`"`)
	e.Value, e.ValueSpan = s.value[open:shut], source.Span{Start: open, End: shut}
	s.at = shut
	if shut == len(s.value) {
		s.broken(e, open-1, shut)
		return
	}
	s.at++
	stop := s.until(",")
	if start, end := trim(s.value, s.at, stop); start < end {
		s.broken(e, open-1, shut+1)
		return
	}
	s.at = stop
}

// broken reports a badly quoted value that covers the given range.
func (s *exportScanner) broken(e *Export, start, end int) {
	if e.ValueSpan == (source.Span{}) {
		e.Value, e.ValueSpan = s.value[start:end], source.Span{Start: start, End: end}
	}
	s.fault(diag.PMInvalidExportComplexValue, e.Name, source.Span{Start: start, End: end})
}
