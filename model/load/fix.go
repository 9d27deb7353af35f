package load

import (
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// Suggest names what a misspelt name may stand for: beside the place where it stands when there are several, as a fix when
// there is exactly one (DIA-45, DIA-47). known is nil when nobody shall look; see Guesses.
func Suggest(p *diag.Problem, word string, known *near.Known, at source.Place) {
	var names []string
	if known != nil {
		names = known.Names(word)
	}
	propose(p, word, names, at)
}

func propose(p *diag.Problem, word string, names []string, at source.Place) {
	if len(names) == 0 {
		p.Related = append(p.Related, diag.Related{Place: at, Message: diag.Say("named here"), Exact: true})
		return
	}
	p.Related = append(p.Related, diag.Related{Place: at, Message: diag.DidYouMean(names), Exact: true})
	if len(names) == 1 && !at.IsZero() {
		p.Fixes = append(p.Fixes, Replacement(diag.Say("Replace %s by %s", word, names[0]), at, names[0]))
	}
}

// Guesses bound how many misspelt names of one kind are compared with all that they may stand for: where thousands are unknown, a
// file is missing, or a rename is under way, and no key shall wait for guesses about each. The zero value has all of its guesses left.
type Guesses struct{ made int }

// mostGuesses are more than a person reads.
const mostGuesses = 200

// Among gives the names to compare with, nil when there were enough.
func (g *Guesses) Among(known *near.Known) *near.Known {
	if g.made++; g.made > mostGuesses {
		return nil
	}
	return known
}

// Left says whether there are guesses left.
func (g *Guesses) Left() bool { return g.made < mostGuesses }

// mostBeside is how many places of the same kind are worth showing beside a finding.
const mostBeside = 16

// others are places that a finding of many is told with: those of the list that are not its own, the first ones.
func others(all []source.Place, own source.Place, message diag.Phrase) (beside []diag.Related) {
	for _, at := range all {
		if at != own && len(beside) < mostBeside {
			beside = append(beside, diag.Related{Place: at, Message: message})
		}
		if len(beside) == mostBeside {
			break
		}
	}
	return beside
}

// Replacement is a fix that puts a text in a place.
func Replacement(title diag.Phrase, at source.Place, text string) diag.Fix {
	return diag.Fix{Title: title, Edits: []source.Edit{{Place: at, With: text}}}
}
