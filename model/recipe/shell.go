package recipe

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/roboconf/workbench/model/source"
)

// largest is the longest script that is parsed; recipes that carry data along are searched only.
const largest = 1 << 20

// readShell parses a script. One that no shell would read is searched for names.
func readShell(text string) *Script {
	if len(text) > largest {
		return guess(text)
	}
	file := parseShell(text)
	if file == nil {
		return guess(text)
	}
	r := shellReader{text: text, built: make(map[string][]Use), indirect: make(map[string]bool)}
	syntax.Walk(file, r.node)
	return r.script()
}

// guess is what a text uses as far as one can tell without parsing it: comments and escaped dollars are left out.
func guess(text string) *Script {
	uses := slices.DeleteFunc(slices.Collect(dollars(text)), func(u Use) bool {
		line := text[strings.LastIndexByte(text[:u.Span.Start], '\n')+1 : u.Span.Start]
		return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") || strings.HasSuffix(strings.TrimRight(line, "${"), `\`)
	})
	return &Script{Uses: uses, Guessed: true}
}

// parseShell tries Bash, which reads what other shells do, then the strict form. nil when neither can read the text.
func parseShell(text string) (file *syntax.File) {
	for _, lang := range []syntax.LangVariant{syntax.LangBash, syntax.LangPOSIX} {
		if f, err := syntax.NewParser(syntax.Variant(lang)).Parse(strings.NewReader(text), ""); err == nil {
			return f
		}
	}
	return nil
}

// shellReader collects names from a syntax tree.
type shellReader struct {
	text string
	uses []Use
	sets []string
	// built are names put together, by the variable that keeps them; indirect are the variables whose value is used as a name.
	built    map[string][]Use
	indirect map[string]bool
	// doubtful says that a position of the tree is not where its text is.
	doubtful bool
}

func (r *shellReader) script() *Script {
	for name := range r.indirect { // each adds its own uses; they are sorted below
		r.uses = append(r.uses, r.built[name]...)
	}
	if r.doubtful {
		return guess(r.text)
	}
	sortUses(r.uses)
	slices.Sort(r.sets)
	return &Script{Uses: slices.Compact(r.uses), Sets: slices.Compact(r.sets)}
}

func (r *shellReader) node(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.ParamExp:
		r.expansion(n)
	case *syntax.Assign:
		r.assignment(n)
	case *syntax.WordIter:
		r.set(n.Name)
	case *syntax.CallExpr:
		r.call(n)
	case *syntax.ArithmExp:
		r.arithmetic(n.X)
	case *syntax.ArithmCmd:
		r.arithmetic(n.X)
	case *syntax.CStyleLoop:
		r.arithmetic(n.Init)
		r.arithmetic(n.Cond)
		r.arithmetic(n.Post)
	case *syntax.LetClause:
		for _, x := range n.Exprs {
			r.arithmetic(x)
		}
	case *syntax.UnaryTest:
		r.test(n)
	}
	return true
}

// use notes a literal that is the name of a variable.
func (r *shellReader) use(l *syntax.Lit) {
	if l == nil || !isName(l.Value) {
		return
	}
	r.uses = append(r.uses, Use{l.Value, r.place(l)})
}

// place is where a literal stands. The end that the parser gives may lie behind a carriage return.
func (r *shellReader) place(l *syntax.Lit) source.Span {
	start := int(l.ValuePos.Offset())
	s := source.Span{Start: start, End: start + len(l.Value)}
	if s.Of(r.text) != l.Value {
		r.doubtful = true
	}
	return s
}

func (r *shellReader) set(l *syntax.Lit) {
	if l != nil && isName(l.Value) {
		r.sets = append(r.sets, l.Value)
	}
}

func (r *shellReader) expansion(n *syntax.ParamExp) {
	if n.Names != 0 {
		return // ${!Tomcat_*}: the start of names
	}
	r.use(n.Param)
	if n.Excl && n.Param != nil {
		r.indirect[n.Param.Value] = true
	}
}

// assignment: a variable gets a value; the value may be a name that is put together, to be used later.
func (r *shellReader) assignment(n *syntax.Assign) {
	if n.Name == nil {
		return
	}
	if n.Naked {
		return // export NAME: it keeps the value that it has
	}
	if !readsItself(n) {
		r.set(n.Name)
	}
	if n.Value != nil {
		if u, ok := r.puzzle(n.Value.Parts); ok {
			r.built[n.Name.Value] = append(r.built[n.Name.Value], u)
		}
	}
}

