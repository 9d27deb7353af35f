//go:build unix

package crowd_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/agentd"
	"github.com/roboconf/workbench/runtime/broker"
	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/mock"
	"github.com/roboconf/workbench/runtime/userdata"
)

// childEnv makes this test program one of the other processes; dirEnv is the folder that it has.
const (
	childEnv = "CROWD_CHILD"
	dirEnv   = "CROWD_DIR"
)

// The only user of the embedded broker.
const brokerUser, brokerPassword = "crowd", "crowd"

// child is one of the other processes. It ends when its standard input does.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	updates atomic.Int64
	news    chan struct{} // something was counted
}

// spawn runs this program as another process, until the measurement ends.
func spawn(b *testing.B, what string) *child {
	b.Helper()
	c := &child{cmd: exec.Command(os.Args[0]), news: make(chan struct{}, 1)}
	c.cmd.Env = append(os.Environ(), childEnv+"="+what, dirEnv+"="+b.TempDir())
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c.in, c.out = in, bufio.NewReader(out)
	var reading sync.WaitGroup
	if what == "agents" {
		reading.Go(c.count)
	}
	b.Cleanup(func() {
		_ = in.Close()
		reading.Wait()
		if err := c.cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	return c
}

// count counts the update recipes that began, one byte each.
func (c *child) count() {
	buffer := make([]byte, 4096)
	for {
		n, err := c.out.Read(buffer)
		c.updates.Add(int64(n))
		select {
		case c.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// reach waits until so many recipes began.
func (c *child) reach(b *testing.B, ctx context.Context, n int64) {
	b.Helper()
	for c.updates.Load() < n {
		select {
		case <-c.news:
		case <-ctx.Done():
			b.Fatalf("%d update recipes are missing", n-c.updates.Load())
		}
	}
}

// settle waits until nothing new began for two seconds.
func (c *child) settle(b *testing.B, ctx context.Context) {
	b.Helper()
	quiet := time.NewTimer(2 * time.Second)
	defer quiet.Stop()
	for {
		select {
		case <-c.news:
			quiet.Reset(2 * time.Second)
		case <-quiet.C:
			return
		case <-ctx.Done():
			b.Fatal("the recipes do not end")
		}
	}
}

// serveBroker is the process of the embedded broker: it writes its address.
func serveBroker() {
	err := func() error {
		s, err := broker.Open(broker.Config{
			Dir: os.Getenv(dirEnv), Users: []broker.User{{Name: brokerUser, Password: brokerPassword, Configure: ".*", Write: ".*", Read: ".*"}},
		})
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(l) }()
		fmt.Println(l.Addr())
		_, _ = io.Copy(io.Discard, os.Stdin)
		if err := s.Close(); err != nil {
			return err
		}
		return <-served
	}()
	exit(err)
}

// hostAgents is the process of the agents: a line of its input is the user data of one more, a byte of its output is an update recipe
// that begins.
func hostAgents() {
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	begins := make(chan struct{}, 100)
	any := mock.New("any", mock.Options{Ran: func(c *plugin.Call) {
		if c.Op == lifecycle.Update {
			begins <- struct{}{}
		}
	}})
	written := make(chan struct{})
	go func() {
		defer close(written)
		for range begins {
			fmt.Print("u")
		}
	}()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 4*userdata.MaxBytes)
	for n := 0; lines.Scan(); n++ {
		text, err := strconv.Unquote(lines.Text())
		if err != nil {
			exit(err)
		}
		d, err := userdata.Parse(text, nil)
		if err != nil {
			exit(err)
		}
		c := agentd.Config{
			Domain: d.Domain, App: d.App, Scope: d.Scope, Address: "127.0.0.1", Dir: filepath.Join(os.Getenv(dirEnv), strconv.Itoa(n)),
			Bus: amqp.Opener(amqp.Config{Settings: d.Broker}), Any: any, NoSync: true, Environ: []string{},
		}
		work.Go(func() {
			if err := agentd.Run(ctx, c); err != nil {
				exit(fmt.Errorf("agent %s: %w", c.Scope, err))
			}
		})
	}
	stop()
	work.Wait()
	close(begins)
	<-written
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
