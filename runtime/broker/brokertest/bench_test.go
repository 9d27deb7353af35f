//go:build unix

package brokertest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

// childEnv makes this test program an embedded broker in the folder that it names: its memory is then its own.
const childEnv = "BROKERTEST_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		serveChild(dir)
		return
	}
	os.Exit(m.Run())
}

// serveChild serves until its standard input ends.
func serveChild(dir string) {
	b, err := broker.Open(broker.Config{Dir: dir, Users: []broker.User{admin}})
	if err == nil {
		var l net.Listener
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err == nil {
			go b.Serve(l)
			fmt.Println(l.Addr())
			bufio.NewReader(os.Stdin).ReadString(0)
			err = b.Close()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// contender is a broker under measurement.
type contender struct {
	name, address, user, password string
	pid                           int
}

// contenders starts both brokers, each as a process.
func contenders(b *testing.B) []contender {
	r := startRabbit(b, rabbit.Options{Dir: b.TempDir()})
	b.Cleanup(r.Kill)
	e := r.Endpoint()

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+b.TempDir())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return []contender{
		{"embedded", strings.TrimSpace(address), admin.Name, admin.Password, cmd.Process.Pid},
		{"rabbitmq", e.Address, e.User, e.Password, r.Pid()},
	}
}

// BenchmarkSideBySide moves messages of 1 KiB, each confirmed, each acknowledged, through both brokers in one run, at 1, 10, 100
// connections. The rates are of a moment; x-rabbitmq, how many times RabbitMQ's, is what to compare. Memory is what each process holds
// afterwards.
func BenchmarkSideBySide(b *testing.B) {
	both := contenders(b)
	for _, mode := range []struct {
		name string
		mode uint8
	}{{"transient", amqp.Transient}, {"persistent", amqp.Persistent}} {
		for _, n := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("%s/connections=%d", mode.name, n), func(b *testing.B) {
				rate, memory := map[string]float64{}, map[string]float64{}
				for _, c := range both {
					took := c.move(b, n, b.N, mode.mode)
					rate[c.name], memory[c.name] = float64(b.N)/took.Seconds(), resident(b, c.pid)
					b.ReportMetric(rate[c.name], c.name+"-msg/s")
					b.ReportMetric(memory[c.name], c.name+"-MiB")
				}
				b.ReportMetric(rate["embedded"]/rate["rabbitmq"], "x-rabbitmq")
				b.ReportMetric(memory["embedded"]/memory["rabbitmq"], "x-rabbitmq-memory")
				b.ReportMetric(0, "ns/op") // of both together: it means nothing
			})
		}
	}
}

// window is how many messages of a connection are on their way.
const window = 100

// move sends total messages over n connections, each to a queue of its own that it consumes; the time is that of the messages alone.
func (c contender) move(b *testing.B, n, total int, mode uint8) time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	var ready, work sync.WaitGroup
	begin, problems := make(chan struct{}), make(chan error, n)
	for i := range n {
		share := total / n
		if i < total%n {
			share++
		}
		ready.Add(1)
		work.Go(func() {
			if err := c.client(ctx, share, mode, ready.Done, begin); err != nil {
				problems <- fmt.Errorf("%s, connection %d: %w", c.name, i, err)
			}
		})
	}
	ready.Wait()
	began := time.Now()
	close(begin)
	work.Wait()
	took := time.Since(began)
	select {
	case err := <-problems:
		b.Fatal(err)
	default:
	}
	return took
}

// client publishes its share and consumes it, once it may begin.
func (c contender) client(ctx context.Context, share int, mode uint8, ready func(), begin <-chan struct{}) error {
	var once sync.Once
	defer once.Do(ready)
	conn, err := amqp.DialConfig("amqp://"+c.address+"/", amqp.Config{
		SASL: []amqp.Authentication{&amqp.PlainAuth{Username: c.user, Password: c.password}}, Dial: amqp.DefaultDial(time.Minute),
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	out, err := conn.Channel()
	if err != nil {
		return err
	}
	in, err := conn.Channel()
	if err != nil {
		return err
	}
	queue := fmt.Sprintf("bench.%s", conn.LocalAddr())
	if _, err := out.QueueDeclare(queue, true, false, false, false, nil); err != nil {
		return err
	}
	defer out.QueueDelete(queue, false, false, false)
	if err := in.Qos(window, 0, false); err != nil {
		return err
	}
	deliveries, err := in.Consume(queue, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	if err := out.Confirm(false); err != nil {
		return err
	}
	confirms := out.NotifyPublish(make(chan amqp.Confirmation, window))
	once.Do(ready)
	<-begin
	return pump(ctx, out, queue, mode, share, confirms, deliveries)
}

// pump keeps a window of messages on their way until all were confirmed, delivered, acknowledged.
func pump(ctx context.Context, out *amqp.Channel, queue string, mode uint8, share int, confirms <-chan amqp.Confirmation, deliveries <-chan amqp.Delivery) error {
	msg := amqp.Publishing{Body: make([]byte, 1024), DeliveryMode: mode}
	for sent, confirmed, got := 0, 0, 0; confirmed < share || got < share; {
		for sent < share && sent-confirmed < window {
			if err := out.PublishWithContext(ctx, "", queue, false, false, msg); err != nil {
				return err
			}
			sent++
		}
		select {
		case c, open := <-confirms:
			if !open || !c.Ack {
				return fmt.Errorf("message %d is refused", confirmed+1)
			}
			confirmed++
		case d, open := <-deliveries:
			if !open {
				return fmt.Errorf("the consumer ended after %d messages", got)
			}
			if err := d.Ack(false); err != nil {
				return err
			}
			got++
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// resident is the memory of a process in MiB; 0 where the system does not tell.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.Atoi(fields[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}
