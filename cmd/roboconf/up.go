package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/editor/watch"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/managerd/template"
	"github.com/roboconf/workbench/runtime/site"
)

type upOptions struct {
	broker, recipes, until, format string
	watch, keep, verbose           bool
	beat                           time.Duration
}

func upCommand(s streams) *cobra.Command {
	o := upOptions{}
	cmd := &cobra.Command{
		Use:   "up [DIR]",
		Short: "Run an application on this host",
		Long: "Shows what will be done, then does it: a broker, a manager, an agent for each machine, which is a process of this host in a\n" +
			"folder of its own. Recipes are only pretended unless --recipes run asks for real ones. Stays in front and shows what changes;\n" +
			"Ctrl-C takes everything down (with --keep the machines go on), a second Ctrl-C leaves at once. Running it again does only\n" +
			"what the files say differently. roboconf status, logs, down work from other terminals, also after a crash.\n" +
			"--broker: embedded (default), rabbitmq (a private process), container (RabbitMQ in one), or an address amqp://HOST, amqps://HOST; credentials in\n" +
			"ROBOCONF_BROKER_USER, ROBOCONF_BROKER_PASSWORD.\n" +
			"Exit code: 0 fine, 1 not everything started (with --until) or the application has severe findings, 2 it could not run.",
		Example: "  roboconf up samples/lamp\n  roboconf up --recipes run --watch samples/hello\n  roboconf up --until started samples/lamp",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, folderOf(args))
		},
	}
	cmd.Flags().StringVar(&o.broker, "broker", "", "embedded, rabbitmq, container or an address (default embedded, or that of the last time)")
	cmd.Flags().StringVar(&o.recipes, "recipes", "", "pretend or run (default pretend, or as the last time)")
	cmd.Flags().StringVar(&o.until, "until", "", "started: end as soon as everything is started; the machines stay, roboconf down ends them")
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json (one object per line)")
	cmd.Flags().BoolVar(&o.watch, "watch", false, "when files change, show what that will do, then do it")
	cmd.Flags().BoolVar(&o.keep, "keep", false, "leave the machines when it ends")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "also tell what the parts of it do")
	cmd.Flags().DurationVar(&o.beat, "beat", time.Second, "how often agents say that they live")
	completeWords(cmd, "broker", site.Embedded, site.RabbitMQ, site.Container, "amqp://", "amqps://")
	completeWords(cmd, "recipes", site.Pretend, site.Run)
	completeWords(cmd, "until", "started")
	completeWords(cmd, "format", "text", "json")
	return cmd
}

func folderOf(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// check says what is wrong with the settings before anything is done.
func (o upOptions) check() error {
	switch {
	case o.format != "text" && o.format != "json":
		return fmt.Errorf("no format is called %q: there are text, json", o.format)
	case o.until != "" && o.until != "started":
		return fmt.Errorf("nothing to wait for is called %q: there is started", o.until)
	case o.recipes != "" && o.recipes != site.Pretend && o.recipes != site.Run:
		return fmt.Errorf("recipes are not %q: there are pretend, run", o.recipes)
	case o.until != "" && o.watch:
		return errors.New("--until ends when everything is started, --watch stays: use one of them")
	case o.beat < 10*time.Millisecond:
		return fmt.Errorf("--beat %s is too often: 10ms is the least", o.beat)
	case o.broker == "":
		return nil
	}
	return site.CheckBroker(o.broker)
}

func (o upOptions) run(ctx context.Context, s streams, dir string) error {
	if err := o.check(); err != nil {
		return err
	}
	root, err := site.Root(os.Getenv)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program of agents: %w", err)
	}
	out := newUpWriter(s, o.format)
	log := slog.New(slog.DiscardHandler)
	if o.verbose {
		log = slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	here, err := site.Open(ctx, site.Options{
		Root: root, Source: dir, Broker: o.broker, Recipes: o.recipes, Agent: []string{self, agentWord}, Beat: o.beat, Tell: out.say, Log: log,
	})
	if err != nil {
		return o.refused(ctx, s, dir, err)
	}
	return o.look(ctx, s, here, out)
}

// refused shows the findings that keep an application from being run.
func (o upOptions) refused(ctx context.Context, s streams, dir string, err error) error {
	var refused *template.Refused
	if !errors.As(err, &refused) {
		return err
	}
	for _, p := range refused.Problems {
		if p.Level() == diag.Severe {
			s.say("%s", p.Text(language(s)))
		}
	}
	return fmt.Errorf("run %s: it has %s; roboconf check %s says more, mend them first", dir, count(refused.Problems, language(s)), dir)
}

// look brings a deployment to what its files say, then stays with it.
func (o upOptions) look(ctx context.Context, s streams, here *site.Site, out *upWriter) error {
	events := here.Feed().Subscribe(0)
	told := make(chan struct{})
	go func() {
		defer close(told)
		for e := range events.Events {
			out.event(e)
		}
	}()
	watching, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { tellBroker(watching, here, out) })
	err := o.bring(ctx, here, out)
	switch {
	case err != nil && ctx.Err() == nil:
	case o.until != "":
		if err = tellStarted(ctx, here, out); errors.Is(err, site.ErrStuck) {
			out.stuck(here.Status())
			err = errProblems
		}
	default:
		work.Go(func() { _ = tellStarted(watching, here, out) })
		err = o.stay(ctx, here, out)
	}
	stop()
	work.Wait()
	downed, endErr := o.end(ctx, here, out, err)
	events.Close()
	<-told
	if downed && (err == nil || ctx.Err() != nil) && endErr == nil {
		return nil
	}
	return errors.Join(err, endErr)
}

