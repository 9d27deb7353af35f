//go:build !unix

package rabbit

import (
	"context"
	"errors"
	"log/slog"
)

// errSystem is what everything answers here: the processes of Erlang are watched, ended in ways that this system does not have.
var errSystem = errors.New("start RabbitMQ: as a private process it runs on Linux and macOS alone; use the embedded broker, or give the address of one that runs")

// Server never runs on this system.
type Server struct{}

// Start is refused.
func Start(context.Context, Options) (*Server, error) { return nil, errSystem }

// End has nothing to end.
func End(context.Context, string, *slog.Logger) error { return nil }

// Find is refused.
func Find() (string, error) { return "", errSystem }

// Endpoint is empty.
func (*Server) Endpoint() Endpoint { return Endpoint{} }

// Pid is nobody's.
func (*Server) Pid() int { return 0 }

// Done is never closed.
func (*Server) Done() <-chan struct{} { return nil }

// Err says why there is no server.
func (*Server) Err() error { return errSystem }

// Stop has nothing to do.
func (*Server) Stop(context.Context) error { return nil }

// Kill has nothing to do.
func (*Server) Kill() {}

// Crash has nothing to do.
func (*Server) Crash() {}

// LimitMemory is refused.
func (*Server) LimitMemory(context.Context, int64) error { return errSystem }

// Accounts are those of no server.
type Accounts struct{}

// Accounts gives the users of no server.
func (*Server) Accounts() Accounts { return Accounts{} }

// Ensure is refused.
func (Accounts) Ensure(context.Context, Account) error { return errSystem }

// Remove is refused.
func (Accounts) Remove(context.Context, string) error { return errSystem }
