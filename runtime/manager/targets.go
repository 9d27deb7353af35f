package manager

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// owner has associations and hints: an application, or a template.
type owner struct {
	app      string
	template TemplateID
}

// place is what a target can be associated with.
type place struct {
	owner
	element string // path, @Component, or "" for the default
}

// template is what is known of a template beside its files.
type template struct{ prefix string }

func (o owner) compare(p owner) int {
	return cmp.Or(cmp.Compare(o.app, p.app), cmp.Compare(o.template.Name, p.template.Name), cmp.Compare(o.template.Version, p.template.Version))
}

func (p place) compare(q place) int {
	return cmp.Or(p.owner.compare(q.owner), cmp.Compare(p.element, q.element))
}

// validID says whether a text can be the id of a target (TG-117).
func validID(id string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	return id != "" && len(id) <= 64 && id[0] != '.' && strings.Trim(id, letters) == ""
}

// checkTarget says what is wrong with a definition (TG-1).
func checkTarget(t Target) error {
	switch {
	case t.ID == "":
		return errors.New("define a target: it has no id (REC_TARGET_NO_ID)")
	case !validID(t.ID):
		return fmt.Errorf("define the target %q: an id has up to 64 letters, digits, dots, dashes or underscores, and does not begin with a dot", t.ID)
	case strings.TrimSpace(t.Properties["handler"]) == "":
		return fmt.Errorf("define the target %s: it has no handler (REC_TARGET_NO_HANDLER); give it a property handler, such as local or docker", t.ID)
	}
	return nil
}

// kept is a definition as it is stored: without its id (TG-6), in a map of its own.
func (t Target) kept() *Target {
	t.Properties = maps.Clone(t.Properties)
	delete(t.Properties, "id")
	return &t
}

// setTarget is MG-40, MG-41.
func (m *Manager) setTarget(op SetTarget) error {
	if err := checkTarget(op.Target); err != nil {
		return err
	}
	old := m.targets[op.ID]
	switch {
	case old != nil && !op.Change:
		return fmt.Errorf("define the target %s: there is one of that id already; change it, or choose another id", op.ID)
	case old == nil && op.Change:
		return fmt.Errorf("change the target %s: there is no such target; define it first", op.ID)
	}
	if old != nil {
		op.Creator = old.Creator
	}
	m.define(op.Target)
	return nil
}

func (m *Manager) define(t Target) {
	turn := Born
	if m.targets[t.ID] != nil {
		turn = Edited
	}
	m.targets[t.ID] = t.kept()
	m.do(TargetChanged{Target: t.ID, Turn: turn, ID: m.corr})
}

// removeTarget is MG-42, TG-117.
func (m *Manager) removeTarget(op RemoveTarget) error {
	if m.targets[op.ID] == nil {
		return fmt.Errorf("remove the target %s: there is no such target", op.ID)
	}
	if users := m.Users(op.ID); len(users) > 0 {
		return fmt.Errorf("remove the target %s: the machine %s of %s is on it; undeploy it first", op.ID, users[0].Path, users[0].App)
	}
	places := m.placesOf(op.ID)
	if len(places) > 0 && !op.Force {
		return fmt.Errorf("remove the target %s: it is associated with %s; associate another target, or force it", op.ID, places[0])
	}
	m.undefine(op.ID)
	return nil
}

func (m *Manager) undefine(id string) {
	for _, p := range m.placesOf(id) {
		delete(m.associations, p)
	}
	delete(m.hints, id)
	delete(m.targets, id)
	m.do(TargetChanged{Target: id, Turn: Deleted, ID: m.corr})
}

