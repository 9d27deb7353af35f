package profile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

const sample = `# how this application behaves
*                deploy  1s..2s
Tomcat           start   20s..30s  fails 5%
Tomcat           *       2s
"/tc vm/tomcat"  start   3s        fails first 2 exit 3 "port already used"   # only this one
machine          boot    10s
VM               boot    1m
network          latency 50ms..80ms
`

func TestMostPreciseLineWins(t *testing.T) {
	p, err := Parse("profile", sample)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		path  string
		kinds []string
		op    lifecycle.Operation
		want  Rule
	}{
		{
			"path", "/tc vm/tomcat",
			[]string{"Tomcat"},
			lifecycle.Start,
			Rule{Min: 3 * time.Second, Max: 3 * time.Second, First: 2, Exit: 3, Message: "port already used"},
		},
		{"path without that operation", "/tc vm/tomcat", []string{"Tomcat"}, lifecycle.Stop, Rule{Min: 2 * time.Second, Max: 2 * time.Second}},
		{"component", "/x/tomcat", []string{"Tomcat"}, lifecycle.Start, Rule{Min: 20 * time.Second, Max: 30 * time.Second, Rate: 0.05}},
		{"what it extends", "/x/tomcat", []string{"Tomcat8", "Tomcat"}, lifecycle.Update, Rule{Min: 2 * time.Second, Max: 2 * time.Second}},
		{"star", "/x/mysql", []string{"MySQL"}, lifecycle.Deploy, Rule{Min: time.Second, Max: 2 * time.Second}},
		{"default", "/x/mysql", []string{"MySQL"}, lifecycle.Start, defaultRecipes[lifecycle.Start]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Recipe(tt.path, tt.kinds, tt.op); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestMachinesAndNetwork(t *testing.T) {
	p, _ := Parse("profile", sample)
	if got := p.Machine("/vm", []string{"VM"}, Boot).Min; got != time.Minute {
		t.Errorf("a component's boot takes %v, want 1m", got)
	}
	if got := p.Machine("/vm", []string{"Other"}, Boot).Min; got != 10*time.Second {
		t.Errorf("a machine's boot takes %v, want 10s", got)
	}
	if got := p.Machine("/vm", []string{"Other"}, Create); got != defaultActs[Create] {
		t.Errorf("creation takes %+v, want the default", got)
	}
	if got := p.Latency(); got.Min != 50*time.Millisecond || got.Max != 80*time.Millisecond {
		t.Errorf("latency is %+v", got)
	}
}

func TestNoProfileIsTheDefault(t *testing.T) {
	var none *Profile
	if got := none.Recipe("/a", nil, lifecycle.Deploy); got != defaultRecipes[lifecycle.Deploy] {
		t.Errorf("got %+v", got)
	}
	if none.Latency() != defaultLatency || (&Profile{}).Latency() != defaultLatency {
		t.Error("no default latency")
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"Tomcat start", "p:1:13: a line is"},
		{"Tomcat start soon", `p:1:14: "soon" is no duration`},
		{"Tomcat start 4s..1s", "p:1:14: the longer duration comes last"},
		{"Tomcat start 4s..x", `p:1:18: "x" is no duration`},
		{"Tomcat begin 4s", `p:1:8: "begin" is no operation`},
		{"machine start 4s", "p:1:9: machines know create"},
		{"network speed 4s", "p:1:9: the network has only a latency"},
		{"Tomcat start 4s fails 101%", `p:1:23: "101%" is no rate`},
		{"Tomcat start 4s fails NaN%", `p:1:23: "NaN%" is no rate`},
		{"Tomcat start 4s exit 0", `p:1:22: "0" is no number`},
		{"Tomcat start 4s fails first none", `p:1:29: "none" is no number`},
		{"Tomcat start 4s often", "p:1:17: after the duration come"},
		{`"é Tomcat`, "p:1:1: this quote is not closed"},
		{`"é" "start`, "p:1:5: this quote is not closed"},
		{"Tomcat start -1s", `p:1:14: "-1s" is no duration`},
		{"Tomcat start 25h", `p:1:14: "25h" is no duration`},
	} {
		t.Run(tt.line, func(t *testing.T) {
			p, err := Parse("p", tt.line)
			var e *Error
			if p == nil || !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestOneMistakeHidesNothing(t *testing.T) {
	p, err := Parse("p", "Tomcat start soon\nTomcat stop 7s\nx\n")
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("want two mistakes, got %v", err)
	}
	if got := p.Recipe("/a", []string{"Tomcat"}, lifecycle.Stop).Min; got != 7*time.Second {
		t.Errorf("the good line is lost: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("a b 1s..2s fails first 3 exit 4 \"x\"\n\"\"  * 0s")
	f.Add("network latency 9999h\r\nmachine * 1")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse("p", text)
		if p == nil {
			t.Fatal("no profile")
		}
		for _, rules := range []Rule{p.Latency(), p.Recipe("/a", []string{"a"}, lifecycle.Start), p.Machine("/a", nil, Boot)} {
			if rules.Min < 0 || rules.Max < rules.Min || rules.Max > Longest || !(rules.Rate >= 0 && rules.Rate <= 1) {
				t.Fatalf("impossible rule %+v", rules)
			}
		}
		if err == nil {
			return
		}
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok {
			t.Fatalf("%T joins nothing", err)
		}
		for _, one := range joined.Unwrap() {
			var e *Error
			if !errors.As(one, &e) || e.Line < 1 || e.Column < 1 {
				t.Fatalf("mistake without a place: %v", one)
			}
		}
	})
}
