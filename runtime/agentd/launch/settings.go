package launch

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/userdata"
)

// setting is one that the program knows (manager.md 10). It is written --NAME, ROBOCONF_AGENT_NAME, NAME = in a file, or agent.NAME = in
// user data.
type setting struct {
	name, value, help string
	key               string // of user data that says the same, "" for none
	secret            bool   // never an argument: others see those
}

// settings are all of them, in the order in which they are told.
func settings() []setting {
	return []setting{
		{name: "config", help: "file with these settings, as properties; one that is missing is an error only when it is named"},
		{name: "parameters", help: "where the user data is: a file, file: or http(s): address, @iaas-ec2, @iaas-openstack, @iaas-azure, @iaas-vmware; @reset@ forgets everything"},
		{name: "override-properties-with-user-data", value: "true", help: "user data wins over the other settings for application, scope, domain, address, messaging"},
		{name: "application-name", key: userdata.KeyApp, help: "the application"},
		{name: "scoped-instance-path", key: userdata.KeyScope, help: "path of the instance that this machine is, such as /vm"},
		{name: "domain", key: userdata.KeyDomain, help: "domain of the manager; default when empty"},
		{name: "messaging-type", key: userdata.KeyType, help: "rabbitmq"},
		{name: "broker", key: userdata.KeyServer, help: "host:port of the broker; several are separated by commas"},
		{name: "broker-user", key: userdata.KeyUser, help: "user of the broker"},
		{name: "broker-password", key: userdata.KeyPassword, secret: true, help: "password of that user"},
		{name: "data", value: "/var/lib/roboconf-agent", help: "the agent's own folder"},
		{name: "ip-address-of-the-agent", help: "address that others reach this machine under; found when empty"},
		{name: "network-interface", help: "interface whose address it is; that on the way to the broker when empty or unknown"},
		{name: "simulate-plugins", value: "false", help: "pretend recipes instead of running them"},
		{name: "heartbeat", value: "60s", help: "period of heartbeats"},
		{name: "resync-grace", help: "how long imports of an earlier process may stay unconfirmed; two heartbeats when empty"},
		{name: "cascade", value: "parent-only", help: "whose recipes run when a parent stops: parent-only, deepest-first"},
		{name: "on-reboot", value: "restart", help: "what becomes of started instances when the machine was restarted: restart, trust"},
		{name: "agent-script-on-restart", value: "false", help: "run the scripts of the target again when the agent starts again"},
		{name: "max-recipe-bytes", value: "67108864", help: "bytes of the files of one request"},
		{name: "recipe-timeout", value: "15m", help: "time of a recipe that names no other"},
		{name: "drain", value: "60s", help: "how long a recipe may go on when the agent is asked to end"},
		{name: "run-as", help: "who runs the recipes of an installer: script=app,puppet=root"},
		{name: "cfg-injection", help: "folder of templates of configuration files"},
		{name: "log-level", value: "info", help: "off, error, warn, info, debug, trace"},
		{name: "metadata", value: "http://169.254.169.254", help: "address of the metadata service of the infrastructure"},
	}
}

// known finds a setting.
func known(name string) (setting, bool) {
	all := settings()
	if k := slices.IndexFunc(all, func(s setting) bool { return s.name == name }); k >= 0 {
		return all[k], true
	}
	return setting{}, false
}

// variable is the name of a setting in an environment.
func variable(name string) string {
	return agentd.Prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// values are settings by name; keys of user data by themselves.
type values map[string]string

// over puts others on top.
func (v values) over(others values) values {
	all := maps.Clone(v)
	if all == nil {
		all = values{}
	}
	maps.Copy(all, others)
	return all
}

func defaults() values {
	v := values{}
	for _, s := range settings() {
		if s.value != "" {
			v[s.name] = s.value
		}
	}
	return v
}

// fromEnvironment reads ROBOCONF_AGENT_ variables. One that is no setting is an error: it would be a misspelt one.
func fromEnvironment(environ []string) (values, error) {
	v := values{}
	var errs []error
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		rest, ours := strings.CutPrefix(name, agentd.Prefix)
		if !ours {
			continue
		}
		key := strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
		if _, ok := known(key); !ok {
			errs = append(errs, fmt.Errorf("%s is no setting of the agent", name))
			continue
		}
		v[key] = value
	}
	return v, errors.Join(errs...)
}

