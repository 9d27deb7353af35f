// Package site runs a whole application on this host: broker, manager, machines.
//
// Its state stands in a folder of the person, one for each application folder, so that another terminal, another folder, the next process
// after a crash find it again.
package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/site/control"
	"github.com/roboconf/workbench/runtime/site/logbook"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/local"
)

// Options say what to run and how.
type Options struct {
	Root   string // of the deployments of this person, see Root
	Source string // the folder of the application
	// Broker is Embedded, RabbitMQ, Container, or an address amqp(s)://...; "" for that of the last time, else Embedded.
	Broker string
	// Recipes is Pretend or Run; "" for that of the last time, else Pretend.
	Recipes string
	// Agent is the program of agents with its arguments.
	Agent []string
	// Beat is how often agents say that they live; 1 s when zero.
	Beat time.Duration
	// Noticed hears what happens, uncoalesced; see managerd.Config.
	Noticed func(any)
	// Tell hears in words for people what takes time before there is anything to see, such as the start of RabbitMQ; nil for nobody.
	Tell func(string)
	Log  *slog.Logger // nil for silence
}

// What is done with recipes.
const (
	Pretend = "pretend"
	Run     = "run"
)

// Target is the id of the target from which all machines of a deployment come.
const Target = "local"

// Site is a deployment that this process looks after.
type Site struct {
	Folder
	opt     Options
	log     *slog.Logger
	broker  *carrier
	manager *managerd.Manager
	book    *logbook.Book
	server  *control.Server
	unlock  func()
	downs   chan struct{} // another program asks to take everything down; it has room for one
}

