package check_test

import (
	"testing"
	"testing/fstest"

	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/load"
)

func TestProbeFiles(t *testing.T) {
	const flag = "[EVENT file down]\n/srv/flag\n"
	const waiting = "rule \"r\"\nsleep period is 1\nwhen down then stop-it end\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"sound", map[string]string{"probes/Host.measures": flag, "rules.autonomic/r.drl": waiting}, nil},
		{"with parameters", map[string]string{
			"probes/Host.measures":            "[EVENT file down]\n{{ dir }}/flag\n{{",
			"probes/Host.measures.properties": "dir = /srv\nport: 80\n", "rules.autonomic/r.drl": waiting,
		}, []string{
			"probes/Host.measures:3:1 X_PROBE_INVALID_CONTENT ({{)", "probes/Host.measures.properties:2:1 X_PROBE_UNUSED_PARAMETER (port)",
		}},
		{"a parameter that nobody gives", map[string]string{
			"probes/Host.measures":            "[EVENT file down]\n{{ dir }}/{{ x }}",
			"probes/Host.measures.properties": "dir = /srv\n", "rules.autonomic/r.drl": waiting,
		}, []string{"probes/Host.measures:2:11 X_PROBE_UNKNOWN_PARAMETER (x)"}},
		{"an unknown component", map[string]string{"probes/Hots.measures": flag, "rules.autonomic/r.drl": waiting}, []string{
			"probes/Hots.measures:1:1 X_PROBE_UNKNOWN_COMPONENT (Hots)",
		}},
		{"PRB-1 another extension", map[string]string{
			"probes/notes.txt": "x", "probes/Host.measures": flag, "rules.autonomic/r.drl": waiting, "probes/sub/Nobody.measures": "x",
		}, []string{"probes/notes.txt:1:1 X_PROBE_INVALID_EXT"}},
		{"no rule listens", map[string]string{"probes/Host.measures": flag}, []string{"probes/Host.measures:1:13 X_PROBE_EVENT_WITHOUT_RULE (down)"}},
		{"no probe raises", map[string]string{"rules.autonomic/r.drl": waiting}, []string{"rules.autonomic/r.drl:3:6 X_RULE_EVENT_WITHOUT_PROBE (down)"}},
		{"RUL-22 no probe can raise a name with blanks", map[string]string{
			"probes/Host.measures": flag, "rules.autonomic/r.drl": "rule \"r\"\nsleep period is 1\nwhen down now then stop-it end\n",
		}, []string{
			"rules.autonomic/r.drl:3:6 X_RULE_EVENT_WITHOUT_PROBE (down now)", "probes/Host.measures:1:13 X_PROBE_EVENT_WITHOUT_RULE (down)",
		}},
		{"a platform event", map[string]string{"rules.autonomic/r.drl": "rule \"r\"\nsleep period is 1\nwhen @problem then stop-it end\n"}, []string{
			"rules.autonomic/r.drl:3:6 X_RULE_EXTENSION (@problem)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := withFiles(c.files)
			files["commands/stop-it.commands"] = &fstest.MapFile{Data: []byte(stopIt)}
			_, found := check.Dir(files, load.Options{})
			same(t, inFolders(found, "probes", "rules.autonomic"), "", c.want)
		})
	}
}
