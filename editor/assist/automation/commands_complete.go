package automation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// scriptWriter collects what can be written in a script.
type scriptWriter struct {
	*spot
	*reply.Items
	graph *model.Graph
	// firstOf are the first instances of components; nil until somebody asks.
	firstOf map[string]string
}

// Complete gives what is legal at a place of a script, in the application that the instructions above leave.
func (Commands) Complete(g ask.Ground, file string, at int) ask.Completion {
	p, ok := openScript(g, file)
	if !ok {
		return ask.Completion{}
	}
	at = reply.Clamp(p.text, at)
	s, ok := p.spotAt(at)
	if !ok {
		return ask.Completion{}
	}
	w := &scriptWriter{spot: s, Items: reply.At(p.text, source.Span{Start: at, End: at}, at), graph: g.Result.App.Graph}
	w.write()
	w.Keep(w.sound())
	return w.Completion()
}

// sound says of items whether they leave the instruction without a severe finding that it has not now.
func (w *scriptWriter) sound() func(ask.Item) bool {
	severe := func(text string) []diag.Code { return w.state.Allows(w.File, w.context(), text) }
	line := w.line.Whole
	if line.Start > w.at || line.End < w.at {
		line = source.Span{Start: w.at, End: w.at}
	}
	before := severe(line.Of(w.text))
	return func(i ask.Item) bool {
		with := i.Text
		if i.Snippet {
			with = reply.Plain(with)
		}
		head, tail := source.Span{Start: min(line.Start, i.Replace.Start), End: i.Replace.Start}, source.Span{Start: i.Replace.End, End: max(i.Replace.End, line.End)}
		for _, code := range severe(head.Of(w.text) + with + tail.Of(w.text)) {
			if !slices.Contains(before, code) {
				return false
			}
		}
		return true
	}
}

// over says what the next items take the place of: what was typed since an offset, with the rest of it.
func (w *scriptWriter) over(offset int) { w.Over(w.text, w.from(offset), w.at) }

// write offers what may come where the cursor stands.
func (w *scriptWriter) write() {
	if open := w.variable(); open >= 0 {
		w.variables(open)
		return
	}
	b := w.before
	for _, part := range []struct {
		words string
		write func(rest string, at int)
	}{
		{"associate", w.associate},
		{"change status of", w.change},
		{"email", w.email},
		{"define", w.define},
		{"create", w.create},
		{"replicate", w.replicate},
		{"rename", w.rename},
		{"write", w.content},
		{"append", w.content},
		{"execute", w.execute},
		{"deploy and start all", w.bulk},
		{"stop all", w.bulk},
		{"undeploy all", w.bulk},
		{"delete all", w.bulk},
		{"delete", w.bulk},
	} {
		if rest, ok := behind(b, part.words); ok {
			part.write(rest, len(b)-len(rest))
			return
		}
	}
	w.verbs()
}

// verbs offers whole instructions, or their first words where something follows.
func (w *scriptWriter) verbs() {
	w.over(0)
	bare := w.after != "" && w.Replace.End-w.Replace.Start < len(w.before)+len(w.after)
	for rank, i := range w.samples() {
		if bare || i.text == "" {
			w.Word(rank, ask.KindKeyword, i.verb, "", i.does)
			continue
		}
		w.Snippet(rank, ask.KindKeyword, i.verb, i.does, i.text)
	}
}

// sample is an instruction that is right where it is offered.
type sample struct{ verb, text, does string }

