package target_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/fake"
)

func about() target.Description {
	return target.Description{Handler: "test", Properties: []target.Property{
		{Key: "image", Type: target.TypeText, Required: true, Aliases: []string{"picture"}, Help: "what it is made from"},
		{Key: "count", Type: target.TypeInt, Default: "2"},
		{Key: "fast", Type: target.TypeBool},
		{Key: "limit", Type: target.TypeSeconds, Default: "1.5"},
		{Key: "zones", Type: target.TypeList},
		{Key: "mode", Type: target.TypeText, Default: "soft"},
		{Key: "key.<v>", Type: target.TypeText, Secret: true},
		{Key: "password", Type: target.TypeText, Secret: true},
	}}
}

// TG-110: properties are read by their types; everything that is wrong is told at once, by key.
func TestReader(t *testing.T) {
	r := target.Read(about(), map[string]string{
		"picture": " debian ", "fast": "TRUE", "zones": "a, ,b", "mode": "Hard", "key.one": "1", "key.two": "2", "key.": "none",
	})
	got := fmt.Sprintln(r.Text("image"), r.Int("count", 1), r.Bool("fast"), r.Seconds("limit"), r.List("zones"), r.OneOf("mode", "soft", "hard"), r.Family("key.<v>"))
	if want := "debian 2 true 1.5s [a b] hard map[one:1 two:2]\n"; got != want || r.Err("read", "/vm") != nil {
		t.Errorf("read as %s, want %s; %v", got, want, r.Err("read", "/vm"))
	}
	bad := target.Read(about(), map[string]string{"count": "0", "fast": "yes", "limit": "NaN", "mode": "odd"})
	bad.Int("count", 1)
	bad.Bool("fast")
	bad.Seconds("limit")
	bad.OneOf("mode", "soft", "hard")
	bad.OneOf("mode", "soft", "hard") // told once
	var keys []string
	for _, f := range bad.Findings() {
		keys = append(keys, f.Key)
	}
	if got := strings.Join(keys, " "); got != "count fast image limit mode" {
		t.Errorf("findings: %s", got)
	}
	err := bad.Err("create the machine", "/vm")
	for _, words := range []string{"create the machine /vm", "image is required", `"yes"`, `"NaN"`, "soft, hard", "from 1 on"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("the error does not say %q: %v", words, err)
		}
	}
	if target.ClassOf(err) != target.Invalid {
		t.Errorf("class %s", target.ClassOf(err))
	}
}

func TestReaderRefusesWhatIsNotDescribed(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a key that is not described was read")
		}
	}()
	target.Read(about(), nil).Text("other")
}

// TG-21: keys of others are ignored, with a hint.
func TestUnknownKeys(t *testing.T) {
	r := target.Read(about(), map[string]string{"image": "x", "imag": "y", "handler": "test", "machine.id": "7", "wait.creating": "3", "key.a": "b", "picture": "z"})
	if got := r.Unknown(); len(got) != 1 || got[0].Key != "imag" || got[0].Severe {
		t.Errorf("unknown: %+v", got)
	}
}

// TG-161: secrets are masked wherever properties are shown; references to them are not.
func TestSecretsAreMasked(t *testing.T) {
	shown := about().Public(map[string]string{
		"image": "debian", "password": "hunter2", "key.a": "hunter2", "Their.Secret.Key": "hunter2", "key.b": "${secret:name}", "key.c": "${secret:a}hunter2${secret:b}", "key.d": "",
	})
	want := "map[Their.Secret.Key:•••• image:debian key.a:•••• key.b:${secret:name} key.c:•••• key.d: password:••••]"
	if got := fmt.Sprint(shown); got != want {
		t.Errorf("shown as %s, want %s", got, want)
	}
	s := target.Spec{Key: key, Properties: map[string]string{"password": "hunter2"}, UserData: "hunter2"}
	if all := fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s); strings.Contains(all, "hunter2") || !strings.Contains(all, "default/lamp/apache-vm#2") {
		t.Errorf("a machine prints as %s", all)
	}
}

// TG-113: limits come from properties; what is no duration is told.
func TestLimitsOf(t *testing.T) {
	l, wrong := target.LimitsOf(map[string]string{"wait.creating": "90", "wait.deleting": "2m", "wait.missing": "soon", "wait.unknown": "-1"}, target.DefaultLimits())
	if l.Creating != 90*time.Second || l.Deleting != 2*time.Minute || l.Missing != target.DefaultLimits().Missing || len(wrong) != 2 {
		t.Errorf("limits %+v, wrong %+v", l, wrong)
	}
}

