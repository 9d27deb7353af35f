package diag

import "strings"

// Pattern is the sentence of a code before it is filled in: each kind of detail stands between ‹ and › in words of the language.
func Pattern(c Code, lang Language) string {
	text := sentence(c, lang)
	var b strings.Builder
	for {
		before, kind, after, found := placeholder(text)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("‹" + kindWord(kind, lang) + "›")
		text = after
	}
}

// FirstSentence is what a code finds, without what to do about it: the pattern up to its first full stop.
func FirstSentence(c Code, lang Language) string {
	text := Pattern(c, lang)
	if end := strings.Index(text, ". "); end >= 0 {
		return text[:end+1]
	}
	return text
}

// kindWord is a kind of detail for people. In English the kinds are words of the language already.
func kindWord(kind string, lang Language) string {
	switch {
	case lang == French && frenchKinds[kind] != "":
		return frenchKinds[kind]
	case kind == "ON":
		return "name"
	}
	return strings.ReplaceAll(strings.ToLower(kind), "_", " ")
}

var frenchKinds = map[string]string{
	"ON": "nom", "INSTANCE": "instance", "VARIABLE": "variable", "COMPONENT": "composant", "FACET": "facette",
	"INSTRUCTION": "instruction", "FILE": "fichier", "LINE": "ligne", "CYCLE": "cercle", "APPLICATION": "application",
	"APPLICATION_TEMPLATE": "modèle", "DIRECTORY": "dossier", "UNRECOGNIZED": "inconnu", "EXPECTED": "attendu",
	"UNEXPECTED": "inattendu", "ALREADY_DEFINED": "déjà défini", "CONFLICTING": "en conflit", "MALFORMED": "mal formé",
	"EXCEPTION": "erreur", "NAME": "nom", "VALUE": "valeur",
}
