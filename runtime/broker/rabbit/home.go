//go:build unix

package rabbit

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Names inside the folder.
const (
	stateFile   = "server.json"    // ports, credentials
	processFile = "processes.json" // what runs
	lockFile    = "lock"
	outFile     = "output.txt" // what the processes print, apart from the log
	logDir      = "log"
	logName     = "rabbit.log"
	node        = "roboconf@localhost"
)

// administrator is the only user that a new server has.
const administrator = "administrator"

// state is what stays the same from one start in a folder to the next.
type state struct {
	Port, DistPort, EpmdPort int
	User, Password           string
	Cookie                   string // with it, whoever reaches DistPort rules the server
}

// home is the folder of a server.
type home struct {
	dir   string
	ip    string
	state state
	fresh bool // no server was here before
}

func newHome(opt *Options) (*home, error) {
	if opt.Dir == "" {
		return nil, errors.New("start RabbitMQ: a folder is needed for its data")
	}
	if opt.Program == "" {
		found, err := Find()
		if err != nil {
			return nil, err
		}
		opt.Program = found
	}
	if opt.IP == "" {
		opt.IP = "127.0.0.1"
	}
	if opt.MemoryLimit == 0 {
		opt.MemoryLimit = 2 << 30
	}
	if net.ParseIP(opt.IP) == nil {
		return nil, fmt.Errorf("start RabbitMQ: %q is not an IP address to listen on", opt.IP)
	}
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return nil, fmt.Errorf("start RabbitMQ: %w", err)
	}
	// Erlang takes its settings apart at blanks, its configuration at quotes.
	if strings.ContainsAny(dir, " \t\n\"'\\#") {
		return nil, fmt.Errorf("start RabbitMQ: its folder may have neither blanks nor quotes in its path: %q", dir)
	}
	h := &home{dir: dir, ip: opt.IP}
	if err := h.read(); err != nil {
		return nil, fmt.Errorf("start RabbitMQ in %s: %w", dir, err)
	}
	if opt.Port != 0 {
		h.state.Port = opt.Port
	}
	return h, nil
}

// Find gives the path of an installed rabbitmq-server. The one in /usr/sbin of Debian refuses ordinary users: the one behind it comes first.
func Find() (string, error) {
	for _, pattern := range []string{"/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server", "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server"} {
		installed, _ := filepath.Glob(pattern) // the patterns are well formed
		if len(installed) > 0 {
			return installed[len(installed)-1], nil
		}
	}
	path, err := exec.LookPath("rabbitmq-server")
	if err != nil {
		return "", errors.New("find RabbitMQ: rabbitmq-server is not installed here: install it (Debian: rabbitmq-server), or use the embedded broker")
	}
	return path, nil
}

// findErlang gives the path of a program of the Erlang that RabbitMQ runs on.
func findErlang(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	if erl, err := exec.LookPath("erl"); err == nil {
		if real, err := filepath.EvalSymlinks(erl); err == nil {
			erl = real
		}
		found, _ := filepath.Glob(filepath.Join(filepath.Dir(erl), "..", "erts-*", "bin", name))
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("find %s: Erlang, which RabbitMQ runs on, has no such program here", name)
}

// read takes over what an earlier server left, or draws everything anew.
func (h *home) read() error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(h.dir, stateFile))
	switch {
	case err == nil:
		if err := json.Unmarshal(text, &h.state); err != nil || h.state.Password == "" || h.state.Cookie == "" {
			return fmt.Errorf("read %s: it is damaged: remove the folder to begin with an empty broker", stateFile)
		}
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	h.fresh = true
	h.state = state{User: administrator, Password: rand.Text(), Cookie: rand.Text()}
	return h.forgetPorts()
}

// forgetPorts draws three ports that are free at the moment.
func (h *home) forgetPorts() error {
	h.state.Port, h.state.DistPort, h.state.EpmdPort = 0, 0, 0
	for _, p := range []struct {
		ip   string
		port *int
	}{{h.ip, &h.state.Port}, {"127.0.0.1", &h.state.DistPort}, {"127.0.0.1", &h.state.EpmdPort}} {
		l, err := net.Listen("tcp", net.JoinHostPort(p.ip, "0"))
		if err != nil {
			return fmt.Errorf("find a free port on %s: %w", p.ip, err)
		}
		defer l.Close() // only at the end: the next one must differ
		*p.port = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}

// portsAreFree says which port another program has: RabbitMQ's own word for it is an Erlang term among many.
func (h *home) portsAreFree() error {
	for _, p := range []struct {
		ip   string
		port int
	}{{h.ip, h.state.Port}, {"127.0.0.1", h.state.DistPort}, {"127.0.0.1", h.state.EpmdPort}} {
		address := net.JoinHostPort(p.ip, strconv.Itoa(p.port))
		l, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("%w %s: stop that program, or choose another port: %w", ErrPort, address, err)
		}
		l.Close()
	}
	return nil
}

func (h *home) address() string { return net.JoinHostPort(h.ip, strconv.Itoa(h.state.Port)) }

// path is a file or folder of the home.
func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

