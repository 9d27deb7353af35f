package diag

import (
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for lang, want := range map[Language]string{
		English: "No component exports ‹variable›, so ‹name› could never start.",
		French:  "Aucun composant n'exporte ‹variable› : ‹nom› ne pourrait jamais démarrer.",
	} {
		if got := FirstSentence(RMUnresolvableVariable, lang); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Pattern(POCBracketMissing, English); !strings.Contains(got, `Add "{" at the end`) {
		t.Errorf("a bracket is plain text: %q", got)
	}
}

// Every kind of detail that a sentence speaks of has a word in French.
func TestFrenchKinds(t *testing.T) {
	for c, text := range french {
		for rest := text; ; {
			_, kind, after, found := placeholder(rest)
			if !found {
				break
			}
			if frenchKinds[kind] == "" {
				t.Errorf("%s: %s has no word", c, kind)
			}
			rest = after
		}
	}
}
