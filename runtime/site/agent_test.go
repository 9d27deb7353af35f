package site

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/drive"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/userdata"
)

// TestMain runs tests, or, as the program of a machine, an agent that pretends its recipes and keeps nothing.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "pretending-agent" {
		if err := runAgent(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

type testAgent struct {
	loop *drive.Loop
	bus  bus.Bus
}

func runAgent() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	at, err := url.Parse(os.Getenv("ROBOCONF_AGENT_PARAMETERS"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(at.Path)
	if err != nil {
		return err
	}
	d, err := userdata.Parse(string(text), nil)
	if err != nil {
		return err
	}
	core := agent.New(agent.Config{
		Domain: d.Domain, App: d.App, Scope: d.Scope, Address: os.Getenv("ROBOCONF_AGENT_IP_ADDRESS_OF_THE_AGENT"),
		Epoch: fmt.Sprint(os.Getpid(), time.Now()), BootID: "b", Heartbeat: 200 * time.Millisecond,
	}, nil)
	a := &testAgent{}
	a.loop = drive.New(core, a, drive.Options{Start: core.Start})
	if a.bus, err = amqp.Open(amqp.Config{Settings: d.Broker}, bus.Identity{Domain: d.Domain, App: d.App, Scope: d.Scope}, a); err != nil {
		return err
	}
	return a.loop.Run(ctx)
}

func (a *testAgent) Record([]drive.Step) error { return nil }

func (a *testAgent) Do(_ context.Context, e mind.Effect) {
	switch e := e.(type) {
	case mind.Publish:
		_ = a.bus.Publish(e.To, e.Msg)
	case mind.Bind:
		a.bus.Bind(e.To)
	case mind.Unbind:
		a.bus.Unbind(e.To)
	case agent.Run:
		a.loop.Post(agent.Ended{ID: e.ID})
	}
}

func (a *testAgent) Connected() { a.loop.Post(mind.Connected{}) }
func (a *testAgent) Lost(err error) {
	fmt.Fprintln(os.Stderr, "lost:", err)
	a.loop.Post(mind.Lost{})
}

func (a *testAgent) Delivered(d bus.Delivery) {
	a.loop.Post(mind.Delivered{Msg: d.Msg})
	d.Ack()
}
func (a *testAgent) Confirmed(*message.Envelope)                {}
func (a *testAgent) Returned(message.Target, *message.Envelope) {}
func (a *testAgent) Blocked(string)                             {}
func (a *testAgent) Failed(err error)                           { fmt.Fprintln(os.Stderr, "failed:", err) }
