package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

func component(name, installer string, children ...string) *model.Component {
	c := &model.Component{Name: name, Installer: model.Ref{Name: installer}}
	for _, child := range children {
		c.Children = append(c.Children, model.Ref{Name: child})
	}
	return c
}

// shop is the application of commands-rules-probes.md 2.9, with what inheritance adds (DEV-26).
func shop() Context {
	special := component("Special", "")
	special.Extends = model.Ref{Name: "Server"}
	return Context{
		Graph: model.NewGraph([]*model.Component{
			component("Host", "target", "Server", "Base"), component("Server", "script", "App"),
			component("App", "script"), component("Base", "script"), special,
		}, nil),
		Instances: Instances{"/h 1": "Host", "/h 1/srv": "Server", "/h 1/srv/shop": "App", "/b": "Host", "/b/db": "Base"},
		Commands:  []string{"me", "other"},
		Targets:   []string{"small", "large"},
	}
}

// shown lists findings in the order of the text: "line:column CODE (detail)".
func shown(src string, list []diag.Problem) []string {
	lines := source.NewLines(src)
	list = slices.Clone(list)
	for i := range list {
		list[i].Range = lines.Range(list[i].Place.Span)
	}
	diag.Sort(list)
	var out []string
	for _, p := range list {
		s := fmt.Sprintf("%d:%d %s", p.Range.Start.Line, p.Range.Start.Column, p.Code)
		for _, d := range p.Details {
			s += " (" + d.Text + ")"
		}
		out = append(out, s)
	}
	return out
}

type example struct {
	name, text string
	want       []string
}

func run(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			got := shown(e.text, Run(Parse("me.commands", "me", e.text), shop()).Problems)
			if !slices.Equal(got, e.want) {
				t.Errorf("%s\ngot\n  %s\nwant\n  %s", e.text, strings.Join(got, "\n  "), strings.Join(e.want, "\n  "))
			}
		})
	}
}

func TestExamplesOfTheSpecification(t *testing.T) {
	run(t, []example{
		{"create", "create Host as h 2", nil},
		{"no parent", "create Server as s", []string{"1:8 CMD_MISSING_PARENT_INSTANCE"}},
		{"wrong parent", "create Server as s under /b/db", []string{"1:26 CMD_NOT_AN_ACCEPTABLE_PARENT (Server)"}},
		{"no parent wanted", "create Host as x under /b", []string{"1:24 CMD_CANNOT_HAVE_ANY_PARENT (Host)"}},
		{"two findings", "create Ghost as 2x", []string{"1:8 CMD_INEXISTING_COMPONENT (Ghost)", "1:17 CMD_INVALID_INSTANCE_NAME (2x)"}},
		{"DEV-27", "create Server as canvas under /h 1", []string{"1:15 X_CMD_AMBIGUOUS_SEPARATOR"}},
		{"its own name", "rename /h 1 as h 1", []string{"1:16 CMD_CONFLICTING_INSTANCE_NAME (/h 1)"}},
		{"the copy exists", "replicate /h 1 as copy\nstop all /copy/srv/shop", nil},
		{"not a root", "replicate /h 1/srv as s2", []string{"1:11 CMD_NOT_A_ROOT_INSTANCE (/h 1/srv)"}},
		{"deleted", "delete /h 1\nstop all /h 1/srv", []string{"2:10 CMD_NO_MATCHING_INSTANCE (/h 1/srv)"}},
		{"no status", "change status of /b to stopped", []string{"1:24 CMD_INVALID_INSTANCE_STATUS (stopped)"}},
		{"a passing status", "change status of /b to deploying", []string{"1:24 CMD_INSTABLE_INSTANCE_STATUS"}},
		{"CMD-33 one value", "define n = h $(SMART_INDEX)\ncreate Host as $(n)\ncreate Host as $(n)", []string{"3:16 CMD_CONFLICTING_INSTANCE_NAME"}},
		{"CMD-43 disabled", "define n = h $(EXISTING_INDEX MAX > 1)\ndelete /$(n)", nil},
		{"no slash", "define n = h 1\nstop all $(n)", []string{"2:1 CMD_UNRECOGNIZED_INSTRUCTION (stop all h 1)", "2:10 X_CMD_MISSING_SLASH"}},
		{"DEV-44", "email ops@x.org with look: with care", []string{"1:17 X_CMD_AMBIGUOUS_SEPARATOR"}},
	})
}

