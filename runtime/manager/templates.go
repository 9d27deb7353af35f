package manager

import (
	"fmt"
	"maps"
	"slices"
)

// loadTemplate is MG-10, MG-11 steps 2 and 3: all of it, or nothing (TG-4).
func (m *Manager) loadTemplate(op LoadTemplate) []error {
	old := m.templates[op.ID]
	if op.ID.Name == "" {
		return []error{fmt.Errorf("load a template: it has no name")}
	}
	if old != nil && !op.Again {
		return []error{fmt.Errorf("load the template %s: it is there already; give it another version, or delete it first", op.ID)}
	}
	var errs []error
	if err := m.prefixTaken(op.ID, op.Prefix); err != nil {
		errs = append(errs, err)
	}
	seen := map[string]bool{}
	for _, t := range op.Targets {
		if err := checkTarget(t.Target); err != nil {
			errs = append(errs, err)
		}
		known := m.targets[t.ID]
		if known != nil && known.Creator != op.ID || seen[t.ID] {
			errs = append(errs, fmt.Errorf("define the target %s: there is one of that id already (REC_TARGET_CONFLICTING_ID); choose another id", t.ID))
		}
		seen[t.ID] = true
	}
	if errs != nil {
		return wrap("load the template "+op.ID.String(), errs)
	}
	m.templates[op.ID] = &template{prefix: op.Prefix}
	for _, t := range op.Targets {
		t.Creator = op.ID
		m.define(t.Target)
		m.setHint(t.ID, owner{template: op.ID}, false)
		if t.Component != "" {
			m.choosePlace(place{owner{template: op.ID}, "@" + t.Component}, t.ID)
		}
	}
	turn := Born
	if old != nil {
		turn = Edited
	}
	m.do(TemplateChanged{Template: op.ID, Turn: turn, ID: m.corr})
	return nil
}

// prefixTaken says that an external prefix is that of another template (MG-11 step 2). Versions of one template share theirs.
func (m *Manager) prefixTaken(id TemplateID, prefix string) error {
	if prefix == "" {
		return nil
	}
	for _, other := range m.Templates() {
		if other.Name != id.Name && m.templates[other].prefix == prefix {
			return fmt.Errorf("the prefix %s of its external exports is that of the template %s; choose another prefix", prefix, other)
		}
	}
	return nil
}

// deleteTemplate is MG-13.
func (m *Manager) deleteTemplate(op DeleteTemplate) error {
	if m.templates[op.ID] == nil {
		return fmt.Errorf("delete the template %s: there is no such template", op.ID)
	}
	if users := m.MadeFrom(op.ID); len(users) > 0 {
		return fmt.Errorf("delete the template %s: the application %s is made from it; delete that first", op.ID, users[0])
	}
	m.forgetOwner(owner{template: op.ID})
	delete(m.templates, op.ID)
	if op.Targets {
		for _, t := range m.Targets() {
			if t.Creator == op.ID && len(m.placesOf(t.ID)) == 0 && len(m.hints[t.ID]) == 0 && len(m.Users(t.ID)) == 0 {
				m.undefine(t.ID)
			}
		}
	}
	m.do(TemplateChanged{Template: op.ID, Turn: Deleted, ID: m.corr})
	return nil
}

// Templates are the templates that LoadTemplate told of, sorted.
func (m *Manager) Templates() []TemplateID {
	return slices.SortedFunc(maps.Keys(m.templates), func(x, y TemplateID) int {
		return owner{template: x}.compare(owner{template: y})
	})
}

// MadeFrom are the applications that are made from a template, sorted. A damaged one may be made from any.
func (m *Manager) MadeFrom(id TemplateID) []string {
	var list []string
	for _, name := range m.names() {
		if m.apps[name].template == id {
			list = append(list, name)
		}
	}
	return list
}

// Summary is what an application is as a whole.
type Summary struct {
	Name, Description string
	Template          TemplateID
	ExportsPrefix     string
	Bindings          map[string][]string // external prefix to applications; nobody may change it
}

// Summary describes an application; false when there is none of that name.
func (m *Manager) Summary(name string) (Summary, bool) {
	a := m.apps[name]
	if a == nil {
		return Summary{}, false
	}
	return Summary{
		Name: name, Description: a.descriptor.Description, Template: a.template,
		ExportsPrefix: a.descriptor.ExportsPrefix, Bindings: maps.Clone(a.bindings),
	}, true
}
