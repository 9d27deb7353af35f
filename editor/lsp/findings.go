package lsp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
	"github.com/roboconf/workbench/model/diag"
)

// most is how many findings of one file are told, the serious ones first: thousands help nobody, and cost the client more
// than us.
const most = 200

// board remembers what the client was told about each file, by path.
type board map[string]posting

type posting struct {
	dir      string // of the site
	problems []diag.Problem
	text     *protocol.Text // that of the open document; nil for a file on the disk
	digest   string         // of what was published; "" when nothing was
}

// settle lays what changed over the files and tells the findings that differ.
func (s *server) settle() {
	s.lay()
	for _, dir := range slices.Sorted(maps.Keys(s.sites.touched)) {
		delete(s.sites.touched, dir)
		if w, _, ok := s.group.Find(pathOf(dir, "descriptor")); ok && w.Dir() == dir {
			s.tell(s.application(w))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(s.sites.alone)) {
		if _, open := s.docs[path]; open && s.sites.alone[path] == nil {
			if site, _, ok := s.siteOf(path); ok {
				s.tell(site)
			}
		}
	}
	if s.refresh && s.client.pulls && s.client.Workspace.Diagnostics.RefreshSupport {
		s.call("workspace/diagnostic/refresh", nil, nil)
	}
	s.refresh = false
}

// tell publishes the findings of a site that differ from what was told.
func (s *server) tell(at *site) {
	now := byFile(at)
	d := s.desk(at)
	for _, file := range slices.Sorted(maps.Keys(now)) {
		s.publish(&d, file, now[file])
	}
	for _, path := range slices.Sorted(maps.Keys(s.board)) {
		was := s.board[path]
		file, err := filepath.Rel(at.dir, path)
		if err != nil || was.dir != at.dir || now[filepath.ToSlash(file)] != nil || at.file != "" && file != at.file {
			continue
		}
		s.retract(path)
	}
}

// byFile sorts the findings of a site by file; those without a place go to the descriptor, with those about folders, which no
// editor opens.
func byFile(at *site) map[string][]diag.Problem {
	files := map[string][]diag.Problem{}
	list := at.ground.Problems
	for i := 0; i < len(list); {
		file, j := list[i].Place.File, i+1
		for j < len(list) && list[j].Place.File == file {
			j++
		}
		name := file
		if file == "" || at.isFolder(file) {
			name = at.descriptor()
		}
		if files[name] == nil {
			files[name] = list[i:j:j] // most files come in one piece: nothing is copied
		} else {
			files[name] = append(files[name], list[i:j]...)
		}
		i = j
	}
	return files
}

// publish tells the findings of a file, unless the client knows them.
func (s *server) publish(d *desk, file string, problems []diag.Problem) {
	path := pathOf(d.site.dir, file)
	was, text, pushes := s.board[path], s.docs[path].text, s.pushes(path)
	same := sameProblems(was.problems, problems)
	if same && was.text == text && (was.digest != "") == pushes {
		return
	}
	s.refresh = s.refresh || !same
	next := posting{dir: d.site.dir, problems: problems, text: text}
	if pushes {
		items := encoded(d.diagnostics(d.textOf(d.site.dir, file), problems))
		if next.digest = digest(items); next.digest != was.digest {
			s.push(path, items)
		}
	} else if was.digest != "" {
		s.push(path, nil)
	}
	s.board[path] = next
}

// retract takes back what was told of a file.
func (s *server) retract(path string) {
	was, told := s.board[path]
	if was.digest != "" {
		s.push(path, nil)
	}
	s.refresh = s.refresh || told
	delete(s.board, path)
}

// pushes says whether findings of a file are published: those of open documents are not when the client asks for them.
func (s *server) pushes(path string) bool {
	_, open := s.docs[path]
	return !s.client.pulls || !open && !s.pullsAll
}

// push publishes findings that are JSON already; nil for none.
func (s *server) push(path string, items json.RawMessage) {
	d := s.desk(nil)
	head, err := rpc.Value(d.uri(path))
	if err != nil {
		s.Log.Error("encode", "file", path, "why", err)
		return
	}
	// Put together by hand: encoding again what may be long would cost as much as all the rest.
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":%s`, head)
	if version := d.version(path); version != nil && s.client.TextDocument.PublishDiagnostics.VersionSupport {
		fmt.Fprintf(&b, `,"version":%d`, *version)
	}
	b.WriteString(`,"diagnostics":`)
	if items == nil {
		items = json.RawMessage("[]")
	}
	b.Write(items)
	b.WriteString("}}")
	s.out.Send("findings "+path, b.Bytes())
}

// sameProblems says whether two lists are told with the same words at the same places.
func sameProblems(a, b []diag.Problem) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !samePlace(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

// samePlace says whether two findings are told with the same words at the same place of the same text.
func samePlace(a, b *diag.Problem) bool {
	return a.Code == b.Code && a.Place == b.Place && a.Range == b.Range && a.On == b.On && a.Set == b.Set &&
		len(a.Fixes) == len(b.Fixes) && slices.Equal(a.Details, b.Details) &&
		slices.EqualFunc(a.Related, b.Related, func(a, b diag.Related) bool {
			return a.Place == b.Place && a.Range == b.Range && a.Exact == b.Exact &&
				a.Message.Text == b.Message.Text && slices.Equal(a.Message.Args, b.Message.Args)
		})
}

// encoded is the JSON of findings.
func encoded(items []protocol.Diagnostic) json.RawMessage {
	raw, err := rpc.Value(items)
	if err != nil {
		return json.RawMessage("[]")
	}
	return raw
}

// digest tells lists of findings apart.
func digest(items json.RawMessage) string {
	h := fnv.New128a()
	h.Write(items)
	return fmt.Sprintf("%x", h.Sum(nil))
}

// severities by level.
var severities = [...]protocol.Severity{
	diag.Severe: protocol.SeverityError, diag.Warning: protocol.SeverityWarning, diag.Hint: protocol.SeverityHint,
}

// diagnostics are findings of one file as the client wants them.
func (d *desk) diagnostics(text *protocol.Text, problems []diag.Problem) []protocol.Diagnostic {
	list := make([]protocol.Diagnostic, 0, min(len(problems), most+1))
	for _, p := range worst(problems) {
		list = append(list, d.diagnostic(text, p))
	}
	if n := len(problems) - len(list); n > 0 {
		list = append(list, d.rest(n))
	}
	return list
}

// worst are the findings that are told, in their order.
func worst(problems []diag.Problem) []diag.Problem {
	if len(problems) <= most {
		return problems
	}
	var count [diag.Hint + 1]int
	for _, p := range problems {
		count[p.Level()]++
	}
	left := most
	for level, n := range count {
		count[level] = min(n, left)
		left -= count[level]
	}
	list := make([]diag.Problem, 0, most)
	for _, p := range problems {
		if count[p.Level()] > 0 {
			count[p.Level()]--
			list = append(list, p)
		}
	}
	return list
}

// rest stands for what is not told.
func (d *desk) rest(n int) protocol.Diagnostic {
	message := fmt.Sprintf("%d more findings in this file are not shown. roboconf check lists them all.", n)
	if d.client.language == diag.French {
		message = fmt.Sprintf("%d autres constats de ce fichier ne sont pas affichés. roboconf check les énumère tous.", n)
	}
	return protocol.Diagnostic{Severity: protocol.SeverityInformation, Source: ourName, Message: message}
}

// ourName is who found it.
const ourName = "roboconf"

// explanations is where the codes are explained.
const explanations = "https://github.com/roboconf/workbench/blob/main/docs/diagnostics.md#"

func (d *desk) diagnostic(text *protocol.Text, p diag.Problem) protocol.Diagnostic {
	can := d.client.TextDocument.PublishDiagnostics
	place, _ := p.Spot()
	one := protocol.Diagnostic{
		Severity: severities[p.Level()], Code: string(p.Code), Source: ourName,
		Message: p.Message(d.client.language), Tags: d.tags(p.Code), Data: dataOf(p),
	}
	switch {
	case d.site != nil && !p.Place.IsZero() && d.site.isFolder(p.Place.File):
		one.Message = p.Place.File + ": " + one.Message
	case place.File == p.Place.File:
		one.Range = text.Range(place.Span)
	default:
		one.Range = text.Range(p.Place.Span)
	}
	if can.CodeDescriptionSupport {
		one.CodeDescription = &protocol.CodeDescription{Href: explanations + strings.ToLower(string(p.Code))}
	}
	if can.RelatedInformation {
		for _, r := range p.Related {
			if !r.Exact && !r.Place.IsZero() && d.site != nil {
				one.RelatedInformation = append(one.RelatedInformation,
					protocol.RelatedInformation{Location: d.location("", r.Place), Message: d.say(r.Message)})
			}
		}
	}
	return one
}

// tags are how the text of a finding should look.
func (d *desk) tags(code diag.Code) []protocol.DiagnosticTag {
	support := d.client.TextDocument.PublishDiagnostics.TagSupport
	tag := protocol.DiagnosticTag(0)
	switch {
	case strings.HasPrefix(string(code), "X_UNUSED_") || code == diag.XNeverInstantiated || code == diag.XCmdUnusedVariable ||
		code == diag.XProbeUnusedParameter || code == diag.XCmdNeverUsed:
		tag = protocol.Unnecessary
	case code == diag.XLegacySyntax:
		tag = protocol.Deprecated
	}
	if tag == 0 || support == nil || !slices.Contains(support.ValueSet, tag) {
		return nil
	}
	return []protocol.DiagnosticTag{tag}
}

// dataOf is what a client can show beside the sentence, or sort by.
func dataOf(p diag.Problem) json.RawMessage {
	data, err := rpc.Value(struct {
		Category string `json:"category"`
		Level    string `json:"level"`
		On       string `json:"on,omitempty"`
		Fixes    int    `json:"fixes,omitempty"`
	}{p.Category().String(), p.Level().String(), p.On, len(p.Fixes)})
	if err != nil {
		return nil
	}
	return data
}