// samples are those that can be written here: what the application has not cannot be spoken of.
func (w *scriptWriter) samples() (out []sample) {
	add := func(kind command.Kind, verb, text string) {
		out = append(out, sample{verb, text, instructions[kind].In(w.Language)})
	}
	add(command.Define, "define", "define ${1:name} = ${2:value}")
	if c := w.creatable(); c != "" {
		add(command.Create, "create", "create "+c)
	}
	root, machine, any := w.first(w.isRoot), w.first(w.isMachine), w.first(nil)
	if root != "" {
		add(command.Replicate, "replicate", "replicate ${1:"+esc(root)+"} as ${2:"+w.beside(root)+"}")
	}
	if any != "" {
		for _, b := range bulks {
			out = append(out, sample{b.verb, b.verb + " ${1:" + esc(any) + "}", b.does.In(w.Language)})
		}
		add(command.Change, "change status of", "change status of ${1:"+esc(any)+"} to ${2:deployed and started}")
		add(command.Rename, "rename", "rename ${1:"+esc(any)+"} as ${2:"+w.beside(any)+"}")
	}
	if machine != "" {
		target := "target-id"
		if ids := w.context().Targets; len(ids) > 0 {
			target = ids[0]
		}
		add(command.Associate, "associate", "associate ${1:"+esc(machine)+"} with ${2:"+esc(target)+"}")
	}
	if names := w.commandsBut(); len(names) > 0 {
		add(command.Execute, "execute", "execute ${1:"+esc(names[0])+"}")
	}
	add(command.Email, "email", "email ${1:ops@example.org} with ${2:Subject: Done\\\\nIt is done.}")
	add(command.Write, "write", "write ${1:text} into ${2:%TMP%/file}")
	add(command.Append, "append", "append ${1:text} into ${2:%TMP%/file}")
	return out
}

func esc(s string) string { return reply.Escape(s) }

// first is the first path that satisfies a condition; "" when there is none.
func (w *scriptWriter) first(ok func(path string) bool) string {
	for _, path := range w.state.Paths {
		if ok == nil || ok(path) {
			return path
		}
	}
	return ""
}

func (w *scriptWriter) isRoot(path string) bool { return strings.LastIndexByte(path, '/') == 0 }

func (w *scriptWriter) isMachine(path string) bool {
	c := w.graph.Component(w.state.Instances[path])
	return c != nil && w.graph.IsMachine(c)
}

// beside is a free name beside an instance: the same one with another number.
func (w *scriptWriter) beside(path string) string {
	slash := strings.LastIndexByte(path, '/')
	return w.free(path[:slash], path[slash+1:])
}

// free is a name that no instance below a path has: a text with the smallest number that does.
func (w *scriptWriter) free(under, name string) string {
	stem := strings.TrimRight(name, "0123456789")
	for n := 1; ; n++ {
		if name := stem + strconv.Itoa(n); !w.knows(under + "/" + name) {
			return name
		}
	}
}

// creatable is the rest of an instruction that creates something, as a snippet; "" when nothing can be created.
func (w *scriptWriter) creatable() string {
	for _, c := range w.graph.Roots() {
		return "${1:" + c.Name + "} as ${2:" + w.free("", strings.ToLower(c.Name)) + "}"
	}
	return ""
}

// paths offers the instances that satisfy a condition, over what was typed since an offset.
func (w *scriptWriter) paths(at int, ok func(path string) bool) {
	w.over(at)
	for _, path := range w.state.Paths {
		if ok == nil || ok(path) {
			w.Word(1, ask.KindInstance, path, w.state.Instances[path], "")
		}
	}
	for _, v := range w.state.Variables {
		if path := "/" + v.Value; !v.Disabled && w.knows(path) && (ok == nil || ok(path)) {
			w.Word(0, ask.KindVariable, "/$("+v.Name+")", path, "")
		}
	}
}

// then offers a word that goes on after a path, with what may stand behind it; false when no path was typed.
func (w *scriptWriter) then(rest string, at int, word string, follow func(path string) string) {
	path := w.path(rest)
	if path == "" {
		return
	}
	w.over(at + len(path) + 1)
	w.joint(word, follow(w.resolve(path)))
}

// joint offers a word between two parts; with something behind the cursor it stands alone.
func (w *scriptWriter) joint(word, follow string) {
	if doc := connectives[word].In(w.Language); w.after != "" || follow == "" {
		w.Word(0, ask.KindKeyword, word, "", doc)
	} else {
		w.Snippet(0, ask.KindKeyword, word, doc, word+" "+follow)
	}
}

func (w *scriptWriter) associate(rest string, at int) {
	if _, right, ok := divide(rest, "with", true); ok {
		w.over(at + right)
		for _, d := range w.definitions() {
			w.Word(0, ask.KindTarget, d.id, d.handler, d.name)
		}
		return
	}
	w.paths(at, w.isMachine)
	target := "${1:target-id}"
	if ids := w.context().Targets; len(ids) > 0 {
		target = "${1:" + esc(ids[0]) + "}"
	}
	w.then(rest, at, "with", func(string) string { return target })
}

