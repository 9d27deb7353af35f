//go:build unix

package agentd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// chief plays the manager of one agent, whose process dies and comes back.
type chief struct {
	t     *testing.T
	about string // the deaths
	bus   bus.Bus
	blobs map[string][]byte

	mu     sync.Mutex
	ids    message.IDs
	seq    uint64
	models int
	got    []*message.Envelope
	news   chan struct{} // closed at the next message, replaced then
	broken string        // why the story cannot go on
}

func (c *chief) Connected()                                 {}
func (c *chief) Lost(error)                                 {}
func (c *chief) Confirmed(*message.Envelope)                {}
func (c *chief) Returned(message.Target, *message.Envelope) {}
func (c *chief) Blocked(string)                             {}
func (c *chief) Failed(error)                               {}

func (c *chief) Delivered(d bus.Delivery) {
	d.Ack()
	switch body := d.Msg.Body.(type) {
	case *message.AgentHeartbeat:
		if body.ModelRequired {
			c.mu.Lock()
			c.models++
			c.mu.Unlock()
			c.send(machine())
		}
	case *message.BlobWant:
		for _, digest := range body.Items {
			data := c.blobs[digest]
			for at := 0; at < len(data); at += 1000 {
				c.send(&message.BlobChunk{SHA256: digest, Offset: int64(at), Total: int64(len(data)), Data: data[at:min(at+1000, len(data))]})
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, d.Msg)
	c.wake()
}

func (c *chief) wake() {
	close(c.news)
	c.news = make(chan struct{})
}

func machine() *message.ModelSet {
	g := model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Server"}, {Name: "Page"}}},
		{Name: "Server", Installer: model.Ref{Name: "script"}, Exports: []model.Variable{{Name: "ip"}, {Name: "port", Value: model.Text("80")}}},
		{Name: "Page", Installer: model.Ref{Name: "script"}, Imports: []model.Import{{Prefix: "Db", Name: "*"}}},
	}, nil)
	return &message.ModelSet{Revision: 1, Gen: 1, Graph: g, Root: &model.Instance{
		Name: "vm", Component: "VM", Children: []*model.Instance{{Name: "server", Component: "Server"}, {Name: "page", Component: "Page"}},
	}}
}

func (c *chief) send(body message.Body) (id string) {
	c.mu.Lock()
	c.seq++
	e := &message.Envelope{
		ID: c.ids.Next(), Type: body.Type(), Time: time.Now(), Domain: "default", Body: body,
		From: message.From{Kind: message.FromManager, Epoch: "chief", Seq: c.seq},
	}
	c.mu.Unlock()
	if err := c.bus.Publish(message.Agent("app", "/vm"), e); err != nil {
		c.t.Errorf("%s: %v", c.about, err)
	}
	return e.ID
}

// await waits until something was received; it gives false when the story cannot go on.
func (c *chief) await(what string, is func(body message.Body) bool) bool {
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for from := 0; ; {
		c.mu.Lock()
		got, news, broken := c.got, c.news, c.broken
		c.mu.Unlock()
		for ; from < len(got); from++ {
			if is(got[from].Body) {
				return true
			}
		}
		select {
		case <-news:
			if broken == "" {
				continue
			}
		case <-late.C:
		}
		var b strings.Builder
		for _, m := range got {
			fmt.Fprintf(&b, "%s %+v\n", m.Type, m.Body)
		}
		c.t.Errorf("%s: %s does not come %s\n%s", c.about, what, broken, b.String())
		return false
	}
}

func (c *chief) file(name string, size int) message.File {
	data := bytes.Repeat([]byte(name), size/len(name))
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	c.blobs[digest] = data
	return message.File{Name: name, SHA256: digest, Size: int64(len(data)), Mode: "0755"}
}

