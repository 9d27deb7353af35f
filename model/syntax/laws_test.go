package syntax

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/source"
)

// messes is how many texts of each law are made up by an ordinary run of the tests.
const messes = 1500

func TestLawsHoldForMesses(t *testing.T) {
	for seed := range uint64(messes) {
		text := gen.Mess(seed, 1+int(seed%40))
		if !t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { laws(t, text) }) {
			return
		}
	}
}

func TestReparseEqualsParseForMesses(t *testing.T) {
	for seed := range uint64(messes) {
		r := rand.New(rand.NewPCG(seed, 5))
		tree := Parse(gen.Mess(seed, r.IntN(30)))
		for range 6 {
			next := edited(r, tree.Text())
			again := tree.Reparse(next)
			if got, want := dump(again), dump(Parse(next)); got != want {
				t.Fatalf("seed=%d: from %q to %q\nreparsed\n%s\nparsed\n%s", seed, tree.Text(), next, got, want)
			}
			unique(t, again)
			tree = again
		}
	}
}

// edited changes a text as a person does: a piece goes, another one comes.
func edited(r *rand.Rand, text string) string {
	start := r.IntN(len(text) + 1)
	end := start + r.IntN(min(len(text)-start, 1+r.IntN(40))+1)
	put := [...]string{"", "", "{", "}", "\n", "\n\n", "#", ";", "a", "\"", "\r", "VM {\n", "facet x {\n}\n", "\uFEFF", "instance of "}[r.IntN(15)]
	if r.IntN(4) == 0 {
		put = gen.Mess(r.Uint64(), r.IntN(4))
	}
	return text[:start] + put + text[end:]
}

func FuzzParse(f *testing.F) {
	seeds(f, func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) { laws(t, text) })
}

func FuzzReparse(f *testing.F) {
	seeds(f, func(text string) { f.Add(text, len(text)/2, 3, "}\nVM {\n") })
	f.Fuzz(func(t *testing.T, text string, at, gone int, put string) {
		at = max(0, min(at, len(text)))
		gone = max(0, min(gone, len(text)-at))
		next := text[:at] + put + text[at+gone:]
		again := Parse(text).Reparse(next)
		if got, want := dump(again), dump(Parse(next)); got != want {
			t.Fatalf("from %q to %q\nreparsed\n%s\nparsed\n%s", text, next, got, want)
		}
		unique(t, again)
	})
}

func FuzzFormat(f *testing.F) {
	seeds(f, func(text string) { f.Add(text) })
	f.Fuzz(formatLaws)
}

// seeds gives the samples and some messes.
func seeds(f *testing.F, add func(string)) {
	for _, name := range modelFiles("../../samples") {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		add(string(b))
	}
	for seed := range uint64(40) {
		add(gen.Mess(seed, 12))
	}
}

// modelFiles are the graph and instances files below a folder.
func modelFiles(dir string) []string {
	var found []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(path, ".graph") || strings.HasSuffix(path, ".instances")) {
			found = append(found, path)
		}
		return nil
	})
	return found
}

func TestLawsHoldForSamplesAndCorpus(t *testing.T) {
	files := append(modelFiles("../../samples"), modelFiles("../../../shared/corpus")...)
	if len(files) == 0 {
		t.Skip("neither samples nor the conformance corpus are here")
	}
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			laws(t, string(b))
		})
	}
}

// laws are what holds for any bytes.
func laws(t *testing.T, text string) {
	t.Helper()
	tree := Parse(text)
	lossless(t, tree, text)
	for start, c := range tree.Chunks() {
		nodesNest(t, c, c.Nodes(), source.Span{End: len(c.text)})
		for i := range c.nodes {
			accessorsStayInside(t, Node{c, i})
		}
		if c.ahead > len(text)+1-start-len(c.text) {
			t.Errorf("a chunk looked beyond the end: %d", c.ahead)
		}
	}
	tokensCover(t, tree, text)
	formatLaws(t, text)
}

// lossless: DSL-100.
func lossless(t *testing.T, tree *Tree, text string) {
	t.Helper()
	var b strings.Builder
	for start, c := range tree.Chunks() {
		if start != b.Len() || c.Text() == "" {
			t.Fatalf("chunk %q starts at %d, not at %d", c.Text(), b.Len(), start)
		}
		b.WriteString(c.Text())
	}
	if b.String() != text || tree.Text() != text {
		t.Fatalf("the text came back as %q", b.String())
	}
}

