package amqp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/message"
)

// open opens a client with ears, and waits until it is connected.
func open(t *testing.T, s bus.Settings, id bus.Identity) (*Client, *bustest.Ears) {
	t.Helper()
	ears := bustest.NewEars(t)
	c, err := Open(Config{Settings: s, Pace: quick, DialTimeout: 10 * time.Second}, id, ears)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSoon(t, c) })
	ears.Wait("the connection", func(h *bustest.Heard) bool { return h.Connected > 0 })
	return c, ears
}

// attempt is something that a client may try on a channel of its own.
type attempt struct {
	what string
	do   func(ch *amqp.Channel) error
}

// attempts are what could read, write, bind, delete or declare the queue of somebody else, with what an agent owns to do it with.
func attempts(queue, own, application string, declaredWith amqp.Table) []attempt {
	return []attempt{
		{"consume", func(ch *amqp.Channel) error {
			_, err := ch.Consume(queue, "", false, false, false, false, nil)
			return err
		}},
		{"get", func(ch *amqp.Channel) error { _, _, err := ch.Get(queue, false); return err }},
		{"purge", func(ch *amqp.Channel) error { _, err := ch.QueuePurge(queue, false); return err }},
		{"delete", func(ch *amqp.Channel) error { _, err := ch.QueueDelete(queue, false, false, false); return err }},
		{"delete if empty", func(ch *amqp.Channel) error { _, err := ch.QueueDelete(queue, true, true, false); return err }},
		{"declare alike", func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(queue, true, false, false, false, declaredWith)
			return err
		}},
		{"declare otherwise", func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(queue, false, true, true, false, nil)
			return err
		}},
		{"bind it to the application", func(ch *amqp.Channel) error { return ch.QueueBind(queue, "import.P", application, false, nil) }},
		{"unbind it", func(ch *amqp.Channel) error { return ch.QueueUnbind(queue, "import.P", application, nil) }},
		{"publish to it by name", func(ch *amqp.Channel) error { return published(ch, "", queue) }},
		{"dead letters of its own into it", func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(own+".more", true, false, false, false, amqp.Table{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": queue})
			return err
		}},
	}
}

// published publishes, then waits for the broker's word on it.
func published(ch *amqp.Channel, exchange, key string) error {
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	if err := ch.Confirm(false); err != nil {
		return err
	}
	confirm, err := ch.PublishWithDeferredConfirm(exchange, key, false, false, amqp.Publishing{Body: []byte("forged")})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	select {
	case <-confirm.Done():
	case err := <-closed:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return errors.New("no answer of the broker")
	}
	select {
	case err := <-closed: // a refusal ends the channel, which answers what waited
		if err != nil {
			return err
		}
	default:
	}
	if !confirm.Acked() {
		return errors.New("the broker did not take it, and did not say why")
	}
	return nil
}

func refusedAll(t *testing.T, conn *amqp.Connection, whose string, list []attempt) {
	t.Helper()
	for _, a := range list {
		ch, err := conn.Channel()
		if err != nil {
			t.Fatal(err)
		}
		err = a.do(ch)
		if said := (*amqp.Error)(nil); !errors.As(err, &said) || said.Code != amqp.AccessRefused {
			t.Errorf("%s, of %s: %v, want 403", a.what, whose, err)
		}
		ch.Close()
	}
}

// messaging.md 15.6: what an agent's credentials open is its own queue, nothing of another agent, of another application, of the manager.
func TestAgentsCannotTouchTheQueuesOfOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		domain := "d." + strings.ToLower(rand.Text()[:8])
		manager, _ := open(t, s.account(t, bus.ManagerAccount(domain)), bus.Identity{Domain: domain})
		victims := map[string]string{"the manager": message.Manager("").Queue(domain), "the dead letters": message.DeadQueue(domain)}
		var conn *amqp.Connection
		for _, id := range []bus.Identity{
			{Domain: domain, App: "shop", Scope: "/own vm"},
			{Domain: domain, App: "shop", Scope: "/other vm"},
			{Domain: domain, App: "erp", Scope: "/own vm"},
			{Domain: domain + "2", App: "shop", Scope: "/own vm"},
		} {
			settings := s.account(t, bus.AgentAccount(id.Domain, id.App, id.Scope))
			open(t, settings, id)
			if conn == nil {
				conn = raw(t, settings)
				continue
			}
			victims[fmt.Sprint(id)] = id.Own().Queue(id.Domain)
		}
		own, app := message.Agent("shop", "/own vm").Queue(domain), message.Importers("shop", "", false).Exchange(domain)
		args := amqp.Table{
			"x-queue-type": "classic", "x-single-active-consumer": true, "x-dead-letter-exchange": message.DeadExchange(domain),
			"x-max-length-bytes": int64(queueBytes), "x-overflow": "reject-publish", "x-expires": agentExpires.Milliseconds(),
		}
		for whose, queue := range victims {
			refusedAll(t, conn, whose, attempts(queue, own, app, args))
		}
		var listening []attempt
		for _, x := range []string{
			message.Manager("").Exchange(domain), message.DeadExchange(domain), message.UnroutedExchange(domain),
			message.Importers("erp", "", false).Exchange(domain), message.Importers("", "", true).Exchange(domain + "2"), "amq.topic",
		} {
			listening = append(listening, attempt{"listen to " + x, func(ch *amqp.Channel) error { return ch.QueueBind(own, "#", x, false, nil) }})
		}
		for _, x := range []string{"", "amq.topic", "amq.fanout", message.Importers("erp", "", false).Exchange(domain)} {
			listening = append(listening, attempt{"publish to " + x, func(ch *amqp.Channel) error { return published(ch, x, "import.P") }})
		}
		listening = append(listening, attempt{"make a queue of another name", func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare("", false, true, true, false, nil)
			return err
		}}, attempt{"make an exchange of another name", func(ch *amqp.Channel) error {
			return ch.ExchangeDeclare(own+".x", "fanout", false, true, false, false, nil)
		}})
		refusedAll(t, conn, "nobody", listening)
		if st := manager.State(); st.Status != bus.Ready {
			t.Errorf("the manager is %+v", st)
		}
	})
}

// messaging.md 15.6, 19.1 to 19.9: with these rights and no more, agents and the manager do all that a bus does.
func TestContractWithTheRightsOfAgents(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		f := newFixture(t, s.settings)
		fixture := f.fixture()
		fixture.Open = func(t *testing.T, id bus.Identity, l bus.Listener, o bustest.Options) bus.Bus {
			t.Helper()
			account := bus.ManagerAccount(id.Domain)
			if !id.Manager() {
				account = bus.AgentAccount(id.Domain, id.App, id.Scope)
			}
			account.Password = "of " + account.Name // the same identity may come twice
			if err := s.ensure(t.Context(), account); err != nil {
				t.Fatal(err)
			}
			limited := *f
			limited.settings.User, limited.settings.Password = account.Name, account.Password
			return limited.openClient(t, id, l, o)
		}
		bustest.Run(t, fixture)
	})
}
