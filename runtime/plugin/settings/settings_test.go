package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

var texts = []string{
	"a = b\nc: d\ne f\n", "# comment\n! other\n\n  key=value  \n", "a=b\\\n   c\r\nd=e\rf=g", `k\ 1 = \u00e9 \t x\q`, `a=\ud83d\ude00 \ud83d`, "a==b\n:=c\n\\:x=y",
	"\uFEFFa=b", "a", "a\\", "a=\\", `a=\u12`, "=", "\\\n\\\n", "a \\\n = b", "x=1\\\\\ny=2", "a\x00=b\x01", "# goes on \\\nb=c",
}

// What a machine reads is what the editor reads.
func agree(t *testing.T, text string) {
	t.Helper()
	got, want := Parse(text), properties.Parse(text).Entries
	if len(got) != len(want) {
		t.Errorf("%q: %d entries %+v, want %d", text, len(got), got, len(want))
		return
	}
	for i := range got {
		if got[i].Key != want[i].Key || got[i].Value != want[i].Value {
			t.Errorf("%q: %q = %q, want %q = %q", text, got[i].Key, got[i].Value, want[i].Key, want[i].Value)
		}
	}
}

func TestReadsAsTheEditorDoes(t *testing.T) {
	for _, text := range texts {
		agree(t, text)
	}
}

// FuzzParse holds the reader against the editor's.
func FuzzParse(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if utf8.ValidString(text) { // the editor replaces other bytes, to keep its places
			agree(t, text)
		}
		Parse(text)
	})
}

// PL-70: the time limit of an operation, in the recipe's own settings.
func TestTimeout(t *testing.T) {
	dir := t.TempDir()
	if d, set, err := Timeout(dir, lifecycle.Start); d != 0 || set || err != nil {
		t.Errorf("without file: %v %v %v", d, set, err)
	}
	for text, want := range map[string]time.Duration{
		"timeout.start = 90": 90 * time.Second, "Timeout.START: 2m30s": 150 * time.Second, "timeout.stop=5\ntimeout.start=1h\n": time.Hour,
		"timeout.start=1\ntimeout.start=2": 2 * time.Second, "timeout.stop=5": 0, "timeout.start=0": -1, "timeout.start=soon": -1, "timeout.start=-3s": -1,
		"timeout.start=99h": -1, "timeout.start=9223372036854775807": -1,
	} {
		if err := os.WriteFile(filepath.Join(dir, "recipe.properties"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, set, err := Timeout(dir, lifecycle.Start)
		if bad := want < 0; bad != (err != nil) || !bad && (d != want || set != (want > 0)) {
			t.Errorf("%q: %v %v %v", text, d, set, err)
		}
		if err != nil && !strings.Contains(err.Error(), "recipe.properties, line 1") {
			t.Error(err)
		}
	}
}
