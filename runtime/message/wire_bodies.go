package message

import (
	"github.com/roboconf/workbench/runtime/lifecycle"
)

func (b *InstanceRemove) write(w *writer) {
	w.field("path", b.Path)
	w.num("revision", int64(b.Revision))
}

func (b *InstanceRemove) read(f fields) {
	b.Path, b.Revision = f.path("path"), f.num("revision", false)
}

func (b *InstanceRequest) write(w *writer) {
	w.field("path", b.Path)
	w.field("status", b.Status.String())
	if len(b.Files) > 0 {
		w.files("files", b.Files)
	}
	if b.DryRun || b.Timeout > 0 {
		w.key("options")
		w.open('{')
		w.flag("dryRun", b.DryRun)
		w.num("timeout", b.Timeout.Milliseconds())
		w.close('}')
	}
}

func (b *InstanceRequest) read(f fields) {
	b.Path, b.Status, b.Files = f.path("path"), f.state("status"), f.files("files")
	if !b.Status.Requestable() {
		f.fail("status", "%s cannot be asked for", b.Status)
	}
	if o, ok := f.object("options", false); ok {
		b.DryRun, b.Timeout = o.flag("dryRun"), o.millis("timeout")
	}
}

func (b *OperationCancel) write(w *writer) { w.field("request", b.Request) }
func (b *OperationCancel) read(f fields)   { b.Request = f.id("request") }

func (b *InstancesSend) write(*writer) {}
func (b *InstancesSend) read(fields)   {}

func (b *ExportsResync) write(*writer) {}
func (b *ExportsResync) read(fields)   {}

func (b *BindingChange) write(w *writer) {
	w.field("prefix", b.Prefix)
	w.texts("apps", b.Apps)
}

func (b *BindingChange) read(f fields) { b.Prefix, b.Apps = f.text("prefix"), f.texts("apps", false) }

func (b *Ping) write(w *writer) {
	w.opt("text", b.Text)
	w.field("nonce", b.Nonce)
}

func (b *Ping) read(f fields) { b.Text, b.Nonce = f.opt("text"), f.text("nonce") }

func (b *AgentReset) write(w *writer) {
	w.opt("reason", b.Reason)
	w.opt("epoch", b.Epoch)
}

func (b *AgentReset) read(f fields) { b.Reason, b.Epoch = f.opt("reason"), f.opt("epoch") }

func (b *AgentHeartbeat) write(w *writer) {
	w.opt("address", b.Address)
	w.flag("modelRequired", b.ModelRequired)
	w.num("modelRevision", int64(b.ModelRevision))
	w.opt("modelDigest", b.ModelDigest)
	w.opt("bootId", b.BootID)
	w.opt("version", b.Version)
	w.num("queue", int64(b.Queue))
	w.busy(b.Busy)
}

func (b *AgentHeartbeat) read(f fields) {
	*b = AgentHeartbeat{
		Address: f.opt("address"), ModelRequired: f.flag("modelRequired"), ModelRevision: f.num("modelRevision", false),
		ModelDigest: f.opt("modelDigest"), BootID: f.opt("bootId"), Version: f.opt("version"), Queue: f.num("queue", false), Busy: f.busy(),
	}
}

func (b *AgentGoodbye) write(w *writer) { w.field("reason", b.Reason) }
func (b *AgentGoodbye) read(f fields)   { b.Reason = f.oneOf("reason", Shutdown, Released) }

func (b *InstanceChanged) write(w *writer) {
	w.field("path", b.Path)
	w.field("status", b.Status.String())
	w.imports("imports", b.Imports)
	w.problem(b.Problem)
	w.count("stateSeq", b.StateSeq)
	if b.Why.Kind != "" {
		w.key("why")
		w.open('{')
		w.field("kind", string(b.Why.Kind))
		w.opt("prefix", b.Why.Prefix)
		w.opt("path", b.Why.Path)
		w.opt("detail", b.Why.Detail)
		w.close('}')
	}
}

func (b *InstanceChanged) read(f fields) {
	b.Path, b.Status, b.Imports, b.StateSeq = f.path("path"), f.state("status"), f.imports("imports"), f.big("stateSeq", true)
	b.Problem = f.problem()
	if o, ok := f.object("why", false); ok {
		b.Why = Why{Kind: WhyKind(o.text("kind")), Prefix: o.opt("prefix"), Path: o.opt("path"), Detail: o.opt("detail")}
	}
}

