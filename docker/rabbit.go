package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// RabbitImage is what a RabbitMQ container is made from.
func RabbitImage() Image {
	return Image{Tag: "roboconf/rabbitmq:latest", Pull: "rabbitmq:4-management", Packages: []string{"bash", "rabbitmq-server"}}
}

// RabbitOptions say which RabbitMQ is wanted.
type RabbitOptions struct {
	Deployment     string         // what it belongs to; part of the container's name
	User, Password string         // the only account; the default one is never made
	Image          Image          // RabbitImage when zero
	Bind           netip.AddrPort // address of this host to listen on; a free port of loopback when zero
	Progress       Progress
}

// Rabbit is a RabbitMQ in a container of this engine.
type Rabbit struct {
	engine  *Engine
	id      string
	Address string // host:port
}

const (
	amqpPort  = 5672
	rabbitRun = `set -e
if [ -z "$(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-* 2>/dev/null)" ]; then exec docker-entrypoint.sh rabbitmq-server; fi
mkdir -p /var/lib/rabbitmq /var/log/rabbitmq /etc/rabbitmq
exec env HOME=/var/lib/rabbitmq RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_LOGS=- RABBITMQ_NODENAME=rabbit@localhost \
	RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server`
	rabbitSettings = `listeners.tcp.default = 5672
default_user = %s
default_pass = %s
loopback_users = none
`
)

// RunRabbit starts a RabbitMQ, or finds the one that runs for the deployment already, and waits until it takes connections.
// Its data is in the container: Remove ends it with all that it holds.
func (e *Engine) RunRabbit(ctx context.Context, o RabbitOptions) (*Rabbit, error) {
	if o.Image.Tag == "" {
		o.Image = RabbitImage()
	}
	if !o.Bind.IsValid() {
		var err error
		if o.Bind, err = freePort(ctx); err != nil {
			return nil, err
		}
	}
	tag, err := e.Prepare(ctx, o.Image, o.Progress)
	if err != nil {
		return nil, err
	}
	name := o.name()
	r := &Rabbit{engine: e}
	r.id, r.Address, err = e.createRabbit(ctx, name, tag, o)
	if err != nil {
		return nil, fmt.Errorf("create the container %s: %w", name, err)
	}
	o.Progress.say("starting RabbitMQ in the container %s", name)
	if _, err := e.api.ContainerStart(ctx, r.id, client.ContainerStartOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf("start the container %s: %w", name, err), r.Destroy(context.WithoutCancel(ctx)))
	}
	if err := r.await(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for RabbitMQ in the container %s: %w", name, err), r.Destroy(context.WithoutCancel(ctx)))
	}
	return r, nil
}

// createRabbit makes the container; the one of that name that is there already is taken, when it is ours.
func (e *Engine) createRabbit(ctx context.Context, name, tag string, o RabbitOptions) (id, address string, err error) {
	port, _ := network.PortFrom(amqpPort, network.TCP)
	if there, err := e.api.ContainerInspect(ctx, name, client.ContainerInspectOptions{}); err == nil {
		if there.Container.Config.Labels[LabelDeployment] != o.Deployment {
			return "", "", errors.New("a container of that name is there, which is not ours; remove it or rename it")
		}
		for _, bound := range there.Container.HostConfig.PortBindings {
			address = net.JoinHostPort(bound[0].HostIP.String(), bound[0].HostPort)
		}
		return there.Container.ID, address, nil
	}
	made, err := e.api.ContainerCreate(ctx, client.ContainerCreateOptions{
		Name: name,
		Config: &container.Config{
			Image: tag, Hostname: "localhost", User: "root",
			Env: []string{
				"RABBITMQ_DEFAULT_USER=" + o.User, "RABBITMQ_DEFAULT_PASS=" + o.Password,
				"SETTINGS=" + fmt.Sprintf(rabbitSettings, o.User, o.Password),
			},
			Entrypoint:   []string{"bash", "-c", `printf %s "$SETTINGS" >/tmp/rabbitmq.conf; ` + rabbitRun},
			ExposedPorts: network.PortSet{port: {}},
			Labels:       map[string]string{LabelDeployment: o.Deployment, LabelRole: "broker"},
		},
		HostConfig: &container.HostConfig{
			PortBindings: network.PortMap{port: {{HostIP: o.Bind.Addr(), HostPort: strconv.Itoa(int(o.Bind.Port()))}}}, // kept over restarts
			Init:         new(true),
		},
	})
	return made.ID, o.Bind.String(), err
}

// freePort finds a port of loopback that nobody has at the moment.
func freePort(ctx context.Context) (netip.AddrPort, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("find a free port: %w", err)
	}
	return netip.MustParseAddrPort(l.Addr().String()), l.Close()
}

// await waits until a server greets at the address.
func (r *Rabbit) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		err := r.look(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, errStopped) {
			return fmt.Errorf("%w; its last words:\n%s", err, r.words(ctx))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w; its last words:\n%s", err, r.words(context.WithoutCancel(ctx)))
		}
	}
}

var errStopped = errors.New("the container stopped")

func (r *Rabbit) look(ctx context.Context) error {
	got, err := r.engine.api.ContainerInspect(ctx, r.id, client.ContainerInspectOptions{})
	if err != nil {
		return err
	}
	if !got.Container.State.Running {
		return errStopped
	}
	return greets(ctx, r.Address)
}

// greets says hello as a client does: a broker that serves answers, a forwarded port alone does not.
func greets(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("AMQP\x00\x00\x09\x01")); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 1))
	return err
}

// words are the last lines that the container printed.
func (r *Rabbit) words(ctx context.Context) string {
	logs, err := r.engine.api.ContainerLogs(ctx, r.id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: "20"})
	if err != nil {
		return err.Error()
	}
	defer logs.Close()
	return readable(logs)
}

// Restart stops the server, then starts it again on the same data, at the same address.
func (r *Rabbit) Restart(ctx context.Context) error {
	if _, err := r.engine.api.ContainerRestart(ctx, r.id, client.ContainerRestartOptions{}); err != nil {
		return fmt.Errorf("restart RabbitMQ: %w", err)
	}
	return r.await(ctx)
}

// Stop ends the server; what it holds stays, RunRabbit goes on with it at the same address.
func (r *Rabbit) Stop(ctx context.Context) error {
	if _, err := r.engine.api.ContainerStop(ctx, r.id, client.ContainerStopOptions{}); err != nil && !absent(err) {
		return fmt.Errorf("stop the container of RabbitMQ: %w", err)
	}
	return nil
}

// RemoveRabbit removes the RabbitMQ of a deployment with everything that it holds; none is a success.
func (e *Engine) RemoveRabbit(ctx context.Context, deployment string) error {
	name := RabbitOptions{Deployment: deployment}.name()
	there, err := e.api.ContainerInspect(ctx, name, client.ContainerInspectOptions{})
	if absent(err) || err == nil && there.Container.Config.Labels[LabelDeployment] != deployment {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the container %s: %w", name, err)
	}
	return (&Rabbit{engine: e, id: there.Container.ID}).Destroy(ctx)
}

// Destroy ends the server with everything that it holds; gone already is a success.
func (r *Rabbit) Destroy(ctx context.Context) error {
	_, err := r.engine.api.ContainerRemove(ctx, r.id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if err != nil && !absent(err) {
		return fmt.Errorf("remove the container of RabbitMQ: %w", err)
	}
	return nil
}

// name is the name of a deployment's broker, for people who look at their engine.
func (o RabbitOptions) name() string {
	return "roboconf-" + strings.ToLower(o.Deployment) + "-broker"
}
