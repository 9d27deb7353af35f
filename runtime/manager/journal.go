package manager

import (
	"fmt"

	"github.com/roboconf/workbench/runtime/message"
)

// Journal is what a manager keeps on disk (LC-110 to LC-114): immutable once returned. Imports are not in it (LC-111).
type Journal struct{ kept memory }

// Journal is what must survive a crash at this moment. A replay of the steps that saved since an earlier journal comes to the same.
func (m *Manager) Journal() *Journal { return &Journal{kept: m.memory.clone()} }

// Restore makes a manager that goes on where a journal ends; nil for a new one. It is as it was, with its old settings: replay what
// was recorded since (Step, effects thrown away), then record and do the event that Restored makes.
func Restore(c Config, j *Journal) *Manager {
	m := &Manager{cfg: c.filled(), seqs: map[message.Target]uint64{}}
	m.ids = message.NewIDs(c.Epoch, 0)
	if j == nil {
		m.settings = m.cfg.settings()
		m.apps = map[string]*app{}
		m.asking = newAskIDs("asking "+c.Epoch, 0)
	} else {
		m.memory = j.kept.clone()
	}
	m.whole()
	return m
}

// whole makes a memory complete: maps to write into, nothing that is not kept.
func (m *memory) whole() {
	if m.templates == nil {
		m.templates = map[TemplateID]*template{}
	}
	if m.targets == nil {
		m.targets = map[string]*Target{}
	}
	if m.associations == nil {
		m.associations = map[place]string{}
	}
	if m.hints == nil {
		m.hints = map[string][]owner{}
	}
	if m.gens == nil {
		m.gens = map[string]int{}
	}
	for _, a := range m.apps { // each by itself, in whatever order
		for i := range a.nodes {
			a.nodes[i].imports = nil
		}
		for k := range a.hosts {
			a.hosts[k].missed = 0
		}
	}
}

// Empty says whether the journal holds nothing that a person made.
func (j *Journal) Empty() bool {
	return j == nil || len(j.kept.apps)+len(j.kept.templates)+len(j.kept.targets)+len(j.kept.damaged) == 0
}

// Damaged says what of a journal could not be read, in words (MG-53).
func (j *Journal) Damaged() []string {
	if j == nil {
		return nil
	}
	var list []string
	for _, d := range j.kept.damaged {
		list = append(list, fmt.Sprintf("the application %s: %s", d.app, d.reason))
	}
	return list
}
