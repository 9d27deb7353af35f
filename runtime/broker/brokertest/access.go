package brokertest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

var accessChecks = []check{
	{"access: a wrong password, an unknown user, no default account (15.6)", wrongPassword},
	{"access: credentials that cannot be are refused", wrongCredentials},
	{"access: an unknown virtual host is refused", wrongHost},
	{"access: configure, write, read are refused each by itself (15.6)", permissions},
	{"access: an agent reaches nothing of another agent (15.6)", twoAgents},
	{"access: a user that is removed is gone, with its connections", removedUser},
	{"access: a new password, new permissions hold for the next connection", changedUser},
}

// user makes an account for the length of a test.
func (b *bench) user(t *testing.T, configure, write, read string) Account {
	t.Helper()
	if b.Users == nil {
		t.Skip("nobody manages the users of this broker")
	}
	u := Account{unique(t), unique(t), configure, write, read}
	if err := b.Users.Ensure(within(t), u); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Users.Remove(withinCleanup(t), u.Name); err != nil {
			t.Error(err)
		}
	})
	return u
}

func (b *bench) connectAs(t *testing.T, u Account) *amqp.Connection {
	t.Helper()
	conn, err := b.dialAs(u.Name, u.Password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func wrongPassword(t *testing.T, b *bench) {
	for _, c := range [][2]string{{b.User, "wrong"}, {b.User, ""}, {"nobody-" + unique(t), "x"}, {"guest", "guest"}, {"", ""}} {
		t.Run(c[0]+" "+c[1], func(t *testing.T) {
			t.Parallel() // a broker may make whoever guesses wait
			if _, err := b.dialAs(c[0], c[1]); !errors.Is(err, amqp.ErrCredentials) {
				t.Errorf("%q with the password %q: %v", c[0], c[1], err)
			}
		})
	}
}

func wrongCredentials(t *testing.T, b *bench) {
	for _, c := range []struct{ mechanism, response string }{
		{"PLAIN", ""}, {"PLAIN", "no zero bytes"}, {"PLAIN", "\x00" + b.User}, {"NONSENSE", "x"}, {"EXTERNAL", ""}, {"ANONYMOUS", "x"},
	} {
		t.Run(c.mechanism+" "+c.response, func(t *testing.T) {
			t.Parallel()
			r := b.dialRaw(t)
			r.start(c.mechanism, c.response)
			for {
				f, err := r.readFrame()
				if err != nil || f.isMethod(10, 50) {
					return // the end alone is an answer, too
				}
				if f.isMethod(10, 30) {
					t.Fatalf("%s %q is let in", c.mechanism, c.response)
				}
			}
		})
	}
}

func wrongHost(t *testing.T, b *bench) {
	_, err := amqp.DialConfig("amqp://"+b.Address, amqp.Config{
		SASL:  []amqp.Authentication{&amqp.PlainAuth{Username: b.User, Password: b.Password}},
		Vhost: "no-such-host",
	})
	// The library has a name of its own for an end at this moment.
	if code(err) != amqp.NotAllowed && !errors.Is(err, amqp.ErrVhost) {
		t.Errorf("got %v", err)
	}
}

// permissions: each operation with the one permission that it lacks.
func permissions(t *testing.T, b *bench) {
	admin := b.channel(t)
	x, q := b.exchange(t, admin, "topic", nil), b.queue(t, admin, nil)
	own, rich := unique(t), unique(t)
	forget := func(ch *amqp.Channel) error {
		for _, name := range []string{own, rich} {
			if _, err := ch.QueueDelete(name, false, false, false); err != nil {
				return err
			}
			if err := ch.ExchangeDelete(name, false, false); err != nil {
				return err
			}
		}
		return nil
	}
	b.forget(t, forget)
	put(t, admin, q, "secret")

	// Whole names match, whether or not whoever wrote them anchored them.
	names := strings.ReplaceAll(strings.Join([]string{x, q, own, rich}, "|"), ".", `\.`)
	operations := operationsOn(x, q, own, rich)
	for _, granted := range []string{"", "c", "w", "r", "cw", "cr", "rw", "crw"} {
		grant := func(letter string) string {
			if strings.Contains(granted, letter) {
				return names
			}
			return ""
		}
		conn := b.connectAs(t, b.user(t, grant("c"), grant("w"), grant("r")))
		for _, what := range slices.Sorted(maps.Keys(operations)) {
			op := operations[what]
			err := op.do(plainChannel(t, conn))
			allowed := true
			for _, letter := range op.need {
				allowed = allowed && strings.ContainsRune(granted, letter)
			}
			// Refusals count before anything else is looked at.
			if denied := code(err) == amqp.AccessRefused; denied == allowed {
				t.Errorf("with %q, %s: %v", granted, what, err)
			}
		}
		lives(t, conn)
		if err := forget(admin); err != nil {
			t.Fatal(err)
		}
	}
}

// operation is something that a client does, with the permissions that it needs: letters of configure, read, write; "-" for one
// that nobody has.
type operation struct {
	do   func(*amqp.Channel) error
	need string
}

// operationsOn uses an exchange and a queue that are there, and two names that it may declare.
func operationsOn(x, q, own, rich string) map[string]operation {
	return map[string]operation{
		"declare a queue": {func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(own, true, false, false, false, nil)
			return err
		}, "c"},
		"declare a queue with dead letters": {func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(rich, true, false, false, false, amqp.Table{"x-dead-letter-exchange": x})
			return err
		}, "crw"},
		"declare an exchange": {func(ch *amqp.Channel) error { return ch.ExchangeDeclare(own, "topic", true, false, false, false, nil) }, "c"},
		"with an alternate": {func(ch *amqp.Channel) error {
			return ch.ExchangeDeclare(rich, "topic", true, false, false, false, amqp.Table{"alternate-exchange": x})
		}, "crw"},
		"delete a queue":            {func(ch *amqp.Channel) error { _, err := ch.QueueDelete(own, false, false, false); return err }, "c"},
		"delete an exchange":        {func(ch *amqp.Channel) error { return ch.ExchangeDelete(own, false, false) }, "c"},
		"bind":                      {func(ch *amqp.Channel) error { return ch.QueueBind(q, "k", x, false, nil) }, "rw"},
		"unbind":                    {func(ch *amqp.Channel) error { return ch.QueueUnbind(q, "k", x, nil) }, "rw"},
		"consume":                   {func(ch *amqp.Channel) error { _, err := ch.Consume(q, "", false, false, false, false, nil); return err }, "r"},
		"get":                       {func(ch *amqp.Channel) error { _, _, err := ch.Get(q, false); return err }, "r"},
		"purge":                     {func(ch *amqp.Channel) error { _, err := ch.QueuePurge(q, false); return err }, "r"},
		"publish":                   {func(ch *amqp.Channel) error { return publishSynchronously(ch, x) }, "w"},
		"publish to the default":    {func(ch *amqp.Channel) error { return publishSynchronously(ch, "") }, "-"},
		"publish to one of its own": {func(ch *amqp.Channel) error { return publishSynchronously(ch, "amq.topic") }, "-"},
	}
}

