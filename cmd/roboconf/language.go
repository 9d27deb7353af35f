package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/model/diag"
)

// tongue is the language that a person asks for with --lang; "" leaves it to the environment.
type tongue string

// tongues are the languages of the catalogue, by the word that asks for them.
var tongues = map[tongue]diag.Language{"en": diag.English, "fr": diag.French}

func (t *tongue) String() string { return string(*t) }

func (t *tongue) Type() string { return "en|fr" }

// Set refuses what the catalogue does not speak.
func (t *tongue) Set(word string) error {
	if _, known := tongues[tongue(word)]; !known {
		return fmt.Errorf("no language is called %q: there are en, fr", word)
	}
	*t = tongue(word)
	return nil
}

// language is that of the sentences a command prints.
func language(s streams) diag.Language {
	if s.lang != nil && *s.lang != "" {
		return tongues[*s.lang]
	}
	return languageOf(os.Getenv)
}

// languageOf asks the environment, in the order of POSIX.
func languageOf(env func(string) string) diag.Language {
	return diag.ParseLanguage(cmp.Or(env("LC_ALL"), env("LC_MESSAGES"), env("LANG")))
}

// addLanguage gives a command and those below it the flag --lang.
func addLanguage(cmd *cobra.Command, to *tongue) {
	cmd.PersistentFlags().Var(to, "lang", "the language of findings and explanations (default from LC_ALL, LC_MESSAGES, LANG)")
	completeWords(cmd, "lang", "en\tEnglish", "fr\tfrançais")
}

// refusal is an error that the checker gives: a sentence of the catalogue.
type refusal struct{ diag.Problem }

// Error is the sentence in English; translate knows the others.
func (r refusal) Error() string { return r.Message(diag.English) }

// translate says a refusal of the checker in the language of the person.
func translate(s streams, err error) error {
	if r := (refusal{}); errors.As(err, &r) {
		return errors.New(r.Message(language(s)))
	}
	return err
}
