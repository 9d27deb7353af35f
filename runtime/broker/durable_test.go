package broker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
)

// childDir makes the test binary be a broker: the process that is killed.
const childDir = "BROKER_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := beBroker(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// beBroker serves until its input ends: with its parent, at the latest.
func beBroker(dir string) error {
	b, err := broker.Open(broker.Config{Dir: dir, Users: []broker.User{owner}})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println(l.Addr())
	return b.Serve(l)
}

// child is a broker in a process of its own.
type child struct {
	served
	cmd *exec.Cmd
}

func startChild(t *testing.T, dir string) child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	in := must(cmd.StdinPipe())(t)
	out := must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := child{served{dir: dir}, cmd}
	t.Cleanup(func() {
		_ = in.Close()
		c.kill()
	})
	address := must(bufio.NewReader(out).ReadString('\n'))(t)
	c.address = strings.TrimSpace(address)
	return c
}

// kill is kill -9; the second time nothing happens.
func (c child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// Everything confirmed is there after kill -9, in order, once; nothing acknowledged is there that was seen to be acknowledged
// (messaging.md 15.3, MS-70).
func TestKilledBrokerLosesNothingThatItConfirmed(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	sent, confirmed := 0, map[int]bool{} // numbers of messages
	for round := range 4 {
		c := startChild(t, dir)
		conn := dial(t, c.served)
		ch := channel(t, conn)
		if err := ch.ExchangeDeclare("events", "topic", true, false, false, false, nil); err != nil {
			t.Fatal(err)
		}
		must(ch.QueueDeclare("log", true, false, false, false, amqp.Table{"x-max-length": int64(1 << 20)}))(t)
		if err := ch.QueueBind("log", "log.#", "events", false, nil); err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			must(ch.QueueDeclare("passing", false, false, false, false, nil))(t)
		}
		sent = publishUntil(t, c, ch, sent, 200+chance.IntN(800), confirmed)
		want(t, startChild(t, dir), confirmed, sent)
	}
}

// publishUntil publishes numbered messages, and kills the broker after some confirms, in the middle of it.
func publishUntil(t *testing.T, c child, ch *amqp.Channel, from, kill int, confirmed map[int]bool) (sent int) {
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	confirms := ch.NotifyPublish(make(chan amqp.Confirmation, 10_000))
	stop := make(chan int)
	go func() {
		n := from
		for ; n < from+9000; n++ {
			err := ch.PublishWithContext(context.Background(), "events", "log.x", false, false, amqp.Publishing{Body: []byte(strconv.Itoa(n)), DeliveryMode: amqp.Persistent})
			if err != nil {
				break
			}
		}
		stop <- n
	}()
	for range kill {
		c := next(t, confirms)
		if !c.Ack {
			t.Fatal("refused")
		}
		confirmed[from+int(c.DeliveryTag)-1] = true
	}
	c.kill()
	sent = <-stop
	for c := range confirms { // those on their way
		if c.Ack {
			confirmed[from+int(c.DeliveryTag)-1] = true
		}
	}
	return sent + 1
}

// want reads the queue without acknowledging: in order, each once, all that were confirmed, none that was not sent.
func want(t *testing.T, c child, confirmed map[int]bool, sent int) {
	t.Helper()
	ch := channel(t, dial(t, c.served))
	q := must(ch.QueueDeclarePassive("log", true, false, false, false, nil))(t)
	got := must(ch.Consume("log", "", false, false, false, false, nil))(t)
	missing := maps.Clone(confirmed)
	for last := -1; q.Messages > 0; q.Messages-- {
		n, err := strconv.Atoi(string(next(t, got).Body))
		if err != nil || n <= last || n >= sent {
			t.Fatalf("%d comes after %d, %d were sent: %v", n, last, sent, err)
		}
		delete(missing, n)
		last = n
	}
	if len(missing) > 0 {
		t.Errorf("%d of %d confirmed messages are lost, such as %d", len(missing), len(confirmed), slices.Sorted(maps.Keys(missing))[0])
	}
	if _, err := ch.QueueDeclarePassive("passing", false, false, false, false, nil); err == nil {
		t.Error("a transient queue is there again")
	}
	c.kill()
}

