package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/editor/watch"
	"github.com/roboconf/workbench/editor/workspace"
)

// Watcher gives a Config.Watch that waits for the system to say that something changed in a folder, until ctx ends.
// It belongs to one terminal: its loop alone calls it.
func Watcher(ctx context.Context) func(*workspace.Workspace) tea.Cmd {
	folders := map[*workspace.Workspace]<-chan watch.Look{}
	return func(ws *workspace.Workspace) tea.Cmd {
		looks := folders[ws]
		if looks == nil {
			looks = watch.Start(ctx, ws.Dir())
			folders[ws] = looks
		}
		return func() tea.Msg {
			if _, open := <-looks; !open {
				return nil
			}
			return Disk{Workspace: ws}
		}
	}
}
