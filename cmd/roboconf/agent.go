package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/file"
	"github.com/roboconf/workbench/runtime/plugin/logger"
	"github.com/roboconf/workbench/runtime/plugin/mock"
	"github.com/roboconf/workbench/runtime/plugin/puppet"
	"github.com/roboconf/workbench/runtime/plugin/script"
	"github.com/roboconf/workbench/runtime/userdata"
)

// agentWord makes this program the agent of a machine of roboconf up: one program is enough for a room without internet.
const agentWord = "__agent"

// agentCommand is what machines of this host run; people have no use for it.
func agentCommand() *cobra.Command {
	return &cobra.Command{
		Use: agentWord, Hidden: true, Short: "Be the agent of a machine of this host", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := agentConfig(os.Getenv)
			if err != nil {
				return err
			}
			return agentd.Run(cmd.Context(), c)
		},
	}
}

// agentConfig reads what the local target tells an agent: its user data, its folder, its address, whether recipes really run.
func agentConfig(env func(string) string) (agentd.Config, error) {
	d, err := ownUserData(env(agentd.Prefix + "PARAMETERS"))
	if err != nil {
		return agentd.Config{}, fmt.Errorf("read who this agent is: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil)).With("app", d.App, "instance", d.Scope)
	c := agentd.Config{
		Domain: d.Domain, App: d.App, Scope: d.Scope, Address: env(agentd.Prefix + "IP_ADDRESS_OF_THE_AGENT"), Dir: env(agentd.Prefix + "DATA"),
		Version: version, Bus: amqp.Opener(amqp.Config{Settings: d.Broker, Log: log}), Drain: 2 * time.Second,
		Secrets: []string{d.Broker.Password}, Log: log,
	}
	if beat := d.Agent["heartbeat"]; beat != "" {
		if c.Heartbeat, err = time.ParseDuration(beat); err != nil {
			return c, fmt.Errorf("read the setting heartbeat: %w", err)
		}
	}
	if env(agentd.Prefix+"SIMULATE_PLUGINS") == "false" {
		c.Plugins = plugin.NewRegistry(script.New(), puppet.New(puppet.Options{}), file.New(file.Options{}), logger.New(log))
	} else {
		c.Any = mock.New("pretended", mock.Options{Log: log})
	}
	return c, nil
}

// ownUserData reads the file that the target wrote for this machine.
func ownUserData(parameters string) (userdata.Data, error) {
	at, err := url.Parse(parameters)
	if err != nil || at.Scheme != "file" {
		return userdata.Data{}, errors.New("no user data: this is what machines of roboconf up run, people use roboconf up")
	}
	text, err := os.ReadFile(at.Path)
	if err != nil {
		return userdata.Data{}, err
	}
	return userdata.Parse(string(text), nil)
}
