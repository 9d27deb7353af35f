package command

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
)

// check holds an instruction of the right form against the simulated application (commands-rules-probes.md 2.4).
func (r *runner) check(in *Instruction) {
	switch in.Kind {
	case Associate:
		r.associate(in)
	case Change:
		r.changeStatus(in)
	case Bulk:
		r.bulk(in)
	case Email:
		r.email(in)
	case Create:
		r.create(in)
	case Replicate:
		r.replicate(in)
	case Rename:
		r.rename(in)
	case Write, Append:
		if in.File.Text == "" {
			r.report(diag.CmdMissingTargetFile, in.File)
		}
	case Execute:
		r.execute(in)
	}
}

// known says whether an instance exists; details are left out where the reference gives none.
func (r *runner) known(path Part, details bool) bool {
	if r.model.has(path.Text) {
		return true
	}
	p := r.report(diag.CmdNoMatchingInstance, path)
	p.On = path.Text
	if details {
		p.Details = []diag.Detail{detail(diag.KindInstance, path.Text)}
	}
	if r.still {
		return false
	}
	r.paths = near.Among(slices.Clone(r.model.sorted()), r.paths)
	r.propose(p, path, r.paths.Names(path.Text))
	return false
}

func (r *runner) associate(in *Instruction) {
	switch {
	case in.Target.Text == "":
		r.report(diag.CmdInvalidTargetID, in.Target, detail(diag.KindValue, ""))
	case !slices.Contains(r.Targets, in.Target.Text):
		p := r.report(diag.XCmdUnknownTarget, in.Target, detail(diag.KindValue, in.Target.Text))
		r.suggest(p, in.Target, r.Targets)
	}
	if !r.known(in.Path, true) {
		return
	}
	c := r.Graph.Component(r.model.of[in.Path.Text])
	if c == nil || !r.Graph.IsMachine(c) {
		r.report(diag.CmdNotAScopedInstance, in.Path)
	}
}

// The states of instances (lifecycle.md 1): those that can be asked for, those that are only reached, those that pass.
var (
	requestable = []string{"NOT_DEPLOYED", "DEPLOYED_STOPPED", "DEPLOYED_STARTED"}
	reached     = []string{"UNRESOLVED", "WAITING_FOR_ANCESTOR"}
	passing     = []string{"DEPLOYING", "STARTING", "STOPPING", "UNDEPLOYING", "PROBLEM"}
)

// status is the name of a state as a person writes it (CMD-20).
func status(words string) string {
	name := strings.ToUpper(strings.Join(strings.Fields(words), "_"))
	return strings.ReplaceAll(name, "_AND_", "_")
}

func (r *runner) changeStatus(in *Instruction) {
	wanted := status(in.Status.Text)
	switch {
	case slices.Contains(requestable, wanted):
	case slices.Contains(reached, wanted):
		r.report(diag.XCmdStatusNotRequestable, in.Status, detail(diag.KindValue, wanted))
	case slices.Contains(passing, wanted):
		r.report(diag.CmdInstableInstanceStatus, in.Status)
	default:
		p := r.report(diag.CmdInvalidInstanceStatus, in.Status, detail(diag.KindValue, in.Status.Text))
		r.suggest(p, in.Status, requestable)
	}
	in.Status.Text = wanted
	r.known(in.Path, false)
}

func (r *runner) bulk(in *Instruction) {
	switch {
	case in.Component.Text == "":
		if r.known(in.Path, true) && in.Verb == "delete" {
			r.deferred(in.Path, r.model.subtree(in.Path.Text))
		}
	case r.Graph.Component(in.Component.Text) == nil:
		r.unknownComponent(in.Component, detail(diag.KindInstance, ""))
	case in.Verb == "delete":
		for _, path := range r.model.instancesOf(in.Component.Text) {
			if r.deferred(in.Component, r.model.subtree(path)) {
				return
			}
		}
	}
}

// deferred tells of a deletion that has to wait for what an earlier instruction deploys (CMD-50).
func (r *runner) deferred(at Part, paths []string) bool {
	for _, p := range paths {
		if r.model.deployed[p] {
			r.report(diag.XCmdDeferredDelete, at, detail(diag.KindInstance, p))
			return true
		}
	}
	return false
}

func (r *runner) unknownComponent(name Part, d diag.Detail) {
	p := r.report(diag.CmdInexistingComponent, name, d)
	p.On = name.Text
	var all []string
	for _, c := range r.Graph.Components() {
		all = append(all, c.Name)
	}
	r.suggest(p, name, all)
}

