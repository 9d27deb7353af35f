package check

import (
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// Handlers are those that target definitions may name (targets.md 1): the ones that the platform has, then the engines that the
// workbench adds. Letter case does not count.
var Handlers = []string{
	"docker", "embedded", "in-memory", "iaas-azure", "iaas-ec2", "iaas-openstack", "iaas-vmware", "jclouds", "iaas-occi",
	"swarm", "kubernetes",
}

var knownHandlers = near.Among(Handlers, nil)

// The names of target definitions with a meaning of their own.
const (
	targetFile       = "target.properties"
	legacyTargetFile = "iaas.properties" // dsl.md 10
)

// targets: the properties directly in the folder of a machine say where machines come from (MOD-56).
func (r *recipes) targets(c *model.Component, dir string) (found []diag.Problem) {
	some := false
	var direct []string
	for _, f := range r.files[dir] {
		if isTargetScript(path.Base(f)) {
			if script := r.open(dir, f); script.err == nil {
				found = append(found, lineEnds(c, script)...)
			}
		}
		if strings.EqualFold(path.Ext(f), ".properties") {
			some = true
			if !strings.Contains(f, "/") {
				direct = append(direct, f)
			}
		}
	}
	switch {
	case some && len(direct) == 0:
		return append(found, onType(diag.RecTargetNoProperties, c.Name, c.Origin, detail(diag.KindDirectory, path.Join(r.root, dir))))
	case !some:
		return append(found, onType(diag.XMissingTarget, c.Name, c.Origin, detail(diag.KindComponent, c.Name)))
	}
	ids := make(map[string]source.Place)
	for _, f := range direct {
		found = append(found, r.target(c, dir, f, ids)...)
		if f == legacyTargetFile && !slices.Contains(direct, targetFile) {
			found = append(found, r.legacyTarget(dir))
		}
	}
	return found
}

// isTargetScript says whether a file is run around the making of a machine (plugins.md 10).
func isTargetScript(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "agent.script.") || strings.Contains(name, "dm.configure.script.") || strings.Contains(name, "dm.unconfigure.script.")
}

// legacyTarget: the name that the first version gave to target definitions.
func (r *recipes) legacyTarget(dir string) diag.Problem {
	f := r.open(dir, legacyTargetFile)
	p := diag.Problem{Code: diag.XLegacySyntax, Place: f.place(f.firstLine())}
	move := source.Move{From: f.name, To: r.path(dir, targetFile)}
	p.Fixes = []diag.Fix{{Title: diag.Say("Rename it to %s", targetFile), Moves: []source.Move{move}}}
	return p
}

// target checks one definition; ids are those of the definitions before it.
func (r *recipes) target(c *model.Component, dir, file string, ids map[string]source.Place) (found []diag.Problem) {
	f := r.open(dir, file)
	report := func(code diag.Code, d diag.Detail, at source.Span, say diag.Phrase) *diag.Problem {
		p := onType(code, c.Name, c.Origin, d)
		p.Related = related(f.place(at), say)
		found = append(found, p)
		return &found[len(found)-1]
	}
	here := diag.Say("defined here")
	if f.err != nil {
		return append(found, onType(diag.RecTargetInvalidFileOrContent, c.Name, c.Origin, detail(diag.KindFile, file)))
	}
	keys := f.keys()
	if len(keys.Faults) > 0 {
		report(diag.RecTargetInvalidFileOrContent, detail(diag.KindFile, file), keys.Faults[0].Span, diag.Say("this means no character"))
		return found
	}
	found = append(found, r.texts(f)...)
	switch id, _ := keys.Find("id"); {
	case id.Value == "":
		p := report(diag.RecTargetNoID, detail(diag.KindFile, file), f.firstLine(), here)
		p.Fixes = r.giveKey(f, "id", strings.ToLower(dir+"-"+strings.TrimSuffix(file, path.Ext(file))))
	default:
		if other, taken := ids[id.Value]; taken {
			p := report(diag.RecTargetConflictingID, detail(diag.KindName, id.Value), id.ValueSpan, here)
			p.Related = append(p.Related, related(other, diag.Say("first used here"))...)
		} else {
			ids[id.Value] = f.place(id.ValueSpan)
		}
	}
	if handler, _ := keys.Find("handler"); handler.Value == "" {
		report(diag.RecTargetNoHandler, detail(diag.KindFile, file), f.firstLine(), here)
	} else if !isHandler(handler.Value) {
		found = append(found, unknownHandler(f, handler))
	}
	if keys.Value("name") == "" {
		p := report(diag.RecTargetNoName, detail(diag.KindFile, file), f.firstLine(), here)
		p.Fixes = r.giveKey(f, "name", c.Name)
	}
	return found
}

func isHandler(name string) bool {
	return slices.ContainsFunc(Handlers, func(h string) bool { return strings.EqualFold(h, name) })
}

// unknownHandler: nobody can make machines from such a definition (TG-1).
func unknownHandler(f *recipeFile, handler load.Entry) diag.Problem {
	at := f.place(handler.ValueSpan)
	p := diag.Problem{Code: diag.XUnknownTargetHandler, Place: at, Details: []diag.Detail{detail(diag.KindName, handler.Value)}}
	load.Suggest(&p, handler.Value, knownHandlers, at)
	return p
}

// giveKey sets a key that is missing, or has no value.
func (r *recipes) giveKey(f *recipeFile, key, value string) []diag.Fix {
	title := diag.Say("Add %s", key)
	if e, there := f.keys().Find(key); there {
		if e.Separator.Len() == 0 {
			value = " = " + value
		}
		return []diag.Fix{load.Replacement(title, f.place(e.ValueSpan), value)}
	}
	at, text := f.keys().Room(key, value)
	return []diag.Fix{load.Replacement(title, f.place(source.Span{Start: at, End: at}), text)}
}
