package automation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/source"
)

var (
	noInstance    = sentence{"There is no instance %s here.", "Il n'y a pas ici d'instance %s."}
	isInstance    = sentence{"**instance** %s of %s", "**instance** %s de %s"}
	below         = sentence{"%d instance below it", "%d instance en dessous"}
	belowN        = sentence{"%d instances below it", "%d instances en dessous"}
	isMachine     = sentence{"It is a machine.", "C'est une machine."}
	runsOn        = sentence{"It runs on %s.", "Elle fonctionne sur %s."}
	madeAbove     = sentence{"An instruction above makes it.", "Une instruction au-dessus la crée."}
	isComponent   = sentence{"**component** %s, installed by %s", "**composant** %s, installé par %s"}
	nobodyNames   = sentence{"Nothing declares %s.", "Rien ne déclare %s."}
	hasInstances  = sentence{"%d instance", "%d instance"}
	hasInstancesN = sentence{"%d instances", "%d instances"}
	isTarget      = sentence{"**target** %s (%s), for %s", "**cible** %s (%s), pour %s"}
	otherTarget   = sentence{"No target definition of the project has the id %s.", "Aucune définition de cible du projet n'a l'identifiant %s."}
	willBe        = sentence{"The new path will be %s.", "Le nouveau chemin sera %s."}
	hasValue      = sentence{"Its value here: %s", "Sa valeur ici : %s"}
	hasNone       = sentence{"No instance gives it a value: what uses it is skipped.", "Aucune instance ne lui donne de valeur : ce qui l'utilise est sauté."}
	laterValue    = sentence{"Its value is known when the command runs: %s", "Sa valeur est connue à l'exécution : %s"}
	unknownName   = sentence{"Nothing above defines %s.", "Rien au-dessus ne définit %s."}
	isVariable    = sentence{"**variable** %s", "**variable** %s"}
	noCommand     = sentence{"No file makes the command %s.", "Aucun fichier ne définit la commande %s."}
	isCommand     = sentence{"**command** %s", "**commande** %s"}
	runByRules    = sentence{"Run by rules: %s", "Exécutée par les règles : %s"}
	runByCommands = sentence{"Run by commands: %s", "Exécutée par les commandes : %s"}
	hasSubject    = sentence{"Subject: %s", "Objet : %s"}
	reachedOnly   = sentence{"A state that instances only reach: it cannot be asked for.", "Un état que les instances ne font qu'atteindre : il ne peut pas être demandé."}
)

// Hover tells about the word, the path, the variable at a place of a script.
func (Commands) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	p, ok := openScript(g, file)
	if !ok {
		return ask.Hover{}, false
	}
	at = reply.Clamp(p.text, at)
	l, ok := p.LineAt(at)
	if !ok || l.Instruction == nil || l.Comment.Len() > 0 && at >= l.Comment.Start {
		return ask.Hover{}, false
	}
	h := &scriptHover{scriptPage: p, line: l, at: at}
	if span, ok := h.look(); ok {
		return h.Hover(span)
	}
	return ask.Hover{}, false
}

// scriptHover writes what there is to know of a place.
type scriptHover struct {
	*scriptPage
	reply.Sheet
	line command.Line
	at   int
	seen *command.State
}

// state is the application before the instruction.
func (h *scriptHover) state() command.State {
	if h.seen == nil {
		s := command.Before(h.File, h.context(), h.at)
		h.seen = &s
	}
	return *h.seen
}

// look finds what stands at the place and tells about it.
func (h *scriptHover) look() (source.Span, bool) {
	for _, v := range h.line.Variables {
		if v.Contains(h.at) {
			h.mention(v.Of(h.text))
			return v, true
		}
	}
	for _, w := range h.line.Instruction.Keywords() {
		if w.Contains(h.at) {
			h.keyword(w)
			return w, true
		}
	}
	in := h.line.Instruction
	for _, part := range []struct {
		command.Part
		tell func(text string)
	}{
		{in.Path, h.instance},
		{in.Under, h.instance},
		{in.Component, h.component},
		{in.Name, h.newName},
		{in.Target, h.target},
		{in.Status, h.status},
		{in.Command, h.commandOf},
		{in.Variable, h.variable},
		{in.Value, func(string) { h.variable(in.Variable.Text) }},
		{in.Message, h.message},
		{in.File, h.fileName},
	} {
		if part.Span.Len() > 0 && part.Span.Contains(h.at) {
			part.tell(part.Text)
			return part.Span, true
		}
	}
	return source.Span{}, false
}