// nodesNest: nodes follow each other inside their block.
func nodesNest(t *testing.T, c *Chunk, nodes func(func(Node) bool), in source.Span) {
	t.Helper()
	at := in.Start
	for n := range nodes {
		s := n.Span()
		if s.Start < at || s.End > in.End || s.End < s.Start {
			t.Fatalf("%s %v in %v after %d of %q", n.Kind(), s, in, at, c.text)
		}
		nodesNest(t, c, n.Children(), s)
		at = s.End
	}
}

func accessorsStayInside(t *testing.T, n Node) {
	t.Helper()
	whole := n.Span()
	n.Doc()
	for what, s := range map[string]source.Span{
		"head": n.Head(), "keyword": n.Keyword(), "name": n.Name(), "value": n.Value(), "before": n.Before(),
		"bracket": n.Bracket(), "close": n.Close(), "comment": n.Comment(), "close comment": n.CloseComment(),
	} {
		if s.Start < whole.Start || s.End > whole.End || s.End < s.Start {
			t.Errorf("%s of %s %v is %v in %q", what, n.Kind(), whole, s, n.chunk.text)
		}
	}
	if text := n.Name().Of(n.chunk.text); n.Kind() != Property && Trim(text) != text {
		t.Errorf("the name %q is not trimmed", text)
	}
}

// tokensCover: tokens are in order, in the text, and together hold every character that is no blank. A window gives the tokens
// that touch it, no matter how it is cut.
func tokensCover(t *testing.T, tree *Tree, text string) {
	t.Helper()
	var all []Token
	at := 0
	blank := func(s string) bool { return Trim(strings.TrimPrefix(s, byteOrderMark)) == "" }
	for tok := range tree.Tokens(source.Span{End: len(text)}) {
		if tok.Span.Start < at || tok.Span.End > len(text) || !blank(text[at:tok.Span.Start]) {
			t.Fatalf("token %v (%d) after %d in %q", tok.Span, tok.Class, at, text)
		}
		all = append(all, tok)
		at = tok.Span.End
	}
	if !blank(text[at:]) {
		t.Fatalf("no token for %q", text[at:])
	}
	for _, w := range []source.Span{{Start: len(text) / 3, End: len(text) / 2}, {Start: len(text) / 2, End: len(text) / 2}} {
		var want, got []Token
		for _, tok := range all {
			if tok.Span.End >= w.Start && tok.Span.Start <= w.End {
				want = append(want, tok)
			}
		}
		for tok := range tree.Tokens(w) {
			got = append(got, tok)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("window %v of %q gives %v, want %v", w, text, got, want)
		}
	}
}

// formatLaws: once is enough; no comment is lost; without comments no # is left outside quotes (DSL-104).
func formatLaws(t *testing.T, text string) {
	once := Format(text)
	if twice := Format(once); twice != once {
		t.Fatalf("%q becomes\n%q, then\n%q", text, once, twice)
	}
	if before, after := len(commentsOf(text)), len(commentsOf(once)); before != after {
		t.Fatalf("%d comments of %q became %d in %q", before, text, after, once)
	}
	bare := WithoutComments(text)
	if left := commentsOf(bare); len(left) > 0 {
		t.Fatalf("comments stay in %q: %q", bare, left)
	}
}

func commentsOf(text string) []string {
	var found []string
	for tok := range Parse(text).Tokens(source.Span{End: len(text)}) {
		if tok.Class == ClassComment {
			found = append(found, tok.Span.Of(text))
		}
	}
	return found
}

// unique: no chunk stands twice in a tree.
func unique(t *testing.T, tree *Tree) {
	t.Helper()
	seen := map[*Chunk]bool{}
	for _, c := range tree.Chunks() {
		if seen[c] {
			t.Fatalf("a chunk stands twice: %q", c.Text())
		}
		seen[c] = true
	}
}

// dump shows everything that a tree says.
func dump(tree *Tree) string {
	var b strings.Builder
	fmt.Fprintln(&b, tree.Kind(), tree.Errors())
	for start, c := range tree.Chunks() {
		fmt.Fprintf(&b, "%d %q item %d ahead %d bom %t\n", start, c.text, c.item, c.ahead, c.bom)
		for _, n := range c.nodes {
			fmt.Fprintf(&b, "  %s %+v\n", n.kind, n)
		}
	}
	return b.String()
}
