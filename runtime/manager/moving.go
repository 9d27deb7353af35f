package manager

import (
	"fmt"
	"time"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// Operations of a switch of brokers (MS-90). The shell proves the new broker, closes the old one.
type (
	// MoveAgent tells the agent of a machine of another broker: Finished follows when it has answered. The settings, which hold secrets, are
	// put in by the shell: no journal has them. It is refused where nobody speaks.
	MoveAgent struct {
		Path, Kind string
		Deadline   time.Time
	}
	// LoseAgent says that the agent of a machine was not seen on the new broker before the deadline: its machine is PROBLEM, because of
	// "messaging", until a heartbeat comes.
	LoseAgent struct{ Path string }
)

func (MoveAgent) op() {}
func (LoseAgent) op() {}

// moveAgent announces another broker to an agent that speaks.
func (m *Manager) moveAgent(a *app, op MoveAgent) error {
	k, err := a.speaking(op.Path)
	switch {
	case err != nil:
		return fmt.Errorf("switch the broker of %s of %s: %w", op.Path, a.name, err)
	case !m.online:
		return fmt.Errorf("switch the broker of %s of %s: the broker is not reachable; try again later", op.Path, a.name)
	}
	m.publish(a.agent(k), &message.MessagingSwitch{Kind: op.Kind, Deadline: op.Deadline}, m.corr)
	return nil
}

// loseAgent is step 3 of MS-90 for an agent that was not seen.
func (m *Manager) loseAgent(a *app, op LoseAgent) error {
	k, err := a.speaking(op.Path)
	if err != nil {
		return fmt.Errorf("give up the agent of %s of %s: %w", op.Path, a.name, err)
	}
	m.trouble(a, k, "messaging")
	return nil
}

// speaking finds a machine whose agent speaks.
func (a *app) speaking(path string) (int32, error) {
	i, ok := a.paths[path]
	switch {
	case !ok || !a.nodes[i].machine:
		return 0, fmt.Errorf("there is no such machine")
	case a.nodes[i].state != lifecycle.DeployedStarted:
		return 0, fmt.Errorf("the machine is %s: its agent does not speak", a.nodes[i].state)
	}
	return a.nodes[i].host, nil
}
