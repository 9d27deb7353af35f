package check

import (
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
)

// deadlocks: components that wait for one another never start (MOD-155, MOD-156). Without instances, one of each is thought of.
func deadlocks(s *subject) (found []diag.Problem) {
	if s.calm(func(m *Memo) bool { return m.stuck }) {
		return nil
	}
	counts := s.counts
	if len(s.instances) == 0 {
		counts = nil
	}
	for _, d := range s.graph.Deadlocks(counts) {
		names := make([]string, len(d.Chain))
		for k, c := range d.Chain {
			names[k] = c.Name
		}
		first := d.Members[0]
		p := onType(diag.XImportDeadlock, first.Name, first.Origin, detail(diag.KindCycle, circle(names)))
		for _, w := range d.Waits {
			words := diag.Say("%s waits for %s", w.Component.Name, w.Import.Prefix)
			p.Related = append(p.Related, related(s.declaration(w.Component, w.Import), words)...)
		}
		for k, c := range d.Chain[1:min(len(d.Chain), mostSteps)] {
			if holder := d.Chain[k]; s.graph.MayContain(c, holder) {
				p.Related = append(p.Related, related(header(c.Origin), diag.Say("%s runs on %s", holder.Name, c.Name))...)
			}
		}
		found = append(found, p)
	}
	if m := s.options.Memo; m != nil {
		m.stuck = len(found) > 0
	}
	return found
}

// unsatisfied: deployed as they are, the predefined instances leave one waiting: no other one publishes what it needs (MOD-147).
func unsatisfied(s *subject) (found []diag.Problem) {
	if len(s.instances) == 0 || s.result.Holes || s.result.Loose || s.calm(func(m *Memo) bool { return m.open }) {
		return nil
	}
	missing := s.graph.Unanswered(s.counts)
	if m := s.options.Memo; m != nil {
		m.open = len(missing) > 0
	}
	if len(missing) == 0 {
		return nil
	}
	of := make(map[*model.Component][]model.Import)
	for _, a := range missing {
		if !s.doubtfulPrefix(a.Import.Prefix) {
			of[a.Component] = append(of[a.Component], a.Import)
		}
	}
	for k := range s.instances {
		l := &s.instances[k]
		for _, i := range of[l.component] {
			p := onInstance(diag.XUnsatisfiedImport, s.path(k), l.Instance, detail(diag.KindVariable, i.Full()))
			p.Related = related(s.declaration(l.component, i), diag.Say("imported here"))
			found = append(found, p)
		}
	}
	return found
}
