package manager

import (
	"fmt"
	"slices"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/message"
)

// request asks for a state of one instance (LC-2, LC-80).
func (m *Manager) request(a *app, path string, wanted lifecycle.State) error {
	i, ok := a.paths[path]
	switch {
	case !wanted.Requestable():
		return fmt.Errorf("request %s of %s: only NOT_DEPLOYED, DEPLOYED_STOPPED or DEPLOYED_STARTED can be asked for", wanted, path)
	case !ok:
		return fmt.Errorf("request %s of %s: %s has no such instance", wanted, path, a.name)
	case a.nodes[i].machine:
		return m.requestMachine(a, i, wanted)
	}
	m.want(a, i, wanted)
	return nil
}

// want sends a request to the agent of an instance, or keeps it until the agent is ready (LC-83).
func (m *Manager) want(a *app, i int32, wanted lifecycle.State) {
	m.sendRequest(a, a.nodes[i].host, &message.InstanceRequest{Path: a.nodes[i].path, Status: wanted}, m.corr)
}

// requestMachine is LC-80. Who asks twice for a machine gets one (LC-81, LC-135).
func (m *Manager) requestMachine(a *app, i int32, wanted lifecycle.State) error {
	n := &a.nodes[i]
	switch {
	case wanted == lifecycle.DeployedStarted && n.state == lifecycle.NotDeployed:
		return m.createMachine(a, i)
	case wanted == lifecycle.DeployedStarted && (n.state == lifecycle.Deploying || n.state == lifecycle.DeployedStarted):
		m.do(Finished{ID: m.corr, App: a.name, Path: n.path, Outcome: message.Noop, Reason: n.path + " is " + n.state.String() + " already"})
		return nil
	case wanted == lifecycle.NotDeployed && (n.state == lifecycle.Deploying || n.state == lifecycle.DeployedStarted || n.state == lifecycle.Problem):
		m.undeployMachine(a, i)
		return nil
	case wanted == lifecycle.NotDeployed && n.state == lifecycle.NotDeployed:
		return fmt.Errorf("undeploy %s: it is NOT_DEPLOYED already", n.path)
	case wanted == lifecycle.DeployedStopped:
		return fmt.Errorf("stop %s: it is a machine, which is never stopped; stop what is on it, or undeploy it", n.path)
	case n.state == lifecycle.Problem:
		return fmt.Errorf("start %s: the machine is in PROBLEM; wait for its agent, or undeploy it first", n.path)
	}
	return fmt.Errorf("request %s of %s: the machine is %s; wait until that is over", wanted, n.path, n.state)
}

// deployAndStart is LC-65: parents first; what cannot be done does not stop the rest.
func (m *Manager) deployAndStart(a *app, path string) []error {
	from, ok := a.from(path)
	if !ok {
		return []error{fmt.Errorf("deploy and start %s: %s has no such instance", path, a.name)}
	}
	var errs []error
	for _, i := range a.breadth(from) {
		if err := m.wantStarted(a, i); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func (m *Manager) wantStarted(a *app, i int32) error {
	n := &a.nodes[i]
	switch {
	case !n.machine:
		m.want(a, i, lifecycle.DeployedStarted)
		return nil
	case n.state == lifecycle.Undeploying:
		return fmt.Errorf("deploy %s: the machine is UNDEPLOYING; wait until that is over", n.path)
	case n.state != lifecycle.NotDeployed:
		return nil
	}
	if above := a.machineAbove(i); above >= 0 && !m.ready(a, above) {
		m.enqueue(&a.hosts[above], waiting{what: waitingMachine, path: n.path, corr: m.corr})
		return nil
	}
	return m.createMachine(a, i)
}

// machineAbove is the rank of the machine that a nested machine stands on; -1 when there is none.
func (a *app) machineAbove(i int32) int32 {
	if p := a.nodes[i].parent; p >= 0 {
		return a.nodes[p].host
	}
	return -1
}

// stopAll is LC-65: machines are never stopped, what is on them is (D-14).
func (m *Manager) stopAll(a *app, path string) []error {
	from, ok := a.from(path)
	if !ok {
		return []error{fmt.Errorf("stop %s: %s has no such instance", path, a.name)}
	}
	todo, pending := slices.Clone(from), a.pending()
	for k := 0; k < len(todo); k++ {
		switch n := &a.nodes[todo[k]]; {
		case n.machine:
			todo = append(todo, n.children...)
		case n.state != lifecycle.NotDeployed || pending[n.path]: // asked of something that is not there, it would deploy it
			m.want(a, todo[k], lifecycle.DeployedStopped)
		}
	}
	return nil
}

// undeployAll is LC-65: descendants follow.
func (m *Manager) undeployAll(a *app, path string) []error {
	from, ok := a.from(path)
	if !ok {
		return []error{fmt.Errorf("undeploy %s: %s has no such instance", path, a.name)}
	}
	var errs []error
	for _, i := range from {
		n := &a.nodes[i]
		switch {
		case !n.machine:
			m.want(a, i, lifecycle.NotDeployed)
		case n.state == lifecycle.NotDeployed || n.state == lifecycle.Undeploying:
		default:
			if err := m.requestMachine(a, i, lifecycle.NotDeployed); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errs
}

// resync asks every agent that is there to publish again (LC-107).
func (m *Manager) resync(a *app) {
	for h := range a.hosts {
		if m.ready(a, int32(h)) {
			m.send(a, int32(h), &message.ExportsResync{}, m.corr)
		}
	}
}

// bind chooses the applications behind an external prefix, and tells every agent (MS-31).
func (m *Manager) bind(a *app, op Bind) []error {
	var errs []error
	for _, name := range op.Apps {
		other := m.apps[name]
		switch {
		case other == nil:
			errs = append(errs, fmt.Errorf("bind %s of %s: there is no application %q", op.Prefix, a.name, name))
		case other.descriptor.ExportsPrefix != op.Prefix:
			errs = append(errs, fmt.Errorf("bind %s of %s: %s does not export that prefix, its own is %q",
				op.Prefix, a.name, name, other.descriptor.ExportsPrefix))
		}
	}
	if op.Prefix == "" {
		errs = append(errs, fmt.Errorf("bind a prefix of %s: the prefix is empty", a.name))
	}
	if errs != nil {
		return errs
	}
	apps := slices.Clone(op.Apps)
	slices.Sort(apps)
	m.rebind(a, op.Prefix, slices.Compact(apps))
	return nil
}

// rebind replaces the applications behind a prefix. Nothing is sent when it changes nothing (MG-22).
func (m *Manager) rebind(a *app, prefix string, apps []string) {
	if slices.Equal(a.bindings[prefix], apps) {
		return
	}
	a.bindings[prefix] = apps
	m.touch(a)
	m.do(AppChanged{App: a.name, Turn: Edited, ID: m.corr})
	for h := range a.hosts {
		if a.hosts[h].node >= 0 && a.hosts[h].model != "" {
			m.send(a, int32(h), &message.BindingChange{Prefix: prefix, Apps: apps}, m.corr)
		}
	}
}

// unbindFrom takes an application that is gone out of the bindings of the others (MG-22).
func (m *Manager) unbindFrom(name string) {
	for _, other := range m.names() {
		a := m.apps[other]
		for _, prefix := range sortedKeys(a.bindings) {
			if apps := a.bindings[prefix]; slices.Contains(apps, name) {
				m.rebind(a, prefix, slices.DeleteFunc(slices.Clone(apps), func(s string) bool { return s == name }))
			}
		}
	}
}
