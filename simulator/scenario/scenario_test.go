package scenario

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
)

var steps = []struct {
	line string
	want Step
}{
	{"deploy all", Do{manager.DeployAndStart{}}},
	{"deploy all /a vm", Do{manager.DeployAndStart{Path: "/a vm"}}},
	{"start /a vm/x", Do{manager.Request{Path: "/a vm/x", State: lifecycle.DeployedStarted}}},
	{"stop /a/x", Do{manager.Request{Path: "/a/x", State: lifecycle.DeployedStopped}}},
	{"stop all", Do{manager.StopAll{}}},
	{"undeploy /a/x", Do{manager.Request{Path: "/a/x", State: lifecycle.NotDeployed}}},
	{"undeploy all /a", Do{manager.UndeployAll{Path: "/a"}}},
	{"request unresolved /a/x", Do{manager.Request{Path: "/a/x", State: lifecycle.Unresolved}}},
	{"add /vm one/tomcat as Tomcat", Do{manager.Add{Parent: "/vm one", Instance: &model.Instance{Name: "tomcat", Component: "Tomcat"}}}},
	{"add /vm as VM", Do{manager.Add{Instance: &model.Instance{Name: "vm", Component: "VM"}}}},
	{"remove /a b", Do{manager.Remove{Path: "/a b"}}},
	{"remove /a b later", Do{manager.Remove{Path: "/a b", Deferred: true}}},
	{"rename /a b as c d", Do{manager.Rename{Path: "/a b", Name: "c d"}}},
	{"replicate /a as known as b", Do{manager.Replicate{Path: "/a as known", Name: "b"}}},
	{"resync", Do{manager.Resync{}}},
	{"halt /vm", Break{fault.Stop{Machine: "/vm"}}},
	{"kill /vm", Break{fault.Kill{Machine: "/vm"}}},
	{"crash /vm", Break{fault.Crash{Machine: "/vm"}}},
	{"destroy /vm", Break{fault.Destroy{Machine: "/vm"}}},
	{"recover /vm", Break{fault.Recover{Machine: "/vm"}}},
	{"drop /db vm 20%", Break{fault.Drop{Machine: "/db vm", Rate: 0.2}}},
	{"duplicate /vm 2.5%", Break{fault.Duplicate{Machine: "/vm", Rate: 0.025}}},
	{"delay /vm 2s", Break{fault.Delay{Machine: "/vm", By: 2 * time.Second}}},
	{"partition", Break{fault.Partition{}}},
	{"partition /vm", Break{fault.Partition{Machine: "/vm"}}},
	{"heal", Break{fault.Heal{}}},
	{"heal /vm", Break{fault.Heal{Machine: "/vm"}}},
	{"fail start /vm/my app 2", Break{fault.Fail{Path: "/vm/my app", Op: lifecycle.Start, Times: 2}}},
	{"slow /vm/app x2.5", Break{fault.Slow{Path: "/vm/app", Factor: 2.5}}},
	{"run 40s", Run{40 * time.Second}},
	{"settle", Settle{}},
	{"settle 10m0s", Settle{10 * time.Minute}},
	{"expect /vm/app started", Expect{"/vm/app", lifecycle.DeployedStarted}},
	{"expect /vm/app not-deployed", Expect{"/vm/app", lifecycle.NotDeployed}},
	{"expect /vm/app gone", ExpectGone{"/vm/app"}},
	{"expect update /vm/app 1", ExpectRuns{lifecycle.Update, "/vm/app", 1}},
	{"expect imports /vm/app MySQL 0", ExpectImports{"/vm/app", "MySQL", 0}},
	{"expect quiet", ExpectQuiet{}},
	{"expect refused", ExpectRefused{}},
}

func TestEveryStepReadsAndPrints(t *testing.T) {
	for _, tt := range steps {
		t.Run(tt.line, func(t *testing.T) {
			s, err := Parse("story", "  "+tt.line+"   # a comment\n")
			if err != nil || len(s.Acts) != 1 {
				t.Fatalf("got %v, %v", s.Acts, err)
			}
			if !reflect.DeepEqual(s.Acts[0].Step, tt.want) {
				t.Errorf("got %#v, want %#v", s.Acts[0].Step, tt.want)
			}
			if got := s.String(); got != tt.line+"\n" && !strings.HasPrefix(tt.line, "run") {
				t.Errorf("printed %q", got)
			}
		})
	}
}

