// Command roboconf-agent is the agent of one machine.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/roboconf/workbench/runtime/agentd/launch"
)

// version is set by the linker.
var version = "unversioned"

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	p := &launch.Program{Args: os.Args[1:], Environ: os.Environ(), Out: os.Stdout, Err: os.Stderr, Version: version, Again: again}
	return p.Run(ctx)
}
