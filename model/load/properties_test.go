package load_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/source"
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
			p, err := load.ParseProperties(c.text)
			if err != nil {
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
	p, _ := load.ParseProperties("a = 1\na = 2\n")
	if p.Value("a") != "2" {
		t.Error("MOD-20: the last of equal keys counts")
	}
	for _, bad := range []string{`a = \u12`, `a = \uzzzz`, `\u1`, `a = \ud83d\u12`} {
		if _, err := load.ParseProperties(bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// MOD-25: where keys, values and parts of values stand.
func TestPropertyPlaces(t *testing.T) {
	text := "a = one, \\\n    two\\u0021  \n"
	p, err := load.ParseProperties(text)
	if err != nil {
		t.Fatal(err)
	}
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
func TestSetProperty(t *testing.T) {
	for _, c := range []struct{ text, key, value, want string }{
		{"# x\n name : old\r\nb = 1\n", "name", "new", "# x\nname = new\r\nb = 1\n"},
		{"NAME=old", "name", "", "name = "},
		{"named = 1\nname 2\n", "name", "x", "named = 1\nname 2\n"},
		{"a = 1\na = 2\n", "a", "3", "a = 3\na = 2\n"},
		{"", "a", "1", ""},
	} {
		if got := load.SetProperty(c.text, c.key, c.value); got != c.want {
			t.Errorf("SetProperty(%q, %q, %q) = %q, want %q", c.text, c.key, c.value, got, c.want)
		}
	}
}

// MOD-24.
func TestPlainName(t *testing.T) {
	for display, want := range map[string]string{
		"plain": "plain", "Été à Ōsaka": "Ete a Osaka", "e\u0301": "e", "œuvre": "œuvre", "Ñandú (2)": "Nandu (2)", "": "",
	} {
		if got := load.PlainName(display); got != want {
			t.Errorf("%q: got %q, want %q", display, got, want)
		}
	}
}

// Every place lies in the text, and the text of a place without escapes is the value.
func FuzzProperties(f *testing.F) {
	for _, seed := range []string{
		"name = shop\nversion: 1.0\n", "a\\ b = \\\n  x\\u00e9\\\n", "#\n!\n\r\n = : \n", "exports = a.b as c, d\nexports-prefix P\n", `\ud83d\ude00`, "a = \xff\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := load.ParseProperties(text)
		if err != nil && !strings.Contains(text, `\`) {
			t.Errorf("%q: %v", text, err)
		}
		last := 0
		for _, e := range p.Entries {
			for _, s := range []source.Span{e.KeySpan, e.ValueSpan, e.Span(0, len(e.Value))} {
				if s.Start < last || s.End < s.Start || s.End > len(text) {
					t.Fatalf("%q: %+v stands at %v", text, e, s)
				}
			}
			last = e.KeySpan.End
			if plain := e.ValueSpan.Of(text); !strings.Contains(plain, `\`) && plain != e.Value {
				t.Errorf("%q: value %q, text %q", text, e.Value, plain)
			}
		}
		load.Describe(p)
		if got := load.SetProperty(text, "name", "x"); got != text {
			if again := load.SetProperty(got, "name", "x"); again != got {
				t.Errorf("%q: set twice: %q, %q", text, got, again)
			}
		}
	})
}
