package bus

import (
	"regexp"
	"strings"

	"github.com/roboconf/workbench/runtime/message"
)

// AgentAccount is the user of one agent, without its password (messaging.md 15.6). It declares its own queue with the exchanges of its
// application and domain, publishes to those exchanges, reads its own queue alone. A queue is written through a binding only, which
// needs the right to write the queue itself: so neither the queue of another agent nor that of the manager can be read or bound.
func AgentAccount(domain, app, scope string) Account {
	domain = named(domain)
	own := message.Agent(app, scope).Queue(domain)
	application := message.Importers(app, "", false).Exchange(domain)
	shared := []string{
		message.Manager("").Exchange(domain), message.Importers("", "", true).Exchange(domain),
		message.DeadExchange(domain), message.UnroutedExchange(domain),
	}
	return Account{
		Name:      message.UserName(domain, app, scope),
		Configure: anyOf(append([]string{own, application}, shared...)...),
		Write:     anyOf(append([]string{own, application}, shared...)...),
		// The manager's exchange is not read: an agent that bound it would hear what others report.
		Read: anyOf(own, application, message.Importers("", "", true).Exchange(domain)),
	}
}

// ManagerAccount is the user of the manager of a domain, without its password: it owns every object of the domain (messaging.md 15.6).
// Domains that share their first 140 bytes are not kept apart by it.
func ManagerAccount(domain string) Account {
	prefix := message.Prefix(named(domain))
	all := "^" + regexp.QuoteMeta(prefix) + ".*$"
	return Account{Name: strings.TrimSuffix(prefix, ".") + "/manager", Configure: all, Write: all, Read: all}
}

func named(domain string) string {
	if domain == "" {
		return "default"
	}
	return domain
}

// anyOf matches some names exactly.
func anyOf(names ...string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = regexp.QuoteMeta(name)
	}
	return "^(" + strings.Join(quoted, "|") + ")$"
}
