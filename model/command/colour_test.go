package command

import (
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/syntax"
)

// Colours of a script: keywords, names, variables, comments, what is not known.
func TestTokens(t *testing.T) {
	src := "create Host as $(x) under /b # c\nnonsense\nstop \\\n all instances of Host\n"
	var b strings.Builder
	marks := map[syntax.Class]string{
		syntax.ClassKeyword: "k", syntax.ClassType: "t", syntax.ClassName: "n", syntax.ClassVariable: "v", syntax.ClassComment: "#",
		syntax.ClassBad: "!", syntax.ClassPunct: "\\",
	}
	for _, token := range Parse("a", "a", src).Tokens() {
		if mark, ok := marks[token.Class]; ok {
			b.WriteString(mark + "[" + token.Span.Of(src) + "]")
		}
	}
	want := "k[create]t[Host]k[as]v[$(x)]k[under]n[/b]#[# c]![nonsense]k[stop \\\n all]k[instances]k[of]t[Host]"
	if got := b.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