func TestLines(t *testing.T) {
	run(t, []example{
		{"CMD-2 joined, with blank lines", "stop \\\n\n\n   all /b\nstop all /x", []string{"5:10 CMD_NO_MATCHING_INSTANCE (/x)"}},
		{"CMD-2 CRLF", "stop all \\\r\n /b\r\nstop all /x\r\n", []string{"3:10 CMD_NO_MATCHING_INSTANCE (/x)"}},
		{"DEV-29 blanks after the backslash", "stop all \\  \n/b", []string{"1:11 X_TRAILING_BLANKS"}},
		{"CMD-3 a comment swallows the next line", "stop all /b # x \\\nnonsense\nstop all /b", nil},
		{"CMD-3 a comment hides the joined lines", "stop all /b # x \\\n/y", nil},
		{"CMD-3 an escape", "write a \\# b into /f # c", []string{"1:9 X_CMD_HASH_ESCAPE"}},
		{"CMD-4 blank lines", "\n \t\n  stop all /b  \n\n", nil},
		{"CMD-5 a word on another line", "stop all \\\n /x", []string{"1:1 CMD_NO_MATCHING_INSTANCE (/x)"}},
		{"CMD-6 letter case", "STOP All /b\nCreate Host AS x\nstop all /B", []string{"3:10 CMD_NO_MATCHING_INSTANCE (/B)"}},
		{"CMD-15 nothing", "# only a comment\n", []string{"1:1 CMD_NO_INSTRUCTION"}},
		{"CMD-15 an empty file", "", []string{"1:1 CMD_NO_INSTRUCTION"}},
		{"CMD-15 nothing recognised", "\nhello\n", []string{"1:1 CMD_NO_INSTRUCTION", "2:1 CMD_UNRECOGNIZED_INSTRUCTION (hello)"}},
		{"CMD-15 recognised with findings", "create\n", []string{"1:1 CMD_INVALID_SYNTAX (create)"}},
		{"a byte-order mark", "\uFEFFstop all /b", nil},
	})
}

func TestRecognition(t *testing.T) {
	run(t, []example{
		{"CMD-10 not a whole word", "defined x = 1\n", []string{"1:1 CMD_INVALID_SYNTAX (defined x = 1)"}},
		{"CMD-11 bulk verbs", "deploy and start all /b\nstop all/b\nundeploy all /b\ndelete all /b", nil},
		{"CMD-11 unknown verbs", "deploy all /b\nstart all /b", []string{
			"1:1 CMD_UNRECOGNIZED_INSTRUCTION (deploy all /b)", "1:1 CMD_NO_INSTRUCTION", "2:1 CMD_UNRECOGNIZED_INSTRUCTION (start all /b)",
		}},
		{"CMD-11 runs of blanks", "stop  all /b", []string{"1:1 X_CMD_EXTENSION"}},
		{"CMD-11 on components", "stop all instances of Host\nDelete INSTANCES of Base\nstop all instances of Nope", []string{"3:23 CMD_INEXISTING_COMPONENT ()"}},
		{"CMD-11 no component", "stop all instances of", []string{"1:1 CMD_INVALID_SYNTAX (stop all instances of)"}},
		{"CMD-12", "reame /b as c", []string{"1:1 CMD_UNRECOGNIZED_INSTRUCTION (reame /b as c)", "1:1 CMD_NO_INSTRUCTION"}},
		{"CMD-13 forms", lines(
			"associate /b", "change status /b to x", "email a@b", "define x", "create Host x", "replicate /b", "rename /b to c",
			"write x", "append x", "email a@b with",
		), []string{
			"1:1 CMD_INVALID_SYNTAX (associate /b)", "2:1 CMD_INVALID_SYNTAX (change status /b to x)", "3:1 CMD_INVALID_SYNTAX (email a@b)",
			"4:1 CMD_INVALID_SYNTAX (define x)", "5:1 CMD_INVALID_SYNTAX (create Host x)", "6:1 CMD_INVALID_SYNTAX (replicate /b)",
			"7:1 CMD_INVALID_SYNTAX (rename /b to c)", "8:1 CMD_INVALID_SYNTAX (write x)", "9:1 CMD_INVALID_SYNTAX (append x)",
			"10:1 CMD_INVALID_SYNTAX (email a@b with)",
		}},
		{"CMD-13 unresolved variables, one by one", "stop all /$(a)/$(b)", []string{
			"1:11 CMD_UNRESOLVED_VARIABLE ($(a))", "1:16 CMD_UNRESOLVED_VARIABLE ($(b))",
		}},
		{"CMD-13 a variable in a variable", "define b = b\nstop all /$(a $(c))/$(a $(b))", []string{
			"2:11 CMD_UNRESOLVED_VARIABLE ($(a $(c))", "2:21 CMD_UNRESOLVED_VARIABLE ($(a b))",
		}},
		{"CMD-14", "create Server as s\nstop all /s\n", []string{"1:8 CMD_MISSING_PARENT_INSTANCE", "2:10 CMD_NO_MATCHING_INSTANCE (/s)"}},
		{"paths without their slash", "rename b as c\ncreate Server as s under h 1\nassociate b with small", []string{
			"1:1 CMD_INVALID_SYNTAX (rename b as c)", "1:8 X_CMD_MISSING_SLASH",
			"2:1 CMD_INVALID_SYNTAX (create Server as s under h 1)", "2:26 X_CMD_MISSING_SLASH",
			"3:1 CMD_INVALID_SYNTAX (associate b with small)", "3:11 X_CMD_MISSING_SLASH",
		}},
	})
}

