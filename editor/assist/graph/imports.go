package graph

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/bind"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// The words around an imported variable (dsl.md 2.4).
const (
	optional = "(optional)"
	external = "external"
)

// reference is an entry of imports that is being written: its parts in the file.
type reference struct {
	external bool
	name     source.Span // the variable
	flag     source.Span // (optional), or the start of it
}

// referenceIn takes a piece apart, however little of it is there.
func referenceIn(text string, word source.Span) reference {
	r := reference{name: word, flag: source.Span{Start: word.End, End: word.End}}
	if bracket := strings.IndexByte(word.Of(text), '('); bracket >= 0 {
		r.flag = source.Span{Start: word.Start + bracket, End: word.End}
		r.name = (source.Span{Start: word.Start, End: r.flag.Start}).Trim(text)
	}
	first, _, more := strings.Cut(r.name.Of(text), " ")
	if more && strings.EqualFold(first, external) {
		r.external = true
		r.name.Start += len(first)
		for r.name.Start < r.name.End && text[r.name.Start] <= ' ' {
			r.name.Start++
		}
	}
	return r
}

// imports offers what can be imported: the variables of types, those of other applications, the flag of what is there.
func (w *writer) imports(owner syntax.Node, value source.Span) {
	list := pieces(w.text, value, false)
	here := pieceAt(list, w.at)
	ref := referenceIn(w.text, here.word)
	switch {
	case ref.flag.Len() > 0 && w.at > ref.flag.Start:
		w.word(ref.flag)
		w.flag("")
		return
	case here.word.Len() > 0 && w.at > ref.name.End && ref.flag.Len() == 0 && w.at > here.word.End && w.complete(ref):
		w.word(source.Span{Start: w.at, End: w.at})
		w.flag("")
		return
	case w.at > ref.name.End && here.word.Len() > 0 && !(ref.external && w.at >= ref.name.Start):
		if !strings.EqualFold(here.word.Of(w.text), external) || w.at <= here.word.End {
			return
		}
		ref.external, ref.name = true, source.Span{Start: w.at, End: w.at}
	}
	w.importWord(here, ref)
	taken := takenImports(w.text, list, here)
	w.externals(ref, taken)
	if !ref.external {
		w.importsOf(owner, taken, ref)
	}
}

// complete says whether a reference could be followed by its flag.
func (w *writer) complete(r reference) bool {
	prefix, local, dot := strings.Cut(r.name.Of(w.text), ".")
	return prefix != "" && dot && local != ""
}

// importWord sets what is replaced: the variable, with the word external when the offset stands in it.
func (w *writer) importWord(here piece, ref reference) {
	switch {
	case here.word.Len() == 0 || w.at < here.word.Start:
		w.word(source.Span{Start: w.at, End: w.at})
		if here.word.Len() > 0 {
			w.tail = ", "
		}
	case ref.external && w.at >= ref.name.Start:
		w.word(ref.name)
	default:
		w.word(source.Span{Start: here.word.Start, End: ref.name.End})
	}
}

// takenImports are the references of the other pieces, without their flags.
func takenImports(text string, list []piece, not piece) map[string]bool {
	out := map[string]bool{}
	for _, p := range list {
		if p != not {
			out[syntax.Clean(referenceIn(text, p.word).name.Of(text))] = true
		}
	}
	return out
}

func (w *writer) flag(before string) {
	w.lead = before
	w.plainItem(0, ask.KindKeyword, optional, "", w.say("The instance starts without it, and is told when it comes."))
}

