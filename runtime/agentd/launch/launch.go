// Package launch starts an agent from its settings: arguments, environment, file, user data.
package launch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/file"
	"github.com/roboconf/workbench/runtime/plugin/logger"
	"github.com/roboconf/workbench/runtime/plugin/mock"
	"github.com/roboconf/workbench/runtime/plugin/puppet"
	"github.com/roboconf/workbench/runtime/plugin/script"
	"github.com/roboconf/workbench/runtime/userdata"
)

// The exit codes of the program.
const (
	Fine   = 0
	Failed = 1 // it could not go on: the folder, the disk
	Usage  = 2 // the settings are wrong or incomplete
)

// Program is how the agent was called.
type Program struct {
	Args    []string // without the program's name
	Environ []string // as "KEY=value"
	Out     io.Writer
	Err     io.Writer
	Version string
	Again   <-chan os.Signal // asks to read the settings again; nil for never
}

// usualConfig is the file of settings that is read when none is named.
const usualConfig = "/etc/roboconf-agent/agent.properties"

// Run is the whole program: it ends with the context, after draining (LC-105). It returns the exit code.
func (p *Program) Run(ctx context.Context) int {
	args, err := p.arguments()
	if err != nil {
		fmt.Fprintln(p.Err, "roboconf-agent:", err)
		return Usage
	}
	switch {
	case args.help:
		p.usage(p.Out)
		return Fine
	case args.version:
		fmt.Fprintln(p.Out, p.Version)
		return Fine
	}
	for {
		again, err := p.once(ctx, args)
		var wrong *settingsError
		switch {
		case errors.As(err, &wrong):
			fmt.Fprintln(p.Err, "roboconf-agent:", err)
			return Usage
		case err != nil:
			fmt.Fprintln(p.Err, "roboconf-agent:", err)
			return Failed
		case !again:
			return Fine
		}
	}
}

// settingsError is a mistake of whoever called the program.
type settingsError struct{ err error }

func (e *settingsError) Error() string { return e.err.Error() }
func (e *settingsError) Unwrap() error { return e.err }

// once runs the agent until it ends, or until it is to begin again with other settings.
func (p *Program) once(ctx context.Context, args arguments) (again bool, err error) {
	s, err := p.resolve(ctx, args)
	if err != nil {
		return false, &settingsError{err}
	}
	if args.print {
		s.print(p.Out)
		return false, nil
	}
	c, end, err := p.agent(s)
	if err != nil {
		return false, err
	}
	defer end()
	work, stop := context.WithCancel(ctx)
	changed := make(chan bool, 1)
	go func() { changed <- p.watch(work, stop, args, s) }()
	err = agentd.Run(work, c)
	stop()
	return <-changed && ctx.Err() == nil, err
}

// watch ends an agent whose settings changed when somebody asks to read them again; it says whether they did.
func (p *Program) watch(ctx context.Context, stop context.CancelFunc, args arguments, now *resolved) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-p.Again:
		}
		next, err := p.resolve(ctx, args)
		if err != nil {
			fmt.Fprintln(p.Err, "roboconf-agent: the settings stay as they were:", err)
			continue
		}
		if !next.same(now) {
			stop()
			return true
		}
	}
}

// resolved are the settings, with what user data says.
type resolved struct {
	values values
	data   userdata.Data
	config agentd.Config
	reset  bool
	file   string // that they were read from, "" for none
	source string // see movedFrom
}

func (r *resolved) same(o *resolved) bool {
	return maps.Equal(r.values, o.values) && userdata.Format(r.data) == userdata.Format(o.data) && r.reset == o.reset
}

// resolve reads all sources: what is named explicitly wins over a file, user data over all for who the agent is (manager.md 10).
func (p *Program) resolve(ctx context.Context, args arguments) (*resolved, error) {
	environment, err := fromEnvironment(p.Environ)
	if err != nil {
		return nil, err
	}
	explicit := environment.over(args.values)
	r := &resolved{values: defaults().over(explicit)}
	text, err := r.read(explicit["config"])
	if err != nil {
		return nil, err
	}
	written, err := fromText(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.file, err)
	}
	r.values = defaults().over(written).over(explicit)
	keys, err := r.userData(ctx)
	if err != nil {
		return nil, err
	}
	for key, value := range keys {
		if name, ours := strings.CutPrefix(key, userdata.AgentSetting); ours {
			if _, ok := known(name); !ok {
				return nil, fmt.Errorf("user data: %s is no setting of the agent", key)
			}
			if _, said := explicit[name]; !said || name == "ip-address-of-the-agent" {
				r.values[name] = value
			}
		}
	}
	if r.data, err = userdata.Of(r.values.join(keys), os.ReadFile); err != nil {
		return nil, err
	}
	if r.config, err = r.values.config(); err != nil {
		return nil, err
	}
	return r, r.identity()
}

func (r *resolved) read(name string) (string, error) {
	r.file = name
	if name == "" {
		r.file = usualConfig
	}
	text, err := os.ReadFile(r.file)
	if errors.Is(err, fs.ErrNotExist) && name == "" {
		r.file = ""
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the settings: %w", err)
	}
	return string(text), nil
}