// publishSynchronously publishes, then asks something, so that a refusal is known when it returns.
func publishSynchronously(ch *amqp.Channel, exchange string) error {
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	if err := ch.Publish(exchange, "k", false, false, amqp.Publishing{}); err != nil {
		return err
	}
	if err := ch.Qos(1, 0, false); err == nil {
		return nil
	}
	return <-closed // the reason, rather than that it is closed
}

// twoAgents: the expressions of messaging.md 15.6, with two agents of one application.
func twoAgents(t *testing.T, b *bench) {
	domain := unique(t)
	admin := b.channel(t)
	app := b.exchange(t, admin, "topic", nil)
	quoted := func(name string) string { return strings.ReplaceAll(name, ".", `\.`) }
	agent := func(scope string) (Account, string) {
		queue := domain + ".q.agent.shop." + scope
		b.forget(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(queue, false, false, false); return err })
		return b.user(t, "^"+quoted(queue)+"$", "^("+quoted(queue)+"|"+quoted(app)+")$", "^("+quoted(queue)+"|"+quoted(app)+")$"), queue
	}
	one, ownQueue := agent("vm-1")
	two, otherQueue := agent("vm-10") // a name that begins like the first
	for _, a := range []struct {
		Account
		queue string
	}{{one, ownQueue}, {two, otherQueue}} {
		ch := channelOf(t, b.connectAs(t, a.Account))
		if _, err := ch.QueueDeclare(a.queue, true, false, false, false, nil); err != nil {
			t.Fatal(err)
		}
		bind(t, ch, a.queue, "machine."+a.queue, app, nil)
		if !send(t, ch, app, "machine."+a.queue, amqp.Publishing{Body: []byte("for " + a.queue)}) {
			t.Error("refused")
		}
		expect(t, consume(t, ch, a.queue), false, "for "+a.queue)
	}
	conn := b.connectAs(t, one)
	for what, do := range map[string]func(*amqp.Channel) error{
		"read": func(ch *amqp.Channel) error { _, _, err := ch.Get(otherQueue, true); return err },
		"consume": func(ch *amqp.Channel) error {
			_, err := ch.Consume(otherQueue, "", true, false, false, false, nil)
			return err
		},
		"purge":  func(ch *amqp.Channel) error { _, err := ch.QueuePurge(otherQueue, false); return err },
		"delete": func(ch *amqp.Channel) error { _, err := ch.QueueDelete(otherQueue, false, false, false); return err },
		"declare": func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(otherQueue, true, false, false, false, nil)
			return err
		},
		"bind":  func(ch *amqp.Channel) error { return ch.QueueBind(otherQueue, "k", app, false, nil) },
		"write": func(ch *amqp.Channel) error { return publishSynchronously(ch, "") },
	} {
		refused(t, "one agent may "+what+" on another's queue", do(plainChannel(t, conn)), amqp.AccessRefused)
	}
}

func removedUser(t *testing.T, b *bench) {
	u := b.user(t, ".*", ".*", ".*")
	conn := b.connectAs(t, u)
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	for range 2 {
		if err := b.Users.Remove(within(t), u.Name); err != nil {
			t.Fatal(err)
		}
	}
	closes(t, "its connection", closed, amqp.ConnectionForced)
	if _, err := b.dialAs(u.Name, u.Password); !errors.Is(err, amqp.ErrCredentials) {
		t.Errorf("it comes back: %v", err)
	}
}

func changedUser(t *testing.T, b *bench) {
	u := b.user(t, "", "", "")
	refuse := func(want int) {
		t.Helper()
		_, err := plainChannel(t, b.connectAs(t, u)).QueueDeclare(u.Name, false, true, true, false, nil)
		if code(err) != want {
			t.Errorf("got %v, want %d", err, want)
		}
	}
	refuse(amqp.AccessRefused)
	old := u.Password
	u.Configure, u.Password = "^"+strings.ReplaceAll(u.Name, ".", `\.`)+"$", "new "+old
	if err := b.Users.Ensure(within(t), u); err != nil {
		t.Fatal(err)
	}
	refuse(0)
	if _, err := b.dialAs(u.Name, old); !errors.Is(err, amqp.ErrCredentials) {
		t.Errorf("the old password: %v", err)
	}
}
