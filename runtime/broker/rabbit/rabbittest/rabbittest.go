//go:build unix

// Package rabbittest gives the tests of one package a RabbitMQ that they share.
package rabbittest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

// shared is the server of this test program.
var shared struct {
	mu     sync.Mutex
	inMain bool
	dir    string
	server *rabbit.Server
	err    error
}

// Main runs the tests of a package, then ends the server that they shared, when one of them asked for it:
//
//	func TestMain(m *testing.M) { os.Exit(rabbittest.Main(m)) }
func Main(m *testing.M) int {
	shared.mu.Lock()
	shared.inMain = true
	shared.mu.Unlock()
	code := m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server != nil {
		shared.server.Kill() // what it holds goes away with its folder: nothing is worth a second of order
	}
	if shared.dir != "" {
		if err := os.RemoveAll(shared.dir); err != nil {
			fmt.Fprintln(os.Stderr, "remove what RabbitMQ leaves behind:", err)
			return max(code, 1)
		}
	}
	return code
}

// Shared gives the server, which starts when the first test asks. A test must tell its own things apart from those of others: Domain,
// User help. Without RabbitMQ the test is skipped (internal/require). TestMain must call Main.
func Shared(t testing.TB) *rabbit.Server {
	t.Helper()
	program := require.RabbitMQ(t)
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if !shared.inMain {
		t.Fatal("nobody would stop the shared RabbitMQ: add func TestMain(m *testing.M) { os.Exit(rabbittest.Main(m)) }")
	}
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = start(program)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

func start(program string) (*rabbit.Server, error) {
	dir, err := os.MkdirTemp("", "rabbittest")
	if err != nil {
		return nil, err
	}
	shared.dir = dir
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return rabbit.Start(ctx, rabbit.Options{Dir: dir, Program: program})
}

// Domain is a name that no other test has: of a domain, of a queue.
func Domain(t testing.TB) string {
	t.Helper()
	return "t" + strings.ToLower(rand.Text()[:12])
}

// User makes a user of the shared server for one test, who may do what the expressions say.
func User(t testing.TB, configure, write, read string) rabbit.Account {
	t.Helper()
	accounts := Shared(t).Accounts()
	u := rabbit.Account{Name: "user-" + Domain(t), Password: rand.Text(), Configure: configure, Write: write, Read: read}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := accounts.Ensure(ctx, u); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := accounts.Remove(ctx, u.Name); err != nil {
			t.Error(err)
		}
	})
	return u
}