// placesOf are the places that a target is associated with, sorted.
func (m *Manager) placesOf(id string) []place {
	var list []place
	for p, target := range m.associations {
		if target == id {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, place.compare)
	return list
}

// String is the place for people.
func (p place) String() string {
	who := p.app
	if who == "" {
		who = "the template " + p.template.String()
	}
	if p.element == "" {
		return who + " (default)"
	}
	return p.element + " of " + who
}

// hint is MG-46.
func (m *Manager) hint(op Hint) error {
	o := owner{app: op.App, template: op.Template}
	switch {
	case m.targets[op.Target] == nil:
		return fmt.Errorf("hint the target %s: there is no such target", op.Target)
	case op.App != "" && op.Template != (TemplateID{}) || o == owner{}:
		return fmt.Errorf("hint the target %s: name an application or a template", op.Target)
	case op.App != "" && m.apps[op.App] == nil:
		return fmt.Errorf("hint the target %s: there is no application %q", op.Target, op.App)
	}
	m.setHint(op.Target, o, op.Off)
	m.do(TargetChanged{Target: op.Target, Turn: Edited, ID: m.corr})
	return nil
}

func (m *Manager) setHint(id string, o owner, off bool) {
	kept := slices.DeleteFunc(slices.Clone(m.hints[id]), func(x owner) bool { return x == o })
	if !off {
		kept = append(kept, o)
		slices.SortFunc(kept, owner.compare)
	}
	if m.hints[id] = kept; len(kept) == 0 {
		delete(m.hints, id)
	}
}

// associate is MG-45, TG-11, TG-12.
func (m *Manager) associate(a *app, op Associate) error {
	what := fmt.Sprintf("associate %s with the target %s", place{owner{app: a.name}, op.Element}, op.Target)
	switch {
	case op.Target != "" && m.targets[op.Target] == nil:
		return fmt.Errorf("%s: there is no such target", what)
	case strings.HasPrefix(op.Element, "@"):
		if c := a.graph.Component(op.Element[1:]); c == nil || !a.graph.IsMachine(c) {
			return fmt.Errorf("%s: %s has no machine component of that name", what, a.name)
		}
	case op.Element != "":
		i, ok := a.paths[op.Element]
		switch {
		case !ok:
			return fmt.Errorf("%s: there is no such instance", what)
		case !a.nodes[i].machine:
			return fmt.Errorf("%s: it is no machine; only machines have targets", what)
		case a.nodes[i].state != lifecycle.NotDeployed:
			return fmt.Errorf("%s: it is %s; undeploy it first", what, a.nodes[i].state)
		}
	}
	m.choosePlace(place{owner{app: a.name}, op.Element}, op.Target)
	m.do(AppChanged{App: a.name, Turn: Edited, ID: m.corr})
	return nil
}

// associateTemplate is the same for a template: whether its paths exist is seen when an application is made from it (TG-13).
func (m *Manager) associateTemplate(op Associate) error {
	p := place{owner{template: op.Template}, op.Element}
	switch {
	case m.templates[op.Template] == nil:
		return fmt.Errorf("associate %s with the target %s: there is no such template", p, op.Target)
	case op.Target != "" && m.targets[op.Target] == nil:
		return fmt.Errorf("associate %s with the target %s: there is no such target", p, op.Target)
	}
	m.choosePlace(p, op.Target)
	m.do(TemplateChanged{Template: op.Template, Turn: Edited, ID: m.corr})
	return nil
}

// choosePlace makes an association, which replaces the former one (TG-118).
func (m *Manager) choosePlace(p place, id string) {
	if id == "" {
		delete(m.associations, p)
		return
	}
	m.associations[p] = id
}

// copyAssociations gives a new application those of its template (TG-13).
func (m *Manager) copyAssociations(a *app) {
	for _, x := range m.associationsOf(owner{template: a.template}) {
		if i, ok := a.paths[x.Element]; strings.HasPrefix(x.Element, "/") && (!ok || !a.nodes[i].machine) {
			continue
		}
		m.associations[place{owner{app: a.name}, x.Element}] = x.Target
	}
}

func (m *Manager) associationsOf(o owner) []Association {
	var list []Association
	for p, id := range m.associations {
		if p.owner == o {
			list = append(list, Association{p.element, id})
		}
	}
	slices.SortFunc(list, func(x, y Association) int { return cmp.Compare(x.Element, y.Element) })
	return list
}

// moveAssociations follows a path that changes (D-16).
func (m *Manager) moveAssociations(name, old, path string) {
	o := owner{app: name}
	for _, x := range m.associationsOf(o) {
		if x.Element == old || strings.HasPrefix(x.Element, old+"/") {
			delete(m.associations, place{o, x.Element})
			m.associations[place{o, path + x.Element[len(old):]}] = x.Target
		}
	}
}

// forgetOwner drops the associations and hints of what is deleted (TG-14).
func (m *Manager) forgetOwner(o owner) {
	for _, x := range m.associationsOf(o) {
		delete(m.associations, place{o, x.Element})
	}
	for _, id := range sortedKeys(m.hints) {
		m.setHint(id, o, true)
	}
}

// choose finds the target of a machine and freezes what it says (MG-45, MG-47, MG-48).
func (m *Manager) choose(a *app, i int32) (*choice, error) {
	n := &a.nodes[i]
	for _, element := range []string{n.path, "@" + n.decl.Component, ""} {
		if id := m.associations[place{owner{app: a.name}, element}]; id != "" {
			t := m.targets[id]
			return &choice{target: id, handler: strings.ToLower(strings.TrimSpace(t.Properties["handler"])), properties: a.effective(i, t)}, nil
		}
	}
	if m.settings.pretend {
		return &choice{properties: a.effective(i, &Target{})}, nil
	}
	return nil, fmt.Errorf("no target is associated with it, with its component %s or with the application; associate one", n.decl.Component)
}

// effective are the properties of a target for one machine (TG-20).
func (a *app) effective(i int32, t *Target) map[string]string {
	n := &a.nodes[i]
	address := a.hosts[n.host].address
	if address == "" {
		root := i
		for a.nodes[root].parent >= 0 {
			root = a.nodes[root].parent
		}
		address = a.hostOf(root).address
	}
	properties := make(map[string]string, len(t.Properties)+len(n.decl.Data))
	for _, key := range sortedKeys(t.Properties) {
		properties[key] = expandIP(t.Properties[key], address)
	}
	for _, key := range sortedKeys(n.decl.Data) {
		properties[key] = n.decl.Data[key]
	}
	return properties
}

// expandIP replaces {{ ip }}, with or without blanks inside.
func expandIP(text, address string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		if !ok {
			break
		}
		inside, after, closed := strings.Cut(rest, "}}")
		if !closed {
			break
		}
		b.WriteString(before)
		if strings.TrimSpace(inside) == "ip" {
			b.WriteString(address)
		} else {
			b.WriteString("{{" + inside + "}}")
		}
		text = after
	}
	return b.String() + text
}

