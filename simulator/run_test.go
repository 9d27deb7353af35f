package simulator

import (
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/simulator/fault"
	"github.com/roboconf/workbench/simulator/profile"
	"github.com/roboconf/workbench/simulator/scenario"
	"github.com/roboconf/workbench/simulator/trace"
)

func story(t testing.TB, text string) *scenario.Story {
	t.Helper()
	s, err := scenario.Parse("story", text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A report says what is not as asked, and why in words.
func TestReportOfWhatIsNotReached(t *testing.T) {
	r := Run(sampleApp(t, "lamp"), Options{Seed: 3, Scenario: story(t, `
deploy all
settle
stop /back/mysql
fail start /app1/tomcat 1
stop /app1/tomcat
settle
start /app1/tomcat
settle
expect /app1/tomcat started
expect /front/haproxy gone
expect start /front/haproxy 2
expect imports /front/haproxy Tomcat 9
expect quiet
expect refused
`)})
	if r.OK() || !r.Settled || len(r.Broken) > 0 {
		t.Errorf("settled: %v, broken: %v", r.Settled, r.Broken)
	}
	why := map[string]string{}
	for _, u := range r.Unmet {
		why[u.Path] = u.Why
	}
	if len(why) != 2 || why["/app2/tomcat/guestbook"] != "waits for MySQL" || !strings.HasPrefix(why["/app1/tomcat"], "failed to start: ") {
		t.Errorf("unmet: %q", why)
	}
	want := []string{
		"line 10: expect /app1/tomcat started: it is stopped",
		"line 11: expect /front/haproxy gone: it is still there",
		"line 12: expect start /front/haproxy 2: it ran 0 times",
		"line 13: expect imports /front/haproxy Tomcat 9: it holds 1",
		"line 14: expect quiet: something happened: ",
		"line 15: expect refused: nothing was refused",
	}
	for i, w := range want {
		if i >= len(r.Failed) || !strings.HasPrefix(r.Failed[i], w) {
			t.Errorf("failed: %q, want %q", r.Failed, w)
		}
	}
}

func TestUntilEndsARun(t *testing.T) {
	r := Run(sampleApp(t, "lamp"), Options{Until: 5 * time.Second})
	if r.Virtual != 5*time.Second || r.OK() || !r.Settled || len(r.Unmet) == 0 {
		t.Errorf("%s, settled: %v, unmet: %d", r.Summary(), r.Settled, len(r.Unmet))
	}
}

func TestWhatCannotBeBroken(t *testing.T) {
	w := New(sampleApp(t, "lamp"), Options{})
	for _, f := range []fault.Fault{
		fault.Stop{Machine: "/front"},
		fault.Kill{Machine: "/front"},
		fault.Crash{Machine: "/front"},
		fault.Destroy{Machine: "/nobody"},
		fault.Recover{Machine: "/front"},
		fault.Drop{Machine: "/front"},
		fault.Delay{Machine: "/front"},
		fault.Duplicate{Machine: "/front"},
		fault.Partition{Machine: "/front"},
		fault.Heal{Machine: "/front"},
		fault.Fail{Path: "/nobody", Times: 1},
		fault.Slow{Path: "/nobody", Factor: 2},
	} {
		if err := w.Break(f); err == nil || !strings.HasPrefix(err.Error(), f.Fault()+": ") {
			t.Errorf("%s: got %v", f.Fault(), err)
		}
	}
	w.Do(manager.DeployAndStart{})
	w.Settle(time.Hour)
	if err := w.Break(fault.Recover{Machine: "/front"}); err == nil {
		t.Error("what runs is recovered")
	}
}

// A profile decides how long recipes and machines take, and what fails.
func TestProfile(t *testing.T) {
	p, err := profile.Parse("profile", `
MySQL    start      20s
HAProxy  deploy     1s    fails first 1 exit 3 "no room"
machine  create     1s
machine  configure  0s
machine  boot       2s
"/app2"  create     1s    fails 100%  "quota reached"
`)
	if err != nil {
		t.Fatal(err)
	}
	r := Run(sampleApp(t, "lamp"), Options{Seed: 1, Profile: p})
	var text strings.Builder
	if err := r.Trace.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		"/back/mysql              start ended                  after 20s",
		"/front/haproxy           deploy failed                ! exit code 3 after 1s: no room",
		"/app2                    machine                      ! not created: quota reached",
		"/app2                    deploying -> not deployed    ! its machine could not be created",
	} {
		if !strings.Contains(text.String(), words) {
			t.Errorf("the trace lacks %q", words)
		}
	}
	if r.OK() || len(r.Broken) > 0 {
		t.Errorf("broken: %v", r.Broken)
	}
}

// LC-81, LC-82: a machine that cannot be configured is a problem; one that cannot be terminated is what it was.
func TestTargetsThatFail(t *testing.T) {
	p, err := profile.Parse("profile", `
"/app1"  configure  1s    fails 100%
"/app2"  terminate  1s    fails first 1
"/back"  boot       1s    fails 100%
`)
	if err != nil {
		t.Fatal(err)
	}
	w := New(sampleApp(t, "lamp"), Options{Seed: 1, Profile: p})
	w.Do(manager.DeployAndStart{})
	w.Run(5 * time.Second)
	if s := w.known("/app1").State; s != lifecycle.Problem {
		t.Errorf("a machine that was not configured is %s", s)
	}
	w.Settle(time.Hour)
	if s := w.known("/back").State; s != lifecycle.Deploying {
		t.Errorf("a machine that does not boot is %s", s)
	}
	w.Do(manager.UndeployAll{})
	w.Settle(w.Now() + time.Hour)
	if s := w.known("/app2").State; s != lifecycle.DeployedStarted {
		t.Errorf("a machine that was not terminated is %s", s)
	}
	w.Do(manager.UndeployAll{})
	w.Settle(w.Now() + time.Hour)
	if left := nothingLeft(w); left != nil || len(w.Broken()) > 0 {
		t.Errorf("left %v, broken %v", left, w.Broken())
	}
}

// A partition shows on the machine at once, to the manager later (MS-72: nothing is lost).
func TestTruthIsNotWhatTheManagerKnows(t *testing.T) {
	w := New(sampleApp(t, "lamp"), Options{Seed: 1})
	w.Do(manager.DeployAndStart{})
	w.Settle(time.Hour)
	if err := w.Break(fault.Partition{Machine: "/back"}); err != nil {
		t.Fatal(err)
	}
	w.Do(manager.Request{Path: "/back/mysql", State: lifecycle.DeployedStopped})
	w.Run(w.Now() + time.Minute)
	if s := w.known("/back/mysql").State; s != lifecycle.DeployedStarted {
		t.Errorf("a request passes a partition: %s", s)
	}
	if s := w.known("/back").State; s != lifecycle.Problem {
		t.Errorf("a machine that is not heard is %s", s)
	}
	if err := w.Break(fault.Heal{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(w.Now() + time.Hour)
	if s := w.known("/back/mysql").State; s != lifecycle.DeployedStopped {
		t.Errorf("after the partition it is %s", s)
	}
}

// With Messages, a trace tells who says what to whom.
func TestMessagesAreKeptOnRequest(t *testing.T) {
	r := Run(sampleApp(t, "hello"), Options{Messages: true})
	sent, received := 0, 0
	for e := range r.Trace.Since(0) {
		if e.Kind == trace.Message {
			sent += strings.Count(e.Text, "sends ")
			received += strings.Count(e.Text, "receives ")
		}
	}
	if sent == 0 || received == 0 {
		t.Errorf("%d sent, %d received", sent, received)
	}
}