func TestChecks(t *testing.T) {
	run(t, []example{
		{"associate", "associate /b with small\nassociate /b with\nassociate /x with small\nassociate /b/db with small\nassociate /b with smal", []string{
			"2:1 CMD_INVALID_TARGET_ID ()", "3:11 CMD_NO_MATCHING_INSTANCE (/x)", "4:11 CMD_NOT_A_SCOPED_INSTANCE",
			"5:19 X_CMD_UNKNOWN_TARGET (smal)",
		}},
		{"CMD-20 status", "change status of /b to Deployed  and started\nchange status of /b to not_deployed\nchange status of /x to problem\nchange status of /b to", []string{
			"3:18 CMD_NO_MATCHING_INSTANCE", "3:24 CMD_INSTABLE_INSTANCE_STATUS", "4:1 CMD_INVALID_INSTANCE_STATUS ()",
		}},
		{"CMD-20 not requestable", "change status of /b to waiting for ancestor\nchange status of /b to unresolved", []string{
			"1:24 X_CMD_STATUS_NOT_REQUESTABLE (WAITING_FOR_ANCESTOR)", "2:24 X_CMD_STATUS_NOT_REQUESTABLE (UNRESOLVED)",
		}},
		{"CMD-23 email", "email with hello\nemail a@b, c@d with x\nemail a@b,,c with x\ndefine e =\nemail a@b with $(e)", []string{
			"3:1 X_CMD_INVALID_ADDRESS ()", "3:12 X_CMD_INVALID_ADDRESS (c)", "5:1 CMD_EMAIL_NO_MESSAGE",
		}},
		{"create", "create as x\ncreate Host as\ncreate App as a under /no\ncreate Host as b\ncreate Special as s under /b", []string{
			"1:1 CMD_MISSING_COMPONENT_NAME", "2:1 CMD_MISSING_INSTANCE_NAME", "3:23 CMD_NO_MATCHING_INSTANCE (/no)",
			"4:16 CMD_CONFLICTING_INSTANCE_NAME",
		}},
		{"create below what was created", "create Host as n\ncreate Server as s under /n\ncreate App as a under /n/s\ncreate App as a under /n/s", []string{
			"4:15 CMD_CONFLICTING_INSTANCE_NAME",
		}},
		{"replicate", "replicate /b as\nreplicate /b as 1\nreplicate /no as c\nreplicate /b as h 1", []string{
			"1:1 CMD_MISSING_INSTANCE_NAME", "2:17 CMD_INVALID_INSTANCE_NAME", "3:11 CMD_NO_MATCHING_INSTANCE (/no)",
			"4:17 CMD_CONFLICTING_INSTANCE_NAME (/h 1)",
		}},
		{"DEV-24 rename", "rename /h 1/srv as s\nstop all /h 1/s/shop\nstop all /h 1/srv\nrename /no as x\nrename /b as\nrename /b as é", []string{
			"3:10 CMD_NO_MATCHING_INSTANCE (/h 1/srv)", "4:8 CMD_NO_MATCHING_INSTANCE (/no)", "5:1 CMD_MISSING_INSTANCE_NAME",
			"6:14 CMD_INVALID_INSTANCE_NAME (é)",
		}},
		{"write", "write into /f\nwrite a into b into\nappend x into /f", []string{"2:1 CMD_MISSING_TARGET_FILE"}},
		{"write, a word that ends with the separator", "write a into /x into", []string{"1:1 CMD_MISSING_TARGET_FILE"}},
		{"write, split elsewhere", "write a into /notinto", []string{"1:9 X_CMD_AMBIGUOUS_SEPARATOR"}},
		{"CMD-26 execute", "execute\nexecute other\nexecute other.commands\nexecute othr\nexecute me\nexecute sub/other", []string{
			"1:1 CMD_MISSING_COMMAND_NAME", "4:9 CMD_INEXISTING_COMMAND (othr)", "5:9 CMD_LOOPING_COMMAND (me)",
			"6:9 CMD_INEXISTING_COMMAND (sub/other)",
		}},
		{"delete instances", "delete all instances of Server\nstop all /h 1/srv/shop\nstop all /h 1", []string{"2:10 CMD_NO_MATCHING_INSTANCE (/h 1/srv/shop)"}},
		{"CMD-50", "deploy and start all /h 1\nundeploy all /h 1/srv/shop\nundeploy all /h 1/srv\nrename /h 1 as g\ndelete /g", []string{
			"5:8 X_CMD_DEFERRED_DELETE (/g)",
		}},
		{"CMD-50 by component", "deploy and start all instances of App\ndelete all instances of Host", []string{"2:25 X_CMD_DEFERRED_DELETE (/h 1/srv/shop)"}},
		{"CMD-50 by status", "change status of /b to deployed and started\nchange status of /b to not deployed\ndelete /b", nil},
	})
}

