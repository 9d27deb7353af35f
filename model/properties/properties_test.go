package properties_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// MOD-20, MOD-21.
func TestProperties(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // key, value, key, value
	}{
		{"separators", "a = 1\nb: 2\nc 3\nd=4\n e \t= \t5 \nf\n", []string{"a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", ""}},
		{"comments and blanks", "# a = 1\n ! b = 2\n\n  \t\nc = 3 # not a comment\n", []string{"c", "3 # not a comment"}},
		{"continued lines", "a = one, \\\n    two\\\n\tthree\nb = \\\r\n  x\n", []string{"a", "one, twothree", "b", "x"}},
		{"a backslash that is escaped", "a = x\\\\\nb = 1\n", []string{"a", "x\\", "b", "1"}},
		{"escapes", `a\ b\:\= = \t\n\\\:\=\q\u00e9` + "\n", []string{"a b:=", "\t\n\\:=q\u00e9"}},
		{"pairs of code units", `a = \ud83d\ude00 \ud83dx` + "\n", []string{"a", "\U0001F600 \uFFFDx"}},
		{"DEV-32 plain UTF-8", "nom = été\n", []string{"nom", "été"}},
		{"a repeated key", "a = 1\na = 2\n", []string{"a", "1", "a", "2"}},
		{"line ends", "a = 1\r\nb = 2\rc = 3", []string{"a", "1", "b", "2", "c", "3"}},
		{"an end in the middle", "a = \\", []string{"a", ""}},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := properties.Parse(c.text)
			if err := p.Err(); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range p.Entries {
				got = append(got, e.Key, e.Value)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	p := properties.Parse("a = 1\na = 2\n")
	if p.Value("a") != "2" {
		t.Error("MOD-20: the last of equal keys counts")
	}
	for _, bad := range []string{`a = \u12`, `a = \uzzzz`, `\u1`, `a = \ud83d\u12`} {
		if properties.Parse(bad).Err() == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// MOD-25: where keys, values and parts of values stand.
func TestPropertyPlaces(t *testing.T) {
	text := "a = one, \\\n    two\\u0021  \n"
	p := properties.Parse(text)
	e := p.Entries[0]
	if got := e.KeySpan.Of(text); got != "a" {
		t.Errorf("key %q", got)
	}
	if got := e.ValueSpan.Of(text); got != "one, \\\n    two\\u0021" {
		t.Errorf("value %q", got)
	}
	at := strings.Index(e.Value, "two")
	if got := e.Span(at, len(e.Value)).Of(text); got != `two\u0021` {
		t.Errorf("part %q", got)
	}
}

// MOD-26.
func TestSet(t *testing.T) {
	for _, c := range []struct{ text, key, value, want string }{
		{"# x\n name : old\r\nb = 1\n", "name", "new", "# x\nname = new\r\nb = 1\n"},
		{"NAME=old", "name", "", "name = "},
		{"named = 1\nname 2\n", "name", "x", "named = 1\nname 2\n"},
		{"a = 1\na = 2\n", "a", "3", "a = 3\na = 2\n"},
		{"", "a", "1", ""},
	} {
		if got := properties.Set(c.text, c.key, c.value); got != c.want {
			t.Errorf("Set(%q, %q, %q) = %q, want %q", c.text, c.key, c.value, got, c.want)
		}
	}
}

// In a text that is not right everything is read all the same; the fault is placed.
func TestFaults(t *testing.T) {
	text := "a = \\u12 x\nb = 1\n"
	p := properties.Parse(text)
	if p.Value("a") != `\u12 x` || p.Value("b") != "1" {
		t.Errorf("got %+v", p.Entries)
	}
	if got := p.Faults[0].Span.Of(text); got != `\u12` {
		t.Errorf("the fault stands at %q", got)
	}
	if got, want := p.Err().Error(), `decode \u12: four hexadecimal digits expected`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// DSL-2: a byte-order mark is no part of the first key.
func TestByteOrderMark(t *testing.T) {
	if p := properties.Parse("\uFEFFname = a\n"); p.Value("name") != "a" {
		t.Errorf("got %+v", p.Entries)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"separators", "a=1\nb: 2\n  c\t3  \nd =\n e\n = x\n", "a = 1\nb = 2\nc = 3\nd =\ne =\n= x\n"},
		{"comments and blank lines stay", "\n # one \n\n\n! two\na = 1 # value\n \n\n", "\n# one\n\n\n! two\na = 1 # value\n"},
		{"continued lines", "a = one, \\\n  two\\\n\n b=\\\nx\n", "a = one, \\\n    two\nb = \\\n    x\n"},
		{"escapes stay", `a\ b\:\= =\ x\u00e9\ ` + "  ", `a\ b\:\= = \ x\u00e9\ ` + "\n"},
		{"a value that starts like a separator", "a : = 1\nb = : 2", "a = = 1\nb = : 2\n"},
		{"faults stay", `a = \u1` + "\n", `a = \u1` + "\n"},
		{"line ends of the first line", "\uFEFFa=1\r\nb=2\nc=3\\\r\n4", "a = 1\r\nb = 2\r\nc = 3\\\r\n    4\r\n"},
		{"nothing", "", ""},
		{"blanks only", " \n\n", ""},
		{"a key in two lines", "ke\\\n  y = v", "ke\\\n    y = v\n"},
		{"a backslash at the end", `a = x\`, "a = x\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := properties.Format(c.text); got != c.want {
				t.Errorf("got\n%q, want\n%q", got, c.want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	text := "# c\na = one\\\n  two\\u12\n"
	var got []string
	for _, tok := range properties.Parse(text).Tokens() {
		if tok.Class != syntax.ClassPlain {
			got = append(got, fmt.Sprintf("%d %q", tok.Class, tok.Span.Of(text)))
		}
	}
	want := []string{
		fmt.Sprintf("%d %q", syntax.ClassComment, "# c"), fmt.Sprintf("%d %q", syntax.ClassProperty, "a"),
		fmt.Sprintf("%d %q", syntax.ClassPunct, "="), fmt.Sprintf("%d %q", syntax.ClassValue, "one"),
		fmt.Sprintf("%d %q", syntax.ClassPunct, `\`), fmt.Sprintf("%d %q", syntax.ClassValue, "two"),
		fmt.Sprintf("%d %q", syntax.ClassBad, `\u12`),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// entries is what a text means.
func entries(text string) (out []string) {
	f := properties.Parse(text)
	for _, l := range f.Lines {
		switch l.Kind {
		case properties.Property:
			out = append(out, "="+l.Entry.Key, l.Entry.Value)
		case properties.Comment:
			out = append(out, strings.TrimFunc(l.Span.Of(text), func(c rune) bool { return c <= ' ' }))
		}
	}
	return out
}

// The laws: lossless; every place lies in the text; format is done once, and keeps the meaning.
func FuzzProperties(f *testing.F) {
	for _, seed := range []string{
		"name = shop\nversion: 1.0\n", "a\\ b = \\\n  x\\u00e9\\\n", "#\n!\n\r\n = : \n", "exports = a.b as c, d\nexports-prefix P\n", `\ud83d\ude00`, "a = \xff\n",
		"a = x\\\n  \\\n y\\ \n", "\\\n#k\\\n = v", "\uFEFFa=1\r b = \\\r\n 2\r\n", `a = \u12\`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := properties.Parse(text)
		checkPlaces(t, text, p)
		var whole strings.Builder
		for _, tok := range p.Tokens() {
			whole.WriteString(tok.Span.Of(text))
		}
		if whole.String() != text {
			t.Fatalf("%q: tokens say %q", text, whole.String())
		}
		laid := properties.Format(text)
		if again := properties.Format(laid); again != laid {
			t.Errorf("%q: laid out once %q, twice %q", text, laid, again)
		}
		if got, want := entries(laid), entries(text); !slices.Equal(got, want) {
			t.Errorf("%q means %q, laid out as %q it means %q", text, want, laid, got)
		}
		if got := properties.Set(text, "name", "x"); got != text {
			if again := properties.Set(got, "name", "x"); again != got {
				t.Errorf("%q: set twice: %q, %q", text, got, again)
			}
		}
	})
}

func checkPlaces(t *testing.T, text string, p *properties.File) {
	t.Helper()
	at := len(text) - len(strings.TrimPrefix(text, "\uFEFF"))
	for _, l := range p.Lines {
		if l.Span.Start != at || l.Span.End <= at {
			t.Fatalf("%q: a line stands at %v, the one before ends at %d", text, l.Span, at)
		}
		at = l.Span.End
		if l.Kind != properties.Property {
			continue
		}
		e, last := l.Entry, l.Span.Start
		for _, s := range []source.Span{e.KeySpan, e.Separator, e.ValueSpan} {
			if s.Start < last || s.End < s.Start || s.End > l.Span.End {
				t.Fatalf("%q: %+v stands at %v", text, e, s)
			}
			last = s.End
		}
		if e.Span(0, len(e.Value)) != e.ValueSpan {
			t.Fatalf("%q: the value of %q stands at %v and %v", text, e.Key, e.Span(0, len(e.Value)), e.ValueSpan)
		}
		if plain := e.ValueSpan.Of(text); !strings.Contains(plain, `\`) && strings.ToValidUTF8(plain, "") == plain && plain != e.Value {
			t.Errorf("%q: value %q, text %q", text, e.Value, plain)
		}
	}
	if at != len(text) {
		t.Fatalf("%q: lines end at %d", text, at)
	}
}

func BenchmarkFormat(b *testing.B) {
	text := strings.Repeat("# What it is for.\nexports = Shop.ip as ip, \\\n  Shop.port as port\nname=a\n\n", 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		properties.Format(text)
	}
}

// A key that is added leaves every comment above what it stood above, and is read.
func TestRoom(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "k = v\n",
		"\uFEFF":                          "\uFEFFk = v\n",
		"# About the file.\n":             "# About the file.\nk = v\n",
		"# About the file.":               "# About the file.\nk = v",
		"# About a.\na = 1\n# b\nb = 2\n": "# About a.\na = 1\nk = v\n# b\nb = 2\n",
		"a = 1":                           "a = 1\nk = v",
		"a: 1\r\nb: 2\r\n":                "a: 1\r\nk = v\r\nb: 2\r\n",
		"a = 1 \\\n  2\nb = 3\n":          "a = 1 \\\n  2\nk = v\nb = 3\n",
		"a = 1 \\":                        "k = v\na = 1 \\",
	} {
		at, line := properties.Parse(text).Room("k", "v")
		got := text[:at] + line + text[at:]
		if f := properties.Parse(got); got != want || f.Value("k") != "v" || f.Value("a") != properties.Parse(text).Value("a") {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