// LC-4: parsers accept any letter case, of names as of words.
func TestStatesInAnyCase(t *testing.T) {
	for _, word := range []string{"DEPLOYED_STARTED", "Started", "deployed_started"} {
		s, err := Parse("story", "expect /a "+word)
		if err != nil || s.Acts[0].Step != (Expect{"/a", lifecycle.DeployedStarted}) {
			t.Errorf("%s: got %v, %v", word, s.Acts, err)
		}
	}
}

func TestBlocks(t *testing.T) {
	text := "deploy all\n----\n 0.0s something # no comment\n 1.0s more\n\nsettle\n----\n\nrun 1s\n"
	s, err := Parse("story", text)
	if err != nil || len(s.Acts) != 3 {
		t.Fatalf("got %+v, %v", s.Acts, err)
	}
	first, second, third := s.Acts[0], s.Acts[1], s.Acts[2]
	if first.Golden != " 0.0s something # no comment\n 1.0s more\n" || !first.HasGolden || !second.HasGolden || second.Golden != "" || third.HasGolden {
		t.Errorf("got %+v", s.Acts)
	}
	if third.Line != 9 || s.String() != text {
		t.Errorf("line %d, printed %q", third.Line, s.String())
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"destruct /vm", `s:1:1: "destruct" is no step: write add, `},
		{"  start vm", "s:1:9: an instance path is needed"},
		{"start /vm//x", "s:1:7: an instance path is needed"},
		{"deploy /vm", "s:1:8: write \"deploy all\""},
		{"request flying /vm", "s:1:9: write \"request STATE PATH\""},
		{"add /vm", "s:1:5: write PATH as NAME"},
		{"add vm as VM", "s:1:5: an instance path is needed"},
		{"rename /vm as ", "s:1:8: write PATH as NAME"},
		{"drop /vm 101%", "s:1:6: the line must end with a rate"},
		{"drop /vm NaN%", "s:1:6: the line must end with a rate"},
		{"delay /vm late", "s:1:7: the line must end with a duration"},
		{"fail begin /vm 1", "s:1:6: write \"fail OPERATION"},
		{"fail start /vm/x", "s:1:12: the line must end with a number from 1"},
		{"slow /vm x0.5", "s:1:6: the line must end with a factor"},
		{"run", `s:1:4: "" is no duration`},
		{"run 3s more", "s:1:8: nothing more"},
		{"settle -1s", `s:1:8: "-1s" is no duration`},
		{"resync /vm", "s:1:8: nothing more"},
		{"expect /vm flying", "s:1:8: the line must end with a state"},
		{"expect begin /vm 1", "s:1:8: write \"expect PATH STATE\""},
		{"expect start /vm", "s:1:14: the line must end with a number"},
		{"expect imports /vm 1", "s:1:16: an instance path is needed"},
		{"----", "s:1:1: ---- belongs below a step"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			_, err := Parse("s", tt.line)
			var e *Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestDefaultStory(t *testing.T) {
	if got := Default().String(); got != "deploy all\nsettle\n" {
		t.Errorf("got %q", got)
	}
}

// What is read is printed in a form that reads the same.
func FuzzParse(f *testing.F) {
	for _, tt := range steps {
		f.Add(tt.line + "\n----\nx\n\n" + tt.line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("s", text)
		if s == nil {
			t.Fatal("no story")
		}
		if err != nil {
			for _, one := range err.(interface{ Unwrap() []error }).Unwrap() {
				var e *Error
				if !errors.As(one, &e) || e.Line < 1 || e.Column < 1 {
					t.Fatalf("mistake without a place: %v", one)
				}
			}
		}
		printed := s.String()
		again, err := Parse("s", printed)
		if err != nil || again.String() != printed {
			t.Fatalf("%q prints as %q, which reads as %q: %v", text, printed, again.String(), err)
		}
	})
}