// email: the list of addresses may be empty, a message may not (CMD-23).
func (r *runner) email(in *Instruction) {
	if in.Message.Text == "" {
		r.report(diag.CmdEmailNoMessage, in.Message)
	}
	for _, to := range in.To {
		if !strings.Contains(to.Text, "@") {
			r.report(diag.XCmdInvalidAddress, to, detail(diag.KindValue, to.Text))
		}
	}
	in.To = slices.DeleteFunc(in.To, func(p Part) bool { return p.Text == "" })
}

func (r *runner) create(in *Instruction) {
	component := detail(diag.KindComponent, in.Component.Text)
	c := r.Graph.Component(in.Component.Text)
	placed := true // the path of the new instance is known
	switch {
	case in.Component.Text == "":
		r.report(diag.CmdMissingComponentName, in.Component)
	case c == nil:
		r.unknownComponent(in.Component, component)
	case in.Under.Text == "":
		if placed = r.Graph.IsRoot(c); !placed {
			r.report(diag.CmdMissingParentInstance, in.Component)
		}
	case r.Graph.IsRoot(c):
		r.report(diag.CmdCannotHaveAnyParent, in.Under, component)
		placed = false
	case !r.known(in.Under, true):
		placed = false
	default:
		parent := r.Graph.Component(r.model.of[in.Under.Text])
		if parent == nil || !r.Graph.MayContain(parent, c) {
			r.report(diag.CmdNotAnAcceptableParent, in.Under, component)
			placed = false
		}
	}
	if r.named(in.Name, detail(diag.KindInstance, in.Name.Text)) && placed && r.model.has(in.Under.Text+"/"+in.Name.Text) {
		r.report(diag.CmdConflictingInstanceName, in.Name).On = in.Under.Text + "/" + in.Name.Text
	}
}

// named says whether the name of a new instance can be one.
func (r *runner) named(name Part, details ...diag.Detail) bool {
	switch {
	case name.Text == "":
		r.report(diag.CmdMissingInstanceName, name)
	case !model.IsFlexID(name.Text):
		r.report(diag.CmdInvalidInstanceName, name, details...).On = name.Text
	default:
		return true
	}
	return false
}

func (r *runner) replicate(in *Instruction) {
	ok := r.named(in.Name)
	if r.known(in.Path, true) && parentOf(in.Path.Text) != "" {
		r.report(diag.CmdNotARootInstance, in.Path, detail(diag.KindInstance, in.Path.Text))
	}
	if path := "/" + in.Name.Text; ok && r.model.has(path) {
		r.report(diag.CmdConflictingInstanceName, in.Name, detail(diag.KindConflicting, path)).On = path // DEV-25
	}
}

func (r *runner) rename(in *Instruction) {
	ok := r.named(in.Name, detail(diag.KindName, in.Name.Text))
	if !r.known(in.Path, true) || !ok {
		return
	}
	if path := parentOf(in.Path.Text) + "/" + in.Name.Text; r.model.has(path) {
		r.report(diag.CmdConflictingInstanceName, in.Name, detail(diag.KindConflicting, path)).On = path
	}
}

// execute: longer circles are found by Circles, once all scripts are known.
func (r *runner) execute(in *Instruction) {
	name := in.Command.Text
	switch {
	case name == "":
		r.report(diag.CmdMissingCommandName, in.Command)
	case name == r.File.Command:
		r.report(diag.CmdLoopingCommand, in.Command, detail(diag.KindName, name))
	case !slices.Contains(r.Commands, name):
		p := r.report(diag.CmdInexistingCommand, in.Command, detail(diag.KindName, name))
		r.suggest(p, in.Command, r.Commands)
	}
}

// apply does to the simulated application what the instruction does (commands-rules-probes.md 2.7).
func (r *runner) apply(in *Instruction) {
	switch in.Kind {
	case Create:
		r.model.create(in.Under.Text+"/"+in.Name.Text, in.Component.Text)
	case Replicate:
		r.model.replicate(in.Path.Text, in.Name.Text)
	case Rename:
		r.model.rename(in.Path.Text, parentOf(in.Path.Text)+"/"+in.Name.Text)
	case Change:
		r.model.deploy([]string{in.Path.Text}, in.Status.Text != "NOT_DEPLOYED")
	case Bulk:
		paths := []string{in.Path.Text}
		if in.Component.Text != "" {
			paths = r.model.instancesOf(in.Component.Text)
		}
		for _, p := range paths {
			r.applyBulk(in.Verb, p)
		}
	}
}

func (r *runner) applyBulk(verb, path string) {
	switch verb {
	case "deploy and start all":
		r.model.deploy(r.model.subtree(path), true)
	case "undeploy all":
		r.model.deploy(r.model.subtree(path), false)
	case "delete":
		r.model.remove(path)
	}
}
