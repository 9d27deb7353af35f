//go:build unix

package managerd

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/message"
)

// shop is an application of two machines with nested software; a third machine comes and goes.
var shop = map[string]string{
	"descriptor/application.properties": "name = Shop\nversion = 1.0\ndsl-id = roboconf-1.0\ngraph-entry-point = main.graph\ninstance-entry-point = model.instances\n",
	"graph/main.graph": `VM {
	installer: target;
	children: Tomcat, MySQL;
}

Tomcat {
	installer: script;
	children: Web;
	exports: ip, port = 8080;
}

Web {
	installer: script;
	imports: MySQL.ip, MySQL.port;
}

MySQL {
	installer: script;
	exports: ip, port = 3306;
}
`,
	"graph/VM/target.properties":    "id = the-target\nname = of the test\nhandler = outside\n",
	"graph/Tomcat/scripts/start.sh": "#!/bin/sh\n",
	"graph/Web/scripts/start.sh":    "#!/bin/sh\n",
	"graph/MySQL/scripts/start.sh":  "#!/bin/sh\n",
	"instances/model.instances": `instance of VM {
	name: db;

	instance of MySQL {
		name: mysql;
	}
}

instance of VM {
	name: app;

	instance of Tomcat {
		name: tomcat;

		instance of Web {
			name: web;
		}
	}
}
`,
}

// recipesOf is how often each recipe runs in a story, whoever dies: no machine is told to stop what is on it when it is ended (LC-82).
var recipesOf = map[string]int{
	"initialize /db/mysql of machine 1": 1, "deploy /db/mysql of machine 1": 1, "start /db/mysql of machine 1": 2, "stop /db/mysql of machine 1": 1,
	"initialize /app/tomcat of machine 1": 1, "deploy /app/tomcat of machine 1": 1, "start /app/tomcat of machine 1": 1,
	"initialize /app/tomcat/web of machine 1": 1, "deploy /app/tomcat/web of machine 1": 1, "start /app/tomcat/web of machine 1": 2, "stop /app/tomcat/web of machine 1": 1,
	"initialize /vm3/tomcat of machine 1": 1, "deploy /vm3/tomcat of machine 1": 1, "start /vm3/tomcat of machine 1": 1,
	"initialize /vm3/tomcat/web of machine 1": 1, "deploy /vm3/tomcat/web of machine 1": 1, "start /vm3/tomcat/web of machine 1": 2, "stop /vm3/tomcat/web of machine 1": 1,
}

// TestTheProcessIsKilledAtEveryMoment kills the process of a manager with SIGKILL before and after each record that it writes, each call of a
// target or of the broker's accounts, each publication, each acknowledgement, one story for each of them. The process that comes after
// goes on with the folder. All stories end alike: states right, no machine forgotten or made twice, no recipe run twice, no request
// lost, a history without gaps (manager.md 11.4, LC-110 to LC-113, MS-74). Of acknowledgements it is every fifth.
func TestTheProcessIsKilledAtEveryMoment(t *testing.T) {
	source := writeShop(t)
	for _, kind := range []string{beforeRecord, afterRecord, beforeCall, afterCall, beforePublish, afterPublish, beforeAck, afterAck} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			stride := int64(1)
			if kind == beforeAck || kind == afterAck { // most of them are those of heartbeats
				stride = 5
			}
			var next, cuts atomic.Int64
			var over atomic.Bool
			var work sync.WaitGroup
			for range 2 {
				work.Go(func() {
					for !over.Load() && !t.Failed() {
						n := int(next.Add(stride)) - int(stride) + 1
						if n > 500 {
							t.Error("a small application takes more than 500 moments")
							return
						}
						if deaths := live(t, source, []death{{kind, n}}); deaths == 0 {
							over.Store(true)
						} else {
							cuts.Add(1)
						}
					}
				})
			}
			work.Wait()
			t.Logf("%d cut points %s", cuts.Load(), kind)
		})
	}
}

// death is a moment: the n-th of a kind in the life of a process.
type death struct {
	kind string
	n    int
}

// live tells one story; each process dies the death that is its turn, the one after the last lives on. It gives how many died.
func live(t *testing.T, source string, plan []death) (deaths int) {
	o := newOutside(t)
	defer o.close(t)
	dir := filepath.Join(t.TempDir(), "manager")
	words := fmt.Sprint(plan)
	for turn := 0; ; turn++ {
		orders := orders{Dir: dir, Source: source, Broker: o.address, Outside: o.calls.Addr().String()}
		if turn < len(plan) {
			orders.Kind, orders.N = plan[turn].kind, plan[turn].n
		}
		out, err := process(t, orders)
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) || turn >= len(plan) {
			t.Errorf("%s: process %d ended with %v\n%s", words, turn, err, out)
			return deaths
		}
		deaths++
	}
	o.judge(t, words)
	if left, err := os.ReadDir(filepath.Join(dir, "applications")); err != nil && !errors.Is(err, fs.ErrNotExist) || len(left) > 0 {
		t.Errorf("%s: readable copies are left: %v, %v", words, left, err)
	}
	return deaths
}