// importsOf offers the variables of the application itself.
func (w *writer) importsOf(owner syntax.Node, taken map[string]bool, ref reference) {
	prefix, _, dotted := strings.Cut(w.typed, ".")
	self := w.types.Component(nameOf(owner))
	s := importScan{
		writer: w, dotted: dotted, prefix: prefix, taken: taken, flagged: ref.flag.Len() > 0,
		demand: w.demand(), beside: map[string]bool{}, own: map[string]bool{nameOf(owner): true},
	}
	s.make = s.item
	if self != nil {
		s.puppet = strings.EqualFold(w.types.Installer(self), "puppet")
		for _, published := range bind.Prefixes(w.types, self) {
			s.own[published] = true
		}
	}
	for full := range taken {
		before, _ := model.SplitName(full)
		s.beside[before] = true
	}
	// Types come in the order of their names, so that what is left out is the end of the alphabet.
	for c := range w.types.Installers() {
		s.add(c.Name, func() []model.Variable { return under(w.types.Exports(c), c.Name) })
	}
	facets := slices.Clone(w.types.Facets())
	slices.SortFunc(facets, func(a, b *model.Facet) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range facets {
		if !w.types.IsOrphan(f) {
			s.add(f.Name, func() []model.Variable { return under(w.types.FacetExports(f), f.Name) })
		}
	}
}

// importScan goes through the types that export something.
type importScan struct {
	*writer
	dotted  bool   // a dot is typed: the type is chosen
	prefix  string // what stands before it
	taken   map[string]bool
	flagged bool // (optional) stands there already
	puppet  bool // modules of Puppet want each variable by its name (plugins.md 5)
	demand  map[string]int
	beside  map[string]bool // prefixes that the same block imports
	own     map[string]bool // prefixes that the component publishes itself
	make    func(*writer, candidate) ask.Item
}

// offered is a type whose variables could be imported.
type offered struct {
	name string
	list []model.Variable
	own  bool // the component exports it itself: it must be optional (MOD-142)
	uses int
}

func (s *importScan) add(name string, variables func() []model.Variable) {
	if s.dotted && !strings.EqualFold(name, s.prefix) {
		return
	}
	rank := s.rank(name)
	if s.full(name, rank) {
		s.more = true
		return
	}
	list := variables()
	if len(list) == 0 {
		return
	}
	o := &offered{name, list, s.own[name], s.demand[name]}
	all := rank
	if s.puppet {
		all++
	}
	s.variable(o, all, name+".*")
	for i := range list {
		s.variable(o, rank+1, list[i].Name)
	}
}

// rank puts first what the block imports from already, then what others import, last what the component exports itself.
func (s *importScan) rank(name string) int {
	switch {
	case s.own[name]:
		return 6
	case s.beside[name]:
		return 0
	case s.demand[name] > 0:
		return 2
	}
	return 4
}

// full says that nothing of a type could be among the items that are given: there are enough like them.
func (s *importScan) full(name string, rank int) bool {
	starts := len(s.typed) <= len(name) && strings.EqualFold(name[:len(s.typed)], s.typed)
	return starts && s.size[reply.Start][rank] >= most && s.size[reply.Start][rank+1] >= most
}

func (s *importScan) variable(o *offered, rank int, label string) {
	if score, ok := s.wants(rank, label); ok && !s.taken[label] {
		s.take(candidate{rank: rank, label: label, make: s.make, of: o, score: score})
	}
}

func (s *importScan) item(w *writer, c candidate) ask.Item {
	o := c.of.(*offered)
	item := ask.Item{Label: c.label, Kind: ask.KindVariable, Text: c.label, Doc: w.importDoc(o, strings.HasSuffix(c.label, ".*"))}
	if v, one := find(o.list, c.label); one {
		item.Detail = w.valueText(v)
	} else {
		item.Detail = w.say("import all the variables")
	}
	if o.own && !s.flagged {
		item.Text += " " + optional
		item.Detail = w.say("exported by itself, so it must be optional")
	}
	return item
}

// importDoc tells what is imported, from whom, and who else does.
func (p *page) importDoc(o *offered, all bool) string {
	var s reply.Sheet
	s.Add(reply.Prose(p.doc(o.name)))
	if all {
		for i, v := range o.list {
			if i == reply.Most {
				s.Item(p.say("and %d more", len(o.list)-i))
				break
			}
			s.Item(p.equation(v))
		}
	}
	if f := p.types.Facet(o.name); f != nil {
		s.Fact(p.say("Exported by"), p.names(typeNames(p.types.Members(f))))
	} else if subs := p.types.Subs(p.types.Component(o.name)); len(subs) > 0 {
		s.Fact(p.say("Exported by"), p.names(append([]string{o.name}, typeNames(subs)...)))
	}
	if o.uses > 0 {
		s.Add(p.count(o.uses, "Imported by %d component.", "Imported by %d components."))
	}
	return s.String()
}

// externals offers what the other open applications export (MOD-131, MOD-133).
func (w *writer) externals(ref reference, taken map[string]bool) {
	word := external + " "
	if ref.external && w.replace.Start >= ref.name.Start {
		word = ""
	} else if w.typed != "" {
		w.snippet(8, ask.KindKeyword, external, w.say("external import"), w.say("Another application answers it."), external+" ${1:Application}.${2:variable}")
	}
	for _, n := range w.Beside {
		if n.Result == nil || n.Result.App == nil || n.Result.App.Descriptor.ExportsPrefix == "" {
			continue
		}
		d := n.Result.App.Descriptor
		w.external(word, d.ExportsPrefix+".*", w.say("all that %s exports", d.DisplayName), "", taken)
		for _, e := range d.Exports {
			w.external(word, d.ExportsPrefix+"."+e.Alias, w.say("application %s", d.DisplayName), w.say("%s of that application.", code(e.Variable)), taken)
		}
	}
}

func (w *writer) external(word, full, detail, doc string, taken map[string]bool) {
	if taken[full] || !model.IsImportRef(full) {
		return
	}
	rank := 8
	if word == "" {
		rank = 0
	}
	label := word + full
	if word != "" && w.typed != "" && resembles(full, w.typed) {
		// The name alone is what a person types first.
		label = full
	}
	w.offer(rank, label, nil, func(*writer, candidate) ask.Item {
		return ask.Item{Label: word + full, Kind: ask.KindApplication, Detail: detail, Doc: doc, Text: word + full, Filter: label}
	})
}

func resembles(label, typed string) bool {
	_, ok := reply.Resemble(label, typed)
	return ok
}
