package manager

import (
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/message"
)

// journalFormat is the format of journals that is written; older ones are read.
const journalFormat = 1

// EncodeJournal writes a journal.
func EncodeJournal(j *Journal) ([]byte, error) {
	c := &coder{format: journalFormat}
	format := uint64(journalFormat)
	c.uint(&format)
	kept := j.kept.clone()
	c.memory(&kept)
	var sections []section
	for _, name := range slices.Sorted(maps.Keys(kept.apps)) {
		in := &coder{format: journalFormat}
		in.app(kept.apps[name])
		if in.err != nil {
			return nil, fmt.Errorf("keep %s: %w", name, in.err)
		}
		sections = append(sections, section{name, sum(in.b), in.b})
	}
	for _, d := range kept.damaged {
		sections = append(sections, section{d.app, d.sum, d.data})
	}
	c.sections(&sections)
	if c.err != nil {
		return nil, fmt.Errorf("keep the journal: %w", c.err)
	}
	return c.b, nil
}

// DecodeJournal reads what EncodeJournal wrote. A journal of a later version is refused, never guessed (MG-52). An application that cannot be read is
// kept as it is, and is damaged (MG-53); the others are there.
func DecodeJournal(data []byte) (*Journal, error) {
	c := &coder{b: data, reading: true}
	var format uint64
	c.uint(&format)
	if c.err == nil && (format == 0 || format > journalFormat) {
		return nil, fmt.Errorf("read the journal: format %d is unknown, %d is the latest that this version knows; use the version that wrote it", format, journalFormat)
	}
	c.format = int(format)
	j := &Journal{kept: memory{apps: map[string]*app{}}}
	c.memory(&j.kept)
	var sections []section
	c.sections(&sections)
	if c.err == nil && len(c.b) > 0 {
		c.fail(errors.New("something stands behind it"))
	}
	if c.err != nil {
		return nil, fmt.Errorf("read the journal: %w", c.err)
	}
	for _, s := range sections {
		if j.kept.apps[s.app] != nil || j.kept.damageOf(s.app) >= 0 {
			continue // of two with one name the first counts (MG-53)
		}
		a, err := s.read(c.format, j.kept.queued)
		if err != nil {
			j.kept.damaged = append(j.kept.damaged, damage{s.app, err.Error(), s.sum, s.data})
			continue
		}
		j.kept.apps[s.app] = a
	}
	return j, nil
}

// section is an application by itself: what happens to its bytes does not touch the others.
type section struct {
	app  string
	sum  uint32
	data []byte
}

func sum(data []byte) uint32 { return crc32.ChecksumIEEE(data) }

func (c *coder) sections(l *[]section) {
	list(c, l, func(s *section) {
		c.text(&s.app)
		n := uint64(s.sum)
		c.uint(&n)
		s.sum = uint32(n)
		c.bytes(&s.data)
	})
}

func (s section) read(format int, queued uint64) (*app, error) {
	if sum(s.data) != s.sum {
		return nil, errors.New("its data do not have the checksum that they were written with")
	}
	c := &coder{b: s.data, reading: true, format: format}
	a := &app{}
	c.app(a)
	switch {
	case c.err != nil:
		return nil, c.err
	case len(c.b) > 0:
		return nil, errors.New("something stands behind its data")
	case a.name != s.app:
		return nil, fmt.Errorf("its data are those of %q", a.name)
	}
	return a, a.sound(queued)
}

// memory keeps everything but applications.
func (c *coder) memory(m *memory) {
	c.settings(&m.settings)
	c.flags(&m.online)
	c.time(&m.since)
	c.set(&m.seen)
	c.set(&m.past)
	c.text(&m.asking.origin)
	c.uint(&m.asking.given)
	if c.reading {
		m.asking = newAskIDs(m.asking.origin, m.asking.given)
	}
	c.uint(&m.queued)
	c.targets(m)
	list(c, &m.strays, func(s *stray) {
		c.machine(&s.Machine)
		c.flags(&s.made)
	})
	table(c, &m.gens, func(n *int) { number(c, n) })
	list(c, &m.farewells, func(f *farewell) {
		c.word(&f.app)
		c.word(&f.prefix)
		c.text(&f.path)
		number(c, &f.gen)
		c.flags(&f.external)
		c.time(&f.at)
	})
}

