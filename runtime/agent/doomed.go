package agent

import "github.com/roboconf/workbench/runtime/message"

// doomed says whether what waits in the queue already takes away what a started instance needs, or one above it: it stops before
// anybody could use it. What it exports is not published then. Otherwise two instances that need each other, once started with
// the help of a third that is gone, would chase each other's news across machines for ever (LC-57): each starts on an export
// that was withdrawn meanwhile, and publishes on what the other will believe next.
func (a *Agent) doomed(i int32) bool {
	if len(a.queue) == 0 {
		return false
	}
	for ; i >= 0; i = a.insts[i].parent { // it stops with what is above it
		in := &a.insts[i]
		for k := range in.kind.prefixes {
			if in.kind.prefixes[k].mandatory && !in.kind.machine && a.runsOut(in, k) {
				return true
			}
		}
	}
	return false
}

// runsOut says whether an instance loses its last import of a prefix in the queue. In doubt it does not: what is published too
// much is withdrawn again.
func (a *Agent) runsOut(in *instance, k int) bool {
	p := &in.kind.prefixes[k]
	holds := map[source]bool{}
	for _, imp := range in.imports[k] {
		holds[source{imp.App, imp.Prefix, imp.Path}] = true
	}
	later := map[source]heard{} // what the queue says of a source, up to here
	known := func(from source) heard {
		if h, ok := later[from]; ok {
			return h
		}
		return a.heard[from]
	}
	for _, next := range a.queue {
		if next.msg == nil {
			continue
		}
		switch m := next.msg.Body.(type) {
		case *message.ImportAdd:
			from := source{m.App, m.Prefix, m.Path}
			if m.Prefix == p.name && a.concerns(in, p, &news{source: from}) {
				holds[from] = true
				if last := known(from); compareVersions(m.Gen, m.Seq, last.gen, last.seq) > 0 {
					later[from] = heard{gen: m.Gen, seq: m.Seq}
				}
			}
		case *message.ImportRemove:
			from := source{m.App, m.Prefix, m.Path}
			if holds[from] && newer(m, known(from)) && (m.Final || !a.outdated(from, m.Gen, m.Seq)) {
				delete(holds, from)
				later[from] = heard{gen: m.Gen, seq: m.Seq, gone: true, final: m.Final}
			}
		case *message.ModelSet, *message.BindingChange:
			return false // it may need something else then
		}
		if len(holds) == 0 {
			return true
		}
	}
	return false
}
