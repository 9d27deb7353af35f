package site

import (
	"fmt"
	"log/slog"

	"github.com/roboconf/workbench/runtime/managerd"
)

// left is what the last up left: nothing runs that could say more.
func left(f Folder) (Status, error) {
	st := f.bare()
	unlock, err := lock(f.path(lockFile))
	if err != nil {
		return st, fmt.Errorf("read the deployment of %s: %w", f.Source, err)
	}
	defer unlock()
	apps, err := managerd.Peek(f.path("manager"), slog.New(slog.DiscardHandler))
	if err != nil {
		return st, err
	}
	for _, a := range apps {
		if a.Name == f.Name {
			st.Instances = instances(a.Graph, a.Statuses)
		}
	}
	return st, nil
}