var errKilled = errors.New("killed")

// process runs a manager until it is killed, errKilled, or has told the story.
func process(t *testing.T, o orders) (out string, err error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	c := exec.Command(os.Args[0], "-test.run=^TestProcessOfAManager$", "-test.v", "-test.timeout=60s")
	c.Env = append(os.Environ(), childEnv+"="+string(text))
	var all bytes.Buffer
	c.Stdout, c.Stderr = &all, &all
	life, err := c.StdinPipe() // closed when this process ends, however
	if err != nil {
		return "", err
	}
	defer life.Close()
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() && s.Signal() == syscall.SIGKILL {
			err = errKilled
		}
	}
	return all.String(), err
}

// judge looks at what the story left behind.
func (o *outside) judge(t *testing.T, words string) {
	if left := o.living(); len(left) != 0 {
		t.Errorf("%s: machines are forgotten: %v", words, left)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	scopes := map[string]int{}
	for k, n := range o.made {
		scopes[k.Scope] += n
	}
	if want := map[string]int{"/db": 1, "/app": 1, "/vm3": 1}; !maps.Equal(scopes, want) {
		t.Errorf("%s: machines made: %v, want %v", words, scopes, want)
	}
	runs := maps.Clone(o.runs)
	if k := "stop /app/tomcat/web of machine 1"; runs[k] == 2 {
		runs[k] = 1 // its machine may live a moment longer than that of the database
	}
	if !maps.Equal(runs, recipesOf) {
		t.Errorf("%s: recipes run: %v", words, difference(runs, recipesOf))
	}
	if len(o.users) != 0 {
		t.Errorf("%s: accounts of agents are left: %v", words, o.users)
	}
	own := message.Manager("").Queue("default")
	for _, q := range o.broker.Status().Queues {
		switch {
		case q.Name == own && q.Ready+q.Unacked == 0:
		case q.Name == own:
			t.Errorf("%s: the manager's queue holds %d and %d messages", words, q.Ready, q.Unacked)
		case q.Name != message.DeadQueue("default"): // dead looks into that
			t.Errorf("%s: the queue %s is left, with %d messages", words, q.Name, q.Ready+q.Unacked)
		}
	}
	for _, err := range o.wrong {
		t.Errorf("%s: %v", words, err)
	}
	o.dead(t, words)
}

// dead says what nobody could read. A heartbeat that no manager took in time is no news.
func (o *outside) dead(t *testing.T, words string) {
	settings := bus.Settings{Addresses: []string{o.address}, User: managerName, Password: managerPass}
	letters, err := amqp.OpenDeadLetters(wired(settings), "")
	if err != nil {
		t.Fatal(err)
	}
	list, err := letters.List(t.Context(), 100)
	if err != nil {
		t.Error(err)
	}
	for _, l := range list {
		if l.Type == (*message.AgentHeartbeat)(nil).Type() && l.Reason == "expired" {
			continue
		}
		l, err = letters.Show(t.Context(), l.Ref)
		t.Errorf("%s: a dead letter: %+v, %s, %v", words, l, l.Body, err)
	}
}

func difference(got, want map[string]int) map[string]string {
	d := map[string]string{}
	for k, n := range got {
		if want[k] != n {
			d[k] = fmt.Sprintf("%d, want %d", n, want[k])
		}
	}
	for k, n := range want {
		if _, ok := got[k]; !ok {
			d[k] = fmt.Sprintf("0, want %d", n)
		}
	}
	return d
}

func writeShop(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	for name, text := range shop {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestAProcessThatLives is the story without a death: the others are held against it.
func TestAProcessThatLives(t *testing.T) {
	live(t, writeShop(t), nil)
}

var seed = flag.Uint64("seed", 0, "replay a random test with this seed; 0 draws one")

// TestTheProcessIsKilledAgainAndAgain lets those who come after die too, in the middle of what an earlier death left (LC-113).
func TestTheProcessIsKilledAgainAndAgain(t *testing.T) {
	from := *seed
	if from == 0 {
		from = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", from)
	source := writeShop(t)
	kinds := []string{beforeRecord, afterRecord, beforeCall, afterCall, beforePublish, afterPublish, beforeAck, afterAck}
	most := map[string]int{beforeRecord: 12, afterRecord: 12, beforeCall: 6, afterCall: 6, beforePublish: 6, afterPublish: 6, beforeAck: 15, afterAck: 15}
	var deaths atomic.Int64
	t.Run("stories", func(t *testing.T) {
		for n := range 8 {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				chance := rand.New(rand.NewPCG(from, uint64(n)))
				plan := make([]death, 3+chance.IntN(6))
				for i := range plan {
					kind := kinds[chance.IntN(len(kinds))]
					plan[i] = death{kind, 1 + chance.IntN(most[kind])}
				}
				deaths.Add(int64(live(t, source, plan)))
			})
		}
	})
	t.Logf("%d deaths in 8 stories", deaths.Load())
}
