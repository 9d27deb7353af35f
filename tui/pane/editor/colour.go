package editor

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/tui/theme"
)

// tint is the role of a piece of text.
type tint struct {
	span source.Span
	role theme.Role
}

// look is what colours a file need, kept between frames.
type look struct {
	tree    *syntax.Tree
	version int // of the buffer that tree or tokens were made from; counted from 1
	tokens  []ask.Token
	tints   []tint
}

// language is how a file is coloured.
type language uint8

const (
	plain language = iota
	graphs
	others // the other languages of an application
	shell
	properties
)

func languageOf(file, text string) language {
	switch path.Ext(file) {
	case ".graph", ".instances":
		return graphs
	case ".commands", ".drl", ".measures":
		return others
	case ".sh", ".bash", ".bats":
		return shell
	case ".properties", ".ini", ".conf", ".cfg":
		return properties
	}
	if strings.HasPrefix(text, "#!") && strings.Contains(strings.SplitN(text, "\n", 2)[0], "sh") {
		return shell
	}
	return plain
}

// tree is the syntax tree of the text now: that of the snapshot when it is of the same text.
func (p *Pane) tree(t *tab) *syntax.Tree {
	if t.language() != graphs {
		return nil
	}
	version := t.buf.Version() + 1
	if t.look.version == version {
		return t.look.tree
	}
	s := t.buf.String()
	switch {
	case p.snapTree(t.file, s) != nil:
		t.look.tree = p.snapTree(t.file, s)
	case t.look.tree != nil:
		t.look.tree = t.look.tree.Reparse(s)
	default:
		t.look.tree = syntax.Parse(s)
	}
	t.look.version = version
	return t.look.tree
}

// snapTree is the snapshot's tree of a file, if it is of this text.
func (p *Pane) snapTree(file, text string) *syntax.Tree {
	if p.snap == nil || p.snap.Result == nil {
		return nil
	}
	if f := p.snap.Result.Files[file]; f != nil && f.Tree != nil && f.Text == text {
		return f.Tree
	}
	return nil
}

func (t *tab) language() language {
	return languageOf(t.file, t.buf.Text().Slice(source.Span{End: 80}))
}

// classes are the looks of the classes of tokens.
var classes = map[syntax.Class]theme.Role{
	syntax.ClassComment: theme.SynComment, syntax.ClassKeyword: theme.SynKeyword, syntax.ClassProperty: theme.SynProperty,
	syntax.ClassType: theme.SynType, syntax.ClassVariable: theme.SynVariable, syntax.ClassValue: theme.SynValue,
	syntax.ClassString: theme.SynString, syntax.ClassName: theme.SynName, syntax.ClassPunct: theme.SynPunct, syntax.ClassBad: theme.SynBad,
}

// colour gives the tints of a window of whole lines, in order.
func (p *Pane) colour(t *tab, window source.Span) []tint {
	tints := t.look.tints[:0]
	switch t.language() {
	case graphs:
		for token := range p.tree(t).Tokens(window) {
			if role, ok := classes[token.Class]; ok {
				tints = append(tints, tint{token.Span, role})
			}
		}
	case others:
		for _, token := range p.tokens(t) {
			if role, ok := classes[token.Class]; ok && token.Span.End > window.Start && token.Span.Start < window.End {
				tints = append(tints, tint{token.Span, role})
			}
		}
	case shell:
		tints = lines(tints, t.buf.Text().Slice(window), window.Start, shellLine)
	case properties:
		tints = lines(tints, t.buf.Text().Slice(window), window.Start, propertyLine)
	}
	t.look.tints = tints
	return tints
}

// tokens are the colours of a text in one of the other languages. While the snapshot is of an older text, the older ones stay.
func (p *Pane) tokens(t *tab) []ask.Token {
	version := t.buf.Version() + 1
	if t.look.version == version || p.snap == nil || p.snap.Result == nil {
		return t.look.tokens
	}
	ground := p.snap.Ground(p.options.Language)
	if text, ok := ground.Text(t.file); ok && text == t.buf.String() {
		t.look.tokens, t.look.version = assist.Of(t.file).Colors(ground, t.file), version
	}
	return t.look.tokens
}

// lines colours a text line by line: what a line means does not depend on those before it.
func lines(tints []tint, s string, at int, line func([]tint, string, int) []tint) []tint {
	for l := range strings.Lines(s) {
		tints = line(tints, strings.TrimRight(l, "\r\n"), at)
		at += len(l)
	}
	return tints
}

func mark(tints []tint, at, from, to int, role theme.Role) []tint {
	return append(tints, tint{source.Span{Start: at + from, End: at + to}, role})
}

