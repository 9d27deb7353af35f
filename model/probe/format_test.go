package probe

import (
	"slices"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"headers", "  [event  FILE e1 ] /srv/flag\n[EVENT docker e2   every  5s ]\n", "[EVENT file e1]\n/srv/flag\n\n[EVENT docker e2 every 5s]\n"},
		{"blank lines, comments", "\n\n# a \n\n\n[EVENT file e]\n\n# b\n  /x\n# c\n[EVENT docker f]\n\n\n\n", "# a\n\n[EVENT file e]\n# b\n/x\n\n# c\n[EVENT docker f]\n"},
		{"PRB-20 file", "[EVENT file e]\ndelete  IF exists  /a  b\n", "[EVENT file e]\nDelete if exists /a  b\n"},
		{"PRB-21 rest", "[EVENT rest e]\ncheck   http://{{ h }}/x  that load  >  5  %\n", "[EVENT rest e]\nCheck http://{{ h }}/x THAT load > 5  %\n"},
		{"PRB-22 nagios", "[EVENT nagios e]\nnagios  Configuration at h:1\n GET  hosts\nnotify if a  = 2\n", "[EVENT nagios e]\nNagios configuration at h:1\nGET  hosts\nNotify if a = 2\n"},
		{"4.4 our handlers", "[EVENT tcp e]\ncheck  h:1  that connects  for 10s\n", "[EVENT tcp e]\nCheck h:1 THAT connects  for 10s\n"},
		{"PRB-12 what would be a comment below", "[EVENT docker e]   # x\n", "[EVENT docker e] # x\n"},
		{"PRB-13 lost text keeps its bytes", "  lost  \n[event x]  \n  lost too \n[event file e]\n/a", "  lost  \n[event x]  \n  lost too \n\n[EVENT file e]\n/a\n"},
		{"PRB-15 parameters in headers", " [event  {{ h }}  e] {{ c }} \n  x\n", "[event  {{ h }}  e] {{ c }}\nx\n"},
		{"CRLF", "[event file e]\r\n/a\r\n", "[EVENT file e]\r\n/a\r\n"},
		{"", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Format(c.text); got != c.want {
				t.Errorf("%q\ngot  %q\nwant %q", c.text, got, c.want)
			}
			law(t, c.text)
		})
	}
}

// law holds what is true of every layout: once is enough, sections and comments are the same, with parameters or without.
func law(t *testing.T, text string) {
	t.Helper()
	once := Format(text)
	if twice := Format(once); twice != once {
		t.Errorf("%q\nonce  %q\ntwice %q", text, once, twice)
	}
	for _, parameters := range []map[string]string{nil, {"a": "x y", "h": "file", "c": "# no comment"}} {
		if before, after := meaning(text, parameters), meaning(once, parameters); !slices.Equal(before, after) {
			t.Errorf("%q became\n%q\nbefore %q\nafter  %q", text, once, before, after)
		}
	}
}

// meaning are the sections, the words of their content without letter case, then comments and findings.
func meaning(text string, parameters map[string]string) (out []string) {
	f := Parse("App.measures", text, parameters)
	for _, s := range f.Sections {
		one := s.Handler.Text + " " + s.Event.Text
		for _, w := range s.Attributes {
			one += " " + w.Text
		}
		for _, w := range s.Content {
			one += "|" + strings.ToLower(strings.Join(strings.Fields(w.Text), " "))
		}
		out = append(out, one)
	}
	for _, p := range f.Problems {
		out = append(out, string(p.Code))
	}
	for _, r := range Rows(text) {
		if r.Kind == Comment {
			out = append(out, r.Text.Of(text))
		}
	}
	return out
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{
		"", "[event", "[EVENT file e] /a", "\uFEFFx\n[EVENT rest e]\ncheck http://h that a  = 1", "# x\n[EVENT nagios {{e}} every 5s]\n\n\nnagios  configuration at h:1\nnotify if a = 1",
		"[EVENT TCP e]\n{{ {{ a }} }}\n]\n[EVENT docker \xff]", "[EVENT file e] {{ c }}\nDelete if  exists %TMP%/../x\r\n#\n\n", "[EVENT {{ h }} e] [event x]\nCheck a that that b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 4096 {
			law(t, text)
		}
	})
}

func BenchmarkFormat(b *testing.B) {
	src := strings.Repeat("# Is it busy?\n[event REST busy-1]\n\ncheck  http://{{ host }}/status  that load > 5\n\n\n[EVENT file flag]  /srv/flag\n", 200)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Format(src)
	}
}
