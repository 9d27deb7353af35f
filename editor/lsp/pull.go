package lsp

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/roboconf/workbench/editor/lsp/protocol"
)

// diagnose answers with the findings of one document.
func diagnose(q *query, p protocol.DocumentDiagnosticParams) (any, error) {
	items := encoded(q.diagnostics(q.text, byFile(q.site)[q.file]))
	id := digest(items)
	if id == p.PreviousResultID {
		return protocol.UnchangedDiagnostics{Kind: protocol.UnchangedReport, ResultID: id}, nil
	}
	return protocol.FullDiagnostics{Kind: protocol.FullReport, ResultID: id, Items: items}, nil
}

// diagnoseAll answers with the findings of everything that is open. Files without any are named only when the client still
// knows some.
func diagnoseAll(q *query, p protocol.WorkspaceDiagnosticParams) (protocol.WorkspaceReport, error) {
	q.after = (*server).stopPushing
	known := map[protocol.URI]string{}
	for _, id := range p.PreviousResultIDs {
		known[id.URI] = id.Value
	}
	report := protocol.WorkspaceReport{Items: []any{}}
	for _, at := range q.sites {
		d := q.desk
		d.site = at
		files := byFile(at)
		for _, file := range slices.Sorted(maps.Keys(files)) {
			if q.ctx.Err() != nil {
				return report, q.ctx.Err()
			}
			path := pathOf(at.dir, file)
			items := encoded(d.diagnostics(d.textOf(at.dir, file), files[file]))
			report.Items = append(report.Items, reportOf(d.uri(path), d.version(path), items, known[d.uri(path)]))
			delete(known, d.uri(path))
		}
	}
	for _, uri := range slices.Sorted(maps.Keys(known)) {
		report.Items = append(report.Items, reportOf(uri, nil, encoded([]protocol.Diagnostic{}), known[uri]))
	}
	return report, nil
}

func reportOf(uri protocol.URI, version *int32, items json.RawMessage, previous string) any {
	id := digest(items)
	if id == previous {
		return protocol.WorkspaceUnchanged{
			URI: uri, Version: version,
			UnchangedDiagnostics: protocol.UnchangedDiagnostics{Kind: protocol.UnchangedReport, ResultID: id},
		}
	}
	return protocol.WorkspaceFull{
		URI: uri, Version: version,
		FullDiagnostics: protocol.FullDiagnostics{Kind: protocol.FullReport, ResultID: id, Items: items},
	}
}

// stopPushing is for a client that asks for everything: what was published of files that are not open is taken back.
func (s *server) stopPushing() {
	if s.pullsAll || !s.client.pulls {
		return
	}
	s.pullsAll = true
	for _, path := range slices.Sorted(maps.Keys(s.board)) {
		if was := s.board[path]; was.digest != "" {
			s.push(path, nil)
			was.digest = ""
			s.board[path] = was
		}
	}
}