func TestVariables(t *testing.T) {
	run(t, []example{
		{"CMD-30 everywhere", "define v = Host\ndefine w = $(v)\ncreate $(w) as $(v)2", nil},
		{"CMD-30 values are not scanned again", "define v = $(x)\n", []string{"1:12 CMD_UNRESOLVED_VARIABLE ($(x))"}},
		{"CMD-31 letter case, blanks", "define my V = b\nstop all /$(my V)\nstop all /$(my v)", []string{"3:11 CMD_UNRESOLVED_VARIABLE ($(my v))"}},
		{"CMD-31 again", "define v = b\nstop all /$(v)\ndefine v = h 1\nstop all /$(v)/srv", []string{"3:8 X_CMD_REDEFINED_VARIABLE (v)"}},
		{"unused", "define v = b\nstop all /b", []string{"1:8 X_CMD_UNUSED_VARIABLE (v)"}},
		{"DEV-22", "write $(UUID) $(MILLI_TIME) into /f$(NANO_TIME)", []string{
			"1:7 X_CMD_GENERATOR_OUTSIDE_DEFINE ($(UUID))", "1:15 X_CMD_GENERATOR_OUTSIDE_DEFINE ($(MILLI_TIME))",
			"1:36 X_CMD_GENERATOR_OUTSIDE_DEFINE ($(NANO_TIME))",
		}},
		{"generators in define", "define v = a-$(UUID)-$(NANO_TIME)\ncreate Host as $(v)\nstop all /$(v)", nil},
		{"2.6 no name", "define = x", []string{"1:1 CMD_EMPTY_VARIABLE_NAME"}},
		{"2.6 dates", "define d = $(FORMATTED_TIME yyyy-MM-dd 'at' HH:mm)\nwrite $(d) into /f", nil},
		{"2.6 no date", "define d = $(FORMATTED_TIME hello)\n", []string{"1:12 CMD_INVALID_DATE_PATTERN (hello)"}},
		{"2.6 a date with something in it", "define d = $(FORMATTED_TIME yyyy $(UUID))\n", []string{"1:12 CMD_NO_MIX_FOR_PATTERNS (d)"}},
		{"2.6 a date with something before it", "define d = x $(FORMATTED_TIME yyyy)\n", []string{"1:12 CMD_NO_MIX_FOR_PATTERNS (x $(FORMATTED_TIME yyyy))"}},
		{"2.6 indexes", lines(
			"define a = h $(EXISTING_INDEX max)", "define b = h $(EXISTING_INDEX MAX = 2)", "define c = h $(EXISTING_INDEX MIN > x)",
			"define d = h $(EXISTING_INDEX MIN", "define e = $(EXISTING_INDEX MIN)$(EXISTING_INDEX MAX)", "define f = $(EXISTING_INDEX MIN)$(SMART_INDEX)",
		), []string{
			"1:12 CMD_INVALID_INDEX_PATTERN ($(EXISTING_INDEX max))", "2:12 CMD_INVALID_INDEX_PATTERN ($(EXISTING_INDEX MAX = 2))",
			"3:12 CMD_INVALID_INDEX_PATTERN ($(EXISTING_INDEX MIN > x))", "4:12 CMD_INVALID_INDEX_PATTERN ($(EXISTING_INDEX MIN)",
			"5:12 CMD_NO_MIX_FOR_PATTERNS ($(EXISTING_INDEX MIN)$(EXISTING_INDEX MAX))",
			"6:12 CMD_NO_MIX_FOR_PATTERNS ($(EXISTING_INDEX MIN)$(SMART_INDEX))",
		}},
		{"2.6 under", "define s = srv $(SMART_INDEX) under /h 1\ncreate Server as $(s) under /h 1\ndefine t = a under /no\ndefine u = a under b\nwrite $(u) into /f", []string{
			"3:20 CMD_NO_MATCHING_INSTANCE",
		}},
		{"CMD-40 empty values", "define v =\nwrite $(v) into /f", nil},
		{"CMD-43 contagious", "define v = z $(EXISTING_INDEX MIN)\ndefine w = $(v)\ndelete /$(w)\nstop all /fake\nrename /$(w)", []string{
			"4:10 CMD_NO_MATCHING_INSTANCE (/fake)", "5:1 CMD_INVALID_SYNTAX (rename /fake)",
		}},
		{"CMD-44 enabled again", "define v = z $(EXISTING_INDEX MIN)\ndefine v = no\nstop all /$(v)", []string{
			"2:8 X_CMD_REDEFINED_VARIABLE (v)", "3:10 CMD_NO_MATCHING_INSTANCE (/no)",
		}},
	})
}

