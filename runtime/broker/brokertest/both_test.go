//go:build unix

package brokertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker/brokertest"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

func startRabbit(t testing.TB, opt rabbit.Options) *rabbit.Server {
	t.Helper()
	opt.Program = require.RabbitMQ(t)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	s, err := rabbit.Start(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rabbitUsers gives the accounts of a server in the suite's words.
type rabbitUsers struct{ server func() *rabbit.Server }

func (u rabbitUsers) Ensure(ctx context.Context, a brokertest.Account) error {
	return u.server().Accounts().Ensure(ctx, rabbit.Account(a))
}

func (u rabbitUsers) Remove(ctx context.Context, name string) error {
	return u.server().Accounts().Remove(ctx, name)
}

// RabbitMQ is the reference (issue 4): a check that it does not pass is a wrong check.
func TestRabbitMQ(t *testing.T) {
	require.RabbitMQ(t)
	opt := rabbit.Options{Dir: t.TempDir()}
	server := startRabbit(t, opt)
	t.Cleanup(func() { server.Kill() })
	e := server.Endpoint()
	brokertest.Run(t, brokertest.Server{
		Address: e.Address, User: e.User, Password: e.Password, Quorum: true,
		Users: rabbitUsers{func() *rabbit.Server { return server }},
		Restart: func(t testing.TB) {
			if err := server.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			server = startRabbit(t, opt)
		},
		Block: func(t testing.TB) func() {
			limit := func(bytes int64) {
				if err := server.LimitMemory(t.Context(), bytes); err != nil {
					t.Error(err)
				}
			}
			limit(1)
			return func() { limit(1 << 30) }
		},
		TLS: func(t testing.TB, c brokertest.Certificates) brokertest.Secured {
			secured := startRabbit(t, rabbit.Options{Dir: t.TempDir(), TLS: &rabbit.TLS{CA: c.CA, Cert: c.Cert, Key: c.Key}})
			t.Cleanup(secured.Kill)
			e := secured.Endpoint()
			return brokertest.Secured{
				Address: e.Address, User: e.User, Password: e.Password,
				Users: rabbitUsers{func() *rabbit.Server { return secured }},
			}
		},
	})
}
