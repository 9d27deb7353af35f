package diag

import (
	"fmt"
	"strings"
)

// Phrase is a few words beside a finding, such as the title of a fix: a text of the catalogue with what fills it.
// The zero Phrase says nothing.
type Phrase struct {
	// Text is the English text; each %s in it stands for one of Args. It is also the key of the other languages.
	Text string
	Args []string
}

// Say makes a phrase. The text is a constant, so that the catalogue can be held against the phrases that are in use.
func Say(text string, args ...string) Phrase { return Phrase{Text: text, Args: args} }

// In is the phrase in a language; English stands in for what is not translated.
func (p Phrase) In(lang Language) string {
	text := p.Text
	if lang == French {
		if said, ok := frenchPhrases[text]; ok {
			text = said
		}
	}
	if len(p.Args) == 0 {
		return strings.ReplaceAll(text, "%%", "%")
	}
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		args[i] = a
	}
	return fmt.Sprintf(text, args...)
}

// String is the phrase in English.
func (p Phrase) String() string { return p.In(English) }

// DidYouMean asks about up to three names that a misspelt one may stand for (DIA-45).
func DidYouMean(names []string) Phrase {
	switch len(names) {
	case 1:
		return Say("did you mean %s?", names...)
	case 2:
		return Say("did you mean %s or %s?", names...)
	}
	return Say("did you mean %s, %s or %s?", names[:3]...)
}
