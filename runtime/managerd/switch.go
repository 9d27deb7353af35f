package managerd

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/userdata"
)

// Other is another broker, see Manager.Switch.
type Other struct {
	Bus      bus.Opener
	Broker   bus.Settings // what agents are told of it
	Accounts bus.Accounts // as in Config
	// Within is how long agents have to be seen there; 30 s when zero.
	Within time.Duration
}

// way is how agents reach the broker.
type way struct {
	settings bus.Settings
	accounts bus.Accounts // nil: agents share the credentials of settings
}

func (y *yard) way() way {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.broker
}

func (y *yard) setWay(to way) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.broker = to
}

// machine is one whose agent is to move.
type machine struct {
	app, path string
	key       target.Key
}

// move is a switch of brokers that is under way. Guarded by the manager's mu.
type move struct {
	settings map[message.Target]map[string]string // for each agent, with its secrets
	ended    map[string]manager.Finished          // by the id of the Do
	news     chan struct{}                        // it has room for one
}

// settleLimit is how long the old broker may take to give what it still has.
const settleLimit = 10 * time.Second

// dial opens the way to the broker: one that can be replaced, where that is wanted (MS-40).
func (m *Manager) dial() (err error) {
	id := bus.Identity{Domain: m.cfg.Domain}
	if !m.cfg.Switchable {
		m.bus, err = m.cfg.Bus(id, listener{m})
		return err
	}
	if m.other, err = bus.NewSwitch(m.cfg.Bus, id, listener{m}); err == nil {
		m.bus = m.other
	}
	return err
}

// Switch goes to another broker while everything runs (MS-90, MG-63): the new one is proved by a message to oneself, agents get their accounts
// there, are told through the old one, are waited for on both; then the old one is left. With an error nothing has changed, unless the
// manager was closed meanwhile; once agents are told, the end of ctx ends nothing. The machines that were lost are those whose agents were
// not seen in time, as "application /path": they are PROBLEM because of "messaging" until a heartbeat comes. The same settings change
// nothing (MS-41). While a machine is being made, or ended, it is refused.
func (m *Manager) Switch(ctx context.Context, to Other) (lost []string, err error) {
	if m.other == nil {
		return nil, errors.New("switch the broker: this manager stays with its broker")
	}
	next := way{to.Broker, to.Accounts}
	if reflect.DeepEqual(m.yard.way().settings, next.settings) {
		return nil, nil
	}
	if to.Within <= 0 {
		to.Within = 30 * time.Second
	}
	list, err := m.speakers()
	if err != nil {
		return nil, fmt.Errorf("switch the broker: %w", err)
	}
	if err := m.begin(ctx, next, list); err != nil {
		return nil, fmt.Errorf("switch the broker: %w", err)
	}
	defer m.done()
	proof, cancel := context.WithTimeout(ctx, to.Within)
	defer cancel()
	if err := m.other.To(proof, to.Bus); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // agents that are told go there, whoever gives up here
	m.say("the new broker works; agents are told of it")
	before, deadline := m.yard.way(), time.Now().Add(to.Within)
	m.yard.setWay(next)
	waits, missed := m.announce(ctx, list, deadline)
	if len(waits) == 0 && len(list) > 0 { // nobody was told: go back
		m.yard.setWay(before)
		return nil, errors.Join(errors.New("switch the broker: no agent could be told; nothing has changed"), m.other.Back(), m.settle(ctx))
	}
	missed = append(missed, m.await(ctx, waits, deadline)...)
	select {
	case <-m.ended: // Close ends both transports
		return nil, m.over()
	default:
	}
	if err := m.settle(ctx); err != nil {
		m.log.Warn("leave the old broker", "error", err)
	}
	return m.lose(ctx, missed), nil
}

func (m *Manager) say(text string) {
	m.log.Info(text)
	m.feed.Publish(feed.Event{What: feed.Said, Text: text})
}

// speakers are the machines whose agents speak.
func (m *Manager) speakers() (list []machine, err error) {
	for _, a := range m.Apps() {
		for _, s := range a.Statuses {
			switch {
			case !s.Machine:
			case s.State == lifecycle.Deploying || s.State == lifecycle.Undeploying:
				return nil, fmt.Errorf("%s of %s is %s; wait until that is over", s.Path, a.Name, s.State)
			case s.State == lifecycle.DeployedStarted:
				key := target.Key{Domain: m.cfg.Domain, App: a.Name, Scope: s.Path, Gen: s.Gen}
				list = append(list, machine{a.Name, s.Path, key})
			}
		}
	}
	return list, nil
}