func (h *scriptHover) keyword(w source.Span) {
	word := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(w.Of(h.text), "\\", " ")), " "))
	if does, ok := instructions[h.line.Instruction.Kind]; ok && (word == string(h.line.Instruction.Kind) || word == "status") {
		h.Add(does.In(h.Language))
		return
	}
	for _, b := range bulks {
		if b.verb == h.line.Instruction.Verb && strings.HasPrefix(word, strings.Fields(b.verb)[0]) {
			h.Add(reply.Named(h.Language, b.verb, b.does))
			return
		}
	}
	h.Add(connectives[word].In(h.Language))
}

// resolve replaces variables by what they are worth here.
func (h *scriptHover) resolve(text string) string {
	if strings.Contains(text, "$(") {
		for _, v := range h.state().Variables {
			text = strings.ReplaceAll(text, "$("+v.Name+")", v.Value)
		}
	}
	return text
}

func (h *scriptHover) instance(text string) {
	path := h.resolve(text)
	s := h.state()
	for _, v := range s.Variables {
		if v.Disabled && strings.Contains(text, "$("+v.Name+")") {
			h.Add(hasNone.In(h.Language))
			return
		}
	}
	component, ok := s.Instances[path]
	if !ok {
		h.Add(noInstance.In(h.Language, reply.Code(path)))
		return
	}
	h.Add(isInstance.In(h.Language, reply.Code(path), reply.Code(component)))
	graph := h.Result.App.Graph
	if c := graph.Component(component); c != nil {
		switch {
		case graph.IsMachine(c):
			h.Add(isMachine.In(h.Language))
		default:
			h.Add(runsOn.In(h.Language, reply.Code(h.machineOf(path))))
		}
		h.Add(reply.Prose(c.Doc))
	}
	first, _ := slices.BinarySearch(s.Paths, path+"/")
	end, _ := slices.BinarySearch(s.Paths, path+"0") // the character after the slash
	if n := end - first; n > 0 {
		h.Add(reply.Count(h.Language, n, below, belowN))
	}
	if model.Find(h.Result.App.Instances, path) == nil {
		h.Add(madeAbove.In(h.Language))
	}
}

// machineOf is the nearest machine above an instance.
func (h *scriptHover) machineOf(path string) string {
	graph := h.Result.App.Graph
	for at := path; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
		if c := graph.Component(h.state().Instances[at]); c != nil && graph.IsMachine(c) {
			return at
		}
	}
	return path
}

func (h *scriptHover) component(text string) { h.Add(componentText(h.project, h.resolve(text))) }

// componentText tells about a component.
func componentText(p *project, name string) string {
	graph := p.Result.App.Graph
	c := graph.Component(name)
	if c == nil {
		return nobodyNames.In(p.Language, reply.Code(name))
	}
	var s reply.Sheet
	s.Add(isComponent.In(p.Language, reply.Code(name), reply.Code(graph.Installer(c))))
	s.Add(reply.Prose(c.Doc))
	s.Add(reply.Count(p.Language, p.countOf(name), hasInstances, hasInstancesN))
	return s.String()
}

func (h *scriptHover) newName(text string) {
	in := h.line.Instruction
	parent := h.resolve(in.Under.Text)
	if path := h.resolve(in.Path.Text); in.Kind == command.Rename && strings.Contains(path, "/") {
		parent = path[:strings.LastIndexByte(path, '/')]
	}
	h.Add(willBe.In(h.Language, reply.Code(parent+"/"+h.resolve(text))))
}

func (h *scriptHover) target(text string) {
	for _, d := range h.definitions() {
		if d.id == h.resolve(text) {
			h.Add(isTarget.In(h.Language, reply.Code(d.id), d.handler, reply.Code(d.component)))
			h.Add(d.name)
			return
		}
	}
	h.Add(otherTarget.In(h.Language, reply.Code(text)))
}

func (h *scriptHover) status(text string) {
	name := strings.ReplaceAll(strings.ToUpper(strings.Join(strings.Fields(strings.ReplaceAll(text, "_", " ")), "_")), "_AND_", "_")
	for _, s := range states {
		if s.name == name {
			h.Add(reply.Named(h.Language, s.name, s.means))
			return
		}
	}
	h.Add(reachedOnly.In(h.Language))
}

func (h *scriptHover) commandOf(text string) { h.Add(h.commandText(h.resolve(text))) }