// What was acknowledged stays away, what was out comes back marked; definitions, users are there (MS-70, 15.6).
func TestRestartKeepsEverythingDurable(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, broker.Config{Dir: dir})
	agent := broker.User{Name: "agent", Password: "pw", Configure: "own", Write: ".*", Read: ".*"}
	if err := s.Ensure(t.Context(), agent); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s)
	ch := channel(t, conn)
	args := amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int32(5), "x-dead-letter-exchange": "dead", "x-single-active-consumer": true}
	must(ch.QueueDeclare("q", true, false, false, false, args))(t)
	if err := ch.ExchangeDeclare("x", "headers", true, false, false, false, amqp.Table{"alternate-exchange": "amq.fanout"}); err != nil {
		t.Fatal(err)
	}
	if err := ch.QueueBind("q", "", "x", false, amqp.Table{"x-match": "any", "a": "b"}); err != nil {
		t.Fatal(err)
	}
	publishAll(t, ch, "x", amqp.Table{"a": "b"}, "0", "1", "2", "3")
	got := must(ch.Consume("q", "", false, false, false, false, nil))(t)
	first, second := next(t, got), next(t, got)
	if err := first.Ack(false); err != nil {
		t.Fatal(err)
	}
	if err := second.Nack(false, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "three messages", func() bool { return s.Status().Messages == 3 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = serve(t, broker.Config{Dir: dir})
	ch = channel(t, dial(t, s))
	must(ch.QueueDeclare("q", true, false, false, false, args))(t)
	publishAll(t, ch, "x", amqp.Table{"a": "b"}, "4")
	got = must(ch.Consume("q", "", false, false, false, false, nil))(t)
	for _, body := range []string{"1", "2", "3", "4"} {
		d := next(t, got)
		if string(d.Body) != body || d.Redelivered != (body != "4") {
			t.Errorf("%q, redelivered %v; want %q", d.Body, d.Redelivered, body)
		}
	}
	if _, err := amqp.Dial("amqp://agent:pw@" + s.address + "/"); err != nil {
		t.Errorf("a user of Ensure is not there: %v", err)
	}
}

func publishAll(t *testing.T, ch *amqp.Channel, exchange string, headers amqp.Table, bodies ...string) {
	t.Helper()
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		c := must(ch.PublishWithDeferredConfirmWithContext(t.Context(), exchange, "", true, false, amqp.Publishing{Body: []byte(body), Headers: headers, DeliveryMode: amqp.Persistent}))(t)
		if !must(c.WaitContext(t.Context()))(t) {
			t.Fatal("refused")
		}
	}
}

// The disk does not grow with what went through, only with what is there; what is old is there, too.
func TestDiskHoldsWhatIsThereNotWhatWas(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, broker.Config{Dir: dir})
	conn := dial(t, s)
	ch := channel(t, conn)
	must(ch.QueueDeclare("old", true, false, false, false, nil))(t)
	must(ch.QueueDeclare("new", true, false, false, false, nil))(t)
	if err := ch.QueueBind("old", "", "amq.direct", false, nil); err != nil {
		t.Fatal(err)
	}
	publishAll(t, ch, "amq.direct", nil, "a", "b", "c")
	got := must(ch.Consume("new", "", true, false, false, false, nil))(t)
	confirms := ch.NotifyPublish(make(chan amqp.Confirmation, 64))
	body := make([]byte, 256<<10)
	for range 400 { // 100 MiB
		if err := ch.PublishWithContext(t.Context(), "", "new", false, false, amqp.Publishing{Body: body, DeliveryMode: amqp.Persistent}); err != nil {
			t.Fatal(err)
		}
		next(t, got)
		next(t, confirms)
	}
	eventually(t, "a small journal", func() bool { return sizeOf(t, dir) < 60<<20 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = serve(t, broker.Config{Dir: dir})
	ch = channel(t, dial(t, s))
	for _, want := range []string{"a", "b", "c"} {
		d, ok, err := ch.Get("old", true)
		if err != nil || !ok || string(d.Body) != want {
			t.Errorf("%q %v %v, want %q", d.Body, ok, err, want)
		}
	}
	eventually(t, "nothing left", func() bool { return s.Status().Messages == 0 })
}

func sizeOf(t *testing.T, dir string) (total int64) {
	t.Helper()
	for _, name := range must(filepath.Glob(filepath.Join(dir, "*")))(t) {
		if info, err := os.Stat(name); err == nil { // it may have been dropped
			total += info.Size()
		}
	}
	return total
}

func TestFolderHasOneBroker(t *testing.T) {
	dir := t.TempDir()
	serve(t, broker.Config{Dir: dir})
	_, err := broker.Open(broker.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "another broker") {
		t.Errorf("a second broker: %v", err)
	}
}

// A closed broker is closed: nobody waits for it.
func TestClosedBrokerSaysSo(t *testing.T) {
	s := serve(t, broker.Config{Dir: t.TempDir()})
	conn := dial(t, s)
	ended := conn.NotifyClose(make(chan *amqp.Error, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if e := next(t, ended); e.Code != amqp.ConnectionForced {
		t.Errorf("clients hear %v", e)
	}
	if err := s.Ensure(t.Context(), owner); !errors.Is(err, broker.ErrClosed) {
		t.Errorf("Ensure: %v", err)
	}
	if err := s.Remove(t.Context(), "x"); !errors.Is(err, broker.ErrClosed) {
		t.Errorf("Remove: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
}
