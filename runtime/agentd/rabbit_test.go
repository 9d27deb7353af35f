package agentd_test

import (
	"os"
	"testing"

	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Main(m)) }

// rabbitmq is a server of the tests' own.
func rabbitmq(b *testing.B) bus.Settings {
	s := rabbittest.Shared(b).Endpoint()
	return bus.Settings{Addresses: []string{s.Address}, User: s.User, Password: s.Password}
}
