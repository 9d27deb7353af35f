package amqp

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/bus/bustest"
	"github.com/roboconf/workbench/runtime/bus/link"
	"github.com/roboconf/workbench/runtime/message"
)

// failure opens a client that cannot succeed and gives what it says.
func failure(t *testing.T, cfg Config, id bus.Identity) string {
	t.Helper()
	cfg.Pace = quick
	ears := bustest.NewEars(t)
	c, err := Open(cfg, id, ears)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, c)
	ears.Wait("the failure", func(h *bustest.Heard) bool { return len(h.Failed) > 0 })
	if h := ears.Heard(); h.Connected > 0 {
		t.Error("the client was connected")
	}
	return ears.Heard().Failed[0].Error()
}

func shut(t *testing.T, c bus.Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}

func ensure(t *testing.T, p *server, a bus.Account) {
	t.Helper()
	if err := p.ensure(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q does not say %q", text, word)
		}
	}
}

// Wrong password, unknown user, virtual host that is not there: told in words, tried slowly (19.7).
func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p *server) {
		agent := bus.Identity{Domain: rabbittest.Domain(t), App: "shop", Scope: "/a"}
		wrong := p.settings
		wrong.Password = "hidden"
		text := failure(t, Config{Settings: wrong}, agent)
		holds(t, text, "log in at the broker "+wrong.Addresses[0], "user "+wrong.User, "check the name and the password")
		if strings.Contains(text, "hidden") {
			t.Errorf("%q tells the password", text)
		}
		elsewhere := p.settings
		elsewhere.VHost = "nowhere"
		holds(t, failure(t, Config{Settings: elsewhere}, agent), "log in", elsewhere.Addresses[0])
	})
}

// An agent without rights, an object that is declared otherwise: the object is named, nothing is deleted (15.2).
func TestRefusedObjects(t *testing.T) {
	onBoth(t, func(t *testing.T, p *server) {
		domain := rabbittest.Domain(t)
		agent := bus.Identity{Domain: domain, App: "shop", Scope: "/a"}
		queue := message.Agent("shop", "/a").Queue(domain)
		ensure(t, p, bus.Account{Name: domain, Password: "p", Configure: "^none$", Write: "^none$", Read: "^none$"})
		weak := p.settings
		weak.User, weak.Password = domain, "p"
		holds(t, failure(t, Config{Settings: weak}, agent), "declare exchange rbc."+domain, "does not allow")

		d, err := newDialer(Config{Settings: p.settings}, agent)
		if err != nil {
			t.Fatal(err)
		}
		conn, raw, err := d.connect(t.Context(), p.settings.Addresses[0])
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		defer conn.Close()
		ch, err := conn.Channel()
		if err == nil {
			_, err = ch.QueueDeclare(queue, true, false, false, false, amqp.Table{"x-max-length": int64(5)})
		}
		if err != nil {
			t.Fatal(err)
		}
		holds(t, failure(t, Config{Settings: p.settings}, agent), "declare queue "+queue, "exists with other settings", "PRECONDITION_FAILED")
		if _, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil); err != nil {
			t.Errorf("the queue of somebody else is gone: %v", err)
		}
	})
}

// Settings that cannot work are refused at the door.
func TestWrongSettings(t *testing.T) {
	for name, s := range map[string]bus.Settings{
		"authority that is no PEM": {Addresses: []string{"h:1"}, TLS: true, CA: "x"},
		"key without certificate":  {Addresses: []string{"h:1"}, TLS: true, Key: "x"},
		"no address":               {},
		"address without port":     {Addresses: []string{"localhost"}},
	} {
		if _, err := Open(Config{Settings: s}, bus.Identity{}, bustest.NewEars(t)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A silent end of the login may be a broker that stops: only the second one is believed.
func TestOneSilentEndOfALoginIsNoRefusal(t *testing.T) {
	d, err := newDialer(Config{Settings: bus.Settings{Addresses: []string{"h:1"}, User: "u"}}, bus.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	var h *link.Hopeless
	if errors.As(d.loginError(amqp.ErrCredentials, "h:1"), &h) || !errors.As(d.loginError(amqp.ErrCredentials, "h:1"), &h) {
		t.Error("the first silent end is believed, or the second is not")
	}
}
