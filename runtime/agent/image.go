package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// imageFormat is the version of what EncodeJournal writes. Older ones are read as long as there is a way to.
const imageFormat = 1

// wide lets everything that ever came in a message be written.
var wide = message.Codec{MaxBytes: message.HardMaxBytes}

// The forms are what a journal looks like on disk.
type (
	imageForm struct {
		Format        int
		Model         json.RawMessage     `json:",omitempty"`
		Revision, Gen int                 `json:",omitempty"`
		Bindings      map[string][]string `json:",omitempty"`
		BootID        string              `json:",omitempty"`
		Kinds         []kindForm          `json:",omitempty"`
		Current       []int               `json:",omitempty"` // the kinds of the graph of today
		Insts         []instForm          `json:",omitempty"`
		Free          []int32             `json:",omitempty"`
		PubSeqs       uint64              `json:",omitempty"`
		Heard         []heardForm         `json:",omitempty"`
		NextPurge     time.Time
		Seen, Past    string                            `json:",omitempty"` // ids without result, separated by blanks
		Results       map[string]*message.RequestResult `json:",omitempty"` // of those in the newer generation
		PastResults   map[string]*message.RequestResult `json:",omitempty"`
		Queue         []itemForm                        `json:",omitempty"`
		InHand        json.RawMessage                   `json:",omitempty"`
		Result        message.RequestResult
		Began         time.Time
		Fetching      bool     `json:",omitempty"`
		Restored      bool     `json:",omitempty"`
		Again         []int32  `json:",omitempty"`
		Mid           *midForm `json:",omitempty"`
	}
	kindForm struct {
		Name, Installer string
		Machine         bool         `json:",omitempty"`
		Prefixes        []prefixForm `json:",omitempty"`
	}
	prefixForm struct {
		Name                     string
		External, Mandatory, All bool     `json:",omitempty"`
		Names                    []string `json:",omitempty"`
	}
	instForm struct {
		Path      string            `json:",omitempty"` // "" for a free slot
		Component string            `json:",omitempty"`
		Channels  []string          `json:",omitempty"`
		Overrides [][2]string       `json:",omitempty"`
		Data      map[string]string `json:",omitempty"`
		Kind      int
		Parent    int32
		Children  []int32 `json:",omitempty"`
		State     lifecycle.State
		Tried     bool               `json:",omitempty"`
		Problem   *lifecycle.Failure `json:",omitempty"`
		StateSeq  uint64             `json:",omitempty"`
		Imports   []importForm       `json:",omitempty"`
		PubSeq    uint64             `json:",omitempty"`
		Live      bool               `json:",omitempty"`
		Sent      []sentForm         `json:",omitempty"`
		Ears      []message.Target   `json:",omitempty"`
	}
	importForm struct {
		Prefix, App, Path string
		Vars              []varForm `json:",omitempty"`
	}
	varForm struct {
		Name  string
		Value *string `json:",omitempty"`
	}
	sentForm struct {
		importForm
		Gen      int
		Seq      uint64
		External bool `json:",omitempty"`
	}
	heardForm struct {
		importForm
		Gen                  int
		Seq                  uint64
		Gone, Final, Suspect bool `json:",omitempty"`
		At                   time.Time
	}
	itemForm struct {
		Msg    json.RawMessage `json:",omitempty"`
		Forget *[3]string      `json:",omitempty"`
	}
)

// Image is the whole mind at this moment, in the middle of anything: Resume goes on from it as if nothing had happened, New as after
// a crash.
func (a *Agent) Image() *Journal {
	c := a.Clone()
	return &Journal{kept: c.memory, mid: c}
}

// Resume makes the mind that Image was taken of, with the same configuration; whoever keeps the events since gives them to it again.
func Resume(c Config, j *Journal) *Agent {
	a := New(c, nil)
	a.memory = j.kept.clone()
	if m := j.mid; m != nil {
		from := m.Clone()
		from.cfg, from.unicast, from.memory = a.cfg, a.unicast, a.memory
		from.ids = message.NewIDs(a.cfg.Epoch, from.ids.Given())
		return from
	}
	return a
}

// Knows says whether a message was taken before (MS-60).
func (a *Agent) Knows(id string) bool {
	_, known := a.recall(id)
	return known
}

// Idle says whether the agent does nothing, and nothing waits.
func (a *Agent) Idle() bool {
	return a.running.id == 0 && a.pause.id == 0 && len(a.work) == 0 && len(a.queue) == 0
}

// Counts are the numbers that messages get: how many ids were given, how many messages went to the manager.
type Counts struct{ IDs, ToManager uint64 }

// Counts gives the numbers of the last message.
func (a *Agent) Counts() Counts { return Counts{IDs: a.ids.Given(), ToManager: a.toManager} }

// Recount goes on from other numbers: whoever replays events leaves out those that only said that the agent is alive, but they had
// numbers as well.
func (a *Agent) Recount(c Counts) {
	if c != a.Counts() {
		a.ids, a.toManager = message.NewIDs(a.cfg.Epoch, c.IDs), c.ToManager
	}
}

