package graph

import (
	"fmt"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/diag"
)

// say gives a sentence in the language of the answers. The English text is the key of the French one.
func say(g ask.Ground, text string, args ...any) string {
	if g.Language == diag.French {
		if said, ok := french[text]; ok {
			text = said
		}
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

func (p *page) say(text string, args ...any) string { return say(p.Ground, text, args...) }

// count says how many there are: one is the sentence for a single thing, many holds %d.
func (p *page) count(n int, one, many string) string {
	if reply.Single(p.Language, n) {
		return p.say(one, n)
	}
	return p.say(many, n)
}

func code(s string) string { return reply.Code(s) }

// names writes a list of names, the first ones of a long list.
func (p *page) names(list []string) string { return reply.List(p.Language, list) }
