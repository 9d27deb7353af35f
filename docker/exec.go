package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// exec runs a program inside a container to its end, with a text as its input; what it prints is given, its failure an error with that.
func (e *Engine) exec(ctx context.Context, id, input string, command ...string) (string, error) {
	made, err := e.api.ExecCreate(ctx, id, client.ExecCreateOptions{
		AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: command,
	})
	if err != nil {
		return "", err
	}
	session, err := e.api.ExecAttach(ctx, made.ID, client.ExecAttachOptions{})
	if err != nil {
		return "", err
	}
	defer session.Close()
	stop := context.AfterFunc(ctx, session.Close) // a read does not look at a context
	defer stop()
	if _, err := io.WriteString(session.Conn, input); err != nil {
		return "", err
	}
	if err := session.CloseWrite(); err != nil {
		return "", err
	}
	var out bytes.Buffer
	if _, err := stdcopy.StdCopy(&out, &out, session.Reader); err != nil {
		return out.String(), errors.Join(ctx.Err(), err)
	}
	ended, err := e.api.ExecInspect(ctx, made.ID, client.ExecInspectOptions{})
	if err != nil {
		return out.String(), err
	}
	if ended.ExitCode != 0 {
		return out.String(), fmt.Errorf("exit code %d: %s", ended.ExitCode, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}
