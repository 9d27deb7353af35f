package site

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Issue 4, "What must be shown": manager and broker are away while a recipe ends. What its agent says then is applied when they are back, in
// order (MS-72); what waited for it goes on; no recipe runs twice.
func TestStoryOfAnAbsence(t *testing.T) {
	for _, broker := range []string{Embedded, RabbitMQ} {
		t.Run(broker, func(t *testing.T) {
			if broker == RabbitMQ {
				require.RabbitMQ(t)
			}
			absence(t, broker)
		})
	}
}

func absence(t *testing.T, broker string) {
	o := ground(t, "lamp")
	defer clean(t, o)
	dir := t.TempDir()
	s := &story{told: filepath.Join(dir, "told")}
	recount(t, o.Source, s.told)
	slow := filepath.Join(o.Source, "graph", "MySQL", "scripts", "start.sh")
	text, err := os.ReadFile(slow)
	if err == nil {
		text = append(text, "until [ -e '"+dir+"/go' ]; do sleep 0.05; done\nprintf 'ended %s\\n' \"$ROBOCONF_INSTANCE_PATH\" >>'"+s.told+"'\n"...)
		err = os.WriteFile(slow, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.Broker, o.Recipes, o.Agent, o.Noticed = broker, Run, realAgent(t), s.noticed
	s.open(t, o)
	defer s.evidence(t)
	s.reach(t, lifecycle.DeployedStarted, "/front/haproxy", "/app1/tomcat", "/app2/tomcat")
	s.reach(t, lifecycle.Unresolved, "/app1/tomcat/guestbook", "/app2/tomcat/guestbook")
	s.reach(t, lifecycle.Starting, "/back/mysql")
	if err := s.Leave(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.eventually(t, "the database starts while nobody looks", func(list []run) bool { return len(find(list, "ended", "/back/mysql")) == 1 })

	s.mu.Lock()
	s.moves = nil
	s.mu.Unlock()
	s.open(t, o)
	s.reach(t, lifecycle.DeployedStarted)
	ran := map[string]int{}
	for _, r := range s.runs(t) {
		if r.action != "update" {
			ran[r.String()]++
		}
	}
	for name, n := range ran {
		if n != 1 {
			t.Errorf("%s ran %d times", name, n)
		}
	}
	if len(ran) != 13 { // deploy, start of six, the end of the database's
		t.Errorf("%d recipes ran: %v", len(ran), ran)
	}
	s.mu.Lock()
	var back []string
	for _, m := range s.moves {
		if m.To == lifecycle.DeployedStarted.String() {
			back = append(back, m.Path)
		}
	}
	s.mu.Unlock()
	first := slices.Index(back, "/back/mysql")
	if len(back) < 3 || first < 0 || first > slices.Index(back, "/app1/tomcat/guestbook") || first > slices.Index(back, "/app2/tomcat/guestbook") {
		t.Errorf("told on return: %v", back)
	}
	if err := s.Down(soon(t), 10*time.Second, func(string) {}); err != nil {
		t.Error(err)
	}
}
