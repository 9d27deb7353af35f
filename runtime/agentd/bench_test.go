package agentd_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/bus/local"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/mock"
)

// embedded is our own broker with its queues on the disk.
func embedded(b *testing.B) bus.Settings {
	server, err := broker.Open(broker.Config{Dir: b.TempDir(), Users: []broker.User{{Name: "u", Password: "p", Configure: ".*", Write: ".*", Read: ".*"}}})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	b.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return bus.Settings{Addresses: []string{l.Addr().String()}, User: "u", Password: "p"}
}

// export is the n-th publication of a database.
func export(n int) *message.ImportAdd {
	return &message.ImportAdd{
		App: "app", Prefix: "Db", Path: "/db", Gen: 1, Seq: uint64(n) + 2,
		Vars: []model.Variable{{Name: "Db.ip", Value: model.Text(fmt.Sprintf("10.0.%d.%d", n/250%250, n%250))}, {Name: "Db.port", Value: model.Text("3306")}},
	}
}

// report tells the middle and the tail of a sample.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkExportToRecipe is the time from a publication to the beginning of the update recipe on another machine (issue 4: at most 1.5
// times what a bare client takes to publish and consume the same message, persistent, confirmed, acknowledged).
func BenchmarkExportToRecipe(b *testing.B) {
	for name, open := range map[string]func(*testing.B) bus.Settings{"embedded": embedded, "rabbitmq": rabbitmq} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			b.Run("bare", func(b *testing.B) { bare(b, s) })
			b.Run("agent", func(b *testing.B) { throughAgent(b, amqp.Opener(amqp.Config{Settings: s})) })
		})
	}
}

// BenchmarkInside is what the agent alone adds: the bus is in the same process.
func BenchmarkInside(b *testing.B) { throughAgent(b, local.New().Opener(local.Config{})) }

// bare publishes and consumes with the client library alone.
func bare(b *testing.B, s bus.Settings) {
	c, err := amqp091.Dial(fmt.Sprintf("amqp://%s:%s@%s/%s", s.User, s.Password, s.Addresses[0], s.VHost))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	send, err := c.Channel()
	if err != nil {
		b.Fatal(err)
	}
	hear, err := c.Channel()
	if err != nil {
		b.Fatal(err)
	}
	if err := send.Confirm(false); err != nil {
		b.Fatal(err)
	}
	q, err := hear.QueueDeclare("bare."+b.Name(), true, false, false, false, nil)
	if err != nil {
		b.Fatal(err)
	}
	deliveries, err := hear.Consume(q.Name, "", false, false, false, false, nil)
	if err != nil {
		b.Fatal(err)
	}
	ids := message.NewIDs("bare", 0)
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		e := &message.Envelope{
			ID: ids.Next(), Time: time.Now(), Domain: "default", Body: export(n), From: message.From{Kind: message.FromManager, Epoch: "e", Seq: 1},
		}
		body, err := message.Encode(e)
		if err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		confirm, err := send.PublishWithDeferredConfirm("", q.Name, true, false, amqp091.Publishing{DeliveryMode: amqp091.Persistent, Body: body})
		if err != nil {
			b.Fatal(err)
		}
		d := <-deliveries
		took = append(took, time.Since(begun))
		if err := d.Ack(false); err != nil {
			b.Fatal(err)
		}
		confirm.Wait()
	}
	report(b, took)
	if _, err := hear.QueueDelete(q.Name, false, false, false); err != nil {
		b.Fatal(err)
	}
}

// throughAgent measures up to the recipe.
func throughAgent(b *testing.B, open bus.Opener) {
	boss := newBoss(b, open)
	begins := make(chan time.Time, 16)
	any := mock.New("any", mock.Options{Ran: func(c *plugin.Call) {
		if c.Op == lifecycle.Update {
			begins <- time.Now()
		}
	}})
	c := agentd.Config{App: "app", Scope: "/vm", Address: "10.0.0.7", Dir: filepath.Join(b.TempDir(), "agent"), Bus: open, Any: any, Heartbeat: time.Hour}
	run(b, c)
	boss.beat("/vm")
	boss.send("/vm", world("/vm"))
	boss.state("/vm", lifecycle.DeployedStarted)
	boss.result(boss.send("/vm", &message.InstanceRequest{Path: "/vm/page", Status: lifecycle.DeployedStarted}))
	to := message.Importers("app", "Db", false)
	boss.publish(to, export(-1))
	boss.state("/vm/page", lifecycle.DeployedStarted)
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		boss.forget()
		begun := time.Now()
		boss.publish(to, export(n))
		took = append(took, (<-begins).Sub(begun))
		boss.state("/vm/page", lifecycle.DeployedStarted) // it told what it imports now: all is quiet again, as it is for the bare client
	}
	report(b, took)
}

// BenchmarkManyAgents is a thousand agents in one process: from nothing to the last first heartbeat, and what they take.
func BenchmarkManyAgents(b *testing.B) {
	const n = 1000
	for b.Loop() {
		server := local.New()
		open := server.Opener(local.Config{})
		boss := newBoss(b, open)
		root := b.TempDir()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		begun := time.Now()
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, n)
		for k := range n {
			c := agentd.Config{
				App: "app", Scope: fmt.Sprintf("/vm%d", k), Address: "10.0.0.7", Dir: filepath.Join(root, fmt.Sprint(k)), NoSync: true, Bus: open,
				Any: mock.New("any", mock.Options{}), Heartbeat: time.Hour, Environ: []string{},
			}
			go func() { done <- agentd.Run(ctx, c) }()
		}
		for k := range n {
			boss.beat(fmt.Sprintf("/vm%d", k))
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s-to-heartbeats")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n/1024, "KiB/agent")
		cancel()
		for range n {
			if err := <-done; err != nil {
				b.Error(err)
			}
		}
	}
}
