package settings

import (
	"path"
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/source"
)

// Target is the language of target definitions, the properties in the folder of a machine (targets.md 2).
type Target struct{ kept }

var _ ask.Language = Target{}

// handler is who makes the machines of the definition, in lower case.
func (s *sheet) handler() string { return strings.ToLower(s.Value("handler")) }

// targetKeys are the keys that count here: those of all definitions, those of the handler with the volumes that it names.
func (s *sheet) targetKeys() []key {
	list := append([]key(nil), commonKeys...)
	for i := range list {
		if list[i].name == "id" {
			list[i].value = "${1:" + reply.Escape(s.likelyID()) + "}"
		}
	}
	for _, k := range handlerKeys[s.handler()] {
		if !strings.HasSuffix(k.name, ".") {
			list = append(list, k)
			continue
		}
		for _, v := range s.continuations(k.name) {
			one := k
			one.name += v
			list = append(list, one)
		}
	}
	if s.handler() != "" {
		list = append(list, laterKeys...)
	}
	return list
}

// likelyID is an id for the definition: that of its machine, in this application.
func (s *sheet) likelyID() string {
	name := path.Base(path.Dir(s.file))
	if id := strings.TrimSuffix(path.Base(s.file), path.Ext(s.file)); id != "target" {
		name = id
	}
	return strings.ToLower(s.prefix() + "-" + name)
}

// continuations are the ends that a key of a handler may have here.
func (s *sheet) continuations(start string) (ends []string) {
	list := ""
	switch {
	case strings.HasPrefix(start, "ec2.ebs-"):
		list = s.Value("ec2.use-block-storage")
	case strings.HasPrefix(start, "openstack."):
		list = s.Value("openstack.use-block-storage")
	case start == "hostkey.":
		list = s.Value("embedded.ip")
	case start == "docker.option.env.":
		return []string{"NAME"}
	case start == "docker.option.run.":
		return []string{"cap-add", "hostname", "memory", "privileged"}
	}
	for v := range strings.SplitSeq(list, ",") {
		if v = strings.TrimSpace(v); v != "" {
			ends = append(ends, v)
		}
	}
	return ends
}

// Complete gives the keys of the handler, handlers, values.
func (Target) Complete(g ask.Ground, file string, at int) ask.Completion {
	s, ok := written(g, file, at)
	if !ok {
		return ask.Completion{}
	}
	items := s.items()
	if s.inKey {
		s.keys(items, s.targetKeys())
		return items.Completion()
	}
	k, known := s.targetKey(s.entry.Key)
	switch {
	case k.name == "handler":
		for rank, h := range offered {
			items.Word(rank, ask.KindValue, h, "", handlerTexts[h].In(g.Language))
		}
	case k.name == "id":
		items.Word(0, ask.KindTarget, s.likelyID(), "", "")
	case k.secret:
		for rank, form := range []string{"secret:name", "env:NAME", "file:PATH"} {
			scheme, name, _ := strings.Cut(form, ":")
			items.Snippet(rank, ask.KindValue, "${"+form+"}", isSecret.In(g.Language), "\\${"+scheme+":${1:"+name+"}\\}")
		}
	case known:
		for rank, v := range k.values {
			items.Word(rank, ask.KindValue, v, "", "")
		}
		if k.fallback != "" {
			items.Word(len(k.values), ask.KindValue, k.fallback, "", "")
		}
	}
	return items.Completion()
}

// targetKey finds the key that a line has: one of the definition's handler, else one of any.
func (s *sheet) targetKey(name string) (key, bool) {
	if k, ok := find(s.targetKeys(), name); ok {
		return k, true
	}
	for _, h := range offered {
		for _, k := range handlerKeys[h] {
			if k.name == name || strings.HasSuffix(k.name, ".") && strings.HasPrefix(name, k.name) {
				return k, true
			}
		}
	}
	return find(laterKeys, name)
}

var (
	isHandler   = sentence{"**handler** %s", "**gestionnaire** %s"}
	noHandler   = sentence{"No handler is called %s.", "Aucun gestionnaire ne s'appelle %s."}
	otherWay    = sentence{"The handler %s does not look at it.", "Le gestionnaire %s n'en tient pas compte."}
	makesOne    = sentence{"makes %d machine of the application (%s)", "fournit %d machine de l'application (%s)"}
	makesMany   = sentence{"makes %d machines of the application (%s)", "fournit %d machines de l'application (%s)"}
	needsOthers = sentence{"Still missing: %s", "Il manque encore : %s"}
)

// Hover tells about a key, a handler.
func (Target) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	s, ok := looked(g, file, at)
	if !ok {
		return ask.Hover{}, false
	}
	var out reply.Sheet
	if s.entry.Key == "handler" && !s.inKey {
		s.handlerText(&out)
		return out.Hover(s.place())
	}
	k, known := s.targetKey(s.entry.Key)
	if !known {
		return ask.Hover{}, false
	}
	s.about(&out, k, s.entry.Key)
	if _, counts := find(s.targetKeys(), s.entry.Key); !counts && s.handler() != "" && !s.continues(k) {
		out.Add(otherWay.In(g.Language, reply.Code(s.handler())))
	}
	return out.Hover(s.place())
}

// continues says whether a key with an open end belongs to the handler.
func (s *sheet) continues(k key) bool {
	_, ok := find(handlerKeys[s.handler()], k.name)
	return ok
}

// handlerText tells what the handler does and which keys it still needs.
func (s *sheet) handlerText(out *reply.Sheet) {
	does, known := handlerTexts[s.handler()]
	if !known {
		out.Add(noHandler.In(s.Language, reply.Code(s.Value("handler"))))
		return
	}
	out.Add(isHandler.In(s.Language, reply.Code(s.handler())))
	out.Add(does.In(s.Language))
	var missing []string
	for _, k := range s.targetKeys() {
		if k.required && !s.has(k.name) && !s.has(k.legacy) {
			missing = append(missing, k.name)
		}
	}
	if len(missing) > 0 {
		out.Add(needsOthers.In(s.Language, reply.List(s.Language, missing)))
	}
}

// Lenses say how many machines of the application come from here.
func (Target) Lenses(g ask.Ground, file string) []ask.Lens {
	s, ok := open(g, file)
	if !ok || len(s.Entries) == 0 {
		return nil
	}
	component := path.Base(path.Dir(file))
	n := len(s.instancesOf(component))
	title := makesMany
	if reply.Single(g.Language, n) {
		title = makesOne
	}
	at := s.Entries[0].KeySpan
	if e, ok := s.Find("id"); ok {
		at = e.KeySpan
	}
	return []ask.Lens{{Span: at, Title: title.In(g.Language, n, component), Command: "roboconf.showReferences", At: idPlace(s.File, at), Arg: s.Value("id")}}
}

// idPlace is where references of a target are asked for: at its id.
func idPlace(f *properties.File, otherwise source.Span) int {
	if e, ok := f.Find("id"); ok {
		return e.ValueSpan.Start
	}
	return otherwise.Start
}