// targets keeps templates, targets, hints, associations, in order.
func (c *coder) targets(m *memory) {
	ids := slices.SortedFunc(maps.Keys(m.templates), func(x, y TemplateID) int { return owner{template: x}.compare(owner{template: y}) })
	if c.reading {
		m.templates, m.associations = map[TemplateID]*template{}, map[place]string{}
	}
	list(c, &ids, func(id *TemplateID) {
		c.template(id)
		t := &template{}
		if !c.reading {
			*t = *m.templates[*id]
		}
		c.text(&t.prefix)
		m.templates[*id] = t
	})
	table(c, &m.targets, func(p **Target) {
		if c.reading {
			*p = &Target{}
		}
		c.target(*p)
	})
	places := slices.SortedFunc(maps.Keys(m.associations), place.compare)
	list(c, &places, func(p *place) {
		c.owner(&p.owner)
		c.text(&p.element)
		id := m.associations[*p]
		c.text(&id)
		if c.reading && c.err == nil && m.targets[id] == nil {
			c.fail(fmt.Errorf("the target %q of %s is missing", id, p))
		}
		m.associations[*p] = id
	})
	table(c, &m.hints, func(l *[]owner) { list(c, l, c.owner) })
}

func (c *coder) owner(o *owner) {
	c.text(&o.app)
	c.template(&o.template)
}

func (c *coder) machine(x *Machine) {
	c.text(&x.App)
	c.text(&x.Path)
	c.word(&x.Component)
	number(c, &x.Gen)
	c.word(&x.Target)
	c.word(&x.Handler)
	table(c, &x.Properties, c.text)
	c.text(&x.MachineID)
}

// app keeps an application, slot by slot: a replay meets the same numbers.
func (c *coder) app(a *app) {
	c.text(&a.name)
	c.template(&a.template)
	c.descriptor(&a.descriptor)
	c.graph(&a.graph)
	table(c, &a.recipes, func(l *[]message.File) { c.files(l) })
	list(c, &a.nodes, c.node)
	numbers(c, &a.free)
	numbers(c, &a.roots)
	list(c, &a.hosts, c.host)
	table(c, &a.bindings, c.texts)
	c.uint(&a.version)
	table(c, &a.asked, func(r *asked) {
		c.uint(&r.order)
		number(c, &r.host)
		c.text(&r.corr)
		c.message(&r.body)
	})
	number(c, &a.gens)
}

func numbers(c *coder, l *[]int32) { list(c, l, func(n *int32) { number(c, n) }) }

func (c *coder) node(n *node) {
	c.flags(&n.used, &n.machine, &n.dying, &n.removing)
	if !n.used {
		*n = node{}
		return
	}
	c.text(&n.path)
	if c.reading {
		n.decl = &model.Instance{}
	}
	c.declaration(n.decl)
	c.texts(&n.drawn)
	number(c, &n.parent)
	number(c, &n.host)
	number(c, &n.depth)
	c.text(&n.removal)
	numbers(c, &n.children)
	c.state(&n.state)
	c.time(&n.since)
	c.failure(&n.failure)
	c.uint(&n.stateSeq)
}

func (c *coder) host(h *host) {
	number(c, &h.node)
	c.flags(&h.acquired, &h.creating, &h.ready, &h.ending, &h.looking, &h.unsure)
	for _, s := range []*string{&h.machineID, &h.address, &h.model, &h.epoch, &h.corr} {
		c.text(s)
	}
	number(c, &h.gen)
	number(c, &h.made)
	number(c, &h.revision)
	c.time(&h.moved)
	c.time(&h.running)
	c.texts(&h.dead)
	c.state(&h.before)
	optional(c, &h.choice, func(x *choice) {
		c.word(&x.target)
		c.word(&x.handler)
		table(c, &x.properties, c.text)
	})
	list(c, &h.waiting, func(w *waiting) {
		c.uint(&w.order)
		small(c, &w.what, int(waitingMachine)+1)
		c.text(&w.corr)
		c.text(&w.path)
		if w.what == waitingBody {
			c.message(&w.body)
		}
	})
}

