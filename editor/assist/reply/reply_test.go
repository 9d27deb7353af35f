package reply

import (
	"fmt"
	"testing"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

func TestItemsAreSortedByLikeness(t *testing.T) {
	text := "x st"
	items := At(text, source.Span{Start: 2, End: 4}, 4)
	for n, label := range []string{"deploy and start all", "stop all", "status", "shut", "steal"} {
		items.Word(n%2, ask.KindKeyword, label, "", "")
	}
	items.Word(0, ask.KindKeyword, "stop all", "", "again")
	var got string
	for _, i := range items.Completion().Items {
		got += fmt.Sprintf("%s %s|", i.Sort, i.Label)
	}
	if want := "0000 status|0001 steal|0002 stop all|0003 deploy and start all|0004 shut|"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestMoreItemsThanAreShown(t *testing.T) {
	items := At("", source.Span{}, 0)
	for n := range limit + 1 {
		items.Word(0, ask.KindText, fmt.Sprint(n), "", "")
	}
	if c := items.Completion(); len(c.Items) != limit || !c.Incomplete {
		t.Errorf("%d items, incomplete: %v", len(c.Items), c.Incomplete)
	}
}

func TestSnippets(t *testing.T) {
	for snippet, want := range map[string]string{
		"create ${1:Host} as ${2:h 1}$0": "create Host as h 1", `define v = \$(UUID\)`: "define v = $(UUID)", "a ${1} b": "a  b", "{{ ${1:x} }}": "{{ x }}",
		Escape(`$(a) } \`): `$(a) } \`, "${1:" + Escape("$(n)}") + "}": "$(n)}",
	} {
		if got := Plain(snippet); got != want {
			t.Errorf("%s: got %q, want %q", snippet, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	s := Sentence{"%d rules", "%d règles"}
	if got := s.In(diag.French, 3) + Count(diag.French, 0, Sentence{"%d rule", "%d règle"}, s); got != "3 règles0 règle" {
		t.Errorf("got %s", got)
	}
	if got := List(diag.English, []string{"a", "b`", "", "d", "e", "f", "g", "h", "i", "j"}); got != "`a`, `` b` ``, `\"\"`, `d`, `e`, `f`, `g`, `h` and 2 more" {
		t.Errorf("got %s", got)
	}
}
