package recipe

import (
	"path"
	"slices"
	"strings"

	shell "mvdan.cc/sh/v3/syntax"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/recipe"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Script is the language of the files of recipes: scripts, templates, manifests (plugins.md 4, 5).
type Script struct{}

var _ ask.Language = Script{}

// Format leaves the text alone: it is the language of somebody else.
func (Script) Format(text string) string { return text }

// parsed is a script of a shell as a tree; nil when it cannot be parsed.
func (p *page) parsed() *shell.File {
	for _, variant := range []shell.LangVariant{shell.LangBash, shell.LangPOSIX} {
		parser := shell.NewParser(shell.Variant(variant), shell.KeepComments(true))
		if f, err := parser.Parse(strings.NewReader(p.text), ""); err == nil {
			return f
		}
	}
	return nil
}

// span is what a node covers.
func (p *page) span(n shell.Node) source.Span {
	s := source.Span{Start: reply.Clamp(p.text, int(n.Pos().Offset())), End: reply.Clamp(p.text, int(n.End().Offset()))}
	s.End = max(s.Start, s.End)
	return s
}

// Colors are comments, strings and functions of scripts of a shell, and in every language the variables that the recipe is told.
func (Script) Colors(g ask.Ground, file string) []ask.Token {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	painted := make([]ask.Token, 0, 64)
	add := func(s source.Span, class syntax.Class, declares bool) {
		if s.Len() > 0 {
			painted = append(painted, ask.Token{Span: s, Class: class, Declaration: declares})
		}
	}
	if p.lang == recipe.Shell {
		if f := p.parsed(); f != nil {
			p.paintShell(f, add)
		}
	}
	if p.lang == recipe.Manifest {
		if class, ok := recipe.ReadClass(p.text); ok {
			add(class.NameSpan, syntax.ClassType, true)
			for _, x := range class.Parameters {
				add(x.Span, syntax.ClassVariable, true)
			}
		}
	}
	for _, u := range p.uses() {
		add(u.Span, syntax.ClassVariable, false)
	}
	if p.lang == recipe.Template {
		found, _ := recipe.Tags(p.text)
		for _, t := range found {
			add(t.Span, syntax.ClassKeyword, false)
		}
	}
	return flat(painted)
}

// uses are the variables of ours that a script uses, in order.
func (p *page) uses() []recipe.Use {
	if p.lang == recipe.Other || p.lang == recipe.Manifest || p.component == nil {
		return nil
	}
	return slices.DeleteFunc(recipe.Read(p.lang, p.text).Uses, func(u recipe.Use) bool { return p.names.Decode(u.Name).Role == recipe.Foreign })
}

// paintShell colours the pieces of a script of a shell.
func (p *page) paintShell(f *shell.File, add func(source.Span, syntax.Class, bool)) {
	shell.Walk(f, func(n shell.Node) bool {
		switch n := n.(type) {
		case *shell.Comment:
			add(p.span(n), syntax.ClassComment, false)
		case *shell.SglQuoted, *shell.DblQuoted:
			add(p.span(n), syntax.ClassString, false)
		case *shell.FuncDecl:
			add(p.span(n.Name), syntax.ClassName, true)
		}
		return true
	})
}

// flat makes tokens that do not overlap: a later one cuts what it covers out of an earlier one.
func flat(painted []ask.Token) []ask.Token {
	type edge struct {
		at, layer int
		opens     bool
	}
	var edges []edge
	for i, t := range painted {
		edges = append(edges, edge{t.Span.Start, i, true}, edge{t.Span.End, i, false})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.layer - b.layer
	})
	var out []ask.Token
	var open []int // layers, sorted
	last := 0
	for _, e := range edges {
		if n := len(open); n > 0 && e.at > last {
			top := painted[open[n-1]]
			out = append(out, ask.Token{Span: source.Span{Start: last, End: e.at}, Class: top.Class, Declaration: top.Declaration})
		}
		last = e.at
		at, known := slices.BinarySearch(open, e.layer)
		if e.opens && !known {
			open = slices.Insert(open, at, e.layer)
		} else if !e.opens && known {
			open = slices.Delete(open, at, at+1)
		}
	}
	return out
}

// Outline gives the functions of a script, the parameters of a class, the sections of a template.
func (Script) Outline(g ask.Ground, file string) (out []ask.Symbol) {
	p, ok := open(g, file)
	if !ok {
		return nil
	}
	switch p.lang {
	case recipe.Shell:
		if f := p.parsed(); f != nil {
			shell.Walk(f, func(n shell.Node) bool {
				if fn, ok := n.(*shell.FuncDecl); ok {
					out = append(out, ask.Symbol{Name: fn.Name.Value, Kind: ask.KindCommand, Whole: p.span(fn), Place: p.span(fn.Name)})
				}
				return true
			})
		}
	case recipe.Manifest:
		class, ok := recipe.ReadClass(p.text)
		if !ok {
			return nil
		}
		s := ask.Symbol{Name: class.Name, Kind: ask.KindComponent, Place: class.NameSpan, Whole: source.Span{Start: class.NameSpan.Start, End: max(class.NameSpan.End, class.Inside.End)}}
		for _, x := range class.Parameters {
			s.Children = append(s.Children, ask.Symbol{Name: x.Name, Kind: ask.KindVariable, Whole: x.Span, Place: x.Span})
		}
		return []ask.Symbol{s}
	case recipe.Template:
		found, _ := recipe.Tags(p.text)
		for _, t := range found {
			if t.Kind == recipe.TagSection || t.Kind == recipe.TagInverted {
				out = append(out, ask.Symbol{Name: t.Name, Kind: ask.KindSection, Whole: t.Span, Place: t.NameSpan})
			}
		}
	}
	return out
}

