package probe

import (
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Those who make checks: the handlers that everybody knows, and ours (commands-rules-probes.md 4.3, 4.4).
var (
	handlers    = []string{"docker", "file", "nagios", "rest"}
	ourHandlers = []string{"exec", "jmx", "log", "process", "prometheus", "rabbitmq", "system", "tcp"}
)

// reading is a section in the making; lost when its header is no header, or its handler does not exist.
type reading struct {
	section Section
	lost    bool
	moved   bool // parameters were replaced in the header: words of it have no place of their own
}

// header reads the line that opens a section: [EVENT handler event].
func (f *File) header(l line) *reading {
	r := &reading{section: Section{Header: l.span}, moved: l.moved}
	end := strings.IndexByte(l.text, ']')
	var words []Word
	if end >= 0 {
		inner := line{text: l.text[1:end], span: l.span, moved: l.moved}
		if !l.moved {
			inner.span = source.Span{Start: l.span.Start + 1, End: l.span.Start + end}
		}
		words = inner.fields()
	}
	if len(words) < 3 || !strings.EqualFold(words[0].Text, "event") || !areAttributes(words[3:]) {
		f.canvas.Paint(l.span, syntax.ClassBad)
		f.report(diag.XProbeMalformedHeader, l.whole())
		r.lost = true
		return r
	}
	r.section.Handler, r.section.Event, r.section.Attributes = words[1], words[2], words[3:]
	r.section.Handler.Text = strings.ToLower(words[1].Text)
	f.canvas.Paint(l.span, syntax.ClassPunct)
	f.canvas.Paint(words[0].Span, syntax.ClassKeyword)
	f.canvas.Paint(words[1].Span, syntax.ClassType)
	f.canvas.Paint(words[2].Span, syntax.ClassVariable)
	if rest := l.from(end + 1).trim(); rest.text != "" { // PRB-12
		f.canvas.Paint(rest.span, syntax.ClassValue)
		r.section.Content = append(r.section.Content, rest.whole())
	}
	f.extensions(r)
	return r
}

// areAttributes says whether words are pairs of a name and a duration.
func areAttributes(words []Word) bool {
	for i, w := range words {
		if i%2 == 0 && w.Text != "every" && w.Text != "timeout" {
			return false
		}
		if d, err := time.ParseDuration(w.Text); i%2 == 1 && (err != nil || d <= 0) {
			return false
		}
	}
	return len(words)%2 == 0
}

// extensions reports what other tools do not know of a header, and a handler that nobody knows.
func (f *File) extensions(r *reading) {
	s := &r.section
	if n := len(s.Attributes); n > 0 {
		f.report(diag.XProbeExtension, Word{Span: source.Span{Start: s.Attributes[0].Span.Start, End: s.Attributes[n-1].Span.End}})
	}
	switch {
	case slices.Contains(handlers, s.Handler.Text):
	case slices.Contains(ourHandlers, s.Handler.Text):
		f.report(diag.XProbeExtension, s.Handler)
	default:
		r.lost = true
		p := f.report(diag.XProbeUnknownHandler, s.Handler, diag.Detail{Kind: diag.KindName, Text: s.Handler.Text})
		names := near.Names(s.Handler.Text, slices.Concat(handlers, ourHandlers))
		if len(names) > 0 {
			p.Related = []diag.Related{{Place: p.Place, Message: diag.DidYouMean(names), Exact: true}}
		}
		if len(names) == 1 && !r.moved {
			p.Fixes = []diag.Fix{{Title: diag.Say("Replace it by %s", names[0]), Edits: []source.Edit{{Place: p.Place, With: names[0]}}}}
		}
	}
}

// finish ends a section: its content is complete.
func (r *reading) finish(f *File) {
	if r == nil || r.lost {
		return
	}
	r.section.Valid = f.content(&r.section)
	f.words(&r.section)
	f.Sections = append(f.Sections, r.section)
}
