// Package local makes machines of folders, processes of this host: the lab of whoever has no container engine.
//
// A machine is a folder with a record, the user data, a log, the agent's own data; beside it a process in a session of its own,
// which outlives the manager. Everything is found again from the folder, whoever made it; nothing is kept in memory.
package local

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// Name is the value of the property "handler".
const Name = "local"

// Marker is the variable that every process of a machine carries in its environment, with the machine's native id: what daemonised
// is found by it, whoever its parent became.
const Marker = "ROBOCONF_MACHINE"

// The properties of the target.
const (
	keyDir      = "dir"
	keyAgent    = "agent"
	keyArgs     = "agent.args"
	keyRecipes  = "recipes"
	keyAddress  = "address"
	keyGrace    = "grace"
	keyRestarts = "restarts"
	keySettle   = "settle"
	keyEnv      = "env.<NAME>"
)

// What recipes does: real recipes are run only when the person says so.
const (
	pretend = "pretend"
	really  = "run"
)

// auto asks for an address that no other machine of the folder has.
const auto = "auto"

// Options of the handler; the zero value is right.
type Options struct {
	// Root holds the machines of targets without the property "dir"; one folder per user when empty: $XDG_STATE_HOME/roboconf/machines.
	Root string
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Handler makes local machines. It keeps nothing between two calls; several processes may use one folder at once.
type Handler struct {
	root string
	now  func() time.Time
	gap  time.Duration // before the first restart
	// step is called before each thing that is done outside this process: tests die there (TG-111, TG-120).
	step func(what string)
}

var _ target.Handler = (*Handler)(nil)

// New makes a handler.
func New(o Options) *Handler {
	h := &Handler{root: o.Root, now: o.Now, gap: firstGap, step: func(string) {}}
	if h.now == nil {
		h.now = time.Now
	}
	return h
}

// Describe is TG-110.
func (h *Handler) Describe() target.Description {
	return target.Description{
		Handler: Name,
		Help:    "machines are folders, processes of this host",
		Nested:  true,
		Properties: []target.Property{
			{Key: keyAgent, Type: target.TypePath, Required: true, Help: "the agent's program"},
			{Key: keyArgs, Type: target.TypeText, Help: "arguments of the program, separated by blanks"},
			{Key: keyDir, Type: target.TypePath, Help: "the folder of the machines; one folder per user when it is not given"},
			{Key: keyRecipes, Type: target.TypeText, Default: pretend, Help: "pretend: recipes are only pretended; run: they really run, on this host"},
			{Key: keyAddress, Type: target.TypeText, Default: auto, Help: "the address of a machine, 127.x.y.z; auto: one of its own, where the system has them"},
			{Key: keyGrace, Type: target.TypeSeconds, Default: "5", Help: "how long the agent may take to end when its machine is destroyed"},
			{Key: keyRestarts, Type: target.TypeInt, Default: "5", Help: "how often an agent that crashes is started again within ten minutes"},
			{Key: keySettle, Type: target.TypeSeconds, Default: "0.05", Help: "how long a new agent must live before its machine counts as ready"},
			{Key: keyEnv, Type: target.TypeText, Help: "a variable of the agent's environment; of the manager's it has PATH, HOME, USER, LANG"},
			target.Waits(),
		},
	}
}

// settings are the properties, understood.
type settings struct {
	root     string // absolute
	agent    string // as it was given
	args     []string
	recipes  string
	address  string // auto, or an address
	grace    time.Duration
	restarts int
	settle   time.Duration
	env      map[string]string
}

// read understands properties; what is wrong is in the reader.
func (h *Handler) read(properties map[string]string) (settings, *target.Reader) {
	r := target.Read(h.Describe(), properties)
	s := settings{
		agent: r.Text(keyAgent), args: strings.Fields(r.Text(keyArgs)), recipes: r.OneOf(keyRecipes, pretend, really),
		address: r.Text(keyAddress), grace: r.Seconds(keyGrace), restarts: r.Int(keyRestarts, 0), settle: r.Seconds(keySettle),
		env: r.Family(keyEnv),
	}
	if ip, err := netip.ParseAddr(s.address); s.address != auto && (err != nil || !ip.IsLoopback()) {
		r.Wrong(keyAddress, fmt.Sprintf("is auto, or an address of this host's loopback such as 127.0.0.1, not %q", s.address))
	}
	for name := range s.env {
		if strings.ContainsAny(name, "=\x00 ") || name == Marker || strings.Contains(s.env[name], "\x00") {
			r.Wrong(strings.TrimSuffix(keyEnv, "<NAME>")+name, "is no variable that can be set")
		}
	}
	root, err := filepath.Abs(cmp.Or(r.Text(keyDir), h.root, userRoot()))
	if err != nil {
		r.Wrong(keyDir, err.Error())
	}
	s.root = root
	return s, r
}

// userRoot is the folder of the machines of one person.
func userRoot() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			home = os.TempDir()
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "roboconf", "machines")
}

// Check is TG-110: properties alone, no look at the disk.
func (h *Handler) Check(properties map[string]string) []target.Finding {
	_, r := h.read(properties)
	_, waits := target.LimitsOf(properties, target.DefaultLimits())
	all := append(r.Findings(), waits...)
	return append(all, r.Unknown()...)
}

// Probe sees that the program of the agent is there, that machines can be put into the folder. It creates nothing.
func (h *Handler) Probe(_ context.Context, properties map[string]string) error {
	s, r := h.read(properties)
	if err := r.Err("probe the local target", ""); err != nil {
		return err
	}
	if _, err := program(s.agent); err != nil {
		return failure("probe the local target", target.Spec{}, err)
	}
	return failure("probe the local target", target.Spec{}, writable(s.root))
}

// List gives the machines of a folder (TG-140). One whose record cannot be read is an error: it is there, but whose it is cannot be told.
func (h *Handler) List(ctx context.Context, properties map[string]string, domain string) ([]target.Machine, error) {
	s, _ := h.read(properties) // the agent is not needed for that
	entries, err := os.ReadDir(s.root)
	if err != nil && !os.IsNotExist(err) {
		return nil, failure("list the machines of "+s.root, target.Spec{}, err)
	}
	var all []target.Machine
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("list the machines of %s: %w", s.root, err)
		}
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f := folder(filepath.Join(s.root, e.Name()))
		rec, err := f.record()
		switch {
		case os.IsNotExist(err) && !f.exists(): // destroyed meanwhile
		case os.IsNotExist(err): // somebody's own folder
		case err != nil:
			return nil, failure("list the machines of "+s.root, target.Spec{}, err)
		case domain == "" || rec.Key.Domain == domain:
			m, err := h.look(f, rec)
			if err != nil {
				return nil, failure("list the machines of "+s.root, target.Spec{Key: rec.Key}, err)
			}
			if m.Phase != target.Absent {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// loopbacks says whether all of 127.0.0.0/8 is this host without any setting.
func loopbacks() bool { return runtime.GOOS == "linux" }
