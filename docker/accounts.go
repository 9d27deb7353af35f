package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/roboconf/workbench/runtime/bus"
)

// ctl runs rabbitmqctl as the server's own user would, wherever the image has it.
const ctl = `set -e
own=$(ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmqctl 2>/dev/null || command -v rabbitmqctl)
if [ "$own" != "$(command -v rabbitmqctl)" ]; then
	export HOME=/var/lib/rabbitmq RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=rabbit@localhost
fi
`

// Ensure makes a user be there with this password, these permissions in the only virtual host. The password travels on standard input.
func (r *Rabbit) Ensure(ctx context.Context, a bus.Account) error {
	if a.Name == "" || a.Password == "" {
		return errors.New("make a user of RabbitMQ: it needs a name, a password")
	}
	const script = ctl + `IFS= read -r pass
printf '%s\n' "$pass" | "$own" --quiet add_user "$1" >/dev/null 2>&1 || printf '%s\n' "$pass" | "$own" --quiet change_password "$1" >/dev/null
"$own" --quiet set_permissions "$1" "$2" "$3" "$4"`
	_, err := r.engine.exec(ctx, r.id, a.Password+"\n", "bash", "-c", script, "bash",
		a.Name, anchored(a.Configure), anchored(a.Write), anchored(a.Read))
	if err != nil {
		return fmt.Errorf("make the user %s of RabbitMQ: %w", a.Name, err)
	}
	return nil
}

// Remove makes a user be gone; one that is not there is a success.
func (r *Rabbit) Remove(ctx context.Context, name string) error {
	const script = ctl + `said=$("$own" --quiet delete_user "$1" 2>&1) || case $said in *no_such_user* | *"not found"* | *"does not exist"*) ;; *) echo "$said"; exit 1 ;; esac`
	if _, err := r.engine.exec(ctx, r.id, "", "bash", "-c", script, "bash", name); err != nil {
		return fmt.Errorf("remove the user %s of RabbitMQ: %w", name, err)
	}
	return nil
}

// anchored is a permission as RabbitMQ wants it: it looks for an expression anywhere in a name; nothing becomes what no name has.
func anchored(expr string) string {
	if expr == "" {
		return "^$"
	}
	return "^(?:" + expr + ")$"
}

var _ bus.Accounts = (*Rabbit)(nil)
