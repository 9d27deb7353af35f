package automation

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/probe"
	"github.com/roboconf/workbench/model/source"
)

// probeWriter collects what can be written in a probe file.
type probeWriter struct {
	*probePage
	*reply.Items
	at, row int
	line    source.Span // without blanks at its start
}

// Complete gives what is legal at a place of a probe file: sections, handlers, events that rules wait for, content, parameters.
func (Probes) Complete(g ask.Ground, file string, at int) ask.Completion {
	p, ok := openProbe(g, file)
	if !ok {
		return ask.Completion{}
	}
	at = reply.Clamp(p.text, at)
	line := reply.Line(p.text, at)
	for line.Start < at && reply.IsBlank(p.text[line.Start]) {
		line.Start++
	}
	line.End = line.Start + len(strings.TrimRight(line.Of(p.text), " \t\v\f\r"))
	w := &probeWriter{p, reply.At(p.text, source.Span{Start: at, End: at}, at), at, p.rowAt(at), line}
	w.write()
	w.Keep(w.sound())
	return w.Completion()
}

// sound says of items whether they leave the file without a severe finding that it has not now.
func (w *probeWriter) sound() func(ask.Item) bool {
	values := map[string]string{}
	if w.parameters != nil {
		for _, e := range w.parameters.Entries {
			values[e.Key] = e.Value
		}
	}
	severe := func(text string) map[diag.Code]int {
		n := map[diag.Code]int{}
		for _, p := range probe.Parse(w.Name, text, values).Problems {
			if p.Level() == diag.Severe {
				n[p.Code]++
			}
		}
		return n
	}
	before := severe(w.text)
	alike := map[ask.Kind]bool{} // one name is as good as the other
	return func(i ask.Item) bool {
		if i.Kind == ask.KindEvent || i.Kind == ask.KindVariable {
			if good, known := alike[i.Kind]; known {
				return good
			}
		}
		with := i.Text
		if i.Snippet {
			with = reply.Plain(with)
		}
		alike[i.Kind] = true
		for code, n := range severe(w.text[:i.Replace.Start] + with + w.text[i.Replace.End:]) {
			alike[i.Kind] = alike[i.Kind] && n <= before[code]
		}
		return alike[i.Kind]
	}
}

// write offers what may come where the cursor stands.
func (w *probeWriter) write() {
	typed := w.text[w.line.Start:max(w.line.Start, w.at)]
	if strings.HasPrefix(typed, "#") {
		return
	}
	if open := strings.LastIndex(typed, "{{"); open >= 0 && !strings.Contains(typed[open:], "}}") {
		w.mention(w.line.Start + open)
		return
	}
	if strings.HasPrefix(typed, "[") && !strings.Contains(typed, "]") && strings.Contains(typed, " ") {
		w.header(typed)
		return
	}
	w.Over(w.text, w.line, w.at)
	if strings.HasPrefix(typed, "[") {
		w.newSections(w.contentFollows())
		return
	}
	w.below()
	w.condition(typed)
	if follows := w.contentFollows(); !follows || w.above() < 0 { // between a header and its content stands no section
		w.Over(w.text, w.line, w.at)
		w.newSections(follows)
	}
}

// condition offers the word that goes on after what is checked, with a condition.
func (w *probeWriter) condition(typed string) {
	header := w.above()
	words := strings.Fields(strings.ToLower(typed))
	if header < 0 || len(words) < 2 || words[0] != "check" || slices.Contains(words[:len(words)-1], "that") {
		return
	}
	word := reply.Word(w.text, w.at, func(c byte) bool { return !reply.IsBlank(c) })
	if _, form, ok := strings.Cut(handlers[strings.ToLower(w.rows[header].Handler.Text)].content, " THAT "); ok && word.Start > w.line.Start+len("check") {
		w.Over(w.text, word, w.at)
		w.Snippet(0, ask.KindKeyword, "THAT", thatText.In(w.Language), "THAT "+form)
	}
}

// mention offers the parameters, from an offset on.
func (w *probeWriter) mention(open int) {
	span := source.Span{Start: open, End: w.at}
	for span.End < len(w.text) && isNameByte(w.text[span.End]) {
		span.End++
	}
	if rest := strings.TrimLeft(w.text[span.End:], " "); strings.HasPrefix(rest, "}}") {
		span.End = len(w.text) - len(rest) + len("}}")
	}
	w.Over(w.text, span, w.at)
	w.Typed = strings.TrimPrefix(strings.TrimPrefix(w.Typed, "{{"), " ")
	if w.parameters == nil {
		return
	}
	for _, e := range w.parameters.Entries {
		w.Add(0, ask.Item{Label: "{{ " + e.Key + " }}", Filter: e.Key, Kind: ask.KindVariable, Detail: e.Value})
	}
}

// header offers the words of a header: the handler, the event, attributes.
func (w *probeWriter) header(typed string) {
	word := reply.Word(w.text, w.at, func(c byte) bool { return !reply.IsBlank(c) && c != ']' && c != '[' })
	w.Over(w.text, word, w.at)
	switch words := strings.Fields(w.text[w.line.Start:word.Start]); len(words) {
	case 1:
		for _, name := range slices.Concat(probe.Handlers(false), probe.Handlers(true)) {
			w.Word(rankOf(name), ask.KindValue, name, "", handlers[name].does.In(w.Language))
		}
	case 2:
		w.events()
	default:
		if len(words)%2 == 1 {
			w.Snippet(0, ask.KindProperty, "every", everyText.In(w.Language), "every ${1:5s}")
			w.Snippet(1, ask.KindProperty, "timeout", timeoutText.In(w.Language), "timeout ${1:2s}")
		}
	}
}