// Open takes a deployment over: its broker, its manager run when it returns, nothing else is changed. Where an earlier process was killed, what
// it left goes on. The application itself comes with Changes, Apply.
func Open(ctx context.Context, o Options) (*Site, error) {
	name, err := nameOf(o.Source)
	if err != nil {
		return nil, err
	}
	source, err := absolute(o.Source)
	if err != nil {
		return nil, err
	}
	f, unlock, err := open(o.Root, name, source)
	if err != nil {
		return nil, err
	}
	s := &Site{Folder: f, opt: o, log: o.Log, unlock: unlock, downs: make(chan struct{}, 1)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.start(ctx, name); err != nil {
		return nil, errors.Join(err, s.Leave(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// start makes the parts, the later ones on top of the earlier ones.
func (s *Site) start(ctx context.Context, name string) (err error) {
	if err := s.settle(name); err != nil {
		return err
	}
	if s.broker, err = carry(ctx, s.Folder, s.opt, s.log); err != nil {
		return err
	}
	if at := s.broker.settings.Addresses[0]; s.Address != at {
		s.Address = at
		if err := s.save(); err != nil {
			return err
		}
	}
	if s.book, err = logbook.Open(s.path("recipes.log"), 0); err != nil {
		return err
	}
	targets, err := target.NewRegistry(local.New(local.Options{Root: s.Machines()}))
	if err != nil {
		return err
	}
	beat := cmp.Or(s.opt.Beat, time.Second)
	s.manager, err = managerd.Open(ctx, managerd.Config{
		Dir: s.path("manager"), Domain: s.Domain, Bus: s.bus(), Broker: s.broker.agents, Accounts: s.broker.accounts, Targets: targets,
		Agent: map[string]string{"heartbeat": beat.String()}, CheckEvery: beat, Output: s.printed, Noticed: s.opt.Noticed, Log: s.log,
	})
	if err != nil {
		return err
	}
	if err := s.defineTarget(ctx); err != nil {
		return err
	}
	s.server, err = control.Listen(s.Socket(), s.answer)
	return err
}

// settle decides what an earlier process left open, then writes it down, before anything is made.
func (s *Site) settle(name string) error {
	first := s.Created.IsZero()
	kind := s.opt.Broker
	if kind != "" && !ours(kind) {
		if err := CheckBroker(kind); err != nil {
			return err
		}
		kind = hidden(kind)
	}
	for _, choice := range []struct {
		what, given, standard string
		kept                  *string
	}{
		{"the broker", kind, Embedded, &s.Broker}, {"recipes", s.opt.Recipes, Pretend, &s.Recipes},
	} {
		if !first && choice.given != "" && choice.given != *choice.kept {
			return fmt.Errorf("up %s: %s: its machines were made with %s, not with %s; roboconf down first", s.Source, choice.what, *choice.kept, choice.given)
		}
		*choice.kept = cmp.Or(*choice.kept, choice.given, choice.standard)
	}
	if first {
		s.Created = time.Now().UTC().Truncate(time.Second)
	}
	s.Name = name
	return s.save()
}

func (s *Site) bus() bus.Opener {
	return amqp.Opener(amqp.Config{Settings: s.broker.settings, VerifySender: s.broker.accounts != nil, Log: s.log})
}

// defineTarget tells the manager where machines come from.
func (s *Site) defineTarget(ctx context.Context) error {
	properties := map[string]string{
		"id": Target, "name": "processes of this host", "handler": local.Name, "dir": s.Machines(),
		"agent": s.opt.Agent[0], "agent.args": strings.Join(s.opt.Agent[1:], " "), "recipes": s.Recipes, "grace": "3",
	}
	var text strings.Builder
	for _, key := range []string{"name", "handler", "dir", "agent", "agent.args", "recipes", "grace"} {
		fmt.Fprintf(&text, "%s = %s\n", key, strings.ReplaceAll(properties[key], `\`, `\\`))
	}
	op := manager.SetTarget{Target: manager.Target{ID: Target, Text: text.String(), Properties: properties}}
	if _, err := s.manager.Do(ctx, "", op); err == nil {
		return nil
	}
	op.Change = true
	_, err := s.manager.Do(ctx, "", op)
	return err
}

// printed keeps what a recipe printed. The manager's loop calls it.
func (s *Site) printed(o manager.Output) {
	s.book.Add(logbook.Piece{Run: o.Request, Offset: o.Offset, Line: logbook.Line{
		Time: time.Now().UTC(), Path: o.Path, Op: o.Operation.String(), Stream: o.Stream, Text: o.Text, Cut: o.Truncated,
	}})
}

// Status is how the deployment is now.
func (s *Site) Status() Status {
	app, _ := s.manager.App(s.Name)
	st := s.bare()
	st.Running, st.Pid = true, os.Getpid()
	state := s.manager.Bus().State()
	st.Broker.State, st.Broker.Reason = state.Status.String(), state.Reason
	st.Instances = instances(app.Graph, app.Statuses)
	return st
}

// bare is what the record alone says.
func (f Folder) bare() Status {
	return Status{
		Name: f.Name, Source: f.Source, Domain: f.Domain, Recipes: f.Recipes,
		Broker: BrokerInfo{Kind: f.Broker, Address: f.Address, State: "not running"}, Instances: []Instance{},
	}
}

// Feed tells what changes.
func (s *Site) Feed() *feed.Feed { return s.manager.Feed() }

// Manager is the manager of the deployment.
func (s *Site) Manager() *managerd.Manager { return s.manager }

// Asked says that another program wants everything taken down: whoever looks after the site calls Down then.
func (s *Site) Asked() <-chan struct{} { return s.downs }

// BrokerGone is closed when the broker ended by itself; nil when it is somebody else's.
func (s *Site) BrokerGone() <-chan struct{} { return s.broker.gone }

// Leave stops looking after the deployment; machines go on, and what comes next finds them. It may be called once.
func (s *Site) Leave(ctx context.Context) error {
	var err error
	if s.server != nil {
		s.server.Close()
	}
	if s.manager != nil {
		err = s.manager.Close(ctx)
	}
	if s.book != nil {
		s.book.Close()
	}
	if s.broker != nil {
		err = errors.Join(err, s.broker.close(ctx))
	}
	s.unlock()
	return err
}
