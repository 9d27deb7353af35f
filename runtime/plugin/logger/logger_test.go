package logger

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/plugin/plugintest"
)

func TestContract(t *testing.T) { plugintest.Run(t, New(nil), nil) }

// PL-65: each operation with agent and instance, never a failure.
func TestLogs(t *testing.T) {
	var b bytes.Buffer
	p := New(slog.New(slog.NewTextHandler(&b, nil)))
	c := plugintest.NewCall(t, lifecycle.Stop, nil)
	c.Dir = "/none/such"
	if r := p.Run(t.Context(), &c.Call); r.Failed() || c.Text() != "stop /vm/x" {
		t.Errorf("%+v %q", r, c.Text())
	}
	for _, want := range []string{"agent=/vm ", "instance=/vm/x", "operation=stop", "app=app"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s lacks %s", b.String(), want)
		}
	}
}