func propertyLine(tints []tint, l string, at int) []tint {
	body := strings.TrimLeft(l, " \t")
	start := len(l) - len(body)
	if body == "" {
		return tints
	}
	if body[0] == '#' || body[0] == '!' || body[0] == ';' {
		return mark(tints, at, start, len(l), theme.SynComment)
	}
	if body[0] == '[' {
		return mark(tints, at, start, len(l), theme.SynType)
	}
	i := strings.IndexAny(body, "=: \t")
	if i < 0 {
		return mark(tints, at, start, len(l), theme.SynProperty)
	}
	tints = mark(tints, at, start, start+i, theme.SynProperty)
	value := strings.TrimLeft(body[i:], " \t")
	if value != "" && (value[0] == '=' || value[0] == ':') {
		sign := len(l) - len(value)
		tints = mark(tints, at, sign, sign+1, theme.SynPunct)
		value = value[1:]
	}
	return mark(tints, at, len(l)-len(value), len(l), theme.SynValue)
}

// shellWords are the reserved words of shells, with the commands that act on the shell itself.
var shellWords = map[string]bool{
	"if": true, "then": true, "else": true, "elif": true, "fi": true, "for": true, "while": true, "until": true, "do": true,
	"done": true, "case": true, "esac": true, "in": true, "function": true, "select": true, "time": true, "return": true,
	"exit": true, "local": true, "export": true, "readonly": true, "declare": true, "set": true, "unset": true, "shift": true,
	"source": true, "trap": true, "eval": true, "exec": true, "break": true, "continue": true,
}

func shellLine(tints []tint, l string, at int) []tint {
	for i := 0; i < len(l); {
		c, end := l[i], i+1
		switch {
		case c == '#' && (i == 0 || strings.IndexByte(" \t;(&|", l[i-1]) >= 0):
			return mark(tints, at, i, len(l), theme.SynComment)
		case c == '\\':
			end = min(i+2, len(l))
		case c == '\'':
			end = quoted(l, i, '\'')
			tints = mark(tints, at, i, end, theme.SynString)
		case c == '"':
			end = quoted(l, i, '"')
			tints = doubleQuoted(tints, l, at, i, end)
		case c == '$':
			end = expansion(l, i)
			tints = mark(tints, at, i, end, theme.SynVariable)
		case strings.IndexByte("|&;()<>{}[]", c) >= 0:
			tints = mark(tints, at, i, end, theme.SynPunct)
		case wordByte(c):
			end = wordEnd(l, i)
			tints = shellWord(tints, l, at, i, end)
		}
		i = end
	}
	return tints
}

func shellWord(tints []tint, l string, at, i, end int) []tint {
	switch {
	case shellWords[l[i:end]]:
		return mark(tints, at, i, end, theme.SynKeyword)
	case end < len(l) && l[end] == '=' && (i == 0 || l[i-1] == ' ' || l[i-1] == '\t'):
		return mark(tints, at, i, end, theme.SynProperty)
	}
	return tints
}

// quoted is the end of a string that starts at i; a string without an end takes the line.
func quoted(l string, i int, q byte) int {
	for j := i + 1; j < len(l); j++ {
		if l[j] == '\\' && q == '"' {
			j++
		} else if l[j] == q {
			return j + 1
		}
	}
	return len(l)
}

// doubleQuoted colours a string with the expansions in it.
func doubleQuoted(tints []tint, l string, at, i, end int) []tint {
	from := i
	for j := i + 1; j < end; j++ {
		if l[j] == '\\' {
			j++
			continue
		}
		if l[j] != '$' {
			continue
		}
		to := min(expansion(l, j), end)
		if to == j+1 {
			continue
		}
		tints = mark(mark(tints, at, from, j, theme.SynString), at, j, to, theme.SynVariable)
		from, j = to, to-1
	}
	return mark(tints, at, from, end, theme.SynString)
}

// expansion is the end of $name, ${...} or $(; a $ alone ends after itself.
func expansion(l string, i int) int {
	switch rest := l[i+1:]; {
	case rest == "":
		return i + 1
	case rest[0] == '{':
		if n := strings.IndexByte(rest, '}'); n >= 0 {
			return i + 1 + n + 1
		}
		return len(l)
	case strings.IndexByte("?!#@*$-0123456789", rest[0]) >= 0:
		return i + 2
	}
	return wordEnd(l, i+1)
}

func wordByte(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func wordEnd(l string, i int) int {
	for i < len(l) && wordByte(l[i]) {
		i++
	}
	return i
}
