package recipe

import (
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// TagKind is what a tag of a template does.
type TagKind uint8

// The kinds of tags of Mustache.
const (
	TagVariable   TagKind = iota // {{x}}, {{{x}}}, {{&x}}: a value; nothing is escaped (PL-45)
	TagSection                   // {{#x}}
	TagInverted                  // {{^x}}
	TagClose                     // {{/x}}
	TagComment                   // {{! ... }}
	TagPartial                   // {{>x}}
	TagDelimiters                // {{=<% %>=}}
)

// Tag is one tag of a template.
type Tag struct {
	Kind TagKind
	Name string
	// Span covers the tag with its brackets, NameSpan the name.
	Span, NameSpan source.Span
	// Inside are the names of the sections around the tag, the outermost first.
	Inside []string
}

// Tags reads a template (plugins.md 4.3). ok is false when a tag or a section is not closed; what could be read is given all the
// same.
func Tags(text string) (tags []Tag, ok bool) {
	open, shut := "{{", "}}"
	var inside []string
	ok = true
	for at := 0; ; {
		n := strings.Index(text[at:], open)
		if n < 0 {
			return tags, ok && len(inside) == 0
		}
		start := at + n
		close := shut
		if open == "{{" && strings.HasPrefix(text[start:], "{{{") {
			close = "}}}"
		}
		length := strings.Index(text[start+len(open):], close)
		if length < 0 {
			return tags, false
		}
		end := start + len(open) + length + len(close)
		t := tagOf(text, source.Span{Start: start, End: end}, len(open), len(close))
		switch t.Kind {
		case TagClose:
			if len(inside) == 0 || inside[len(inside)-1] != t.Name {
				ok = false
			} else {
				inside = inside[:len(inside)-1]
			}
		case TagDelimiters:
			if words := strings.Fields(strings.Trim(t.Name, "=")); len(words) == 2 {
				open, shut = words[0], words[1]
			}
		}
		t.Inside = append([]string(nil), inside...)
		tags = append(tags, t)
		if t.Kind == TagSection || t.Kind == TagInverted {
			inside = append(inside, t.Name)
		}
		at = end
	}
}

var sigils = map[byte]TagKind{
	'#': TagSection, '^': TagInverted, '/': TagClose, '!': TagComment, '>': TagPartial, '=': TagDelimiters, '&': TagVariable, '{': TagVariable,
}

// tagOf reads what stands between brackets of so many bytes.
func tagOf(text string, whole source.Span, open, shut int) Tag {
	name := source.Span{Start: whole.Start + open, End: whole.End - shut}
	t := Tag{Span: whole}
	if name.Len() > 0 {
		if kind, ok := sigils[text[name.Start]]; ok {
			t.Kind = kind
			name.Start++
		}
	}
	for name.Start < name.End && text[name.Start] <= ' ' {
		name.Start++
	}
	for name.End > name.Start && text[name.End-1] <= ' ' {
		name.End--
	}
	t.Name, t.NameSpan = name.Of(text), name
	return t
}

// ImportedNames are the local names of imported variables that a template asks for, whatever their prefix: {{vars.ip}} inside
// imports, {{ip}} inside their vars (PL-45).
func ImportedNames(text string) (uses []Use) {
	tags, _ := Tags(text)
	for _, t := range tags {
		if t.Kind != TagVariable && t.Kind != TagSection && t.Kind != TagInverted {
			continue
		}
		scope := strings.Join(append(append([]string{""}, t.Inside...), ""), ".")
		name, at := t.Name, t.NameSpan.Start
		if rest, ok := strings.CutPrefix(name, "vars."); ok && ofImports(scope) {
			name, at = rest, at+len("vars.")
		} else if !ofVars(scope) {
			continue
		}
		if name != "" && name != "." && !strings.ContainsAny(name, ".{} ") {
			uses = append(uses, Use{name, source.Span{Start: at, End: at + len(name)}})
		}
	}
	return uses
}

// ofImports says whether sections lead to an import: {{#importLists}}{{#imports}}.
func ofImports(scope string) bool { return strings.HasSuffix(scope, ".imports.") }

// ofVars says whether they lead to the variables of one.
func ofVars(scope string) bool { return strings.HasSuffix(scope, ".imports.vars.") }
