package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/runtime/agentd/launch"
)

// agentWord makes this program the agent of a machine of roboconf up: one program is enough for a room without internet.
const agentWord = "__agent"

// agentCommand is what machines of this host run; people have no use for it. It is roboconf-agent under another name, which does not
// wait for a long recipe when it is told to end: down ends everything.
func agentCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: agentWord, Hidden: true, Short: "Be the agent of a machine of this host", DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			again := make(chan os.Signal, 1)
			signal.Notify(again, syscall.SIGHUP)
			defer signal.Stop(again)
			p := &launch.Program{
				Args: append([]string{"--drain=2s"}, args...), Environ: os.Environ(), Out: s.out, Err: s.err, Version: version, Again: again,
			}
			if p.Run(cmd.Context()) != launch.Fine {
				return errProblems
			}
			return nil
		},
	}
}
