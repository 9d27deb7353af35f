package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// ErrNewer says that a journal was written by a later version of the program.
var ErrNewer = errors.New("the journal was written by a newer version of the program")

// DecodeJournal reads what EncodeJournal wrote. It holds everything against everything else: what is accepted can be restored. The error
// is ErrNewer for a journal of a later version.
func DecodeJournal(data []byte) (*Journal, error) {
	f := &imageForm{}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("read the journal of an agent: %w", err)
	}
	if f.Format > imageFormat {
		return nil, fmt.Errorf("%w: format %d, %d is known", ErrNewer, f.Format, imageFormat)
	}
	j := &Journal{}
	if err := j.kept.decode(f); err != nil {
		return nil, fmt.Errorf("read the journal of an agent: %w", err)
	}
	if f.Mid != nil {
		mid, err := f.Mid.mind(&j.kept)
		if err != nil {
			return nil, fmt.Errorf("read the journal of an agent: %w", err)
		}
		j.mid = mid
	}
	return j, nil
}

func (m *memory) decode(f *imageForm) error {
	*m = memory{
		revision: f.Revision, gen: f.Gen, bindings: f.Bindings, bootID: f.BootID, pubSeqs: f.PubSeqs, nextPurge: f.NextPurge,
		seen: joinSeen(f.Seen, f.Results), past: joinSeen(f.Past, f.PastResults), result: f.Result, began: f.Began,
		fetching: f.Fetching, restored: f.Restored, again: f.Again,
	}
	if f.Model != nil {
		e, err := wide.Decode(f.Model)
		if err != nil {
			return fmt.Errorf("model: %w", err)
		}
		set, ok := e.Body.(*message.ModelSet)
		if !ok {
			return fmt.Errorf("model: it is a message of type %s", e.Type)
		}
		m.model = set
	}
	if f.InHand != nil {
		e, err := wide.Decode(f.InHand)
		if err != nil {
			return fmt.Errorf("message in hand: %w", err)
		}
		m.current = e
	}
	for _, it := range f.Queue {
		if it.Forget != nil {
			m.queue = append(m.queue, item{forget: &source{it.Forget[0], it.Forget[1], it.Forget[2]}})
			continue
		}
		e, err := wide.Decode(it.Msg)
		if err != nil {
			return fmt.Errorf("queue: %w", err)
		}
		m.queue = append(m.queue, item{msg: e})
	}
	for _, h := range f.Heard {
		if m.heard == nil {
			m.heard = make(map[source]heard, len(f.Heard))
		}
		m.heard[source{h.App, h.Prefix, h.Path}] = heard{
			gen: h.Gen, seq: h.Seq, gone: h.Gone, final: h.Final, suspect: h.Suspect, at: h.At, vars: fromVarForms(h.Vars),
		}
	}
	if err := m.decodeInstances(f); err != nil {
		return err
	}
	return m.coherent(f)
}

func (m *memory) decodeInstances(f *imageForm) error {
	kinds := make([]*kind, len(f.Kinds))
	for n, k := range f.Kinds {
		kinds[n] = k.kind()
	}
	for _, n := range f.Current {
		if n < 0 || n >= len(kinds) {
			return fmt.Errorf("there is no component %d", n)
		}
		if m.kinds == nil {
			m.kinds = map[string]*kind{}
		}
		m.kinds[kinds[n].name] = kinds[n]
	}
	m.insts = make([]instance, len(f.Insts))
	for i := range f.Insts {
		form := &f.Insts[i]
		if form.Path == "" {
			continue
		}
		if form.Kind < 0 || form.Kind >= len(kinds) {
			return fmt.Errorf("%s: there is no component %d", form.Path, form.Kind)
		}
		if err := m.insts[i].decode(form, kinds[form.Kind]); err != nil {
			return err
		}
	}
	return nil
}

func (k *kindForm) kind() *kind {
	c := &kind{name: k.Name, installer: k.Installer, machine: k.Machine}
	for _, p := range k.Prefixes {
		c.prefixes = append(c.prefixes, prefix{p.Name, p.External, p.Mandatory, p.All, p.Names})
	}
	return c
}