// commandText tells what a command does and who runs it.
func (p *project) commandText(name string) string {
	s, ok := p.command(name)
	if !ok {
		return noCommand.In(p.Language, reply.Code(name))
	}
	var sheet reply.Sheet
	sheet.Add(isCommand.In(p.Language, reply.Code(name)) + " (" + reply.Code(s.file) + ")")
	sheet.Add(p.summary(name))
	rules, commands := p.runners(name)
	if len(rules) > 0 {
		sheet.Add(runByRules.In(p.Language, reply.List(p.Language, rules)))
	}
	if len(commands) > 0 {
		sheet.Add(runByCommands.In(p.Language, reply.List(p.Language, commands)))
	}
	return sheet.String()
}

// summarised is how many instructions of a command are shown.
const summarised = 6

// summary are the first instructions of a command, with the comment above them.
func (p *project) summary(name string) string {
	s, ok := p.command(name)
	if !ok {
		return ""
	}
	var lines []string
	more := 0
	for _, l := range s.Lines() {
		switch {
		case l.Instruction == nil:
		case len(lines) < summarised:
			lines = append(lines, joined(l.Instruction))
		default:
			more++
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("… (+%d)", more))
	}
	if len(lines) == 0 {
		return ""
	}
	return "```roboconf-commands\n" + strings.Join(lines, "\n") + "\n```"
}

// variable tells about a variable at its definition: what it is worth from there on.
func (h *scriptHover) variable(name string) {
	h.Add(isVariable.In(h.Language, reply.Code(name)))
	after := command.Before(h.File, h.context(), h.line.Whole.End+1)
	if h.line.Whole.End >= len(h.text) {
		h.worth(lastGiven(command.Run(h.File, h.context()), h.line), h.line.Instruction.Value.Text)
		return
	}
	for _, v := range after.Variables {
		if v.Name == name {
			h.worth(v, h.line.Instruction.Value.Text)
		}
	}
}

// lastGiven is what a definition on the last line comes to.
func lastGiven(r *command.Result, l command.Line) (v command.Variable) {
	for _, in := range r.Instructions {
		if in.Line.Start == l.Instruction.Line.Start {
			v.Value, v.Disabled = in.Given, in.Disabled
		}
	}
	return v
}

// worth tells the value of a variable; written is how it is defined, as far as that is known.
func (h *scriptHover) worth(v command.Variable, written string) {
	switch {
	case v.Disabled:
		h.Add(hasNone.In(h.Language))
	case !foreseen(written):
		h.Add(laterValue.In(h.Language, reply.Code(written)))
	default:
		h.Add(hasValue.In(h.Language, reply.Code(v.Value)))
	}
}

// mention tells about $(name).
func (h *scriptHover) mention(text string) {
	for _, g := range generators {
		if word, _, _ := strings.Cut(strings.TrimSuffix(g.text, ")"), " "); strings.HasPrefix(text, word) {
			h.Add(reply.Named(h.Language, g.text, g.does))
			if h.line.Instruction.Kind == command.Define && h.line.Instruction.Variable.Text != "" {
				h.variable(h.line.Instruction.Variable.Text)
			}
			return
		}
	}
	name := strings.TrimSuffix(strings.TrimPrefix(text, "$("), ")")
	for _, v := range h.state().Variables {
		if v.Name == name {
			h.Add(isVariable.In(h.Language, reply.Code(name)))
			h.worth(v, h.definition(v))
			return
		}
	}
	h.Add(unknownName.In(h.Language, reply.Code(name)))
}

// definition is the value of a variable as the last definition above the place writes it.
func (h *scriptHover) definition(v command.Variable) (written string) {
	for _, l := range h.Lines() {
		if l.Whole.End >= h.line.Whole.Start {
			break
		}
		if l.Instruction != nil && l.Instruction.Kind == command.Define && l.Instruction.Variable.Text == v.Name {
			written = l.Instruction.Value.Text
		}
	}
	return written
}

func (h *scriptHover) message(text string) {
	subject, body, ok := strings.Cut(h.resolve(text), "\n")
	if rest, has := strings.CutPrefix(subject, "Subject:"); has && ok {
		h.Add(hasSubject.In(h.Language, reply.Code(strings.TrimSpace(rest))))
		h.Add("```\n" + body + "\n```")
		return
	}
	h.Add("```\n" + h.resolve(text) + "\n```")
}

func (h *scriptHover) fileName(text string) {
	h.Add(reply.Code(h.resolve(text)))
	if strings.Contains(text, "%TMP%") {
		h.Add(reply.Named(h.Language, "%TMP%", temporary))
	}
}
