package site

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/roboconf/workbench/docker"
	"github.com/roboconf/workbench/runtime/bus"
)

// runContainer runs RabbitMQ in a container of this deployment's own, at the address that machines know already if there is one.
func runContainer(ctx context.Context, f Folder, s secrets, tell func(string)) (*carrier, error) {
	engine, err := docker.Connect(ctx, docker.Own(), "")
	if err != nil {
		return nil, fmt.Errorf("start RabbitMQ in a container: %w", err)
	}
	at, _ := netip.ParseAddrPort(f.Address) // the zero one asks for any port
	own := bus.ManagerAccount(f.Domain)
	server, err := engine.RunRabbit(ctx, docker.RabbitOptions{
		Deployment: f.Domain, User: own.Name, Password: s.Manager, Bind: at, Progress: tell,
	})
	if err != nil {
		_ = engine.Close() // nothing was asked of it
		return nil, fmt.Errorf("start RabbitMQ in a container: %w", err)
	}
	settings := bus.Settings{Addresses: []string{server.Address}, User: own.Name, Password: s.Manager}
	agents := settings
	agents.User, agents.Password = "", ""
	return &carrier{
		kind: Container, settings: settings, agents: agents, accounts: server,
		close: func(ctx context.Context) error {
			defer engine.Close()
			return server.Stop(ctx)
		},
	}, nil
}

// removeContainer ends the RabbitMQ of a deployment with all that it holds.
func removeContainer(ctx context.Context, f Folder) error {
	engine, err := docker.Connect(ctx, docker.Own(), "")
	if err != nil {
		return fmt.Errorf("remove RabbitMQ's container: %w", err)
	}
	defer engine.Close()
	return engine.RemoveRabbit(ctx, f.Domain)
}