var (
	everyText   = sentence{"How often the check is made. Other tools do not know this.", "La fréquence de la vérification. D'autres outils ne le connaissent pas."}
	timeoutText = sentence{"How long the check may last. Other tools do not know this.", "La durée maximale de la vérification. D'autres outils ne le connaissent pas."}
)

// rankOf puts the handlers that everybody knows first.
func rankOf(handler string) int {
	if handlers[handler].ours {
		return 1
	}
	return 0
}

// events offers those that rules wait for, first those that nobody raises yet.
func (w *probeWriter) events() {
	raised := w.raised()
	for name, rules := range w.awaited() {
		if strings.HasPrefix(name, "@") || strings.ContainsAny(name, " \t") {
			continue
		}
		rank := 0
		if len(raised[name]) > 0 {
			rank = 1
		}
		w.Word(rank, ask.KindEvent, name, ruleName(rules[0]), w.eventText(name))
	}
}

// likelyEvent is an event that a rule waits for and nobody raises, if there is one.
func (w *probeWriter) likelyEvent() string {
	raised := w.raised()
	var names []string
	for name := range w.awaited() {
		if !strings.HasPrefix(name, "@") && !strings.ContainsAny(name, " \t") && len(raised[name]) == 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return strings.ToLower(w.component) + "-event"
	}
	return slices.Min(names)
}

// contentFollows says whether what stands below the line is the content of a section, or would become it.
func (w *probeWriter) contentFollows() bool {
	for i := w.row + 1; i < len(w.rows); i++ {
		if k := w.rows[i].Kind; k != probe.Blank && k != probe.Comment {
			return k == probe.Content || k == probe.Stray
		}
	}
	return false
}

// newSections offers whole sections, or their headers.
func (w *probeWriter) newSections(bare bool) {
	event := esc(w.likelyEvent())
	for _, name := range slices.Concat(probe.Handlers(false), probe.Handlers(true)) {
		h := handlers[name]
		text := "[EVENT " + name + " ${1:" + event + "}]"
		if h.content != "" && !bare {
			text += "\n" + shifted(h.content)
		}
		w.Snippet(rankOf(name)+2, ask.KindSection, "[EVENT "+name+" …]", h.does.In(w.Language), text)
	}
}

// shifted is a snippet whose tab stops come after another one.
func shifted(snippet string) string {
	return strings.NewReplacer("${3:", "${4:", "${2:", "${3:", "${1:", "${2:").Replace(snippet)
}

// below offers the content of the section that the line belongs to.
func (w *probeWriter) below() {
	header := w.above()
	if header < 0 {
		return
	}
	name := strings.ToLower(w.rows[header].Handler.Text)
	for _, f := range contents(name) {
		w.Snippet(0, ask.KindKeyword, f.label, handlers[name].does.In(w.Language), f.text)
	}
	if name == "docker" {
		for _, meta := range metaNames {
			w.Word(1, ask.KindVariable, meta.name, "", meta.means.In(w.Language))
		}
	}
	if w.parameters != nil {
		for _, e := range w.parameters.Entries {
			w.Word(2, ask.KindVariable, "{{ "+e.Key+" }}", e.Value, "")
		}
	}
}

// above is the header above the line.
func (w *probeWriter) above() int {
	if w.row < len(w.rows) && w.rows[w.row].Kind == probe.Header {
		return -1 // on the header itself
	}
	return w.probePage.header(w.row)
}

// content is a line that a handler accepts.
type content struct{ label, text string }

// contents are the forms of the content of a handler.
func contents(handler string) []content {
	switch h := handlers[handler]; {
	case handler == "file":
		return []content{
			{"Delete if exists", "Delete if exists ${1:/tmp/flag}"},
			{"Notify if not exists", "Notify if not exists ${1:/tmp/flag}"},
			{"/", "/${1:tmp/flag}"},
		}
	case handler == "nagios":
		return []content{
			{"Nagios configuration at", "Nagios configuration at ${1:localhost:50000}"},
			{"GET hosts", "GET hosts"},
			{"Notify if", "Notify if ${1:state} > ${2:0}"},
		}
	case h.content != "":
		return []content{{"Check", h.content}}
	}
	return nil
}

// metaNames are replaced in the content of docker sections (PRB-23).
var metaNames = []struct {
	name  string
	means sentence
}{
	{"ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH", sentence{"The path of the instance from its end, without slashes.", "Le chemin de l'instance à partir de sa fin, sans barres obliques."}},
	{"ROBOCONF_CLEAN_INSTANCE_PATH", sentence{"The path of the instance without slashes.", "Le chemin de l'instance sans barres obliques."}},
	{"ROBOCONF_COMPONENT_NAME", sentence{"The component of the instance.", "Le composant de l'instance."}},
	{"ROBOCONF_INSTANCE_NAME", sentence{"The name of the instance.", "Le nom de l'instance."}},
	{"ROBOCONF_INSTANCE_PATH", sentence{"The path of the instance.", "Le chemin de l'instance."}},
}
