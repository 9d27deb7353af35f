package command

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// Kind is one of the eleven instructions.
type Kind string

// The instructions (commands-rules-probes.md 2.2).
const (
	Associate Kind = "associate"
	Change    Kind = "change"
	Bulk      Kind = "bulk"
	Email     Kind = "email"
	Define    Kind = "define"
	Create    Kind = "create"
	Replicate Kind = "replicate"
	Rename    Kind = "rename"
	Write     Kind = "write"
	Append    Kind = "append"
	Execute   Kind = "execute"
)

// Instruction is one logical line, its variables replaced. Parts that its kind does not have are empty.
type Instruction struct {
	Kind Kind
	// Line is the first physical line (CMD-5); Text is the whole instruction.
	Line source.Span
	Text string
	// Disabled says that it uses a variable that has no value, and is skipped (CMD-43).
	Disabled bool

	Path, Under                             Part
	Verb                                    string // of a bulk instruction; "delete" for both of its forms
	Target, Status, Component, Name         Part
	Variable, Value, Content, File, Message Part
	Command                                 Part
	To                                      []Part
	// Given is what a definition comes to; "" when it has a finding, or is disabled.
	Given string

	words     []source.Span // keywords
	separator source.Span
	ambiguous bool // other tools would split elsewhere (CMD-16)
	spaced    bool // blanks in a verb that other tools refuse (CMD-11)
	slashless text // what should be a path
}

// kinds in the order in which they are recognised (CMD-10).
var kinds = []Kind{Associate, Change, Bulk, Email, Define, Create, Replicate, Rename, Write, Append, Execute}

// verbs of bulk instructions, the longer ones first, with what they mean.
var verbs = []struct{ words, means string }{
	{"deploy and start all", "deploy and start all"},
	{"undeploy all", "undeploy all"},
	{"stop all", "stop all"},
	{"delete all", "delete"},
	{"delete", "delete"},
}

// read recognises an instruction and cuts it into its parts. known says whether it starts like one, ok whether it has the form of it.
func read(t text) (in *Instruction, ok, known bool) {
	for _, k := range kinds {
		if k == Bulk {
			if in := readBulk(t); in != nil {
				return in, in.Component.Text != "" || in.Path.Text != "", true
			}
			continue
		}
		name := string(k)
		if len(t.s) < len(name) || !strings.EqualFold(t.s[:len(name)], name) {
			continue
		}
		in := &Instruction{Kind: k}
		word, rest, whole := t.word(name)
		if !whole {
			return in, false, true
		}
		in.words = append(in.words, word.span())
		return in, in.read(rest), true
	}
	return nil, false, false
}

// readBulk recognises a verb before the first slash, or before "instances of" (CMD-11).
func readBulk(t text) *Instruction {
	in := &Instruction{Kind: Bulk}
	if slash := strings.IndexByte(t.s, '/'); slash >= 0 {
		if verb, ok := in.verb(t.sub(0, slash)); ok {
			in.Verb, in.Path = verb, t.from(slash).part()
			return in
		}
	}
	if i := t.separator("instances", false); i >= 0 {
		verb, ok := in.verb(t.sub(0, i))
		first, rest, _ := t.from(i).word("instances")
		second, rest, of := rest.word("of")
		if ok && of {
			in.words = append(in.words, first.span(), second.span())
			in.Verb, in.Component = verb, rest.part()
			return in
		}
	}
	return nil
}

// verb reads a bulk verb; any run of blanks may stand between its words.
func (in *Instruction) verb(t text) (string, bool) {
	t = t.trim()
	words := strings.Join(strings.Fields(t.s), " ")
	for _, v := range verbs {
		if strings.EqualFold(v.words, words) {
			in.words = append(in.words, t.span())
			in.spaced = !strings.EqualFold(t.s, v.words)
			return v.means, true
		}
	}
	return "", false
}

// afterVerb is what follows a bulk verb when it should have been a path.
func afterVerb(t text) text {
	for _, v := range verbs {
		rest, ok := t, true
		for word := range strings.FieldsSeq(v.words) {
			if _, rest, ok = rest.word(word); !ok {
				break
			}
		}
		if ok {
			if rest = rest.trim(); slices.Contains(strings.Fields(strings.ToLower(rest.s)), "instances") {
				return text{}
			}
			return rest
		}
	}
	return text{}
}