// Folds are the blocks of a script, comments of several lines.
func (Script) Folds(g ask.Ground, file string) []ask.Fold {
	p, ok := open(g, file)
	if !ok || p.lang != recipe.Shell {
		return nil
	}
	f := p.parsed()
	if f == nil {
		return nil
	}
	var folds []ask.Fold
	var comments []source.Span
	shell.Walk(f, func(n shell.Node) bool {
		switch n := n.(type) {
		case *shell.FuncDecl, *shell.IfClause, *shell.WhileClause, *shell.ForClause, *shell.CaseClause:
			if s := p.span(n); strings.Contains(s.Of(p.text), "\n") {
				folds = append(folds, ask.Fold{Span: s, Kind: ask.FoldBlock})
			}
		case *shell.Comment:
			if s := p.span(n); strings.TrimSpace(p.text[reply.Line(p.text, s.Start).Start:s.Start]) == "" {
				comments = append(comments, s)
			}
		}
		return true
	})
	slices.SortFunc(comments, func(a, b source.Span) int { return a.Start - b.Start })
	folds = append(folds, reply.CommentFolds(p.text, comments)...)
	slices.SortStableFunc(folds, func(a, b ask.Fold) int { return a.Span.Start - b.Span.Start })
	return folds
}

// Hints: a script is read as it is.
func (Script) Hints(ask.Ground, string, source.Span) []ask.Hint { return nil }

var (
	runsOn  = sentence{"recipe of %s: %d instance", "recette de %s : %d instance"}
	runsOnN = sentence{"recipe of %s: %d instances", "recette de %s : %d instances"}
)

// Lenses say whose recipe it is and how many instances run it.
func (Script) Lenses(g ask.Ground, file string) []ask.Lens {
	p, ok := open(g, file)
	if !ok || p.component == nil || !recipe.IsScript(p.relative()) && p.lang != recipe.Manifest {
		return nil
	}
	n := len(p.instances())
	title := runsOnN
	if reply.Single(g.Language, n) {
		title = runsOn
	}
	return []ask.Lens{{Span: reply.Line(p.text, 0), Title: title.In(g.Language, p.component.Name, n)}}
}

// relative is the file below the folder of its recipe.
func (p *page) relative() string {
	rest := strings.TrimPrefix(p.file, path.Join(p.Result.Base, "graph")+"/")
	_, rest, _ = strings.Cut(rest, "/")
	return rest
}

// filesDir is how scripts name the folder of their files.
const filesDir = "ROBOCONF_FILES_DIR"

// Links lead to the files of the recipe that a script reads: what it sources, what it takes from the folder of files.
func (Script) Links(g ask.Ground, file string) (links []ask.Link) {
	p, ok := open(g, file)
	if !ok || p.component == nil || p.lang != recipe.Shell {
		return nil
	}
	add := func(s source.Span, target string) {
		if _, there := g.Text(target); there && s.Len() > 0 {
			links = append(links, ask.Link{Span: s, Target: target, Title: path.Base(target)})
		}
	}
	folder := strings.TrimSuffix(p.file, "/"+p.relative())
	for at := 0; at < len(p.text); {
		line := reply.Line(p.text, at)
		text := line.Of(p.text)
		for _, word := range []string{". ", "source "} {
			trimmed := strings.TrimLeft(text, " \t")
			if rest, ok := strings.CutPrefix(trimmed, word); ok {
				name := strings.TrimSpace(rest)
				start := line.Start + strings.Index(text, rest)
				add(source.Span{Start: start, End: start + len(strings.TrimRight(rest, " \t\r"))}, path.Join(path.Dir(p.file), name))
			}
		}
		if n := strings.Index(text, filesDir); n >= 0 {
			rest := text[n+len(filesDir):]
			slash := strings.IndexByte(rest, '/')
			if slash >= 0 && strings.Trim(rest[:slash], `"}'`) == "" {
				name := rest[slash+1:]
				if end := strings.IndexFunc(name, func(c rune) bool { return strings.ContainsRune(" \t\r\"'`;|&<>()${}", c) }); end >= 0 {
					name = name[:end]
				}
				start := line.Start + n + len(filesDir) + slash + 1
				add(source.Span{Start: start, End: start + len(name)}, path.Join(folder, "files", name))
			}
		}
		at = line.End + 1
	}
	return links
}
