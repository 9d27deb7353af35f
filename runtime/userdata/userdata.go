// Package userdata is what a new machine is told: who its agent is, where the broker is (MS-43, TG-40).
package userdata

import "github.com/roboconf/workbench/runtime/bus"

// Data is the user data of one machine.
type Data struct {
	Domain, App, Scope string
	Broker             bus.Settings
	// Agent holds settings of the agent for that machine (manager.md 10), such as ip-address-of-the-agent, by name.
	Agent map[string]string
}
