package refactor

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// block is the text that declares an instance.
type block struct {
	body
	instance *model.Instance
	branch   []*model.Instance // from the root down to the instance
}

// blockOf finds the text of the instance at path.
func blockOf(r *load.Result, path string) (*block, error) {
	branch := model.Branch(r.App.Instances, path)
	if len(branch) == 0 {
		return nil, fmt.Errorf("there is no instance %s", path)
	}
	i := branch[len(branch)-1]
	f := r.Files[i.File]
	if i.File == "" || f == nil || f.Tree == nil {
		return nil, fmt.Errorf("no file declares it")
	}
	start, chunk := f.Tree.ChunkAt(i.Base)
	if chunk == nil || start != i.Base {
		return nil, fmt.Errorf("no file declares it")
	}
	b := &block{body: body{file: i.File, text: f.Text, base: start}, instance: i, branch: branch}
	at := f.Lines.Position(start + i.Header.Start)
	node, found := nodeAt(chunk.Item(), i.Header.Start)
	switch b.node = node; {
	case !found:
		return nil, fmt.Errorf("no file declares it")
	case node.Close().Len() == 0:
		return nil, fmt.Errorf("its block has no closing bracket (%s:%d); add it first", i.File, at.Line)
	case i.NameSpan.Len() == 0:
		return nil, fmt.Errorf("its block has no name (%s:%d); add it first", i.File, at.Line)
	}
	return b, nil
}

// nodeAt finds the instance whose header starts at an offset of the chunk, among a node and those inside it.
func nodeAt(n syntax.Node, header int) (syntax.Node, bool) {
	if n.Kind() != syntax.Instance || header < n.Span().Start || n.Span().End <= header {
		return n, false
	}
	if n.Head().Start == header {
		return n, true
	}
	for child := range n.Children() {
		if found, ok := nodeAt(child, header); ok {
			return found, true
		}
	}
	return n, false
}

// properties gives the lines of the properties that belong to the block itself and that want, in the file. With deep, those of
// the blocks inside it as well.
func (b body) properties(n syntax.Node, deep bool, want func(name string) bool) (lines []source.Span) {
	for child := range n.Children() {
		switch {
		case child.Kind() == syntax.Property && want(syntax.Clean(child.Name().Shift(b.base).Of(b.text))):
			lines = append(lines, child.Span().Shift(b.base))
		case child.Kind() == syntax.Instance && deep:
			lines = append(lines, b.properties(child, deep, want)...)
		}
	}
	return lines
}

// declared is the name as the text gives it: without the index of a copy.
func (b *block) declared() string {
	return syntax.Clean(b.instance.NameSpan.Shift(b.instance.Base).Of(b.text))
}

// lineEnd is how the lines of a text end, told by the first line at or after an offset.
func lineEnd(text string, at int) string {
	if n := strings.IndexByte(text[at:], '\n'); n > 0 && text[at+n-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// lineBefore gives the line that ends where another starts; false at the top of the file.
func lineBefore(text string, at int) (source.Span, bool) {
	if at <= top(text) {
		return source.Span{}, false
	}
	start := strings.LastIndexByte(text[:at-1], '\n') + 1
	return source.Span{Start: max(start, top(text)), End: at}, true
}

// lineAt gives the line that starts at an offset, with its line end; false at the end of the file.
func lineAt(text string, at int) (source.Span, bool) {
	if at >= len(text) {
		return source.Span{}, false
	}
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return source.Span{Start: at, End: at + n + 1}, true
	}
	return source.Span{Start: at, End: len(text)}, true
}

// top is where the first line starts: after the byte-order mark (DSL-2).
func top(text string) int { return len(text) - len(strings.TrimPrefix(text, "\uFEFF")) }

func isBlank(line string) bool { return syntax.Trim(line) == "" }

func isComment(line string) bool { return strings.HasPrefix(syntax.Trim(line), "#") }

// indentOf is the white space in front of the line that holds an offset.
func indentOf(text string, at int) string {
	start := max(strings.LastIndexByte(text[:at], '\n')+1, top(text))
	end := start
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	return text[start:end]
}
