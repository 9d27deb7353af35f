package lsp

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/editor/refactor"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// actionKinds are the words of the protocol.
var actionKinds = [...]string{
	refactor.QuickFix: protocol.QuickFix, refactor.FixFile: protocol.QuickFix, refactor.FixAll: protocol.QuickFix,
	refactor.Extract: protocol.RefactorExtract, refactor.MoveTo: protocol.RefactorMove,
	refactor.Insert: protocol.RefactorRewrite, refactor.Rewrite: protocol.RefactorRewrite,
}

// The actions of the server itself, beside those of refactor.
const (
	idCureFile = "lsp.cure"
	idRecipes  = "lsp.recipes"
)

// resolves says whether the client asks for the edit of an action once it is chosen.
func (c client) resolves() bool {
	can := c.TextDocument.CodeAction
	return can.DataSupport && can.ResolveSupport != nil && slices.Contains(can.ResolveSupport.Properties, "edit")
}

// offered is an action with the change that it makes.
type offered struct {
	id, title, kind string
	code            diag.Code
	preferred       bool
	change          func() source.Change
}

// offered are the actions for a part of the document.
func (q *query) offered(in source.Span, only []string) []offered {
	var list []offered
	for _, a := range refactor.Actions(q.site.ground, q.file, in) {
		kind := protocol.RefactorRewrite
		if int(a.Kind) < len(actionKinds) {
			kind = actionKinds[a.Kind]
		}
		list = append(list, offered{a.ID, q.say(a.Title), kind, a.Code, a.Preferred, func() source.Change { return a.Change }})
	}
	if c, ok := q.left.change(q); ok {
		list = append(list, offered{idRecipes, q.left.title, protocol.QuickFix, "", false, func() source.Change { return c }})
	}
	if wantsKind(only, protocol.SourceFixAll) && len(only) > 0 {
		list = append(list, offered{
			idCureFile, q.words("Fix all that leaves no choice", "Corriger tout ce qui ne laisse pas de choix"), protocol.SourceFixAll, "", false,
			func() source.Change { return refactor.Cure(q.site.ground, "", q.file) },
		})
	}
	return slices.DeleteFunc(list, func(o offered) bool { return !wantsKind(only, o.kind) })
}

// wantsKind says whether a kind is one of those that are wanted, or below one: "refactor" has "refactor.extract".
func wantsKind(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
		return o == "" || o == kind || strings.HasPrefix(kind, o+".")
	})
}

func actions(q *query, p protocol.CodeActionParams) (any, error) {
	list := []any{}
	literal := q.client.TextDocument.CodeAction.CodeActionLiteralSupport != nil
	for _, o := range q.offered(q.text.Span(p.Range), p.Context.Only) {
		if q.ctx.Err() != nil {
			return nil, q.ctx.Err()
		}
		data := protocol.ActionData{URI: p.TextDocument.URI, Range: p.Range, ID: o.id, Title: o.title}
		if !literal {
			list = append(list, protocol.Command{Title: o.title, Command: commandAct, Arguments: arguments(data)})
			continue
		}
		a := protocol.CodeAction{Title: o.title, Kind: o.kind, IsPreferred: o.preferred}
		for _, d := range p.Context.Diagnostics {
			if o.kind == protocol.QuickFix && o.code != "" && d.Code == string(o.code) {
				a.Diagnostics = append(a.Diagnostics, d)
			}
		}
		if q.client.resolves() {
			a.Data = data
			list = append(list, a)
			continue
		}
		if filled, ok := q.fill(a, o.change()); ok {
			list = append(list, filled)
		}
	}
	return list, nil
}

// fill gives an action its edit; false when there is nothing to do, or the client cannot do it.
func (q *query) fill(a protocol.CodeAction, c source.Change) (protocol.CodeAction, bool) {
	e, left := q.workspaceEdit(c, nil, "")
	if c.Empty() || !left.Empty() {
		return a, false
	}
	a.Edit = &e
	if paths := programs(q.site.dir, c); len(paths) > 0 {
		a.Command = &protocol.Command{Title: a.Title, Command: commandExecutable, Arguments: arguments(paths)}
	}
	return a, true
}

// resolveAction gives the edit of an action that was chosen.
func resolveAction(q *query, a protocol.CodeAction) (protocol.CodeAction, error) {
	o, err := q.find(a.Data)
	if err != nil {
		return a, err
	}
	filled, ok := q.fill(a, o.change())
	if !ok {
		return a, rpc.Errorf(rpc.RequestFailed, "%s: this editor cannot do all that belongs to it", a.Title)
	}
	return filled, nil
}

// find finds an action again, in the text as it is now.
func (q *query) find(data protocol.ActionData) (offered, error) {
	only := []string(nil)
	if data.ID == idCureFile {
		only = []string{protocol.SourceFixAll}
	}
	for _, o := range q.offered(q.text.Span(data.Range), only) {
		if o.id == data.ID && o.title == data.Title {
			return o, nil
		}
	}
	return offered{}, rpc.Errorf(rpc.ContentModified, "%s: it is not offered any more", data.Title)
}

// words are a text in the language of the client; for the few that are the server's own.
func (d *desk) words(english, french string) string {
	if d.client.language == diag.French {
		return french
	}
	return english
}
