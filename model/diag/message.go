package diag

import "strings"

// Language is a language that sentences are written in.
type Language uint8

// The languages of the catalogue.
const (
	English Language = iota
	French
)

// ParseLanguage reads the start of a locale ("fr_FR.UTF-8"); what is not known is English.
func ParseLanguage(locale string) Language {
	if strings.HasPrefix(strings.ToLower(locale), "fr") {
		return French
	}
	return English
}

// Message is the sentence of the problem: what is wrong, why it matters, what to do (DIA-50). The code is not in it.
//
// A sentence of the catalogue holds kinds of details in braces: {VARIABLE} becomes the texts of all details of that kind,
// {ON} the name of the type or instance concerned.
func (p Problem) Message(lang Language) string {
	text := sentence(p.Code, lang)
	var b strings.Builder
	for {
		before, kind, after, found := placeholder(text)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(p.fill(kind, lang))
		text = after
	}
}

// placeholder finds the first word of capitals in braces. A bracket that a sentence speaks about is plain text.
func placeholder(text string) (before, kind, after string, found bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		rest := text[i+1:]
		word := strings.TrimLeft(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")
		if n := len(rest) - len(word); n > 0 && strings.HasPrefix(word, "}") {
			return text[:i], rest[:n], word[1:], true
		}
	}
	return text, "", "", false
}

func (p Problem) fill(kind string, lang Language) string {
	if kind == "ON" {
		return orUnnamed(p.On, lang)
	}
	var texts []string
	for _, d := range p.Details {
		if string(d.Kind) == kind {
			texts = append(texts, d.Text)
		}
	}
	if len(texts) == 0 && kind == string(KindExpected) {
		return map[Language]string{English: "none", French: "aucun"}[lang]
	}
	return orUnnamed(strings.Join(texts, ", "), lang)
}

func orUnnamed(s string, lang Language) string {
	switch {
	case s != "":
		return s
	case lang == French:
		return "(sans nom)"
	}
	return "(unnamed)"
}

// sentence falls back to English, then to the code: a missing sentence must not hide a problem.
func sentence(c Code, lang Language) string {
	if lang == French {
		if text, ok := french[c]; ok {
			return text
		}
	}
	if text, ok := english[c]; ok {
		return text
	}
	return string(c)
}