func (w *writer) problem(p *lifecycle.Failure) {
	if p == nil {
		return
	}
	w.key("problem")
	w.open('{')
	w.time("time", p.Time)
	w.opt("operation", p.Operation)
	w.opt("request", p.Request)
	w.num("exitCode", int64(p.ExitCode))
	w.opt("message", p.Message)
	w.close('}')
}

func (f fields) problem() *lifecycle.Failure {
	o, ok := f.object("problem", false)
	if !ok {
		return nil
	}
	return &lifecycle.Failure{
		Time: o.time("time", true), Operation: o.opt("operation"), Request: o.opt("request"),
		ExitCode: o.signed("exitCode"), Message: o.opt("message"),
	}
}

func (b *InstanceRemoved) write(w *writer) { w.field("path", b.Path) }
func (b *InstanceRemoved) read(f fields)   { b.Path = f.path("path") }

func (b *RequestResult) write(w *writer) {
	w.field("request", b.Request)
	w.opt("path", b.Path)
	w.field("outcome", string(b.Outcome))
	w.opt("reason", b.Reason)
	w.num("exitCode", int64(b.ExitCode))
	w.num("durationMs", max(0, b.Took.Milliseconds()))
}

func (b *RequestResult) read(f fields) {
	b.Request, b.Path, b.Reason = f.id("request"), f.opt("path"), f.opt("reason")
	b.Outcome = Outcome(f.oneOf("outcome", string(Done), string(Noop), string(Rejected), string(Failed), string(Cancelled)))
	b.ExitCode, b.Took = f.signed("exitCode"), f.millis("durationMs")
}

func (b *RecipeOutput) write(w *writer) {
	w.opt("request", b.Request)
	w.field("path", b.Path)
	w.field("operation", b.Operation.String())
	w.field("stream", b.Stream)
	w.num("offset", b.Offset)
	w.field("text", b.Text)
	w.flag("truncated", b.Truncated)
}

func (b *RecipeOutput) read(f fields) {
	*b = RecipeOutput{
		Request: f.opt("request"), Path: f.path("path"), Operation: f.operation("operation"), Stream: f.oneOf("stream", "out", "err"),
		Offset: int64(f.num("offset", true)), Text: f.opt("text"), Truncated: f.flag("truncated"),
	}
}

func (b *Pong) write(w *writer) {
	w.opt("text", b.Text)
	w.field("nonce", b.Nonce)
	w.busy(b.Busy)
}

func (b *Pong) read(f fields) { b.Text, b.Nonce, b.Busy = f.opt("text"), f.text("nonce"), f.busy() }

func (b *ImportAdd) write(w *writer) {
	w.source(b.App, b.Prefix, b.Path)
	w.vars("vars", b.Vars)
	w.num("gen", int64(b.Gen))
	w.count("seq", b.Seq)
}

func (b *ImportAdd) read(f fields) {
	b.App, b.Prefix, b.Path = f.text("app"), f.text("prefix"), f.path("path")
	b.Vars, b.Gen, b.Seq = f.vars("vars"), f.num("gen", true), f.big("seq", true)
}

func (w *writer) source(app, prefix, path string) {
	w.field("app", app)
	w.field("prefix", prefix)
	w.field("path", path)
}

func (b *ImportRemove) write(w *writer) {
	w.source(b.App, b.Prefix, b.Path)
	w.num("gen", int64(b.Gen))
	w.count("seq", b.Seq)
	w.field("origin", b.Origin)
	w.flag("final", b.Final)
}

func (b *ImportRemove) read(f fields) {
	b.App, b.Prefix, b.Path = f.text("app"), f.text("prefix"), f.path("path")
	b.Gen, b.Seq = f.num("gen", true), f.big("seq", false)
	b.Origin, b.Final = f.oneOf("origin", FromAgent, FromManager), f.flag("final")
}

func (b *ImportRequest) write(w *writer) {
	w.field("app", b.App)
	w.field("prefix", b.Prefix)
}

func (b *ImportRequest) read(f fields) { b.App, b.Prefix = f.text("app"), f.text("prefix") }
