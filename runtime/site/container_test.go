package site

import (
	"testing"
	"time"

	"github.com/roboconf/workbench/docker"
	"github.com/roboconf/workbench/internal/require"
)

// The broker may be a RabbitMQ in a container: machines find it at the same address after a restart, nothing of it is left at the end.
func TestWithRabbitMQInAContainer(t *testing.T) {
	require.Docker(t)
	require.RabbitMQ(t)
	if testing.Short() {
		t.Skip("a container of RabbitMQ takes its time: not in short runs")
	}
	o := ground(t, "hello")
	defer clean(t, o)
	o.Broker = Container
	s, _ := up(t, o)
	at := s.Address
	if err := s.Leave(soon(t)); err != nil {
		t.Fatal(err)
	}
	s, _ = up(t, o)
	if s.Address != at {
		t.Errorf("the broker moved from %s to %s", at, s.Address)
	}
	if err := s.Down(soon(t), 10*time.Second, func(text string) { t.Log(text) }); err != nil {
		t.Fatal(err)
	}
	engine, err := docker.Connect(t.Context(), docker.Own(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	if left, err := engine.Left(t.Context(), s.Domain); err != nil || len(left) > 0 {
		t.Errorf("%q is left: %v", left, err)
	}
}
