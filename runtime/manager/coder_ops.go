package manager

import (
	"fmt"
	"reflect"
)

// emptyOps are the operations by their number on disk, from 1 on: new ones come last.
func emptyOps() []Op {
	return []Op{
		Create{},
		Delete{},
		Request{},
		DeployAndStart{},
		StopAll{},
		UndeployAll{},
		Add{},
		Remove{},
		Rename{},
		Replicate{},
		Resync{},
		SetGraph{},
		Bind{},
		Cancel{},
		LoadTemplate{},
		DeleteTemplate{},
		SetTarget{},
		RemoveTarget{},
		Hint{},
		Associate{},
		SetRecipes{},
		Describe{},
		Recheck{},
		Ping{},
		SetLogLevel{},
		GatherLogs{},
		MoveAgent{},
		LoseAgent{},
	}
}

func (c *coder) operation(p *Op) {
	ops := emptyOps()
	kind := uint64(0)
	for i, op := range ops {
		if !c.reading && reflect.TypeOf(op) == reflect.TypeOf(*p) {
			kind = uint64(i) + 1
		}
	}
	c.uint(&kind)
	if kind == 0 || kind > uint64(len(ops)) {
		c.fail(fmt.Errorf("%d is no kind of operation", kind))
		return
	}
	if c.reading {
		*p = ops[kind-1]
	}
	switch op := (*p).(type) {
	case Create:
		c.application(&op.Template)
		c.text(&op.Description)
		c.recipes(&op.Recipes)
		*p = op
	case Request:
		c.text(&op.Path)
		c.state(&op.State)
		*p = op
	case DeployAndStart:
		c.text(&op.Path)
		*p = op
	case StopAll:
		c.text(&op.Path)
		*p = op
	case UndeployAll:
		c.text(&op.Path)
		*p = op
	case Add:
		c.text(&op.Parent)
		c.tree(&op.Instance)
		*p = op
	default:
		c.operationOnModel(p)
	}
}

func (c *coder) operationOnModel(p *Op) {
	switch op := (*p).(type) {
	case Remove:
		c.text(&op.Path)
		c.flags(&op.Deferred)
		*p = op
	case Rename:
		c.text(&op.Path)
		c.text(&op.Name)
		*p = op
	case Replicate:
		c.text(&op.Path)
		c.text(&op.Name)
		*p = op
	case SetGraph:
		c.graph(&op.Graph)
		*p = op
	case Bind:
		c.text(&op.Prefix)
		c.texts(&op.Apps)
		*p = op
	case Cancel:
		c.text(&op.ID)
		c.text(&op.Path)
		*p = op
	case SetRecipes:
		c.recipes(&op.Recipes)
		*p = op
	case Describe:
		c.text(&op.Description)
		*p = op
	default:
		c.operationOnTargets(p)
	}
}

func (c *coder) operationOnTargets(p *Op) {
	switch op := (*p).(type) {
	case LoadTemplate:
		c.template(&op.ID)
		c.text(&op.Prefix)
		list(c, &op.Targets, func(b *Brought) {
			c.target(&b.Target)
			c.text(&b.Component)
		})
		c.flags(&op.Again)
		*p = op
	case DeleteTemplate:
		c.template(&op.ID)
		c.flags(&op.Targets)
		*p = op
	case SetTarget:
		c.target(&op.Target)
		c.flags(&op.Change)
		*p = op
	case RemoveTarget:
		c.text(&op.ID)
		c.flags(&op.Force)
		*p = op
	case Hint:
		c.text(&op.Target)
		c.text(&op.App)
		c.template(&op.Template)
		c.flags(&op.Off)
		*p = op
	case Associate:
		c.text(&op.Element)
		c.text(&op.Target)
		c.template(&op.Template)
		*p = op
	default:
		c.operationOnAgents(p)
	}
}

func (c *coder) operationOnAgents(p *Op) {
	switch op := (*p).(type) {
	case Recheck:
		c.text(&op.Handler)
		*p = op
	case Ping:
		c.text(&op.Path)
		c.text(&op.Text)
		c.text(&op.Nonce)
		*p = op
	case SetLogLevel:
		c.text(&op.Path)
		c.text(&op.Level)
		c.text(&op.Logger)
		*p = op
	case GatherLogs:
		c.text(&op.Path)
		number(c, &op.MaxBytes)
		c.time(&op.Since)
		*p = op
	case MoveAgent:
		c.text(&op.Path)
		c.text(&op.Kind)
		c.time(&op.Deadline)
		*p = op
	case LoseAgent:
		c.text(&op.Path)
		*p = op
	}
}

func (c *coder) recipes(l *[]Recipe) {
	list(c, l, func(r *Recipe) {
		c.word(&r.Component)
		c.files(&r.Files)
	})
}
