//go:build unix

package rabbit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Accounts manages the users of a Server. Its methods may be called from any goroutine.
//
// They evaluate a line of Erlang inside the server, through the small program erl_call of Erlang: 5 to 10 ms each. The command
// rabbitmqctl, which is the way where that program is missing, takes 0.8 s; the management plugin answers in 15 ms, but costs 25 MiB
// and 5 s at each stop.
type Accounts struct{ s *Server }

// Accounts gives the users of the server.
func (s *Server) Accounts() Accounts { return Accounts{s} }

// Ensure makes a user be there, with this password, these permissions in the only virtual host. An empty password lets nobody in but
// with a certificate.
func (a Accounts) Ensure(ctx context.Context, u Account) error {
	if u.Name == "" {
		return errors.New("make a user of RabbitMQ: it needs a name")
	}
	expr := fmt.Sprintf(`U = %s, P = %s, Me = <<"roboconf">>,
ok = case catch rabbit_auth_backend_internal:change_password(U, P, Me) of
  ok -> ok;
  _ -> rabbit_auth_backend_internal:add_user(U, P, Me)
end,
ok = rabbit_auth_backend_internal:set_permissions(U, <<"/">>, %s, %s, %s, Me), done.`,
		binary(u.Name), binary(u.Password), binary(pattern(u.Configure)), binary(pattern(u.Write)), binary(pattern(u.Read)))
	if err := a.s.eval(ctx, expr); err != nil {
		return fmt.Errorf("make the user %s of RabbitMQ: %w", u.Name, err)
	}
	return nil
}

// Remove makes a user be gone, with its connections; one that is not there is a success.
func (a Accounts) Remove(ctx context.Context, name string) error {
	expr := fmt.Sprintf(`case catch rabbit_auth_backend_internal:delete_user(%s, <<"roboconf">>) of
  ok -> done;
  {error, {no_such_user, _}} -> done;
  {'EXIT', {{no_such_user, _}, _}} -> done;
  Other -> Other
end.`, binary(name))
	if err := a.s.eval(ctx, expr); err != nil {
		return fmt.Errorf("remove the user %s of RabbitMQ: %w", name, err)
	}
	return nil
}

// LimitMemory sets what Options.MemoryLimit set at the start, at once: publishers are blocked while the process is larger.
func (s *Server) LimitMemory(ctx context.Context, bytes int64) error {
	expr := fmt.Sprintf("case vm_memory_monitor:set_vm_memory_high_watermark({absolute, %d}) of {error, Why} -> Why; _ -> done end.", bytes)
	if err := s.eval(ctx, expr); err != nil {
		return fmt.Errorf("limit the memory of RabbitMQ to %d bytes: %w", bytes, err)
	}
	return nil
}

// pattern anchors an expression, for RabbitMQ looks for it anywhere in a name; nothing becomes what matches only the empty name, which
// is nobody's.
func pattern(expr string) string {
	if expr == "" {
		return "^$"
	}
	return "^(?:" + expr + ")$"
}

// binary is a text as an Erlang value: as numbers, so that no byte of it can mean anything to Erlang.
func binary(text string) string {
	var b strings.Builder
	b.WriteString("<<")
	for i := range len(text) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(int(text[i])))
	}
	b.WriteString(">>")
	return b.String()
}

// maxNames is how many names those who ask have in turn: the server never forgets a name.
const maxNames = 1000

// eval evaluates Erlang inside the server; the last value of the expression must be the atom done. The expression goes through a pipe:
// the list of processes shows no password.
func (s *Server) eval(ctx context.Context, expr string) error {
	select {
	case <-s.done:
		return errors.New("the server does not run")
	default:
	}
	var cmd *exec.Cmd
	if program, err := findErlang("erl_call"); err == nil {
		// Nodes are known by their names. Its own choice (-r) is the same for all who ask within a second: the server refuses the others.
		s.mu.Lock()
		s.asked++
		name := fmt.Sprintf("roboconf-%d-%d", os.Getpid(), s.asked%maxNames)
		s.mu.Unlock()
		cmd = exec.CommandContext(ctx, program, "-h", name, "-e", "-address", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.home.state.DistPort)))
	} else {
		cmd = exec.CommandContext(ctx, filepath.Join(filepath.Dir(s.opt.Program), "rabbitmqctl"), "-q", "-n", node, "eval")
	}
	cmd.Env, cmd.Dir, cmd.Stdin = s.home.env(), s.home.dir, strings.NewReader(expr+"\n")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	answer := strings.TrimSpace(out.String())
	switch {
	case err == nil && (answer == "{ok, done}" || answer == "done"):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %s %s", err, answer, strings.TrimSpace(errs.String()))
	}
	return fmt.Errorf("it answers %s", answer)
}