// EncodeJournal writes a journal, or an image.
func EncodeJournal(j *Journal) ([]byte, error) {
	m := &j.kept
	f := &imageForm{
		Format: imageFormat, Revision: m.revision, Gen: m.gen, Bindings: m.bindings, BootID: m.bootID, Free: m.free, PubSeqs: m.pubSeqs,
		NextPurge: m.nextPurge.UTC(), Result: m.result, Began: m.began.UTC(), Fetching: m.fetching, Restored: m.restored, Again: m.again,
	}
	f.Seen, f.Results = splitSeen(m.seen)
	f.Past, f.PastResults = splitSeen(m.past)
	var errs []error
	note := func(raw json.RawMessage, err error) json.RawMessage {
		errs = append(errs, err)
		return raw
	}
	if m.model != nil {
		f.Model = note(encodeMessage(&message.Envelope{ID: noID, Domain: "-", From: nobody, Body: m.model}))
	}
	if m.current != nil {
		f.InHand = note(encodeMessage(m.current))
	}
	for _, it := range m.queue {
		if it.forget != nil {
			f.Queue = append(f.Queue, itemForm{Forget: &[3]string{it.forget.app, it.forget.prefix, it.forget.path}})
			continue
		}
		f.Queue = append(f.Queue, itemForm{Msg: note(encodeMessage(it.msg))})
	}
	m.encodeInstances(f)
	for _, from := range slices.SortedFunc(maps.Keys(m.heard), compareSources) {
		h := m.heard[from]
		f.Heard = append(f.Heard, heardForm{
			importForm: importForm{from.prefix, from.app, from.path, varForms(h.vars)}, Gen: h.gen, Seq: h.seq,
			Gone: h.gone, Final: h.final, Suspect: h.suspect, At: h.at.UTC(),
		})
	}
	if j.mid != nil {
		f.Mid = j.mid.midForm()
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("write the journal of an agent: %w", err)
	}
	return json.Marshal(f)
}

// nobody sends what is only kept.
var nobody = message.From{Kind: message.FromManager, Epoch: "-", Seq: 1}

const noID = "00000000-0000-8000-8000-000000000000"

// encodeMessage writes a message for the disk; what a sender in the same process left out is filled in.
func encodeMessage(e *message.Envelope) (json.RawMessage, error) {
	c := *e
	if c.From.Kind == "" {
		c.From = nobody
	}
	return wide.Encode(&c)
}

func splitSeen(seen map[string]*message.RequestResult) (bare string, results map[string]*message.RequestResult) {
	var ids []string
	for id, r := range seen {
		if r == nil {
			ids = append(ids, id)
			continue
		}
		if results == nil {
			results = map[string]*message.RequestResult{}
		}
		results[id] = r
	}
	slices.Sort(ids)
	return strings.Join(ids, " "), results
}

func joinSeen(bare string, results map[string]*message.RequestResult) map[string]*message.RequestResult {
	if bare == "" && len(results) == 0 {
		return nil
	}
	seen := maps.Clone(results)
	if seen == nil {
		seen = map[string]*message.RequestResult{}
	}
	for _, id := range strings.Fields(bare) {
		if seen[id] == nil {
			seen[id] = nil
		}
	}
	return seen
}

func (m *memory) encodeInstances(f *imageForm) {
	ranks := map[*kind]int{}
	rank := func(k *kind) int {
		n, known := ranks[k]
		if !known {
			n = len(f.Kinds)
			ranks[k] = n
			f.Kinds = append(f.Kinds, k.form())
		}
		return n
	}
	for _, name := range slices.Sorted(maps.Keys(m.kinds)) {
		f.Current = append(f.Current, rank(m.kinds[name]))
	}
	for i := range m.insts {
		in := &m.insts[i]
		if in.kind == nil {
			f.Insts = append(f.Insts, instForm{Parent: -1})
			continue
		}
		form := instForm{
			Path: in.path, Component: in.decl.Component, Channels: in.decl.Channels, Data: in.decl.Data, Kind: rank(in.kind),
			Parent: in.parent, Children: in.children, State: in.state, Tried: in.tried, Problem: in.problem, StateSeq: in.stateSeq,
			PubSeq: in.pubSeq, Live: in.live, Ears: in.ears,
		}
		for _, o := range in.decl.Overrides {
			form.Overrides = append(form.Overrides, [2]string{o.Name, o.Value})
		}
		for _, imp := range in.flat() {
			form.Imports = append(form.Imports, importForm{imp.Prefix, imp.App, imp.Path, varForms(imp.Vars)})
		}
		for _, p := range in.sent {
			form.Sent = append(form.Sent, sentForm{
				importForm: importForm{p.add.Prefix, p.add.App, p.add.Path, varForms(p.add.Vars)},
				Gen:        p.add.Gen, Seq: p.add.Seq, External: p.external,
			})
		}
		f.Insts = append(f.Insts, form)
	}
}

func (k *kind) form() kindForm {
	f := kindForm{Name: k.name, Installer: k.installer, Machine: k.machine}
	for _, p := range k.prefixes {
		f.Prefixes = append(f.Prefixes, prefixForm{p.name, p.external, p.mandatory, p.all, p.names})
	}
	return f
}

func varForms(vars []model.Variable) []varForm {
	var list []varForm
	for _, v := range vars {
		f := varForm{Name: v.Name}
		if v.Value.Set {
			f.Value = &v.Value.Text
		}
		list = append(list, f)
	}
	return list
}

func fromVarForms(forms []varForm) []model.Variable {
	var list []model.Variable
	for _, f := range forms {
		v := model.Variable{Name: f.Name}
		if f.Value != nil {
			v.Value = model.Text(*f.Value)
		}
		list = append(list, v)
	}
	return list
}
