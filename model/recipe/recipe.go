// Package recipe reads scripts, templates, manifests as text.
//
// It says which variables of its environment a file uses, and what the name of such a variable means (plugins.md 4.2).
package recipe

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Language is how a file of a recipe is read.
type Language uint8

// The languages of recipes. What is Other is not read at all.
const (
	Other Language = iota
	Shell
	Python
	Perl
	Ruby
	Template // Mustache, with a script around (plugins.md 4.3)
	Manifest // Puppet
)

// LanguageOf tells by the first line of a script, else by the name of the file. A script without extension is one of a shell.
func LanguageOf(name, text string) Language {
	ext := strings.ToLower(path.Ext(name))
	switch ext {
	case ".template", ".mustache", ".tpl":
		return Template
	case ".pp":
		return Manifest
	}
	if lang, told := interpreter(text); told {
		return lang
	}
	switch ext {
	case ".sh", ".bash", ".ksh", ".dash", "":
		return Shell
	case ".py":
		return Python
	case ".pl", ".pm":
		return Perl
	case ".rb":
		return Ruby
	}
	return Other
}

// interpreter reads "#!/usr/bin/env python3"; told is false when there is no such line.
func interpreter(text string) (lang Language, told bool) {
	line, isScript := strings.CutPrefix(text, "#!")
	if !isScript {
		return Other, false
	}
	line, _, _ = strings.Cut(line, "\n")
	for word := range strings.FieldsSeq(line) {
		base := path.Base(word)
		if base == "env" || strings.HasPrefix(base, "-") || strings.Contains(base, "=") {
			continue
		}
		switch strings.TrimRight(base, "0123456789.") {
		case "sh", "bash", "dash", "ksh", "mksh", "ash", "busybox", "zsh":
			return Shell, true
		case "python":
			return Python, true
		case "perl":
			return Perl, true
		case "ruby":
			return Ruby, true
		}
		return Other, true
	}
	return Other, false
}

// Use is a variable of the environment that a file uses.
type Use struct {
	// Name is without $ and braces. A "*" in it stands for an index that the script computes: Tomcat_*_ip.
	Name string
	Span source.Span
}

// Script is what a file asks of its environment.
type Script struct {
	// Uses are in the order of the text.
	Uses []Use
	// Sets are the names that the file itself gives a value, sorted, each once.
	Sets []string
	// Guessed says that the file could not be parsed: its text was searched for names.
	Guessed bool
}

// Read reads a file. It always gives a script, whatever the text is.
func Read(lang Language, text string) *Script {
	switch lang {
	case Shell:
		return readShell(text)
	case Template:
		return &Script{Uses: slices.Collect(dollars(text))}
	case Python, Perl, Ruby:
		return &Script{Uses: scanEnvironment(lang, text)}
	}
	return &Script{}
}

// Scan is Read without a parser: it is fast, and finds at least every name that a dollar announces. It takes comments and quoted
// text for script, so what it finds may not be meant.
func Scan(lang Language, text string) iter.Seq[Use] {
	if lang == Shell || lang == Template {
		return dollars(text)
	}
	return slices.Values(Read(lang, text).Uses)
}
