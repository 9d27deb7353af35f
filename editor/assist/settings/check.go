package settings

import (
	"strconv"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/page"
	"github.com/roboconf/workbench/model/source"
)

// Check is the language of .roboconf/check, which says how the application is checked (DIA-41, DIA-42).
type Check struct{ kept }

var _ ask.Language = Check{}

// checkKeys are those that are no codes.
var checkKeys = []key{
	{name: "profile", value: "strict", values: []string{"strict"}, does: sentence{
		"`strict`: the model must also be read by other tools, so that hints about what they would not understand become warnings.",
		"`strict` : le modèle doit aussi être lu par d'autres outils ; les conseils sur ce qu'ils ne comprendraient pas deviennent des avertissements.",
	}},
	{name: "instances.max", value: "${1:" + strconv.Itoa(check.DefaultMaxInstances) + "}", fallback: strconv.Itoa(check.DefaultMaxInstances), does: sentence{
		"From how many instances on the copies that a `count` asks for are warned about.",
		"À partir de combien d'instances les copies demandées par `count` donnent un avertissement.",
	}},
	{name: "installers", value: "${1:chef}", does: sentence{
		"Names of installers that are known beside those of the platform, separated by commas.",
		"Des noms d'installateurs connus en plus de ceux de la plateforme, séparés par des virgules.",
	}},
}

// levels are the values of codes.
var levels = []struct {
	name  string
	means sentence
}{
	{"off", sentence{"It is not told.", "Il n'est pas signalé."}},
	{"hint", sentence{"It is told in passing.", "Il est signalé en passant."}},
	{"warning", sentence{"It is told; nothing is stopped.", "Il est signalé ; rien n'est arrêté."}},
	{"severe", sentence{"The application is unfit for deployment with it.", "L'application ne peut pas être déployée avec lui."}},
}

// Complete gives codes that have no setting yet, levels, the other keys.
func (Check) Complete(g ask.Ground, file string, at int) ask.Completion {
	s, ok := written(g, file, at)
	if !ok {
		return ask.Completion{}
	}
	items := s.items()
	if s.inKey {
		s.keys(items, checkKeys)
		s.codes(items)
		return items.Completion()
	}
	k, known := find(checkKeys, s.entry.Key)
	switch {
	case !known:
		for rank, l := range levels {
			items.Word(rank, ask.KindValue, l.name, "", l.means.In(g.Language))
		}
	case k.fallback != "":
		items.Word(0, ask.KindValue, k.fallback, "", "")
	default:
		for rank, v := range k.values {
			items.Word(rank, ask.KindValue, v, "", "")
		}
	}
	return items.Completion()
}

// codes offers our codes: those that were found first.
func (s spot) codes(items *reply.Items) {
	if s.there && !s.bare() && diag.Known(diag.Code(s.entry.Key)) {
		return
	}
	found := s.found()
	for c := range diag.Codes() {
		if !c.Ours() || s.taken(string(c)) {
			continue
		}
		rank := 2
		if found[c] > 0 {
			rank = 0
		}
		s.keyItem(items, rank, key{name: string(c), value: "${1:off}", fallback: diag.Lookup(c).Level.String(), does: sentence{diag.Problem{Code: c}.Message(diag.English), diag.Problem{Code: c}.Message(diag.French)}})
	}
}

// found are the numbers of findings of the application by code.
func (s *sheet) found() map[diag.Code]int {
	n := map[diag.Code]int{}
	for _, p := range s.Problems {
		n[p.Code]++
	}
	return n
}

var (
	usualLevel = sentence{"Without a setting: %s.", "Sans réglage : %s."}
	foundNow   = sentence{"%d finding now", "%d constat actuellement"}
	foundNowN  = sentence{"%d findings now", "%d constats actuellement"}
	fixedLevel = sentence{"Findings of the language itself keep their level: this line does not count.", "Les constats du langage lui-même gardent leur niveau : cette ligne ne compte pas."}
)

// Hover tells what a code means, or a key.
func (Check) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	s, ok := looked(g, file, at)
	if !ok {
		return ask.Hover{}, false
	}
	var out reply.Sheet
	if k, known := find(checkKeys, s.entry.Key); known {
		s.about(&out, k, s.entry.Key)
		return out.Hover(s.place())
	}
	for _, l := range levels {
		if !s.inKey && l.name == s.entry.Value {
			out.Add(reply.Named(g.Language, l.name, l.means))
			return out.Hover(s.place())
		}
	}
	code := diag.Code(s.entry.Key)
	if !diag.Known(code) {
		return ask.Hover{}, false
	}
	out.Add("**" + string(code) + "**")
	out.Add(why(code, g.Language))
	if code.Ours() {
		out.Add(usualLevel.In(g.Language, reply.Code(diag.Lookup(code).Level.String())))
	} else {
		out.Add(fixedLevel.In(g.Language))
	}
	out.Add(reply.Count(g.Language, s.found()[code], foundNow, foundNowN))
	return out.Hover(s.place())
}

// why is what the page of a code says, without its examples.
func why(c diag.Code, lang diag.Language) string {
	p, ok := page.Of(c)
	switch {
	case ok && lang == diag.French && p.French != "":
		return p.French
	case ok:
		return p.Why
	}
	return diag.Problem{Code: c}.Message(lang)
}

// Hints say how many findings a code has now.
func (Check) Hints(g ask.Ground, file string, in source.Span) (hints []ask.Hint) {
	s, ok := open(g, file)
	if !ok {
		return nil
	}
	found := s.found()
	for _, e := range s.Entries {
		n := found[diag.Code(e.Key)]
		if n == 0 || e.KeySpan.Start > in.End || e.ValueSpan.End < in.Start || !strings.HasPrefix(e.Key, "X_") {
			continue
		}
		hints = append(hints, ask.Hint{At: max(e.KeySpan.End, e.ValueSpan.End), Text: reply.Count(g.Language, n, foundNow, foundNowN), Left: true})
	}
	return hints
}
