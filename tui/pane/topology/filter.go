package topology

import (
	"regexp"
	"strings"

	"github.com/roboconf/workbench/tui/canvas"
)

// filter is a question to boxes: words that all have to be true. A word is a part of the path, the name or the component;
// "state:started" asks for a state, "re:^/app" for a regular expression on the path; "!" before a word turns it round.
type filter struct {
	text  string // as typed
	words []word
	live  bool // depends on states
}

type word struct {
	not   bool
	state bool
	text  string
	re    *regexp.Regexp
}

func parseFilter(text string) filter {
	f := filter{text: strings.TrimSpace(text)}
	for _, field := range strings.Fields(text) {
		w := word{text: strings.ToLower(field)}
		w.text, w.not = strings.CutPrefix(w.text, "!")
		w.text, w.state = strings.CutPrefix(w.text, "state:")
		f.live = f.live || w.state
		if expr, is := strings.CutPrefix(strings.TrimPrefix(field, "!"), "re:"); is {
			re, err := regexp.Compile(expr)
			if err != nil {
				continue // still being typed
			}
			w.re = re
		}
		f.words = append(f.words, w)
	}
	return f
}

// match answers for a box; state is the word for its state, "" when nothing runs.
func (f filter) match(n canvas.Node, state string) bool {
	for _, w := range f.words {
		if w.match(n, state) == w.not {
			return false
		}
	}
	return true
}

func (w word) match(n canvas.Node, state string) bool {
	switch {
	case w.re != nil:
		return w.re.MatchString(n.ID)
	case w.state:
		return strings.HasPrefix(strings.ReplaceAll(state, " ", "-"), w.text)
	}
	for _, text := range []string{n.ID, n.Name, n.Kind} {
		if strings.Contains(strings.ToLower(text), w.text) {
			return true
		}
	}
	return false
}
