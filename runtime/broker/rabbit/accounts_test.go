//go:build unix

package rabbit_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/roboconf/workbench/internal/require"
	"github.com/roboconf/workbench/runtime/broker/rabbit"
)

// TestManyUsersAtOnce: a manager makes the users of many agents at the same moment (messaging.md 15.6).
func TestManyUsersAtOnce(t *testing.T) {
	require.RabbitMQ(t)
	a := start(t, rabbit.Options{Dir: t.TempDir()}).Accounts()
	var work sync.WaitGroup
	for i := range 16 {
		work.Go(func() {
			u := rabbit.Account{Name: fmt.Sprintf("agent-%d", i), Password: "p", Configure: "q", Write: "q", Read: "q"}
			if err := a.Ensure(t.Context(), u); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
}