// Values that hold each other would fill any memory: a line that grows too long is a finding, the others are checked.
func TestTooLong(t *testing.T) {
	src := "define a = " + strings.Repeat("x", 100) + "\n" + strings.Repeat("define a = $(a)$(a)\n", 40) + "stop all /x\n"
	got := shown(src, Run(Parse("me", "me", src), shop()).Problems)
	got = slices.DeleteFunc(got, func(s string) bool { return strings.Contains(s, "X_CMD_REDEFINED") })
	if len(got) != 34 || got[0] != "9:16 X_CMD_TOO_LONG ($(a))" || got[33] != "42:10 CMD_NO_MATCHING_INSTANCE (/x)" {
		t.Errorf("%d findings: %q", len(got), got)
	}
}

func lines(l ...string) string { return strings.Join(l, "\n") }

// CMD-42: names are compared as a whole, direct children only.
func TestIndexes(t *testing.T) {
	c := shop()
	for _, path := range []string{"/h 3", "/h 12", "/h 007", "/h x", "/xh 9", "/h 1/h 99"} {
		c.Instances[path] = "Host"
	}
	for value, want := range map[string]string{
		"h $(EXISTING_INDEX MIN)":          "h 1",
		"h $(EXISTING_INDEX MAX)":          "h 12",
		"h $(EXISTING_INDEX MAX < 12 )":    "h 3",
		"h $(EXISTING_INDEX MIN > 1)":      "h 3",
		"h $(SMART_INDEX)":                 "h 2",
		"h $(EXISTING_INDEX MAX) under /b": "fake",
		"h $(SMART_INDEX) under /h 1":      "h 1",
		"$(FORMATTED_TIME d.M.yy 'o''c')":  "1.1.00 o'c",
	} {
		r := Run(Parse("x", "x", "define v = "+value+"\nwrite $(v) into /f"), c)
		if got := r.Instructions[1].Content.Text; got != want {
			t.Errorf("%s gives %s, want %s", value, got, want)
		}
	}
}

