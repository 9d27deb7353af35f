package launch

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/userdata"
)

// caller is a program that was called, with a folder of its own.
type caller struct {
	*Program
	t        *testing.T
	out, err bytes.Buffer
	dir      string
}

func call(t *testing.T, environ ...string) *caller {
	c := &caller{t: t, dir: t.TempDir()}
	c.Program = &Program{Out: &c.out, Err: &c.err, Version: "1.2.3", Environ: append(environ, "ROBOCONF_AGENT_DATA="+c.dir)}
	return c
}

func (c *caller) with(args ...string) (code int) {
	c.out.Reset()
	c.err.Reset()
	c.Args = args
	return c.Run(c.t.Context())
}

// write makes a file in the caller's folder.
func (c *caller) write(name, text string) string {
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

var machine = userdata.Data{
	Domain: "d", App: "shop", Scope: "/vm", Broker: bus.Settings{Addresses: []string{"127.0.0.1:5672"}, User: "u", Password: "s3cret"},
	Agent: map[string]string{"heartbeat": "7s", "cascade": "deepest-first"},
}

// manager.md 10: a file, user data, environment, arguments: what wins over what.
func TestWhatWins(t *testing.T) {
	c := call(t, "ROBOCONF_AGENT_DRAIN=3s", "ROBOCONF_AGENT_APPLICATION_NAME=fromEnvironment")
	c.write("conf", "drain = 1s\nrecipe-timeout = 2m\nheartbeat = 9s\ndomain = fromFile\nnet.roboconf.messaging.rabbitmq.server.username = file")
	user := c.write("told", userdata.Format(machine))
	args, err := (&Program{Args: []string{"--config", filepath.Join(c.dir, "conf"), "--parameters=" + user, "--on-reboot", "trust"}}).arguments()
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.resolve(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	x := r.config
	if x.App != "shop" || x.Domain != "d" || x.Scope != "/vm" || r.data.Broker.User != "u" || x.Address != "127.0.0.1" {
		t.Errorf("user data does not win: %+v, %+v", x, r.data)
	}
	if x.Drain != 3*time.Second || x.Timeout != 2*time.Minute || x.Heartbeat != 7*time.Second || x.Cascade != agent.DeepestFirst || x.OnReboot != agent.Trust {
		t.Errorf("settings are %+v", x)
	}
	args.values["override-properties-with-user-data"] = "false"
	if r, err = c.resolve(t.Context(), args); err != nil || r.config.App != "fromEnvironment" || r.config.Domain != "fromFile" || r.config.Scope != "/vm" {
		t.Errorf("user data wins: %v, %+v", err, r)
	}
}

// Every mistake is told with what is wrong and where, the code is 2; no secret is told.
func TestMistakes(t *testing.T) {
	tests := []struct{ arg, environ, words string }{
		{"--nonsense", "", "--nonsense is no option"},
		{"nonsense", "", "is no option"},
		{"--domain", "", "needs a value"},
		{"--broker-password=s3cret", "", "ROBOCONF_AGENT_BROKER_PASSWORD"},
		{"--heartbeat=often", "", "no duration"},
		{"--cascade=s", "", "parent-only, deepest-first"},
		{"--run-as=x", "", "script=app"},
		{"--log-level=loud", "", "no level"},
		{"--max-recipe-bytes=-1", "", "no number"},
		{"--simulate-plugins=maybe", "", "false, true"},
		{"--parameters=@iaas-moon", "", "no place that is known"},
		{"--parameters=file://elsewhere/x", "", "names no file of this machine"},
		{"--parameters=/nobody/here", "", "no such file"},
		{"--config=/nobody/here", "", "read the settings"},
		{"--version=1", "ROBOCONF_AGENT_HARTBEAT=1s", "--version"},
		{"--domain=d", "ROBOCONF_AGENT_HARTBEAT=1s", "ROBOCONF_AGENT_HARTBEAT is no setting"},
		{"--scoped-instance-path=vm", "", "no path of an instance"},
		{"--messaging-type=http", "", "agents do not have"},
		{"--broker=", "", "no broker is named"},
	}
	for _, test := range tests {
		c := call(t, "ROBOCONF_AGENT_APPLICATION_NAME=a", "ROBOCONF_AGENT_SCOPED_INSTANCE_PATH=/vm", "ROBOCONF_AGENT_MESSAGING_TYPE=rabbitmq",
			"ROBOCONF_AGENT_BROKER_PASSWORD=s3cret")
		if test.environ != "" {
			c.Environ = append(c.Environ, test.environ)
		}
		if code := c.with(test.arg); code != Usage || !strings.Contains(c.err.String(), test.words) || strings.Contains(c.err.String(), "s3cret") {
			t.Errorf("%s %s: code %d, %s", test.arg, test.environ, code, c.err.String())
		}
	}
}

// --print-config shows what came together, and can be read again; secrets are masked. --help names every setting.
func TestPrint(t *testing.T) {
	c := call(t)
	secret := machine
	secret.Broker.CA, secret.Broker.Key = "CA", "s3cret key"
	user := c.write("told", userdata.Format(secret))
	if code := c.with("--parameters", user, "--print-config"); code != Fine {
		t.Fatal(c.err.String())
	}
	out := c.out.String()
	if strings.Contains(out, "s3cret") || strings.Contains(out, base64.StdEncoding.EncodeToString([]byte("s3cret key"))) {
		t.Errorf("secrets are printed:\n%s", out)
	}
	for _, line := range []string{"heartbeat = 7s", "application.name = shop", "server.username = u", "ip-address-of-the-agent = 127.0.0.1"} {
		if !strings.Contains(out, line) {
			t.Errorf("%q is missing in\n%s", line, out)
		}
	}
	if code := c.with("--version"); code != Fine || c.out.String() != "1.2.3\n" {
		t.Error(code, c.out.String())
	}
	if code := c.with("--help"); code != Fine {
		t.Error(code)
	}
	for _, s := range settings() {
		if !strings.Contains(c.out.String(), s.name) || s.help == "" {
			t.Errorf("--help does not tell %s", s.name)
		}
	}
}

// TG-41: each place that user data comes from; what is not there yet is asked for again.
func TestSources(t *testing.T) {
	text := userdata.Format(machine)
	answers := map[string]string{
		"/data": text, "/latest/user-data": base64.StdEncoding.EncodeToString([]byte(text)), "/latest/meta-data/local-ipv4": "10.1.1.1",
	}
	misses, token := 2, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPut:
			token = "tok"
			fmt.Fprint(w, token)
		case misses > 0:
			misses--
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		case strings.HasPrefix(r.URL.Path, "/latest/") && r.Header.Get("X-Aws-Ec2-Metadata-Token") != "tok", answers[r.URL.Path] == "":
			http.NotFound(w, r)
		default:
			fmt.Fprint(w, answers[r.URL.Path])
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"told": text, "roboconf.properties": text,
		"ovf-env.xml":      `<Environment xmlns:w="x"><w:P><w:CustomData>` + base64.StdEncoding.EncodeToString([]byte(text)) + `</w:CustomData></w:P></Environment>`,
		"SharedConfig.xml": `<SharedConfig><Instances><Instance id="x" address="10.2.2.2"/></Instances></SharedConfig>`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for from, address := range map[string]string{
		filepath.Join(dir, "told"): "", "file:" + filepath.Join(dir, "told"): "", "file://" + filepath.Join(dir, "told"): "",
		server.URL + "/data": "", "@iaas-ec2": "10.1.1.1", "@iaas-openstack": "10.1.1.1", "@iaas-azure": "10.2.2.2", "@iaas-vmware": "",
	} {
		s := newSource(values{"parameters": from, "metadata": server.URL + "/"})
		s.azure, s.vmware, s.pause = dir, dir, time.Millisecond
		if got, err := s.read(t.Context()); err != nil || got.text != text || got.address != address {
			t.Errorf("%s: %v, %+v", from, err, got)
		}
	}
	s := newSource(values{"parameters": server.URL + "/nothing"})
	s.tries, s.pause = 3, time.Millisecond
	if _, err := s.read(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s.tries, s.pause = 1000, time.Hour
	if _, err := s.read(ended); err == nil {
		t.Error("it waits after the end")
	}
}

// manager.md 10: a failure to read keeps the previous values; MS-90: what a move to another broker said outlives the process.
func TestKeptUserData(t *testing.T) {
	c := call(t)
	user := c.write("told", userdata.Format(machine))
	args := arguments{values: values{"parameters": user}}
	r, err := c.resolve(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(r.kept()); err != nil || info.Mode() != 0o600 {
		t.Errorf("kept as %v, %v", info, err)
	}
	if err := os.Remove(user); err != nil {
		t.Fatal(err)
	}
	if r, err = c.resolve(t.Context(), args); err != nil || r.config.App != "shop" {
		t.Errorf("previous values are lost: %v", err)
	}
	c.write("told", userdata.Format(machine))
	if r, err = c.resolve(t.Context(), args); err != nil {
		t.Fatal(err)
	}
	next, err := r.settings(map[string]string{userdata.KeyServer: "10.9.9.9:5671"})
	if err != nil || next.Addresses[0] != "10.9.9.9:5671" || next.Password != "s3cret" {
		t.Errorf("%v, %+v", err, next)
	}
	if err := keepPrivate(r.kept(), r.moved(map[string]string{userdata.KeyServer: "10.9.9.9:5671"})); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r, err = c.resolve(t.Context(), args); err != nil || r.data.Broker.Addresses[0] != "10.9.9.9:5671" {
			t.Errorf("the move is forgotten: %v, %+v", err, r.data.Broker)
		}
	}
	other := machine
	other.Broker.Addresses = []string{"10.8.8.8:5672"}
	c.write("told", userdata.Format(other))
	if r, err = c.resolve(t.Context(), args); err != nil || r.data.Broker.Addresses[0] != "10.8.8.8:5672" {
		t.Errorf("new user data does not win: %v, %+v", err, r.data.Broker)
	}
}

// The log of the agent does not grow for ever.
func TestLogRotates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "agent.log")
	var also bytes.Buffer
	l, err := openLog(path, &also)
	if err != nil {
		t.Fatal(err)
	}
	line := bytes.Repeat([]byte("x"), 64<<10)
	for range 100 {
		if n, err := l.Write(line); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ".1"} {
		if info, err := os.Stat(name); err != nil || info.Size() > logBytes+int64(len(line)) || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if also.Len() != 100*len(line) {
		t.Errorf("%d bytes came to the other reader", also.Len())
	}
}
