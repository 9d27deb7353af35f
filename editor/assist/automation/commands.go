package automation

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/command"
	"github.com/roboconf/workbench/model/source"
)

// Commands is the language of the scripts that administer an application (commands-rules-probes.md 2).
type Commands struct{}

var _ ask.Language = Commands{}

// scriptPage is a script with the application around it.
type scriptPage struct {
	*project
	text string
	*command.File
}

func openScript(g ask.Ground, file string) (*scriptPage, bool) {
	text, ok := g.Text(file)
	if !ok {
		return nil, false
	}
	return &scriptPage{&project{Ground: g}, text, command.Parse(file, bareName(file, commandsExt), text)}, true
}

// Format lays a script out.
func (Commands) Format(text string) string { return command.Format(text) }

// Colors are the pieces of a script that have a meaning.
func (Commands) Colors(g ask.Ground, file string) []ask.Token {
	p, ok := openScript(g, file)
	if !ok {
		return nil
	}
	declared := map[int]bool{}
	for _, l := range p.Lines() {
		if in := l.Instruction; in != nil {
			declared[in.Variable.Span.Start] = in.Variable.Span.Len() > 0 || declared[in.Variable.Span.Start]
			declared[in.Name.Span.Start] = in.Name.Span.Len() > 0 || declared[in.Name.Span.Start]
		}
	}
	return reply.Tokens(p.Tokens(), func(s source.Span) bool { return declared[s.Start] })
}

// Outline gives the instructions.
func (Commands) Outline(g ask.Ground, file string) (out []ask.Symbol) {
	p, ok := openScript(g, file)
	if !ok {
		return nil
	}
	for _, l := range p.Lines() {
		in := l.Instruction
		if in == nil {
			continue
		}
		s := ask.Symbol{Name: string(in.Kind), Kind: ask.KindKeyword, Whole: l.Text, Place: l.Text}
		if words := in.Keywords(); len(words) > 0 {
			s.Place = words[0]
		}
		switch {
		case in.Kind == command.Define && in.Variable.Text != "":
			s.Name, s.Detail, s.Kind, s.Place = in.Variable.Text, in.Value.Text, ask.KindVariable, in.Variable.Span
		case in.Kind == command.Execute && in.Command.Text != "":
			s.Name, s.Kind, s.Place = in.Command.Text, ask.KindCommand, in.Command.Span
		default:
			s.Name = joined(in)
		}
		out = append(out, s)
	}
	return out
}

// joined is an instruction on one line, its words in lower case.
func joined(in *command.Instruction) string {
	text := strings.Join(strings.Fields(in.Text), " ")
	if len(text) > longestName {
		text = strings.ToValidUTF8(text[:longestName], "") + "…"
	}
	return text
}

// longestName is how many bytes of an instruction an outline shows.
const longestName = 60

// Folds are the comments of several lines, the instructions of several lines.
func (Commands) Folds(g ask.Ground, file string) []ask.Fold {
	p, ok := openScript(g, file)
	if !ok {
		return nil
	}
	var comments []source.Span
	var folds []ask.Fold
	for _, l := range p.Lines() {
		switch {
		case l.Text.Len() > 0 && strings.Contains(l.Text.Of(p.text), "\n"):
			folds = append(folds, ask.Fold{Span: l.Text, Kind: ask.FoldBlock})
		case l.Text.Len() == 0 && l.Comment.Len() > 0:
			comments = append(comments, l.Comment)
		}
	}
	folds = append(folds, reply.CommentFolds(p.text, comments)...)
	slices.SortFunc(folds, func(a, b ask.Fold) int { return a.Span.Start - b.Span.Start })
	return folds
}

// Hints say what definitions come to, and what paths that hold variables lead to.
func (Commands) Hints(g ask.Ground, file string, in source.Span) (hints []ask.Hint) {
	p, ok := openScript(g, file)
	if !ok {
		return nil
	}
	for _, did := range command.Run(p.File, p.context()).Instructions {
		if did.Line.Start > in.End || did.Line.End < in.Start {
			continue
		}
		if h, ok := p.hint(did); ok {
			hints = append(hints, h)
		}
	}
	return hints
}

