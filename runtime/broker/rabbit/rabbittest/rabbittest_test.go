//go:build unix

package rabbittest_test

import (
	"errors"
	"os"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker/rabbit/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Main(m)) }

// One server for all tests of a package; what one test may do, another may not.
func TestShared(t *testing.T) {
	server := rabbittest.Shared(t)
	if again := rabbittest.Shared(t); again != server {
		t.Error("each test starts a server")
	}
	domain := rabbittest.Domain(t)
	if domain == rabbittest.Domain(t) {
		t.Error("two tests have one domain")
	}
	own := "rbc\\." + domain + "\\..*"
	u := rabbittest.User(t, own, own, own)
	conn, err := amqp.DialConfig("amqp://"+server.Endpoint().Address+"/", amqp.Config{
		SASL: []amqp.Authentication{&amqp.PlainAuth{Username: u.Name, Password: u.Password}}, Dial: amqp.DefaultDial(20 * time.Second),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for queue, want := range map[string]int{"rbc." + domain + ".q.manager": 0, "rbc.other.q.manager": amqp.AccessRefused} {
		ch, err := conn.Channel()
		if err != nil {
			t.Fatal(err)
		}
		_, err = ch.QueueDeclare(queue, true, false, false, false, nil)
		var refused *amqp.Error
		if errors.As(err, &refused); (want == 0) != (err == nil) || (err != nil && refused.Code != want) {
			t.Errorf("%s: %v, want %d", queue, err, want)
		}
	}
}