// begin makes the accounts of agents on the new broker, writes down what each agent is told.
func (m *Manager) begin(ctx context.Context, to way, list []machine) error {
	mv := &move{settings: map[message.Target]map[string]string{}, ended: map[string]manager.Finished{}, news: make(chan struct{}, 1)}
	m.mu.Lock()
	busy := m.move != nil
	if !busy {
		m.move = mv
	}
	m.mu.Unlock()
	if busy {
		return bus.ErrBusy
	}
	for _, x := range list {
		err := m.yard.admit(ctx, to, x.key)
		var keys map[string]string
		if err == nil {
			keys, err = userdata.Keys(userdata.Format(m.yard.data(to, x.key)))
		}
		if err != nil {
			m.done()
			return err
		}
		m.mu.Lock()
		mv.settings[message.Agent(x.app, x.path)] = keys
		m.mu.Unlock()
	}
	return nil
}

func (m *Manager) done() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.move = nil
}

// announce tells every agent, through the old broker. What cannot be told is lost.
func (m *Manager) announce(ctx context.Context, list []machine, deadline time.Time) (waits map[string]machine, lost []machine) {
	waits = map[string]machine{}
	for _, x := range list {
		id, err := m.Do(ctx, x.app, manager.MoveAgent{Path: x.path, Kind: userdata.RabbitMQ, Deadline: deadline})
		if err != nil {
			m.log.Warn("tell an agent of the new broker", "app", x.app, "instance", x.path, "error", err)
			lost = append(lost, x)
			continue
		}
		waits[id] = x
	}
	return waits, lost
}

// await waits until every agent has answered through the new broker; those that did not, or cannot go there, are lost.
func (m *Manager) await(ctx context.Context, waits map[string]machine, deadline time.Time) (lost []machine) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	all := len(waits)
	for len(waits) > 0 {
		m.mu.Lock()
		news := m.move.news
		for id, x := range waits {
			f, ended := m.move.ended[id]
			if !ended {
				continue
			}
			delete(waits, id)
			if f.Outcome != message.Done {
				m.log.Warn("an agent cannot use the new broker", "app", x.app, "instance", x.path, "reason", f.Reason)
				lost = append(lost, x)
			}
		}
		m.mu.Unlock()
		if len(waits) == 0 {
			break
		}
		select {
		case <-news:
		case <-m.ended:
			return lost
		case <-ctx.Done():
			for _, x := range waits {
				lost = append(lost, x)
			}
			waits = nil
		}
	}
	m.say(fmt.Sprintf("%d of %d agents told were seen on the new broker", all-len(lost), all))
	return lost
}

// settle leaves the transport that is not used any more.
func (m *Manager) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
	defer cancel()
	return m.other.Settle(ctx)
}

// lose tells the mind of agents that were not seen.
func (m *Manager) lose(ctx context.Context, list []machine) (lost []string) {
	for _, x := range list {
		lost = append(lost, x.app+" "+x.path)
		if _, err := m.Do(context.WithoutCancel(ctx), x.app, manager.LoseAgent{Path: x.path}); err != nil {
			m.log.Warn("an agent was not seen on the new broker", "app", x.app, "instance", x.path, "error", err)
		}
	}
	slices.Sort(lost)
	return lost
}

// answered notes what came of an announcement. The loop calls it.
func (m *Manager) answered(e manager.Finished) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.move == nil {
		return
	}
	m.move.ended[e.ID] = e
	select {
	case m.move.news <- struct{}{}:
	default:
	}
}

// utter publishes a message. The announcement of another broker gets its settings here, then goes through the broker that is being left.
func (m *Manager) utter(p mind.Publish) error {
	announced, is := p.Msg.Body.(*message.MessagingSwitch)
	if !is || m.other == nil {
		return m.bus.Publish(p.To, p.Msg)
	}
	m.mu.Lock()
	var settings map[string]string
	if m.move != nil {
		settings = m.move.settings[p.To]
	}
	m.mu.Unlock()
	if settings == nil {
		return nil // the switch is over: nobody must go where nobody listens
	}
	body, msg := *announced, *p.Msg
	body.Settings = settings
	msg.Body = &body
	return m.other.PublishBefore(p.To, &msg)
}
