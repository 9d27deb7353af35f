package load_test

import (
	"testing"

	"github.com/roboconf/workbench/model/load"
)

// MOD-24.
func TestPlainName(t *testing.T) {
	for display, want := range map[string]string{
		"plain": "plain", "Été à Ōsaka": "Ete a Osaka", "e\u0301": "e", "œuvre": "œuvre", "Ñandú (2)": "Nandu (2)", "": "",
	} {
		if got := load.PlainName(display); got != want {
			t.Errorf("%q: got %q, want %q", display, got, want)
		}
	}
}
