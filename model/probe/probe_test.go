package probe

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

func shown(src string, list []diag.Problem) []string {
	lines := source.NewLines(src)
	list = slices.Clone(list)
	for i := range list {
		list[i].Range = lines.Range(list[i].Place.Span)
	}
	diag.Sort(list)
	var out []string
	for _, p := range list {
		s := fmt.Sprintf("%d:%d-%d %s", p.Range.Start.Line, p.Range.Start.Column, p.Range.End.Column, p.Code)
		for _, d := range p.Details {
			s += " (" + d.Text + ")"
		}
		out = append(out, s)
	}
	return out
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		sections   string // handler, event, validity
		want       []string
	}{
		{"4.5 file", "[EVENT file e1]\n/srv/flag\n", "file e1 ok", nil},
		{"4.5 one line", "[event FILE e1] /srv/flag", "file e1 ok", nil},
		{"4.5 text before", "/srv/flag\n[EVENT file e1]\n/srv/other", "file e1 ok", []string{"1:1-10 X_PROBE_TEXT_BEFORE_HEADER"}},
		{"4.5 no event", "[EVENT file]\n/srv/flag", "", []string{"1:1-13 X_PROBE_MALFORMED_HEADER"}},
		{"4.5 no handler of that name", "[EVENT fiel e1]\n/srv/flag", "", []string{"1:8-12 X_PROBE_UNKNOWN_HANDLER (fiel)"}},
		{"4.5 two paths", "[EVENT file e1]\n/a\n/b", "file e1 no", []string{"3:1-3 X_PROBE_INVALID_CONTENT (/b)"}},
		{"4.5 blanks around the operator", "[EVENT rest e2]\nCheck http://h/q THAT load>5", "rest e2 no", []string{
			"2:1-29 X_PROBE_INVALID_CONTENT (Check http://h/q THAT load>5)",
		}},
		{"4.5 no parameter file", "[EVENT file e1]\n {{ dir }}/x", "file e1 ok", []string{"2:2-11 X_PROBE_UNKNOWN_PARAMETER (dir)"}},
		{"4.5 docker", "[EVENT docker down]", "docker down ok", nil},
		{"PRB-10 blanks and comments", "# a\n\n  # b\n [EVENT file e] # no comment\n", "file e ok", nil},
		{"PRB-13 the other sections still work", "[event\nx\n[EVENT file e]\n/a", "file e ok", []string{"1:1-7 X_PROBE_MALFORMED_HEADER"}},
		{"PRB-13 glued", "[eventx file e]", "", []string{"1:1-16 X_PROBE_MALFORMED_HEADER"}},
		{"PRB-14", "[EVENT file e]\n/a\n[EVENT docker e]\n", "file e ok, docker e ok", []string{"3:15-16 X_PROBE_DUPLICATE_EVENT (e)"}},
		{"no path", "[EVENT file e]\n", "file e no", []string{"1:1-15 X_PROBE_INVALID_CONTENT ()"}},
		{"PRB-20 forms", "[EVENT file a]\nDELETE if  exists /tmp/x\n[EVENT file b]\nnotify if not exists /x\n[EVENT file c]\nnotify if not exists", "file a ok, file b ok, file c no", []string{
			"6:1-21 X_PROBE_INVALID_CONTENT (notify if not exists)",
		}},
		{"deletion elsewhere", "[EVENT file a]\nDelete if exists /etc/x\n[EVENT file b]\ndelete if exists /tmp/../x\n[EVENT file c]\ndelete if exists a/b\n[EVENT file d]\ndelete if exists", "file a ok, file b ok, file c ok, file d no", []string{
			"2:18-24 X_PROBE_DELETE_OUTSIDE (/etc/x)", "4:18-27 X_PROBE_DELETE_OUTSIDE (/tmp/../x)", "8:1-17 X_PROBE_INVALID_CONTENT (delete if exists)",
		}},
		{"PRB-21 rest", "[EVENT rest e]\ncheck https://h:1/q?a=b that load_1 >= 5 percent", "rest e ok", nil},
		{"PRB-21 text around", "[EVENT rest e]\ncheck http://h that a = 1\nmore", "rest e no", []string{"3:1-5 X_PROBE_INVALID_CONTENT (more)"}},
		{"PRB-21 no web", "[EVENT rest e]\ncheck ftp://h that a = 1", "rest e no", []string{"2:1-25 X_PROBE_INVALID_CONTENT (check ftp://h that a = 1)"}},
		{"4.4 rest", "[EVENT rest e]\ncheck http://h that a.b = 1\n[EVENT rest f]\ncheck http://h that status = 200", "rest e ok, rest f ok", []string{
			"2:1-28 X_PROBE_EXTENSION", "4:1-33 X_PROBE_EXTENSION",
		}},
		{"PRB-22 nagios", "[EVENT nagios e]\nNagios configuration at h:50000\nGET hosts\n[EVENT nagios f]\nGET hosts", "nagios e ok, nagios f ok", nil},
		{"nagios without query", "[EVENT nagios e]\nnagios configuration at h", "nagios e no", []string{"1:1-17 X_PROBE_INVALID_CONTENT ()"}},
		{"nagios with a wrong port", "[EVENT nagios e]\nnagios configuration at h:65536\nGET hosts", "nagios e no", []string{
			"2:1-32 X_PROBE_INVALID_CONTENT (nagios configuration at h:65536)",
		}},
		{"4.4 nagios", "[EVENT nagios e]\nGET hosts\nNotify if state > 1", "nagios e ok", []string{"3:1-20 X_PROBE_EXTENSION"}},
		{"docker with two lines", "[EVENT docker e]\na\nb", "docker e no", []string{"3:1-2 X_PROBE_INVALID_CONTENT (b)"}},
		{"4.4 attributes", "[EVENT docker e every 5s timeout 2s]", "docker e ok", []string{"1:17-36 X_PROBE_EXTENSION"}},
		{"4.4 a wrong attribute", "[EVENT docker e every soon]", "", []string{"1:1-28 X_PROBE_MALFORMED_HEADER"}},
		{"4.4 our handlers", "[EVENT tcp e]\nCheck h:1 THAT connects for 10s\n[EVENT log f]\nCheck x", "tcp e ok, log f no", []string{
			"1:8-11 X_PROBE_EXTENSION", "3:8-11 X_PROBE_EXTENSION", "4:1-8 X_PROBE_INVALID_CONTENT (Check x)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("App.measures", c.text, nil)
			if got := shown(c.text, f.Problems); !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
			if got := sections(f); got != c.sections {
				t.Errorf("got %s, want %s", got, c.sections)
			}
		})
	}
}