// write puts settings where RabbitMQ reads them. They are written at each start: they depend on the options.
func (h *home) write(opt *Options) error {
	for _, dir := range []string{"home", "data", logDir, "generated", "expanded", "tls"} {
		if err := os.MkdirAll(h.path(dir), 0o700); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(h.state, "", "  ")
	if err != nil {
		return err
	}
	files := map[string]string{
		stateFile:             string(text),
		"rabbitmq.conf":       h.config(opt),
		"advanced.config":     "[].\n",
		"enabled_plugins":     "[rabbitmq_auth_mechanism_ssl].\n",
		"inetrc":              inetrc,
		"home/.erlang.cookie": h.state.Cookie,
	}
	if opt.TLS != nil {
		files["tls/ca.pem"], files["tls/cert.pem"], files["tls/key.pem"] = opt.TLS.CA, opt.TLS.Cert, opt.TLS.Key
	}
	for name, text := range files {
		if err := replace(h.path(name), text); err != nil {
			return err
		}
	}
	return h.linkPlugins(opt.Program)
}

// replace writes a whole file or leaves the old one; nobody else may read it.
func replace(path, text string) error {
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// inetrc keeps Erlang from asking name servers, which costs 5 s each where none answers: the node is localhost, for nobody else.
const inetrc = `{hosts_file, ""}.
{resolv_conf, ""}.
{host, {127,0,0,1}, ["localhost"]}.
{lookup, [file]}.
`

// config is rabbitmq.conf: one node on a laptop, nobody but the administrator.
func (h *home) config(opt *Options) string {
	var b strings.Builder
	line := func(key, value string) { fmt.Fprintf(&b, "%s = %s\n", key, value) }
	if opt.TLS == nil {
		line("listeners.tcp.1", h.address())
	} else {
		line("listeners.tcp", "none")
		line("listeners.ssl.1", h.address())
		line("ssl_options.cacertfile", h.path("tls/ca.pem"))
		line("ssl_options.certfile", h.path("tls/cert.pem"))
		line("ssl_options.keyfile", h.path("tls/key.pem"))
		line("ssl_options.verify", "verify_peer")
		line("ssl_options.fail_if_no_peer_cert", strconv.FormatBool(opt.TLS.Demand))
		line("ssl_options.versions.1", "tlsv1.3")
		line("ssl_options.versions.2", "tlsv1.2")
		line("auth_mechanisms.3", "EXTERNAL")
		line("ssl_cert_login_from", "common_name")
	}
	line("auth_mechanisms.1", "PLAIN")
	line("auth_mechanisms.2", "AMQPLAIN")
	// A default user of another name means that there never is a guest.
	line("default_user", h.state.User)
	line("default_pass", h.state.Password)
	line("default_user_tags.administrator", "true")
	line("loopback_users", "none")
	line("heartbeat", "10")
	line("max_message_size", strconv.Itoa(16<<20)) // twice the largest that the protocol of agents allows (MS-50)
	line("vm_memory_high_watermark.absolute", strconv.FormatInt(opt.MemoryLimit, 10))
	line("disk_free_limit.absolute", "50MB")
	line("collect_statistics", "none")
	line("tcp_listen_options.nodelay", "true")
	line("tcp_listen_options.backlog", "1024") // a thousand agents come back at once
	line("log.console", "false")
	line("log.file", logName)
	line("log.file.level", "info")
	line("log.connection.level", "warning")
	line("log.file.rotation.size", strconv.Itoa(8<<20))
	line("log.file.rotation.count", "2")
	return b.String()
}

// env is the whole environment of the processes: nothing of ours reaches them, nothing of the system's RabbitMQ either.
func (h *home) env() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"HOME=" + h.path("home"),
		"RABBITMQ_CONF_ENV_FILE=/dev/null",
		"RABBITMQ_NODENAME=" + node,
		"RABBITMQ_DIST_PORT=" + strconv.Itoa(h.state.DistPort),
		"ERL_EPMD_PORT=" + strconv.Itoa(h.state.EpmdPort),
		"ERL_EPMD_ADDRESS=127.0.0.1",
		"ERL_INETRC=" + h.path("inetrc"),
		"ERL_CRASH_DUMP=" + h.path("crash.dump"),
		"ERL_CRASH_DUMP_BYTES=1048576", // a whole one takes the size of the memory
		"RABBITMQ_MNESIA_BASE=" + h.path("data"),
		"RABBITMQ_LOG_BASE=" + h.path(logDir),
		"RABBITMQ_PID_FILE=" + h.path("rabbitmq.pid"),
		"RABBITMQ_CONFIG_FILE=" + h.path("rabbitmq.conf"),
		"RABBITMQ_ADVANCED_CONFIG_FILE=" + h.path("advanced.config"),
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + h.path("enabled_plugins"),
		"RABBITMQ_GENERATED_CONFIG_DIR=" + h.path("generated"),
		"RABBITMQ_PLUGINS_EXPAND_DIR=" + h.path("expanded"),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
		// The script then becomes Erlang instead of waiting beside it: one process to watch, to signal.
		"RUNNING_UNDER_SYSTEMD=true",
	}
	if scripts := h.path("program/sbin"); isDir(scripts) {
		env = append(env, "RABBITMQ_SCRIPTS_DIR="+scripts, "RABBITMQ_PLUGINS_DIR="+h.path("program/plugins"))
	}
	return env
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// failure is an error with the end of what RabbitMQ wrote.
func (h *home) failure(what string) error {
	var b strings.Builder
	for _, file := range []string{filepath.Join(logDir, logName), outFile} {
		text, err := os.ReadFile(h.path(file))
		if err != nil || len(text) == 0 {
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) > 12 {
			lines = lines[len(lines)-12:]
		}
		fmt.Fprintf(&b, "\n%s:\n  %s", h.path(file), strings.Join(lines, "\n  "))
	}
	if b.Len() == 0 {
		return fmt.Errorf("%s without a word", what)
	}
	return fmt.Errorf("%s; the end of its log:%s", what, strings.ReplaceAll(b.String(), h.state.Password, "…"))
}