func (w *scriptWriter) change(rest string, at int) {
	if _, right, ok := divide(rest, "to", true); ok {
		w.over(at + right)
		for rank, s := range states {
			w.Word(rank, ask.KindValue, s.words, s.name, s.means.In(w.Language))
		}
		return
	}
	w.paths(at, nil)
	w.then(rest, at, "to", func(string) string { return "${1:deployed and started}" })
}

func (w *scriptWriter) replicate(rest string, at int) { w.copyAs(rest, at, w.isRoot) }

func (w *scriptWriter) rename(rest string, at int) { w.copyAs(rest, at, nil) }

// copyAs writes a path, as, a name that is free beside it.
func (w *scriptWriter) copyAs(rest string, at int, ok func(string) bool) {
	if left, right, divided := divide(rest, "as", true); divided {
		if path := w.resolve(left); w.knows(path) {
			w.names(at+right, w.beside(path))
		}
		return
	}
	w.paths(at, ok)
	w.then(rest, at, "as", func(path string) string { return "${1:" + esc(w.beside(path)) + "}" })
}

// names offers a free name, and the variables that hold one.
func (w *scriptWriter) names(at int, free string) {
	w.over(at)
	w.Word(0, ask.KindInstance, free, "", "")
	for _, v := range w.state.Variables {
		if model.IsFlexID(v.Value) && !v.Disabled {
			w.Word(1, ask.KindVariable, "$("+v.Name+")", v.Value, "")
		}
	}
}

func (w *scriptWriter) execute(_ string, at int) {
	w.over(at)
	for _, name := range w.commandsBut() {
		s, _ := w.command(name)
		w.Word(0, ask.KindCommand, name, s.file, w.summary(name))
	}
}

func (w *scriptWriter) content(rest string, at int) {
	if _, right, ok := divide(rest, "into", true); ok {
		w.over(at + right)
		w.Word(0, ask.KindFolder, "%TMP%/", "", temporary.In(w.Language))
		return
	}
	w.over(max(at, w.word()))
	w.joint("into", "${1:%TMP%/file}")
}

var temporary = sentence{"The folder for temporary files of the manager's machine.", "Le dossier des fichiers temporaires de la machine du gestionnaire."}

// email offers the addresses that other scripts write to, then the word before the message.
func (w *scriptWriter) email(rest string, at int) {
	if _, _, ok := divide(rest, "with", false); ok {
		return
	}
	w.over(max(at, w.word(), strings.LastIndexByte(w.before, ',')+1))
	for _, address := range w.addresses() {
		if !strings.Contains(rest, address) {
			w.Word(1, ask.KindText, address, "", "")
		}
	}
	if rest == "" || reply.IsBlank(rest[len(rest)-1]) || !strings.Contains(rest[max(0, w.word()-at):], "@") {
		w.joint("with", "${1:Subject: Done\\\\nIt is done.}")
	}
}

// addresses are those that the scripts of the application write to, sorted.
func (w *scriptWriter) addresses() []string {
	all := map[string]bool{}
	for _, s := range w.commands() {
		for _, l := range s.Lines() {
			if l.Instruction == nil {
				continue
			}
			for _, to := range l.Instruction.To {
				if strings.Contains(to.Text, "@") && !strings.Contains(to.Text, "$(") {
					all[to.Text] = true
				}
			}
		}
	}
	return reply.Sorted(all)
}

// bulk writes a path, or the instances of a component.
func (w *scriptWriter) bulk(rest string, at int) {
	if component, ok := behind(rest, "instances of"); ok {
		w.over(at + len(rest) - len(component))
		for _, c := range w.graph.Components() {
			rank := 1
			if n := w.countOf(c.Name); n > 0 {
				rank = 0
			}
			w.Word(rank, ask.KindComponent, c.Name, w.graph.Installer(c), reply.Prose(c.Doc))
		}
		return
	}
	w.paths(at, nil)
	all := connectives["instances"].In(w.Language)
	switch components := w.graph.Components(); {
	case len(components) == 0:
	case w.after == "":
		w.Snippet(2, ask.KindKeyword, "instances of", all, "instances of ${1:"+components[0].Name+"}")
	default:
		w.Word(2, ask.KindKeyword, "instances of", "", all)
	}
}
