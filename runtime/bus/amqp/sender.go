package amqp

import (
	"strings"

	"github.com/roboconf/workbench/runtime/message"
)

// trusts says which user of the broker may speak for which sender (messaging.md 15.3, 15.6); nil when nobody asks.
//
// Agents may publish to each other, and topics cannot tell a request of the manager from one that an agent made up. So the user, for
// which the broker vouches, must be that of the agent that the message names. Other users speak for anybody: managers, people who replay
// dead letters; agents' accounts give nobody else the right to publish.
func (d *dialer) trusts() func(message.From, string) bool {
	own := !d.id.Manager() && d.cfg.Settings.User == message.UserName(d.id.Domain, d.id.App, d.id.Scope)
	if !own && !d.cfg.VerifySender {
		return nil
	}
	return func(from message.From, user string) bool {
		switch {
		case user == "":
			return false
		case !isAgent(user):
			return true
		}
		return from.Kind == message.FromAgent && user == message.UserName(d.id.Domain, from.App, from.Scope)
	}
}

// isAgent says whether a user is one of bus.AgentAccount. Encoded names have no slash; that of bus.ManagerAccount has one.
func isAgent(user string) bool {
	return strings.HasPrefix(user, "rbc.") && !strings.Contains(user, "/")
}