// fromText reads a file of settings; it may hold messaging properties as user data does.
func fromText(text string) (values, error) {
	keys, err := userdata.Keys(text)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if _, ok := known(key); !ok && !strings.HasPrefix(strings.TrimPrefix(key, userdata.Embedded), userdata.Messaging) && !isIdentity(key) {
			errs = append(errs, fmt.Errorf("%s is no setting of the agent", key))
		}
	}
	return keys, errors.Join(errs...)
}

func isIdentity(key string) bool {
	return key == userdata.KeyApp || key == userdata.KeyScope || key == userdata.KeyDomain
}

// identity gives the keys of user data that the settings stand for; what is written as such a key stays.
func (v values) identity() map[string]string {
	keys := map[string]string{}
	for key, value := range v {
		if _, ok := known(key); !ok {
			keys[key] = value
		}
	}
	for _, s := range settings() {
		if value := v[s.name]; s.key != "" && value != "" {
			keys[s.key] = value
		}
	}
	return keys
}

// join gives the keys of user data on top of those of the settings, or below them (override-properties-with-user-data).
func (v values) join(told map[string]string) map[string]string {
	own := v.identity()
	if v["override-properties-with-user-data"] == "false" {
		return values(told).over(own)
	}
	return values(own).over(told)
}

// config turns values into what the agent works with, but identity, bus, plugins. What is wrong is told all at once.
func (v values) config() (agentd.Config, error) {
	r := &reader{v: v}
	c := agentd.Config{
		Dir: v["data"], Address: v["ip-address-of-the-agent"], Inject: v["cfg-injection"],
		Heartbeat: r.duration("heartbeat"), ResyncGrace: r.duration("resync-grace"), Timeout: r.duration("recipe-timeout"), Drain: r.duration("drain"),
		ScriptsOnRestart: r.flag("agent-script-on-restart"), MaxRecipeBytes: r.number("max-recipe-bytes"),
	}
	if r.choice("cascade", "parent-only", "deepest-first") == "deepest-first" {
		c.Cascade = agent.DeepestFirst
	}
	if r.choice("on-reboot", "restart", "trust") == "trust" {
		c.OnReboot = agent.Trust
	}
	for pair := range strings.SplitSeq(v["run-as"], ",") {
		installer, user, ok := strings.Cut(strings.TrimSpace(pair), "=")
		switch {
		case pair == "":
		case !ok || installer == "" || user == "":
			r.wrong("run-as", "is no list such as script=app,puppet=root")
		default:
			if c.RunAs == nil {
				c.RunAs = map[string]string{}
			}
			c.RunAs[strings.ToLower(installer)] = user
		}
	}
	r.flag("simulate-plugins")
	r.flag("override-properties-with-user-data")
	if _, err := agentd.Level(v["log-level"]); err != nil {
		r.wrong("log-level", err.Error())
	}
	return c, errors.Join(r.errs...)
}

// reader reads values and collects what is wrong.
type reader struct {
	v    values
	errs []error
}

func (r *reader) wrong(name, why string) {
	r.errs = append(r.errs, fmt.Errorf("the setting %s: %q %s", name, r.v[name], why))
}

func (r *reader) duration(name string) time.Duration {
	text := r.v[name]
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if n, bad := strconv.Atoi(text); bad == nil {
		d, err = time.Duration(min(n, 1e9))*time.Second, nil
	}
	if err != nil || d <= 0 {
		r.wrong(name, "is no duration such as 60s or 15m")
	}
	return d
}

func (r *reader) number(name string) int64 {
	text := r.v[name]
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		r.wrong(name, "is no number from 1 on")
	}
	return n
}

func (r *reader) choice(name string, words ...string) string {
	text := strings.ToLower(r.v[name])
	if text != "" && !slices.Contains(words, text) {
		r.wrong(name, "is none of "+strings.Join(words, ", "))
	}
	return text
}

func (r *reader) flag(name string) bool { return r.choice(name, "false", "true") == "true" }
