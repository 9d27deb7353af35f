//go:build unix

package rabbit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
)

// End ends what a process that was killed left running in a folder, without starting anything; nothing is a success. ErrBusy: a Server
// that lives has the folder.
func End(ctx context.Context, dir string, log *slog.Logger) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return fmt.Errorf("end RabbitMQ in %s: %w", dir, err)
	}
	defer lock.Close()
	if err := clean(ctx, &home{dir: dir}, log); err != nil {
		return fmt.Errorf("end RabbitMQ in %s: %w", dir, err)
	}
	return nil
}