// told is where the last user data is kept, for a time when it cannot be read.
func (r *resolved) kept() string { return filepath.Join(r.values["data"], "user-data") }

// userData reads what the machine is told. A failure to read keeps what was told before (manager.md 10).
func (r *resolved) userData(ctx context.Context) (map[string]string, error) {
	r.reset = r.values["parameters"] == reset
	var now told
	var err error
	if r.reset {
		err = errors.New("the agent is reset")
	} else if now, err = newSource(r.values).read(ctx); err == nil && now.text == "" {
		return nil, nil
	}
	if err != nil {
		before, bad := os.ReadFile(r.kept())
		if bad != nil {
			return nil, err
		}
		now.text = string(before)
	} else if now.text, err = r.keep(now.text); err != nil {
		return nil, err
	}
	keys, err := userdata.Keys(now.text)
	if now.address != "" && r.values["ip-address-of-the-agent"] == "" {
		r.values["ip-address-of-the-agent"] = now.address
	}
	return keys, err
}

// keep keeps what was read for a time when it cannot be. Where the agent went to another broker since it was written, what it was told then
// stays.
func (r *resolved) keep(text string) (string, error) {
	r.source = movedFrom(text)
	if before, err := os.ReadFile(r.kept()); err == nil && strings.HasPrefix(string(before), r.source) {
		return string(before), nil
	}
	if err := keepPrivate(r.kept(), text); err != nil {
		return "", fmt.Errorf("keep the user data: %w", err)
	}
	return text, nil
}

// movedFrom is the first line of user data that was written after a move to another broker: it names the user data before.
func movedFrom(text string) string {
	return fmt.Sprintf("# messaging moved from %x\n", sha256.Sum256([]byte(text)))
}

// keepPrivate writes a file for its user alone, at once.
func keepPrivate(path, text string) error {
	if before, err := os.ReadFile(path); err == nil && string(before) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// identity puts what was found into the configuration.
func (r *resolved) identity() error {
	c := &r.config
	c.Domain, c.App, c.Scope = r.data.Domain, r.data.App, r.data.Scope
	if len(r.data.Broker.Addresses) == 0 {
		return errors.New("no broker is named: the setting broker does, or the user data")
	}
	if c.Address == "" {
		c.Address = agentd.FindAddress(r.values["network-interface"], r.data.Broker.Addresses)
	}
	if r.file != "" {
		own, err := filepath.Abs(r.file)
		if err != nil {
			return err
		}
		c.Own = own
	}
	return nil
}

// agent makes everything that the agent works with. end closes its log.
func (p *Program) agent(r *resolved) (c agentd.Config, end func(), err error) {
	c = r.config
	c.Version, c.Reset = p.Version, r.reset
	level := &slog.LevelVar{}
	word, err := agentd.Level(r.values["log-level"])
	if err != nil {
		return c, nil, err
	}
	level.Set(word)
	out, err := openLog(filepath.Join(c.Dir, "agent.log"), p.Err)
	if err != nil {
		return c, nil, err
	}
	c.Level, c.Log = level, slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
	c.Environ = slices.DeleteFunc(slices.Clone(p.Environ), func(s string) bool { return strings.HasPrefix(s, agentd.Prefix) })
	if s := r.data.Broker.Password; s != "" {
		c.Secrets = []string{s}
	}
	c.Bus = amqp.Opener(amqp.Config{Settings: r.data.Broker, Log: c.Log})
	c.Switch = r.other(c.Log)
	c.Switched = func(_ string, s map[string]string) {
		if err := keepPrivate(r.kept(), r.moved(s)); err != nil {
			c.Log.Error("keep the settings of the other broker", "error", err)
		}
	}
	c.Plugins = plugin.NewRegistry(script.New(), puppet.New(puppet.Options{}), file.New(file.Options{}), logger.New(c.Log))
	if r.values["simulate-plugins"] == "true" {
		c.Plugins, c.Any = nil, mock.New("any", mock.Options{Log: c.Log})
	}
	return c, func() { _ = out.Close() }, nil
}

// moved is the user data of this agent with the messaging of another broker.
func (r *resolved) moved(s map[string]string) string {
	d := r.data
	if next, err := r.settings(s); err == nil {
		d.Broker = next
	}
	return r.source + userdata.Format(d)
}

// settings reads those of another broker: keys of user data; what they do not say, such as a password, stays as it is.
func (r *resolved) settings(s map[string]string) (bus.Settings, error) {
	keys, err := userdata.Keys(userdata.Format(r.data))
	if err != nil {
		return bus.Settings{}, err
	}
	d, err := userdata.Of(values(keys).over(s), nil)
	return d.Broker, err
}

// other makes the way to another broker (MS-90).
func (r *resolved) other(log *slog.Logger) func(string, map[string]string) (bus.Opener, error) {
	return func(kind string, s map[string]string) (bus.Opener, error) {
		if !strings.EqualFold(kind, userdata.RabbitMQ) {
			return nil, fmt.Errorf("agents have no messaging of the type %q", kind)
		}
		next, err := r.settings(s)
		if err != nil {
			return nil, err
		}
		return amqp.Opener(amqp.Config{Settings: next, Log: log}), nil
	}
}
