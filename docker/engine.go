// Package docker makes containers over the engine's API.
//
// It speaks to any engine of API 1.41 or newer, Podman's service included. Everything that it makes is labelled, so that it is found
// again after a crash, from another folder.
package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// Labels of what we make. Deployment is the name of what it belongs to; those of a machine are the key of its target (manager.md 4.4).
const (
	LabelDeployment = "rbc.deployment"
	LabelDomain     = "rbc.domain"
	LabelApp        = "rbc.app"
	LabelScope      = "rbc.scope"
	LabelGen        = "rbc.gen"
	LabelRole       = "rbc.role" // "broker", "machine", "base image"
)

// Engine is a connection to an engine. It may be used from several goroutines.
type Engine struct {
	api  *client.Client
	host string
}

// ErrNoEngine says that no engine was found at any of the usual places; ErrPermission that one is there, not for us.
var (
	ErrNoEngine   = errors.New("no container engine answers")
	ErrPermission = errors.New("the container engine refuses this user")
)

// Surroundings say where an engine may be: the environment of the process, its files.
type Surroundings struct {
	Env  func(name string) string
	Home string
	UID  int
	FS   fs.FS // the root of the file system
}

// Own are the surroundings of this process.
func Own() Surroundings {
	home, _ := os.UserHomeDir() // "" asks fewer places
	return Surroundings{Env: os.Getenv, Home: home, UID: os.Getuid(), FS: os.DirFS("/")}
}

// Candidates are the addresses at which an engine may answer, best first: the one that the person named, the context that
// the docker command uses, then the usual sockets that exist, the person's own (rootless, Podman) after the system's.
func (s Surroundings) Candidates() []string {
	if host := s.Env("DOCKER_HOST"); host != "" {
		return []string{host}
	}
	var list []string
	if host := s.context(); host != "" {
		list = append(list, host)
	}
	own := s.Env("XDG_RUNTIME_DIR")
	if own == "" {
		own = fmt.Sprintf("/run/user/%d", s.UID)
	}
	for _, socket := range []string{
		"/var/run/docker.sock", own + "/docker.sock", filepath.Join(s.Home, ".docker/run/docker.sock"),
		own + "/podman/podman.sock", "/run/podman/podman.sock",
	} {
		if _, err := fs.Stat(s.FS, strings.TrimPrefix(socket, "/")); err == nil {
			list = append(list, "unix://"+socket)
		}
	}
	return list
}

// context is the address of the current context of the docker command; "" when it has none of its own.
func (s Surroundings) context() string {
	dir := s.Env("DOCKER_CONFIG")
	if dir == "" {
		dir = filepath.Join(s.Home, ".docker")
	}
	name := s.Env("DOCKER_CONTEXT")
	if name == "" {
		var config struct{ CurrentContext string }
		s.read(filepath.Join(dir, "config.json"), &config)
		name = config.CurrentContext
	}
	if name == "" || name == "default" {
		return ""
	}
	root := strings.TrimPrefix(filepath.Join(dir, "contexts/meta"), "/")
	entries, err := fs.ReadDir(s.FS, root)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		var meta struct {
			Name      string
			Endpoints map[string]struct{ Host string }
		}
		if s.read(filepath.Join(dir, "contexts/meta", e.Name(), "meta.json"), &meta); meta.Name == name {
			return meta.Endpoints["docker"].Host
		}
	}
	return ""
}

// read fills v from a file of JSON; what cannot be read leaves it as it is.
func (s Surroundings) read(name string, v any) {
	if text, err := fs.ReadFile(s.FS, strings.TrimPrefix(name, "/")); err == nil {
		_ = json.Unmarshal(text, v) // a broken file names no engine
	}
}

// patience is how long one address may take to answer.
const patience = 5 * time.Second

// Connect finds an engine: the first that answers. host, when not "", is the only address that is tried.
func Connect(ctx context.Context, s Surroundings, host string) (*Engine, error) {
	hosts := s.Candidates()
	if host != "" {
		hosts = []string{host}
	}
	if len(hosts) == 0 {
		return nil, fmt.Errorf("%w: no socket is at the usual places; install Docker or Podman, or set DOCKER_HOST", ErrNoEngine)
	}
	var troubles []error
	for _, h := range hosts {
		e, err := dial(ctx, h)
		if err == nil {
			return e, nil
		}
		troubles = append(troubles, fmt.Errorf("%s: %w", h, err))
		if errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("%w: %s; add the user to the group of the socket, or use a rootless engine", ErrPermission, h)
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrNoEngine, errors.Join(troubles...))
}

func dial(ctx context.Context, host string) (*Engine, error) {
	api, err := client.New(client.WithHost(host), client.WithTLSClientConfigFromEnv())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := api.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		_ = api.Close() // it never served
		return nil, err
	}
	return &Engine{api: api, host: host}, nil
}

// Host is the address that answered.
func (e *Engine) Host() string { return e.host }

// Version is the version of the API that was agreed upon.
func (e *Engine) Version() string { return e.api.ClientVersion() }

// Close ends the connection.
func (e *Engine) Close() error { return e.api.Close() }

// Left are the names of the containers of a deployment, whatever their state.
func (e *Engine) Left(ctx context.Context, deployment string) ([]string, error) {
	found, err := e.api.ContainerList(ctx, client.ContainerListOptions{
		All: true, Filters: client.Filters{}.Add("label", LabelDeployment+"="+deployment),
	})
	if err != nil {
		return nil, fmt.Errorf("look for the containers of %s: %w", deployment, err)
	}
	var names []string
	for _, c := range found.Items {
		names = append(names, strings.TrimPrefix(strings.Join(c.Names, ","), "/"))
	}
	return names, nil
}

// absent says whether an error means that a thing is not there.
func absent(err error) bool { return errdefs.IsNotFound(err) }
