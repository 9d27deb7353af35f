package site

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
	"github.com/roboconf/workbench/runtime/bus"
)

// The brokers that a person may ask for; anything else is an address.
const (
	Embedded = "embedded"
	RabbitMQ = "rabbitmq"
	// Container is a RabbitMQ in a container of the local engine.
	Container = "container"
)

// ours says whether a broker is started, and ended, by roboconf.
func ours(choice string) bool { return choice == Embedded || choice == RabbitMQ || choice == Container }

const secretsFile = "secrets.json"

// CheckBroker says what is wrong with the choice of a broker.
func CheckBroker(choice string) error {
	if ours(choice) {
		return nil
	}
	_, err := addressed(choice)
	return err
}

// addressed reads the address of somebody's broker, see bus.ParseURL. The credentials may come from the variables ROBOCONF_BROKER_USER,
// ROBOCONF_BROKER_PASSWORD instead.
func addressed(choice string) (bus.Settings, error) {
	if !strings.HasPrefix(choice, "amqp://") && !strings.HasPrefix(choice, "amqps://") {
		return bus.Settings{}, fmt.Errorf("use the broker %q: it is none of embedded, rabbitmq, container, amqp://HOST, amqps://HOST", hidden(choice))
	}
	s, err := bus.ParseURL(choice)
	if err != nil {
		return bus.Settings{}, fmt.Errorf("use the broker %s: %w", hidden(choice), err)
	}
	s.User = cmp.Or(s.User, os.Getenv("ROBOCONF_BROKER_USER"))
	s.Password = cmp.Or(s.Password, os.Getenv("ROBOCONF_BROKER_PASSWORD"))
	if s.Cert == "" && (s.User == "" || s.Password == "") {
		return bus.Settings{}, fmt.Errorf("use the broker %s: no credentials; set ROBOCONF_BROKER_USER and ROBOCONF_BROKER_PASSWORD", hidden(choice))
	}
	return s, nil
}

// hidden is an address without what is secret in it, for messages and records.
func hidden(address string) string {
	if s, err := bus.ParseURL(address); err == nil {
		return s.String()
	}
	if _, rest, found := strings.Cut(address, "@"); found {
		return "...@" + rest
	}
	return address
}

// carrier is the broker of a deployment while an up runs.
type carrier struct {
	kind     string
	settings bus.Settings // for the manager
	agents   bus.Settings // for agents, without credentials when each has its own
	accounts bus.Accounts // nil: agents share the credentials of agents
	close    func(ctx context.Context) error
	gone     <-chan struct{} // closed when it ended by itself; nil when that cannot be seen
}

// secrets are the credentials of a deployment.
type secrets struct {
	Manager string `json:"manager"`          // password of the manager's user of a broker of ours
	Address string `json:"broker,omitempty"` // of somebody's broker, with credentials
}

func readSecrets(f Folder) (secrets, error) {
	var s secrets
	text, err := os.ReadFile(f.path(secretsFile))
	if errors.Is(err, fs.ErrNotExist) {
		var b [24]byte
		_, _ = rand.Read(b[:]) // never fails
		s.Manager = hex.EncodeToString(b[:])
		if text, err = json.Marshal(s); err == nil {
			err = keep(f.path(secretsFile), text)
		}
		return s, err
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read the credentials of the deployment: %w; roboconf down removes it", err)
	}
	return s, nil
}

// carry starts the broker that a deployment uses, or finds it: somebody's broker at the address that the person wrote, else at the one that
// was written last.
func carry(ctx context.Context, f Folder, o Options, log *slog.Logger) (*carrier, error) {
	s, err := readSecrets(f)
	if err != nil {
		return nil, err
	}
	switch f.Broker {
	case Embedded:
		return embed(f, s, log)
	case RabbitMQ:
		return runRabbit(ctx, f, o.Tell)
	case Container:
		return runContainer(ctx, f, s, o.Tell)
	}
	address := cmp.Or(o.Broker, s.Address)
	settings, err := addressed(address)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(address); err == nil && u.User != nil && s.Address != address {
		s.Address = address
		text, err := json.Marshal(s)
		if err == nil {
			err = keep(f.path(secretsFile), text)
		}
		if err != nil {
			return nil, err
		}
	}
	return &carrier{kind: f.Broker, settings: settings, agents: settings, close: func(context.Context) error { return nil }}, nil
}

// embed runs our own broker in this process.
func embed(f Folder, s secrets, log *slog.Logger) (*carrier, error) {
	own := bus.ManagerAccount(f.Domain)
	own.Password = s.Manager
	b, err := broker.Open(broker.Config{Dir: f.path("broker"), Log: log, Users: []broker.User{broker.User(own)}})
	if err != nil {
		return nil, fmt.Errorf("start the broker: %w", err)
	}
	listener, err := net.Listen("tcp", cmp.Or(f.Address, "127.0.0.1:0"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the broker: %w; machines know this address: end what has it, or roboconf down first", err), b.Close())
	}
	var work sync.WaitGroup
	gone := make(chan struct{})
	work.Go(func() {
		defer close(gone)
		if err := b.Serve(listener); err != nil && !errors.Is(err, broker.ErrClosed) {
			log.Error("the broker ended", "error", err)
		}
	})
	settings := bus.Settings{Addresses: []string{listener.Addr().String()}, User: own.Name, Password: own.Password}
	agents := settings
	agents.User, agents.Password = "", ""
	return &carrier{
		kind: Embedded, settings: settings, agents: agents, accounts: ownUsers{b}, gone: gone,
		close: func(context.Context) error {
			err := b.Close()
			work.Wait()
			return err
		},
	}, nil
}

// ownUsers are the users of our own broker.
type ownUsers struct{ *broker.Broker }

func (o ownUsers) Ensure(ctx context.Context, a bus.Account) error {
	return o.Broker.Ensure(ctx, broker.User(a))
}

// runRabbit runs RabbitMQ as a process of this deployment's own.
func runRabbit(ctx context.Context, f Folder, tell func(string)) (*carrier, error) {
	if tell != nil {
		tell("starting RabbitMQ as a private process, which takes some seconds")
	}
	server, err := rabbit.Start(ctx, rabbit.Options{Dir: f.path("rabbitmq")})
	if err != nil {
		return nil, fmt.Errorf("start RabbitMQ: %w", err)
	}
	at := server.Endpoint()
	settings := bus.Settings{Addresses: []string{at.Address}, User: at.User, Password: at.Password, CA: at.CA, TLS: at.CA != ""}
	agents := settings
	agents.User, agents.Password = "", ""
	return &carrier{
		kind: RabbitMQ, settings: settings, agents: agents, accounts: rabbitUsers{server.Accounts()},
		close: server.Stop, gone: server.Done(),
	}, nil
}

// rabbitUsers are the users of a RabbitMQ of ours.
type rabbitUsers struct{ rabbit.Accounts }

func (r rabbitUsers) Ensure(ctx context.Context, a bus.Account) error {
	return r.Accounts.Ensure(ctx, rabbit.Account(a))
}

// stopRabbit ends what a killed up left of its RabbitMQ.
func stopRabbit(ctx context.Context, f Folder) error {
	return rabbit.End(ctx, f.path("rabbitmq"), nil)
}
