package command

import (
	"slices"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"words", "  CREATE   Host\tAs  h 2 \nStop  ALL/b\nchange STATUS of /b to  deployed", "create Host as h 2\nstop all /b\nchange status of /b to deployed\n"},
		{"what people say stays", "rename /h  1 as B  c\nwrite  a  AS b  Into  /f\n", "rename /h  1 as B  c\nwrite a  AS b into /f\n"},
		{"definitions", "Define n=h $(SMART_INDEX)  UNDER  /b\ndefine  =x\ndefine e=\n", "define n = h $(SMART_INDEX) under /b\ndefine = x\ndefine e =\n"},
		{"addresses", "email a@b,c@d ,e@f  With  x ,y\nemail , a@b with z", "email a@b, c@d, e@f with x ,y\nemail , a@b with z\n"},
		{"comments", "# one  \n\n\n\n  #two\nstop all /b   # three\t\nstop all /b# four", "# one\n\n#two\nstop all /b   # three\nstop all /b # four\n"},
		{"blank lines", "\n\n stop all /b\n \n\t\nstop all /b\n\n\n", "stop all /b\n\nstop all /b\n"},
		{"CMD-2 joints", "stop   \\ \n\n   ALL \\\n    /h\\\n   1\n", "stop \\\n\tall \\\n\t/h\\\n\t1\n"},
		{"CMD-2 a joint before a comment", "stop all /b   \\\n   # x \\\n y", "stop all /b \\\n\t# x \\\n y\n"},
		{"CMD-12 broken lines", "  reame  /b  \nstop   x\n Rename /b  to c\n", "  reame  /b  \nstop   x\n Rename /b  to c\n"},
		{"CRLF", "Stop all /b\r\n\r\n\r\nnope \nstop all \\\r\n/b\n", "stop all /b\r\n\r\nnope \nstop all \\\r\n\t/b\r\n"},
		{"a byte-order mark", "\uFEFF stop all /b", "stop all /b\n"},
		{"a backslash at the end", "stop all /b \\  ", "stop all /b \\"},
		{"a variable that holds a separator", "define v = b with  c\nemail  $(v)  with  d", "define v = b with  c\nemail  $(v)  with  d\n"},
		{"a variable that holds none", "define v = b\nEmail  $(v)@x  with  d $(UUID)", "define v = b\nemail $(v)@x with d $(UUID)\n"},
		{"a name in a variable", "define a  as  b = 1\ncreate Host as $(a  as  b)", "define a  as  b = 1\ncreate Host as $(a  as  b)\n"},
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

// law holds what is true of every layout: once is enough, the meaning and the comments are the same.
func law(t *testing.T, text string) {
	t.Helper()
	once := Format(text)
	if twice := Format(once); twice != once {
		t.Errorf("%q\nonce  %q\ntwice %q", text, once, twice)
	}
	before, after := meaning(text), meaning(once)
	if !slices.Equal(before, after) {
		t.Errorf("%q became\n%q\nbefore %q\nafter  %q", text, once, before, after)
	}
}

// meaning is what a script does, with its comments.
func meaning(text string) (out []string) {
	f := Parse("me", "me", text)
	c := shop()
	c.Instances["/fake"] = "Host"
	for _, in := range Run(f, c).Instructions {
		s := string(in.Kind) + " " + in.Verb + " " + in.Given
		for _, p := range in.parts() {
			s += "|" + p.Text
		}
		if in.Disabled {
			s += " disabled"
		}
		out = append(out, s)
	}
	for _, l := range f.Lines() {
		if l.Comment.Len() > 0 {
			out = append(out, strings.TrimSpace(l.Comment.Of(text)))
		}
	}
	return out
}

// parts are all parts, empty ones included.
func (in *Instruction) parts() []Part {
	return append([]Part{
		in.Path, in.Under, in.Target, in.Status, in.Component, in.Name, in.Variable, in.Value, in.Content, in.File, in.Message, in.Command,
	}, in.To...)
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{
		"", "Create  Host as x # c\n\n\n\nstop \\\n\n all /b\\", "define v = as\ncreate $(v) as $(v)", "\uFEFF\uFEFFstop all/b \\\n # x\\", "email ,a@b,, with  x",
		"define a  b=1\r\nrename /$(a  b)  AS c\r\n", "Associate /b with  $(UUID)", "delete  instances\tof Host#", "define x = $(FORMATTED_TIME ' with ')\nwrite $(x)  into /f",
		"change status of /b to Deployed  and Started", "\\\n\\\nexecute a.Commands", "define $(a = 1 under /b",
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
	src := strings.Repeat("define  n = h $(SMART_INDEX)\nCreate Host  as $(n) # one more\nstop all /$(n)\n\n\ndelete /$(n)\n", 250)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Format(src)
	}
}