// want asks for a state until it is reached: again after a recipe that a death interrupted, as people would.
func (c *chief) want(path string, s lifecycle.State, files ...message.File) bool {
	for range 10 {
		id := c.send(&message.InstanceRequest{Path: path, Status: s, Files: files})
		var r *message.RequestResult
		ok := c.await("the result for "+path+" "+s.String(), func(body message.Body) bool {
			found, ok := body.(*message.RequestResult)
			if ok = ok && found.Request == id; ok {
				r = found
			}
			return ok
		})
		switch {
		case !ok:
			return false
		case r.Outcome == message.Done, r.Outcome == message.Noop: // what was stopped half counts as stopped
			return true
		case r.Outcome != message.Failed || !strings.HasPrefix(r.Reason, "interrupted"):
			c.t.Errorf("%s: %s %s: %+v", c.about, path, s, r)
			return false
		}
	}
	c.t.Errorf("%s: %s never becomes %s", c.about, path, s)
	return false
}

func (c *chief) reached(path string, states ...lifecycle.State) (s lifecycle.State, ok bool) {
	ok = c.await(path+" "+fmt.Sprint(states), func(body message.Body) bool {
		if i, isChange := body.(*message.InstanceChanged); isChange && i.Path == path {
			for _, s = range states {
				if i.Status == s {
					return true
				}
			}
		}
		return false
	})
	return s, ok
}

func (c *chief) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = nil
}

// story is a life of two instances: deployed, started, updated, stopped, undeployed.
func (c *chief) story() bool {
	add := func(path, ip string) {
		c.send(&message.ImportAdd{App: "app", Prefix: "Db", Path: path, Gen: 1, Seq: 1, Vars: []model.Variable{{Name: "Db.ip", Value: model.Text(ip)}}})
	}
	if _, ok := c.reached("/vm", lifecycle.DeployedStarted); !ok {
		return false
	}
	recipe := []message.File{c.file("start.sh", 2500), c.file("update.sh", 300)}
	if !c.want("/vm/server", lifecycle.DeployedStopped, recipe...) || !c.want("/vm/server", lifecycle.DeployedStarted) ||
		!c.want("/vm/page", lifecycle.DeployedStopped, recipe...) || !c.want("/vm/page", lifecycle.DeployedStarted) {
		return false
	}
	c.forget()
	add("/a", "1.1.1.1")
	if s, ok := c.reached("/vm/page", lifecycle.DeployedStarted, lifecycle.DeployedStopped); !ok {
		return false
	} else if s == lifecycle.DeployedStopped && !c.want("/vm/page", lifecycle.DeployedStarted) { // its start was interrupted
		return false
	}
	add("/b", "2.2.2.2")
	return c.want("/vm/page", lifecycle.DeployedStopped) && c.want("/vm/page", lifecycle.NotDeployed) && c.want("/vm/server", lifecycle.NotDeployed)
}

// death is a moment: the n-th of a kind in the life of a process.
type death struct {
	kind string
	n    int
}

var errKilled = errors.New("killed")

// keep runs processes of the agent, one after another, until life is closed; it gives how many were killed.
func keep(o orders, plan []death, life <-chan struct{}) (deaths int, err error) {
	for turn := 0; ; turn++ {
		o.Kind = ""
		if turn < len(plan) {
			o.Kind, o.N = plan[turn].kind, plan[turn].n
		}
		out, err := onePass(o, life)
		switch {
		case err == nil:
			return deaths, nil
		case !errors.Is(err, errKilled) || turn >= len(plan):
			return deaths, fmt.Errorf("process %d ended with %w\n%s", turn, err, out)
		}
		deaths++
	}
}

// onePass runs an agent until it is killed, errKilled, or life is closed.
func onePass(o orders, life <-chan struct{}) (out string, err error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestProcessOfAnAgent$", "-test.v", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	in, err := cmd.StdinPipe() // closed when this process ends, however
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	over := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		select {
		case <-life:
			_ = in.Close() // the agent is asked to end
		case <-over:
		}
	})
	err = cmd.Wait()
	close(over)
	asking.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() && s.Signal() == syscall.SIGKILL {
			err = errKilled
		}
	}
	return all.String(), err
}