// Targets are all targets, sorted by id.
func (m *Manager) Targets() []Target {
	list := make([]Target, 0, len(m.targets))
	for _, id := range sortedKeys(m.targets) {
		list = append(list, *m.targets[id])
	}
	return list
}

// Possible are the targets that are listed for an application: those without hint, those hinted for it or its template (TG-15).
func (m *Manager) Possible(name string) []Target {
	a := m.apps[name]
	if a == nil {
		return nil
	}
	return slices.DeleteFunc(m.Targets(), func(t Target) bool {
		hints := m.hints[t.ID]
		return len(hints) > 0 && !slices.Contains(hints, owner{app: name}) && !slices.Contains(hints, owner{template: a.template})
	})
}

// Associations are those of an application, sorted by element.
func (m *Manager) Associations(name string) []Association { return m.associationsOf(owner{app: name}) }

// TemplateAssociations are those of a template, sorted by element.
func (m *Manager) TemplateAssociations(id TemplateID) []Association {
	return m.associationsOf(owner{template: id})
}

// Hints are those of a target: for whom it is meant; nobody means everybody.
func (m *Manager) Hints(id string) []Hint {
	var list []Hint
	for _, o := range m.hints[id] {
		list = append(list, Hint{Target: id, App: o.app, Template: o.template})
	}
	return list
}

// Users are the machines that exist, or are being made, on a target, application by application (MG-47).
func (m *Manager) Users(id string) []Machine {
	var list []Machine
	for _, name := range m.names() {
		a := m.apps[name]
		for k := range a.hosts {
			if h := &a.hosts[k]; h.node >= 0 && h.choice != nil && h.choice.target == id {
				list = append(list, a.machine(int32(k)))
			}
		}
	}
	for _, s := range m.strays {
		if s.Target == id {
			list = append(list, s.Machine)
		}
	}
	return list
}

// MachineOf is what a target must know of the machine of an instance; false when there is none, nor one asked for.
func (m *Manager) MachineOf(name, path string) (Machine, bool) {
	a := m.apps[name]
	if a == nil {
		return Machine{}, false
	}
	i, ok := a.paths[path]
	if !ok || !a.nodes[i].machine || !a.hostOf(i).acquired {
		return Machine{}, false
	}
	return a.machine(a.nodes[i].host), true
}