// readsItself says whether a variable gets a value that depends on its own: x=${x:-default}. It is then still asked for.
func readsItself(n *syntax.Assign) (itself bool) {
	if n.Append {
		return true
	}
	if n.Value == nil {
		return false
	}
	syntax.Walk(n.Value, func(inside syntax.Node) bool {
		if p, ok := inside.(*syntax.ParamExp); ok && p.Param != nil && p.Param.Value == n.Name.Value {
			itself = true
		}
		return !itself
	})
	return itself
}

// puzzle reads a word made of text, an expansion, text: the name Tomcat_${i}_ip.
func (r *shellReader) puzzle(parts []syntax.WordPart) (Use, bool) {
	if len(parts) == 1 {
		if q, ok := parts[0].(*syntax.DblQuoted); ok {
			return r.puzzle(q.Parts)
		}
	}
	if len(parts) != 3 {
		return Use{}, false
	}
	first, isText := parts[0].(*syntax.Lit)
	last, endsSo := parts[2].(*syntax.Lit)
	if !isText || !endsSo || !isName(first.Value) || !isName("_"+last.Value) {
		return Use{}, false
	}
	switch parts[1].(type) {
	case *syntax.ParamExp, *syntax.ArithmExp, *syntax.CmdSubst:
		s := source.Span{Start: r.place(first).Start, End: r.place(last).End}
		return Use{first.Value + "*" + last.Value, s}, true
	}
	return Use{}, false
}

// call: some commands set variables, some use the names that they are given.
func (r *shellReader) call(n *syntax.CallExpr) {
	if len(n.Args) == 0 {
		return
	}
	switch n.Args[0].Lit() {
	case "read", "mapfile", "readarray", "unset":
		for _, w := range n.Args[1:] {
			r.setWord(w)
		}
	case "getopts":
		if len(n.Args) > 2 {
			r.setWord(n.Args[2])
		}
	case "printenv":
		for _, w := range n.Args[1:] {
			r.given(w)
		}
	case "eval":
		for _, w := range n.Args[1:] {
			r.evaluated(w)
		}
	case "printf":
		if len(n.Args) > 2 && n.Args[1].Lit() == "-v" {
			r.setWord(n.Args[2])
		}
	}
}

func (r *shellReader) setWord(w *syntax.Word) {
	if name := w.Lit(); isName(name) {
		r.sets = append(r.sets, name)
	}
}

// given is a word that is the name of a variable.
func (r *shellReader) given(w *syntax.Word) {
	if len(w.Parts) == 1 {
		if l, ok := w.Parts[0].(*syntax.Lit); ok {
			r.use(l)
			return
		}
	}
	if u, ok := r.puzzle(w.Parts); ok {
		r.uses = append(r.uses, u)
	}
}

// evaluated is text that becomes script: \$Tomcat_${i}_ip.
func (r *shellReader) evaluated(w *syntax.Word) {
	s := source.Span{Start: int(w.Pos().Offset()), End: int(w.End().Offset())}
	text := s.Of(r.text)
	for _, start := range []string{`\$`, `\${`} {
		for at := 0; ; {
			n := strings.Index(text[at:], start)
			if n < 0 {
				break
			}
			at += n + len(start)
			first := wordEnd(text, at)
			if first == at || first >= len(text) || text[first] != '$' {
				continue
			}
			open := first + 1
			if open < len(text) && text[open] == '{' {
				open++
			}
			if u, ok := around(text, first, open, wordEnd(text, open)); ok {
				u.Span = u.Span.Shift(s.Start)
				r.uses = append(r.uses, u)
			}
		}
	}
}

// arithmetic: names stand without a dollar there.
func (r *shellReader) arithmetic(x syntax.ArithmExpr) {
	if x == nil {
		return
	}
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.BinaryArithm:
			if w, ok := n.X.(*syntax.Word); ok && n.Op == syntax.Assgn {
				r.setWord(w)
				r.arithmetic(n.Y)
				return false
			}
		case *syntax.Word:
			if l, ok := onlyLit(n); ok {
				r.use(l)
			}
		case *syntax.ParamExp, *syntax.CmdSubst:
			return false // the walk around reads them
		}
		return true
	})
}

func onlyLit(w *syntax.Word) (*syntax.Lit, bool) {
	if len(w.Parts) != 1 {
		return nil, false
	}
	l, ok := w.Parts[0].(*syntax.Lit)
	return l, ok
}

// test: [[ -v NAME ]].
func (r *shellReader) test(n *syntax.UnaryTest) {
	if w, ok := n.X.(*syntax.Word); ok && n.Op == syntax.TsVarSet {
		r.given(w)
	}
}

// isName says whether a text can be the name of a variable.
func isName(s string) bool { return s != "" && wordEnd(s, 0) == len(s) && !isDigit(s[0]) }