func TestRegistry(t *testing.T) {
	one, two := fake.New(fake.Script{Handler: "IaaS-Two"}).Handler(), fake.New(fake.Script{}).Handler()
	r, err := target.NewRegistry(one, two)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Names()); got != "[fake iaas-two]" || len(r.Descriptions()) != 2 {
		t.Errorf("names: %s", got)
	}
	for _, name := range []string{"FAKE", " fake ", "iaas-TWO"} {
		if h, err := r.Handler(name); err != nil || h == nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := r.Handler("iaas-one"); target.ClassOf(err) != target.Invalid || !strings.Contains(err.Error(), "fake, iaas-two") {
		t.Errorf("an unknown one: %v", err)
	}
	if _, err := target.NewRegistry(two, two); err == nil {
		t.Error("two of one name")
	}
	if _, err := (&target.Registry{}).Handler("fake"); err == nil {
		t.Error("an empty registry has a handler")
	}
}

// TG-114: which errors may be tried again.
func TestMayRetry(t *testing.T) {
	for class, want := range map[target.Class]bool{
		target.Throttled: true, target.Unavailable: true, target.Timeout: true, target.Credentials: false, target.Invalid: false,
		target.NotFound: false, target.Quota: false, target.Conflict: false, target.Other: false,
	} {
		for _, says := range []bool{false, true} {
			err := fmt.Errorf("somewhere: %w", &target.Error{Class: class, Retry: says, Err: errors.New("x")})
			never := class == target.Credentials || class == target.Invalid || class == target.NotFound
			if got := target.MayRetry(err); got != (want || says && !never) {
				t.Errorf("%s, retry=%v: %v", class, says, got)
			}
		}
	}
	if target.MayRetry(errors.New("x")) || !target.MayRetry(context.DeadlineExceeded) {
		t.Error("errors of others")
	}
}

// On the real clock: a convergence waits as it should, ends with its context, keeps the id before it goes on (LC-81.6).
func TestConvergeOnRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := fake.New(fake.Script{Boot: time.Minute, Now: time.Now})
		s := target.Spec{Key: key, Properties: map[string]string{"fake.image": "x"}}
		began := time.Now()
		if _, err := target.Converge(t.Context(), i.Handler(), s, target.Up, target.Options{}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < time.Minute || took > 80*time.Second {
			t.Errorf("it took %s", took)
		}
		if n := len(i.Calls()); n > 40 {
			t.Errorf("%d calls: it does not back off", n)
		}
		s.Key.Gen++
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		m, err := target.Converge(ctx, i.Handler(), s, target.Up, target.Options{})
		if !errors.Is(err, context.DeadlineExceeded) || m.Phase != target.Creating {
			t.Errorf("cut after ten seconds: %+v, %v", m, err)
		}
		s.Key.Gen++
		full := errors.New("disk full")
		_, err = target.Converge(t.Context(), i.Handler(), s, target.Up, target.Options{Created: func(target.Machine) error { return full }})
		after := i.Calls()
		if !errors.Is(err, full) || after[len(after)-1].Op != "create" {
			t.Errorf("an id that cannot be kept: %v; the last call was %s", err, after[len(after)-1])
		}
	})
}

// A wrong limit refuses a creation; it never keeps a machine alive.
func TestWrongLimits(t *testing.T) {
	i := fake.New(fake.Script{})
	s := target.Spec{Key: key, Properties: map[string]string{"fake.image": "x"}}
	if _, err := target.Converge(t.Context(), i.Handler(), s, target.Up, i.Options()); err != nil {
		t.Fatal(err)
	}
	s.Properties["wait.deleting"] = "for ever"
	if _, err := target.Converge(t.Context(), i.Handler(), s, target.Up, i.Options()); target.ClassOf(err) != target.Invalid {
		t.Errorf("create: %v", err)
	}
	if _, err := target.Converge(t.Context(), i.Handler(), s, target.Gone, i.Options()); err != nil || len(i.Left()) != 0 {
		t.Errorf("destroy: %v, left %v", err, i.Left())
	}
}

// The steps of a simple creation, as a person may see them.
func TestConvergeTells(t *testing.T) {
	i := fake.New(fake.Script{})
	o := i.Options()
	var told []string
	o.Tell = func(p target.Progress) { told = append(told, p.Act.String()+": "+p.Why) }
	if _, err := target.Converge(t.Context(), i.Handler(), target.Spec{Key: key, Properties: map[string]string{"fake.image": "x"}}, target.Up, o); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"look at: see what is there", "create: it is wanted, not there", "look at: see how it comes up",
		"advance: waits for the machine to be ready", "be done with: it runs",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told:\n%s", strings.Join(told, "\n"))
	}
}
