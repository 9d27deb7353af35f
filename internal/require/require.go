// Package require tells a test whether the machine has what the test needs.
//
// A need that is not met skips the test with a clear word. Where ROBOCONF_REQUIRE names the need ("docker,rabbitmq"), the
// test fails instead: continuous integration must not pass by skipping.
package require

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Env is the variable that turns skips into failures: needs, separated by commas.
const Env = "ROBOCONF_REQUIRE"

// Needs are the words that Env knows, in the order in which they are told.
func Needs() []string { return []string{"docker", "rabbitmq", "puppet", "neovim", "sarif", "corpus"} }

// Docker gives the address of a Docker engine that answers.
func Docker(t testing.TB) string {
	t.Helper()
	return need(t, "docker")
}

// RabbitMQ gives the path of the program that starts a RabbitMQ server.
func RabbitMQ(t testing.TB) string {
	t.Helper()
	return need(t, "rabbitmq")
}

// Puppet gives the path of the program of Puppet.
func Puppet(t testing.TB) string {
	t.Helper()
	return need(t, "puppet")
}

// Neovim gives the path of the editor.
func Neovim(t testing.TB) string {
	t.Helper()
	return need(t, "neovim")
}

// Corpus gives the folder of the shared corpus of models with their expected findings.
func Corpus(t testing.TB) string {
	t.Helper()
	return need(t, "corpus")
}

// Find looks for what a need names and says why it is not there.
func Find(need string) (string, error) {
	switch need {
	case "docker":
		return engine()
	case "rabbitmq":
		return rabbitmq()
	case "puppet":
		return puppet()
	case "neovim":
		return neovim()
	case "sarif":
		return sarif()
	case "corpus":
		return corpus()
	}
	return "", fmt.Errorf("nobody knows the need %q", need)
}

// Demanded says whether a list such as "docker,rabbitmq" names a need.
func Demanded(list, need string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(word string) bool { return strings.TrimSpace(word) == need })
}

// slow are needs whose programs take seconds to start. Short runs, such as those under the race detector, do without: what is ours is
// held there by other tests too.
var slow = []string{"docker", "rabbitmq", "neovim", "puppet"}

func need(t testing.TB, word string) string {
	t.Helper()
	found, err := Find(word)
	demanded := Demanded(os.Getenv(Env), word)
	switch {
	case err == nil && testing.Short() && slices.Contains(slow, word) && !demanded:
		t.Skipf("needs %s, which takes its time: not in short runs", word)
	case err == nil:
	case demanded:
		t.Fatalf("needs %s, and %s asks for it: %v", word, Env, err)
	default:
		t.Skipf("needs %s: %v", word, err)
	}
	return found
}

func engine() (string, error) {
	address := os.Getenv("DOCKER_HOST")
	if address == "" {
		address = "unix:///var/run/docker.sock"
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read DOCKER_HOST: %w", err)
	}
	network, where := "tcp", u.Host
	if u.Scheme == "unix" {
		network, where = "unix", u.Path
	}
	return address, ping(network, where)
}

// ping asks the engine for the shortest answer it has.
func ping(network, where string) error {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, where)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: 5 * time.Second}
	answer, err := client.Get("http://engine/_ping")
	if err != nil {
		return fmt.Errorf("no engine answers: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the engine at %s answers %s", where, answer.Status)
	}
	return nil
}

func rabbitmq() (string, error) {
	installed, _ := filepath.Glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server") // the pattern is well formed
	if len(installed) > 0 {
		return installed[len(installed)-1], nil
	}
	path, err := exec.LookPath("rabbitmq-server")
	if err != nil {
		return "", errors.New("rabbitmq-server is not installed")
	}
	return path, nil
}

func puppet() (string, error) {
	for _, name := range [...]string{"puppet", "/opt/puppetlabs/bin/puppet"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("puppet is not installed (Debian: puppet-agent)")
}

func neovim() (string, error) {
	path, err := exec.LookPath("nvim")
	if err != nil {
		return "", errors.New("nvim is not installed (Debian: neovim)")
	}
	return path, nil
}

// corpus stands beside the module: ../shared/corpus, seen from the folder of go.mod.
func corpus() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the corpus: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("no corpus beside the project: %w", err)
	}
	return path, nil
}
