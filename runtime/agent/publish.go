package agent

import (
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// know computes what an instance exports, once for each model (LC-62).
func (a *Agent) know(i int32) {
	in := &a.insts[i]
	if in.known {
		return
	}
	in.known = true
	in.vars = bare(model.EffectiveExports(a.model.Graph, in.path, in.decl, a.address()))
	in.groups = nil
	for from := 0; from < len(in.vars); {
		p := prefixOf(in.vars[from].Name)
		to := from + 1
		for to < len(in.vars) && prefixOf(in.vars[to].Name) == p {
			to++
		}
		if p != "" {
			in.groups = append(in.groups, group{prefix: p, vars: in.vars[from:to:to]})
		}
		from = to
	}
	if outside := a.outside(in.vars); outside != nil {
		in.groups = append(in.groups, group{prefix: a.model.ExternalPrefix, external: true, vars: outside})
	}
}

// bare keeps names and values: the rest says where a declaration stands, which nobody else needs.
func bare(vars []model.Variable) []model.Variable {
	out := make([]model.Variable, len(vars))
	for k, v := range vars {
		out[k] = model.Variable{Name: v.Name, Value: v.Value}
	}
	return out
}

// outside is the union of the variables that other applications see, under their aliases (MS-20).
func (a *Agent) outside(vars []model.Variable) []model.Variable {
	var out []model.Variable
	for _, e := range a.model.ExternalExports {
		for _, v := range vars {
			if v.Name == e.Variable {
				out = append(out, model.Variable{Name: a.model.ExternalPrefix + "." + e.Alias, Value: v.Value})
			}
		}
	}
	slices.SortFunc(out, func(x, y model.Variable) int { return strings.Compare(x.Name, y.Name) })
	return out
}

// address is that of the nearest scoped ancestor-or-self that has one (D-12).
func (a *Agent) address() string {
	if a.cfg.Address != "" {
		return a.cfg.Address
	}
	for k := len(a.model.Ancestors) - 1; k >= 0; k-- {
		if above := a.model.Ancestors[k].Address; above != "" {
			return above
		}
	}
	return ""
}

// publish sends the exports of an instance (MS-20), or those of one prefix. The same exports as the last time keep their
// number (MS-60).
func (a *Agent) publish(i int32, only string) {
	a.know(i)
	in := &a.insts[i]
	if len(in.groups) == 0 || !in.live && a.doomed(i) {
		return
	}
	if !in.live || !sameGroups(in.sent, in.groups) {
		a.renew(in)
	}
	for _, p := range in.sent {
		if only == "" || p.add.Prefix == only {
			a.spread(message.Importers(a.cfg.App, p.add.Prefix, p.external), p.add)
		}
	}
}

// renew makes a new publication, with the next number.
func (a *Agent) renew(in *instance) {
	a.dirty = true
	in.live = true
	in.pubSeq++
	in.sent = make([]publication, len(in.groups))
	for k, g := range in.groups {
		in.sent[k] = publication{external: g.external, add: &message.ImportAdd{
			App: a.cfg.App, Prefix: g.prefix, Path: in.path, Vars: g.vars, Gen: a.gen, Seq: in.pubSeq,
		}}
	}
}

func sameGroups(sent []publication, groups []group) bool {
	return slices.EqualFunc(sent, groups, func(p publication, g group) bool {
		return p.add.Prefix == g.prefix && p.external == g.external && slices.EqualFunc(p.add.Vars, g.vars, sameVariable)
	})
}

// withdraw takes back what was published (MS-21).
func (a *Agent) withdraw(i int32) {
	in := &a.insts[i]
	if !in.live {
		return
	}
	a.withdrawAll(i, in.sent)
	in.live = false
}

func (a *Agent) withdrawAll(i int32, published []publication) {
	a.dirty = true
	in := &a.insts[i]
	in.pubSeq++
	for _, p := range published {
		a.spread(message.Importers(a.cfg.App, p.add.Prefix, p.external), &message.ImportRemove{
			App: p.add.App, Prefix: p.add.Prefix, Path: p.add.Path, Gen: a.gen, Seq: in.pubSeq, Origin: message.FromAgent,
		})
	}
}

// answer is MS-22. Who asks soon after somebody else shares the next answer with the others.
func (a *Agent) answer(m *message.ImportRequest) {
	last, recent := a.answered[m.Prefix]
	wait := a.cfg.AnswerEvery - a.now.Sub(last)
	if !recent || wait <= 0 {
		a.answerNow(m.Prefix)
		return
	}
	if slices.Contains(a.unanswered, m.Prefix) {
		return
	}
	if len(a.unanswered) == 0 {
		a.do(mind.Wait{Timer: timerAnswer, After: wait})
	}
	a.unanswered = append(a.unanswered, m.Prefix)
}

func (a *Agent) answerAll() {
	list := a.unanswered
	a.unanswered = nil
	for prefix, at := range a.answered {
		if a.now.Sub(at) >= a.cfg.AnswerEvery {
			delete(a.answered, prefix)
		}
	}
	for _, prefix := range list {
		a.answerNow(prefix)
	}
}

// answerNow publishes, for everybody, the exports of each started instance that match.
func (a *Agent) answerNow(prefix string) {
	for _, i := range a.order {
		in := &a.insts[i]
		if in.state == lifecycle.DeployedStarted && a.exports(i, prefix) {
			a.publish(i, prefix)
			if a.answered == nil {
				a.answered = map[string]time.Time{}
			}
			a.answered[prefix] = a.now
		}
	}
}

func (a *Agent) exports(i int32, prefix string) bool {
	a.know(i)
	return slices.ContainsFunc(a.insts[i].groups, func(g group) bool { return g.prefix == prefix })
}

// publishStarted sends the exports of every started instance (LC-101, LC-107).
func (a *Agent) publishStarted() {
	for _, i := range a.order {
		if a.insts[i].state == lifecycle.DeployedStarted {
			a.publish(i, "")
		}
	}
}

// listen binds to the requests for what an instance exports (MS-10).
func (a *Agent) listen(i int32) {
	a.know(i)
	in := &a.insts[i]
	if in.ears != nil {
		return
	}
	for _, g := range in.groups {
		in.ears = append(in.ears, message.Exporters(a.cfg.App, g.prefix, g.external))
	}
	for _, to := range in.ears {
		a.bind(to)
	}
}

func (a *Agent) unlisten(i int32) {
	in := &a.insts[i]
	for _, to := range in.ears {
		a.unbind(to)
	}
	in.ears = nil
}

// bind counts references, so that only the first one is an effect (MS-11).
func (a *Agent) bind(to message.Target) {
	a.binds[to]++
	if a.binds[to] == 1 {
		a.do(mind.Bind{To: to})
	}
}

// unbind takes a reference back; the last one is an effect (MS-11).
func (a *Agent) unbind(to message.Target) {
	switch a.binds[to] {
	case 0:
	case 1:
		delete(a.binds, to)
		a.do(mind.Unbind{To: to})
	default:
		a.binds[to]--
	}
}

// bindImports binds to the exports that instances import.
func (a *Agent) bindImports(list []int32) {
	for _, i := range list {
		for _, p := range a.insts[i].kind.prefixes {
			a.bind(message.Importers(a.cfg.App, p.name, p.external))
		}
	}
}

func (a *Agent) unbindImports(k *kind) {
	for _, p := range k.prefixes {
		a.unbind(message.Importers(a.cfg.App, p.name, p.external))
	}
}

// requestAll asks for what instances import, once for each prefix (MS-22).
func (a *Agent) requestAll(list []int32) {
	var asked []message.Target
	for _, i := range list {
		for _, p := range a.insts[i].kind.prefixes {
			to := message.Exporters(a.cfg.App, p.name, p.external)
			if slices.Contains(asked, to) {
				continue
			}
			asked = append(asked, to)
			a.spread(to, &message.ImportRequest{App: a.cfg.App, Prefix: p.name})
		}
	}
}

func sortedTargets(set map[message.Target]int) []message.Target {
	list := make([]message.Target, 0, len(set))
	for to := range set {
		list = append(list, to)
	}
	slices.SortFunc(list, message.Target.Compare)
	return list
}