func sections(f *File) string {
	var out []string
	for _, s := range f.Sections {
		out = append(out, fmt.Sprintf("%s %s %s", s.Handler.Text, s.Event.Text, map[bool]string{true: "ok", false: "no"}[s.Valid]))
	}
	return strings.Join(out, ", ")
}

// PRB-15, DEV-46: values are literal, trimmed, and may stand in headers.
func TestParameters(t *testing.T) {
	f := Parse("App.measures", "# {{ seen }}\n[EVENT file {{e}}] {{ dir }}/{{no name}}{{x}}\n[EVENT rest f]\n{{ two }}", map[string]string{
		"e": "down", "dir": ` $1\d `, "two": "check http://h that a = 1\nmore",
	})
	if got := f.Sections[0].Event.Text + " " + f.Sections[0].Content[0].Text; got != `down $1\d/{{no name}}{{x}}` {
		t.Errorf("got %s", got)
	}
	want := []string{"2:41-46 X_PROBE_UNKNOWN_PARAMETER (x)", "4:1-10 X_PROBE_INVALID_CONTENT (more)"}
	if got := shown(f.Text(), f.Problems); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if f.Used["seen"] || !f.Used["dir"] || !f.Used["x"] {
		t.Errorf("used: %v", f.Used)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "[event", "[EVENT file e] /a", "\uFEFFx\n[EVENT rest e]\ncheck http://h that a = 1", "[EVENT nagios {{e}} every 5s]\nnagios configuration at h:1\nnotify if a = 1",
		"[EVENT tcp e]\n{{ {{ a }} }}\n]\n[EVENT docker \xff]", "[EVENT file e]\ndelete if exists %TMP%/../x\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parameters := range []map[string]string{nil, {"a": "x\n[EVENT file b] /c", "e": ""}} {
			file := Parse("App.measures", text, parameters)
			if file.Text() != text {
				t.Fatalf("%q became %q", text, file.Text())
			}
			for _, p := range file.Problems {
				if s := p.Place.Span; s.Start < 0 || s.End < s.Start || s.End > len(text) {
					t.Fatalf("%s stands at %v of %d bytes", p.Code, s, len(text))
				}
			}
		}
	})
}
