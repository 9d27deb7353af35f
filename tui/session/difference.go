package session

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/manager"
)

// Change is one step that brings a run to a newer text. It is data: shown before anything happens, then done in order.
type Change struct {
	Text string // for people: "add /tomcat-2 with 1 below it"
	Ops  []manager.Op
	// Undeploys says that something that lives is taken away.
	Undeploys bool
	path      string // taken away
}

// Difference gives what a run needs to become what the text says now. It is empty when there is none.
func (s *Session) Difference(want *model.Application) []Change {
	have := s.world.Statuses()
	s.forget(have)
	changes := removals(have, want, s.gone)
	if want.Graph != s.app.Graph && !sameGraph(s.app.Graph, want.Graph) {
		changes = append(changes, Change{Text: "take the new graph", Ops: []manager.Op{manager.SetGraph{Graph: want.Graph}}})
	}
	return append(changes, additions(have, want)...)
}

// forget ends the removals that are done: who comes back under the same path is somebody else.
func (s *Session) forget(have []manager.Status) {
	for path := range s.gone {
		if !slices.ContainsFunc(have, func(h manager.Status) bool { return h.Path == path }) {
			delete(s.gone, path)
		}
	}
}

// Compare notes the newest text, so that a view can say whether the run is behind it.
func (s *Session) Compare(want *model.Application) {
	if behind := len(s.Difference(want)) > 0; behind != s.behind {
		s.behind, s.view = behind, nil
	}
}

// Apply does a difference. The text counts as given to the run.
func (s *Session) Apply(want *model.Application, changes []Change) {
	for _, c := range changes {
		for _, op := range c.Ops {
			s.world.Do(op)
		}
		if c.path != "" {
			s.gone[c.path] = true
		}
	}
	s.app = want
	s.touch()
	s.Compare(want)
}

// removals are the instances of the run that the text does not have any more, or has with another type: the topmost ones.
func removals(have []manager.Status, want *model.Application, gone map[string]bool) []Change {
	var changes []Change
	top := ""
	for _, h := range have {
		if top != "" && strings.HasPrefix(h.Path, top+"/") {
			continue
		}
		if gone[h.Path] {
			top = h.Path // it takes along what is below it
			continue
		}
		in := model.Find(want.Instances, h.Path)
		if in != nil && in.Component == h.Component {
			continue
		}
		top = h.Path
		c := Change{Text: "remove " + h.Path, path: h.Path}
		if in != nil {
			c.Text = "remove " + h.Path + ": it is a " + in.Component + " now; apply again once it is gone"
		}
		if h.State != lifecycle.NotDeployed {
			c.Undeploys = true
			c.Text = "undeploy and " + c.Text
			c.Ops = append(c.Ops, manager.UndeployAll{Path: h.Path})
		}
		c.Ops = append(c.Ops, manager.Remove{Path: h.Path, Deferred: c.Undeploys})
		changes = append(changes, c)
	}
	return changes
}

// additions are the instances of the text that the run does not have: the topmost ones, with everything below them.
func additions(have []manager.Status, want *model.Application) []Change {
	known := make(map[string]bool, len(have))
	for _, h := range have {
		known[h.Path] = true
	}
	var changes []Change
	top := ""
	for path, in := range model.Walk(want.Instances) {
		if known[path] || top != "" && strings.HasPrefix(path, top+"/") {
			continue
		}
		top = path
		parent := path[:strings.LastIndexByte(path, '/')]
		if known[parent] || parent == "" {
			changes = append(changes, Change{Text: "add " + path + ", start it", Ops: []manager.Op{
				manager.Add{Parent: parent, Instance: in}, manager.DeployAndStart{Path: path},
			}})
		}
	}
	return changes
}

// sameGraph says whether two graphs declare the same, wherever their text stands.
func sameGraph(a, b *model.Graph) bool {
	return slices.EqualFunc(a.Components(), b.Components(), sameComponent) && slices.EqualFunc(a.Facets(), b.Facets(), sameFacet)
}

func sameComponent(a, b *model.Component) bool {
	return a.Name == b.Name && a.Installer.Name == b.Installer.Name && a.Extends.Name == b.Extends.Name &&
		slices.EqualFunc(a.Facets, b.Facets, sameRef) && slices.EqualFunc(a.Children, b.Children, sameRef) &&
		slices.EqualFunc(a.Exports, b.Exports, sameVariable) && slices.EqualFunc(a.Imports, b.Imports, sameImport)
}

func sameFacet(a, b *model.Facet) bool {
	return a.Name == b.Name && a.Installer.Name == b.Installer.Name && slices.EqualFunc(a.Extends, b.Extends, sameRef) &&
		slices.EqualFunc(a.Children, b.Children, sameRef) && slices.EqualFunc(a.Exports, b.Exports, sameVariable)
}

func sameRef(a, b model.Ref) bool { return a.Name == b.Name }

func sameVariable(a, b model.Variable) bool {
	return a.Name == b.Name && a.Value == b.Value && a.Random == b.Random && a.Kind == b.Kind
}

func sameImport(a, b model.Import) bool {
	return a.Full() == b.Full() && a.Optional == b.Optional && a.External == b.External
}