var (
	noValue = sentence{"no such instance: skipped", "aucune instance de ce genre : sauté"}
	worth   = sentence{"What the variable is worth here.", "Ce que vaut ici la variable."}
	leads   = sentence{"The path, once its variables are replaced.", "Le chemin, une fois ses variables remplacées."}
)

// hint shows what is worth knowing of one instruction, which was run.
func (p *scriptPage) hint(did *command.Instruction) (ask.Hint, bool) {
	l, ok := p.LineAt(did.Line.Start)
	if !ok || l.Instruction == nil || len(l.Variables) == 0 {
		return ask.Hint{}, false
	}
	at := l.Text.End
	switch {
	case did.Disabled:
		return ask.Hint{At: at, Text: "→ " + noValue.In(p.Language), Left: true}, true
	case did.Kind == command.Define:
		if !foreseen(l.Instruction.Value.Text) || did.Given == l.Instruction.Value.Text || did.Given == "" {
			return ask.Hint{}, false
		}
		return ask.Hint{At: at, Text: "→ " + did.Given, Tooltip: worth.In(p.Language), Left: true}, true
	}
	paths := []string{}
	for _, part := range []struct{ written, resolved command.Part }{
		{l.Instruction.Path, did.Path}, {l.Instruction.Under, did.Under}, {l.Instruction.Name, did.Name},
	} {
		if part.written.Text != part.resolved.Text && part.resolved.Text != "" && foreseen(part.resolved.Text) {
			paths = append(paths, part.resolved.Text)
		}
	}
	if len(paths) == 0 || strings.Contains(l.Text.Of(p.text), "_TIME") || strings.Contains(l.Text.Of(p.text), "UUID") {
		return ask.Hint{}, false
	}
	return ask.Hint{At: at, Text: "→ " + strings.Join(paths, ", "), Tooltip: leads.In(p.Language), Left: true}, true
}

// foreseen says whether a value is the same whenever a script runs on the same application.
func foreseen(value string) bool {
	return !strings.Contains(value, "_TIME") && !strings.Contains(value, "$(UUID)")
}

var (
	usedBy   = sentence{"used by %d rule", "utilisée par %d règle"}
	usedByN  = sentence{"used by %d rules", "utilisée par %d règles"}
	alsoBy   = sentence{"run by %d command", "exécutée par %d commande"}
	alsoByN  = sentence{"run by %d commands", "exécutée par %d commandes"}
	byNobody = sentence{"run by hand only", "exécutée à la main seulement"}
)

// Lenses say who runs the script.
func (Commands) Lenses(g ask.Ground, file string) []ask.Lens {
	p, ok := openScript(g, file)
	if !ok {
		return nil
	}
	rules, commands := p.runners(p.Command)
	top := source.Span{Start: 0, End: reply.Line(p.text, 0).End}
	if len(rules)+len(commands) == 0 {
		return []ask.Lens{{Span: top, Title: byNobody.In(g.Language)}}
	}
	var titles []string
	if len(rules) > 0 {
		titles = append(titles, reply.Count(g.Language, len(rules), usedBy, usedByN))
	}
	if len(commands) > 0 {
		titles = append(titles, reply.Count(g.Language, len(commands), alsoBy, alsoByN))
	}
	return []ask.Lens{{Span: top, Title: strings.Join(titles, ", "), Command: "roboconf.showReferences", At: 0, Arg: p.Command}}
}

// Links lead from an execution to the command.
func (Commands) Links(g ask.Ground, file string) (links []ask.Link) {
	p, ok := openScript(g, file)
	if !ok {
		return nil
	}
	for _, l := range p.Lines() {
		if in := l.Instruction; in != nil && in.Kind == command.Execute {
			if s, known := p.command(in.Command.Text); known {
				links = append(links, ask.Link{Span: in.Command.Span, Target: s.file, Title: s.name})
			}
		}
	}
	return links
}