// CMD-41.
func TestDates(t *testing.T) {
	at := time.Date(2024, time.March, 5, 14, 7, 9, 45_000_000, time.UTC)
	for pattern, want := range map[string]string{
		"yyyy-MM-dd'T'HH:mm:ss.SSSX": "2024-03-05T14:07:09.045Z", "d MMM yy, EEEE": "5 Mar 24, Tuesday", "h a ''": "2 PM '",
		"DDD u k K w W F": "065 2 14 2 10 2 1", "G z Z": "AD UTC +0000", "MMMM E": "March Tue", "": "",
	} {
		if got := formatTime(pattern, at); got != want {
			t.Errorf("%s gives %s, want %s", pattern, got, want)
		}
	}
	for _, pattern := range []string{"yyyy b", "'open", "T"} {
		if validPattern(pattern) {
			t.Errorf("%q is no pattern", pattern)
		}
	}
}

// CMD-25, DEV-30.
func TestCircles(t *testing.T) {
	scripts := map[string]string{"a": "execute b", "b": "stop all /b\nexecute c.commands", "c": "execute a", "d": "execute e", "e": "execute e", "f": "execute g", "g": "stop all /b"}
	c := shop()
	var results []*Result
	names := []string{"a", "b", "c", "d", "e", "f", "g"}
	c.Commands = append(c.Commands, names...)
	for _, name := range names {
		results = append(results, Run(Parse(name, name, scripts[name]), c))
	}
	var got []string
	for _, p := range Circles(results) {
		got = append(got, fmt.Sprintf("%s:%d %s %s", p.Place.File, p.Place.Span.Start, p.Code, p.Details[1].Text))
	}
	want := []string{
		"a:8 CMD_NASTY_LOOPING_COMMAND a -> b -> c -> a", "b:20 CMD_NASTY_LOOPING_COMMAND b -> c -> a -> b",
		"c:8 CMD_NASTY_LOOPING_COMMAND c -> a -> b -> c", "d:8 CMD_NASTY_LOOPING_COMMAND d -> e -> e",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// DIA-47 and the fix of X_CMD_MISSING_SLASH: once applied, the finding is gone.
func TestFixes(t *testing.T) {
	for text, want := range map[string]string{
		"stop all b":                   "stop all /b",
		"rename b as c":                "rename /b as c",
		"stop all /h 1/srw":            "stop all /h 1/srv",
		"create Hots as x":             "create Host as x",
		"execute othr":                 "execute other",
		"renam /b as c":                "rename /b as c",
		"stop all \\ \n/b":             "stop all \\\n/b",
		"define v = b\nstop all /$(w)": "define v = b\nstop all /$(v)",
	} {
		var fix *diag.Fix
		for _, p := range Run(Parse("me", "me", text), shop()).Problems {
			if len(p.Fixes) == 1 && p.Code != diag.XCmdUnusedVariable {
				fix = &p.Fixes[0]
			}
		}
		if fix == nil {
			t.Errorf("%s: no fix", text)
			continue
		}
		e := fix.Edits[0]
		got := text[:e.Place.Span.Start] + e.With + text[e.Place.Span.End:]
		if got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		} else if left := Run(Parse("me", "me", got), shop()).Problems; len(left) > 0 {
			t.Errorf("%q: left %v", got, left)
		}
	}
}

func FuzzRun(f *testing.F) {
	for _, s := range []string{
		"", "\\", "# a\\\n b", "stop all /b \\  \r\n\n x", "define a = $(EXISTING_INDEX MAX > 1)x under /b\n$(a) /$(a", "create Host as as under /b\\#",
		"email a, b with with \\n", "change status of /b to x and y", "define n = $(FORMATTED_TIME 'x''y')\nrename /b as $(n)", "\uFEFFdelete all instances of Host",
		"replicate /b as $(UUID)\nexecute me.commands\nwrite into into", "deploy and start all/h 1\ndelete /h 1", "associate x with\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file := Parse("me.commands", "me", src)
		again := ""
		for _, token := range file.Tokens() {
			again += token.Span.Of(src)
		}
		if again != src {
			t.Fatalf("%q became %q", src, again)
		}
		for _, p := range append(Run(file, shop()).Problems, Circles([]*Result{Run(file, shop())})...) {
			if s := p.Place.Span; s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("%s stands at %v of %d bytes", p.Code, s, len(src))
			}
		}
	})
}