// message keeps what is sent to an agent: the frequent ones in a few bytes.
func (c *coder) message(b *message.Body) {
	r, isRequest := (*b).(*message.InstanceRequest)
	plain := isRequest && len(r.Files) == 0 && !r.DryRun && r.Timeout == 0
	c.flags(&plain)
	if !plain {
		c.body(b)
		return
	}
	if c.reading {
		r = &message.InstanceRequest{}
		*b = r
	}
	c.text(&r.Path)
	c.state(&r.Status)
}

// sound says what is wrong with an application that was read: whatever is relied on later is looked at here. It also finds again
// what follows from the rest.
func (a *app) sound(queued uint64) error {
	if a.graph == nil {
		return errors.New("it has no graph")
	}
	a.paths = make(map[string]int32, len(a.nodes))
	if a.bindings == nil {
		a.bindings = map[string][]string{}
	}
	if a.asked == nil {
		a.asked = map[string]asked{}
	}
	used := 0
	for i := range a.nodes {
		if n := &a.nodes[i]; n.used {
			used++
			a.paths[n.path] = int32(i)
		}
	}
	if len(a.paths) != used {
		return errors.New("two instances have one path")
	}
	seen := 0
	for todo := slices.Clone(a.roots); len(todo) > 0; todo = todo[1:] {
		if err := a.soundNode(todo[0], &todo); err != nil {
			return err
		}
		if seen++; seen > used {
			return errors.New("an instance stands in two places")
		}
	}
	if seen != used {
		return errors.New("an instance has no place")
	}
	return a.soundRest(queued)
}

func (a *app) soundNode(i int32, todo *[]int32) error {
	if i < 0 || int(i) >= len(a.nodes) || !a.nodes[i].used {
		return fmt.Errorf("there is no instance number %d", i)
	}
	n := &a.nodes[i]
	c := a.graph.Component(n.decl.Component)
	above, depth, host := "", int32(0), int32(-1)
	if p := n.parent; p >= 0 && int(p) < len(a.nodes) && slices.Contains(a.nodes[p].children, i) {
		above, depth, host = a.nodes[p].path, a.nodes[p].depth+1, a.nodes[p].host
	} else if n.parent != -1 {
		return fmt.Errorf("the parent of %s is missing", n.path)
	}
	switch {
	case c == nil || a.graph.IsMachine(c) != n.machine:
		return fmt.Errorf("the component of %s is missing, or is another one", n.path)
	case n.path != above+"/"+n.decl.Name || n.depth != depth:
		return fmt.Errorf("%s is not where its path says", n.path)
	case n.host < 0 || int(n.host) >= len(a.hosts) || !n.machine && n.host != host || n.machine && a.hosts[n.host].node != i:
		return fmt.Errorf("the machine of %s is missing", n.path)
	}
	*todo = append(*todo, n.children...)
	return nil
}

func (a *app) soundRest(queued uint64) error {
	for _, i := range a.free {
		if i < 0 || int(i) >= len(a.nodes) || a.nodes[i].used {
			return fmt.Errorf("place %d is not free", i)
		}
		a.nodes[i].used = true // so that it is free once only
	}
	for _, i := range a.free {
		a.nodes[i].used = false
	}
	for k := range a.hosts {
		h := &a.hosts[k]
		i := h.node
		if i != -1 && (i < 0 || int(i) >= len(a.nodes) || !a.nodes[i].used || !a.nodes[i].machine || a.nodes[i].host != int32(k)) {
			return fmt.Errorf("machine number %d belongs to no instance", k)
		}
		if i == -1 && (len(h.waiting) > 0 || h.machineID != "") {
			return fmt.Errorf("machine number %d belongs to no instance, but is there", k)
		}
		h.spoken = max(i, 0)
		for at, w := range h.waiting {
			if w.order == 0 || w.order > queued || at > 0 && w.order <= h.waiting[at-1].order {
				return errors.New("what waits has no order")
			}
		}
	}
	for _, id := range a.open() {
		r := a.asked[id]
		if r.host < 0 || int(r.host) >= len(a.hosts) || a.hosts[r.host].node < 0 {
			return errors.New("what was asked was asked of nobody")
		}
		switch r.body.(type) {
		case *message.InstanceRequest, *message.InstanceRemove:
		default:
			return errors.New("what was asked is no request")
		}
	}
	return nil
}