// gathered is how long the events of one instance are gathered before they are shown, with room.
const gathered = 200 * time.Millisecond

// tellStarted waits until everything is started, or nothing moves any more, and says which.
func tellStarted(ctx context.Context, here *site.Site, out *upWriter) error {
	err := here.Started(ctx)
	if ctx.Err() == nil {
		rest, cancel := context.WithTimeout(ctx, gathered)
		<-rest.Done() // the last changes are shown first
		cancel()
	}
	started, all := here.Status().Started()
	switch {
	case err == nil:
		out.say(fmt.Sprintf("%s: %d of %d started", here.Name, started, all))
	case errors.Is(err, site.ErrStuck):
		out.say(fmt.Sprintf("%s: %d of %d started, and nothing moves any more; roboconf status says why", here.Name, started, all))
	}
	return err
}

// tellBroker says when the broker cannot be used, and when it can again, until ctx ends.
func tellBroker(ctx context.Context, here *site.Site, out *upWriter) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	told := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		st := here.Manager().Bus().State()
		trouble := cmp.Or(st.Blocked, st.Reason)
		if st.Status == bus.Ready {
			trouble = st.Blocked
		}
		switch {
		case trouble == told:
		case trouble == "" && st.Status == bus.Ready:
			out.say("the broker can be used again")
			told = ""
		case trouble != "":
			out.say("the broker cannot be used: " + trouble + "; trying again")
			told = trouble
		}
	}
}

// bring shows what will be done, then does it.
func (o upOptions) bring(ctx context.Context, here *site.Site, out *upWriter) error {
	changes, err := here.Changes(ctx)
	if err != nil {
		return err
	}
	out.plan(here.Name, changes)
	if changes.New && here.Recipes == site.Pretend {
		out.say("recipes are only pretended; --recipes run would run them, on this host")
	}
	return here.Apply(ctx, changes)
}

// stay waits until the person, or another terminal, has enough.
func (o upOptions) stay(ctx context.Context, here *site.Site, out *upWriter) error {
	var looks <-chan watch.Look
	if o.watch {
		looks = watch.Start(ctx, here.Source)
		<-looks // the first look is of what is known already
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-here.Asked():
			return nil
		case <-here.BrokerGone():
			return errors.New("the broker ended by itself; roboconf up starts it again, roboconf down takes everything away")
		case _, open := <-looks:
			if !open {
				looks = nil
				continue
			}
			if err := o.reload(ctx, here, out); err != nil {
				return err
			}
		}
	}
}

// reload does what changed files say. Files that are wrong at the moment change nothing.
func (o upOptions) reload(ctx context.Context, here *site.Site, out *upWriter) error {
	changes, err := here.Changes(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		out.say("the files cannot be used as they are, nothing is changed: " + err.Error())
		return nil
	}
	if changes.Empty() {
		return nil
	}
	out.plan(here.Name, changes)
	if err := here.Apply(ctx, changes); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out.say("not all of it could be done: " + err.Error())
	}
	return nil
}

// undoing is how long everything may take to be undone when a person wants it down.
const undoing = 2 * time.Minute

// end leaves, or takes down, what up looked after; a second Ctrl-C leaves at once. It says whether everything was taken down.
func (o upOptions) end(ctx context.Context, here *site.Site, out *upWriter, why error) (downed bool, err error) {
	last, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM)
	defer stop()
	stays := o.keep || o.until != "" || why != nil && ctx.Err() == nil
	if stays {
		if why == nil || ctx.Err() != nil {
			out.say("the machines go on; roboconf down " + here.Source + " ends them")
		}
		return false, here.Leave(last)
	}
	out.say("taking " + here.Name + " down; Ctrl-C leaves at once")
	if err := here.Down(last, undoing, out.say); err != nil {
		return false, fmt.Errorf("take %s down: %w; roboconf down tries again", here.Name, err)
	}
	out.say(here.Name + " is down, nothing of it is left")
	return true, nil
}
