package page

import (
	"fmt"
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// words are the few that stand between the parts of a page.
var words = map[diag.Language]struct{ wrong, right, found, strict, recipe, folder string }{
	diag.English: {"Wrong", "Right", "Found at", "with --strict", "read as a reusable recipe", "an empty folder"},
	diag.French:  {"À éviter", "Correct", "Trouvé en", "avec --strict", "lu comme recette réutilisable", "un dossier vide"},
}

// Headings are the words above the two examples.
func Headings(lang diag.Language) (wrong, right string) { return words[lang].wrong, words[lang].right }

// Markdown is the page as a document: a heading of the given level with the code, the level of its findings, the sentence, the
// explanation, the examples.
func (p Page) Markdown(lang diag.Language, heading int) string {
	var b strings.Builder
	info := diag.Lookup(p.Code)
	fmt.Fprintf(&b, "%s %s\n\n", strings.Repeat("#", heading), p.Code)
	fmt.Fprintf(&b, "**%s** · %s\n\n", info.Level.Word(lang), diag.Pattern(p.Code, lang))
	fmt.Fprintf(&b, "%s\n", p.In(lang))
	w := words[lang]
	if len(p.ShownWrong) > 0 {
		fmt.Fprintf(&b, "\n%s%s:\n", w.wrong, p.manner(lang))
		p.example(&b, p.Wrong, p.ShownWrong, w.folder)
		if places := p.located(); len(places) > 0 {
			fmt.Fprintf(&b, "\n%s %s.\n", w.found, strings.Join(places, ", "))
		}
	}
	if len(p.ShownRight) > 0 {
		fmt.Fprintf(&b, "\n%s:\n", w.right)
		p.example(&b, p.Right, p.ShownRight, w.folder)
	}
	return b.String()
}

// manner says in what way the examples are read, when it is not the usual one.
func (p Page) manner(lang diag.Language) string {
	switch {
	case p.Strict:
		return " (" + words[lang].strict + ")"
	case p.Recipe:
		return " (" + words[lang].recipe + ")"
	}
	return ""
}

// located are the places as code; a finding without place has none to show.
func (p Page) located() (out []string) {
	for _, place := range p.Places {
		if place != "" {
			out = append(out, "`"+place+"`")
		}
	}
	return out
}

func (p Page) example(b *strings.Builder, files map[string]string, names []string, folder string) {
	for _, name := range names {
		if strings.HasSuffix(name, "/") {
			fmt.Fprintf(b, "\n`%s` (%s)\n", name, folder)
			continue
		}
		fmt.Fprintf(b, "\n`%s`\n\n```\n%s```\n", name, Visible(files[name]))
	}
}

// Visible is a text with what cannot be seen made visible: marks, carriage returns, control characters. It ends with a line end.
func Visible(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '\r':
			b.WriteString("␍")
		case r == '\uFEFF':
			b.WriteString("‹U+FEFF›")
		case r < ' ' && r != '\n' && r != '\t', r == 0x7f:
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	if s := b.String(); strings.HasSuffix(s, "\n") {
		return s
	}
	return b.String() + "\n"
}
