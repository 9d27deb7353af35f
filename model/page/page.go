// Package page explains each code with an example of what is wrong, then of what is right.
package page

import (
	"embed"
	"iter"
	"strings"

	"github.com/roboconf/workbench/model/diag"
)

// Page is the explanation of one code.
type Page struct {
	Code diag.Code
	// Why says what the finding means, why it matters, what to do: Markdown, a few paragraphs.
	Why string
	// French is Why in French; "" while nobody translated it.
	French string
	// Wrong and Right are small applications: texts by file name; a name that ends with a slash is an empty folder. They are
	// whole: what a page leaves out was supplied. Empty for codes that cannot come out of files.
	Wrong, Right map[string]string
	// ShownWrong and ShownRight are the names of the files that the page itself gives, sorted: those worth showing.
	ShownWrong, ShownRight []string
	// Places are where the finding stands in Wrong: file:line:column, or "" for one without place.
	Places []string
	// Others are further codes that Wrong gives, beside the one explained.
	Others []diag.Code
	// Strict says that the examples are checked with the strict profile.
	Strict bool
	// Recipe says that the examples are read as reusable recipes (MOD-18).
	Recipe bool
}

var (
	//go:embed pages/*.txt
	pages embed.FS
	//go:embed around
	around embed.FS
)

// Of gives the page of a code; false when there is none.
func Of(c diag.Code) (Page, bool) {
	text, err := pages.ReadFile("pages/" + string(c) + ".txt")
	if err != nil {
		return Page{}, false
	}
	p, err := Read(c, string(text))
	return p, err == nil
}

// All gives the pages in the order of codes (DIA-4).
func All() iter.Seq[Page] {
	return func(yield func(Page) bool) {
		for c := range diag.Codes() {
			if p, ok := Of(c); ok && !yield(p) {
				return
			}
		}
	}
}

// In is the explanation in a language; English stands in for what is not translated.
func (p Page) In(lang diag.Language) string {
	if lang == diag.French && p.French != "" {
		return p.French
	}
	return p.Why
}

const (
	descriptor = "descriptor/application.properties"
	instances  = "instances/model.instances"
	settings   = ".roboconf/check"
)

// supplied is a file of the application that stands around the examples.
func supplied(name string) (string, bool) {
	text, err := around.ReadFile("around/" + name)
	return string(text), err == nil
}

// withoutInstances is the descriptor of an application that has no instances.
func withoutInstances(text string) string {
	before, _, _ := strings.Cut(text, "instance-entry-point")
	return before
}
