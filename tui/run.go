package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Show opens the terminal on what it was given, and comes back when the person leaves or ctx ends. The screen is as it was
// before, whatever happened.
func Show(ctx context.Context, cfg Config, in io.Reader, out io.Writer) error {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Getenv == nil {
		cfg.Getenv = os.Getenv
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if cfg.Watch == nil {
		cfg.Watch = Watcher(ctx)
	}
	program := tea.NewProgram(New(cfg),
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithFPS(120))
	if _, err := program.Run(); err != nil && !errors.Is(err, tea.ErrProgramKilled) && !errors.Is(err, tea.ErrInterrupted) {
		return fmt.Errorf("run the terminal: %w", err)
	}
	return nil
}
