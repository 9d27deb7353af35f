package recipe

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/properties"
	"github.com/roboconf/workbench/model/source"
)

// Verbs are what the installer "file" can do (PL-60).
var Verbs = []string{"download", "move", "copy", "delete"}

// Flaw is what is wrong with an instruction of the installer "file".
type Flaw uint8

// The flaws, in the order in which they are looked for.
const (
	Sound        Flaw = iota
	NotThree          // the key is not action.position.verb
	NoAction          // the first word is none of Actions
	NoPosition        // the second is no positive number
	NoVerb            // the third is none of Verbs
	BadParameter      // the value is not what the verb wants
	SamePosition      // an earlier instruction of the action has the position
)

// Instruction is one line of instructions.properties.
type Instruction struct {
	properties.Entry
	Action, Verb string // in lower case
	Position     int
	Flaw         Flaw
	// At covers the word concerned by the flaw.
	At source.Span
	// Other is the earlier instruction with the same position.
	Other int
}

// ReadInstructions reads instructions.properties (PL-60, PL-61).
func ReadInstructions(f *properties.File) (list []Instruction) {
	type slot struct {
		action   string
		position int
	}
	first := make(map[slot]int)
	for _, e := range f.Entries {
		i := instructionOf(e)
		if i.Flaw == Sound || i.Flaw == BadParameter {
			at := slot{i.Action, i.Position}
			other, taken := first[at]
			if !taken {
				first[at] = len(list)
			} else if i.Flaw == Sound {
				i.Flaw, i.At, i.Other = SamePosition, e.KeySpan, other
			}
		}
		list = append(list, i)
	}
	return list
}

func instructionOf(e properties.Entry) Instruction {
	i := Instruction{Entry: e, At: e.KeySpan}
	words := strings.Split(e.Key, ".")
	if len(words) != 3 {
		i.Flaw = NotThree
		return i
	}
	var spans [3]source.Span
	start := e.KeySpan.Start
	for k, w := range words {
		spans[k] = source.Span{Start: start, End: start + len(w)}
		start += len(w) + 1
	}
	if start-1 != e.KeySpan.End { // a key with escapes
		spans = [3]source.Span{e.KeySpan, e.KeySpan, e.KeySpan}
	}
	i.Action, i.Verb = strings.ToLower(words[0]), strings.ToLower(words[2])
	n, err := strconv.Atoi(words[1])
	i.Position = n
	switch {
	case !slices.Contains(Actions, i.Action):
		i.Flaw, i.At = NoAction, spans[0]
	case err != nil || n < 1:
		i.Flaw, i.At = NoPosition, spans[1]
	case !slices.Contains(Verbs, i.Verb):
		i.Flaw, i.At = NoVerb, spans[2]
	case !fits(i.Verb, e.Value):
		i.Flaw, i.At = BadParameter, e.ValueSpan
		if e.Value == "" {
			i.At = e.KeySpan
		}
	}
	return i
}

// fits says whether a value is what a verb wants.
func fits(verb, value string) bool {
	from, to, arrow := strings.Cut(value, "->")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	switch verb {
	case "delete":
		return value != ""
	case "download":
		return (!arrow || to != "") && isAddress(from)
	}
	return arrow && from != "" && to != "" && !strings.Contains(to, "->")
}

// isAddress accepts what can be downloaded. A variable in it may stand for anything.
func isAddress(s string) bool {
	if strings.Contains(s, "${") {
		return true
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	if sum, has := strings.CutPrefix(u.Fragment, "sha256="); has {
		if b, err := hex.DecodeString(sum); err != nil || len(b) != 32 {
			return false
		}
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "file":
		return u.Path != "" || u.Opaque != ""
	}
	return false
}
