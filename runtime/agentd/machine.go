package agentd

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/roboconf/workbench/runtime/message"
)

// Off is a level above all that is ever logged.
const Off = slog.Level(100)

// Level gives the level of a word of messaging.md 13.1: error, warn, info, debug, trace or off.
func Level(word string) (slog.Level, error) {
	switch strings.ToLower(word) {
	case message.LevelOff:
		return Off, nil
	case message.LevelError:
		return slog.LevelError, nil
	case message.LevelWarn:
		return slog.LevelWarn, nil
	case message.LevelInfo, "":
		return slog.LevelInfo, nil
	case message.LevelDebug:
		return slog.LevelDebug, nil
	case message.LevelTrace:
		return slog.LevelDebug - 4, nil
	}
	return 0, fmt.Errorf("%q is no level: off, error, warn, info, debug, trace are", word)
}

// systemBoot tells one start of the machine from another. The machine of an agent may be a container, which starts while its host goes on:
// the first process is another one then.
func systemBoot() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "" // unknown: every start of the agent is taken for one of the machine
	}
	id := strings.TrimSpace(string(boot))
	if stat, err := os.ReadFile("/proc/1/stat"); err == nil {
		// The name of the program, in parentheses, may hold anything; the time of its start is the 20th word behind it.
		if words := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])); len(words) > 19 {
			id += "." + words[19]
		}
	}
	return id
}

// FindAddress is the address of the machine that others reach it under (manager.md 10): that of a network interface when one is named
// and known, else the one that the way to the broker begins with, else any that is not a loopback.
func FindAddress(networkInterface string, brokers []string) string {
	if i, err := net.InterfaceByName(networkInterface); err == nil {
		if a := addressOf(i); a != "" {
			return a
		}
	}
	for _, b := range brokers {
		if a := sourceTo(b); a != "" {
			return a
		}
	}
	all, _ := net.Interfaces() // none found is answered below
	for k := range all {
		if i := &all[k]; i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 {
			if a := addressOf(i); a != "" {
				return a
			}
		}
	}
	return "127.0.0.1"
}

// sourceTo is the address that packets to a host leave from; nothing is sent.
func sourceTo(broker string) string {
	host, _, err := net.SplitHostPort(broker)
	if err != nil {
		host = broker
	}
	if net.ParseIP(host) == nil {
		return "" // looking names up may take long
	}
	c, err := net.Dial("udp", net.JoinHostPort(host, "9"))
	if err != nil {
		return ""
	}
	defer c.Close()
	a, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok || a.IP.IsUnspecified() {
		return ""
	}
	return a.IP.String()
}

// addressOf is the first address of an interface that others can reach, IPv4 before IPv6.
func addressOf(i *net.Interface) (found string) {
	addresses, err := i.Addrs()
	if err != nil {
		return ""
	}
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		switch {
		case !ok || n.IP.IsLinkLocalUnicast() || n.IP.IsMulticast():
		case n.IP.To4() != nil:
			return n.IP.String()
		case found == "":
			found = n.IP.String()
		}
	}
	return found
}

// template is how the names of templates of configuration files end (PL-80).
const template = ".cfg.tpl"

// inject writes the configuration files that templates stand for, below a folder, beside the templates' folder (PL-80): each name without
// ".tpl", in the same sub-directory. One that fails does not keep the others from being written.
func (c *Config) inject() error {
	if c.Inject == "" {
		return nil
	}
	values := strings.NewReplacer(
		"<domain>", c.Domain, "<application-name>", c.App, "<scoped-instance-path>", c.Scope, "<ip-address>", c.Address,
	)
	root := os.DirFS(c.Inject)
	var errs []error
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == "." && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			errs = append(errs, err)
		case d.Type().IsRegular() && strings.HasSuffix(name, template):
			errs = append(errs, c.injectOne(root, name, values))
		}
		return nil
	})
	return errors.Join(append(errs, err)...)
}

func (c *Config) injectOne(root fs.FS, name string, values *strings.Replacer) error {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	to := filepath.Join(filepath.Dir(filepath.Dir(filepath.Clean(c.Inject))), filepath.FromSlash(strings.TrimSuffix(name, ".tpl")))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if own, err := filepath.Abs(to); c.Own != "" && err == nil && own == c.Own {
		return fmt.Errorf("%s is the agent's own configuration: it is left as it is", to)
	}
	next := to + ".new"
	if err := os.WriteFile(next, []byte(values.Replace(string(text))), 0o644); err != nil {
		return err
	}
	return os.Rename(next, to)
}