// read cuts what follows the first word.
func (in *Instruction) read(rest text) bool {
	switch in.Kind {
	case Change:
		return in.readChange(rest)
	case Email:
		return in.readEmail(rest)
	case Define:
		return in.readDefine(rest)
	case Create:
		return in.readCreate(rest)
	case Write, Append:
		left, right, ok := in.split(rest, "into", true, true)
		in.Content, in.File = left.part(), right.part()
		return ok
	case Execute:
		in.Command = rest.part()
		if n := len(in.Command.Text) - len(".commands"); n >= 0 && strings.EqualFold(in.Command.Text[n:], ".commands") {
			in.Command.Text = in.Command.Text[:n]
		}
		return true
	case Associate:
		left, right, ok := in.split(rest, "with", true, false)
		in.Target = right.part()
		return ok && in.path(left, &in.Path)
	}
	left, right, ok := in.split(rest, "as", true, true) // replicate, rename
	in.Name = right.part()
	return ok && in.path(left, &in.Path)
}

// split cuts at a separator (CMD-16). loose tells of instructions for which other tools need no blank before it.
func (in *Instruction) split(t text, word string, last, loose bool) (left, right text, ok bool) {
	i := t.separator(word, last)
	if i < 0 {
		return text{}, text{}, false
	}
	in.separator = t.sub(i, i+len(word)).span()
	in.words = append(in.words, in.separator)
	in.ambiguous = loose && t.loose(word) != i
	return t.sub(0, i), t.from(i + len(word)), true
}

// path takes a text for a path; one without its first slash is kept aside.
func (in *Instruction) path(t text, to *Part) bool {
	if t = t.trim(); strings.HasPrefix(t.s, "/") {
		*to = t.part()
		return true
	}
	in.slashless = t
	return false
}

func (in *Instruction) readChange(rest text) bool {
	for _, name := range []string{"status", "of"} {
		word, after, ok := rest.word(name)
		if !ok {
			return false
		}
		in.words = append(in.words, word.span())
		rest = after
	}
	left, right, ok := in.split(rest, "to", true, false)
	in.Status = right.part()
	return ok && in.path(left, &in.Path)
}

// readEmail splits at the first separator, since messages contain the word (DEV-44); a blank follows it (CMD-23).
func (in *Instruction) readEmail(rest text) bool {
	left, right, ok := in.split(rest, "with", false, true)
	if !ok || right.s == "" {
		return false
	}
	in.Message = right.part()
	in.Message.Text = strings.ReplaceAll(in.Message.Text, `\n`, "\n")
	if strings.TrimSpace(left.s) == "" {
		return true
	}
	for start := 0; start <= len(left.s); {
		end := len(left.s)
		if n := strings.IndexByte(left.s[start:], ','); n >= 0 {
			end = start + n
		}
		in.To = append(in.To, left.sub(start, end).part())
		start = end + 1
	}
	return true
}

// readDefine splits at the first equals sign, then at the last under that a path follows.
func (in *Instruction) readDefine(rest text) bool {
	equals := strings.IndexByte(rest.s, '=')
	if equals < 0 {
		return false
	}
	in.words = append(in.words, rest.sub(equals, equals+1).span())
	in.Variable = rest.sub(0, equals).part()
	value := rest.from(equals + 1)
	for i := len(value.s) - len("under"); i > 0; i-- {
		if isBlank(value.s[i]) || !isBlank(value.s[i-1]) {
			continue
		}
		word, after, ok := value.from(i).word("under")
		if after = after.trim(); ok && strings.HasPrefix(after.s, "/") {
			in.words = append(in.words, word.span())
			in.Under, value = after.part(), value.sub(0, i)
			break
		}
	}
	in.Value = value.part()
	return !strings.Contains(in.Variable.Text, ")")
}

// readCreate splits at the first as, since a component has no blank, then at the last under.
func (in *Instruction) readCreate(rest text) bool {
	left, right, ok := in.split(rest, "as", false, true)
	if !ok {
		return false
	}
	in.Component = left.part()
	i := right.separator("under", true)
	if i < 0 {
		in.Name = right.part()
		return true
	}
	in.words = append(in.words, right.sub(i, i+len("under")).span())
	in.Name = right.sub(0, i).part()
	return in.path(right.from(i+len("under")), &in.Under)
}
