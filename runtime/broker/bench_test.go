package broker_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/roboconf/workbench/runtime/broker"
)

// BenchmarkThroughput sends messages of 1 KiB through the broker, with confirms, acknowledgements: each connection publishes to a
// queue of its own, consumes from it.
func BenchmarkThroughput(b *testing.B) {
	for _, store := range []string{"memory", "disk"} {
		for _, connections := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("%s/%d", store, connections), func(b *testing.B) {
				cfg := broker.Config{}
				if store == "disk" {
					cfg.Dir = b.TempDir()
				}
				throughput(b, serve(b, cfg), connections)
			})
		}
	}
}

func throughput(b *testing.B, s served, connections int) {
	var lines []*line
	for i := range connections {
		lines = append(lines, newLine(b, s, fmt.Sprintf("bench-%d", i), s.durable()))
	}
	b.SetBytes(1024)
	b.ResetTimer()
	var all sync.WaitGroup
	for i, l := range lines {
		n := b.N / connections
		if i < b.N%connections {
			n++
		}
		all.Go(func() { l.publish(b, n) })
		all.Go(func() { l.consume(b, n) })
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

func (s served) durable() uint8 {
	if s.dir != "" {
		return amqp.Persistent
	}
	return amqp.Transient
}

// line is a publisher with its consumer.
type line struct {
	queue    string
	mode     uint8
	out, in  *amqp.Channel
	confirms chan amqp.Confirmation
	got      <-chan amqp.Delivery
}

func newLine(b *testing.B, s served, queue string, mode uint8) *line {
	conn := dial(b, s)
	l := &line{queue: queue, mode: mode, out: channel(b, conn), in: channel(b, conn)}
	must(l.in.QueueDeclare(queue, true, false, false, false, nil))(b)
	if err := l.in.Qos(200, 0, false); err != nil {
		b.Fatal(err)
	}
	l.got = must(l.in.Consume(queue, "", false, false, false, false, nil))(b)
	if err := l.out.Confirm(false); err != nil {
		b.Fatal(err)
	}
	l.confirms = l.out.NotifyPublish(make(chan amqp.Confirmation, 512))
	return l
}

// publish keeps at most 256 messages unconfirmed.
func (l *line) publish(b *testing.B, n int) {
	body := make([]byte, 1024)
	sent, confirmed := 0, 0
	for confirmed < n {
		for sent < n && sent-confirmed < 256 {
			if err := l.out.PublishWithContext(b.Context(), "", l.queue, false, false, amqp.Publishing{Body: body, DeliveryMode: l.mode}); err != nil {
				b.Error(err)
				return
			}
			sent++
		}
		if c, ok := <-l.confirms; !ok || !c.Ack {
			b.Error("not confirmed")
			return
		}
		confirmed++
	}
}

func (l *line) consume(b *testing.B, n int) {
	for i := 1; i <= n; i++ {
		d, ok := <-l.got
		if !ok {
			b.Error("the consumer ended")
			return
		}
		if i%50 == 0 || i == n {
			if err := d.Ack(true); err != nil {
				b.Error(err)
				return
			}
		}
	}
}

// BenchmarkOpen measures how soon a broker serves.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		s, err := broker.Open(broker.Config{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIdle reports the memory of 100 agents that say nothing, the client's part included.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		s := serve(b, broker.Config{})
		before := inUse()
		for i := range 100 {
			newLine(b, s, fmt.Sprintf("idle-%d", i), amqp.Transient)
		}
		b.ReportMetric(float64(inUse()-before)/100/1024, "KiB/agent")
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