// live tells one story; it gives how many processes were killed.
func live(t *testing.T, plan []death) (deaths int) {
	b, err := broker.Open(broker.Config{Users: []broker.User{{Name: "u", Password: "p", Configure: ".*", Write: ".*", Read: ".*"}}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = b.Serve(listener) }) // ends with the broker
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	}()
	c := &chief{t: t, about: fmt.Sprint(plan), blobs: map[string][]byte{}, ids: message.NewIDs("chief", 0), news: make(chan struct{})}
	line, err := amqp.Open(wired(listener.Addr().String()), bus.Identity{}, c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := line.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	c.mu.Lock()
	c.bus = line
	c.mu.Unlock()
	line.Bind(message.Manager("app"))
	o := orders{Dir: filepath.Join(t.TempDir(), "agent"), Broker: listener.Addr().String(), Marks: filepath.Join(t.TempDir(), "marks")}
	life, kept := make(chan struct{}), make(chan error, 1)
	go func() {
		var err error
		deaths, err = keep(o, plan, life)
		if err != nil {
			c.mu.Lock()
			c.broken = err.Error()
			c.wake()
			c.mu.Unlock()
		}
		kept <- err
	}()
	told := c.story()
	close(life)
	if err := <-kept; err != nil {
		t.Errorf("%s: %v", c.about, err)
	} else if told {
		c.judge(o.Marks, deaths)
	}
	return deaths
}

// judge holds what recipes wrote against the story. A death may come between the journal and a recipe, whose goroutine begins it a moment
// later: that recipe counts as begun, it is not run again by itself.
func (c *chief) judge(marks string, deaths int) {
	text, err := os.ReadFile(marks)
	if err != nil {
		c.t.Errorf("%s: %v", c.about, err)
	}
	lines, recipes := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if lines[line]++; lines[line] > 1 {
			c.t.Errorf("%s: a recipe ran twice for one request: %s", c.about, line)
		}
		recipe := strings.Join(strings.Fields(line)[:2], " ")
		recipes[recipe]++
	}
	for _, of := range []string{
		"initialize /vm/server", "deploy /vm/server", "start /vm/server", "stop /vm/server", "undeploy /vm/server",
		"initialize /vm/page", "deploy /vm/page", "start /vm/page", "update /vm/page", "stop /vm/page", "undeploy /vm/page",
	} {
		switch n := recipes[of]; {
		case n == 0 && deaths > 0 && (strings.HasPrefix(of, "update") || strings.HasPrefix(of, "stop")): // nobody asks for it again
		case n == 0, n > 1+deaths:
			c.t.Errorf("%s: %s ran %d times, after %d deaths:\n%s", c.about, of, n, deaths, text)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.models > 1+deaths {
		c.t.Errorf("%s: the agent asked %d times for its model", c.about, c.models)
	}
}

// TestTheAgentIsKilledAtEveryMoment kills the process of an agent with SIGKILL before and after each record of its journal, each effect,
// each acknowledgement, each recipe: one story for each. The next process goes on with the folder. Requests that were acknowledged are
// answered; what was interrupted says so, and runs again only when it is asked for again (LC-104, LC-131, MS-65, MS-72, MS-74). Of effects it
// is every third.
func TestTheAgentIsKilledAtEveryMoment(t *testing.T) {
	for _, kind := range []string{beforeRecord, afterRecord, beforeEffect, afterEffect, beforeAck, afterAck, beforeRecipe, inRecipe} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			stride := int64(1)
			if kind == beforeEffect || kind == afterEffect { // many, most of them between two that are done together
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
							t.Error("a small life takes more than 500 moments")
							return
						}
						if live(t, []death{{kind, n}}) == 0 {
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

var seed = flag.Uint64("seed", 0, "replay a random test with this seed; 0 draws one")

// TestTheAgentIsKilledAgainAndAgain lets those who come after die too (LC-104).
func TestTheAgentIsKilledAgainAndAgain(t *testing.T) {
	from := *seed
	if from == 0 {
		from = rand.Uint64()
	}
	t.Logf("replay with -seed=%d", from)
	kinds := []string{beforeRecord, afterRecord, beforeEffect, afterEffect, beforeAck, afterAck, beforeRecipe, inRecipe}
	for n := range 12 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(from, uint64(n)))
			plan := make([]death, 3+chance.IntN(5))
			for i := range plan {
				plan[i] = death{kinds[chance.IntN(len(kinds))], 1 + chance.IntN(8)}
			}
			live(t, plan)
		})
	}
}

// TestAnAgentThatLives is the story without a death.
func TestAnAgentThatLives(t *testing.T) {
	live(t, nil)
}
