package graph

import (
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/syntax"
)

// explain says what a property means (dsl.md 5 and 6.1); "" for one that the language does not know.
func (p *page) explain(name string, owner syntax.Kind) string {
	if owner == syntax.Instance {
		return p.explainInInstance(name)
	}
	facet := owner == syntax.Facet
	switch {
	case name == "children":
		return p.say("What may be deployed on this: components, or facets that stand for all components that have them. Sub-components may hold the same.")
	case name == "exports" && facet:
		return p.say("The variables that every component with this facet publishes once it is started.")
	case name == "exports":
		return p.say("The variables that an instance publishes once it is started. A value can be overridden in each instance; `ip` is set by the platform.")
	case name == "extends" && facet:
		return p.say("The facets whose exports and children this one takes over.")
	case facet:
		return ""
	}
	switch name {
	case "installer":
		return p.say("Who runs the recipe of this component on its machine. `target` means that the component is a machine. A component without installer has the one of what it extends.")
	case "imports":
		return p.say("The variables that this needs from others. An instance starts only when each prefix that is not `(optional)` was published by somebody, and is told when that changes.")
	case "facets":
		return p.say("The roles of this component: it exports what they export, and may stand wherever they are listed as children.")
	case "extends":
		return p.say("The one component whose installer, exports, imports, facets and children this one takes over.")
	}
	return ""
}

func (p *page) explainInInstance(name string) string {
	switch name {
	case "name":
		return p.say("The name of the instance, unique beside its siblings. Together with those above it makes the path, such as `/vm 1/tomcat`.")
	case "count":
		return p.say("How many copies to make of this instance with all that runs on it. Each gets its number behind the name: `vm1`, `vm2`.")
	case "channels":
		return p.say("Labels of this instance, with commas between them. They have no meaning of their own.")
	case "instance-state":
		return p.say("The state in which the instance was saved. The platform writes it; a model rarely does.")
	case "instance-data":
		return p.say("What the platform remembers of this instance, as `key = value` pairs. A model rarely holds any.")
	}
	if syntax.IsData(name) {
		return p.say("Private data of this instance, under the key behind the dot. Nobody imports it; it is not copied by `count`.")
	}
	return ""
}

// explainInstaller says what an installer does (plugins.md); "" for one that is not known.
func (p *page) explainInstaller(name string) string {
	switch strings.ToLower(name) {
	case "script":
		return p.say("Runs the scripts of the recipe folder: `scripts/deploy.sh`, `start.sh`, `update.sh`, `stop.sh`, `undeploy.sh`.")
	case "puppet":
		return p.say("Applies the Puppet module of the recipe folder. Each import must be named, rather than taken with `*`.")
	case "file":
		return p.say("Downloads, copies, moves and deletes files, as `instructions.properties` in the recipe folder says.")
	case "logger":
		return p.say("Only writes to the log what it would have to do. Good for trying a model out.")
	case model.MachineInstaller:
		return p.say("The component is a machine: a target creates it, and an agent runs what is deployed on it.")
	}
	return ""
}

func (p *page) explainNetwork() string {
	return p.say("The address of the machine. The platform sets it when the machine is there; a value that is written in the model does not last.")
}

func (p *page) explainRandom() string {
	return p.say("A free port is drawn for each instance when the application is created, from 10000 upwards, unique on its machine. It never changes afterwards.")
}

// explainMeta says what stands in the place of a name between $( and ) (MOD-115).
func (p *page) explainMeta(name string) string {
	switch name {
	case "ROBOCONF_INSTANCE_NAME":
		return p.say("Replaced by the name of the instance: `tomcat-a`.")
	case "ROBOCONF_INSTANCE_PATH":
		return p.say("Replaced by the path of the instance: `/vm 1/tomcat-a`.")
	case "ROBOCONF_COMPONENT_NAME":
		return p.say("Replaced by the name of the component: `Tomcat`.")
	case "ROBOCONF_CLEAN_INSTANCE_PATH":
		return p.say("Replaced by the path of the instance, fit for a file name: `vm_1_tomcat_a`.")
	case "ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH":
		return p.say("Replaced by the path of the instance from its end, fit for a file name: `tomcat_a_vm_1`.")
	}
	return ""
}

// states are what an instance can be (lifecycle.md 2), in the order of a life.
var states = []string{
	"not_deployed", "deploying", "deployed_stopped", "unresolved", "waiting_for_ancestor",
	"starting", "deployed_started", "stopping", "undeploying", "problem",
}

// explainState says what a state means; "" for what is none (DSL-2.4: their case does not matter).
func (p *page) explainState(state string) string {
	switch strings.ToLower(state) {
	case "not_deployed":
		return p.say("Declared in the model; nothing exists on a machine.")
	case "deploying":
		return p.say("The recipe is deploying, or the machine is being created.")
	case "deployed_stopped":
		return p.say("The software is installed and does not run.")
	case "unresolved":
		return p.say("It shall start, and waits for something that it imports.")
	case "waiting_for_ancestor":
		return p.say("It shall start, and waits for what it runs on.")
	case "starting":
		return p.say("The recipe is starting it.")
	case "deployed_started":
		return p.say("It runs, and what it exports is published.")
	case "stopping":
		return p.say("What it exports is withdrawn, and the recipe is stopping it.")
	case "undeploying":
		return p.say("The recipe is undeploying, or the machine is being terminated.")
	case "problem":
		return p.say("The agent of the machine is not heard any more.")
	}
	return ""
}
