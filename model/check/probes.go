package check

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/rule"
	"github.com/roboconf/workbench/model/source"
)

// The files of probes: what to measure, and the parameters of it (PRB-1).
const (
	measuresExt   = ".measures"
	parametersExt = ".measures.properties"
)

// measured is a probe file with the file of its parameters, nil without one.
type measured struct {
	*probe.File
	parameters *load.File
	entries    []load.Entry
}

// probeFiles are the files directly in probes/ that have an extension: sub-folders are not searched (PRB-1).
func (s *subject) probeFiles(ext string) []*load.File {
	return slices.DeleteFunc(s.scripts("probes", ext), func(f *load.File) bool {
		return path.Dir(f.Name) != path.Join(s.result.Base, "probes")
	})
}

// readProbes reads the probes of the application, once.
func (s *subject) readProbes() []measured {
	if s.probes == nil {
		s.probes = s.parseProbes()
	}
	return s.probes
}

func (s *subject) parseProbes() []measured {
	out := []measured{}
	for _, f := range s.probeFiles(measuresExt) {
		m := measured{parameters: s.result.Files[bareFile(f.Name, measuresExt)+parametersExt]}
		values := make(map[string]string)
		if m.parameters != nil {
			p, _ := load.ParseProperties(m.parameters.Text) // what stands before a fault counts all the same
			m.entries = p.Entries
			for _, e := range p.Entries {
				values[e.Key] = e.Value
			}
		}
		m.File = probe.Parse(f.Name, f.Text, values)
		out = append(out, m)
	}
	return out
}

// bareFile is the path of a file without its extension.
func bareFile(file, ext string) string { return file[:len(file)-len(ext)] }

// probesAlone gives what each probe file says wrong by itself, and the parameters that none of its sections uses.
func probesAlone(s *subject) (found []diag.Problem) {
	for _, m := range s.readProbes() {
		found = append(found, m.Problems...)
		for _, e := range m.entries {
			if !m.Used[e.Key] {
				found = append(found, diag.Problem{
					Code: diag.XProbeUnusedParameter, Place: source.Place{File: m.parameters.Name, Span: e.KeySpan},
					Details: []diag.Detail{detail(diag.KindVariable, e.Key)},
				})
			}
		}
	}
	return found
}

// probeExtensions: nothing else stands among the probes.
func probeExtensions(s *subject) (found []diag.Problem) {
	dir := path.Join(s.result.Base, "probes")
	for _, name := range s.result.Scripts {
		if path.Dir(name) == dir && !strings.HasSuffix(name, measuresExt) && !strings.HasSuffix(name, parametersExt) {
			found = append(found, diag.Problem{Code: diag.XProbeInvalidExt, Place: s.result.FirstLine(name)})
		}
	}
	return found
}

// probeComponents: a probe file is called after a component.
func probeComponents(s *subject) (found []diag.Problem) {
	if s.result.Holes {
		return nil
	}
	for _, f := range s.probeFiles(measuresExt) {
		name := bareName(f.Name, measuresExt)
		if s.graph.Component(name) == nil {
			found = append(found, diag.Problem{
				Code: diag.XProbeUnknownComponent, Place: s.result.FirstLine(f.Name), On: name,
				Details: []diag.Detail{detail(diag.KindComponent, name)},
			})
		}
	}
	return found
}

// events: what a probe raises, some rule waits for; what a rule waits for, some probe raises, or the platform
// (commands-rules-probes.md 1).
func events(s *subject) (found []diag.Problem) {
	probes, rules := s.readProbes(), s.readRules()
	var raised []string
	awaited := make(map[string]bool)
	for _, m := range probes {
		for _, section := range m.Sections {
			raised = append(raised, section.Event.Text)
		}
	}
	for _, f := range rules {
		for _, e := range f.Rule.Events {
			awaited[e.Text] = true
			if rule.IsPlatform(e.Text) || slices.Contains(raised, eventName(e.Text)) {
				awaited[eventName(e.Text)] = true
				continue
			}
			p := onRule(diag.XRuleEventWithoutProbe, f, e.Span, detail(diag.KindValue, e.Text))
			load.Suggest(&p, e.Text, near.Among(raised, nil), f.Place(e.Span))
			found = append(found, p)
		}
	}
	for _, m := range probes {
		for _, section := range m.Sections {
			if !awaited[section.Event.Text] {
				found = append(found, diag.Problem{
					Code: diag.XProbeEventWithoutRule, Place: m.Place(section.Event.Span),
					Details: []diag.Detail{detail(diag.KindValue, section.Event.Text)},
				})
			}
		}
	}
	return found
}

// eventName is the name of an event without what stands in parentheses after it.
func eventName(event string) string {
	if name, _, ok := strings.Cut(event, "("); ok && strings.HasSuffix(event, ")") {
		return name
	}
	return event
}