func (in *instance) decode(f *instForm, k *kind) error {
	if f.State > lifecycle.Problem {
		return fmt.Errorf("%s: there is no state %d", f.Path, f.State)
	}
	decl := &model.Instance{
		Name: f.Path[strings.LastIndexByte(f.Path, '/')+1:], Component: f.Component, Channels: f.Channels, Data: f.Data,
	}
	for _, o := range f.Overrides {
		decl.Overrides = append(decl.Overrides, model.Override{Name: o[0], Value: o[1]})
	}
	*in = instance{
		path: f.Path, decl: decl, kind: k, parent: f.Parent, children: f.Children, state: f.State, tried: f.Tried, problem: f.Problem,
		stateSeq: f.StateSeq, imports: make([][]message.Import, len(k.prefixes)), pubSeq: f.PubSeq, live: f.Live, ears: f.Ears,
	}
	for _, imp := range f.Imports {
		at := k.index(imp.Prefix)
		if at < 0 {
			return fmt.Errorf("%s does not import %s", f.Path, imp.Prefix)
		}
		in.imports[at] = append(in.imports[at], message.Import{Prefix: imp.Prefix, App: imp.App, Path: imp.Path, Vars: fromVarForms(imp.Vars)})
	}
	for _, s := range f.Sent {
		in.sent = append(in.sent, publication{external: s.External, add: &message.ImportAdd{
			App: s.App, Prefix: s.Prefix, Path: s.Path, Vars: fromVarForms(s.Vars), Gen: s.Gen, Seq: s.Seq,
		}})
	}
	return nil
}

var errTree = errors.New("the instances are no tree")

// coherent holds the instances against each other: one root, each other one a child of its parent, free slots free.
func (m *memory) coherent(f *imageForm) error {
	used, root := 0, int32(-1)
	m.paths = map[string]int32{}
	for i := range m.insts {
		in := &m.insts[i]
		if in.kind == nil {
			continue
		}
		used++
		m.paths[in.path] = int32(i)
		if in.parent < 0 {
			root = int32(i)
		}
	}
	if len(m.paths) != used || used > 0 && (root < 0 || m.model == nil) || used == 0 && m.model != nil {
		return errTree
	}
	if len(m.kinds) == 0 && m.model != nil {
		m.kinds = map[string]*kind{}
	}
	if err := m.takeFree(f.Free, used); err != nil {
		return err
	}
	if m.current == nil && m.fetching {
		return errors.New("no message waits for its files")
	}
	if used > 0 {
		return m.climb(root, used)
	}
	return m.knows(m.again)
}

// takeFree takes the free slots, each once.
func (m *memory) takeFree(free []int32, used int) error {
	taken := map[int32]bool{}
	for _, i := range free {
		if i < 0 || int(i) >= len(m.insts) || m.insts[i].kind != nil || taken[i] {
			return fmt.Errorf("slot %d is not free", i)
		}
		taken[i] = true
	}
	if len(free)+used != len(m.insts) {
		return errors.New("a slot is neither free nor used")
	}
	m.free = free
	return nil
}

// climb orders the instances from the root on, and sees that each comes up once.
func (m *memory) climb(root int32, used int) error {
	m.order = append(make([]int32, 0, used), root)
	for k := 0; k < len(m.order); k++ {
		p := m.order[k]
		for _, c := range m.insts[p].children {
			if c < 0 || int(c) >= len(m.insts) || m.insts[c].kind == nil || m.insts[c].parent != p || len(m.order) == used {
				return errTree
			}
			m.insts[c].depth = m.insts[p].depth + 1
			m.order = append(m.order, c)
		}
	}
	if len(m.order) != used {
		return errTree
	}
	m.byPref = map[string][]int32{}
	for _, i := range m.order {
		for _, p := range m.insts[i].kind.prefixes {
			m.byPref[p.name] = append(m.byPref[p.name], i)
		}
	}
	return m.knows(m.again)
}

// knows says whether slots hold instances.
func (m *memory) knows(slots []int32) error {
	for _, i := range slots {
		if i < 0 || int(i) >= len(m.insts) || m.insts[i].kind == nil {
			return fmt.Errorf("there is no instance %d", i)
		}
	}
	return nil
}
