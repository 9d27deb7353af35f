package check

import (
	"io/fs"
	"path"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// described says whether there is a descriptor to look at: the one of a recipe is generated, and one that cannot be read
// was reported as such.
func (s *subject) described() bool {
	return s.result.Descriptor != nil || s.program
}

func (s *subject) descriptorFile() string {
	return path.Join(s.result.Base, "descriptor/application.properties")
}

// onKey is the value of a key of the descriptor, or line 1 when the key is missing (DIA-12).
func (s *subject) onKey(key string) source.Place {
	if s.result.Descriptor == nil {
		return source.Place{}
	}
	e, ok := s.result.Descriptor.Key(key)
	if !ok {
		return s.result.FirstLine(s.descriptorFile())
	}
	if e.ValueSpan.Len() == 0 || s.continued(e) {
		return source.Place{File: s.descriptorFile(), Span: e.KeySpan}
	}
	return source.Place{File: s.descriptorFile(), Span: e.ValueSpan}
}

// continued is true for a value that starts below its key: the finding belongs to the line of the key.
func (s *subject) continued(e load.Entry) bool {
	lines := s.result.Files[s.descriptorFile()].Lines
	return lines.Line(e.KeySpan.Start) != lines.Line(e.ValueSpan.Start)
}

// missingKey is a finding about a key that is not there, with the line to add.
func (s *subject) missingKey(code diag.Code, key, value string) []diag.Problem {
	p := diag.Problem{Code: code, Place: s.onKey(key)}
	if _, there := s.result.Descriptor.Key(key); !there && !p.Place.IsZero() && value != "" {
		at, text := s.result.Descriptor.Room(key, value)
		p.Fixes = replace(diag.Say("Add %s", key), source.Place{File: p.Place.File, Span: source.Span{Start: at, End: at}}, text)
	}
	return []diag.Problem{p}
}

// applicationName: an application has a name, which is an APP-NAME once its accents are removed (MOD-24).
func applicationName(s *subject) []diag.Problem {
	switch name := s.app.Descriptor.Name; {
	case !s.described():
		return nil
	case name == "":
		return s.missingKey(diag.RMMissingApplicationName, load.KeyName, "")
	case !model.IsAppName(name):
		return []diag.Problem{{
			Code: diag.RMInvalidApplicationName, Place: s.onKey(load.KeyName),
			Details: []diag.Detail{detail(diag.KindExpected, "APP-NAME")},
		}}
	}
	return nil
}

// applicationVersion: an application has a version of the form of MOD-23.
func applicationVersion(s *subject) []diag.Problem {
	switch version := s.app.Descriptor.Version; {
	case !s.described():
		return nil
	case version == "":
		return s.missingKey(diag.RMMissingApplicationVersion, load.KeyVersion, "1.0")
	case !IsVersion(version) && !s.filledByBuild(version):
		return []diag.Problem{{
			Code: diag.RMInvalidApplicationVersion, Place: s.onKey(load.KeyVersion),
			Details: []diag.Detail{detail(diag.KindUnexpected, version)},
		}}
	}
	return nil
}

// IsVersion says whether s has the form of MOD-23: digits, a dot, digits, perhaps a dot with digits, perhaps a dot or a
// hyphen with anything.
func IsVersion(s string) bool {
	rest, ok := number(s)
	if ok && strings.HasPrefix(rest, ".") {
		rest, ok = number(rest[1:])
	} else {
		return false
	}
	if !ok {
		return false
	}
	if after, third := number(strings.TrimPrefix(rest, ".")); third && strings.HasPrefix(rest, ".") && isTail(after) {
		return true
	}
	return isTail(rest)
}

// number cuts the digits at the start of s.
func number(s string) (rest string, ok bool) {
	rest = strings.TrimLeft(s, "0123456789")
	return rest, len(rest) < len(s)
}

// isTail accepts nothing, or a separator with something after it that is no fourth number's start gone wrong.
func isTail(s string) bool {
	return s == "" || len(s) > 1 && (s[0] == '.' || s[0] == '-')
}

// filledByBuild is true for a placeholder of a build tool, in a project that one builds (MOD-23).
func (s *subject) filledByBuild(version string) bool {
	if s.fsys == nil || s.result.Base == "" || !strings.HasPrefix(version, "${") || !strings.Contains(version, "}") {
		return false
	}
	_, err := fs.Stat(s.fsys, "pom.xml")
	return err == nil
}

// applicationDSL: the descriptor says in which language the model is written.
func applicationDSL(s *subject) []diag.Problem {
	if !s.described() || s.app.Descriptor.DSL != "" {
		return nil
	}
	return s.missingKey(diag.RMMissingApplicationDSLID, load.KeyDSL, "roboconf-1.0")
}

// applicationGraph: the descriptor names the graph (MOD-13). What a program built has no files to name.
func applicationGraph(s *subject) []diag.Problem {
	if s.result.Descriptor == nil || s.app.Descriptor.GraphEntry != "" {
		return nil
	}
	return s.missingKey(diag.RMMissingApplicationGEP, load.KeyGraphEntry, "main.graph")
}

// exportsPrefix: what is exported to other applications has a prefix, which is an ID.
func exportsPrefix(s *subject) []diag.Problem {
	d := s.app.Descriptor
	switch {
	case !s.described():
		return nil
	case d.ExportsPrefix == "" && s.exports():
		return s.missingKey(diag.RMMissingApplicationExportPrefix, load.KeyExportsPrefix, "")
	case d.ExportsPrefix != "" && !model.IsID(d.ExportsPrefix):
		return []diag.Problem{{Code: diag.RMInvalidApplicationExportPrefix, Place: s.onKey(load.KeyExportsPrefix)}}
	}
	return nil
}

// exports says whether the descriptor exports something, be it badly written.
func (s *subject) exports() bool {
	e, _ := s.result.Descriptor.Key(load.KeyExports)
	return len(s.app.Descriptor.Exports) > 0 || e.Value != ""
}

// onExport is a finding about one external export.
func (s *subject) onExport(code diag.Code, e model.Export, name string) diag.Problem {
	p := diag.Problem{Code: code, Details: []diag.Detail{detail(diag.KindVariable, name)}}
	if s.result.Descriptor != nil {
		p.Place = source.Place{File: s.descriptorFile(), Span: e.Span}
	}
	return p
}

// externalNames: both names of an external export are IDs (MOD-132).
func externalNames(s *subject) (found []diag.Problem) {
	for _, e := range s.app.Descriptor.Exports {
		for _, name := range []string{e.Variable, e.Alias} {
			if !model.IsID(name) {
				found = append(found, s.onExport(diag.RMInvalidVariableName, e, name))
			}
		}
	}
	return found
}

// externalAliases: no two external exports have one alias (MOD-132).
func externalAliases(s *subject) (found []diag.Problem) {
	first := make(map[string]model.Export)
	for _, e := range s.app.Descriptor.Exports {
		other, taken := first[e.Alias]
		if !taken {
			first[e.Alias] = e
			continue
		}
		p := s.onExport(diag.RMAlreadyDefinedExternalExport, e, e.Alias)
		if !p.Place.IsZero() {
			p.Related = related(source.Place{File: p.Place.File, Span: other.Span}, diag.Say("first used here"))
		}
		found = append(found, p)
	}
	return found
}

// externalVariables: some component exports what the application exports (MOD-132).
func externalVariables(s *subject) (found []diag.Problem) {
	if !s.result.HasGraph || s.result.Holes {
		return nil
	}
	var guesses load.Guesses
	for _, e := range s.app.Descriptor.Exports {
		prefix, local := model.SplitName(e.Variable)
		if !model.IsID(e.Variable) || s.graph.Exported(model.Import{Prefix: prefix, Name: local}) || s.doubtfulPrefix(prefix) {
			continue
		}
		p := s.onExport(diag.RMInvalidExternalExport, e, e.Variable)
		if !p.Place.IsZero() {
			at := source.Place{File: p.Place.File, Span: source.Span{Start: e.Span.Start, End: e.Span.Start + len(e.Variable)}}
			var known *near.Known
			if guesses.Left() {
				known = guesses.Among(s.exportersLike(model.Import{Prefix: prefix, Name: local}))
			}
			load.Suggest(&p, e.Variable, known, at)
		}
		found = append(found, p)
	}
	return found
}
