package agent

import (
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// news is an import that appears, changes or disappears. It is immutable.
type news struct {
	source
	lost bool
	vars []model.Variable
}

// tombstones is how long a withdrawal is remembered (MS-60).
const tombstones = 24 * time.Hour

// hearAdd takes a publication: those that are not newer than what was heard are ignored, except a repetition (MS-60).
func (a *Agent) hearAdd(m *message.ImportAdd) {
	from := source{m.App, m.Prefix, m.Path}
	if a.outdated(from, m.Gen, m.Seq) {
		return
	}
	if last, known := a.heard[from]; known {
		c := compareVersions(m.Gen, m.Seq, last.gen, last.seq)
		if c < 0 || c == 0 && last.gone || last.final && m.Gen <= last.gen {
			return
		}
	}
	if a.heard == nil {
		a.heard = map[source]heard{}
	}
	a.heard[from] = heard{gen: m.Gen, seq: m.Seq, at: a.now, vars: m.Vars}
	a.spreadNews(&news{source: from, vars: m.Vars})
}

// hearRemove takes a withdrawal, and keeps a tombstone (MS-60).
func (a *Agent) hearRemove(m *message.ImportRemove) {
	from := source{m.App, m.Prefix, m.Path}
	last, known := a.heard[from]
	if known && !newer(m, last) || !m.Final && a.outdated(from, m.Gen, m.Seq) {
		return
	}
	if a.heard == nil {
		a.heard = map[source]heard{}
	}
	a.heard[from] = heard{gen: m.Gen, seq: m.Seq, gone: true, final: m.Final, at: a.now}
	if known && !last.gone {
		a.spreadNews(&news{source: from, lost: true})
	}
}

// outdated says whether the exporter is an instance of this scope that said something else since: that is on its way, and what
// is not true any more must not be acted on. Otherwise an instance that needs what its own child exports would start and stop
// for ever, each time on news of the time before.
func (a *Agent) outdated(from source, gen int, seq uint64) bool {
	i, own := a.paths[from.path]
	return own && from.app == a.cfg.App && gen == a.gen && seq < a.insts[i].pubSeq
}

func newer(m *message.ImportRemove, last heard) bool {
	if m.Final || last.final {
		return m.Gen > last.gen || m.Gen == last.gen && !last.final
	}
	return compareVersions(m.Gen, m.Seq, last.gen, last.seq) > 0
}

func compareVersions(gen int, seq uint64, otherGen int, otherSeq uint64) int {
	switch {
	case gen != otherGen:
		return gen - otherGen
	case seq < otherSeq:
		return -1
	case seq > otherSeq:
		return 1
	}
	return 0
}

// spreadNews tells the instances of the scope, then starts what waits for a parent that is started now (LC-58, LC-59).
func (a *Agent) spreadNews(n *news) {
	a.push(step{what: stepImport, news: n}, step{what: stepSweep})
}

// tellImporters goes on with the importers of news, from one of them on.
func (a *Agent) tellImporters(n *news, pos int32) {
	list := a.byPref[n.prefix]
	for k := int(pos); k < len(list); k++ {
		i := list[k]
		change, why, did := a.record(i, n)
		if !did {
			continue
		}
		a.notify(i, why)
		if !a.reacts(i) {
			continue
		}
		a.push(step{what: stepImport, news: n, pos: int32(k) + 1})
		a.react(i, n, change, why)
		return
	}
}

// reacts says whether something is done when an import of i changed (LC-58).
func (a *Agent) reacts(i int32) bool {
	in := &a.insts[i]
	if in.kind.machine {
		return false
	}
	return in.state == lifecycle.DeployedStarted || in.state == lifecycle.Unresolved && a.missing(i) == ""
}

// react starts, updates or stops (LC-58).
func (a *Agent) react(i int32, n *news, change message.Import, why message.Why) {
	in := &a.insts[i]
	switch {
	case in.state == lifecycle.Unresolved:
		a.start(i, why)
	case a.missing(i) == "":
		c := &Change{Prefix: n.prefix, Import: change, Status: lifecycle.DeployedStarted}
		if n.lost {
			c.Status = lifecycle.DeployedStopped
		}
		a.run(i, lifecycle.Update, c)
	case n.lost:
		a.stop(i, why)
	}
}

// record keeps the news in the imports of an instance; did says whether something changed (LC-53 to LC-56).
func (a *Agent) record(i int32, n *news) (change message.Import, why message.Why, did bool) {
	in := &a.insts[i]
	k := in.kind.index(n.prefix)
	if k < 0 || !a.concerns(in, &in.kind.prefixes[k], n) {
		return change, why, false
	}
	why = message.Why{Prefix: n.prefix, Path: n.path}
	list := in.imports[k]
	at := slices.IndexFunc(list, func(held message.Import) bool { return held.App == n.app && held.Path == n.path })
	change = message.Import{Prefix: n.prefix, App: n.app, Path: n.path}
	switch {
	case n.lost && at < 0:
		return change, why, false
	case n.lost:
		change = list[at]
		why.Kind = message.WhyImportLost
		list = slices.Concat(list[:at:at], list[at+1:])
	default:
		change.Vars = in.kind.prefixes[k].tailor(n.vars)
		if at >= 0 && slices.EqualFunc(list[at].Vars, change.Vars, sameVariable) {
			return change, why, false
		}
		why.Kind = message.WhyImportAdded
		if at >= 0 {
			why.Kind = message.WhyImportChanged
			list = slices.Clone(list)
			list[at] = change
		} else {
			list = append(list, change)
		}
	}
	in.imports[k], in.listed = list, nil
	in.tried = false // its own imports changed: it may be started again (D-30)
	return change, why, true
}

// concerns says whether an instance may import from a source: never from itself (LC-53), from other applications only under
// an external prefix that is bound to them (MS-30). What was imported may always be lost.
func (a *Agent) concerns(in *instance, p *prefix, n *news) bool {
	if p.external {
		return n.lost || slices.Contains(a.bindings[n.prefix], n.app)
	}
	return n.app == a.cfg.App && n.path != in.path
}

func sameVariable(x, y model.Variable) bool { return x.Name == y.Name && x.Value == y.Value }

// sweep starts, breadth first, every instance that waits for a parent that is started (LC-59).
func (a *Agent) sweep(pos int32) {
	for k := int(pos); k < len(a.order); k++ {
		i := a.order[k]
		in := &a.insts[i]
		if in.state != lifecycle.WaitingForAncestor || in.tried || in.parent < 0 {
			continue
		}
		if p := &a.insts[in.parent]; p.state == lifecycle.DeployedStarted {
			a.push(step{what: stepSweep, pos: int32(k) + 1})
			a.start(i, message.Why{Kind: message.WhyParentStarted, Path: p.path})
			return
		}
	}
}

// changeBinding is MS-31: the cache gives what was heard of the applications that are bound now.
func (a *Agent) changeBinding(m *message.BindingChange) {
	bindings := make(map[string][]string, len(a.bindings)+1)
	for prefix, apps := range a.bindings {
		bindings[prefix] = apps
	}
	bindings[m.Prefix] = m.Apps
	before := a.bindings
	a.bindings = bindings
	a.rebind(m.Prefix, before[m.Prefix], m.Apps)
}

// rebind takes what other applications give no more under a prefix away, then adds what they give now.
func (a *Agent) rebind(prefix string, before, after []string) {
	var lost, found []step
	for _, from := range a.cached(prefix) {
		was, is := slices.Contains(before, from.app), slices.Contains(after, from.app)
		switch {
		case was && !is:
			lost = append(lost, step{what: stepImport, news: &news{source: from, lost: true}})
		case is && !was:
			found = append(found, step{what: stepImport, news: &news{source: from, vars: a.heard[from].vars}})
		}
	}
	a.push(append(append(lost, found...), step{what: stepSweep})...)
}

// cached are the sources that publish an external prefix, in a fixed order.
func (a *Agent) cached(prefix string) []source {
	var list []source
	for from, h := range a.heard {
		if from.prefix == prefix && !h.gone {
			list = append(list, from)
		}
	}
	slices.SortFunc(list, compareSources)
	return list
}

func compareSources(x, y source) int {
	if c := strings.Compare(x.prefix, y.prefix); c != 0 {
		return c
	}
	if c := strings.Compare(x.app, y.app); c != 0 {
		return c
	}
	return strings.Compare(x.path, y.path)
}

// purge forgets old tombstones, once an hour.
func (a *Agent) purge() {
	if a.now.Before(a.nextPurge) {
		return
	}
	a.nextPurge = a.now.Add(time.Hour)
	for from, h := range a.heard {
		if h.gone && a.now.Sub(h.at) > tombstones {
			delete(a.heard, from)
			a.dirty = true
		}
	}
}

// forgetSuspects takes out the imports of an earlier process that nobody confirmed (LC-104).
func (a *Agent) forgetSuspects() {
	var list []source
	for from, h := range a.heard {
		if h.suspect && !h.gone {
			list = append(list, from)
		}
	}
	slices.SortFunc(list, compareSources)
	for k := range list {
		a.queue = append(a.queue, item{forget: &list[k]})
	}
	a.dirty = a.dirty || len(list) > 0
}

// forget drops an import without tombstone, unless it was confirmed meanwhile.
func (a *Agent) forget(from source) {
	if h, ok := a.heard[from]; !ok || !h.suspect || h.gone {
		return
	}
	delete(a.heard, from)
	a.spreadNews(&news{source: from, lost: true})
}
